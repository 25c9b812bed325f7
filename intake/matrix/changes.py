"""Core: what changed between two versions of a form (变化), in the words of the printed form: "2021年合计 120.5→112.5".

Personal data is never echoed: such a field says only that it changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from parsers.form import BASIC_INFO, NARRATIVE, Form, Value

_PERSONAL = re.compile(
    r"(born_on|birth_year|gender|ethnicity|political_status|education|phone|email|filled_by|responsible|^members?\b|title$|honours$|specialty$)"
)
_TITLES: Mapping[str, str] = {
    "category": "申报类型", "union": "省总直属高校工会", "filled_on": "填表日期", "studio": "工作室名称", "founded_on": "创建日期",
    "organisation": "所在单位", "named_by": "命名单位", "named_on": "命名日期", "discipline": "专业领域", "studio_types": "工作室类型",
    "member_count": "成员总数", "innovation.results": "创新成果", "innovation.conversions": "成果转化",
    "patents.utility_model": "实用新型", "patents.invention": "发明", "awards.international": "国际获奖", "awards.national": "国家获奖",
    "awards.provincial": "省部获奖", "awards.municipal": "地市获奖", "training.total": "培养人才总数", "training.professor": "教授",
    "training.associate_professor": "副教授", "training.lecturer": "讲师", "training.assistant": "助教", "training.other": "其他",
    "training.national_model": "全国劳模", "training.provincial_model": "省部级劳模", "training.municipal_model": "地市级劳模",
    "social_benefit": "社会效益", "leader.name": "领衔人姓名", "leader.gender": "领衔人性别", "leader.born_on": "领衔人出生年月",
    "leader.education": "领衔人学历", "leader.ethnicity": "领衔人民族", "leader.political_status": "领衔人政治面貌",
    "leader.specialty": "领衔人专业/特长", "leader.title": "领衔人专业技术职务", "leader.phone": "领衔人联系电话",
    "leader.honours": "领衔人荣誉称号", "leader.email": "领衔人E-mail", "responsible": "负责人", "filled_by": "填报人", "phone": "联系电话",
    "number": "序号", "conversions": "成果转化数量", "income_total": "20年21年创收与节资合计", "leader_name": "领衔人姓名",
    "leader_post": "领衔人职务", "leader_honours": "领衔人荣誉基础",
}  # fmt: skip
_YEARLY = {
    "amount": "投入金额",
    "source": "经费来源",
    "income": "创收金额",
    "savings": "节资金额",
    "foreign_exchange": "创收外汇",
    "total": "合计",
}
_CATEGORIES = {"model_worker": "劳模", "employee": "职工"}
_LONG = 40


def form_changes(earlier: Form, later: Form) -> tuple[str, ...]:
    """The fields that differ between two versions of one form, in printed order; sums and counts with both values."""
    if later.kind == NARRATIVE:
        return tuple(_narrative_changes(earlier, later))
    changes = list(row_changes(earlier.fields, later.fields))
    if later.kind == BASIC_INFO and _plain_rows(earlier) != _plain_rows(later):
        before, after = len(earlier.rows), len(later.rows)
        changes.append(f"骨干成员 {before}人→{after}人" if before != after else "骨干成员情况 已更新")
    return tuple(changes)


def row_changes(earlier: Mapping[str, Value], later: Mapping[str, Value]) -> Iterator[str]:
    """The cells that differ between two rows or two sets of fields."""
    for key in dict.fromkeys((*later, *earlier)):
        before, after = _plain(earlier.get(key)), _plain(later.get(key))
        if before != after:
            yield _change_to_text(key, before, after)


def key_to_title(key: str) -> str:
    """The printed words of a contract key: `benefit.2021.total` is 2021年合计."""
    if key in _TITLES:
        return _TITLES[key]
    group, _, rest = key.partition(".")
    year, _, last = rest.partition(".")
    if year.isdigit() and last in _YEARLY:
        return f"{year}年{_YEARLY[last]}"
    single = re.fullmatch(r"income_(\d{4})", key)
    return f"{single[1][2:]}年创收与节资" if single else key if group == key else rest


def _change_to_text(key: str, before: str, after: str) -> str:
    title = key_to_title(key)
    if _PERSONAL.search(key) or len(before) > _LONG or len(after) > _LONG:
        return f"{title} 已更新"
    return f"{title} {before or '空'}→{after or '空'}"


def _plain(value: Value | None) -> str:
    if value is None:
        return ""
    written = value.value
    if isinstance(written, bool) or written is None:
        return value.raw.strip()
    if isinstance(written, float):
        return f"{written:.10g}"
    if isinstance(written, list | tuple):
        return "、".join(str(v) for v in written)
    text = str(written).strip()
    return _CATEGORIES.get(text, text)


def _plain_rows(form: Form) -> list[dict[str, str]]:
    return [{k: _plain(v) for k, v in row.items()} for row in form.rows]


def _narrative_changes(earlier: Form, later: Form) -> Iterator[str]:
    before, after = earlier.facts.get("characters"), later.facts.get("characters")
    if before != after:
        yield f"字数 约{before}→约{after}"
    elif earlier.facts.get("fingerprint") != later.facts.get("fingerprint"):
        yield "正文 已更新"
    if _plain(earlier.fields.get("studio")) != _plain(later.fields.get("studio")):
        yield _change_to_text("studio", _plain(earlier.fields.get("studio")), _plain(later.fields.get("studio")))
