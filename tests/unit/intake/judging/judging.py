"""Judges assessments against the truth of an invented campaign, and counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from config.campaign import Campaign
from intake.claiming.sender import Known, identify
from intake.judging.assessment import assess_all
from intake.names import clean_person
from intake.submission import Assessment, Material, Received
from tests.generator.campaign import Truth

MATERIALS = (Material.SUMMARY_ROW, Material.BASIC_INFO, Material.NARRATIVE)
ASKING = frozenset({"M01", "M10"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What went wrong: each a list of readable lines; `questions` is the share of letters staff are asked about: whose they are, or what
    their nameless scans hold, when these alone keep a union from complete."""

    false_missing: tuple[str, ...]
    false_complete: tuple[str, ...]
    wrong_claims: tuple[str, ...]
    unseen_missing: tuple[str, ...]
    questions: float
    letters: int
    false_words: tuple[str, ...] = ()


def judge(received: Sequence[Received], truth: Truth, campaign: Campaign, now: datetime) -> Verdict:
    """The whole way from letters to verdict, as the assessing station goes it."""
    claims = identify(received, campaign, [], Known())
    assessments = assess_all(received, claims, [], campaign, now)
    asked = {r.sha256 for r in received if ASKING & set(claims[r.sha256].codes)} | _holding_back(assessments)
    return Verdict(
        false_missing=tuple(_false_missing(assessments, truth)),
        false_complete=tuple(_false_complete(assessments, truth)),
        wrong_claims=tuple(
            f"{truth.writers[s]} ≠ {c.institution}"
            for s, c in claims.items()
            if c.institution and truth.writers[s] not in (None, c.institution)
        ),
        unseen_missing=tuple(_unseen(assessments, truth)),
        questions=len(asked) / len(received),
        letters=len(received),
        false_words=tuple(_false_words(assessments, truth)),
    )


def _holding_back(assessments: Mapping[str, Assessment]) -> set[str]:
    """Letters with an unread file that may be something, of unions where every known cell is readable."""
    letters: set[str] = set()
    for assessment in assessments.values():
        states = {s.materials[m].status for s in assessment.submission.studios for m in MATERIALS}
        if states == {"received"}:
            letters |= {v.letter for v in assessment.submission.unread if v.may_be}
    return letters


def _false_missing(assessments: Mapping[str, Assessment], truth: Truth) -> list[str]:
    found = []
    for name, assessment in assessments.items():
        for studio in assessment.submission.studios:
            for material in MATERIALS:
                cell = (name, clean_person(studio.leader), material)
                if studio.materials[material].status == "missing" and truth.sent(cell):
                    found.append(f"{name} {studio.leader} {material}")
    return found


def _false_complete(assessments: Mapping[str, Assessment], truth: Truth) -> list[str]:
    found = []
    for name, leader in truth.studios:
        lacking = [m for m in MATERIALS if (name, leader, m) not in truth.readable or (name, leader, m) in truth.stale]
        if assessments[name].complete and lacking:
            found.append(f"{name} {leader} {lacking}")
    return found


def _false_words(assessments: Mapping[str, Assessment], truth: Truth) -> list[str]:
    """What an institution is told against the truth: an essay in pieces called short, a picture or a formula called blank."""
    found = []
    for name, assessment in assessments.items():
        for f in assessment.findings:
            told = f.audience == "institution" and f.severity in ("missing", "conflict") and f.is_open
            leader = next((clean_person(s.leader) for s in assessment.submission.studios if s.name == f.studio), "")
            if told and (f.code == "N01" or (name, leader, f.where.field) in truth.unreadable):
                found.append(f"{name} {f.code} {f.message}")
    return found


def _unseen(assessments: Mapping[str, Assessment], truth: Truth) -> list[str]:
    """Cells nobody sent that are shown as received: worse than useless when many."""
    found = []
    for name, leader in truth.studios:
        for studio in assessments[name].submission.studios:
            for material in MATERIALS:
                status = studio.materials[material].status
                if clean_person(studio.leader) == leader and status == "received" and (name, leader, material) not in truth.readable:
                    found.append(f"{name} {leader} {material}")
    return found
