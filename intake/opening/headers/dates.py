"""Core: the Date header as people's programs write it; without a zone it is Beijing time (china-mail.md c76-c78)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import mktime_tz, parsedate_tz

from intake.opening.headers.encoded_words import header_to_text

BEIJING = timezone(timedelta(hours=8))
_COMMENT = re.compile(r"\([^()]*\)")
_WRITTEN = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?[\sT,]*(?:[(（]?(?:星期|周)[一二三四五六日天][)）]?\s*)?"
    r"(上午|下午|晚上|中午|凌晨|AM|PM)?\s*(?:(\d{1,2})\s*[:：点时]\s*(\d{1,2})(?:\s*[:：分]\s*(\d{1,2}))?)?(?:\.\d+)?\s*"
    r"(AM|PM)?\s*(Z|[+-]\d{2}:?\d{2})?",
    re.I,
)


def header_to_date(raw: bytes) -> datetime | None:
    """The moment the sender claims, aware; None when absent or unreadable."""
    plain = _COMMENT.sub(" ", header_to_text(raw[:300]))
    return _rfc(plain) or find_written_date(plain)


def find_written_date(text: str) -> datetime | None:
    """The first date such as 2022年8月5日(星期五) 晚上11:58 or 2022-8-5 23:58:00; midnight when no time is written."""
    found = _WRITTEN.search(text[:500])
    if not found:
        return None
    year, month, day = (int(found[place]) for place in (1, 2, 3))
    hour, minute, second = (int(found[place] or 0) for place in (5, 6, 7))
    half = (found[4] or found[8] or "").upper()
    if half in ("下午", "晚上", "PM") and hour < 12:
        hour += 12
    if half in ("AM", "凌晨") and hour == 12:
        hour = 0
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=_zone(found[9]))
    except ValueError:
        return None


def _zone(text: str | None) -> timezone:
    if not text:
        return BEIJING
    if text.upper() == "Z":
        return UTC
    digits = text.replace(":", "")
    span = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
    return timezone(-span if digits[0] == "-" else span) if span < timedelta(hours=24) else BEIJING


def _rfc(text: str) -> datetime | None:
    """RFC 5322; CST is China's zone here, not Chicago's. Whatever the library makes of an absurd date, no date may cost the letter."""
    beijing = re.sub(r"\bCST\b", "+0800", text)
    try:
        parsed = parsedate_tz(beijing)
        if parsed is None or parsed[0] < 1970 or parsed[0] > 2200:
            return None
        if parsed[9] is None:
            return datetime(*parsed[:6], tzinfo=BEIJING)
        moment = datetime.fromtimestamp(mktime_tz(parsed), UTC)
        return moment.astimezone(timezone(timedelta(seconds=parsed[9])))
    except (ValueError, OverflowError, TypeError, IndexError, OSError, RecursionError):
        return None
