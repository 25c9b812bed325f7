"""The catalogue holds the whole rule table, and `finding` fills, masks and names a finding the same way every time."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest

from intake.checks import CATALOGUE, finding
from intake.checks.catalogue import LONGEST_QUOTATION, clean_personal, fact_to_text, number_to_text
from tests.unit.intake.checks.builders import studio

SHARED = Path(os.environ.get("INTAKE_SHARED") or Path(__file__).parents[4].parent / "shared")
RULES = SHARED / "research" / "domain.md"
ADDED = {"M17", "M18", "M19", "M20", "M21", "M22", "Q07", "X13"}
WORDS_OF_THE_YEAR = {
    "汇总表": "劳模创新工作室推荐汇总表", "文号": "辽教科文卫体工发〔2022〕16号", "字数": "2000", "份数": "两", "年限": "1",
    "地址": "沈阳市沈河区北站路118号", "邮编": "110832", "类别": "职工", "年度": "20年21年",
}  # fmt: skip


def test_every_group_holds_as_many_codes_as_the_rule_table() -> None:
    counted = Counter(code[0] for code in set(CATALOGUE) - ADDED)
    assert counted == {"M": 16, "D": 7, "Q": 6, "C": 8, "T": 22, "F": 34, "N": 8, "X": 12}
    assert set(CATALOGUE) >= ADDED


def test_every_entry_has_a_sentence_a_clause_and_asks_only_for_facts_a_finding_can_have() -> None:
    for entry in CATALOGUE.values():
        assert entry.sentence.endswith(("。", "}")), entry.code
        assert entry.clause, entry.code
        assert all(word.isidentifier() for word in entry.asks), entry.code


def test_what_only_staff_may_see_is_never_missing_or_conflict() -> None:
    assert {entry.severity for entry in CATALOGUE.values() if entry.audience == "staff"} == {"manual", "note"}


def test_quota_eligibility_honours_and_withdrawal_wait_for_a_click() -> None:
    waiting = {entry.code for entry in CATALOGUE.values() if entry.audience == "institution_after_approval"}
    assert waiting == {"M16", "Q01", "Q02", "Q07", "C07", "C08", "T19", "F05", "F07", "X07", "X09"}


@pytest.mark.samples
def test_severity_audience_and_sentence_are_those_of_the_rule_table() -> None:
    if not RULES.exists():
        pytest.skip("research/domain.md is not beside the project")
    rows = {
        row[0]: row for line in RULES.read_text().splitlines() if (row := re.split(r"\s*\|\s*", line.strip("| "))) and row[0] in CATALOGUE
    }
    assert set(rows) == set(CATALOGUE) - ADDED
    for code, row in rows.items():
        level, audience = row[1].replace("!", "").replace("\\", "").split("/")
        assert (
            audience in {"institution": ("U", "–"), "institution_after_approval": ("U*",), "staff": ("S",)}[CATALOGUE[code].audience]
            or code == "M16"
        )
        assert CATALOGUE[code].severity in {"B": ("missing", "conflict"), "W": ("conflict", "manual"), "I": ("note",)}[level], code
        if audience in ("U", "U*") and code not in PERSONAL | REWORDED:
            assert words_only(CATALOGUE[code].sentence) == words_only(row[-1]), code


PERSONAL = {"T06", "F28", "F29"}
"""The rule table repeats the value; we leave it out (law 11: personal data is never echoed)."""

REWORDED = {"D02", "C08", "C01", "C02", "M13", "Q02", "X08", "X09", "F01", "F30", "X06"}
"""Literals of this year became words of the campaign; their cases compare the filled sentence whole."""


def words_only(sentence: str) -> str:
    for word, text in WORDS_OF_THE_YEAR.items():
        sentence = sentence.replace(f"{{{word}}}", text)
    # the table is typed with ASCII marks, what we write is printed with full ones
    return sentence.replace("\\", "").translate(str.maketrans(",:;?()", "，：；？（）"))


def test_a_missing_fact_is_our_own_mistake_and_is_not_hidden() -> None:
    with pytest.raises(KeyError):
        finding("F20", studio="甲", 年=2020)


def test_a_doubtful_fault_goes_to_staff_under_another_key() -> None:
    sure, doubtful = finding("C03", studio=studio()), finding("C03", studio=studio(), doubtful=True)
    assert (sure.audience, sure.severity) == ("institution", "missing")
    assert (doubtful.audience, doubtful.severity) == ("staff", "manual")
    assert doubtful.message == "（机器识读把握不足，请先对照原件）" + sure.message
    assert sure.key != doubtful.key


def test_the_key_changes_with_the_value_asked_about_and_not_with_the_spelling_of_the_name() -> None:
    def asked(name: str, total: float) -> str:
        return finding("F20", studio=studio(name, key="张三丰|1"), 年=2021, 甲=total, 乙=112.5).key

    assert asked("甲创新工作室", 120.5) == asked("甲 创新工作室", 120.5)
    assert asked("甲创新工作室", 120.5) != asked("甲创新工作室", 121)


def test_numbers_of_persons_are_masked_wherever_they_come_from() -> None:
    found = finding("M03", 文件="申报表 张三 138 0000-1111.docx", sha256="a" * 64, letter="l")
    assert found.message == "附件《申报表 张三 ….docx》无法正常打开（可能传输中损坏），烦请重新发送该文件。"
    assert clean_personal("a.b@example.edu.cn 210102197510101234 0411-84708320 +8613800001111") == "… … … …"


def test_amounts_dates_and_digests_are_not_mistaken_for_numbers_of_persons() -> None:
    text = "2030000 20220805 112.5 2022年8月5日 110832"
    assert clean_personal(text) == text
    digest = "1f13800001111e" + "0" * 50
    assert finding("M03", 文件="a", sha256=digest, letter="l").facts["sha256"] == digest


def test_figures_are_written_as_people_write_them() -> None:
    assert [number_to_text(n) for n in (5, 5.0, 112.5, 0.1 + 0.2, 100000, 1e16, 1e24)] == [
        "5", "5", "112.5", "0.3", "100000", "1" + "0" * 16, "1" + "0" * 24,
    ]  # fmt: skip


def test_a_quotation_is_one_line_and_not_longer_than_a_line() -> None:
    assert fact_to_text("第一行\n第二行\t完") == "第一行 第二行 完"
    assert len(fact_to_text("长" * 500)) == LONGEST_QUOTATION + 1
