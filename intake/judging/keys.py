"""Core: what an assessment was made from (依据), as one short key, and the next moment at which time alone changes it.

Same key, same assessment: it is not made again. The code of the rules is part of it, so a new version of the program derives anew
without anybody remembering a number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from config.campaign import Campaign

ROOMS = ("intake", "intake/claiming", "intake/matrix", "intake/checks", "intake/judging", "config", "parsers", "parsers/forms")
INSTANT = timedelta(microseconds=1)


@cache
def rules_version() -> str:
    """The rules as a digest of their own source; empty parts when the source is not at hand (then only the campaign counts)."""
    top = Path(__file__).resolve().parents[2]
    files = (path for room in ROOMS for path in sorted((top / room).glob("*.py")))
    return digest(f"{path.relative_to(top)}\n{path.read_text(encoding='utf-8')}" for path in files)


_MARKS: list[tuple[Campaign, str]] = []


def campaign_mark(campaign: Campaign) -> str:
    """The campaign and the rules as one digest; the words of letters and how to telephone are left out, they judge nothing."""
    for known, mark in _MARKS:
        if known is campaign:
            return mark
    silent = tuple(replace(i, phone="", contact="") for i in campaign.institutions)
    mark = digest([rules_version(), repr(replace(campaign, letters={}, institutions=silent))])
    _MARKS.append((campaign, mark))
    del _MARKS[:-4]
    return mark


def digest(texts: Iterable[str]) -> str:
    """A short digest of texts in their order."""
    summed = hashlib.sha256()
    for text in texts:
        summed.update(text.encode("utf-8", "surrogatepass"))
        summed.update(b"\0")
    return summed.hexdigest()[:32]


def edges(campaign: Campaign) -> tuple[datetime, ...]:
    """Every moment at which a verdict changes by itself: a deadline comes into force, or it and its grace are over."""
    grace = timedelta(minutes=campaign.thresholds.grace_minutes) + INSTANT
    return tuple(sorted({e for d in campaign.deadlines for e in (d.effective_from, d.at + grace)}))


def next_edge(campaign: Campaign, now: datetime) -> datetime | None:
    """The next of them after `now`, None when time changes nothing any more."""
    return next((edge for edge in edges(campaign) if edge > now), None)


def passed_edges(campaign: Campaign, now: datetime) -> int:
    """How many of them are over: between two edges time changes nothing."""
    return sum(edge <= now for edge in edges(campaign))
