"""A box that holds a picture, a signature or a formula without its value is never held against an institution; staff are told of it once a form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parsers.form import Form, Value
from tests.unit.intake.checks.builders import ROW, basic_info, findings, studio, submission, summary

BOXES = tuple(basic_info().fields)
COLUMNS = tuple(ROW)


def unread(value: Value) -> Value:
    return Value("", None, value.where, 0.5, "picture")


def form_with(name: str) -> Form:
    form = basic_info()
    return replace(form, fields={**form.fields, name: unread(form.fields[name])}, doubtful=(name,))


@pytest.mark.parametrize("name", BOXES)
def test_no_unread_box_of_the_form_is_held_against_an_institution(name: str) -> None:
    before = {(f.code, f.message) for f in findings(submission(studio())) if f.audience != "staff"}
    after = findings(submission(studio(basic=form_with(name))))
    assert {(f.code, f.message) for f in after if f.audience != "staff"} <= before
    told = [f.message for f in after if f.code == "M21"]
    assert len(told) == 1
    assert "机器未能识读" in told[0]


@pytest.mark.parametrize("name", COLUMNS)
def test_no_unread_box_of_a_row_is_held_against_an_institution(name: str) -> None:
    table = summary([ROW])
    rows = ({**table.rows[0], name: unread(table.rows[0][name])}, *table.rows[1:])
    marked = replace(table, rows=rows, doubtful=(f"rows.0.{name}",))
    before = {(f.code, f.message) for f in findings(submission(studio(), model=table)) if f.audience != "staff"}
    after = findings(submission(studio(), model=marked))
    assert {(f.code, f.message) for f in after if f.audience != "staff"} <= before
    assert [f.audience for f in after if f.code == "M21"] == ["staff"]


def test_what_is_read_raises_nothing() -> None:
    assert not [f for f in findings(submission(studio())) if f.code == "M21"]
