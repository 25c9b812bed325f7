"""Core: where every institution stands (收齐、未齐、截止后、有来信待人工查看、未报送、不推荐), in roster order and with nobody left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from config.campaign import Campaign, Institution
from intake.checks import CATALOGUE
from intake.judging import complete_since as complete_since
from intake.records import Glance
from intake.submission import Assessment, Finding, Material, MaterialState, StudioSubmission, Submission

ELECTRONIC = (Material.SUMMARY_ROW, Material.BASIC_INFO, Material.NARRATIVE)
MATERIAL_TITLES = {
    Material.SUMMARY_ROW: "汇总表",
    Material.BASIC_INFO: "基本情况表",
    Material.NARRATIVE: "申报材料",
    Material.PAPER: "纸质材料",
}
CLASS_TITLES = {"ordinary": "普通高校", "medical": "医科大学", "unknown": "待确认"}


class Standing(StrEnum):
    """情形: the lists of the final report; the value is the list's name."""

    COMPLETE = "按期收齐"
    INCOMPLETE = "按期未齐"
    LATE = "截止后收到"
    UNDECIDED = "时间待认定"
    WAITING = "有来信待人工查看"
    SILENT = "未报送"
    NOT_RECOMMENDING = "不推荐"


PROGRESS_WORDS = {
    Standing.COMPLETE: "收齐",
    Standing.INCOMPLETE: "未齐",
    Standing.LATE: "截止后",
    Standing.SILENT: "未报",
}
# Lists that are shown only when somebody stands on them.
SELDOM = (Standing.UNDECIDED, Standing.WAITING)
# The five numbers of a page; they add up to all who are asked. A time that waits for a verdict counts as late until it has one, and of whom
# a letter may be that nobody could read yet counts as silent, and is named apart.
FIVE = ("收齐", "未齐", "截止后", "未报", "不推荐")
MARKS = {"received": "√", "received_unread": "待看", "missing": "缺", "waived": "免", "not_registered": "未登记"}


def everyone(assessments: Mapping[str, Assessment], campaign: Campaign) -> tuple[Assessment, ...]:
    """One assessment an institution: the roster in its own order, who has written nothing included, then any who stand outside it."""
    roster = [assessments.get(i.name) or silent(i) for i in campaign.institutions]
    known = {i.name for i in campaign.institutions}
    return (*roster, *(a for name, a in assessments.items() if name not in known))


def silent(institution: Institution) -> Assessment:
    """The assessment of an institution from which nothing has come."""
    return Assessment(institution=institution, submission=Submission(institution=institution))


def assessment_to_standing(assessment: Assessment) -> Standing:
    """Which list of the final report an institution belongs to; a time within the grace is nobody's verdict but the staff's (D03).

    Nobody is called silent while a letter that may be his is known and unread.
    """
    submission = assessment.submission
    declined = submission.not_recommending and not submission.active_studios
    return to_standing(declined, assessment.timeliness, assessment.complete, bool(submission.unread_letters))


def glance_to_standing(glance: Glance) -> Standing:
    """The same from the line that lists read."""
    declined = glance.not_recommending and not glance.studios
    return to_standing(declined, glance.timeliness, glance.complete, bool(glance.unread_letters))


def to_standing(declined: bool, timeliness: str, complete: bool, unread: bool) -> Standing:
    """The one verdict: what was declined, then time, then whether anything is missing; `unread`: a letter that may be its own waits for an eye."""
    if declined:
        return Standing.NOT_RECOMMENDING
    if timeliness == "none":
        return Standing.WAITING if unread else Standing.SILENT
    if timeliness == "late":
        return Standing.LATE
    if timeliness == "borderline":
        return Standing.UNDECIDED
    return Standing.COMPLETE if complete and timeliness != "on_time_incomplete" else Standing.INCOMPLETE


def progress_word(assessment: Assessment) -> str:
    """The standing as it is called while the time still runs."""
    return standing_to_word(assessment_to_standing(assessment))


def standing_to_word(standing: Standing) -> str:
    """A standing as it is called while the time still runs."""
    return PROGRESS_WORDS.get(standing, standing.value)


def five_numbers(people: Iterable[Assessment]) -> dict[str, int]:
    """How many stand where, by the five words; together they are everybody."""
    words = [progress_word(person) for person in people]
    counts = {word: words.count(word) for word in FIVE}
    counts["截止后"] += words.count(Standing.UNDECIDED.value)
    counts["未报"] += words.count(Standing.WAITING.value)
    return counts


def received_and_unread(assessment: Assessment, which: Material) -> tuple[int, int, int]:
    """Of one material: how many studios have it readable (or waived), how many only in a form a person must look at, of how many."""
    states = [material(studio, which).status for studio in assessment.submission.active_studios]
    return sum(s in ("received", "waived") for s in states), states.count("received_unread"), len(states)


def shortfall(assessment: Assessment) -> tuple[int, int, int]:
    """What is still open with the institution: pieces missing, boxes left blank, other things to be verified."""
    mine = [f for f in assessment.findings if f.is_open and f.audience == "institution" and f.severity in ("missing", "conflict")]
    labels = [CATALOGUE[f.code].label.title if f.code in CATALOGUE else "" for f in mine]
    lacking = sum(f.severity == "missing" and label != "漏填" for f, label in zip(mine, labels, strict=True))
    blank = labels.count("漏填")
    return lacking, blank, len(mine) - lacking - blank


def material(studio: StudioSubmission, which: Material) -> MaterialState:
    """One cell of the matrix; what was never mentioned is missing, paper never mentioned is not registered."""
    found = studio.materials.get(which)
    return found or MaterialState("not_registered" if which is Material.PAPER else "missing")


def open_findings(assessment: Assessment, severity: str) -> tuple[Finding, ...]:
    """The findings of one severity that nobody has explained or waived."""
    return tuple(f for f in assessment.findings if f.severity == severity and f.is_open)


def latest(moments: Iterable[datetime]) -> datetime | None:
    """The latest of the moments, None when there is none."""
    return max(moments, default=None)


def is_paper_complete(paper: Mapping[str, Any], campaign: Campaign) -> bool:
    """True once staff ticked enough stamped copies (notice 四.3: 加盖公章一式两份); always when the notice wants none."""
    copies = paper.get("copies", 0)
    return not campaign.paper_copies or (isinstance(copies, int) and copies >= campaign.paper_copies and bool(paper.get("stamped", True)))


def paper_phrase(assessment: Assessment, campaign: Campaign) -> str:
    """`√`, `1份未盖章`, `未登记`; empty when the notice wants no paper."""
    paper = assessment.submission.paper
    if not campaign.paper_copies:
        return ""
    if is_paper_complete(paper, campaign):
        return "√"
    return f"{paper.get('copies', 0)}份{'' if paper.get('stamped', True) else '未盖章'}" if paper else "未登记"
