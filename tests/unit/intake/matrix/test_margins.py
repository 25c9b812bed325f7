"""The weights and margins by which files find their studio: each with just enough and just not enough, so that no change slips through."""

from __future__ import annotations

import pytest

from intake.matrix.floating import tells_nothing
from tests.generator.received import file, letter, narrative
from tests.unit.intake.matrix.desk import FULL, Union, assessed, states

TWO = Union(categories=("employee", "employee"))
ZHANG, LI = "张建国", "李文博"


def told(text: str) -> dict[str, tuple[str, ...]]:
    """Two studios with table and forms, and one essay that names nobody but in its text, in a letter of its own."""
    first = letter("07-29 10:00", TWO.table("employee"), TWO.form(0), TWO.form(1))
    return states(assessed(first, letter("07-30 10:00", file("申报材料.docx", narrative("", ""), text=text))))


def test_an_essay_that_names_one_leader_once_more_than_the_other_is_that_leader_s() -> None:
    assert told(f"{ZHANG}、{LI}、{ZHANG}") == {ZHANG: FULL, LI: ("received", "received", "missing")}
    assert told(f"{ZHANG}、{LI}、{LI}") == {ZHANG: ("received", "received", "missing"), LI: FULL}


def test_an_essay_that_names_both_as_often_is_nobody_s_until_a_person_looks() -> None:
    assert told(f"{ZHANG}、{LI}") == {ZHANG: ("received", "received", "received_unread"), LI: ("received", "received", "received_unread")}


def test_two_studios_for_which_an_essay_speaks_alike_leave_it_to_a_person() -> None:
    """Both leaders stand in the file name: equal scores, within the margin."""
    first = letter("07-29 10:00", TWO.table("employee"), TWO.form(0), TWO.form(1))
    both = file(f"{ZHANG}与{LI}申报材料.docx", narrative("", ""))
    assert states(assessed(first, letter("07-30 10:00", both)))[ZHANG] == ("received", "received", "received_unread")
    one = file(f"{ZHANG}申报材料.docx", narrative("", ""))
    assert states(assessed(first, letter("07-30 10:00", one)))[ZHANG] == FULL


@pytest.mark.parametrize(("row", "form", "joined"), [
    ("机床绿色节能改造创新工作室", "绿色节能技术改进创新工作室", True), ("机床绿色节能改造创新工作室", "绿色节能改进新工艺创新工作室", False),
])  # fmt: skip
def test_a_lone_row_and_a_lone_form_are_one_studio_when_more_than_half_of_the_names_agree(row: str, form: str, joined: bool) -> None:
    union = Union(categories=("employee",))
    table = union.table("employee", studio=row, leader_name="赵一鸣", organisation="机械学院")
    other = union.form(0, studio=form, organisation="理学院", **{"leader.name": "钱二宁"})
    assert (len(states(assessed(letter("07-29 10:00", table, other)))) == 1) is joined


@pytest.mark.parametrize(
    ("name", "silent"), [("申报材料.zip", True), ("申报材料甲.zip", True), ("申报材料甲乙.zip", False), ("大连理工大学申报材料.zip", True)]
)
def test_a_name_tells_something_from_two_characters_on(name: str, silent: bool) -> None:
    assert tells_nothing(name, ("大连", "大连理工大学")) is silent


def test_an_essay_that_names_nobody_known_and_another_studio_is_not_the_only_studio_s() -> None:
    union = Union(categories=("employee",))
    other = file("材料.docx", narrative("数学建模竞赛指导创新工作室", "钱二宁"), text="钱二宁与团队")
    found = assessed(letter("07-29 10:00", union.table("employee"), union.form(0), other))
    assert states(found) == {ZHANG: ("received", "received", "received_unread")}
