"""A schema is data: a new year or a fourth form is TOML alone, and a mistake in it is named by its key."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from config.forms import SchemaMistake, mapping_to_schema
from parsers.document import Cell, Document, Table
from parsers.read import document_to_reading, read
from tests.generator.documents import basic_info_docx, make_studio
from tests.unit.parsers.forms.conftest import ROOT, Schemas

FOLDER = ROOT / "config/campaigns/liaoning-2022/forms"


def basic() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "basic_info.toml").read_text(encoding="utf-8"))


def test_the_shipped_schemas_name_every_field_of_the_contract(schemas: Schemas) -> None:
    import random

    # A year's form may print more than the generator draws: a new field is one piece of TOML.
    printed = {f.name for s in schemas if s.kind == "basic_info" for f in s.fields}
    assert printed >= set(make_studio(random.Random(1), "某大学")) - {"members"}


def test_a_new_year_is_one_line_of_toml() -> None:
    import random

    schema = mapping_to_schema(basic() | {"years": [2022, 2023]})
    values = make_studio(random.Random(2), "某大学", years=(2022, 2023))
    (form,) = read(basic_info_docx(values, years=(2022, 2023)), "附件4.docx", [schema]).forms
    assert form.value("benefit.2023.total") == values["benefit.2023.total"]
    assert form.value("funding.2022.source") == values["funding.2022.source"]
    assert [s.total for s in schema.sums] == ["benefit.2022.total", "benefit.2023.total", "training.total"]


def test_a_fourth_form_is_a_fourth_file() -> None:
    schema = mapping_to_schema(
        {"kind": "supporting", "key": "approval", "title": "审批表", "titles": ["审批表"],
         "groups": [{"name": "a", "title": "a"}],
         "fields": [{"name": n, "title": t, "group": "a", "type": ty} for n, t, ty in (("topic", "课题名称", "string"), ("cost", "经费预算", "number"), ("ends", "完成日期", "date"))]}
    )  # fmt: skip
    cells = tuple(
        Cell(t, r, c)
        for r, row in enumerate([["课题名称", "机器人"], ["经费预算", "3万元"], ["完成日期", "2023.6"]])
        for c, t in enumerate(row)
    )
    (form,) = document_to_reading(Document("docx", "read", (Table(cells),)), "", "", [schema]).forms
    assert {k: v.value for k, v in form.fields.items()} == {"topic": "机器人", "cost": 30000, "ends": "2023-06"}


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"kind": "essay"}, "kind"),
        ({"title": ""}, "title"),
        ({"years": ["2020"]}, "years"),
        ({"colour": "red"}, "colour"),
        ({"groups": []}, "fields.0.group"),
        ({"fields": [{"name": "a", "title": "甲", "type": "text"}]}, "fields.0.type"),
        ({"fields": [{"name": "a", "title": "甲"}, {"name": "a", "title": "乙"}]}, "fields.1.name"),
        ({"fields": [{"name": "a", "title": "甲", "labels": "甲"}]}, "fields.0.labels"),
        ({"fields": [{"name": "a", "title": "甲", "lables": ["甲"]}]}, "fields.0.lables"),
        ({"fields": [{"name": "a", "title": "甲", "constraints": {"pattern": "("}}]}, "fields.0.constraints.pattern"),
        ({"sums": [{"total": "x", "parts": ["y"], "code": "F1"}]}, "sums.0"),
        ({"rows": {"title": "行", "key": "nobody", "columns": [{"name": "a", "title": "甲"}]}}, "rows.key"),
    ],
)
def test_a_mistake_is_named_by_its_key(change: dict[str, Any], key: str) -> None:
    with pytest.raises(SchemaMistake) as told:
        mapping_to_schema((basic() if "fields" not in change else {"kind": "basic_info", "title": "表"}) | change)
    assert told.value.key == key
    assert told.value.sentence
