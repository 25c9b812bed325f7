"""Shell: letters in (收信) - from the mailbox into the vault, then into the ledger; nothing is looked into here (law 1).

What is new is a set difference: the UIDs the server lists against the sightings in the ledger. No flag and no highest number is trusted,
so staff may read, move and delete as they like, and a rebuilt mailbox costs a second download and nothing else.

A folder that stands as it stood is not looked into, but for once an hour: then everything is compared, so that a server whose UIDVALIDITY
never changes is found out too. Questions are sent ahead of their answers and the next batch is asked for while the last is kept, since a far
server is paid by the round trip; after a line that broke one thing is asked after the other for a day.

One bad thing stops one thing (law 9): a folder that will not open is named and the next one looked into; a letter that is refused, comes
empty or short is recorded as unknown, with its writer and subject where the server gives those, and asked for again; letters at which the
line broke come last and one by one, and one at which it always breaks is left for an hour, so that the others come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from config.settings import MailboxSettings
from intake.books import Ledger, Vault
from intake.errors import MailboxRefused, MailboxUnavailable, World
from intake.mailbox.imap import Mailbox
from intake.mailbox.looking import look, visit_folder
from intake.mailbox.round import BATCH_MEMORY, Round, Visit
from intake.mailbox.standing import is_careful, last_break, note_break, note_broken, note_standing
from intake.mailbox.taking import Taken, keep, take
from intake.progress import Progress, no_progress

KEPT_TOGETHER = 3
"""So many batches are kept in one transaction at most, where they came faster than the disk writes."""


@dataclass(frozen=True, slots=True)
class FetchReport:
    """收信结果: `new` letters recorded, `on_server` letters listed in all, `oversize` among the new, `vanished` between list and fetch,
    `refused` by the server (asked for again next time), `absent` configured folders that do not exist."""

    new: int = 0
    on_server: int = 0
    oversize: int = 0
    vanished: int = 0
    refused: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


def fetch_letters(
    mailbox: Mailbox,
    ledger: Ledger,
    vault: Vault,
    settings: MailboxSettings,
    now: datetime,
    progress: Progress = no_progress,
) -> FetchReport:
    """Every letter not met before, in every configured folder, kept and recorded batch by batch.

    Raises the world's errors; whatever was recorded before stays, the rest is asked for at the next round.
    """
    this = Round(mailbox, ledger, vault, settings, now, progress)
    try:
        this.careful, this.batch_bytes = is_careful(ledger, now), _batch_bytes(ledger, settings)
        if this.careful:
            mailbox.patiently()
        this.broke = last_break(ledger)
        this.unknown = {(letter.folder, letter.uid): letter for letter in ledger.unknown_letters(settings.user)}
        present, absent, owed = look(this)
        for visits in ([folder] for folder in owed) if this.careful else (owed,):
            _fetch_all(this, [visit for folder in visits if (visit := visit_folder(this, folder)) is not None])
    except World as error:
        note_failure(ledger, now, error)
        if isinstance(error, MailboxUnavailable) and not mailbox.is_stale:
            note_broken(ledger, now)
            if this.at.folder:
                note_break(ledger, this.at)
        raise
    _note_success(this, absent)
    return FetchReport(this.new, this.on_server, this.oversize, this.vanished, tuple(this.refused), present, absent)


def _fetch_all(this: Round, visits: Sequence[Visit]) -> None:
    """The batches of these folders, each asked for while those before it are kept; then, one by one, what did not come before."""
    plan = [(visit, batch) for visit in visits for batch in visit.batches]
    coming = [(visit.folder, [letter.uid for letter in batch]) for visit, batch in plan]
    plan += [(visit, [letter]) for visit in visits for letter in visit.suspects]
    taken: list[Taken] = []
    for number, (visit, batch) in enumerate(plan, 1):
        this.mailbox.then(coming[number:])
        try:
            this.mailbox.look_into(visit.folder)
            taken += take(this, visit, batch)
        except MailboxRefused as error:
            this.refused.append(f"文件夹“{visit.folder}”打不开：{error.detail}")
            visit.is_whole = False
        except MailboxUnavailable:
            keep(this, taken)
            raise
        if not (number < len(coming) and _goes_with(this, taken, *coming[number])):
            keep(this, taken)
            taken = []
        this.done += len(batch)
        this.progress(f"收信 {visit.folder}", this.done, this.owed)
    this.visits += visits


def _goes_with(this: Round, taken: Sequence[Taken], folder: str, uids: Sequence[int]) -> bool:
    """Whether the next batch is kept together with these letters: it is here already, and on the disk two are as quick as one."""
    return this.mailbox.is_here(folder, uids) and sum(len(one.body) for one in taken) < KEPT_TOGETHER * this.batch_bytes


def _batch_bytes(ledger: Ledger, settings: MailboxSettings) -> int:
    """The batch size of the settings, smaller after a line that broke in the middle of one."""
    remembered = ledger.health_note(BATCH_MEMORY)
    return int(remembered) if remembered else settings.batch_bytes


def _note_success(this: Round, absent: Sequence[str]) -> None:
    with this.ledger.immediate():
        this.ledger.note_health(BATCH_MEMORY, "")
        note_break(this.ledger, None)
        this.ledger.note_health("last_poll_ok", this.now.isoformat())
        this.ledger.note_health("last_poll_error", "")
        this.ledger.note_health("letters_on_server", str(this.on_server))
        this.ledger.note_health("refused_letters", "；".join(this.refused))
        this.ledger.note_health("absent_folders", "、".join(absent))
        for visit in this.visits:
            if visit.is_whole:
                note_standing(this.ledger, this.settings, visit.folder, visit.uidvalidity, visit.listed, visit.stand, this.now)


def note_failure(ledger: Ledger, now: datetime, error: World) -> None:
    """Remember for the digest what went wrong; on a full disk even that may fail, and the first reason is the one to tell."""
    try:
        ledger.note_health("last_poll_error", f"{now.isoformat()} {error}")
    except World:
        return
