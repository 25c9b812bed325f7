"""Shell: letters into our hands and into the books (取信) - the bodies of a batch, and what is noted of those that do not come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from intake.books import Sighting
from intake.errors import MailboxRefused, MailboxUnavailable
from intake.mailbox.answers import Listed
from intake.mailbox.round import BATCH_MEMORY, BROKEN, EMPTY, REFUSED, SET_ASIDE_AFTER, SHORT, Round, Visit
from intake.opening import sender_and_subject
from intake.records import LetterRecord, LetterState, UnknownLetter

SMALLEST_BATCH = 128 << 10
ESTIMATED_BYTES, ESTIMATED_SHARE = 16 << 10, 5
"""By so much, or by a fifth, a server's estimate may exceed the letter; half a letter is no estimate however often it is given."""
MOST_HEADS = 50
"""So many heads of letters that do not come are asked for in one round."""
_SMALLER_ON_A_BAD_LINE = 4


@dataclass(frozen=True, slots=True)
class Taken:
    """A letter in our hands, not yet kept."""

    visit: Visit
    letter: Listed
    body: bytes


def take(this: Round, visit: Visit, batch: Sequence[Listed]) -> list[Taken]:
    """The letters of one batch; those that do not come are noted."""
    folder, uidvalidity = visit.folder, visit.uidvalidity

    def note(letter: Listed, reason: str) -> None:
        """This letter is known and not in our hands."""
        sender, subject = this.writers.get((folder, letter.uid), ("", "")) if reason == BROKEN else _writer(this, folder, letter.uid)
        found = UnknownLetter(
            folder=folder, uidvalidity=uidvalidity, uid=letter.uid, size=max(letter.size, 0), received_at=letter.received_at, reason=reason,
            sender=sender, subject=subject,
        )  # fmt: skip
        this.ledger.note_unknown(found, this.settings.user, this.now)

    if _broke_the_line(this, folder, batch):
        _writer(this, folder, batch[0].uid)
    if this.is_too_big(batch[0]):
        _keep_head(this, folder, uidvalidity, batch[0], note)
        return []
    bodies = _bodies(this, folder, batch, note)
    this.vanished += len(batch) - len(bodies)
    visit.is_whole &= len(bodies) == len(batch)
    here = [letter for letter in batch if letter.uid in bodies]
    if len(batch) == 1:
        here = [_dated(this, letter) for letter in here]
    return [Taken(visit, letter, bodies[letter.uid]) for letter in here]


def keep(this: Round, taken: Sequence[Taken]) -> None:
    """Letters into the vault, then in one transaction into the ledger: a crash in between only means the same again."""
    if not taken:
        return
    shas = this.vault.keep_all(one.body for one in taken)
    met = list(zip(taken, shas, strict=True))
    records = [_record(this, one.visit.folder, one.letter, sha, len(one.body)) for one, sha in met]
    seen = [_sighting(this, one.visit.folder, one.visit.uidvalidity, one.letter, sha) for one, sha in met]
    with this.ledger.immediate():
        this.new += this.ledger.record_fetched(records, seen)
        for one in taken:
            if (one.visit.folder, one.letter.uid) in this.unknown:
                this.ledger.forget_unknown(this.settings.user, one.visit.folder, [one.letter.uid])


def _broke_the_line(this: Round, folder: str, batch: Sequence[Listed]) -> bool:
    """True for a letter by itself at which the line broke: its head must be asked for before its body, after it there is no line. One set
    aside has had its chances: then the body alone is tried, lest it be the head that breaks the line."""
    held = this.unknown.get((folder, batch[0].uid)) if len(batch) == 1 else None
    return held is not None and held.reason == BROKEN and held.rounds < SET_ASIDE_AFTER


def _writer(this: Round, folder: str, uid: int) -> tuple[str, str]:
    """Sender and subject of a letter that does not come, asked once a round and only while they are not known: near the deadline a letter
    of which nothing is known holds back what is said to everybody."""
    held = this.unknown.get((folder, uid))
    if (held and (held.sender or held.subject)) or (folder, uid) in this.writers or len(this.writers) >= MOST_HEADS:
        return this.writers.get((folder, uid), ("", ""))
    this.writers[(folder, uid)] = ("", "")
    with suppress(MailboxRefused, MailboxUnavailable):  # first the letter is noted as it is; a dead line says so at the next command
        this.writers[(folder, uid)] = sender_and_subject(this.mailbox.writer(uid))
    return this.writers[(folder, uid)]


def _bodies(this: Round, folder: str, batch: Sequence[Listed], note: Callable[[Listed, str], None]) -> dict[int, bytes]:
    """The bodies of a batch; when the server will not give it as a whole, one by one, so that one bad letter holds up no other. Whatever
    did not come is noted with the reason."""
    try:
        found = dict(this.mailbox.bodies([letter.uid for letter in batch]))
    except MailboxUnavailable:
        this.ledger.note_health(BATCH_MEMORY, str(max(this.batch_bytes // _SMALLER_ON_A_BAD_LINE, SMALLEST_BATCH)))
        for letter in batch:
            note(letter, BROKEN)
        raise
    except MailboxRefused as error:
        if len(batch) == 1:
            this.refused.append(f"{folder} 第 {batch[0].uid} 号：{error.detail}")
            note(batch[0], f"{REFUSED}：{error.detail}")
            return {}
        return {uid: body for letter in batch for uid, body in _bodies(this, folder, [letter], note).items()}
    for letter in batch:
        if letter.uid not in found:
            note(letter, EMPTY)
        elif len(found[letter.uid]) < letter.size and not _is_whole(this, letter, found):
            note(letter, SHORT)
    return found


def _is_whole(this: Round, letter: Listed, found: dict[int, bytes]) -> bool:
    """A letter shorter than the server said is asked for once more. The same again means that the server's sizes are only estimates, unless
    far too much is missing; other bytes mean that one of the two was cut, and then the longer is kept only when it is as long as it should be."""
    again = this.mailbox.bodies([letter.uid]).get(letter.uid, b"")
    if again == found[letter.uid] and letter.size - len(again) <= max(ESTIMATED_BYTES, letter.size // ESTIMATED_SHARE):
        return True
    best = max(again, found.pop(letter.uid), key=len)
    if len(best) < letter.size:
        return False
    found[letter.uid] = best
    return True


def _keep_head(this: Round, folder: str, uidvalidity: int, letter: Listed, note: Callable[[Listed, str], None]) -> None:
    """A letter too big to fetch is recorded by its head, so that staff see whose it is; the letter stays on the server."""
    head = b""
    try:
        head = this.mailbox.header(letter.uid)
    except MailboxUnavailable:
        note(letter, BROKEN)
        raise
    except MailboxRefused as error:
        this.refused.append(f"{folder} 第 {letter.uid} 号：{error.detail}")
    head = head or f"X-Intake-Oversize: {folder} {uidvalidity} {letter.uid}\r\n\r\n".encode()
    sha = this.vault.keep(head)
    record = _record(this, folder, letter, sha, letter.size, "oversize")
    with this.ledger.immediate():
        fresh = this.ledger.record_fetched([record], [_sighting(this, folder, uidvalidity, letter, sha)])
        this.ledger.forget_unknown(this.settings.user, folder, [letter.uid] if (folder, letter.uid) in this.unknown else [])
    this.new += fresh
    this.oversize += fresh


def _record(this: Round, folder: str, letter: Listed, sha: str, size: int, state: LetterState = "new") -> LetterRecord:
    error = f"信件过大（{size / (1 << 20):.0f} MB），只记下了信头，全文仍在信箱“{folder}”里，请人工查看。" if state == "oversize" else ""
    return LetterRecord(
        sha256=sha,
        received_at=_arrived(this, folder, letter),
        fetched_at=this.now,
        size=size,
        state=state,
        folder=folder,
        error=error,
        time_source="server" if letter.received_at else "poll",
    )


def _sighting(this: Round, folder: str, uidvalidity: int, letter: Listed, sha: str) -> Sighting:
    return Sighting(this.settings.user, folder, uidvalidity, letter.uid, sha, _arrived(this, folder, letter))


def _arrived(this: Round, folder: str, letter: Listed) -> datetime:
    """When the letter came: the server's time, else when it was first known to be there: a letter that could not be had before the deadline
    must not be late for it."""
    held = this.unknown.get((folder, letter.uid))
    known = held.since if held and held.since else this.now
    return letter.received_at or min(known, this.now)


def _dated(this: Round, letter: Listed) -> Listed:
    """A letter by itself with the server's time, where that alone is told of it."""
    with suppress(MailboxRefused, MailboxUnavailable):  # the body is here; a dead line says so at the next command
        return replace(letter, received_at=letter.received_at or this.mailbox.came_at(letter.uid))
    return letter
