"""Single blanks: beside, under or inside their label, among labels that repeat, with what disagrees said to be doubtful."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from parsers.form import Form

FormsIn = Callable[..., tuple[Form, ...]]
STUDIO = [
    ["工作室名称", "张三创新工作室", "创建日期", "2018.5"],
    ["所在单位", "机械学院", "命名单位", ""],
    ["专业领域", "机械", "命名日期", ""],
]
LEADER = [
    ["姓名", "张三", "性别", "男", "出生年月", "1975.10"],
    ["学历", "博士", "民族", "汉", "政治面貌", "群众"],
    ["专业/特长", "机械", "专业技术职务", "教授", "联系电话", "13900001234"],
]


def only(forms: tuple[Form, ...]) -> Form:
    assert [f.kind for f in forms] == ["basic_info"], forms
    return forms[0]


def test_the_cell_beside_the_label_is_its_value_and_an_empty_one_is_blank(forms_in: FormsIn) -> None:
    form = only(forms_in(STUDIO))
    assert (form.value("studio"), form.value("founded_on"), form.value("named_by")) == ("张三创新工作室", "2018-05", None)
    assert form.fields["named_by"].blank
    assert "discipline" in form.fields
    assert "leader.name" not in form.fields


def test_labels_may_be_spaced_broken_wrapped_full_width_or_in_radicals(forms_in: FormsIn) -> None:
    rows = [
        ["⼯ 作\n室 名 称：", "甲工作室", "创\n建\n日\n期", "2018.5"],
        ["所　在　单　位", "乙学院", "专 业 领 域 ", "丙"],
        ["Ｅ－ｍａｉｌ", "a@example.com", "民 族*", "汉"],
    ]
    form = only(forms_in(rows))
    assert [form.value(k) for k in ("studio", "founded_on", "organisation", "discipline", "leader.email", "leader.ethnicity")] == [
        "甲工作室",
        "2018-05",
        "乙学院",
        "丙",
        "a@example.com",
        "汉",
    ]


def test_a_title_that_is_a_value_elsewhere_is_no_label_there(forms_in: FormsIn) -> None:
    ranks = [["总数", "教授", "副教授", "讲师", "助教", "其他"], ["9", "2", "3", "1", "1", "2"]]
    form = only(forms_in(STUDIO, LEADER, ranks))
    assert form.value("leader.title") == "教授"
    assert [form.value(f"training.{k}") for k in ("total", "professor", "associate_professor", "other")] == [9, 2, 3, 2]


def test_the_leaders_name_is_not_taken_from_the_members(forms_in: FormsIn) -> None:
    members = [
        ["姓名", "性别", "出生年份", "学历", "专业技术职务", "所在单位", "主要分工"],
        ["李四", "女", "1980", "硕士", "讲师", "化学学院", "实验"],
    ]
    form = only(forms_in(STUDIO, LEADER, members))
    assert form.value("leader.name") == "张三"
    assert form.value("organisation") == "机械学院"
    assert [(r["name"].value, r["birth_year"].value, r["organisation"].value) for r in form.rows] == [("李四", 1980, "化学学院")]


def test_values_written_in_the_labels_own_cell_are_read(forms_in: FormsIn) -> None:
    form = only(
        forms_in([["工作室名称：甲工作室", "创建日期：2018年5月"], ["所在单位：乙学院", "命名单位："], ["专业领域：丙", "命名日期："]])
    )
    assert [form.value(k) for k in ("studio", "founded_on", "organisation", "named_by", "discipline")] == [
        "甲工作室",
        "2018-05",
        "乙学院",
        None,
        "丙",
    ]


def test_figures_by_year_stand_where_row_and_column_meet_in_any_order(forms_in: FormsIn) -> None:
    down = [["年度", "合计", "创收金额", "节资金额"], ["2021 年", "3", "2", "1"], ["2020年度", "7", "4", "3"]]
    across = [["项目", "2020年", "2021年"], ["创收金额", "4", "2"], ["节资金额", "3", "1"], ["合计", "7", "3"]]
    for table in (down, across):
        form = only(forms_in(STUDIO, table))
        assert [form.value(f"benefit.{y}.{k}") for y in (2020, 2021) for k in ("income", "savings", "total")] == [4, 3, 7, 2, 1, 3]


def test_amounts_that_look_like_years_are_amounts(forms_in: FormsIn) -> None:
    table = [["年度", "创收金额", "节资金额", "合计"], ["2020年", "2021", "202.1", "2,021"], ["2021", "2020", "20.21", "2021"]]
    form = only(forms_in(STUDIO, table))
    assert [form.value(f"benefit.{y}.{k}") for y in (2020, 2021) for k in ("income", "savings", "total")] == [
        2021,
        202.1,
        2021,
        2020,
        20.21,
        2021,
    ]


@pytest.mark.parametrize(
    "cells",
    [
        ["国际 3 个", "国家 0 个", "省部 12个", "地市 个"],
        ["国际 3 个  国家 0 个  省部 12个  地市  个"],
        ["国际", "3", "国家", "0", "省部", "12", "地市", ""],
    ],
)
def test_awards_are_read_in_one_cell_in_four_or_beside_their_labels(forms_in: FormsIn, cells: list[str]) -> None:
    form = only(forms_in(STUDIO, [["获奖等级", *cells]]))
    assert [form.value(f"awards.{k}") for k in ("international", "national", "provincial", "municipal")] == [3, 0, 12, None]


def test_zero_is_a_value_and_a_unit_alone_is_a_blank(forms_in: FormsIn) -> None:
    form = only(forms_in(STUDIO, [["创新成果", "项", "成果转化", "0项"], ["实用新型", "/", "发明", "—"]]))
    assert form.fields["innovation.results"].blank
    assert [form.value(k) for k in ("innovation.conversions", "patents.utility_model", "patents.invention")] == [0, 0, 0]


def test_text_that_is_no_figure_is_kept_as_written_but_not_typed(forms_in: FormsIn) -> None:
    form = only(forms_in(STUDIO, [["创新成果", "若干", "成员总数", "十二"]]))
    value = form.fields["innovation.results"]
    assert (value.value, value.raw, value.blank) == (None, "若干", False)
    assert form.value("member_count") == 12


def test_two_readings_that_disagree_are_doubtful(forms_in: FormsIn) -> None:
    form = only(forms_in("填表日期：2022年7月29日", STUDIO, "填表日期：2022年8月1日"))
    assert "filled_on" in form.doubtful
    agreed = only(forms_in("填表日期：2022年7月29日", STUDIO, "填表日期：2022.7.29"))
    assert agreed.doubtful == ()
    assert agreed.value("filled_on") == "2022-07-29"


def test_two_ticks_are_no_category_but_their_text_stays(forms_in: FormsIn) -> None:
    form = only(forms_in("申报类型：☑劳模 ☑职工", STUDIO))
    assert form.value("category") is None
    assert not form.fields["category"].blank
    assert only(forms_in("申报类型：□劳模 □职工", STUDIO)).fields["category"].blank


@pytest.mark.parametrize(
    "line",
    [
        "省总直属高校工会：某大学工会（盖章）    填表日期：2022年7月29日",
        "省总直属高校工会：（盖章）某大学工会          填表日期：二〇二二年七月二十九日",
        "省总直属高校工会（盖章）：某大学工会\t\t填表日期: 2022-07-29",
        "省 总 直 属 高 校 工 会：__某大学工会__（公章）  填 表 日 期：2022 年 7 月 29 日",
    ],
)
def test_head_lines_are_read_wherever_the_seal_stands(forms_in: FormsIn, line: str) -> None:
    form = only(forms_in(line, STUDIO))
    assert (form.value("union"), form.value("filled_on")) == ("某大学工会", "2022-07-29")


def test_an_unfilled_head_stays_blank(forms_in: FormsIn) -> None:
    form = only(forms_in("省总直属高校工会：（盖章）    填表日期：   年  月  日", STUDIO, "省总直属高校工会负责人：", "填报人：", "电话："))
    assert all(form.fields[k].blank for k in ("union", "filled_on", "responsible", "filled_by", "phone"))


def test_every_value_knows_its_place(forms_in: FormsIn) -> None:
    form = only(forms_in("附件4", STUDIO))
    where = form.fields["founded_on"].where
    assert (where.table, where.row, where.cell, where.field) == (2, 1, "第1行第4格", "founded_on")


def test_required_labels_that_the_paper_does_not_print_are_named(forms_in: FormsIn) -> None:
    form = only(forms_in(STUDIO))
    assert {"leader.name", "social_benefit", "category"} <= set(form.absent)
    assert "studio" not in form.absent
    assert "named_by" not in form.absent
