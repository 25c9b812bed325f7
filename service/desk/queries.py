"""Shell: every read of the desk - lists from the lines the belt keeps ready, single pages from single rows.

Parsing one assessment costs 20 to 90 ms, so the parsed ones are kept by what they say; lists never open any.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

from config.campaign import Campaign
from intake.books import LAST_ASSESSED, TODO, Ledger
from intake.decisions import decisions_in_force
from intake.message import Message
from intake.records import Glance, OutboxRecord
from intake.submission import Assessment, Decision
from notifier.belt import read_todo
from notifier.standing import silent
from parsers.form import Reading
from service.desk.shown.views import Card, Mail, Row, glance_to_row, item_to_card, line_to_mail

JUST = timedelta(minutes=5)
SHA = re.compile(r"[0-9a-f]{64}")

# Lists

T = TypeVar("T")
Stamp = tuple[object, ...]
MOST_KEPT = 600
_KEPT: dict[tuple[object, ...], tuple[Stamp, object]] = {}


def kept(key: tuple[object, ...], stamp: Stamp, make: Callable[[], T]) -> T:
    """What was made under this stamp of the books, made anew when they say something else."""
    if len(_KEPT) > MOST_KEPT:
        _KEPT.clear()
    held = _KEPT.get(key)
    if held is None or held[0] != stamp:
        held = _KEPT[key] = stamp, make()
    return cast(T, held[1])


def stamp_of(ledger: Ledger, place: object = "") -> Stamp:
    """The state of the books that lie at this place."""
    return (str(place), inode(place), *ledger.views_stamp())


def inode(place: object) -> int:
    """Which file lies at a place: restored books are another one."""
    try:
        return Path(str(place)).stat().st_ino
    except OSError:
        return 0


def rows(ledger: Ledger, campaign: Campaign, stamp: Stamp) -> tuple[Row, ...]:
    """One row an institution, in the roster's order, who has sent nothing included."""
    return kept(("rows", stamp[0]), (*stamp, hash(campaign.institutions)), lambda: make_rows(ledger, campaign))


def make_rows(ledger: Ledger, campaign: Campaign) -> tuple[Row, ...]:
    """The rows from the lines the belt keeps."""
    glances = ledger.glances()
    return tuple(
        glance_to_row(u, glances.get(u.name) or Glance(institution=u.name, unit_class=u.unit_class), campaign)
        for u in campaign.institutions
    )


def cards(ledger: Ledger, stamp: Stamp) -> tuple[Card, ...]:
    """What waits for a person, most urgent first."""
    return kept(("cards", stamp[0]), stamp, lambda: tuple(item_to_card(item) for item in read_todo(ledger)))


def mails(ledger: Ledger, stamp: Stamp) -> tuple[Mail, ...]:
    """Every letter, newest first."""
    return kept(("mails", stamp[0]), stamp, lambda: tuple(line_to_mail(line) for line in ledger.letter_lines()))


def arrived(ledger: Ledger, stamp: Stamp, zone: ZoneInfo) -> Counter[date]:
    """How many letters from universities came on each day in this zone."""

    def count() -> Counter[date]:
        return Counter(mail.at.astimezone(zone).date() for mail in mails(ledger, stamp) if mail.shelf in ("claimed", "unclaimed"))

    return kept(("arrived", stamp[0], zone), stamp, count)


def reasons(ledger: Ledger, shas: Sequence[str]) -> Mapping[str, str]:
    """The first piece of evidence for whose each of these letters is."""
    found = {}
    for sha in shas:
        claim = ledger.one_claim(sha)
        found[sha] = next((c.evidence[0] for c in claim.candidates if c.evidence), "") if claim else ""
    return found


# Single rows

_PARSED: dict[tuple[str, str], tuple[str, Assessment]] = {}
_OPENED: dict[str, Message] = {}
KEPT_OPENED = 400


def find_assessment(ledger: Ledger, campaign: Campaign, name: str, mark: str | None = None) -> Assessment | None:
    """One institution's assessment; of one that has sent nothing the silent one; None for a name the roster does not hold."""
    stands = ledger.assessment_mark(name) if mark is None else mark
    if not stands:
        unit = campaign.institution(name)
        return silent(unit) if unit else None
    held = _PARSED.get((campaign.key, name))
    if held is None or held[0] != stands:
        found = ledger.assessment(name)
        if found is None:
            return None
        held = _PARSED[campaign.key, name] = stands, found
    return held[1]


def find_message(ledger: Ledger, sha: str) -> Message | None:
    """What was found in a letter."""
    if sha not in _OPENED:
        found = ledger.opening(sha)
        if found is None:
            return None
        if len(_OPENED) >= KEPT_OPENED:
            _OPENED.clear()
        _OPENED[sha] = found
    return _OPENED[sha]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """文件: one leaf - its name, the letters that brought it (SHA-256, time, institution), its size and what was read in it."""

    sha256: str
    name: str
    letters: tuple[tuple[str, datetime, str], ...]
    reading: Reading | None
    size: int
    path: tuple[str, ...]
    problem: str


def find_file(ledger: Ledger, sha: str) -> FileFacts | None:
    """One file with every letter that brought it, earliest first."""
    if not SHA.fullmatch(sha):
        return None
    letters, leaf = [], None
    for letter in ledger.letters_that_brought(sha):
        message, record, claim = ledger.opening(letter), ledger.one_letter(letter), ledger.one_claim(letter)
        if message and record:
            leaf = leaf or next((a for a in message.attachments if a.sha256 == sha), None)
            letters.append((letter, record.received_at, (claim.institution or "") if claim else ""))
    if leaf is None:
        return None
    return FileFacts(
        sha256=sha,
        name=leaf.name,
        letters=tuple(letters),
        reading=ledger.one_reading(sha),
        size=leaf.size,
        path=leaf.path,
        problem=leaf.problem or "",
    )


def outbox_lines(ledger: Ledger, states: Sequence[str] = (), institution: str | None = None) -> tuple[OutboxRecord, ...]:
    """The letters of ours without their bytes, newest first."""
    found = ledger.outbox(None, institution, raw=False)
    return tuple(sorted((r for r in found if not states or r.state in states), key=lambda r: r.sent_at or r.created_at, reverse=True))


# Decisions


def decision_log(ledger: Ledger) -> tuple[tuple[Decision, ...], frozenset[int]]:
    """Every decision, newest first, and the numbers of those in force."""
    every = ledger.decisions()
    return every[::-1], frozenset(d.number for d in decisions_in_force(every))


def decisions_about(standing: Sequence[Decision], institution: str = "", target: str = "") -> tuple[Decision, ...]:
    """The decisions in force about an institution or a thing."""
    return tuple(d for d in standing if (institution and d.institution == institution) or (target and d.target == target))


def targets_just_decided(standing: Sequence[Decision], now: datetime) -> frozenset[str]:
    """What was decided a moment ago: its card is settled, though the belt may still be writing the list anew."""
    return frozenset(d.target for d in standing if d.target and d.kind not in ("assign", "note") and now - d.decided_at < JUST)


def is_being_checked(ledger: Ledger, number: int) -> bool:
    """True while the belt has not yet assessed with this decision, or not yet written anew what waits about its institution."""
    made = next((d for d in ledger.decisions() if d.number == number), None)
    last = ledger.health().values.get(LAST_ASSESSED, "")
    return bool(made and last and (made.decided_at > datetime.fromisoformat(last) or ledger.mark_of(TODO, made.institution) is not None))
