"""Core: calendar arithmetic and Chinese dates for the sentences, without a clock; a date may be precise to the day, month or year."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_ISO = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?(?:[T ].*)?$")


@dataclass(frozen=True, slots=True)
class Span:
    """时段: the first and the last day a written date can mean, and the words to repeat it with."""

    first: date
    last: date
    text: str


def value_to_span(value: object) -> Span | None:
    """A typed date ("2019", "2019-05", "2019-05-01", date) as the days it can mean; None when it is no date."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return Span(value, value, f"{value.year}年{value.month}月{value.day}日")
    found = _ISO.fullmatch(str(value).strip()) if value is not None else None
    return _parts_to_span(*(int(part) if part else None for part in found.groups())) if found else None


def _parts_to_span(year: int | None, month: int | None, day: int | None) -> Span | None:
    try:
        if not year or not month:
            return Span(date(year or 0, 1, 1), date(year or 0, 12, 31), f"{year}年")
        if not day:
            return Span(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), f"{year}年{month}月")
        return Span(date(year, month, day), date(year, month, day), f"{year}年{month}月{day}日")
    except (ValueError, calendar.IllegalMonthError):
        return None


def years_before(day: date, years: int) -> date:
    """The same calendar day so many years earlier; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def age_on(born: date, day: date) -> int:
    """Full years of age on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def moment_to_text(moment: datetime, zone: ZoneInfo) -> str:
    """A moment as letters write it: 2022年7月29日15时42分."""
    local = moment.astimezone(zone)
    return f"{local.year}年{local.month}月{local.day}日{local.hour}时{local.minute:02d}分"


def deadline_to_text(moment: datetime, zone: ZoneInfo) -> str:
    """A deadline as the notice's readers say it: 8月5日24时 for the last second of a day, 8月5日17时, 8月5日17时30分."""
    local = moment.astimezone(zone)
    if local.time().replace(microsecond=0) == time(0):
        return f"{day_to_text(moment - timedelta(days=1), zone)}24时"
    day = day_to_text(moment, zone)
    if local.time().replace(microsecond=0) >= time(23, 59):
        return f"{day}24时"
    return f"{day}{local.hour}时" + (f"{local.minute:02d}分" if local.minute else "")


def day_to_text(moment: datetime, zone: ZoneInfo) -> str:
    """The day of a moment: 8月5日."""
    local = moment.astimezone(zone)
    return f"{local.month}月{local.day}日"
