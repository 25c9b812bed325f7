"""Core: findings settled by what staff decided and what letters explained, and whether a submission is 收齐 then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from intake.checks import CATALOGUE
from intake.decisions import Rulings
from intake.submission import MATERIALS, Finding, Submission

_ORDER = ("missing", "conflict", "manual", "note")
_QUOTA_CODES = frozenset(code for code, entry in CATALOGUE.items() if entry.quota)
_PAPER_CODES = frozenset(code for code, entry in CATALOGUE.items() if entry.paper)
_ASKED_ANEW = frozenset({"M13"})


def settle(
    findings: Iterable[Finding],
    rulings: Rulings,
    explained: Mapping[str, str] = MappingProxyType({}),
    last_received_at: datetime | None = None,
) -> tuple[Finding, ...]:
    """Findings once each, most pressing first, each with its state: `explained` maps a finding's key to the letter that explains it."""
    quota = rulings.quota_word(last_received_at)
    once: dict[str, Finding] = {}
    for found in findings:
        once.setdefault(found.key or found.message, found)
    ordered = sorted(once.values(), key=lambda f: _ORDER.index(f.severity))
    return tuple(_settled(f, rulings, explained, quota) for f in ordered)


def _settled(found: Finding, rulings: Rulings, explained: Mapping[str, str], quota: bool | None) -> Finding:
    if found.key in rulings.waived or (found.code in _QUOTA_CODES and quota is False):
        return replace(found, state="waived")
    if found.key in rulings.explained:
        return replace(found, state="explained")
    if found.key in explained and found.key not in rulings.refused:
        return replace(found, state="explained", facts={**found.facts, "explained_by": explained[found.key]})
    if found.key in rulings.approved or (found.code in _QUOTA_CODES and quota):
        return replace(found, state="approved")
    return found


def is_complete(submission: Submission, findings: Iterable[Finding]) -> bool:
    """收齐: every standing studio has its row, form and narrative readable or waived, nothing still has to be supplied or filled in
    anew (M13), and no kept file that may hold more (another studio's form, a second table) waits for a person. Open 核实 stand beside it."""
    if any(v.may_be for v in submission.unread):
        return False
    states = [s.materials[m].status for s in submission.active_studios for m in MATERIALS]
    lacking = any((f.severity == "missing" or f.code in _ASKED_ANEW) and f.is_open and f.code not in _PAPER_CODES for f in findings)
    return bool(states) and all(status in ("received", "waived") for status in states) and not lacking
