"""Shell: 延期 - what a new deadline would change, shown before anybody confirms it; the decision adds a version, the old one stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from config.campaign import Campaign, Deadline
from intake.judging import assess_all
from intake.submission import Assessment
from notifier.letters import DAYS_BEFORE, History, deadline_change_key, reminder_moment, wants_deadline_change
from notifier.standing import everyone, progress_word
from service.deciding import Case, deadline_details
from service.decisions import record_decision
from service.desk.decide import back_to, deed
from service.desk.door import here
from service.desk.shown.words import TIMELINESS, moment_to_text, said
from service.refusals import Slip

page = Blueprint("deadline", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """延期预览: the deadline now and then, whose verdict would change and to what, the days on which reminders would leave."""

    now: datetime
    then: datetime
    changed: tuple[tuple[str, str, str], ...]
    reminders: tuple[tuple[str, str], ...]
    waiting: tuple[str, ...]


@page.get("/deadline")
def show() -> str | tuple[str, int]:
    """The form, and the preview of what was filled in."""
    typed, wrong, preview = request.args.get("at", "").strip(), "", None
    if typed:
        try:
            preview = make_preview(parsed(typed))
        except Slip as slip:
            wrong = said(str(slip))
    words = render_template("deadline.html", typed=typed, wrong=wrong, preview=preview, reason=request.args.get("reason", "")[:500])
    return (words, 422) if wrong else words


def parsed(typed: str) -> datetime:
    """The moment that was typed."""
    _, detail = deadline_details(Case(here.office().campaign, None, ()), {"at": typed.replace("T", " ")})
    moment = datetime.fromisoformat(str(detail["at"]))
    if moment == here.office().campaign.deadline_at(here.office().clock()).at:
        raise Slip("和现在的截止时间一样。")
    return moment


def make_preview(then: datetime) -> Preview:
    """What would change; the books are only read."""
    office, ledger = here.office(), here.ledger()
    now = office.clock()
    moved = with_deadline(office.campaign, then, now)
    before = everyone(ledger.assessments(), office.campaign)
    after = everyone(assess_all(ledger.received(), ledger.claims(), ledger.decisions(), moved, now), moved)
    changed = tuple((b.institution.name, told(b), told(a)) for b, a in zip(before, after, strict=False) if told(b) != told(a))
    key = deadline_change_key(moved, now)
    histories = {a.institution.name: History(ledger.outbox_of(a.institution.name), office.settings.mode) for a in after}
    return Preview(
        now=office.campaign.deadline_at(now).at,
        then=then,
        changed=changed,
        reminders=tuple((reminder_day(days, office.campaign, now), reminder_day(days, moved, now)) for days, _ in reversed(DAYS_BEFORE)),
        waiting=tuple(a.institution.name for a in after if wants_deadline_change(a, histories[a.institution.name], key)),
    )


def told(assessment: Assessment) -> str:
    """What a deadline decides about an institution."""
    time = TIMELINESS.get(assessment.timeliness, "")
    return progress_word(assessment) + (f"（{time}）" if time else "")


def with_deadline(campaign: Campaign, at: datetime, now: datetime) -> Campaign:
    """The campaign as it would be."""
    return replace(campaign, deadlines=(*campaign.deadlines, Deadline(at=at, effective_from=now, reason="预览")))


def reminder_day(days: int, campaign: Campaign, now: datetime) -> str:
    """When a reminder leaves."""
    return moment_to_text(reminder_moment(days, campaign, now), campaign)


@page.post("/deadline")
def confirm() -> Response | tuple[str, int]:
    """Record the new deadline."""
    typed, reason = request.form.get("at", "").strip(), request.form.get("reason", "").strip()[:500]
    try:
        parsed(typed)
        made = record_decision(here.office(), "deadline", {"at": typed.replace("T", " ")}, here.person().name, reason)
    except Slip as slip:
        return render_template(
            "deadline.html", typed=typed, wrong=said(str(slip)).replace("--reason 后面", "“理由”里"), preview=None, reason=reason
        ), 422
    number = made.decision.number
    return back_to(
        deed(
            f"已记下第 {number} 号决定：截止时间改为 {moment_to_text(parsed_at(made.decision.detail['at']), here.office().campaign)}。",
            f"decision:{number}",
            number,
        )
    )


def parsed_at(iso: object) -> datetime:
    """The moment of a decision."""
    return datetime.fromisoformat(str(iso))
