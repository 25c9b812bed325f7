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
from types import MappingProxyType
from typing import Any

from config.campaign import Campaign, Institution
from intake.checks import CHECKS, CROSS_CHECKS
from intake.claiming.sender import split_files
from intake.codec import value_to_plain
from intake.decisions import Rulings, fold
from intake.matrix.assembly import ALONE, UNNAMED, Around, assemble
from intake.matrix.leaves import MATERIALS, arrival
from intake.submission import Assessment, Claim, Decision, Finding, Material, Received, StudioSubmission, Submission

_UNDECIDED = frozenset({"M01", "M10"})
_RANK = {"missing": 0, "conflict": 1, "manual": 2, "note": 3}
_QUOTA_CODES = frozenset({"Q01", "Q02"})
_UNSAID = frozenset({"D01", "D02", "D03", "D04", "D05", "M09"})
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
    across: dict[str, list[Finding]] = {}
    submissions = [a.submission for a in first.values() if a.submission.letters]
    for cross_check in CROSS_CHECKS:
        for name, found in cross_check(submissions, campaign):
            across.setdefault(name, []).append(found)
    return {name: _with_more(a, across[name], decisions, now) if name in across else a for name, a in first.items()}


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


# --- whose letters -----------------------------------------------------------------------------------------------------------------


def letters_to_shares(
    received: Sequence[Received], claims: Mapping[str, Claim], decisions: Sequence[Decision], campaign: Campaign
) -> dict[str, tuple[Received, ...]]:
    """The letters of each institution; of a letter that staff split, each gets its own files only."""
    splits = fold(decisions).splits
    shares: dict[str, list[Received]] = {}
    for letter in received:
        claim = claims.get(letter.sha256, Claim(None))
        if letter.sha256 in splits:
            parts = splits[letter.sha256] or split_files(letter, campaign)
            for name in sorted(set(parts.values())):
                shares.setdefault(name, []).append(_share(letter, parts, name))
        elif claim.institution:
            shares.setdefault(claim.institution, []).append(letter)
    return {name: tuple(letters) for name, letters in shares.items()}


def letters_to_waiting(
    received: Sequence[Received], claims: Mapping[str, Claim], decisions: Sequence[Decision]
) -> dict[str, tuple[Received, ...]]:
    """The letters nobody has claimed yet, with every institution they may be from: its gaps are not called gaps meanwhile."""
    settled = fold(decisions)
    waiting: dict[str, list[Received]] = {}
    for letter in received:
        claim = claims.get(letter.sha256, Claim(None))
        if claim.institution is None and _UNDECIDED & set(claim.codes) and letter.sha256 not in settled.splits:
            for name in dict.fromkeys((*claim.split, *(c.institution for c in claim.candidates))):
                waiting.setdefault(name, []).append(letter)
    return {name: tuple(letters) for name, letters in waiting.items()}


def _share(letter: Received, parts: Mapping[str, str], name: str) -> Received:
    # A file that nothing assigns goes with every part: better seen twice than called missing once.
    mine = tuple(a for a in letter.message.attachments if parts.get(a.sha256, name) == name)
    return replace(letter, message=replace(letter.message, attachments=mine, cloud_files=()))


# --- settling ----------------------------------------------------------------------------------------------------------------------


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
    ordered = sorted(once.values(), key=lambda f: _RANK[f.severity])
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


def _explained_by_letter(submission: Submission, decisions: Sequence[Decision], campaign: Campaign, now: datetime) -> dict[str, str]:
    """Which questions stood open when a letter without files explained them (scenario 6), by finding key: later questions stay open."""
    explained: dict[str, str] = {}
    for sha in submission.explanations:
        letter = next(r for r in submission.letters if r.sha256 == sha)
        before = [r for r in submission.letters if arrival(r) < arrival(letter)]
        if before:
            then = assemble(submission.institution, before, decisions, campaign, now, Around(submission.claims))
            asked = [f for f in check_submission(then, campaign, now) if f.severity == "conflict" and f.audience in _FOR_LETTERS]
            explained |= {f.key: sha for f in asked if f.key not in explained}
    return explained


# --- completeness -------------------------------------------------------------------------------------------------------------------


def is_complete(submission: Submission, findings: Iterable[Finding]) -> bool:
    """收齐: every standing studio has its row, form and narrative readable or waived, nothing still has to be supplied, and no kept
    file that may hold more (another studio's form, a second table) waits for a person."""
    if any(v.may_be for v in submission.unread):
        return False
    active = [s for s in submission.studios if not s.withdrawn and not s.superseded]
    states = [s.materials[m].status for s in active for m in MATERIALS]
    lacking = any(f.severity == "missing" and f.state in ("open", "approved") for f in findings)
    return bool(active) and all(status in ("received", "waived") for status in states) and not lacking


# --- for others ----------------------------------------------------------------------------------------------------------------------


def assessment_to_contract(assessment: Assessment) -> dict[str, Any]:
    """The JSON of `intake check` and of one row of `intake status` (CONTRACT.md); waived findings are left out."""
    active = [s for s in assessment.submission.studios if not s.withdrawn]
    return {
        "institution": assessment.institution.name,
        "complete": assessment.complete,
        "timeliness": assessment.timeliness,
        "studios": [_studio_to_contract(s) for s in active] or _unnamed_studio(assessment.submission),
        "findings": [_finding_to_contract(f) for f in assessment.findings if f.state != "waived"],
    }


def _unnamed_studio(submission: Submission) -> list[dict[str, Any]]:
    """Nothing readable names a studio, yet kept files may be its materials: a line without a name, so that they are seen as kept."""
    kept = {m for version in submission.unread for m in version.may_be}
    if not kept or submission.studios:
        return []
    materials = {m.value: "received_unread" if m in kept else "missing" for m in MATERIALS}
    return [{"name": UNNAMED, "category": None, "leader": "", "materials": {**materials, Material.PAPER.value: "not_registered"}}]


def _studio_to_contract(studio: StudioSubmission) -> dict[str, Any]:
    materials = {m.value: studio.materials[m].status for m in Material}
    return {"name": studio.name, "category": studio.category, "leader": studio.leader, "materials": materials}


def _finding_to_contract(found: Finding) -> dict[str, Any]:
    where = {"file": found.where.file, "table": found.where.table, "row": found.where.row, "field": found.where.field}
    return {
        "code": found.code, "severity": found.severity, "audience": found.audience, "studio": found.studio,
        "where": where, "message": found.message, "state": found.state, "key": found.key,
    }  # fmt: skip


def assessment_to_json(assessment: Assessment) -> dict[str, Any]:
    """The full comparable form: two derivations of the same letters and decisions give the same JSON, whenever they are made."""
    plain: dict[str, Any] = value_to_plain(replace(assessment, assessed_at=None))
    return plain


def assessment_fingerprint(assessment: Assessment) -> str:
    """What a letter would say, as a short digest: it changes only when materials, findings for the institution or timeliness change."""
    studios = [_studio_to_contract(s) | {"files": _files(s), "withdrawn": s.withdrawn} for s in assessment.submission.studios]
    said = sorted((f.key, f.message, f.state) for f in assessment.findings if f.audience in _FOR_LETTERS and f.code not in _UNSAID)
    kept = sorted(v.attachment for v in assessment.submission.unplaced)
    told = [studios, said, kept, assessment.timeliness, assessment.complete, assessment.submission.not_recommending]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:32]


def _files(studio: StudioSubmission) -> list[str]:
    return sorted({v.attachment or v.file for m in MATERIALS for v in studio.materials[m].versions})
