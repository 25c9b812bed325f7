"""Core: is a waiting letter still true? Asked at the moment of sending, so nobody is reminded of what just arrived."""

from __future__ import annotations

from datetime import datetime

from config.campaign import Campaign
from intake.judging.assessment import assessment_fingerprint
from intake.records import OutboxRecord
from intake.submission import Assessment
from notifier.letter import REMINDERS
from notifier.letters.compose import approvable
from notifier.letters.facts import finding_key
from notifier.letters.reminders import find_due_reminder, reminder_key

# Letters that speak only of the letter they answer stay true whatever comes later.
TIMELESS = frozenset({"question", "explained", "not_recommending", "unclaimed", "stranger", "digest", "final_report", "notice"})


def find_staleness(row: OutboxRecord, assessment: Assessment | None, campaign: Campaign, now: datetime) -> str:
    """Why this letter must not leave as it is, empty when it is still true."""
    if row.kind in TIMELESS:
        return ""
    if row.kind in REMINDERS and not is_reminder_current(row, campaign, now):
        return "提醒已过时，不再发出。"
    if assessment is None:
        return "" if row.kind == "reminder_silent" else "该来信的归属已变更，原信不再发出。"
    if row.kind == "withdrawal":
        waiting = {f.facts.get("letter") for f in assessment.findings if f.code == "M16" and f.is_open}
        return "" if waiting & set(row.answers) else "所提事项已由工作人员登记，按登记结果重新拟写。"
    if row.kind == "approved":
        still = {finding_key(finding) for finding in approvable(assessment)}
        return "" if set(row.told) <= still else "所询事项已有变化，按最新情况重新拟写。"
    return "材料情况已有变化，按最新情况重新拟写。" if row.basis and row.basis != assessment_fingerprint(assessment) else ""


def is_reminder_current(row: OutboxRecord, campaign: Campaign, now: datetime) -> bool:
    """True while this very reminder (stage and deadline) is the one that is due."""
    due = find_due_reminder(campaign, now)
    return due is not None and reminder_key(due, campaign, now) in row.told
