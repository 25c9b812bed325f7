"""The property that counts: whatever the layout, fields out are the fields that went in, and blanks stay blank."""

from __future__ import annotations

import pytest

from parsers.read import read
from tests.generator.compare import Tally, compare_reading
from tests.generator.layouts import random_form
from tests.unit.parsers.forms.conftest import Schemas

FORMATS = ("docx", "xlsx", "html", "odt")


def check(seed: int, fmt: str, schemas: Schemas) -> Tally:
    made = random_form(seed, fmt)
    tally = compare_reading(read(made.payload, f"材料.{fmt}", schemas), made.truth)
    assert not tally.wrong, (made.dice, tally.wrong)
    return tally


@pytest.mark.parametrize("seed", range(15))
def test_random_forms_come_out_as_they_went_in(seed: int, schemas: Schemas) -> None:
    tallies = [check(seed, fmt, schemas) for fmt in FORMATS]
    total = sum(tallies, Tally())
    assert len(total.unread) <= max(1, 0.005 * total.fields), total.unread


@pytest.mark.slow
def test_two_thousand_random_forms_come_out_without_a_wrong_value(schemas: Schemas) -> None:
    total = Tally()
    for seed in range(1000, 1500):
        for fmt in FORMATS:
            total += check(seed, fmt, schemas)
    assert total.forms >= 2000
    assert len(total.unread) <= 0.005 * total.fields, total.unread[:20]
