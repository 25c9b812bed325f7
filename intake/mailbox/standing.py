"""Shell: how each folder stood when everything in it was last compared (文件夹近况) - so that an idle round lists nothing.

One note a folder among the ledger's health. It holds for an hour and for the same account and first day; and only while the books know as
many places of letters there as they knew then, so that whoever has a damaged letter fetched anew need not think of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.settings import MailboxSettings
from intake.books import Ledger

COMPARED = timedelta(hours=1)
CAREFUL = timedelta(days=1)
ONE_BY_ONE = "fetch_one_by_one_since"
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


def _whose(settings: MailboxSettings) -> str:
    return f"{settings.host} {settings.user} {settings.since or ''}"
