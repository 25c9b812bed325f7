"""Core: what changed between two versions of a form (变化), in the words of the printed form: "2021年经济效益合计 120.5→112.5".

The schema is the only list of fields: it gives the printed words and says what is private. Personal data is never echoed: a private field,
a field the schema does not know and a value that looks like a phone, an address or an identity number say only that they changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from config.schema import FieldSchema, FormSchema
from intake.names import clean_name
from parsers.form import BASIC_INFO, NARRATIVE, SUMMARY_TABLE, Form, Value

_LONG = 40
_LOOKS_PRIVATE = re.compile(r"@|\d{7,}|\d{3,4}[-\s]\d{4}")
_UNKNOWN = "其他栏目"
_SURE = 0.8


def find_schema(schemas: Sequence[FormSchema], kind: str, category: object = None) -> FormSchema | None:
    """The schema of a kind of form; of several summary tables the one of the category, else the first."""
    of_kind = [s for s in schemas if s.kind == kind]
    return next((s for s in of_kind if s.category == category), of_kind[0] if of_kind else None)


def form_changes(earlier: Form, later: Form, schema: FormSchema | None) -> tuple[str, ...]:
    """The fields that differ between two versions of one form, in printed order; sums and counts with both values."""
    if later.kind == NARRATIVE:
        return tuple(_narrative_changes(earlier, later))
    changes = list(row_changes(earlier.fields, later.fields, schema.fields if schema else ()))
    if later.kind == BASIC_INFO and _plain_rows(earlier) != _plain_rows(later):
        before, after = len(earlier.rows), len(later.rows)
        title = schema.rows.title if schema and schema.rows else "明细"
        changes.append(f"{title} {before}人→{after}人" if before != after else f"{title} 已更新")
    return tuple(changes)


def row_changes(earlier: Mapping[str, Value], later: Mapping[str, Value], fields: Sequence[FieldSchema]) -> Iterator[str]:
    """The cells that differ between two rows or two sets of fields, by the schema of their fields or columns."""
    known = {f.name: f for f in fields}
    for key in dict.fromkeys((*later, *earlier)):
        field = known.get(key)
        before, after = _plain(earlier.get(key), field), _plain(later.get(key), field)
        if before != after:
            yield _change_to_text(field, before, after)


def sure_changes(one: Form, other: Form, schema: FormSchema | None) -> tuple[str, ...]:
    """What two readings of the same form say differently, in cells that both filled and of both of which the reader is sure."""
    fields = schema.fields if schema else ()
    found = list(row_changes(*_sure_pair(one, other, one.fields, other.fields, ""), fields))
    columns = schema.rows.columns if schema and schema.rows else ()
    for index, (mine, theirs) in enumerate(_row_pairs(one, other, schema)):
        pair = _sure_pair(one, other, mine, theirs, f"{index}.")
        found += [f"{schema.rows.title if schema and schema.rows else '明细'}第{index + 1}行{text}" for text in row_changes(*pair, columns)]
    if one.kind == BASIC_INFO and one.rows and other.rows and len(one.rows) != len(other.rows):
        found.append(f"{schema.rows.title if schema and schema.rows else '明细'} {len(one.rows)}人→{len(other.rows)}人")
    return tuple(found)


def _row_pairs(one: Form, other: Form, schema: FormSchema | None) -> list[tuple[Mapping[str, Value], Mapping[str, Value]]]:
    """Rows of a summary table that speak of one studio; other rows stand apart (another department's table adds, it does not differ)."""
    if one.kind != SUMMARY_TABLE or schema is None or schema.rows is None:
        return []
    key = schema.rows.key
    theirs = {clean_name(_plain(row.get(key))): row for row in other.rows}
    return [(row, theirs[name]) for row in one.rows if (name := clean_name(_plain(row.get(key)))) and name in theirs]


def _sure_pair(
    one: Form, other: Form, mine: Mapping[str, Value], theirs: Mapping[str, Value], prefix: str
) -> tuple[dict[str, Value], dict[str, Value]]:
    keys = [k for k in mine if k in theirs and _is_sure(one, prefix + k, mine[k]) and _is_sure(other, prefix + k, theirs[k])]
    keys = [k for k in keys if clean_name(_plain(mine[k])) != clean_name(_plain(theirs[k]))]
    return {k: mine[k] for k in keys}, {k: theirs[k] for k in keys}


def _is_sure(form: Form, name: str, value: Value) -> bool:
    named = any(f"{before}{name}" in form.doubtful for before in ("", "rows.", "members."))
    return not value.blank and value.confidence >= _SURE and value.value is not None and not named


def _change_to_text(field: FieldSchema | None, before: str, after: str) -> str:
    if field is None:
        return f"{_UNKNOWN} 已更新"
    looks_private = any(_LOOKS_PRIVATE.search(text) for text in (before, after)) and field.type not in ("integer", "number", "date", "year")
    if field.is_private or looks_private or len(before) > _LONG or len(after) > _LONG:
        return f"{field.title} 已更新"
    return f"{field.title} {before or '空'}→{after or '空'}"


def _plain(value: Value | None, field: FieldSchema | None = None) -> str:
    if value is None:
        return ""
    if value.unread:
        return "非文字内容"
    written = value.value
    if isinstance(written, bool) or written is None:
        return value.raw.strip()
    if isinstance(written, float):
        return f"{written:.10g}"
    printed = {o.key: o.words[0] for o in field.options} if field else {}
    if isinstance(written, list | tuple):
        return "、".join(printed.get(str(v), str(v)) for v in written)
    text = str(written).strip()
    return printed.get(text, text)


def _plain_rows(form: Form) -> list[dict[str, str]]:
    return [{k: _plain(v) for k, v in row.items()} for row in form.rows]


def _narrative_changes(earlier: Form, later: Form) -> Iterator[str]:
    before, after = earlier.facts.get("characters"), later.facts.get("characters")
    if before != after:
        yield f"字数 约{before}→约{after}"
    elif earlier.facts.get("fingerprint") != later.facts.get("fingerprint"):
        yield "正文 已更新"
    first, second = _plain(earlier.fields.get("studio")), _plain(later.fields.get("studio"))
    if first != second:
        yield f"工作室名称 {first or '空'}→{second or '空'}" if max(len(first), len(second)) <= _LONG else "工作室名称 已更新"
