"""Repeated rows: members and nominated studios under titles in any order, over pages, with totals and gaps."""

from __future__ import annotations

from collections.abc import Callable

from parsers.document import Cell, Table
from parsers.form import Form

FormsIn = Callable[..., tuple[Form, ...]]
TITLE = "辽宁省教科文卫体系统职工创新工作室推荐汇总表"
HEAD = ["序号", "创新工作室名称", "所在单位", "成果转化数量(个)", "20年21年创收与节资合计(万元)", "姓名", "职务", "荣誉基础"]
ROW = ["1", "甲工作室", "乙学院", "3项", "12.5万元", "张三", "教授", "2017年辽宁工匠"]


def only(forms: tuple[Form, ...]) -> Form:
    assert [f.kind for f in forms] == ["summary_table"], forms
    return forms[0]


def typed(form: Form) -> list[dict[str, object]]:
    return [{k: v.value for k, v in row.items()} for row in form.rows]


FULL = {
    "number": 1,
    "studio": "甲工作室",
    "organisation": "乙学院",
    "conversions": 3,
    "income_total": 12.5,
    "leader_name": "张三",
    "leader_post": "教授",
    "leader_honours": "2017年辽宁工匠",
}


def test_a_row_is_read_under_its_titles(forms_in: FormsIn) -> None:
    form = only(forms_in(TITLE, [HEAD, ROW]))
    assert typed(form) == [FULL]
    assert form.absent == ("union", "filled_on", "filled_by", "phone")


def test_the_order_of_the_columns_does_not_matter(forms_in: FormsIn) -> None:
    order = [3, 1, 7, 0, 5, 2, 6, 4]
    form = only(forms_in(TITLE, [[HEAD[i] for i in order], [ROW[i] for i in order]]))
    assert typed(form) == [FULL]


def test_totals_empty_rows_and_bare_numbers_are_no_rows(forms_in: FormsIn) -> None:
    rows = [
        HEAD,
        ROW,
        ["2", *[""] * 7],
        ["", *[""] * 7],
        ["合 计", "", "", "3", "12.5", "", "", ""],
        ["", "总计", "", "3", "12.5", "", "", ""],
    ]
    assert typed(only(forms_in(TITLE, rows))) == [FULL]


def test_a_row_without_its_studio_is_still_a_row(forms_in: FormsIn) -> None:
    form = only(forms_in(TITLE, [HEAD, ROW, ["2", "", "丙学院", "1", "3", "李四", "讲师", "无"]]))
    assert len(form.rows) == 2
    assert form.rows[1]["studio"].blank
    assert form.rows[1]["leader_honours"].value == "无"


def test_two_year_columns_under_one_title_are_told_apart(forms_in: FormsIn) -> None:
    top = ["序号", "创新工作室名称", "所在单位", "成果转化数量", "20年21年创收与节资合计", "", "领衔人", "", ""]
    under = ["", "", "", "", "20年", "21年", "姓 名", "职 务", "荣誉基础"]
    form = only(forms_in(TITLE, [top, under, ["1", "甲", "乙", "3", "5", "7.5", "张三", "教授", "无"]]))
    assert (form.rows[0]["income_2020"].value, form.rows[0]["income_2021"].value) == (5, 7.5)
    assert "income_total" not in form.rows[0]
    assert form.facts["years"] == (2020, 2021)
    assert "income_total" not in form.absent


def test_a_lacking_column_is_named(forms_in: FormsIn) -> None:
    form = only(forms_in(TITLE, [[*HEAD[:3], *HEAD[5:]], [*ROW[:3], *ROW[5:]]]))
    assert {"conversions", "income_total"} <= set(form.absent)


def test_a_unit_merged_over_two_rows_belongs_to_both(forms_in: FormsIn) -> None:
    cells = [Cell(t, 0, c) for c, t in enumerate(HEAD)]
    cells += [Cell(t, 1, c, rowspan=2 if c == 2 else 1) for c, t in enumerate(ROW)]
    cells += [Cell(t, 2, c) for c, t in enumerate(["2", "丙工作室", None, "4", "8", "李四", "讲师", "无"]) if t is not None]
    form = only(forms_in(TITLE, Table(tuple(cells))))
    assert [row["organisation"].value for row in form.rows] == ["乙学院", "乙学院"]
    assert [row["studio"].value for row in form.rows] == ["甲工作室", "丙工作室"]


def test_ditto_marks_repeat_the_words_above(forms_in: FormsIn) -> None:
    form = only(forms_in(TITLE, [HEAD, ROW, ["2", "丙工作室", "同上", "4", "8", "李四", "〃", "无"]]))
    assert (form.rows[1]["organisation"].value, form.rows[1]["leader_post"].value) == ("乙学院", "教授")


def test_rows_go_on_over_the_page_with_or_without_titles(forms_in: FormsIn) -> None:
    second = ["2", "丙工作室", "丁学院", "4", "8", "李四", "讲师", "无"]
    for rest in ([second], [HEAD, second]):
        form = only(forms_in(TITLE, [HEAD, ROW], rest, "填表人：王五"))
        assert [row["studio"].value for row in form.rows] == ["甲工作室", "丙工作室"]
        assert form.value("filled_by") == "王五"


def test_a_row_cut_by_the_page_break_is_joined(forms_in: FormsIn) -> None:
    def page(number: int, *rows: list[str]) -> Table:
        return Table(tuple(Cell(t, r, c) for r, row in enumerate(rows) for c, t in enumerate(row)), number, place=f"第{number}页")

    form = only(
        forms_in(
            TITLE,
            page(1, HEAD, ROW),
            page(2, ["", "", "实验中心", "", "", "", "", "称号"], ["2", "丙", "丁", "4", "8", "李四", "讲师", "无"]),
        )
    )
    assert [row["organisation"].value for row in form.rows] == ["乙学院实验中心", "丁"]
    assert form.rows[0]["leader_honours"].value == "2017年辽宁工匠称号"


def test_foot_lines_inside_the_table_are_no_rows(forms_in: FormsIn) -> None:
    form = only(forms_in(TITLE, [HEAD, ROW, ["填表人：", "王五", "", "", "", "联系电话(手机)：", "", "13900001234"]]))
    assert typed(form) == [FULL]
    assert (form.value("filled_by"), form.value("phone")) == ("王五", "13900001234")


def test_members_that_stand_side_by_side_are_read(forms_in: FormsIn) -> None:
    studio = [["工作室名称", "甲", "创建日期", "2018.5"], ["所在单位", "乙", "专业领域", "丙"]]
    members = [
        ["姓名", "张三", "李四"],
        ["性别", "男", "女"],
        ["出生年份", "1970", "1980"],
        ["学历", "博士", "硕士"],
        ["主要分工", "设计", "实验"],
    ]
    (form,) = forms_in(studio, members)
    assert [(r["name"].value, r["birth_year"].value, r["duties"].value) for r in form.rows] == [
        ("张三", 1970, "设计"),
        ("李四", 1980, "实验"),
    ]
