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


def unclear(value: Value) -> Value:
    return Value("写了，机器不懂", None, value.where)


@pytest.mark.parametrize("name", BOXES)
def test_no_written_box_of_the_form_is_called_not_filled_in(name: str) -> None:
    form = basic_info()
    after = findings(submission(studio(basic=replace(form, fields={**form.fields, name: unclear(form.fields[name])}))))
    said = [f.message for f in after if f.where.field == name and "未填写" in f.message.replace("未填写或有误", "")]
    assert said == []


@pytest.mark.parametrize("name", COLUMNS)
def test_no_written_box_of_a_row_is_called_not_filled_in(name: str) -> None:
    table = summary([ROW])
    after = findings(submission(studio(), model=replace(table, rows=({**table.rows[0], name: unclear(table.rows[0][name])}, *table.rows[1:]))))
    assert [f.message for f in after if f.where.field == name and "未填写" in f.message] == []


def test_another_text_in_the_same_box_is_another_question() -> None:
    form = basic_info()

    def asked(text: str) -> tuple[str, ...]:
        box = Value(text, None, form.fields["funding.2020.amount"].where)
        given = submission(studio(basic=replace(form, fields={**form.fields, "funding.2020.amount": box})))
        return tuple(f.key for f in findings(given) if f.code == "F12")

    assert len({asked(""), asked("见决算"), asked("待定")}) == 3


def test_what_a_table_lacks_while_some_of_it_is_hidden_is_for_staff() -> None:
    table = summary([ROW])
    partly = replace(table, absent=("studio",), facts={**table.facts, "hidden": True})
    after = findings(submission(studio(), model=partly))
    assert {f.audience for f in after if f.code == "T18"} == {"staff"}
    assert [(f.code, f.audience) for f in after if f.code == "M22"] == [("M22", "staff")]
