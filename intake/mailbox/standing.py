"""Shell: how each folder stood when everything in it was last compared (文件夹近况) - so that an idle round lists nothing.

One note a folder among the ledger's health. It holds for an hour and for the same account and first day; and only while the books know as
many places of letters there as they knew then, so that whoever has a damaged letter fetched anew need not think of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.settings import MailboxSettings
from intake.books import Ledger

COMPARED = timedelta(hours=1)
CAREFUL = timedelta(days=1)
PIECES = 4
ONE_BY_ONE, BROKE_AT = "fetch_one_by_one_since", "fetch_broke_at"
_NOTE = "folder:"


@dataclass(frozen=True, slots=True)
class Standing:
    """近况: what the server told of a folder (`stand`), how many letters it listed, and how many the books had met there."""

    folder: str
    uidvalidity: int
    listed: int
    sighted: int
    stand: str

    def is_still(self, ledger: Ledger, settings: MailboxSettings, stand: str | None) -> bool:
        """True when the folder stands so now, and the books know of as many letters there as then."""
        return stand == self.stand and ledger.sighted(settings.user, self.folder, self.uidvalidity)[0] == self.sighted


def remembered(ledger: Ledger, settings: MailboxSettings, now: datetime) -> Mapping[str, Standing]:
    """The standing of every folder that was compared within the hour; a time from a clock that ran ahead counts for nothing."""
    found = {}
    for folder, text in ledger.health_notes(_NOTE).items():
        note = json.loads(text)
        if note["of"] == _whose(settings) and timedelta() <= now - datetime.fromisoformat(note["at"]) < COMPARED:
            found[folder] = Standing(folder, note["uidvalidity"], note["listed"], note["sighted"], note["stand"])
    return found


def note_standing(ledger: Ledger, settings: MailboxSettings, folder: str, uidvalidity: int, listed: int, stand: str, now: datetime) -> None:
    """Remember how a folder stood before everything new in it was fetched."""
    sighted = ledger.sighted(settings.user, folder, uidvalidity)[0]
    note = {"of": _whose(settings), "at": now.isoformat(), "uidvalidity": uidvalidity, "listed": listed, "sighted": sighted, "stand": stand}
    ledger.note_health(_NOTE + folder, json.dumps(note, ensure_ascii=False))


def is_careful(ledger: Ledger, now: datetime) -> bool:
    """True for a day after a line that broke, perhaps because it did not bear several commands at once."""
    since = ledger.health_note(ONE_BY_ONE)
    return bool(since) and timedelta() <= now - datetime.fromisoformat(since) < CAREFUL


def note_broken(ledger: Ledger, now: datetime) -> None:
    """The line broke: one command after the other from now on."""
    ledger.note_health(ONE_BY_ONE, now.isoformat())


@dataclass(frozen=True, slots=True)
class Break:
    """断处: in which folder the line broke last, and between which UIDs while sizes were asked for (0 to 0: at no such question)."""

    folder: str = ""
    uidvalidity: int = 0
    first: int = 0
    last: int = 0

    def parts(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> list[Sequence[int]]:
        """These UIDs in the pieces in which they should be asked about: those at which the line broke last, and in quarters, so that after a
        few rounds it is known at which letter it breaks."""
        if (folder, uidvalidity) != (self.folder, self.uidvalidity):
            return [uids] if uids else []
        suspects = [uid for uid in uids if self.first <= uid <= self.last]
        step = -(-len(suspects) // PIECES) or 1
        others = [uid for uid in uids if not self.first <= uid <= self.last]
        return [part for part in (others, *(suspects[at : at + step] for at in range(0, len(suspects), step))) if part]


def note_break(ledger: Ledger, at: Break | None) -> None:
    """Where the line broke; None once a round went well."""
    ledger.note_health(BROKE_AT, json.dumps([at.folder, at.uidvalidity, at.first, at.last], ensure_ascii=False) if at else "")


def last_break(ledger: Ledger) -> Break:
    """Where the line broke last, since the last round that went well."""
    text = ledger.health_note(BROKE_AT)
    return Break(*json.loads(text)) if text else Break()


def _whose(settings: MailboxSettings) -> str:
    return f"{settings.host} {settings.user} {settings.since or ''}"
