"""Core: where every institution stands (收齐、未齐、截止后、未报送、不推荐), in roster order and with nobody left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from config.campaign import Campaign, Institution
from intake.judging.views import complete_since as complete_since
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
    SILENT = "未报送"
    NOT_RECOMMENDING = "不推荐"


PROGRESS_WORDS = {Standing.COMPLETE: "收齐", Standing.INCOMPLETE: "未齐"}


def everyone(assessments: Mapping[str, Assessment], campaign: Campaign) -> tuple[Assessment, ...]:
    """One assessment an institution: the roster in its own order, who has written nothing included, then any who stand outside it."""
    roster = [assessments.get(i.name) or silent(i) for i in campaign.institutions]
    known = {i.name for i in campaign.institutions}
    return (*roster, *(a for name, a in assessments.items() if name not in known))


def silent(institution: Institution) -> Assessment:
    """The assessment of an institution from which nothing has come."""
    return Assessment(institution=institution, submission=Submission(institution=institution))


def assessment_to_standing(assessment: Assessment) -> Standing:
    """Which list of the final report an institution belongs to; a time within the grace is nobody's verdict but the staff's (D03)."""
    declined = assessment.submission.not_recommending and not assessment.submission.active_studios
    return to_standing(declined, assessment.timeliness, assessment.complete)


def glance_to_standing(glance: Glance) -> Standing:
    """The same from the line that lists read."""
    return to_standing(glance.not_recommending and not glance.studios, glance.timeliness, glance.complete)


def to_standing(declined: bool, timeliness: str, complete: bool) -> Standing:
    """The one verdict: what was declined, then time, then whether anything is missing."""
    if declined:
        return Standing.NOT_RECOMMENDING
    if timeliness == "none":
        return Standing.SILENT
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
