"""Core: what lists and pages read (一览) - one small line an institution and one a letter, made from the assessment when it is made.

A list never opens an assessment: sixty of them cost seconds, sixty lines a millisecond. Everything here is derived and can be made again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from config.campaign import Campaign
from intake.records import Glance, LetterLine, LetterRecord
from intake.submission import MATERIALS, Assessment, Claim, Finding, Material, Received, StudioSubmission


def assessment_to_glance(assessment: Assessment, campaign: Campaign) -> Glance:
    """The line of one institution: what its verdict rests on, counts, times, and how it stands to its quota."""
    submission, institution = assessment.submission, assessment.institution
    missing, verify, staff = open_counts(assessment.findings)
    quota = campaign.quotas.get(institution.unit_class)
    return Glance(
        institution=institution.name,
        complete=assessment.complete,
        timeliness=assessment.timeliness,
        not_recommending=submission.not_recommending,
        studios=len(submission.active_studios),
        by_category=_by_category(submission.active_studios),
        quota_total=quota.total if quota else None,
        quota_by_category=dict(quota.by_category) if quota else {},
        unit_class=institution.unit_class,
        confirmed=institution.confirmed,
        received=_with_status(submission.active_studios, "received"),
        unread=_with_status(submission.active_studios, "received_unread"),
        unread_files=len(submission.unread),
        missing=missing,
        verify=verify,
        staff=staff,
        letters=len(submission.letters),
        first_received_at=submission.first_received_at,
        last_received_at=submission.last_received_at,
        paper_copies=int(submission.paper.get("copies") or 0),
        paper_stamped=bool(submission.paper.get("stamped")),
        decisions=len(submission.decisions),
        complete_since=complete_since(assessment),
        unread_letters=len(submission.unread_letters),
    )


def complete_since(assessment: Assessment) -> datetime | None:
    """When the last piece that was needed arrived; None while something is still missing."""
    if not assessment.complete:
        return None
    states = [s.materials[m] for s in assessment.submission.active_studios for m in MATERIALS if m in s.materials and m is not Material.PAPER]
    return max((state.versions[0].received_at for state in states if state.versions), default=None)


def open_counts(findings: Iterable[Finding]) -> tuple[int, int, int]:
    """How many open findings are missing things, things to verify, and matters for staff."""
    live = [f for f in findings if f.is_open]
    told = [f for f in live if f.audience == "institution"]
    return (
        sum(f.severity == "missing" for f in told),
        sum(f.severity == "conflict" for f in told),
        sum(f.audience != "institution" and f.severity != "note" for f in live),
    )


def _by_category(studios: Iterable[StudioSubmission]) -> Mapping[str, int]:
    return dict(sorted(Counter(studio.category or "" for studio in studios).items()))


def _with_status(studios: Iterable[StudioSubmission], status: str) -> Mapping[str, int]:
    """How many studios have this material in this state, by material; those that none has are left out."""
    states = [(m.value, s.materials[m].status) for s in studios for m in MATERIALS if m in s.materials]
    return dict(sorted(Counter(material for material, held in states if held == status).items()))


def letter_to_line(record: LetterRecord, received: Received | None, claim: Claim | None) -> LetterLine:
    """The line of one letter; `received` and `claim` are None while it is unopened or set aside."""
    message = received.message if received else None
    return LetterLine(
        sha256=record.sha256,
        received_at=record.received_at,
        institution=(claim.institution or "") if claim else "",
        sender=(message.sender.address or message.sender.name) if message else "",
        subject=message.subject if message else "",
        kind=message.kind if message else "",
        state=record.state,
        same_as=record.same_as,
        folder=record.folder,
        files=len(message.attachments) if message else 0,
        codes=claim.codes if claim else (),
        candidates=tuple(c.institution for c in claim.candidates[:3]) if claim and not claim.institution else (),
        split=claim.split if claim else (),
    )
