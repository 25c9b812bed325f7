"""What makes a recognised value doubtful: vocabularies, shapes, sums, surnames - and never a correction."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("cv2", reason="the extra `ocr` is not installed")

from config.load import DEFAULT_CAMPAIGN, load_campaign
from config.schema import FormSchema
from parsers.form import BASIC_INFO, Form, Value
from parsers.scan.door import is_legible, partly_seen, settled
from parsers.scan.plausible import doubted, has_known_surname, vocabulary


@pytest.fixture(scope="module")
def schema() -> FormSchema:
    """附件4."""
    return next(s for s in load_campaign(DEFAULT_CAMPAIGN).forms if s.kind == BASIC_INFO)


def form_of(fields: dict[str, tuple[str, Any]], rows: tuple[dict[str, tuple[str, Any]], ...] = ()) -> Form:
    """A form of (text, value) pairs, all surely read."""
    return Form(
        kind=BASIC_INFO,
        fields={n: Value(raw, value) for n, (raw, value) in fields.items()},
        rows=tuple({n: Value(raw, value) for n, (raw, value) in row.items()} for row in rows),
    )


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("leader.gender", "勇", "勇"),
        ("leader.education", "顾士", "顾士"),
        ("leader.ethnicity", "蒲族", "蒲族"),
        ("leader.title", "副教受", "副教受"),
        ("leader.name", "咎旻", "咎旻"),
        ("leader.phone", "1380000123", "1380000123"),
        ("leader.email", "lxx2010@example.edu.cn", "lxx2010@example.edu.cn"),
        ("leader.email", "=h417@example.com", "=h417@example.com"),
        ("discipline", "临床护理2345", "临床护理2345"),
        ("founded_on", "2O22年7月", None),
        ("member_count", "1S", None),
        ("studio", "李轩丽劳模创新工作室创建日期", "李轩丽劳模创新工作室创建日期"),
        ("studio", "许文", "许文"),
    ],
)
def test_a_value_outside_what_is_usual_is_doubtful_and_stays_as_it_was_read(schema: FormSchema, name: str, text: str, value: Any) -> None:
    """A person looks; the text is not touched."""
    found = doubted(form_of({name: (text, value)}), schema)
    assert found.doubtful == (name,)
    assert (found.fields[name].raw, found.fields[name].value) == (text, value)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("leader.gender", "女", "女"),
        ("leader.education", "博士", "博士"),
        ("leader.title", "教授", "教授"),
        ("leader.name", "欧阳娜", "欧阳娜"),
        ("leader.phone", "13800001234", "13800001234"),
        ("leader.email", "zhang.wen@example.edu.cn", "zhang.wen@example.edu.cn"),
        ("founded_on", "2019年5月", "2019-05"),
        ("member_count", "12人", 12),
        ("benefit.2020.income", "1,096.5", 1096.5),
        ("discipline", "材料科学与工程", "材料科学与工程"),
    ],
)
def test_an_ordinary_value_is_not_doubted(schema: FormSchema, name: str, text: str, value: Any) -> None:
    """Else staff would be shown everything, and look at nothing."""
    assert doubted(form_of({name: (text, value)}), schema).doubtful == ()


def test_a_sum_that_fails_makes_its_total_doubtful_and_every_figure_that_was_not_quite_sure(schema: FormSchema) -> None:
    """31.0 was 37.0: which figure was misread nobody can tell, but those beyond doubt are the paper's own."""
    fields = {
        "benefit.2020.income": Value("96.9", 96.9),
        "benefit.2020.savings": Value("31.0", 31.0, confidence=0.95),
        "benefit.2020.total": Value("133.9", 133.9),
    }
    found = doubted(Form(kind=BASIC_INFO, fields=fields), schema)
    assert set(found.doubtful) == {"benefit.2020.savings", "benefit.2020.total"}


def test_a_leader_who_is_almost_in_the_name_of_the_studio_is_doubtful(schema: FormSchema) -> None:
    """王熔基劳模创新工作室 of 王镕基: one of the two was misread."""
    found = doubted(form_of({"leader.name": ("王镕基", "王镕基"), "studio": ("王熔基劳模创新工作室", "王熔基劳模创新工作室")}), schema)
    assert {"leader.name", "studio"} <= set(found.doubtful)


def test_a_studio_that_bears_a_doubtful_name_is_doubtful_with_it(schema: FormSchema) -> None:
    """逢锦聚 has no usual surname; 逢锦聚劳模创新工作室 was read by the same eye."""
    found = doubted(form_of({"leader.name": ("逢锦聚", "逢锦聚"), "studio": ("逢锦聚劳模创新工作室", "逢锦聚劳模创新工作室")}), schema)
    assert {"leader.name", "studio"} <= set(found.doubtful)


def test_units_of_one_page_that_differ_by_a_letter_are_doubtful(schema: FormSchema) -> None:
    """附属第医院 beside 附属第一医院: the engine drops 一 with full certainty."""
    rows = tuple({"organisation": (unit, unit)} for unit in ("某医科大学附属第一医院", "某医科大学附属第医院"))
    assert set(doubted(form_of({}, rows), schema).doubtful) == {"members.0.organisation", "members.1.organisation"}


def test_a_form_whose_words_were_mostly_not_found_is_not_taken(schema: FormSchema) -> None:
    """A page too poor for its labels is too poor for its values."""
    required = [f.name for f in schema.fields if f.constraints.required]
    poor = Form(kind=BASIC_INFO, absent=tuple(required[: len(required) // 2]))
    assert not is_legible(poor, [schema])
    assert is_legible(Form(kind=BASIC_INFO, absent=tuple(required[:2])), [schema])


def test_a_form_of_which_only_one_page_was_photographed_is_never_held_against_its_sender(schema: FormSchema) -> None:
    """The members stand on the other page; what is not on the picture is not missing."""
    whole = Form(kind=BASIC_INFO, fields={"studio": Value("甲", "甲")}, rows=({"name": Value("张三", "张三")},))
    assert partly_seen(whole, [schema]).confidence == 1.0
    assert partly_seen(Form(kind=BASIC_INFO, fields=whole.fields), [schema]).confidence < 0.6
    assert partly_seen(Form(kind=BASIC_INFO, rows=whole.rows, absent=("phone", "filled_by", "studio")), [schema]).confidence < 0.6


def test_vocabularies_hold_the_words_of_the_form() -> None:
    """A list that is lost would doubt every value, or none."""
    assert {"男", "女"} == vocabulary("gender")
    assert len(vocabulary("ethnicity")) >= 56
    assert has_known_surname("令狐冲")
    assert not has_known_surname("逢锦")
    assert not vocabulary("social_benefit")
    assert callable(settled)


@pytest.mark.parametrize(
    ("raw", "doubtful"),
    [("☐劳模 ☑职工", False), ("劳模☐ 职工☑", False), ("劳模 ☑职工", True), ("职工", False), ("☐劳 ☑职工", True)],
)
def test_a_choice_of_which_a_box_was_lost_is_doubtful(schema: FormSchema, raw: str, doubtful: bool) -> None:
    """The lost one may be the ticked one; a word that stands alone has no boxes to lose."""
    found = doubted(form_of({"category": (raw, "employee")}), schema)
    assert ("category" in found.doubtful) == doubtful


def test_figures_that_would_add_up_with_a_point_are_doubtful_however_sure(schema: FormSchema) -> None:
    """1738 + 108.5 = 1846.5 read as 1738 + 1085 = 18465: the one that is right stays undoubted."""
    benefit = {"income": 1738, "savings": 1085, "total": 18465}
    found = doubted(form_of({f"benefit.2021.{n}": (str(v), v) for n, v in benefit.items()}), schema)
    assert set(found.doubtful) == {"benefit.2021.savings", "benefit.2021.total"}


def test_persons_have_no_decimal_point_to_lose(schema: FormSchema) -> None:
    """15 beside 6 + 4 + 14 + 2 + 7: only the total is doubtful, whatever tenths would add up."""
    ranks = {"total": 15, "professor": 6, "associate_professor": 4, "lecturer": 14, "assistant": 2, "other": 7}
    assert doubted(form_of({f"training.{n}": (str(v), v) for n, v in ranks.items()}), schema).doubtful == ("training.total",)
