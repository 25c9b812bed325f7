"""Core: is a waiting letter still true? Asked at the moment of sending, so nobody is reminded of what just arrived."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from config.campaign import Campaign
from intake.judging import assessment_fingerprint
from intake.records import OutboxRecord
from intake.submission import Assessment
from notifier.letters.compose import approvable
from notifier.letters.facts import finding_key
from notifier.letters.letter_kinds import KINDS
from notifier.letters.reminders import find_due_reminder, reminder_key

OVERTAKEN = "材料情况已有变化，按最新情况重新拟写。"


def letter_basis(assessment: Assessment, campaign: Campaign, now: datetime) -> str:
    """The fingerprint of all a letter rests on: what is in, what is asked, the paper as registered, and the deadline as it stands."""
    paper = json.dumps(dict(assessment.submission.paper), ensure_ascii=False, sort_keys=True, default=str)
    return f"{digest_of(assessment_fingerprint(assessment), paper)}-{calendar_basis(campaign, now)}"


def calendar_basis(campaign: Campaign, now: datetime) -> str:
    """The deadline in force and whether it has passed: every letter that names it becomes untrue when either changes."""
    deadline = campaign.deadline_at(now).at
    return digest_of(deadline.isoformat(), str(now > deadline))[:8]


def digest_of(*parts: str) -> str:
    """A short digest of some texts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def find_staleness(row: OutboxRecord, assessment: Assessment | None, campaign: Campaign, now: datetime) -> str:
    """Why this letter must not leave as it is, empty when it is still true."""
    kind = KINDS.get(row.kind)
    if kind is None or kind.to_staff or kind.neutral or not row.institution:
        return ""
    if kind.reminds and not is_reminder_current(row, campaign, now):
        return "提醒已过时，不再发出。"
    if assessment is None:
        return "" if row.kind == "reminder_silent" else "该来信的归属已变更，原信不再发出。"
    if not set(row.answers) <= {letter.sha256 for letter in assessment.submission.letters}:
        return "该来信的归属已变更，原信不再发出。"
    if kind.timeless:
        return ""
    return find_untruth(row, assessment, campaign, now)


def find_untruth(row: OutboxRecord, assessment: Assessment, campaign: Campaign, now: datetime) -> str:
    """Why what the letter says no longer holds, by its kind."""
    same_calendar = row.basis.rpartition("-")[2] == calendar_basis(campaign, now)
    if row.kind == "withdrawal":
        waiting = {f.facts.get("letter") for f in assessment.findings if f.code == "M16" and f.is_open}
        return "" if waiting & set(row.answers) else "所提事项已由工作人员登记，按登记结果重新拟写。"
    if row.kind == "approved":
        still = {finding_key(finding) for finding in approvable(assessment)}
        return "" if set(row.told) <= still and same_calendar else "所询事项已有变化，按最新情况重新拟写。"
    return OVERTAKEN if row.basis != letter_basis(assessment, campaign, now) else ""


def is_reminder_current(row: OutboxRecord, campaign: Campaign, now: datetime) -> bool:
    """True while this very reminder (stage and deadline) is due, and on the day it was written: it counts the days that are left."""
    due = find_due_reminder(campaign, now)
    same_day = row.created_at.astimezone(campaign.zone).date() == now.astimezone(campaign.zone).date()
    return due is not None and same_day and reminder_key(due, campaign, now) in row.told
