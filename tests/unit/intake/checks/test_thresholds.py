"""The numbers and words of a check come from the campaign: change them and the verdict changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from config.campaign import Campaign, Deadline, Quota
from config.schema import FormSchema
from intake.submission import Submission
from tests.unit.intake.checks import cases_narrative, cases_quota, cases_summary_table
from tests.unit.intake.checks.builders import HOME, NOW, at, campaign, findings, form_case, letter, row_case, story_case, submission


def thresholds(**changes: Any) -> Campaign:
    return replace(campaign(), thresholds=replace(campaign().thresholds, **changes))


def words(**changes: Any) -> Campaign:
    return replace(campaign(), vocabulary=replace(campaign().vocabulary, **changes))


def said(given: Submission, code: str, rules: Campaign) -> list[str]:
    return [f.message for f in findings(given, NOW, rules) if f.code == code]


WITH_HEADER = submission(letters=(letter(received_at=at(29, 11), received=(at(29, 10),)),))
CHANGES = (
    ("N01", story_case({"characters": 1500}), thresholds(minimum_characters=1200)),
    ("N02", story_case({"characters": 1960}), thresholds(minimum_characters=1900)),
    ("N01", story_case({"characters": 1500}), thresholds(character_tolerance=600)),
    ("F05", form_case({"founded_on": "2021-09"}), thresholds(minimum_years=0)),
    ("F05", form_case({"founded_on": "2021-09"}), replace(campaign(), deadlines=(Deadline(at(30, month=9), at(1), "延期"),))),
    ("T12", row_case({"income_total": 100001}), thresholds(amount_limit=200000.0)),
    ("X06", row_case({"income_total": 204}), thresholds(sum_tolerance=1.0)),
    ("F28", form_case({"leader.born_on": "2010-10"}), thresholds(minimum_age=10)),
    ("F28", form_case({"leader.born_on": "1930-10"}), thresholds(maximum_age=95)),
    ("D07", WITH_HEADER, thresholds(time_evidence_minutes=90)),
    ("N08", cases_narrative.two_essays(cases_narrative.SAME), thresholds(near_duplicate=0.99)),
    ("Q01", cases_quota.many(3, 1), replace(campaign(), quotas={"ordinary": Quota(4, {"employee": 2})})),
    ("Q02", cases_quota.many(0, 3), replace(campaign(), quotas={"ordinary": Quota(3, {"employee": 3})})),
    ("T19", row_case({"leader_honours": "省级教学名师"}), words(honours=("教学名师",))),
    ("F07", form_case({"named_by": "沈阳市总工会", "named_on": "2020-01"}), words(naming_bodies_excluded=("省总工会",))),
    ("T21", cases_summary_table.renamed("岩石力学研究所"), words(existing_bodies=("实验室",))),
    ("C07", submission(paper={"copies": 1}), replace(campaign(), paper_copies=1)),
    ("F03", form_case({"filled_on": "2021-07-28"}), replace(campaign(), year=2021)),
)


@pytest.mark.parametrize(("code", "given", "other_rules"), CHANGES, ids=[f"{c[0]}-{i}" for i, c in enumerate(CHANGES)])
def test_the_verdict_follows_the_campaign(code: str, given: Submission, other_rules: Campaign) -> None:
    assert said(given, code, campaign()) != []
    assert said(given, code, other_rules) == []


def test_the_schema_decides_what_must_be_filled() -> None:
    given = form_case({"discipline": None})
    schemas = tuple(_without_code(schema, "discipline") for schema in campaign().forms)
    assert said(given, "F06", campaign()) == ["“张三丰劳模创新工作室”基本情况表“专业领域”未填写。"]
    assert said(given, "F06", replace(campaign(), forms=schemas)) == []


def _without_code(schema: FormSchema, name: str) -> FormSchema:
    return replace(schema, fields=tuple(replace(f, blank_code="") if f.name == name else f for f in schema.fields))


def test_the_sentences_carry_the_words_of_the_year() -> None:
    next_year = replace(campaign(), document_number="辽教科文卫体工发〔2023〕8号", address="沈阳市和平区1号", postcode="110000", paper_copies=3)
    assert said(submission(paper={}), "C06", next_year) == ["另请将纸质版（加盖公章、一式三份）于8月5日前报送，地址：沈阳市和平区1号（110000）。"]
    old_form = form_case(facts={"years": (2019, 2020)})
    assert "辽教科文卫体工发〔2023〕8号" in said(old_form, "M13", next_year)[0]


def test_a_quota_of_an_unconfirmed_row_is_for_staff_alone() -> None:
    given = cases_quota.many(0, 4, institution=replace(HOME, confirmed=False))
    codes = {f.code: f.audience for f in findings(given) if f.code.startswith("Q")}
    assert codes == {"Q06": "staff"}
