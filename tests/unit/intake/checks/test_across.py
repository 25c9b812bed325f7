"""X10 and N08 between institutions stand pair by pair: a third that joins adds findings and changes no key staff have decided on."""

from __future__ import annotations

from dataclasses import replace

from config.campaign import Institution
from config.load import DEFAULT_CAMPAIGN, load_campaign
from intake.checks.across import cross_check
from tests.unit.intake.checks.builders import submission

CAMPAIGN = load_campaign(DEFAULT_CAMPAIGN)


def test_a_third_institution_changes_no_key() -> None:
    one = submission()
    two, three = (replace(one, institution=Institution(name=name)) for name in ("示例学院", "样本大学"))
    before = {(name, found.key) for name, found in cross_check([one, two], CAMPAIGN)}
    after = {(name, found.key) for name, found in cross_check([one, two, three], CAMPAIGN)}
    assert {found.code for _, found in cross_check([one, two], CAMPAIGN)} == {"X10", "N08"}
    assert before < after
    assert len(before) == 4
    assert len(after) == 12
