"""Core: one occasion -> one letter. Which letter it is, what it states, and whether a person must approve it first."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from config.campaign import Campaign
from intake.message import is_recording
from intake.submission import Assessment, Finding, Received, Submission
from notifier.letter import Enclosure, Letter, Occasion
from notifier.letters.facts import (
    WITHDRAWAL,
    Requests,
    asked_wishes,
    campaign_to_facts,
    finding_key,
    findings_to_requests,
    occasion_to_facts,
    open_wishes,
)
from notifier.letters.letter_kinds import ASKING, KINDS, ORDINARY
from notifier.letters.lines import settled_keys
from notifier.letters.owed import letter_to_address
from notifier.letters.render import render_letter
from notifier.letters.unnamed import without_names
from notifier.wording import clean_line, moment_to_day

ONE_RECEIPT = timedelta(hours=24)


def no_templates() -> tuple[Enclosure, ...]:
    """Nothing to enclose."""
    return ()


def compose_answer(occasion: Occasion, campaign: Campaign, templates: Callable[[], tuple[Enclosure, ...]] = no_templates) -> Letter | None:
    """The one cumulative answer to all of an institution's unanswered letters; None when they say nothing that wants one.

    `templates` gives the fillable forms; it is asked only when something is missing, because making them takes a third of a second.
    """
    kind = choose_kind(occasion)
    if kind is None:
        return None
    requests = kind_to_requests(kind, occasion)
    enclosures = templates() if (requests.missing or requests.wanted) and kind in ("supplement", "correction") else ()
    facts = occasion_to_facts(occasion, requests, campaign) | {"templates": bool(enclosures)}
    return facts_to_letter(
        kind,
        occasion,
        facts,
        campaign,
        told=(*requests.keys, *(settled_keys(occasion.assessment) if kind == "wish_settled" or facts["wish_settled"] else ())),
        enclosures=enclosures,
        needs_approval=kind == "withdrawal" or bool(facts["asks_withdrawal"]) or is_unsettled_refusal(kind, occasion),
    )


def is_unsettled_refusal(kind: str, occasion: Occasion) -> bool:
    """True for the answer to 今年不推荐 while staff have not recorded it: anybody can write that in a university's name, so a click comes first."""
    return kind == "not_recommending" and not occasion.assessment.submission.not_recommending


def choose_kind(occasion: Occasion) -> str | None:
    """Which letter fits: what came without a file first, then lateness, then what is still to be said."""
    if not any(letter.message.leaves for letter in occasion.answers):
        return choose_kind_without_files(occasion)
    if is_panic(occasion):
        return None
    assessment = occasion.assessment
    if lateness := find_lateness(occasion.answers, assessment.submission):
        on_time_before = assessment.timeliness in ("on_time_then_corrected", "on_time_incomplete")
        return "late_correction" if lateness == "late" and on_time_before else lateness
    requests = findings_to_requests(assessment.findings, occasion.told)
    if not occasion.first:
        return "correction"
    if requests.asks:
        return "supplement"
    return "complete" if assessment.complete else "received"


def is_panic(occasion: Occasion) -> bool:
    """True for the same files sent again within a day of our answer (scenario 39): one receipt is enough, the times are kept."""
    last, known = occasion.last_answer_at, occasion.assessment.submission.repeats
    files = {(letter.sha256, attachment.sha256) for letter in occasion.answers for attachment in letter.message.leaves}
    newest = max(letter.received_at for letter in occasion.answers)
    words = {intent for letter in occasion.answers for intent in letter.message.intents} - {"submission", "correction", "supersede"}
    return last is not None and files <= known and not words and newest <= last + ONE_RECEIPT


def choose_kind_without_files(occasion: Occasion) -> str | None:
    """The letter for mail that is only words; a bare 'received, thanks' gets none."""
    letters, findings = occasion.answers, occasion.assessment.findings
    intents = {intent for letter in letters for intent in letter.message.intents}
    kinds = {letter.message.kind for letter in letters}
    shas = {letter.sha256 for letter in letters}
    if any(not cloud.quoted and not is_recording(cloud.name) for letter in letters for cloud in letter.message.cloud_files):
        return "no_attachment"
    about_one = "撤回" in asked_wishes(occasion) and "不推荐" not in asked_wishes(occasion)
    if intents & WITHDRAWAL or "withdrawal" in kinds or ("not_recommending" in intents and about_one):
        return "withdrawal" if open_wishes(occasion) else "wish_settled"
    if "not_recommending" in intents:
        return "not_recommending"
    if any(f.code == "M02" and f.audience == "institution" and f.facts.get("letter") in shas for f in findings):
        return "no_attachment"
    if "question" in kinds or "question" in intents:
        return "question"
    return "explained" if "explanation" in intents else None


def find_lateness(letters: Sequence[Received], submission: Submission) -> str | None:
    """`late` or `borderline` when every letter answered came after the deadline; None when one did not, or staff accepted it."""
    late, borderline = set(submission.late_letters), set(submission.borderline_letters)
    shas = {letter.sha256 for letter in letters}
    if not shas or shas - late - borderline:
        return None
    return "late" if shas & late else "borderline"


def kind_to_requests(kind: str, occasion: Occasion) -> Requests:
    """What this kind of letter may ask: late ones ask nothing, letters without files only speak of themselves."""
    if not KINDS[kind].asks:
        keys = [f for f in occasion.assessment.findings if kind == "no_attachment" and f.code in ("M02", "M05")]
        return Requests(missing=tuple(f for f in keys if f.audience == "institution"))
    return findings_to_requests(occasion.assessment.findings, occasion.told)


def facts_to_letter(
    kind: str,
    occasion: Occasion,
    facts: dict[str, Any],
    campaign: Campaign,
    *,
    told: tuple[str, ...] = (),
    enclosures: tuple[Enclosure, ...] = (),
    needs_approval: bool = False,
    clicked: bool = False,
    not_before: datetime | None = None,
) -> Letter:
    """The finished letter, threaded to the newest letter it answers; its foot says whether a person reads it first."""
    facts = without_names(facts, occasion.strange)
    newest = occasion.answers[-1].message if occasion.answers else None
    asks = any(facts.get(name) for name in ("missing", "conflicts", "wanted"))
    row = KINDS[kind]
    facts = facts | {"reviewed": occasion.reviewed or needs_approval or clicked}
    return Letter(
        key=f"{occasion.case_number}-{occasion.sequence:02d}",
        kind=kind,
        institution=occasion.assessment.institution.name,
        recipient=occasion.recipient,
        wording=render_letter(kind, facts, campaign.letters),
        composed_at=occasion.now,
        case_number=occasion.case_number,
        in_reply_to=newest.message_id if newest else "",
        references=newest.references if newest else (),
        answers=tuple(letter.sha256 for letter in occasion.answers),
        told=told,
        basis=occasion.basis,
        priority=max(row.priority, ASKING) if asks and row.priority == ORDINARY else row.priority,
        needs_approval=needs_approval,
        clicked=clicked,
        not_before=not_before,
        enclosures=enclosures,
    )


def approvable(assessment: Assessment) -> tuple[Finding, ...]:
    """What may be said only after a person's click: quota, eligibility, honours (audience U*)."""
    return tuple(
        f for f in assessment.findings if f.audience == "institution_after_approval" and f.is_open and f.code != "M16"
    )


def compose_approved(occasion: Occasion, campaign: Campaign, delay_minutes: float) -> Letter | None:
    """The letter of quota and eligibility questions: held until staff click, then still five minutes in which to undo."""
    findings = [f for f in approvable(occasion.assessment) if finding_key(f) not in occasion.told]
    clicked = [f for f in findings if f.state == "approved"]
    chosen = tuple(clicked or findings)
    if not chosen or not occasion.recipient:
        return None
    facts = occasion_to_facts(occasion, Requests(conflicts=chosen), campaign)
    return facts_to_letter(
        "approved",
        occasion,
        facts,
        campaign,
        told=tuple(finding_key(f) for f in chosen),
        needs_approval=not clicked,
        clicked=bool(clicked),
        not_before=occasion.now + timedelta(minutes=delay_minutes) if clicked else None,
    )


REPLY = """主题：回复：{{ institution or "来信" }}咨询答复【{{ "回执" if institution else "来信" }} {{ case }}】
{{ greeting }}：
　　{{ "贵校" if institution }}{{ day }}来信收悉，现答复如下：
{% for line in lines %}
　　{{ line }}
{% endfor %}
{% include "foot.txt" %}
"""
BUILT_IN = {"reply.txt": REPLY}
"""The words round what staff write: a campaign folder need not have them, and may have its own."""


def compose_reply(letter: Received, institution: str, case: str, text: str, campaign: Campaign, now: datetime, delay_minutes: float) -> Letter:
    """What a person wrote in answer to one letter, between greeting and foot; it leaves after the minutes in which it can be taken back.

    It answers the letter for good only where that brought nothing but words: material is still owed its receipt.
    """
    message = letter.message
    unit = campaign.institution(institution)
    facts = {
        **campaign_to_facts(campaign, now),
        "institution": institution,
        "greeting": unit.union if unit else "您好",
        "day": moment_to_day(letter.received_at, campaign),
        "case": case,
        "lines": [line for typed in text.splitlines() if (line := clean_line(typed))],
        "reviewed": True,
    }
    return Letter(
        key=f"reply-{letter.sha256[:12]}-{digest_of(text)}",
        kind="reply",
        institution=institution,
        recipient=letter_to_address(message),
        wording=render_letter("reply", facts, {**BUILT_IN, **campaign.letters}),
        composed_at=now,
        case_number=case,
        in_reply_to=message.message_id,
        references=message.references,
        answers=() if message.leaves or message.cloud_files else (letter.sha256,),
        priority=KINDS["reply"].priority,
        clicked=True,
        not_before=now + timedelta(minutes=delay_minutes),
    )


def digest_of(text: str) -> str:
    """A short mark of what was written: the same words to the same letter are one reply, however often they are sent in."""
    return hashlib.sha256("\n".join(text.split()).encode("utf-8", "replace")).hexdigest()[:8]
