"""The fillable templates: what is written in them reads back whole, an empty one is known for empty, and the year is data."""

from __future__ import annotations

import io
import random
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree

from config.campaign import Campaign
from config.forms import FieldSchema
from config.load import DEFAULT_CAMPAIGN, load_campaign
from notifier.templates.summary_sheet import sheet_headings
from notifier.templates.templates import fillable_templates
from parsers.form import BASIC_INFO, BLANK_TEMPLATE, SUMMARY_TABLE, Form
from parsers.formats.door import bytes_to_document
from parsers.read import read
from tests.generator.documents import date_text
from tests.generator.people import make_head, make_row, make_studio
from tests.unit.notifier.tables.office import converted, needs_libreoffice
from tests.unit.notifier.templates.filling import W, fill_sheet, fill_word

MEMBERS = ("name", "gender", "birth_year", "education", "title", "organisation", "duties")


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    return load_campaign(DEFAULT_CAMPAIGN)


@pytest.fixture(scope="module")
def templates(campaign: Campaign) -> dict[str, bytes]:
    """The templates by annex."""
    return {name[:3]: payload for name, payload in fillable_templates(campaign)}


def only_form(payload: bytes, name: str, campaign: Campaign) -> Form:
    """The one form a file holds."""
    forms = read(payload, name, campaign.forms).forms
    assert len(forms) == 1
    return forms[0]


def filled_word(template: bytes, studio: dict[str, Any]) -> bytes:
    """附件4 filled as a careful person fills it."""
    ticks = [f"category.{studio['category']}", *(f"studio_types.{t}" for t in studio["studio_types"])]
    written = {k: date_text(v) if k.endswith("_on") else v for k, v in studio.items() if isinstance(v, str | int | float)}
    return fill_word(template, written, ticks, [[m[k] for k in MEMBERS] for m in studio["members"]])


def values(form: Form) -> dict[str, Any]:
    """The typed values of a form's fields."""
    return {k: v.value for k, v in form.fields.items()}


def expected(studio: dict[str, Any]) -> dict[str, Any]:
    """The fields as the contract has them."""
    return {k: v for k, v in studio.items() if k != "members"}


def members(form: Form) -> list[dict[str, Any]]:
    return [{k: str(v.value) for k, v in row.items()} for row in form.rows]


def test_the_templates_are_named_after_their_annexes(campaign: Campaign) -> None:
    assert [name for name, _ in fillable_templates(campaign)] == [
        "附件1_劳模创新工作室推荐汇总表（填写模板）.xlsx",
        "附件2_职工创新工作室推荐汇总表（填写模板）.xlsx",
        "附件4_创新工作室基本情况表（填写模板）.docx",
    ]


@pytest.mark.parametrize("annex", ["附件1", "附件2", "附件4"])
def test_an_empty_template_that_comes_back_is_known_for_empty(annex: str, templates: dict[str, bytes], campaign: Campaign) -> None:
    form = only_form(templates[annex], "附件.bin", campaign)
    assert (form.kind, form.facts["of"]) == (BLANK_TEMPLATE, BASIC_INFO if annex == "附件4" else SUMMARY_TABLE)


@pytest.mark.parametrize("annex", ["附件1", "附件2", "附件4"])
def test_a_template_carries_the_campaigns_mark(annex: str, templates: dict[str, bytes], campaign: Campaign) -> None:
    assert bytes_to_document(templates[annex]).tag == campaign.key


def test_templates_are_the_same_bytes_every_time(campaign: Campaign) -> None:
    assert fillable_templates(campaign) == fillable_templates(campaign)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_filled_in_the_word_form_reads_back_whole(seed: int, templates: dict[str, bytes], campaign: Campaign) -> None:
    rng = random.Random(seed)
    studio = make_studio(rng, "东山大学", rng.choice(("model_worker", "employee")), members=rng.randrange(1, 6))
    form = only_form(filled_word(templates["附件4"], studio), "表.docx", campaign)
    assert (form.kind, form.confidence, form.doubtful, form.absent) == (BASIC_INFO, 1.0, (), ())
    assert values(form) == expected(studio)
    assert members(form) == studio["members"]


def test_a_half_filled_word_form_is_blank_where_nothing_was_written(templates: dict[str, bytes], campaign: Campaign) -> None:
    form = only_form(fill_word(templates["附件4"], {"studio": "甲工作室", "leader.name": "甲一"}, [], []), "表.docx", campaign)
    assert {k: v.value for k, v in form.fields.items() if not v.blank and v.value is not None} == {
        "studio": "甲工作室",
        "leader.name": "甲一",
    }
    assert all(
        v.raw == "" or v.value is None for k, v in form.fields.items() if k not in ("studio", "leader.name", "category", "studio_types")
    )


@pytest.mark.parametrize(("annex", "category"), [("附件1", "model_worker"), ("附件2", "employee")])
def test_whatever_is_filled_in_the_annexes_reads_back_whole(
    annex: str, category: str, templates: dict[str, bytes], campaign: Campaign
) -> None:
    rng = random.Random(7)
    head = make_head(rng, "东山大学")
    rows = [make_row(rng, make_studio(rng, "东山大学", category), n) for n in (1, 2, 3)]
    keys = [h.key for h in sheet_headings(next(f for f in campaign.forms if f.annex == annex))][1:]
    written = {
        "省总": head["union"],
        "填表日期": date.fromisoformat(head["filled_on"]),
        "填表人": head["filled_by"],
        "联系电话": head["phone"],
    }
    form = only_form(fill_sheet(templates[annex], written, [[r[k] for k in keys] for r in rows]), "汇总表.xlsx", campaign)
    assert (form.kind, form.doubtful, form.absent) == (SUMMARY_TABLE, (), ())
    assert values(form) == {**head, "category": category}
    assert [{k: v.value for k, v in row.items()} for row in form.rows] == [{k: r[k] for k in ("number", *keys)} for r in rows]


def test_headings_are_locked_and_blanks_are_open(templates: dict[str, bytes]) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(templates["附件1"])).worksheets[0]
    assert sheet.protection.sheet
    unlocked = {c.coordinate for row in sheet.iter_rows() for c in row if not c.protection.locked}
    assert unlocked == {f"{letter}{row}" for row in range(6, 11) for letter in "BCDEFGHI"} | {"C3", "D3", "H3", "I3", "C11", "F11"}


def test_figures_dates_and_telephones_are_checked_while_they_are_typed(templates: dict[str, bytes]) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(templates["附件2"])).worksheets[0]
    rules = {str(rule.sqref): (rule.type, rule.formula1, rule.formula2, rule.errorStyle) for rule in sheet.data_validations.dataValidation}
    assert rules["D6:D10"] == ("whole", "0", None, "warning")
    assert rules["E6:E10"] == rules["F6:F10"] == ("decimal", "0", "100000", "warning")
    assert rules["H3"][0] == "date"
    assert rules["F11"][:2] == ("textLength", "11")


def test_every_control_of_the_word_form_has_a_number_and_a_tag_of_its_own(templates: dict[str, bytes], campaign: Campaign) -> None:
    root = etree.fromstring(zipfile.ZipFile(io.BytesIO(templates["附件4"])).read("word/document.xml"))
    controls = list(root.iter(f"{W}sdt"))
    tags = [c.find(f"{W}sdtPr/{W}tag").get(f"{W}val") for c in controls]
    assert len({c.find(f"{W}sdtPr/{W}id").get(f"{W}val") for c in controls}) == len(controls)
    assert len(set(tags)) == len(tags)
    schema = next(f for f in campaign.forms if f.kind == BASIC_INFO)
    plain = {f.name for f in schema.fields if not f.options}
    assert plain <= set(tags)
    assert {t for t in tags if t not in plain} == {f"{f.name}.{o.key}" for f in schema.fields for o in f.options}


def test_next_years_form_is_next_years_data(campaign: Campaign) -> None:
    forms = tuple(_later(f) for f in campaign.forms)
    extra = FieldSchema(name="alliance", title="创新工作室联盟", labels=("创新工作室联盟",), group="studio")
    forms = tuple(replace(f, fields=(*f.fields, extra)) if f.kind == BASIC_INFO else f for f in forms)
    made = fillable_templates(replace(campaign, key="liaoning-2023", forms=forms))
    text = "\n".join(bytes_to_document(made[2][1]).lines())
    assert ("2022年" in text, "2020年" in text, "创新工作室联盟" in text) == (True, False, True)
    assert bytes_to_document(made[0][1]).tag == "liaoning-2023"


def _later(form: Any) -> Any:
    """A form whose data years are 2021 and 2022."""

    def moved(text: str) -> str:
        return text.replace("2021", "2022").replace("2020", "2021").replace("21年", "22年").replace("20年", "21年")

    fields = tuple(replace(f, name=moved(f.name), year=f.year + 1 if f.year else None) for f in form.fields)
    return replace(form, years=tuple(y + 1 for y in form.years), fields=fields)


@pytest.mark.slow
@needs_libreoffice
def test_a_form_filled_and_saved_by_libreoffice_still_reads_back_whole(
    tmp_path: Path, templates: dict[str, bytes], campaign: Campaign
) -> None:
    studio = make_studio(random.Random(3), "东山大学", "model_worker", members=3)
    given = {"表.docx": filled_word(templates["附件4"], studio)}
    for to in ("docx", "doc", "odt"):
        form = only_form(converted(tmp_path, given, to)["表"], f"表.{to}", campaign)
        assert (to, values(form)) == (to, expected(studio))
        assert (to, members(form)) == (to, studio["members"])


@pytest.mark.slow
@needs_libreoffice
def test_an_empty_form_saved_by_libreoffice_is_still_known_for_empty(
    tmp_path: Path, templates: dict[str, bytes], campaign: Campaign
) -> None:
    for to in ("docx", "doc", "odt", "pdf"):
        saved = converted(tmp_path, {"表.docx": templates["附件4"]}, to)["表"]
        assert (to, only_form(saved, f"表.{to}", campaign).kind) == (to, BLANK_TEMPLATE)


@pytest.mark.slow
@needs_libreoffice
def test_an_annex_filled_and_saved_by_libreoffice_still_reads_back_whole(
    tmp_path: Path, templates: dict[str, bytes], campaign: Campaign
) -> None:
    row = ["甲一劳模创新工作室", "机械工程学院", 3, 120.5, 0, "甲一", "主任", "2018年沈阳市劳动模范"]
    given = {"表.xlsx": fill_sheet(templates["附件1"], {"省总": "东山大学工会", "填表人": "乙二", "联系电话": "13900000001"}, [row])}
    for to in ("xlsx", "xls", "ods"):
        form = only_form(converted(tmp_path, given, to)["表"], f"表.{to}", campaign)
        assert [v.value for v in form.rows[0].values()] == [1, *row]
        assert values(form) == {
            "union": "东山大学工会",
            "filled_on": None,
            "filled_by": "乙二",
            "phone": "13900000001",
            "category": "model_worker",
        }
