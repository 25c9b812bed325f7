"""Submissions built by hand: one without a fault, and the ways to change one thing in it. All names are invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from config.campaign import Campaign, Institution
from config.load import DEFAULT_CAMPAIGN, load_campaign
from intake.checks import CHECKS, CROSS_CHECKS
from intake.message import Message
from intake.submission import Finding, Material, MaterialState, Received, StudioSubmission, Submission, Version
from parsers.form import BASIC_INFO, NARRATIVE, SUMMARY_TABLE, Form, Value

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2022, 8, 1, 9, 0, tzinfo=ZONE)
AFTER = datetime(2022, 8, 8, 9, 0, tzinfo=ZONE)
HOME = Institution(name="示例大学", aliases=("示大",), affiliates=("示例大学附属医院",), unit_class="ordinary", confirmed=True)
MEDICAL = replace(HOME, name="示例医科大学", aliases=("示医大",), affiliates=("示例医科大学附属医院",), unit_class="medical")
COLLEGE = Institution(name="示例大学城市学院", unit_class="ordinary", confirmed=True)
MODEL, EMPLOYEE = "model_worker", "employee"


@cache
def campaign() -> Campaign:
    """The shipped campaign with an invented roster."""
    return replace(load_campaign(DEFAULT_CAMPAIGN), institutions=(HOME, MEDICAL, COLLEGE))


def at(day: int, hour: int = 10, minute: int = 5, month: int = 7) -> datetime:
    """A moment of summer 2022, Beijing time."""
    return datetime(2022, month, day, hour, minute, tzinfo=ZONE)


def letter(
    sha256: str = "letter-1", *, received_at: datetime | None = None, seen_at: tuple[datetime, ...] = (), **message: Any
) -> Received:
    """A letter that brought material, unless its message says otherwise."""
    return Received(
        message=Message(**{"sha256": sha256, "kind": "submission"} | message), received_at=received_at or at(29), seen_at=seen_at
    )


def values(changes: Mapping[str, Any], written: Mapping[str, Any], raw: Mapping[str, str]) -> dict[str, Value]:
    """Cells out of plain values; None is an empty box, a key set to `...` is not printed at all, `raw` is text nobody could type."""
    merged = dict(written) | dict(changes)
    cells = {name: Value(raw="" if value is None else str(value), value=value) for name, value in merged.items() if value is not ...}
    return cells | {name: Value(raw=text, value=None) for name, text in raw.items()}


BASIC = {
    "category": MODEL, "union": "示例大学工会", "filled_on": "2022-07-28", "studio": "张三丰劳模创新工作室", "founded_on": "2018-05",
    "organisation": "示例大学机械学院", "named_by": None, "named_on": None, "discipline": "机器人", "studio_types": ["技术攻关"],
    "member_count": 6, "funding.2020.amount": 10, "funding.2020.source": "学校自筹", "funding.2021.amount": 12.5,
    "funding.2021.source": "学校自筹", "innovation.results": 6, "innovation.conversions": 4, "patents.utility_model": 1,
    "patents.invention": 0, "awards.international": 0, "awards.national": 0, "awards.provincial": 1, "awards.municipal": 2,
    "benefit.2020.income": 80.5, "benefit.2020.savings": 10, "benefit.2020.foreign_exchange": 0, "benefit.2020.total": 90.5,
    "benefit.2021.income": 100, "benefit.2021.savings": 12.5, "benefit.2021.foreign_exchange": None, "benefit.2021.total": 112.5,
    "training.total": 10, "training.professor": 2, "training.associate_professor": 3, "training.lecturer": 5, "training.assistant": None,
    "training.other": None, "training.national_model": None, "training.provincial_model": 1, "training.municipal_model": 0,
    "social_benefit": "服务地方企业。", "leader.name": "张三丰", "leader.gender": "男", "leader.born_on": "1975-10", "leader.education": "博士研究生",
    "leader.ethnicity": "满族", "leader.political_status": "中共党员", "leader.specialty": "机器人", "leader.title": "教授",
    "leader.phone": "13800001111", "leader.honours": "2015年沈阳市劳动模范", "leader.email": "zsf@example.edu.cn",
    "responsible": "王大明", "filled_by": "李小红", "phone": "0411-80001111",
}  # fmt: skip
MEMBER = {
    "name": "赵小亮",
    "gender": "男",
    "birth_year": "1980",
    "education": "硕士",
    "title": "讲师",
    "organisation": "机械学院",
    "duties": "实验",
}
HEAD = {"union": "示例大学工会", "filled_on": "2022-07-28", "filled_by": "李小红", "phone": "13800002222"}
ROW = {
    "number": 1, "studio": "张三丰劳模创新工作室", "organisation": "机械学院", "conversions": 4, "income_total": 203, "leader_name": "张三丰",
    "leader_post": "主任", "leader_honours": "2015年沈阳市劳动模范",
}  # fmt: skip
OTHER_ROW = {
    "number": 1, "studio": "李四光创新工作室", "organisation": "化学学院", "conversions": 4, "income_total": 203, "leader_name": "李四光",
    "leader_post": "主任", "leader_honours": "2019年辽宁工匠",
}  # fmt: skip
OTHER_BASIC = {
    "category": EMPLOYEE, "studio": "李四光创新工作室", "organisation": "示例大学化学学院", "leader.name": "李四光",
    "leader.born_on": "1981-03", "leader.honours": "2019年辽宁工匠",
}  # fmt: skip
STORY = {
    "characters": 2657, "sections": ("工作室概况",), "missing_sections": (), "mentions": ("ideology", "systems", "places", "plans"),
    "fingerprint": tuple(range(100)),
}  # fmt: skip


def basic_info(changes: Mapping[str, Any] | None = None, *, raw: Mapping[str, str] | None = None, members: Sequence[Mapping[str, Any]] = (MEMBER,),
               **form: Any) -> Form:  # fmt: skip
    """A 基本情况表 without a fault, then changed."""
    rows = tuple(values({}, member, {}) for member in members)
    return Form(kind=BASIC_INFO, fields=values(changes or {}, BASIC, raw or {}), rows=rows, **form)


def summary(
    rows: Sequence[Mapping[str, Any]], head: Mapping[str, Any] | None = None, *, raw: Mapping[str, str] | None = None, **form: Any
) -> Form:
    """A summary table; in a row, a text under `raw:name` is what nobody could type as `name`."""
    cells = tuple(
        values({}, {k: v for k, v in row.items() if not k.startswith("raw:")}, {k[4:]: v for k, v in row.items() if k.startswith("raw:")})
        for row in rows
    )
    return Form(kind=SUMMARY_TABLE, fields=values(head or {}, HEAD, raw or {}), rows=cells, **form)


def narrative(changes: Mapping[str, Any] | None = None, studio: str = "张三丰劳模创新工作室", leader: str = "张三丰", **form: Any) -> Form:
    """A 申报材料 of sufficient length that treats everything."""
    return Form(kind=NARRATIVE, fields=values({}, {"studio": studio, "leader": leader}, {}), facts=STORY | dict(changes or {}), **form)


def version(
    file: str, form: Form | None = None, *, letter: str = "letter-1", problem: str = "", attachment: str = "", **more: Any
) -> Version:
    """One arrival of one file; a form that was read, else kept and unread."""
    return Version(**{
        "number": 1, "status": "received" if form else "received_unread", "letter": letter, "attachment": attachment or f"sha-{file}",
        "file": file, "path": (file,), "received_at": at(29), "form": form, "problem": problem,
    } | more)  # fmt: skip


def state(current: Version | None = None, *earlier: Version, status: str = "") -> MaterialState:
    """What the matrix shows for one material."""
    shown: Any = status or (current.status if current else "missing")
    return MaterialState(status=shown, versions=(*earlier, *([current] if current else [])), current=current)


def studio(name: str = "张三丰劳模创新工作室", *, basic: MaterialState | Form | None = None, story: MaterialState | Form | None = None,
           row: str = "received", tables: Sequence[str] = (MODEL,), category: str | None = MODEL, leader: str = "张三丰", **more: Any) -> StudioSubmission:  # fmt: skip
    """A studio with all three electronic materials, then changed. Forms are wrapped as the only version received."""
    materials = {
        Material.SUMMARY_ROW: MaterialState(status=row),  # type: ignore[arg-type]
        Material.BASIC_INFO: _as_state(basic if basic is not None else basic_info(), f"基本情况表-{leader}.docx"),
        Material.NARRATIVE: _as_state(story if story is not None else narrative(), f"申报材料-{leader}.docx"),
        Material.PAPER: MaterialState(status="not_registered"),
    }
    return StudioSubmission(**{
        "key": f"{leader}|{name}", "name": name, "leader": leader, "category": category, "names": (name,), "materials": materials,
        "summary_categories": tuple(tables),
    } | more)  # fmt: skip


def _as_state(given: MaterialState | Form, file: str) -> MaterialState:
    return state(version(file, given)) if isinstance(given, Form) else given


def other_studio(**changes: Any) -> StudioSubmission:
    """A second studio without a fault, of the other category."""
    own = {"basic": basic_info(OTHER_BASIC), "story": narrative({"fingerprint": tuple(range(500, 600))}, "李四光创新工作室", "李四光")}
    return studio(**{"name": "李四光创新工作室", "leader": "李四光", "category": EMPLOYEE, "tables": (EMPLOYEE,)} | own | changes)


def submission(*studios: StudioSubmission, model: Form | None = None, employee: Form | None = None, **changes: Any) -> Submission:
    """A submission of these studios (by default one without a fault) with their summary tables, then changed."""
    given = studios or (studio(),)
    tables = {MODEL: model or (summary([ROW]) if any(MODEL in s.summary_categories for s in given) else None),
              EMPLOYEE: employee or (summary([OTHER_ROW]) if any(EMPLOYEE in s.summary_categories for s in given) else None)}  # fmt: skip
    names = {MODEL: "附件1.docx", EMPLOYEE: "附件2.docx"}
    summaries = {key: version(names[key], form) for key, form in tables.items() if form is not None}
    return Submission(**{
        "institution": HOME, "letters": (letter(),), "studios": given, "summaries": summaries,
        "summary_versions": tuple(summaries.values()), "paper": {"copies": 2, "stamped": True},
    } | changes)  # fmt: skip


def form_case(changes: Mapping[str, Any] | None = None, **more: Any) -> Submission:
    """The faultless submission with its 基本情况表 changed."""
    return submission(studio(basic=basic_info(changes, **more)))


def row_case(changes: Mapping[str, Any] | None = None, **more: Any) -> Submission:
    """The faultless submission with the one row of 附件1 changed."""
    return submission(model=summary([dict(ROW) | dict(changes or {})], **more))


def head_case(changes: Mapping[str, Any] | None = None, **more: Any) -> Submission:
    """The faultless submission with the head of 附件1 changed."""
    return submission(model=summary([ROW], changes, **more))


def story_case(changes: Mapping[str, Any] | None = None, **more: Any) -> Submission:
    """The faultless submission with its 申报材料 changed."""
    return submission(studio(story=narrative(changes, **more)))


@dataclass(frozen=True)
class Case:
    """One submission and, for one code, the whole sentences it must give; no sentence for a near miss."""

    code: str
    name: str
    given: Submission | tuple[Submission, ...]
    says: tuple[str, ...] = ()
    now: datetime = NOW
    audience: str = ""
    campaign: Campaign = field(default_factory=campaign)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


def findings(given: Submission | tuple[Submission, ...], now: datetime = NOW, rules: Campaign | None = None) -> list[Finding]:
    """Everything that all checks, or for several submissions the cross checks, say."""
    rules = rules or campaign()
    if isinstance(given, Submission):
        return [finding for check in CHECKS for finding in check(given, rules, now)]
    return [finding for cross_check in CROSS_CHECKS for _, finding in cross_check(given, rules)]
