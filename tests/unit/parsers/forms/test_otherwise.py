"""Forms laid out otherwise than printed: lists that go on under 接上页, dates over cells, covers, notices, rows that do not add up, data dumps."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from parsers.document import Cell, Document, Paragraph, Table
from parsers.form import Form
from parsers.read import document_to_reading, read
from tests.generator.variations import typed
from tests.unit.parsers.forms.conftest import Schemas
from tests.unit.parsers.forms.test_no_entry import ROW, STUDIO, SUMMARY, TITLE, table

FormsIn = Callable[..., tuple[Form, ...]]


@pytest.mark.parametrize("mark", ["（接上页）", "接上页", "续表", "续表1", "（续）", "续上表："])
@pytest.mark.parametrize("again", [(), (TITLE,)])
def test_a_list_that_goes_on_on_the_next_page_is_one_list(forms_in: FormsIn, mark: str, again: tuple[str, ...]) -> None:
    second = ["2", "乙创新工作室", *ROW[2:]]
    (form,) = forms_in(TITLE, [SUMMARY, ROW], mark, *again, [SUMMARY, second], "填表人：韦示例   联系电话：13900000077")
    assert [row["studio"].value for row in form.rows] == ["甲创新工作室", "乙创新工作室"]
    assert (form.value("filled_by"), form.value("phone")) == ("韦示例", "13900000077")


def test_two_lists_with_their_titles_are_two(forms_in: FormsIn) -> None:
    assert len(forms_in(TITLE, [SUMMARY, ROW], TITLE.replace("职工", "劳模"), [SUMMARY, ROW])) == 2


@pytest.mark.parametrize(
    ("pieces", "value"),
    [
        (["2022", "年", "7", "月", "26", "日"], "2022-07-26"), (["2022年", "7月", "26日"], "2022-07-26"), (["二〇二二年", "七月", "二十六日"], "2022-07-26"), (["2022", ".", "7"], "2022-07"),
        (["2022.7.26", "日"], "2022-07-26"), (["2022年7月26日", "13900000077"], "2022-07-26"), (["2022", "", "年", "7", "月"], "2022-07"),
    ],
)  # fmt: skip
def test_a_date_over_several_cells_is_whole(forms_in: FormsIn, pieces: list[str], value: str) -> None:
    width = 9
    head = ["省总工会直属高校工会", "甲大学工会", "填表日期：", *pieces]
    (form,) = forms_in(TITLE, [[*head, *[""] * (width - len(head))], SUMMARY, ROW])
    assert form.value("filled_on") == value


def test_the_telephone_of_a_cover_page_is_not_that_of_the_foot(forms_in: FormsIn) -> None:
    cover = ("申报书", "联系电话：13912345678")
    (form,) = forms_in(*cover, "创新工作室基本情况表", STUDIO, "填报人：韦示例    电话：13900000077")
    assert (form.value("phone"), "phone" in form.doubtful) == ("13900000077", False)
    (form,) = forms_in(*cover, "创新工作室基本情况表", STUDIO, "填报人：韦示例    电话：")
    assert form.fields["phone"].blank


NOTICE = (
    "关于创建创新工作室的通知", "现将有关事宜通知如下：", "一、推荐条件", "创新工作室应有工作计划、有具体活动、有创新成果。", "联系人：王五", "电　话：13912345678", "电子邮箱：a@example.com",
    "附件：1. 创新工作室推荐汇总表", "2. 创新工作室基本情况表", "附件 1", "创新工作室推荐汇总表", "省总工会直属高校工会(盖章):", "填表日期: 年 月 日", "填表人:", "联系电话(手机):", "附件 2", "创新工作室基本情况表",
    "申报类型：□劳模 □职工", "省总直属高校工会负责人：", "填报人：", "电话：",
)  # fmt: skip


def test_a_notice_pasted_as_text_is_no_filled_form(forms_in: FormsIn) -> None:
    assert not [form for form in forms_in(*NOTICE) if form.kind in ("basic_info", "summary_table")]


def test_a_form_in_plain_lines_is_one(forms_in: FormsIn) -> None:
    lines = (
        "创新工作室基本情况表",
        "申报类型：☑职工 □劳模",
        "工作室名称：甲创新工作室",
        "创建日期：2018年5月",
        "所在单位：机械学院",
        "专业领域：机械",
        "成员总数：5人",
        "电话：13900000077",
    )
    (form,) = forms_in(*lines)
    assert (form.value("studio"), form.value("member_count"), form.value("category")) == ("甲创新工作室", 5, "employee")


def test_where_rows_do_not_add_up_what_stands_under_what_is_doubtful(forms_in: FormsIn) -> None:
    """A writer lost the merge that makes 总数 two rows high: everything under it moves one column."""
    titles = [("教授", 2), ("副教授", 2), ("讲师", 4), ("助教", 2), ("其他", 4), ("全国劳模", 4), ("省部级劳模", 5), ("地市级劳模", 1)]
    figures = [("31", 2), ("6", 2), ("8", 2), ("9", 4), ("5", 2), ("3", 4), ("1", 4), ("4", 5), ("2", 1)]
    lost = table(2, [("培养人才", 1), ("总数", 2), ("专业技术职务等级", 14), ("荣誉", 9)], titles, figures)
    (form,) = forms_in(STUDIO, lost)
    assert {n for n in form.fields if n.startswith("training.")} <= set(form.doubtful)
    kept = table(2, [("总数", 2), *titles], [*figures[:3], ("9", 4), ("5", 2), ("3", 4), ("1", 4), ("4", 5), ("2", 1)])
    (form,) = forms_in(STUDIO, kept)
    assert (form.value("training.total"), form.value("training.municipal_model"), form.doubtful) == (31, 2, ())


def test_a_label_and_its_value_may_share_a_cell(forms_in: FormsIn) -> None:
    rows = table(1, [("工作室名称\n张三创新工作室", 2), ("创建日期", 1), ("2018.5", 1)], [("所在单位\n机械学院", 2), ("命名单位", 1), ("市总", 1)], [("专业领域", 1), ("机械", 1), ("命名日期", 1), ("2019.3", 1)])  # fmt: skip
    (form,) = forms_in("创新工作室基本情况表", rows)
    assert (form.value("studio"), form.value("organisation"), form.value("named_by")) == ("张三创新工作室", "机械学院", "市总")


def test_a_table_too_large_for_a_form_costs_no_time(schemas: Schemas) -> None:
    dump = Table(tuple(Cell(f"姓名{r}", r, c) for r in range(10_000) for c in range(10)), place="第1页")
    document_to_reading(Document("xlsx", "read", (Paragraph("明细"),)), "0" * 64, "", schemas)  # the schemas' own patterns, once
    start = time.process_time()
    forms = document_to_reading(Document("xlsx", "read", (Paragraph("明细"), dump)), "0" * 64, "数据.xlsx", schemas).forms
    assert [form.kind for form in forms] == ["unrecognised"]
    assert time.process_time() - start < 1.5


def test_a_form_whose_table_nobody_could_see_is_no_essay(forms_in: FormsIn) -> None:
    """Printed without lines, 附件4 is words one after another; among them are those of an outline."""
    words = [t for row in STUDIO for t in row] + [
        "技术创新",
        "创新成果",
        "经费投入",
        "投入金额",
        "培养人才",
        "荣誉",
        "姓名",
        "性别",
        "学历",
        "民族",
        "联系电话",
        "社会效益",
    ]
    lines = ("创新工作室基本情况表", " ".join(words), "工作室概况 创新团队 创新条件 " + "开展技术攻关，培训职工六十人次。" * 40)
    assert [form.kind for form in forms_in(*lines) if form.kind == "narrative"] == []


@pytest.mark.parametrize("text", ["不详", "待定", "同上", "见附件", "2019年春", "（见封面）"])
@pytest.mark.parametrize("key", ["founded_on", "leader.born_on", "filled_on"])
def test_words_in_a_box_for_a_date_are_kept_and_are_no_blank(key: str, text: str, schemas: Schemas) -> None:
    payload = typed(1, key, text, None).docx()
    assert payload is not None
    (form,) = read(payload, "附件4.docx", schemas).forms
    assert (form.fields[key].value, form.fields[key].blank) == (None, False)


@pytest.mark.parametrize("text", ["年 月 日", "20  年  月  日", "2022 年   月   日", "  .  .  ", "____年__月__日", "二〇  年 月 日"])
def test_what_the_form_prints_in_a_box_for_a_date_is_a_blank(text: str, schemas: Schemas) -> None:
    payload = typed(1, "founded_on", text, None).docx()
    assert payload is not None
    (form,) = read(payload, "附件4.docx", schemas).forms
    assert form.fields["founded_on"].blank
