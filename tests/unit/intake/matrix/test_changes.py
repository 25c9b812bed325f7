"""What changed between two versions is told in the schema's words, and never a person's data, whatever a field is called."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.forms import mapping_to_schema
from config.load import load_campaign
from config.schema import FieldSchema, FormSchema
from intake.matrix.changes import find_schema, form_changes, row_changes
from parsers.form import BASIC_INFO, Form, Value

CAMPAIGN = load_campaign(Path(__file__).parents[4] / "config" / "campaigns" / "liaoning-2022")
SHIPPED = find_schema(CAMPAIGN.forms, BASIC_INFO)
assert SHIPPED is not None
PERSONAL = ("1980-05", "汉族", "中共党员", "女", "13800138000", "li@example.com", "210102198005050021", "024-12345678")


def form(**fields: str | int | float | None) -> Form:
    return Form(kind=BASIC_INFO, fields={k: Value("" if v is None else str(v), v) for k, v in fields.items()})


def foreign(name: str, title: str, **more: object) -> FormSchema:
    """A schema of another notice, with one blank nobody here has heard of."""
    return mapping_to_schema({"kind": "basic_info", "title": "作品登记表", "fields": [{"name": name, "title": title, **more}]})


def told(schema: FormSchema, before: Form, after: Form) -> str:
    return "；".join(form_changes(before, after, schema))


def test_titles_and_printed_options_come_from_the_schema() -> None:
    before, after = (
        form(**{"benefit.2021.total": 120.5, "category": "employee"}),
        form(**{"benefit.2021.total": 112.5, "category": "model_worker"}),
    )
    assert told(SHIPPED, before, after) == "2021年经济效益合计 120.5→112.5；申报类型 职工→劳模"


@pytest.mark.parametrize(
    "field", [f for f in SHIPPED.fields if f.name.startswith("leader.") and f.name != "leader.name"], ids=lambda f: f.name
)
def test_nothing_about_the_leader_but_the_name_is_told(field: FieldSchema) -> None:
    assert told(SHIPPED, form(**{field.name: "甲"}), form(**{field.name: "乙"})) == f"{field.title} 已更新"


def test_a_private_mark_in_the_schema_is_obeyed_whatever_the_field_is_called() -> None:
    schema = foreign("author.nick", "笔名", private=True)
    assert told(schema, form(**{"author.nick": "山风"}), form(**{"author.nick": "海月"})) == "笔名 已更新"


@pytest.mark.parametrize("kind", ["phone", "email", "identity"])
def test_a_private_format_needs_no_mark(kind: str) -> None:
    schema = foreign("contact", "找得到的办法", format=kind)
    assert told(schema, form(contact="甲"), form(contact="乙")) == "找得到的办法 已更新"


@pytest.mark.parametrize(
    ("name", "title"), [("author.birthday", "作者出生年月"), ("author.nation", "民族"), ("author.party", "政治面貌"), ("a1", "身份证号")]
)
def test_a_forgotten_mark_tells_no_personal_data_under_a_word_that_is_always_personal(name: str, title: str) -> None:
    assert told(foreign(name, title), form(**{name: "1980-05"}), form(**{name: "1981-05"})) == f"{title} 已更新"


def test_another_notice_s_figure_is_told_under_its_own_title() -> None:
    assert told(foreign("minutes", "时长", type="integer"), form(minutes=4), form(minutes=5)) == "时长 4→5"


@given(name=st.text("abcdefgh._", min_size=1, max_size=12), values=st.lists(st.sampled_from(PERSONAL), min_size=2, max_size=2, unique=True))
def test_a_field_the_schema_does_not_know_is_never_quoted(name: str, values: list[str]) -> None:
    schema = replace(SHIPPED, fields=())
    said = told(schema, form(**{name: values[0]}), form(**{name: values[1]}))
    assert said == "其他栏目 已更新"


@given(before=st.sampled_from(PERSONAL[4:]), after=st.text(max_size=20))
def test_a_value_that_looks_like_a_phone_an_address_or_a_number_is_never_quoted(before: str, after: str) -> None:
    field = FieldSchema(name="note", title="备注", labels=("备注",))
    said = list(row_changes({"note": Value(before, before)}, {"note": Value(after, after)}, (field,)))
    assert said == ["备注 已更新"]
