"""Core: working days and the digest's hours (chinesecalendar, the campaign's own overrides, Monday to Friday beyond the calendar)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from chinese_calendar import is_workday

from config.campaign import Campaign
from intake.records import DigestRecord
from notifier.wording import deadline_day

MORNING, AFTERNOON = "08:30", "16:30"
LAST_DAYS = 3


def is_working_day(day: date, campaign: Campaign) -> bool:
    """True on a working day: the campaign's word first, then the official calendar, then plain Monday to Friday."""
    if day in campaign.workdays:
        return campaign.workdays[day]
    try:
        return bool(is_workday(day))
    except NotImplementedError:
        # chinesecalendar knows only years whose holidays are published
        return day.weekday() < 5


def slots_on(day: date, campaign: Campaign) -> tuple[str, ...]:
    """The digests of a day: mornings of working days; morning and afternoon of the last three days, whatever day they are."""
    last = deadline_day(campaign.deadline_at(datetime.combine(day, time(8), campaign.zone)).at, campaign)
    if last - timedelta(days=LAST_DAYS - 1) <= day <= last:
        return (MORNING, AFTERNOON)
    return (MORNING,) if is_working_day(day, campaign) else ()


def slot_moment(day: date, slot: str, campaign: Campaign) -> datetime:
    """When a slot of a day begins."""
    hour, minute = slot.split(":")
    return datetime.combine(day, time(int(hour), int(minute)), campaign.zone)


def find_due_slot(campaign: Campaign, composed: Iterable[DigestRecord], now: datetime) -> str | None:
    """The digest owed at this moment: the latest slot of today that has begun and was not composed; older ones are let go."""
    today = now.astimezone(campaign.zone).date()
    done = {(record.day, record.slot) for record in composed}
    begun = [slot for slot in slots_on(today, campaign) if slot_moment(today, slot, campaign) <= now]
    return begun[-1] if begun and (today.isoformat(), begun[-1]) not in done else None
