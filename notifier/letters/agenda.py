"""Core: when the letters to an institution are to be looked at again although nothing happened - composing looks at nobody before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta

from config.campaign import Campaign
from intake.records import LetterLine, OutboxRecord
from notifier.letters.history import History
from notifier.letters.owed import MORE_TO_COME
from notifier.letters.reminders import DAYS_BEFORE, reminder_moment
from notifier.wording import deadline_day


def next_look(lines: Iterable[LetterLine], history: History, campaign: Campaign, now: datetime) -> datetime | None:
    """The next moment at which time alone may make a letter due or a waiting one untrue: the quiet window, the reminders, a deadline, and,
    while anything is unanswered or waits, the next midnight (limits are counted by the day)."""
    moments = (*_letters(lines, history, campaign, now), *_waiting(history.waiting, campaign, now), *_campaign(campaign, now))
    return min((m for m in moments if m > now), default=None)


def _letters(lines: Iterable[LetterLine], history: History, campaign: Campaign, now: datetime) -> Iterator[datetime]:
    unanswered = [line for line in lines if line.sha256 not in history.answered]
    for line in unanswered:
        yield line.received_at + timedelta(minutes=campaign.thresholds.quiet_minutes)
        yield line.received_at + MORE_TO_COME
    if unanswered:
        yield _midnight(campaign, now)


def _waiting(rows: Iterable[OutboxRecord], campaign: Campaign, now: datetime) -> Iterator[datetime]:
    if any(True for _ in rows):
        yield _midnight(campaign, now)


def _campaign(campaign: Campaign, now: datetime) -> Iterator[datetime]:
    """The edges that concern everybody."""
    for days, _ in DAYS_BEFORE:
        yield reminder_moment(days, campaign, now)
    for deadline in campaign.deadlines:
        yield deadline.effective_from
        yield deadline.at
    yield datetime.combine(deadline_day(campaign.deadline_at(now).at, campaign), time(), campaign.zone)


def _midnight(campaign: Campaign, now: datetime) -> datetime:
    return datetime.combine(now.astimezone(campaign.zone).date() + timedelta(days=1), time(), campaign.zone)
