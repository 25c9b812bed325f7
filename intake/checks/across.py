"""Core: what only shows between institutions - X10 (one studio sent by two) and N08 (one text sent twice), by small traces instead of every pair.

An institution leaves marks (leader with studio, leader with birth month) and prints (fingerprints of its narratives, in bands). Who shares
a mark or a band is compared, nobody else; each pair is a finding of its own, so that a third institution changes no key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

from config.campaign import Campaign
from intake.checks.agreement import studio_marks
from intake.checks.catalogue import finding
from intake.checks.narrative import narrative_sheets
from intake.submission import Finding, Submission
from parsers.forms.narrative import similarity


@dataclass(frozen=True, slots=True, order=True)
class Print:
    """文印: the fingerprint of one narrative, with the studio it stands with and whose it is."""

    institution: str
    studio: str
    fingerprint: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Traces:
    """痕迹: what one institution leaves for the others to be compared with."""

    marks: tuple[str, ...] = ()
    prints: tuple[Print, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbours:
    """邻校: the other institutions by the marks they share, and their prints that share a band."""

    marks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    prints: tuple[Print, ...] = ()


NOBODY_NEAR = Neighbours()


def submission_to_traces(submission: Submission) -> Traces:
    """The traces of one submission, in order."""
    name = submission.institution.name
    prints = [Print(name, studio, fingerprint) for studio, fingerprint, _ in narrative_sheets(submission) if fingerprint]
    return Traces(tuple(dict.fromkeys(mark for _, mark in studio_marks(submission))), tuple(sorted(set(prints))))


def bands(fingerprint: Sequence[int], limit: float) -> tuple[str, ...]:
    """The places of which two fingerprints that are `limit` alike share at least one (85 of 100 equal agree in one of any 16)."""
    return tuple(f"{place}:{value}" for place, value in enumerate(fingerprint[: len(fingerprint) - ceil(limit * len(fingerprint)) + 1]))


def check_across(submission: Submission, neighbours: Neighbours, campaign: Campaign) -> Iterator[Finding]:
    """X10 and N08 of one institution against those it shares a mark or a band with."""
    yield from _same_text(submission, neighbours.prints, campaign.thresholds.near_duplicate)
    yield from _same_studio(submission, neighbours.marks)


def _same_studio(submission: Submission, holders: Mapping[str, tuple[str, ...]]) -> Iterator[Finding]:
    own = submission.institution.name
    told: set[tuple[str, str]] = set()
    for studio, mark in studio_marks(submission):
        for other in sorted(set(holders.get(mark, ())) - {own}):
            if (studio.key, other) not in told:
                told.add((studio.key, other))
                yield finding("X10", studio=studio, 姓名=studio.leader or "未填", 单位列表=tuple(sorted((own, other))))


def _same_text(submission: Submission, others: Iterable[Print], limit: float) -> Iterator[Finding]:
    foreign = sorted(p for p in others if p.institution != submission.institution.name)
    for _, fingerprint, sheet in narrative_sheets(submission):
        for other in foreign:
            alike = similarity(fingerprint, other.fingerprint)
            if alike >= limit:
                yield sheet.finding("N08", 对方=f"{other.institution}“{other.studio}”", 相似度=round(alike * 100))


def cross_check(submissions: Sequence[Submission], campaign: Campaign) -> Iterator[tuple[str, Finding]]:
    """Both checks over a whole campaign at once: what the belt finds step by step."""
    traces = {s.institution.name: submission_to_traces(s) for s in submissions}
    holders: dict[str, list[str]] = {}
    banded: dict[str, list[Print]] = {}
    for name, left in traces.items():
        for mark in left.marks:
            holders.setdefault(mark, []).append(name)
        for one in left.prints:
            for band in bands(one.fingerprint, campaign.thresholds.near_duplicate):
                banded.setdefault(band, []).append(one)
    for submission in submissions:
        own = traces[submission.institution.name]
        near = [b for one in own.prints for band in bands(one.fingerprint, campaign.thresholds.near_duplicate) for b in banded[band]]
        around = Neighbours({mark: tuple(holders[mark]) for mark in own.marks}, tuple(dict.fromkeys(near)))
        for found in check_across(submission, around, campaign):
            yield submission.institution.name, found
