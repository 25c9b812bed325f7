"""Rows under the titles of a list that are no entry of it: passed over or the list's end, by their kind; a real entry is never among them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from parsers.document import OBJECT, Cell, Table
from parsers.form import Form

FormsIn = Callable[..., tuple[Form, ...]]
MEMBERS = ["姓名", "性别", "出生年份", "学历", "专业技术职务", "所在单位", "主要分工"]
LI = ["李四", "男", "1980", "硕士", "教授", "甲学院", "测试"]
STUDIO = [
    ["工作室名称", "张三创新工作室", "创建日期", "2018.5"],
    ["所在单位", "机械学院", "命名单位", "市总"],
    ["专业领域", "机械", "命名日期", "2019.3"],
]
SUMMARY = ["序号", "创新工作室名称", "所在单位", "成果转化数量", "20年", "21年", "姓名", "职务", "荣誉基础"]
ROW = ["1", "甲创新工作室", "甲学院", "3", "10", "20", "李四", "主任", "辽宁工匠"]
TITLE = "辽宁省教科文卫体系统职工创新工作室推荐汇总表"


def names(form: Form, key: str = "name") -> list[object]:
    return [row[key].value for row in form.rows]


def line(width: int, at: int, text: str) -> list[str]:
    return [text if i == at else "" for i in range(width)]


@pytest.mark.parametrize(
    "text",
    [
        "以下空白", "(以下空白)", "——以下空白——", "此栏以下空白", "以下无正文", "无", "/", "／／", "—", "注：按姓氏笔画排列", "注1：略", "备注", "说明：无", "※注：属实", "签字：", "签字（盖章）：", "审核人：王五",
        "合计", "学校工会意见", "推荐单位意见（盖章）", "……", "——",
    ],
)  # fmt: skip
def test_what_is_no_person_is_no_member(forms_in: FormsIn, text: str) -> None:
    (form,) = forms_in(STUDIO, [MEMBERS, LI, line(7, 0, text)])
    assert names(form) == ["李四"]


@pytest.mark.parametrize("text", ["以下空白", "/", "注：数据由财务处核定", "××创新工作室", "例：张三创新工作室", "备注", "说明", "无"])
def test_what_is_no_studio_is_no_nomination(forms_in: FormsIn, text: str) -> None:
    (form,) = forms_in(TITLE, [SUMMARY, ROW, line(9, 1, text)])
    assert names(form, "studio") == ["甲创新工作室"]


@pytest.mark.parametrize("row", [["/"] * 9, ["注", "以上数据由财务处核定", *[""] * 7], ["例", "××创新工作室", "××学院", *[""] * 6], ["2", *["无"] * 8], ["合计", "", "", "3", "10", "20", "", "", ""]])  # fmt: skip
def test_rows_of_strokes_notes_examples_and_totals_are_passed_over_and_the_next_entry_is_read(forms_in: FormsIn, row: list[str]) -> None:
    second = ["2", "乙创新工作室", *ROW[2:]]
    (form,) = forms_in(TITLE, [SUMMARY, ROW, row, second])
    assert names(form, "studio") == ["甲创新工作室", "乙创新工作室"]


@pytest.mark.parametrize(
    "row",
    [
        ["2", "乙创新工作室", *[""] * 7], ["2", "无人机创新工作室", "/", "/", "/", "/", "/", "/", "/"], ["2", "/", "乙学院", "3", "", "", "王五", "", ""],
        ["2", "意见反馈创新工作室", "乙学院", *[""] * 6], ["2", "注册计量创新工作室", "备注学院", *[""] * 6], ["", "空间信息创新工作室", *[""] * 7], ["2", OBJECT, *["/"] * 7],
    ],
)  # fmt: skip
def test_a_poorly_filled_row_is_still_an_entry(forms_in: FormsIn, row: list[str]) -> None:
    (form,) = forms_in(TITLE, [SUMMARY, ROW, row])
    assert len(form.rows) == 2


@pytest.mark.parametrize("name", ["无名", "空", "例子", "说明", "注册"])
def test_a_name_is_a_name(forms_in: FormsIn, name: str) -> None:
    (form,) = forms_in(STUDIO, [MEMBERS, LI, [name, *LI[1:]]])
    expected = ["李四", name] if name not in ("空", "说明") else names(form)
    assert names(form) == expected


def table(number: int, *rows: list[tuple[str, int]]) -> Table:
    """Rows of (text, colspan)."""
    cells, r = [], 0
    for r, row in enumerate(rows):
        col = 0
        for text, span in row:
            cells.append(Cell(text, r, col, colspan=span))
            col += span
    return Table(tuple(cells), number)


@pytest.mark.parametrize(
    ("left", "right"), [("学校工会意见", "同意推荐（盖章）"), ("备注", "均为在职职工"), ("社会效益", "别的话"), ("评审专家组", "通过")]
)
def test_a_text_across_the_titled_columns_ends_the_list(forms_in: FormsIn, left: str, right: str) -> None:
    studio = table(1, *[[(t, 1) for t in row] for row in STUDIO], [("社会效益", 1), ("培训职工60人次。", 3)])
    members = table(2, [(t, 1) for t in MEMBERS], [(t, 1) for t in LI], [(left, 2), (right, 5)], [("王五", 1), *((t, 1) for t in LI[1:])])
    (form,) = forms_in(studio, members)
    assert names(form) == ["李四"]
    assert form.value("social_benefit") == "培训职工60人次。"


def test_a_heading_down_the_left_of_the_list_does_not_end_it(forms_in: FormsIn) -> None:
    rows = [MEMBERS, LI, ["王五", *LI[1:]]]
    cells = [Cell("骨干成员情况", 0, 0, rowspan=3), *(Cell(t, r, c + 1) for r, row in enumerate(rows) for c, t in enumerate(row))]
    (form,) = forms_in(STUDIO, Table(tuple(cells), 2))
    assert names(form) == ["李四", "王五"]
