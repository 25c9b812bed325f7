"""Shell: letters in (收信) - from the mailbox into the vault, then into the ledger; nothing is looked into here (law 1).

What is new is a set difference: the UIDs the server lists against the sightings in the ledger. No flag and no highest number is trusted,
so staff may read, move and delete as they like, and a rebuilt mailbox costs a second download and nothing else.

A folder that stands as it stood is not looked into, but for once an hour: then everything is compared, so that a server whose UIDVALIDITY
never changes is found out too. Questions are sent ahead of their answers and the next batch is asked for while the last is kept, since a far
server is paid by the round trip; after a line that broke one thing is asked after the other for a day.

One bad thing stops one thing (law 9): a folder that will not open is named and the next one looked into; a letter that is refused, comes
empty or short is recorded as unknown, with its writer and subject where the server gives those, and asked for again; letters at which the line broke come last and one by one, and one at which it
always breaks is left for an hour, so that the others come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from config.settings import MailboxSettings
from intake.books import Ledger, Sighting, Vault
from intake.errors import MailboxRefused, MailboxUnavailable, World
from intake.mailbox.answers import Listed
from intake.mailbox.imap import Mailbox
from intake.mailbox.standing import Break, Standing, is_careful, last_break, note_break, note_broken, note_standing, remembered
from intake.opening import sender_and_subject
from intake.progress import Progress, no_progress
from intake.records import LetterRecord, LetterState, UnknownLetter

BATCH_LETTERS = 200
SMALLEST_BATCH = 128 << 10
BATCH_MEMORY = "fetch_batch_bytes"
KEPT_TOGETHER = 3
"""So many batches are kept in one transaction at most, where they came faster than the disk writes."""
MARGIN = timedelta(days=2)
NEVER_CHANGES = 1
SET_ASIDE_AFTER = 3
ASIDE = timedelta(hours=1)
ESTIMATED_BYTES, ESTIMATED_SHARE = 16 << 10, 5
"""By so much, or by a fifth, a server's estimate may exceed the letter; half a letter is no estimate however often it is given."""
MOST_HEADS = 50
"""So many heads of letters that do not come are asked for in one round."""
BROKEN, EMPTY, REFUSED, SHORT = "收取时连接中断", "服务器列出此信却不给内容", "服务器拒绝给出此信", "服务器给出的内容比登记的短"
UNTOLD = -1
"""The size of a letter that the server lists and tells nothing of: it is asked for by itself."""
_SMALLER_ON_A_BAD_LINE = 4


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


@dataclass(slots=True)
class _Visit:
    """A folder looked into: what it owes us in batches, what did not come before, and how it stood; `is_whole` while all it listed is here."""

    folder: str
    uidvalidity: int
    listed: int
    stand: str
    is_whole: bool
    batches: list[list[Listed]] = field(default_factory=list)
    suspects: list[Listed] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A letter in our hands, not yet kept."""

    visit: _Visit
    letter: Listed
    body: bytes


@dataclass(slots=True)
class _Round:
    """One fetch in progress: what it works with and what it has counted."""

    mailbox: Mailbox
    ledger: Ledger
    vault: Vault
    settings: MailboxSettings
    now: datetime
    progress: Progress
    new: int = 0
    on_server: int = 0
    oversize: int = 0
    vanished: int = 0
    done: int = 0
    owed: int = 0
    careful: bool = False
    batch_bytes: int = 0
    broke: Break = field(default_factory=Break)
    at: Break = field(default_factory=Break)
    refused: list[str] = field(default_factory=list)
    visits: list[_Visit] = field(default_factory=list)
    unknown: dict[tuple[str, int], UnknownLetter] = field(default_factory=dict)
    writers: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)

    @property
    def since(self) -> date | None:
        """The first day whose letters are listed."""
        return self.settings.since - MARGIN if self.settings.since else None


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
    this = _Round(mailbox, ledger, vault, settings, now, progress)
    try:
        this.careful, this.batch_bytes = is_careful(ledger, now), _batch_bytes(ledger, settings)
        if this.careful:
            mailbox.patiently()
        this.broke = last_break(ledger)
        this.unknown = {(letter.folder, letter.uid): letter for letter in ledger.unknown_letters(settings.user)}
        present, absent, owed = _look(this)
        for visits in ([folder] for folder in owed) if this.careful else (owed,):
            _fetch_all(this, [visit for folder in visits if (visit := _visit(this, folder)) is not None])
    except World as error:
        note_failure(ledger, now, error)
        if isinstance(error, MailboxUnavailable) and not mailbox.is_stale:
            note_broken(ledger, now)
            if this.at.folder:
                note_break(ledger, this.at)
        raise
    _note_success(this, absent)
    return FetchReport(this.new, this.on_server, this.oversize, this.vanished, tuple(this.refused), present, absent)


def _look(this: _Round) -> tuple[tuple[str, ...], tuple[str, ...], list[str]]:
    """The folders there are, those that are not, and those to be looked into: something may be new there, or an hour has passed, or a letter
    there is known and did not come yet."""
    held = {name: before for name, before in remembered(this.ledger, this.settings, this.now).items() if name != this.broke.folder}
    if held:
        this.mailbox.ask_stands(tuple(held))
    else:
        lowest = {folder: _lowest(this, None) for folder in this.settings.folders}
        this.mailbox.survey(lowest, this.since, _early(this, dict(list(lowest.items())[:1])))
    present, absent = this.mailbox.folders()
    for folder in {folder for folder, _ in this.unknown} - this.mailbox.names:
        this.ledger.forget_unknown(this.settings.user, folder, [uid for name, uid in this.unknown if name == folder])
    stands: dict[str, str] = {}
    for folder in present:
        if folder in held:
            this.at = Break(folder)
            stands |= this.mailbox.stands([folder])
    this.at = Break()
    troubled = {folder for folder, _ in this.unknown}
    owed = []
    for folder in present:
        before = held.get(folder)
        if before is not None and folder not in troubled and before.is_still(this.ledger, this.settings, stands.get(folder)):
            this.on_server += before.listed
        else:
            owed.append(folder)
    owed.sort(key=lambda folder: folder == this.broke.folder)
    lowest = {folder: _lowest(this, held.get(folder)) for folder in owed}
    this.mailbox.survey(lowest, this.since, _early(this, lowest) if held else ())
    return present, absent, owed


def _early(this: _Round, lowest: Mapping[str, int | None]) -> list[str]:
    """Those of the folders whose first unknown letters are asked for together with the list: none where a letter did not come or the line
    broke before, nor after one that broke in the middle of a batch; where nothing is known of UIDs, only a folder of which no letter was ever met."""
    if this.batch_bytes < this.settings.batch_bytes:
        return []
    troubled = {folder for folder, _ in this.unknown} | {this.broke.folder}
    fresh = [folder for folder, low in lowest.items() if low is not None and folder not in troubled]
    return [folder for folder in fresh if lowest[folder] or not this.ledger.has_met(this.settings.user, folder)]


def _lowest(this: _Round, before: Standing | None) -> int | None:
    """From which UID on sizes are worth asking for before the UIDs are known: those beyond all that are known here."""
    if before is None:
        return None if this.since else 0
    highest = this.ledger.sighted(this.settings.user, before.folder, before.uidvalidity)[1]
    return highest + 1 if highest or this.since else 0


def _visit(this: _Round, folder: str) -> _Visit | None:
    """What a folder owes us; None when it will not open, which is named."""
    this.at = Break(folder)
    try:
        uidvalidity = this.mailbox.examine(folder)
        listed = this.mailbox.uids(this.since)
        this.on_server += len(listed)
        owed, is_whole = _owed(this, folder, uidvalidity, listed)
        # No more listed, or here already: an unknown letter may have been noted under a number that the server did not mean.
        gone = {uid for name, uid in this.unknown if name == folder} - {letter.uid for letter in owed}
        this.ledger.forget_unknown(this.settings.user, folder, gone)
        visit = _Visit(folder, uidvalidity, len(listed), this.mailbox.stand(folder), is_whole)
    except MailboxRefused as error:
        this.refused.append(f"文件夹“{folder}”打不开：{error.detail}")
        return None
    this.at = Break()
    this.owed += len(owed)
    suspects = [letter for letter in owed if (folder, letter.uid) in this.unknown]
    fresh = [letter for letter in owed if (folder, letter.uid) not in this.unknown]
    apart = [letter for letter in fresh if letter.size == UNTOLD or _is_too_big(this, letter)]
    parts: dict[bool, list[Listed]] = {True: [], False: []}
    for letter in fresh:
        if letter.size != UNTOLD and not _is_too_big(this, letter):
            parts[this.mailbox.comes_early(folder, letter)].append(letter)
    visit.batches = [batch for part in parts.values() for batch in _batches(part, this.batch_bytes)]
    visit.suspects = apart + _one_by_one(this, folder, suspects)
    return visit


def _fetch_all(this: _Round, visits: Sequence[_Visit]) -> None:
    """The batches of these folders, each asked for while those before it are kept; then, one by one, what did not come before."""
    plan = [(visit, batch) for visit in visits for batch in visit.batches]
    coming = [(visit.folder, [letter.uid for letter in batch]) for visit, batch in plan]
    plan += [(visit, [letter]) for visit in visits for letter in visit.suspects]
    taken: list[_Taken] = []
    for number, (visit, batch) in enumerate(plan, 1):
        this.mailbox.then(coming[number:])
        try:
            this.mailbox.look_into(visit.folder)
            taken += _take(this, visit, batch)
        except MailboxRefused as error:
            this.refused.append(f"文件夹“{visit.folder}”打不开：{error.detail}")
            visit.is_whole = False
        except MailboxUnavailable:
            _keep(this, taken)
            raise
        if not (number < len(coming) and _goes_with(this, taken, *coming[number])):
            _keep(this, taken)
            taken = []
        this.done += len(batch)
        this.progress(f"收信 {visit.folder}", this.done, this.owed)
    this.visits += visits


def _goes_with(this: _Round, taken: Sequence[_Taken], folder: str, uids: Sequence[int]) -> bool:
    """Whether the next batch is kept together with these letters: it is here already, and on the disk two are as quick as one."""
    return this.mailbox.is_here(folder, uids) and sum(len(one.body) for one in taken) < KEPT_TOGETHER * this.batch_bytes


def _is_too_big(this: _Round, letter: Listed) -> bool:
    return letter.size > this.settings.maximum_letter_bytes


def _one_by_one(this: _Round, folder: str, suspects: Iterable[Listed]) -> list[Listed]:
    """Letters that did not come before, after all others and each by itself, the oftenest tried last; one set aside rests an hour."""
    known = sorted(((this.unknown[(folder, letter.uid)], letter) for letter in suspects), key=lambda pair: (pair[0].rounds, pair[0].uid))
    return [letter for held, letter in known if not _rests(held, this.now)]


def _rests(held: UnknownLetter, now: datetime) -> bool:
    """True while a letter that failed again and again is left alone; a time from a clock that ran ahead rests nothing."""
    return held.rounds >= SET_ASIDE_AFTER and held.tried_at is not None and held.tried_at <= now < held.tried_at + ASIDE


def _owed(this: _Round, folder: str, uidvalidity: int, listed: Sequence[int]) -> tuple[list[Listed], bool]:
    """The letters not met before, and whether the server told of all that were asked for. A server whose UIDVALIDITY never changes (NetEase's is always 1) cannot announce that it gave its UIDs
    to other letters, so there the known ones are looked at again: another server time under a known UID is another letter."""
    known = this.ledger.sighting_times(this.settings.user, folder, uidvalidity)
    broken = [held for (name, _), held in this.unknown.items() if name == folder and held.uidvalidity == uidvalidity and _is_not_asked_about(held)]
    here = set(listed)
    apart = {held.uid: Listed(held.uid, held.size, held.received_at) for held in broken if held.uid in here}
    asked = [uid for uid in listed if uid not in apart and (uidvalidity <= NEVER_CHANGES or uid not in known)]
    found = _told_of(this, folder, uidvalidity, asked)
    fresh = [x for x in found if x.uid not in known or (x.received_at is not None and x.received_at != known[x.uid])]
    untold = set(asked) - {x.uid for x in found} - known.keys()
    return fresh + [Listed(uid, UNTOLD, None) for uid in sorted(untold)] + list(apart.values()), len(found) == len(asked)


def _is_not_asked_about(held: UnknownLetter) -> bool:
    """True for a letter at which the line broke, or of which nothing was told when it was asked about: it is asked for, by itself."""
    return held.reason == BROKEN or (not held.size and held.received_at is None)


def _told_of(this: _Round, folder: str, uidvalidity: int, uids: Sequence[int]) -> list[Listed]:
    """Sizes and times of these letters. Where the line breaks at that question it is asked in smaller and smaller pieces, round by round, until
    the letter is found at which it breaks: that one is unknown, and the others come."""
    found: list[Listed] = []
    for part in this.broke.parts(folder, uidvalidity, uids):
        this.at = Break(folder, uidvalidity, part[0], part[-1])
        try:
            found += this.mailbox.listing(part)
        except MailboxUnavailable:
            if len(part) == 1:
                unknown = UnknownLetter(folder=folder, uidvalidity=uidvalidity, uid=part[0], reason=BROKEN)
                this.ledger.note_unknown(unknown, this.settings.user, this.now)
            raise
    this.at = Break(folder)
    return found


def _take(this: _Round, visit: _Visit, batch: Sequence[Listed]) -> list[_Taken]:
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
    if _is_too_big(this, batch[0]):
        _keep_head(this, folder, uidvalidity, batch[0], note)
        return []
    bodies = _bodies(this, folder, batch, note)
    this.vanished += len(batch) - len(bodies)
    visit.is_whole &= len(bodies) == len(batch)
    found = batch if len(batch) > 1 else [_dated(this, letter) for letter in batch if letter.uid in bodies]
    return [_Taken(visit, letter, bodies[letter.uid]) for letter in found if letter.uid in bodies]


def _keep(this: _Round, taken: Sequence[_Taken]) -> None:
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


def _broke_the_line(this: _Round, folder: str, batch: Sequence[Listed]) -> bool:
    """True for a letter by itself at which the line broke: its head must be asked for before its body, after it there is no line. One set
    aside has had its chances: then the body alone is tried, lest it be the head that breaks the line."""
    held = this.unknown.get((folder, batch[0].uid)) if len(batch) == 1 else None
    return held is not None and held.reason == BROKEN and held.rounds < SET_ASIDE_AFTER


def _writer(this: _Round, folder: str, uid: int) -> tuple[str, str]:
    """Sender and subject of a letter that does not come, asked once a round and only while they are not known: near the deadline a letter
    of which nothing is known holds back what is said to everybody."""
    held = this.unknown.get((folder, uid))
    if (held and (held.sender or held.subject)) or (folder, uid) in this.writers or len(this.writers) >= MOST_HEADS:
        return this.writers.get((folder, uid), ("", ""))
    this.writers[(folder, uid)] = ("", "")
    with suppress(MailboxRefused, MailboxUnavailable):  # first the letter is noted as it is; a dead line says so at the next command
        this.writers[(folder, uid)] = sender_and_subject(this.mailbox.writer(uid))
    return this.writers[(folder, uid)]


def _bodies(this: _Round, folder: str, batch: Sequence[Listed], note: Callable[[Listed, str], None]) -> dict[int, bytes]:
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


def _is_whole(this: _Round, letter: Listed, found: dict[int, bytes]) -> bool:
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


def _keep_head(this: _Round, folder: str, uidvalidity: int, letter: Listed, note: Callable[[Listed, str], None]) -> None:
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


def _record(this: _Round, folder: str, letter: Listed, sha: str, size: int, state: LetterState = "new") -> LetterRecord:
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


def _sighting(this: _Round, folder: str, uidvalidity: int, letter: Listed, sha: str) -> Sighting:
    return Sighting(this.settings.user, folder, uidvalidity, letter.uid, sha, _arrived(this, folder, letter))


def _arrived(this: _Round, folder: str, letter: Listed) -> datetime:
    """When the letter came: the server's time, else when it was first known to be there: a letter that could not be had before the deadline
    must not be late for it."""
    held = this.unknown.get((folder, letter.uid))
    known = held.since if held and held.since else this.now
    return letter.received_at or min(known, this.now)


def _dated(this: _Round, letter: Listed) -> Listed:
    """A letter by itself with the server's time, where that alone is told of it."""
    with suppress(MailboxRefused, MailboxUnavailable):  # the body is here; a dead line says so at the next command
        return replace(letter, received_at=letter.received_at or this.mailbox.came_at(letter.uid))
    return letter


def _batches(letters: Iterable[Listed], most_bytes: int) -> Iterator[list[Listed]]:
    """In order of UID, each batch within the limit of bytes and of letters; a bigger letter makes a batch of its own."""
    batch: list[Listed] = []
    size = 0
    for letter in sorted(letters, key=lambda x: x.uid):
        if batch and (size + letter.size > most_bytes or len(batch) >= BATCH_LETTERS):
            yield batch
            batch, size = [], 0
        batch.append(letter)
        size += letter.size
    if batch:
        yield batch


def _batch_bytes(ledger: Ledger, settings: MailboxSettings) -> int:
    """The batch size of the settings, smaller after a line that broke in the middle of one."""
    remembered = ledger.health_note(BATCH_MEMORY)
    return int(remembered) if remembered else settings.batch_bytes


def _note_success(this: _Round, absent: Sequence[str]) -> None:
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
