"""Shell: what the folders owe (看信箱) - the letters the server lists against the sightings in the ledger, in batches.

A folder that stands as it stood is not looked into. Where the server says nothing of a letter, or the line breaks at the very question, that
letter is asked for by itself, after all others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from intake.errors import MailboxRefused, MailboxUnavailable
from intake.mailbox.answers import NEVER_CHANGES, Listed
from intake.mailbox.round import BROKEN, SET_ASIDE_AFTER, UNTOLD, Round, Visit
from intake.mailbox.standing import Break, Standing, remembered
from intake.records import UnknownLetter

BATCH_LETTERS = 200
ASIDE = timedelta(hours=1)


def look(this: Round) -> tuple[tuple[str, ...], tuple[str, ...], list[str]]:
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


def _early(this: Round, lowest: Mapping[str, int | None]) -> list[str]:
    """Those of the folders whose first unknown letters are asked for together with the list: none where a letter did not come or the line
    broke before, nor after one that broke in the middle of a batch; where nothing is known of UIDs, only a folder of which no letter was ever met."""
    if this.batch_bytes < this.settings.batch_bytes:
        return []
    troubled = {folder for folder, _ in this.unknown} | {this.broke.folder}
    fresh = [folder for folder, low in lowest.items() if low is not None and folder not in troubled]
    return [folder for folder in fresh if lowest[folder] or not this.ledger.has_met(this.settings.user, folder)]


def _lowest(this: Round, before: Standing | None) -> int | None:
    """From which UID on sizes are worth asking for before the UIDs are known: those beyond all that are known here."""
    if before is None:
        return None if this.since else 0
    highest = this.ledger.sighted(this.settings.user, before.folder, before.uidvalidity)[1]
    return highest + 1 if highest or this.since else 0


def visit_folder(this: Round, folder: str) -> Visit | None:
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
        visit = Visit(folder, uidvalidity, len(listed), this.mailbox.stand(folder), is_whole)
    except MailboxRefused as error:
        this.refused.append(f"文件夹“{folder}”打不开：{error.detail}")
        return None
    this.at = Break()
    this.owed += len(owed)
    suspects = [letter for letter in owed if (folder, letter.uid) in this.unknown]
    fresh = [letter for letter in owed if (folder, letter.uid) not in this.unknown]
    apart = [letter for letter in fresh if letter.size == UNTOLD or this.is_too_big(letter)]
    parts: dict[bool, list[Listed]] = {True: [], False: []}
    for letter in fresh:
        if letter.size != UNTOLD and not this.is_too_big(letter):
            parts[this.mailbox.comes_early(folder, letter)].append(letter)
    visit.batches = [batch for part in parts.values() for batch in into_batches(part, this.batch_bytes)]
    visit.suspects = apart + _one_by_one(this, folder, suspects)
    return visit


def _one_by_one(this: Round, folder: str, suspects: Iterable[Listed]) -> list[Listed]:
    """Letters that did not come before, after all others and each by itself, the oftenest tried last; one set aside rests an hour."""
    known = sorted(((this.unknown[(folder, letter.uid)], letter) for letter in suspects), key=lambda pair: (pair[0].rounds, pair[0].uid))
    return [letter for held, letter in known if not _rests(held, this.now)]


def _rests(held: UnknownLetter, now: datetime) -> bool:
    """True while a letter that failed again and again is left alone; a time from a clock that ran ahead rests nothing."""
    return held.rounds >= SET_ASIDE_AFTER and held.tried_at is not None and held.tried_at <= now < held.tried_at + ASIDE


def _owed(this: Round, folder: str, uidvalidity: int, listed: Sequence[int]) -> tuple[list[Listed], bool]:
    """The letters not met before, and whether the server told of all that were asked for. Where UIDVALIDITY never changes the known ones are
    looked at again: another server time under a known UID is another letter."""
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


def _told_of(this: Round, folder: str, uidvalidity: int, uids: Sequence[int]) -> list[Listed]:
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


def into_batches(letters: Iterable[Listed], most_bytes: int) -> Iterator[list[Listed]]:
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
