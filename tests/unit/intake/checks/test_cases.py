"""Every code is raised by its cases, in whole sentences, and stays silent in its near misses."""

from __future__ import annotations

import pytest

from tests.unit.intake.checks import (
    cases_agreement,
    cases_basic_info,
    cases_deadline,
    cases_letters,
    cases_narrative,
    cases_quota,
    cases_summary_table,
)
from tests.unit.intake.checks.builders import Case, findings

GROUPS = (cases_letters, cases_deadline, cases_quota, cases_summary_table, cases_basic_info, cases_narrative, cases_agreement)
CASES: tuple[Case, ...] = tuple(case for group in GROUPS for case in group.CASES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_case_says_these_sentences_and_no_other_of_its_code(case: Case) -> None:
    found = [f for f in findings(case.given, case.now, case.campaign) if f.code == case.code]
    assert tuple(f.message for f in found) == case.says
    if case.audience:
        assert {f.audience for f in found} == {case.audience}
