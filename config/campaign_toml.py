"""Core: campaign.toml and one roster row into the words of `campaign.py`, every mistake noted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.campaign import Campaign, Category, Contact, Deadline, Institution, Phase, Quota, Thresholds, Vocabulary
from config.forms import FormSchema
from config.section import Mistake, Section, section_to_record

UNIT_CLASSES = ("ordinary", "medical", "unknown")
YES, NO = ("yes", "是", "true", "1"), ("no", "否", "false", "0", "")


def section_to_campaign(
    top: Section, forms: tuple[FormSchema, ...], institutions: tuple[Institution, ...], letters: Mapping[str, str]
) -> Campaign | None:
    """Every key of campaign.toml checked and put in its place; None when something essential is wrong (the mistakes say what)."""
    categories = tuple(section_to_category(s) for s in top.each("categories"))
    keys = [c.key for c in categories]
    values: dict[str, Any] = {
        name: top.take(name, str)
        for name in ("key", "title", "document_number", "office", "address", "postcode", "mailbox", "case_prefix", "submission_phase")
    }
    values |= {
        "year": top.take("year", int),
        "zone": section_to_zone(top),
        "contacts": tuple(Contact(str(s.take("name", str)), str(s.take("phone", str))) for s in top.each("contacts")),
        "phases": tuple(section_to_phase(s) for s in top.each("phases")),
        "deadlines": tuple(sorted((section_to_deadline(s) for s in top.each("deadlines")), key=lambda d: d.effective_from)),
        "categories": categories,
        "quotas": {name: section_to_quota(s, keys) for name, s in quota_sections(top)},
        "award_total": top.inside("award").take("total", int, 0),
        "data_years": tuple(top.take("data_years", list, [])),
        "paper_copies": top.take("paper_copies", int, 0),
        "thresholds": section_to_record(top.inside("thresholds"), Thresholds),
        "vocabulary": section_to_vocabulary(top.inside("vocabulary")),
        "named_before": top.words("named_before"),
        "workdays": {day: bool(works) for day, works in section_to_workdays(top)},
    }
    for name, sentence in (("deadlines", "至少要有一个 [[deadlines]]。"), ("categories", "至少要有一个 [[categories]]。")):
        if not values[name]:
            top.fault(name, sentence)
    phases = [p.name for p in values["phases"]]
    if values["submission_phase"] is not None and values["submission_phase"] not in phases:
        top.fault("submission_phase", f"“{values['submission_phase']}”不在 [[phases]] 中，现有：{'、'.join(phases) or '无'}。")
    top.close()
    if top.mistakes:
        return None
    return Campaign(forms=forms, institutions=institutions, letters=letters, **values)


def section_to_zone(top: Section) -> ZoneInfo | None:
    """The campaign's time zone."""
    name = top.take("zone", str)
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        top.fault("zone", f"没有“{name}”这个时区，北京时间写 Asia/Shanghai。")
        return None


def section_to_phase(section: Section) -> Phase:
    """One stage of the notice; its end may not lie before its start."""
    name, starts, ends = section.take("name", str), section.take("starts", date), section.take("ends", date)
    section.close()
    if starts and ends and ends < starts:
        section.fault("ends", f"结束日期 {ends} 早于开始日期 {starts}。")
    return Phase(name or "", starts or date.min, ends or date.min)


def section_to_deadline(section: Section) -> Deadline:
    """One version of the deadline; both moments must carry their zone."""
    at, effective = section.take("at", datetime), section.take("effective_from", datetime)
    reason, who = section.take("reason", str), section.take("decided_by", str, "")
    section.close()
    for key, moment in (("at", at), ("effective_from", effective)):
        if moment is not None and moment.tzinfo is None:
            section.fault(key, "请写明时区，例如 2022-08-05T23:59:59+08:00。")
    far = datetime.max.replace(tzinfo=ZoneInfo("UTC"))
    moments = [m if m is not None and m.tzinfo else far for m in (at, effective)]
    return Deadline(moments[0], moments[1], reason or "", who)


def section_to_category(section: Section) -> Category:
    """One kind of studio."""
    words = [section.take(key, str) or "" for key in ("key", "title", "summary_title", "annex")]
    award = section.take("quota_for_award", int, None)
    section.close()
    return Category(words[0], words[1], words[2], words[3], award)


def quota_sections(top: Section) -> list[tuple[str, Section]]:
    """The quota tables by unit class; a class nobody knows is a mistake."""
    quotas = top.inside("quotas")
    for name in quotas.table:
        if name not in UNIT_CLASSES:
            quotas.fault(name, f"单位类别只有 {'、'.join(UNIT_CLASSES)}。")
    return [(name, quotas.inside(name)) for name in quotas.table]


def section_to_quota(section: Section, categories: Sequence[str]) -> Quota:
    """One quota: `total` and a number for any category."""
    total = section.take("total", int)
    parts = {key: section.take(key, int) for key in categories if key in section.table}
    section.close()
    if total is not None and any(n is not None and n > total for n in parts.values()):
        section.fault("total", "总名额小于其中一类的名额。")
    return Quota(total or 0, {k: n for k, n in parts.items() if n is not None})


def section_to_vocabulary(section: Section) -> Vocabulary:
    """The word lists the notice's conditions turn on."""
    words = {f.name: section.words(f.name) for f in fields(Vocabulary)}
    section.close()
    return Vocabulary(**words)


def section_to_workdays(top: Section) -> list[tuple[date, bool]]:
    """Working-day overrides: 2022-10-08 = true (调休上班), = false (放假)."""
    section, days = top.inside("workdays"), []
    for key in section.table:
        try:
            days.append((date.fromisoformat(key), bool(section.take(key, bool, False))))
        except ValueError:
            section.fault(key, '应为日期，例如 "2022-10-08" = true。')
    return days


def row_to_institution(row: Mapping[str, str | None], file: str, line: int, mistakes: list[Mistake]) -> Institution:
    """One row of the roster; lists inside a cell are separated by `;`."""
    cells = {k: (v or "").strip() for k, v in row.items() if k}
    many = {
        k: tuple(p.strip() for p in cells.get(k, "").replace("；", ";").split(";") if p.strip())
        for k in ("aliases", "affiliates", "domains")
    }
    if not cells["name"]:
        mistakes.append(Mistake(file, line, "name", "单位名称未填写。"))
    if cells["class"] not in UNIT_CLASSES:
        mistakes.append(Mistake(file, line, "class", f"“{cells['class']}”应为 {'、'.join(UNIT_CLASSES)} 之一。"))
    if cells["confirmed"].lower() not in YES + NO:
        mistakes.append(Mistake(file, line, "confirmed", "应为 yes 或 no。"))
    return Institution(
        name=cells["name"],
        aliases=many["aliases"],
        domains=tuple(d.lower() for d in many["domains"]),
        affiliates=many["affiliates"],
        unit_class=cells["class"],
        confirmed=cells["confirmed"].lower() in YES,
        email=cells.get("email", ""),
        phone=cells.get("phone", ""),
        contact=cells.get("contact", ""),
    )
