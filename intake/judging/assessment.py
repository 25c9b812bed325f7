"""Core: what is to be said about an institution (评估): its submission, every finding, what staff decided about them, and whether it is complete.

`assess` is one institution, `assess_all` the whole campaign with what only shows across institutions (X10, N08). Derived at will:
the same letters and decisions always give the same assessment.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from config.campaign import Campaign, Institution
from intake.checks import CATALOGUE, CHECKS, CROSS_CHECKS, Neighbours, check_across
from intake.claiming import letters_to_shares, letters_to_waiting
from intake.codec import value_to_plain
from intake.contract import studio_to_contract
from intake.decisions import fold
from intake.judging.settling import is_complete, settle
from intake.matrix import ALONE, Around, assemble
from intake.submission import MATERIALS, Assessment, Claim, Decision, Finding, Received, StudioSubmission, Submission

_FOR_LETTERS = frozenset({"institution", "institution_after_approval"})


def assess(
    institution: Institution,
    received: Sequence[Received],
    decisions: Sequence[Decision],
    campaign: Campaign,
    now: datetime,
    around: Around = ALONE,
) -> Assessment:
    """All that one institution has sent, and what is still to be said about it."""
    submission = assemble(institution, received, decisions, campaign, now, around)
    explained = _explained_by_letter(submission, decisions, campaign, now)
    return submission_to_assessment(submission, check_submission(submission, campaign, now), decisions, now, explained)


def assess_all(
    received: Sequence[Received], claims: Mapping[str, Claim], decisions: Sequence[Decision], campaign: Campaign, now: datetime
) -> Mapping[str, Assessment]:
    """Every institution of the roster by name, silent ones too; findings across institutions stand with both."""
    shares = letters_to_shares(received, claims, decisions, campaign)
    waiting = letters_to_waiting(received, claims, decisions)
    around = {i.name: Around(claims, waiting.get(i.name, ())) for i in campaign.institutions}
    first = {i.name: assess(i, shares.get(i.name, ()), decisions, campaign, now, around[i.name]) for i in campaign.institutions}
    found: dict[str, list[Finding]] = {}
    submissions = [a.submission for a in first.values() if a.submission.letters]
    for cross_check in CROSS_CHECKS:
        for name, one in cross_check(submissions, campaign):
            found.setdefault(name, []).append(one)
    return {name: _with_more(a, found[name], decisions, now) if name in found else a for name, a in first.items()}


def across(assessment: Assessment, neighbours: Neighbours, decisions: Sequence[Decision], campaign: Campaign, now: datetime) -> Assessment:
    """The assessment with what only shows beside its neighbours."""
    more = list(check_across(assessment.submission, neighbours, campaign))
    return _with_more(assessment, more, decisions, now) if more else assessment


def _with_more(assessment: Assessment, more: Sequence[Finding], decisions: Sequence[Decision], now: datetime) -> Assessment:
    explained = {f.key: str(f.facts["explained_by"]) for f in assessment.findings if "explained_by" in f.facts}
    return submission_to_assessment(assessment.submission, [*assessment.findings, *more], decisions, now, explained)


def check_submission(submission: Submission, campaign: Campaign, now: datetime) -> list[Finding]:
    """Every finding of every check, in the order of the checks; nothing to say about an institution that sent nothing but D06."""
    return [finding for check in CHECKS for finding in check(submission, campaign, now)]


def submission_to_assessment(
    submission: Submission, findings: Iterable[Finding], decisions: Sequence[Decision], now: datetime, explained: Mapping[str, str]
) -> Assessment:
    """The assessment of a submission once its findings are settled by staff's decisions."""
    rulings = fold(decisions, submission.institution.name)
    settled = settle(findings, rulings, explained, submission.last_received_at)
    codes = tuple(dict.fromkeys(code for claim in submission.claims.values() for code in claim.codes))
    return Assessment(
        institution=submission.institution,
        submission=submission,
        findings=settled,
        complete=is_complete(submission, settled),
        timeliness=submission.timeliness,
        assessed_at=now,
        claim_codes=codes,
    )


def _explained_by_letter(submission: Submission, decisions: Sequence[Decision], campaign: Campaign, now: datetime) -> dict[str, str]:
    """Which questions stood open when a letter without files explained them (scenario 6), by finding key: later questions stay open."""
    explained: dict[str, str] = {}
    for sha in submission.explanations:
        letter = next(r for r in submission.letters if r.sha256 == sha)
        before = [r for r in submission.letters if r.arrived_at < letter.arrived_at]
        if before:
            then = assemble(submission.institution, before, decisions, campaign, now, Around(submission.claims))
            asked = [f for f in check_submission(then, campaign, now) if f.severity == "conflict" and f.audience in _FOR_LETTERS]
            explained |= {f.key: sha for f in asked if f.key not in explained}
    return explained


def assessment_to_json(assessment: Assessment) -> dict[str, Any]:
    """The full comparable form: two derivations of the same letters and decisions give the same JSON, whenever they are made."""
    plain: dict[str, Any] = value_to_plain(replace(assessment, assessed_at=None))
    return plain


def _is_unsaid(found: Finding) -> bool:
    """True for what no letter rests on: when a letter came (its own sentences say it), and notes that every letter makes in its own words."""
    entry = CATALOGUE.get(found.code)
    return entry is not None and (entry.of_the_letter or (entry.said_by_the_letter and entry.severity == "note"))


def assessment_fingerprint(assessment: Assessment) -> str:
    """What a letter would say, as a short digest: it changes only when materials, findings for the institution or timeliness change."""
    studios = [studio_to_contract(s) | {"files": _files(s), "withdrawn": s.withdrawn} for s in assessment.submission.studios]
    said = sorted((f.key, f.message, f.state) for f in assessment.findings if f.audience in _FOR_LETTERS and not _is_unsaid(f))
    kept = sorted(v.attachment for v in assessment.submission.unplaced)
    told = [studios, said, kept, assessment.timeliness, assessment.complete, assessment.submission.not_recommending]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:32]


def _files(studio: StudioSubmission) -> list[str]:
    return sorted({v.attachment or v.file for m in MATERIALS for v in studio.materials[m].versions})
