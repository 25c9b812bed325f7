"""Shell: volumes of one archive over several letters of a sender (分卷) - joined once all are there, their files counted to the letter that completed them.

Always worked out anew from every letter of the sender in order of receipt and from the vault's bytes, so that the order in which letters
were opened changes nothing. A joined volume stays a leaf of its letter, without a problem, and is no material any more (`is_joined`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from intake.belt.selfcheck import file_to_letter
from intake.books import Ledger, Vault
from intake.errors import VaultDamaged
from intake.message import Attachment, Message
from intake.opening import OPENER_VERSION, join_volumes
from intake.reading import Engine, Task

JOINED = "（各卷合并）"


def join_over_letters(ledger: Ledger, vault: Vault, engine: Engine) -> int:
    """Join what is complete; gives how many letters say something else than before."""
    held = ledger.openings_with_volumes()
    waiting = {_address(m) for _, m in held if any(leaf.problem == "volume" for leaf in m.attachments)} - {""}
    changed = 0
    for address in sorted(waiting):
        letters = [(sha, message) for sha, message in held if _address(message) == address]
        if len(letters) > 1:
            changed += _settle(letters, ledger, vault, engine)
    return changed


def _address(message: Message) -> str:
    return message.sender.address.casefold()


@dataclass(slots=True)
class _Set:
    """One archive while its volumes come in: those that wait, by number (the newest of each), and the bytes already joined."""

    waiting: dict[int, Attachment] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)


def _settle(letters: Sequence[tuple[str, Message]], ledger: Ledger, vault: Vault, engine: Engine) -> int:
    """The letters of one sender, in order of receipt; the one that got the files is written first, so that a stop between loses nothing."""
    sets: dict[str, _Set] = {}
    files: dict[str, list[Attachment]] = {}
    for sha, message in letters:
        grown: dict[str, _Set] = {}
        for leaf in message.attachments:
            archive = leaf.volume.archive.casefold() if leaf.volume else ""
            found = sets.setdefault(archive, _Set())
            if leaf.volume and leaf.sha256 not in found.done:
                found.waiting[leaf.volume.number] = leaf
                grown[archive] = found
        for found in grown.values():
            if inner := _open_set(list(found.waiting.values()), vault, engine):
                files.setdefault(sha, []).extend(inner)
                found.done |= {piece.sha256 for piece in found.waiting.values()}
                found.waiting.clear()
    told = [(sha, message, _with_files(message, files.get(sha, ()), sets)) for sha, message in letters]
    changed = [(sha, new) for sha, old, new in told if new != old]
    for sha, new in sorted(changed, key=lambda pair: pair[0] not in files):
        vault.keep_all(leaf.payload for leaf in files.get(sha, ()) if leaf.payload)
        ledger.record_opening(sha, new, OPENER_VERSION)
    return len(changed)


def _open_set(pieces: Sequence[Attachment], vault: Vault, engine: Engine) -> tuple[Attachment, ...]:
    """What is in the archive that these volumes make; nothing while one is missing, or when the whole does not open cleanly."""
    numbers = sorted(piece.volume.number for piece in pieces if piece.volume)
    if numbers != list(range(1, len(numbers) + 1)):
        return ()
    try:
        joined = join_volumes((piece.volume, vault.fetch(piece.sha256)) for piece in pieces if piece.volume)
    except (KeyError, VaultDamaged):
        return ()
    if joined is None or not pieces[0].volume:
        return ()
    archive = pieces[0].volume.archive
    raw = file_to_letter(archive, joined)
    ((_, outcome),) = engine.run([Task(kind="open", key=hashlib.sha256(raw).hexdigest(), payload=raw, name=archive)])
    if not isinstance(outcome, Message) or any(leaf.problem == "corrupt" for leaf in outcome.attachments):
        return ()
    return tuple(replace(leaf, path=(archive + JOINED, *leaf.path[1:])) for leaf in outcome.attachments if len(leaf.path) > 1)


def _with_files(message: Message, files: Sequence[Attachment], sets: dict[str, _Set]) -> Message:
    """The opening as it is with these files: earlier joined ones out, joined volumes without a problem, the others waiting."""
    own = [leaf for leaf in message.attachments if not leaf.path[0].endswith(JOINED)]
    done = {sha for found in sets.values() for sha in found.done}
    told = [leaf if leaf.volume is None else replace(leaf, problem=None if leaf.sha256 in done else "volume") for leaf in own]
    names = {leaf.name for leaf in told if leaf.volume and leaf.problem is None}
    problems = tuple(p for p in message.problems if p.code != "open-volume" or p.where not in names)
    return replace(message, attachments=(*told, *files), problems=problems)
