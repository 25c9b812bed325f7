"""Which parts of a file are which form: several in one, split, framed, blank, of another year, lists that stand alone, essays around them."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from parsers.form import BASIC_INFO, BLANK_TEMPLATE, NARRATIVE, SUMMARY_TABLE, SUPPORTING, UNRECOGNISED, Form
from parsers.read import read
from tests.generator.documents import (
    Block,
    Sheet,
    basic_info_blocks,
    basic_info_docx,
    compose_narrative,
    make_head,
    make_row,
    make_studio,
    member_list_blocks,
    summary_blocks,
    summary_docx,
    summary_xlsx,
)
from tests.unit.parsers.forms.conftest import Schemas

FormsOf = Callable[[list[Block]], tuple[Form, ...]]
SCHOOL = "大连理工大学"


@pytest.fixture
def rng() -> random.Random:
    return random.Random(7)


def kinds(forms: tuple[Form, ...]) -> list[str]:
    return [f.kind for f in forms]


def test_two_summaries_and_two_forms_in_one_file_are_four_forms(rng: random.Random, forms_of: FormsOf) -> None:
    one, two = make_studio(rng, SCHOOL, "model_worker"), make_studio(rng, SCHOOL, "employee")
    blocks = [
        *summary_blocks("model_worker", make_head(rng, SCHOOL), [make_row(rng, one, 1)]),
        *summary_blocks("employee", make_head(rng, SCHOOL), [make_row(rng, two, 1)]),
        *basic_info_blocks(one),
        *basic_info_blocks(two),
    ]
    forms = forms_of(blocks)
    assert kinds(forms) == [SUMMARY_TABLE, SUMMARY_TABLE, BASIC_INFO, BASIC_INFO]
    assert [f.value("category") for f in forms] == ["model_worker", "employee", "model_worker", "employee"]
    assert [f.value("studio") for f in forms[2:]] == [one["studio"], two["studio"]]
    assert [f.value("phone") for f in forms[2:]] == [one["phone"], two["phone"]]
    assert [len(f.rows) for f in forms] == [1, 1, len(one["members"]), len(two["members"])]


def test_an_essay_before_or_behind_the_form_is_an_essay_of_its_own(rng: random.Random, forms_of: FormsOf) -> None:
    values = make_studio(rng, SCHOOL)
    essay: list[Block] = list(compose_narrative(values["studio"], values["leader.name"]))
    for blocks in ([*basic_info_blocks(values), *essay], [*essay, *basic_info_blocks(values)]):
        forms = forms_of(blocks)
        assert kinds(forms) == [BASIC_INFO, NARRATIVE]
        assert forms[0].value("union") == values["union"]
        assert forms[0].value("phone") == values["phone"]
        assert 2300 < forms[1].facts["characters"] < 2700


def test_the_notices_own_empty_forms_are_blank_templates(forms_of: FormsOf) -> None:
    for blocks, of in ((basic_info_blocks({}), BASIC_INFO), (summary_blocks("employee", {}, [], blank=4), SUMMARY_TABLE)):
        forms = forms_of(blocks)
        assert [(f.kind, f.facts["of"]) for f in forms] == [(BLANK_TEMPLATE, of)]


def test_one_filled_word_makes_a_template_a_form(forms_of: FormsOf) -> None:
    (form,) = forms_of(basic_info_blocks({"leader.name": "张三"}))
    assert (form.kind, form.value("leader.name")) == (BASIC_INFO, "张三")
    assert form.value("category") is None
    assert form.fields["category"].blank


def test_last_years_form_says_which_years_it_prints(rng: random.Random, schemas: Schemas) -> None:
    values = make_studio(rng, SCHOOL, years=(2018, 2019))
    (form,) = read(basic_info_docx(values, years=(2018, 2019)), "附件4.docx", schemas).forms
    assert form.facts["years"] == (2018, 2019)
    assert "benefit.2020.income" not in form.fields
    row = make_row(rng, values, 1, years=(2018, 2019))
    (summary,) = read(summary_docx("employee", make_head(rng, SCHOOL), [row], years=(2018, 2019)), "附件2.docx", schemas).forms
    assert summary.facts["years"] == (2018, 2019)
    assert summary.rows[0]["studio"].value == values["studio"]
    assert not any(k.startswith("income") for k in summary.rows[0])


def test_the_document_number_of_another_notice_is_kept(rng: random.Random, forms_of: FormsOf) -> None:
    (form,) = forms_of(["辽教科文卫体工发〔2021〕9号附件", *basic_info_blocks(make_studio(rng, SCHOOL))])
    assert form.facts["document_number"].endswith("〔2021〕9号")


def test_a_member_list_alone_is_supporting_and_names_its_studio(rng: random.Random, forms_of: FormsOf) -> None:
    members = make_studio(rng, SCHOOL, members=5)["members"]
    (form,) = forms_of(member_list_blocks("张三创新工作室", "张三", members))
    assert form.kind == SUPPORTING
    assert form.facts == {"member_list": True, "studio": "张三创新工作室", "leader": "张三"}
    assert [row["name"].value for row in form.rows] == [m["name"] for m in members]


def test_members_on_a_sheet_behind_the_form_join_those_in_it(rng: random.Random, forms_of: FormsOf) -> None:
    values = make_studio(rng, SCHOOL, members=2)
    more = make_studio(rng, SCHOOL, members=4)["members"]
    (form,) = forms_of([*basic_info_blocks(values), *member_list_blocks(values["studio"], values["leader.name"], more)])
    assert [row["name"].value for row in form.rows] == [m["name"] for m in (*values["members"], *more)]
    assert form.facts["annex_sheet"] is True


def test_without_a_title_the_annex_mark_the_sheet_or_the_file_name_tells_the_category(rng: random.Random, schemas: Schemas) -> None:
    head, rows = make_head(rng, SCHOOL), [make_row(rng, make_studio(rng, SCHOOL), 1)]
    bare = [b for b in summary_blocks("employee", head, rows) if isinstance(b, Sheet)]
    from tests.generator.documents import blocks_to_docx, blocks_to_xlsx

    assert read(blocks_to_docx(bare), "汇总.docx", schemas).forms[0].value("category") is None
    assert read(blocks_to_docx(bare), "附件1 汇总.docx", schemas).forms[0].value("category") == "model_worker"
    assert read(blocks_to_docx(["附件2", *bare]), "汇总.docx", schemas).forms[0].value("category") == "employee"
    assert read(blocks_to_xlsx(bare, sheet_name="附件2"), "汇总.xlsx", schemas).forms[0].value("category") == "employee"


def test_papers_around_the_forms_are_supporting_or_unrecognised_never_a_form(forms_in: Callable[..., tuple[Form, ...]]) -> None:
    assert kinds(forms_in("荣誉证书", "授予张三同志先进个人称号", name="扫描.docx")) == [SUPPORTING]
    assert kinds(forms_in("今天天气很好", name="a.docx")) == [UNRECOGNISED]
    schedule = [["时间", "地点", "主持人"], ["9:00", "会议室", "张三"]]
    assert kinds(forms_in("会议安排", schedule, name="b.docx")) == [UNRECOGNISED]
    assert forms_in() == ()


def test_a_form_typed_as_plain_lines_is_read(forms_in: Callable[..., tuple[Form, ...]]) -> None:
    lines = ["申报类型：□劳模 ☑职工", "省总直属高校工会：某某大学工会（盖章）  填表日期：2022年7月29日", "工作室名称：张三创新工作室", "创建日期：2018.5",
             "所在单位：某某大学机械学院", "专业领域：机械", "成员总数：12人", "姓名：张三  性别：男  民族：汉族", "填报人：李四  电话：139-0000-1234"]  # fmt: skip
    (form,) = forms_in(*lines)
    expected: dict[str, Any] = {
        "category": "employee", "union": "某某大学工会", "filled_on": "2022-07-29", "studio": "张三创新工作室", "founded_on": "2018-05", "member_count": 12,
        "leader.name": "张三", "leader.gender": "男", "leader.ethnicity": "汉族", "filled_by": "李四", "phone": "13900001234",
    }  # fmt: skip
    assert {k: form.value(k) for k in expected} == expected


def test_damaged_encrypted_and_empty_files_have_a_status_and_no_forms(schemas: Schemas) -> None:
    assert read(b"", "附件4.docx", schemas).status == "empty"
    broken = read(b"PK\x03\x04 broken", "附件4.docx", schemas)
    assert broken.status in ("unreadable", "unsupported")
    assert broken.forms == ()


def test_both_summaries_on_one_worksheet_come_apart(rng: random.Random, schemas: Schemas) -> None:
    from tests.generator.documents import blocks_to_xlsx

    one, two = make_studio(rng, SCHOOL, "model_worker"), make_studio(rng, SCHOOL, "employee")
    heads = make_head(rng, SCHOOL), make_head(rng, SCHOOL)
    blocks = [
        *summary_blocks("model_worker", heads[0], [make_row(rng, one, 1)]),
        *summary_blocks("employee", heads[1], [make_row(rng, two, 1)]),
    ]
    forms = read(blocks_to_xlsx(blocks), "汇总.xlsx", schemas).forms
    assert [(f.value("category"), f.value("phone"), len(f.rows)) for f in forms] == [
        ("model_worker", heads[0]["phone"], 1),
        ("employee", heads[1]["phone"], 1),
    ]
    assert summary_xlsx  # the writer of the single table is used by other rooms
