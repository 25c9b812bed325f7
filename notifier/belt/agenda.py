"""Shell: who is to be looked at when letters are composed - whoever something changed for, and whoever time alone may have made due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from config.campaign import Campaign
from config.settings import Settings
from intake.books import DECISION, INSTITUTION, LETTER, POST, Ledger
from intake.judging import campaign_mark, digest
from notifier.letters import History, next_look

COMPOSED_BY = "composed_by_rules"


@dataclass(frozen=True, slots=True)
class Due:
    """待看: the institutions to look at ("" = strangers), with the numbers of their marks."""

    names: tuple[str, ...] = ()
    marks: Mapping[str, int] | None = None


def find_due(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime) -> Due:
    """Who is to be looked at now; nobody whose newest letter or decision is not assessed yet, so that no letter rests on what was before."""
    _notice_settings(ledger, campaign, settings)
    if ledger.has_work(LETTER, DECISION):
        return Due()
    marks = ledger.marked(POST)
    unassessed = ledger.marked(INSTITUTION)
    names = tuple(name for name in dict.fromkeys((*marks, *ledger.agenda_due(now))) if name not in unassessed)
    return Due(names, {name: marks[name] for name in names if name in marks})


def note_looked(ledger: Ledger, due: Due, campaign: Campaign, settings: Settings, now: datetime) -> None:
    """Take the marks off that were looked at, and note when to look again."""
    with ledger.immediate():
        ledger.unmark(POST, due.marks or {})
        for name in due.names:
            history = History(ledger.outbox_of(name), settings.mode)
            ledger.set_agenda(name, next_look(ledger.letter_lines(institution=name), history, campaign, now))


def _notice_settings(ledger: Ledger, campaign: Campaign, settings: Settings) -> None:
    """Other words, another mode or other limits: everybody is looked at once."""
    mark = digest([campaign_mark(campaign), repr(sorted(campaign.letters.items())), repr((settings.mode, settings.staff, settings.pacing, settings.remind_silent))])
    if ledger.health_note(COMPOSED_BY) != mark:
        with ledger.immediate():
            ledger.mark_work(POST, ("", *(i.name for i in campaign.institutions)))
            ledger.note_health(COMPOSED_BY, mark)
