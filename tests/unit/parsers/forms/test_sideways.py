"""Lists that do not stand under their titles: on their side, or as the same labels printed again for each entry."""

from __future__ import annotations

from typing import Any

import pytest

from config.forms import FormSchema, SchemaMistake, mapping_to_schema
from parsers.document import Cell, Document, Table
from parsers.form import Form
from parsers.read import document_to_reading

FIELDS = ("队伍名称", "参赛题目", "队伍简介", "指导意见")
COLUMNS = ("姓名", "所在班级", "学号", "移动电话")


def schema(layout: str = "rows") -> FormSchema:
    listed: dict[str, Any] = {"title": "队员", "key": "r0", "markers": ["r1", "r2"], "labels": ["队员情况"], "layout": layout}
    return mapping_to_schema(
        {
            "kind": "basic_info", "title": "报名表", "titles": ["报名表"], "groups": [{"name": "body", "title": "正文"}],
            "fields": [{"name": f"f{i}", "title": t, "labels": [t], "group": "body"} for i, t in enumerate(FIELDS)],
            "rows": listed | {"columns": [{"name": f"r{i}", "title": t, "labels": [t]} for i, t in enumerate(COLUMNS)]},
        }
    )  # fmt: skip


def form_of(rows: list[list[str]], layout: str = "rows") -> Form:
    """The one form of a table whose rows of two cells reach over its width."""
    width = max(len(row) for row in rows)
    cells = [Cell(t, r, c, colspan=width - 1 if len(row) == 2 and c else 1) for r, row in enumerate(rows) for c, t in enumerate(row)]
    document = Document("docx", "read", (Table(tuple(cells)),))
    (form,) = document_to_reading(document, "0" * 64, "报名表.docx", (schema(layout),)).forms
    return form


HEAD = [["队伍名称", "星火队"], ["参赛题目", "巡检小车"]]
TAIL = [["队伍简介", "自愿组队。"], ["指导意见", "同意"]]
PEOPLE = [["姓名", "钱一", "孙二", "李三"], ["所在班级", "光电1班", "机械2班", "外语3班"], ["学号", "01", "02", "03"], ["移动电话", "13900000001", "13900000002", ""]]  # fmt: skip


def names(form: Form) -> list[Any]:
    return [row["r0"].value for row in form.rows]


def test_a_list_on_its_side_in_the_middle_of_a_form_is_read_person_by_person() -> None:
    form = form_of([*HEAD, *PEOPLE, *TAIL])
    assert names(form) == ["钱一", "孙二", "李三"]
    assert [row["r1"].value for row in form.rows] == ["光电1班", "机械2班", "外语3班"]
    assert form.rows[2]["r3"].blank
    assert [form.value(f"f{i}") for i in range(4)] == ["星火队", "巡检小车", "自愿组队。", "同意"]


def test_one_person_down_the_left_is_a_list_only_where_the_schema_says_so() -> None:
    one = [[title, value] for title, value, *_ in PEOPLE]
    assert names(form_of([*HEAD, *one, *TAIL])) == []
    assert names(form_of([*HEAD, *one, *TAIL], "columns")) == ["钱一"]


def test_the_same_labels_printed_again_begin_the_next_entry() -> None:
    blocks = [["队员情况", "（每人一栏）"], ["姓名", "钱一", "所在班级", "光电1班"], ["学号", "01", "移动电话", "13900000001"], ["姓名", "孙二", "所在班级", "机械2班"], ["学号", "02", "移动电话", ""]]  # fmt: skip
    form = form_of([*HEAD, *blocks, *TAIL], "blocks")
    assert names(form) == ["钱一", "孙二"]
    assert [row["r2"].value for row in form.rows] == ["01", "02"]
    assert form.rows[1]["r3"].blank
    assert form.value("f3") == "同意"


def test_an_unknown_layout_is_a_mistake_with_its_key() -> None:
    with pytest.raises(SchemaMistake, match="layout"):
        schema("diagonal")
