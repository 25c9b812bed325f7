"""Core: everything a letter template may say, from one assessment - what is asked for, what is in, which times hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from config.campaign import Campaign, Deadline
from intake.checks import CATALOGUE
from intake.submission import Finding, Submission
from notifier.letter import Occasion
from notifier.letters.lines import (
    FIRST_ARRIVAL,
    decision_to_phrase,
    is_studio_complete,
    letters_to_cloud,
    letters_to_files,
    letters_to_forwarded,
    settled_decisions,
    studio_to_line,
    submission_to_in_hand,
    submission_to_unread,
    submission_to_updates,
)
from notifier.standing import is_paper_complete
from notifier.wording import (
    clean_private,
    clean_sentence,
    deadline_day,
    deadline_to_phrase,
    moment_to_clock,
    moment_to_date,
    moment_to_day,
    moments_to_phrase,
)

QUESTION = frozenset({"question"})
WITHDRAWAL = frozenset({"withdrawal", "replacement"})


@dataclass(frozen=True, slots=True)
class Requests:
    """所请事项: the findings one letter states, by list; `waiting` are those stated before and still open."""

    missing: tuple[Finding, ...] = ()
    conflicts: tuple[Finding, ...] = ()
    wanted: tuple[Finding, ...] = ()
    tips: tuple[Finding, ...] = ()
    waiting: tuple[Finding, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of everything stated, for the outbox to remember."""
        return tuple(finding_key(f) for f in (*self.missing, *self.conflicts, *self.wanted, *self.tips))

    @property
    def phrase(self) -> str:
        """`请补正2项、核实1项`, empty when nothing is asked."""
        counted = (("补正", self.missing), ("核实", self.conflicts), ("补发", self.wanted))
        parts = [f"{verb}{len(findings)}项" for verb, findings in counted if findings]
        return "请" + "、".join(parts) if parts else ""

    @property
    def asks(self) -> bool:
        """True when the institution is to do something."""
        return bool(self.missing or self.conflicts or self.wanted)


def finding_key(finding: Finding) -> str:
    """The finding's identity over re-assessments."""
    return finding.key or f"{finding.code}|{finding.studio}|{finding.message}"


def is_for_institution(finding: Finding) -> bool:
    """True for what may go out by itself: addressed to the institution, open, and not said elsewhere in the letter."""
    return finding.audience == "institution" and finding.is_open and not is_said_elsewhere(finding)


def is_said_elsewhere(finding: Finding) -> bool:
    """True for what the letter's own sentences say (time, paper, duplicates, question, withdrawal): never listed a second time."""
    entry = CATALOGUE.get(finding.code)
    return entry is not None and entry.said_by_the_letter


def is_wanted_again(finding: Finding) -> bool:
    """True for what is kept and safe, but wanted once more in a form a machine can read: asked for apart from what is missing or doubtful."""
    entry = CATALOGUE.get(finding.code)
    return entry is not None and entry.wanted_again


def findings_to_requests(findings: Iterable[Finding], told: frozenset[str]) -> Requests:
    """What is missing is repeated until it is in; what is to be verified and what is a tip is said once."""
    mine = [finding for finding in findings if is_for_institution(finding)]
    fresh = [finding for finding in mine if finding_key(finding) not in told]
    conflicts = ("conflict", "manual")
    missing = tuple(f for f in mine if f.severity == "missing")
    # Where single pieces are asked for, a letter that came without its files asks for nothing else: 重新发送全部 would ask again for what is in.
    named = tuple(f for f in missing if f.code != "M02")
    return Requests(
        missing=named or missing,
        conflicts=tuple(f for f in fresh if f.severity in conflicts and not is_wanted_again(f)),
        wanted=tuple(f for f in fresh if f.severity in conflicts and is_wanted_again(f)),
        tips=tuple(f for f in fresh if f.severity == "note"),
        waiting=tuple(f for f in mine if f.severity in conflicts and finding_key(f) in told),
    )


def findings_to_sentences(findings: Sequence[Finding]) -> list[str]:
    """Their sentences, each once, cleaned of private values and closed with a full stop."""
    cleaned = [clean_sentence(finding.message) for finding in findings]
    return list(dict.fromkeys(sentence if sentence.endswith(("。", "）", "！")) else sentence + "。" for sentence in cleaned))


def occasion_to_facts(occasion: Occasion, requests: Requests, campaign: Campaign) -> dict[str, Any]:
    """Every word a template may use; the README of the letters folder lists them for staff."""
    submission = occasion.assessment.submission
    return {
        **campaign_to_facts(campaign, occasion.now),
        **submission_to_facts(submission, campaign, files_asked_anew(occasion.assessment.findings)),
        **paper_to_facts(submission.paper, campaign, campaign.deadline_at(occasion.now).at),
        **letters_to_facts(occasion, campaign),
        "institution": occasion.assessment.institution.name,
        "greeting": occasion.assessment.institution.union + (f"（{occasion.affiliate}来信）" if occasion.affiliate else ""),
        "case": occasion.case_number,
        "complete": occasion.assessment.complete,
        "templates": False,  # no fillable forms are enclosed, unless the letter's own facts say so
        "declined": submission.not_recommending,
        "complete_on_time": occasion.assessment.timeliness == "on_time_then_corrected",
        "missing": findings_to_sentences(requests.missing),
        "conflicts": findings_to_sentences(requests.conflicts),
        "wanted": findings_to_sentences(requests.wanted),
        "tips": findings_to_sentences(requests.tips),
        "unread": unread_unasked(occasion, requests),
        "earlier_conflicts": len(requests.waiting),
        "open_conflicts": len(requests.conflicts) + len(requests.wanted) + len(requests.waiting),
        "request": requests_to_subject(requests, occasion.assessment.complete),
        "by_stranger": any(letter in occasion.strange for letter in occasion.answers),
        "settled": [decision_to_phrase(d) for d in settled_decisions(occasion.assessment)],
        "last_day": moment_to_day(occasion.last_answer_at, campaign) if occasion.last_answer_at else "",
    }


def unread_unasked(occasion: Occasion, requests: Requests) -> list[str]:
    """The files a person must look at, but for those the letter asks for again: nobody is told both to wait and to send."""
    asked = " ".join(finding.message for finding in (*requests.missing, *requests.conflicts, *requests.wanted))
    return [name for name in submission_to_unread(occasion.assessment.submission, occasion.answers) if name not in asked]


def open_wishes(occasion: Occasion) -> bool:
    """True while a wish to withdraw or replace in these letters waits for staff (M16)."""
    shas = {letter.sha256 for letter in occasion.answers}
    return any(f.code == "M16" and f.is_open and f.facts.get("letter") in shas for f in occasion.assessment.findings)


def asked_wishes(occasion: Occasion) -> str:
    """What these letters wish, in the words of their findings (M16): 撤回 of one studio is not the institution's 不推荐."""
    shas = {letter.sha256 for letter in occasion.answers}
    return " ".join(str(f.facts.get("事项", "")) for f in occasion.assessment.findings if f.code == "M16" and f.facts.get("letter") in shas)


def requests_to_subject(requests: Requests, complete: bool) -> str:
    """The subject's end: what is asked, or that all is in."""
    if requests.phrase:
        return ("已收齐，" if complete and not requests.missing else "") + requests.phrase
    return "已收齐" if complete else "已登记"


def campaign_to_facts(campaign: Campaign, now: datetime) -> dict[str, Any]:
    """What the notice says, with the deadline in force now."""
    deadline, before = campaign.deadline_at(now), deadline_before(campaign, now)
    days_left = (deadline_day(deadline.at, campaign) - now.astimezone(campaign.zone).date()).days
    return {
        "title": campaign.title,
        "document_number": campaign.document_number,
        "year": campaign.year,
        "office": campaign.office,
        "address": campaign.address,
        "postcode": campaign.postcode,
        "mailbox": campaign.mailbox,
        "contacts": [{"name": contact.name, "phone": contact.phone} for contact in campaign.contacts],
        "copies": {1: "一", 2: "两", 3: "三", 4: "四"}.get(campaign.paper_copies, str(campaign.paper_copies)),
        "deadline": deadline_to_phrase(deadline.at, campaign),
        "deadline_day": moment_to_day(deadline.at, campaign),
        "deadline_year": deadline.at.astimezone(campaign.zone).year,
        "deadline_reason": deadline.reason,
        "deadline_before": deadline_to_phrase(before.at, campaign) if before else "",
        "deadline_earlier": bool(before and deadline.at < before.at),
        "deadline_passed": now > deadline.at,
        "days_left": days_left,
        "when_due": {0: "今日", 1: "明日"}.get(days_left, f"{days_left}天后"),
        "as_of": f"{moment_to_day(now, campaign)}{moment_to_clock(now, campaign)}",
        "today": moment_to_date(now, campaign),
    }


def deadline_before(campaign: Campaign, now: datetime) -> Deadline | None:
    """The deadline that stood before the one in force, None while the first one stands."""
    announced = sorted((d for d in campaign.deadlines if d.effective_from <= now), key=lambda d: d.effective_from)
    return announced[-2] if len(announced) > 1 else None


def files_asked_anew(findings: Iterable[Finding]) -> frozenset[str]:
    """The forms on another year's print (M13) by SHA-256: kept, but the letter that asks for them again never calls them 已收妥."""
    return frozenset(str(f.facts.get("sha256", "")) for f in findings if f.code == "M13" and f.is_open)


def submission_to_facts(submission: Submission, campaign: Campaign, asked_anew: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The matrix in words."""
    studios = submission.active_studios
    counts = [(category.title, sum(1 for s in studios if s.category == category.key)) for category in campaign.categories]
    return {
        "total": len(studios),
        "by_category": "、".join(f"{title}{count}个" for title, count in counts if count),
        "studios": [{"line": studio_to_line(studio, campaign), "name": studio.name} for studio in studios],
        "complete_studios": sum(1 for studio in studios if is_studio_complete(studio)),
        "in_hand": submission_to_in_hand(submission, campaign, asked_anew),
    }


def paper_deadline(deadline: datetime, campaign: Campaign) -> str:
    """By when paper is to be there: the day, with the hour only where the notice names one."""
    phrase = deadline_to_phrase(deadline, campaign)
    return phrase.removesuffix("24时")


def paper_to_facts(paper: Mapping[str, Any], campaign: Campaign, deadline: datetime) -> dict[str, Any]:
    """The copies that come by post, as staff registered them: how many are there, how many are wanted still, and whether the seal is."""
    got = paper.get("copies", 0)
    got = got if isinstance(got, int) else 0
    day = date.fromisoformat(str(paper["date"])) if paper.get("date") else None
    return {
        "paper_wanted": campaign.paper_copies > 0,
        "paper_open": not is_paper_complete(paper, campaign),
        "paper_got": got,
        "paper_day": f"{day.month}月{day.day}日" if day else "",
        "paper_short": max(0, campaign.paper_copies - got),
        "paper_deadline": paper_deadline(deadline, campaign),
        "paper_unstamped": bool(got) and paper.get("stamped") is False,
        "paper_unstamped_parts": clean_private(str(paper.get("unstamped") or "")),
    }


def letters_to_facts(occasion: Occasion, campaign: Campaign) -> dict[str, Any]:
    """The letters answered: their times, files, links and side wishes."""
    letters, submission = occasion.answers, occasion.assessment.submission
    deadline = campaign.deadline_at(occasion.now).at
    arrivals = [letter.arrived_at for letter in letters]
    days = list(dict.fromkeys(moment_to_day(moment, campaign) for moment in arrivals))
    intents = {intent for letter in letters for intent in letter.message.intents}
    files = letters_to_files(letters, submission.repeats)
    on_time = bool(arrivals) and max(arrivals) <= deadline
    accepted = not on_time and not {letter.sha256 for letter in letters} & {*submission.late_letters, *submission.borderline_letters}
    updates = list(submission_to_updates(submission, letters, campaign))
    wishes = bool(intents & WITHDRAWAL) or any(letter.message.kind == "withdrawal" for letter in letters)
    return {
        "repeated": bool(files) and all(file["duplicate"] for file in files),
        "received": moments_to_phrase(arrivals, campaign),
        "letter_days": "、".join(days),
        "timely": on_time,
        "accepted": bool(arrivals) and accepted,
        "files": files,
        "updates": updates,
        "revisions": [line for line in updates if not line.endswith(FIRST_ARRIVAL)],
        "cloud": letters_to_cloud(letters, campaign),
        "forwarded": letters_to_forwarded(letters, campaign),
        "asks_question": bool(intents & QUESTION) or any(letter.message.kind == "question" for letter in letters),
        "asks_withdrawal": wishes and open_wishes(occasion),
        "wish_settled": wishes and not open_wishes(occasion),
    }
