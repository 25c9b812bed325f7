"""Every code is raised by its cases, in whole sentences, and stays silent in its near misses."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from intake.checks import CATALOGUE
from intake.submission import Finding
from tests.unit.intake.checks import (
    cases_agreement,
    cases_basic_info,
    cases_deadline,
    cases_letters,
    cases_narrative,
    cases_quota,
    cases_summary_table,
)
from tests.unit.intake.checks.builders import AFTER, Case, findings, other_studio, studio, submission

GROUPS = (cases_letters, cases_deadline, cases_quota, cases_summary_table, cases_basic_info, cases_narrative, cases_agreement)
CASES: tuple[Case, ...] = tuple(case for group in GROUPS for case in group.CASES)
PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|\d{17}[\dXx])(?!\d)")
FORBIDDEN = ("受理", "不合格", "错误", "拒收", "{", "}", "None", "()")


def everything_said() -> Iterable[Finding]:
    return (found for case in CASES for found in findings(case.given, case.now, case.campaign))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_case_says_these_sentences_and_no_other_of_its_code(case: Case) -> None:
    found = [f for f in findings(case.given, case.now, case.campaign) if f.code == case.code]
    assert tuple(f.message for f in found) == case.says
    if case.audience:
        assert {f.audience for f in found} == {case.audience}


def test_a_submission_without_a_fault_is_only_told_when_it_came() -> None:
    assert [f.code for f in findings(submission(studio(), other_studio()))] == ["D01"]
    assert [f.code for f in findings(submission(studio(), other_studio()), AFTER)] == ["D01"]


def test_every_code_has_a_case_that_raises_it_and_a_near_miss_that_does_not() -> None:
    raised, silent = ({case.code for case in CASES if bool(case.says) is says} for says in (True, False))
    assert set(CATALOGUE) - raised == set()
    assert set(CATALOGUE) - silent == set()


def test_no_case_asks_for_a_code_that_does_not_exist() -> None:
    assert {case.code for case in CASES} <= set(CATALOGUE)


def test_no_sentence_holds_a_forbidden_word_an_unfilled_brace_or_a_number_of_a_person() -> None:
    said = [f.message for f in everything_said()]
    assert len(said) > 300
    assert [text for text in said for word in FORBIDDEN if word in text] == []
    assert [text for text in said if PHONE.search(text) or "@" in text] == []


def test_no_sentence_repeats_what_stands_in_a_personal_box() -> None:
    personal = ("1975", "2010-10", "1380000", "满族", "中共党员", "zsf")
    assert [f.message for f in everything_said() for text in personal if text in f.message] == []
    assert [f.key for f in everything_said() for text in personal if text in f.key] == []


def test_every_finding_has_a_key_and_no_two_of_a_submission_share_one_unless_they_say_the_same() -> None:
    for case in CASES:
        found = findings(case.given, case.now, case.campaign)
        said = {(f.key, f.message) for f in found}
        assert len({key for key, _ in said}) == len(said), [f.key for f in found]
        assert all(f.key.startswith(f.code) for f in found)


def test_the_same_submission_gives_the_same_findings_again() -> None:
    for case in CASES:
        assert findings(case.given, case.now, case.campaign) == findings(case.given, case.now, case.campaign)
