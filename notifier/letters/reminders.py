"""Core: the two reminders before the deadline - who still lacks something, at this very moment, and has not been reminded yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from config.campaign import Campaign
from intake.submission import Assessment, Received
from notifier.letter import Letter, Occasion
from notifier.letters.compose import choose_kind, facts_to_letter
from notifier.letters.facts import findings_to_requests, occasion_to_facts
from notifier.letters.history import History
from notifier.letters.letter_kinds import ANSWERS
from notifier.letters.owed import brings_material, is_answerable, is_told
from notifier.wording import deadline_day, moments_to_phrase

DAYS_BEFORE: tuple[tuple[int, str], ...] = ((1, "reminder_t1"), (3, "reminder_t3"))
HOUR = time(9, 0)
# The answers that told an institution its letter came after the deadline; within the grace only the time was told, no verdict.
CALLED_LATE = frozenset({"late", "late_correction"})
# An answer that left shortly before, or after, names the same missing pieces: a reminder on top of it would only be noise.
ANSWER_SERVES = timedelta(hours=12)


def find_due_reminder(campaign: Campaign, now: datetime) -> str | None:
    """Which reminder is due: from 9:00 on its day until the next one, so a service that was down catches up; only the later of two."""
    deadline = campaign.deadline_at(now).at
    if now >= deadline:
        return None
    return next((kind for days, kind in DAYS_BEFORE if now >= reminder_moment(days, campaign, now)), None)


def reminder_moment(days: int, campaign: Campaign, now: datetime) -> datetime:
    """Nine o'clock so many days before the deadline in force."""
    last = deadline_day(campaign.deadline_at(now).at, campaign)
    return datetime.combine(last - timedelta(days=days), HOUR, campaign.zone)


def reminder_key(kind: str, campaign: Campaign, now: datetime) -> str:
    """What makes a reminder the same one: its kind and its deadline - a moved deadline is reminded of anew."""
    return f"reminder:{kind.removeprefix('reminder_')}:{deadline_day(campaign.deadline_at(now).at, campaign).isoformat()}"


def answer_served(history: History, kind: str, recipient: str, campaign: Campaign, now: datetime) -> bool:
    """True when an answer that lists the missing pieces waits for the same address, or left so lately that it is the reminder."""
    if any(row.kind in ANSWERS and row.recipient.lower() == recipient.lower() for row in history.waiting):
        return True
    days = next(days for days, named in DAYS_BEFORE if named == kind)
    last = history.last_answer_at
    return last is not None and last >= reminder_moment(days, campaign, now) - ANSWER_SERVES


def wants_reminder(assessment: Assessment, history: History, key: str, *, remind_silent: bool) -> bool:
    """True when something is missing now (or nothing came and staff opted in), and no reminder of this kind stands."""
    submission = assessment.submission
    if submission.not_recommending or key in history.ever:
        return False
    if not submission.letters:
        return not submission.unread_letters and remind_silent and assessment.institution.confirmed and bool(assessment.institution.email)
    if not submission.studios and any("not_recommending" in r.message.intents and is_told(assessment, r) for r in submission.letters):
        return False
    return bool(findings_to_requests(assessment.findings, frozenset()).missing)


def owes_answer(occasion: Occasion, history: History) -> bool:
    """True while an answer is to come that says the same; a thank-you, files sent twice or a forged letter get none and keep nobody from being
    reminded."""
    unanswered = (r for r in occasion.assessment.submission.letters if is_answerable(r.message) and r.sha256 not in history.covered)
    letters = tuple(r for r in unanswered if is_told(occasion.assessment, r) or brings_material(occasion.assessment, r))
    return choose_kind(replace(occasion, answers=letters)) is not None


def compose_reminder(kind: str, occasion: Occasion, campaign: Campaign) -> Letter:
    """The reminder's letter; an institution that sent nothing is told that not recommending is an answer too."""
    silent = not occasion.assessment.submission.letters
    requests = findings_to_requests(occasion.assessment.findings, frozenset())
    facts = occasion_to_facts(occasion, requests, campaign)
    key = reminder_key(kind, campaign, occasion.now)
    return facts_to_letter("reminder_silent" if silent else kind, occasion, facts, campaign, told=(key,))


def deadline_change_key(campaign: Campaign, now: datetime) -> str:
    """The key of the deadline version in force, empty while the notice's own deadline stands."""
    current = campaign.deadline_at(now)
    first = min(campaign.deadlines, key=lambda d: d.effective_from)
    return "" if current == first else f"deadline:{current.at.isoformat()}"


def wants_deadline_change(assessment: Assessment, history: History, key: str) -> bool:
    """True for whoever has sent material and lacks some, and for who was told 截止后 of a letter that is on time now (scenario 40), until this deadline was told."""
    submission = assessment.submission
    requests = findings_to_requests(assessment.findings, frozenset())
    lacks = bool(requests.missing or requests.wanted)
    open_case = assessment.timeliness != "none" and lacks and not assessment.complete and not submission.not_recommending
    return bool(key) and key not in history.ever and (open_case or bool(find_pardoned(assessment, history)))


def find_pardoned(assessment: Assessment, history: History) -> tuple[Received, ...]:
    """The letters we called late that the deadline in force now makes on time; those that staff accepted as late are no matter of it."""
    submission = assessment.submission
    called_late = {sha for row in history.left if row.kind in CALLED_LATE for sha in row.answers}
    not_ours = {*submission.late_letters, *submission.borderline_letters, *submission.accepted_late}
    return tuple(letter for letter in submission.letters if letter.sha256 in called_late - not_ours)


def compose_deadline_change(occasion: Occasion, campaign: Campaign, pardoned: tuple[Received, ...] = ()) -> Letter:
    """The notice of a moved deadline; always before staff's eyes first. `pardoned` are letters once called late that are on time now."""
    requests = findings_to_requests(occasion.assessment.findings, frozenset())
    arrived = moments_to_phrase([letter.arrived_at for letter in pardoned], campaign)
    facts = occasion_to_facts(occasion, requests, campaign) | {"pardoned": arrived}
    key = deadline_change_key(campaign, occasion.now)
    return facts_to_letter("deadline_change", occasion, facts, campaign, told=(key,), needs_approval=True)
