"""Which rows and forms are one studio: a studio torn in two is asked for what it sent, two studios taken for one hide what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pytest

from intake.matrix.studios import identity_likeness, one_slip, row_text
from intake.submission import Material
from parsers.form import Form, Value
from tests.generator.people import make_head
from tests.generator.received import basic_info, file, letter, summary
from tests.unit.intake.matrix.desk import UNIT, Union, assessed

HEAD = make_head(Union().rng, UNIT)
ZHANG, LI, QIAN = "张建国", "李文博", "钱二宁"
MILLING, BOOKS = "数控加工创新工作室", "古籍修复创新工作室"
Identity = tuple[str, str]


def listed(*rows: Identity, category: str | None = "employee", **more: Any) -> Form:
    """A table with these studios and leaders."""
    return summary(category, HEAD, [{"studio": s, "leader_name": p, "organisation": "机械学院"} | more for s, p in rows])


def filled(studio: str, leader: str, **more: Any) -> Form:
    """A form of this studio and leader."""
    return basic_info({"studio": studio, "leader.name": leader, "category": "employee", "organisation": "机械学院"} | more)


def found(*letters: Sequence[Form]) -> list[tuple[str, str, int]]:
    """Name, leader and number of forms of every studio; each letter a sequence of forms in files of their own."""
    sent = [
        letter(f"07-2{n} 10:00", *(file(f"文件{n}-{i}.docx", form) for i, form in enumerate(forms))) for n, forms in enumerate(letters, 1)
    ]
    return [(s.name, s.leader, len(s.materials[Material.BASIC_INFO].versions)) for s in assessed(*sent).submission.studios]


@pytest.mark.parametrize(("cells", "text"), [
    ({"studio": Value("数控加工 创新工作室", "数控加工创新工作室")}, "数控加工创新工作室"), ({"studio": Value("看不清", None)}, "看不清"),
    ({"studio": Value("", None)}, ""), ({}, ""),
])  # fmt: skip
def test_a_cell_is_its_value_or_else_what_stands_there(cells: Mapping[str, Value], text: str) -> None:
    assert row_text(cells, "studio") == text


def test_a_blank_row_is_no_studio_and_a_name_or_a_leader_alone_is_one() -> None:
    assert found([listed(("", ""), (MILLING, ""), ("", QIAN))]) == [(MILLING, "", 0), (f"{QIAN}创新工作室", QIAN, 0)]


@pytest.mark.parametrize("told", [(BOOKS, ""), ("", QIAN)])
def test_a_form_with_members_whose_name_or_leader_is_blank_is_a_form_and_no_table_of_members(told: Identity) -> None:
    form = filled(*told, members=({"name": "孙三"},))
    assert [forms for _, _, forms in found([listed((MILLING, ZHANG)), form])] == [0, 1]


# --- how much speaks for one studio ---------------------------------------------------------------------------------------------------

STRONGEST_FIRST = [
    ("数控加工职工创新工作室", ZHANG), (MILLING, QIAN), ("张建国劳模创新工作室", ""), (BOOKS, ZHANG), ("数控加工技术创新工作室", ""),
]  # fmt: skip


def test_leader_and_name_tell_more_than_the_name_and_that_more_than_the_leader_whichever_document_is_read_first() -> None:
    told = [identity_likeness((MILLING, ZHANG), other, ()) for other in STRONGEST_FIRST]
    assert all(stronger > weaker > 0 for stronger, weaker in pairwise(told))
    assert told == [identity_likeness(other, (MILLING, ZHANG), ()) for other in STRONGEST_FIRST]


def test_the_very_name_tells_more_than_the_leader_with_nearly_the_name() -> None:
    name, misprinted = "高速列车转向架轴承故障诊断与检测", "高速列车转向架轴承故障诊断与监测"
    assert identity_likeness((name, ZHANG), (name, QIAN), ()) > identity_likeness((name, ZHANG), (misprinted, ZHANG), ())


def test_a_name_that_tells_nothing_does_not_part_a_leader_s_documents() -> None:
    assert identity_likeness(("", ZHANG), ("创新工作室", ZHANG), ()) == identity_likeness((MILLING, ZHANG), (MILLING, ZHANG), ())


@pytest.mark.parametrize(("one", "other", "alike"), [
    (("数控加工", ZHANG), ("数控加功", ""), True), (("数控加工", ""), ("数控加功", ZHANG), True), (("数控加工", ZHANG), ("数控加功", "张健国"), True),
    (("数控加工", ZHANG), ("数控加功", QIAN), False), (("数控加工", ZHANG), ("数控机床", ""), False), (("", ZHANG), ("", QIAN), False),
    (("数控加工", ""), ("", QIAN), False), (("", QIAN), ("数控加工", ""), False), (("", ""), ("", ""), False),
    (("大连理工大学数控加工", ZHANG), ("数控加工", QIAN), True), (("数控加工", ZHANG), ("大连理工大学数控加工", QIAN), True),
    (("创新工作室", ZHANG), ("职工创新工作室", QIAN), False),
])  # fmt: skip
def test_blanks_agree_with_nothing_and_a_misprint_needs_a_leader_who_may_be_the_same(one: Identity, other: Identity, alike: bool) -> None:
    assert (identity_likeness(one, other, (UNIT,)) > 0) is alike
    if not alike:
        assert identity_likeness(one, other, (UNIT,)) == 0


@pytest.mark.parametrize(("one", "other", "slip"), [
    (LI, "李文搏", True), ("许刚", "许强", True), (LI, LI, False), (LI, "李武搏", False), ("许刚", "许刚玲", False), ("刚", "强", False),
])  # fmt: skip
def test_one_wrong_character_is_a_slip_and_a_longer_name_another_person(one: str, other: str, slip: bool) -> None:
    assert one_slip(one, other) is slip


@pytest.mark.parametrize(("studio", "leader"), [(BOOKS, QIAN), ("航海创新工作室", "丁一")])
def test_a_form_between_two_rows_goes_to_the_one_that_bears_its_name(studio: str, leader: str) -> None:
    """Whichever of the names comes first in the alphabet."""
    assert found([listed((studio, ZHANG), (MILLING, leader)), filled(MILLING, ZHANG)]) == [(studio, ZHANG, 0), (MILLING, leader, 1)]


def test_what_a_name_and_what_a_leader_joins_is_one_studio() -> None:
    assert found([listed((MILLING, LI))], [filled(BOOKS, LI)], [filled(BOOKS, "王志轩")]) == [(MILLING, LI, 2)]


def test_rows_and_forms_misprinted_in_one_character_find_each_other() -> None:
    forms = [filled("数控加功创新工作室", ""), filled("古籍修夏创新工作室", "")]
    assert found([listed((MILLING, ZHANG), (BOOKS, QIAN)), *forms]) == [(MILLING, ZHANG, 1), (BOOKS, QIAN, 1)]


def test_documents_that_share_nothing_are_different_studios() -> None:
    assert len(found([filled(MILLING, ZHANG)], [filled(BOOKS, LI)], [filled("水产养殖创新工作室", QIAN)])) == 3


# --- two studios, whatever they share -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("other", "studios"), [
    ((MILLING, LI), 2), ((MILLING, "张建囯"), 2), ((BOOKS, ZHANG), 2), ((MILLING, ""), 1), (("", ZHANG), 1), (("/", ZHANG), 1),
    (("数控加工职工创新工作室", ZHANG), 1),
])  # fmt: skip
def test_two_rows_of_one_table_are_two_studios_when_both_say_who_or_what_and_say_it_differently(other: Identity, studios: int) -> None:
    assert len(found([listed((MILLING, ZHANG), other)])) == studios
    assert len(found([listed(other, (MILLING, ZHANG))])) == studios
    assert len(found([listed((MILLING, ZHANG))], [listed(other)])) == 1


def test_a_row_that_tells_only_the_leader_and_one_that_is_only_named_after_him_are_one_studio() -> None:
    assert len(found([listed(("张建国创新工作室", ""), ("", ZHANG))])) == 1


@pytest.mark.parametrize(("other", "studios"), [((MILLING, LI), 2), ((MILLING, "张建囯"), 1), ((BOOKS, ZHANG), 2), ((MILLING, ""), 1)])
def test_two_forms_of_one_letter_are_two_studios_when_they_name_quite_different_leaders(other: Identity, studios: int) -> None:
    assert len(found([filled(MILLING, ZHANG), filled(*other)])) == studios
    assert len(found([filled(MILLING, ZHANG)], [filled(*other)])) == 1
    assert len(found([listed((MILLING, ZHANG)), filled(*other)])) == 1


def test_leaders_of_whom_half_the_name_agrees_may_be_one_person_in_two_forms_of_a_letter() -> None:
    assert len(found([filled(MILLING, "许刚"), filled(MILLING, "许强")])) == 1


# --- what is left over ----------------------------------------------------------------------------------------------------------------

ROW = ("稀土永磁体创新工作室", ZHANG)


@pytest.mark.parametrize(("studio", "more", "joined"), [
    ("稀土永久性创新工作室", {"organisation": "理学院"}, True), ("稀土永久性创新工作室", {"category": "model_worker"}, True), ("稀土催化剂创新工作室", {"organisation": "理学院"}, False),
    ("稀土催化剂创新工作室", {}, True), ("稀土催化剂创新工作室", {"category": "model_worker"}, False), ("稀有元素学创新工作室", {}, False),
])  # fmt: skip
def test_a_lone_row_and_a_lone_form_meet_by_most_of_the_name_or_by_some_of_it_and_the_same_place(
    studio: str, more: Mapping[str, str], joined: bool
) -> None:
    assert len(found([listed(ROW), filled(studio, QIAN, **more)])) == (1 if joined else 2)


def test_a_whole_studio_beside_them_stays_itself_when_a_lone_row_and_form_meet() -> None:
    sent = [listed((BOOKS, LI), ROW), filled(BOOKS, LI), filled("稀土永久性创新工作室", QIAN)]
    assert found(sent) == [(BOOKS, LI, 1), (ROW[0], ZHANG, 1)]


def test_two_lone_rows_and_one_form_are_not_guessed_at() -> None:
    assert [forms for _, _, forms in found([listed((BOOKS, LI), ROW), filled("稀土永久性创新工作室", QIAN)])] == [0, 0, 1]
    assert [forms for _, _, forms in found([listed(ROW), filled("稀土永久性创新工作室", QIAN), filled(BOOKS, LI)])] == [0, 1, 1]


@pytest.mark.parametrize(("row", "form", "studios"), [
    ("employee", None, 1), (None, "model_worker", 1), ("employee", "employee", 1), ("employee", "model_worker", 2),
])  # fmt: skip
def test_leaders_one_character_apart_are_two_people_only_when_both_documents_tell_a_category(row: str, form: str, studios: int) -> None:
    table = listed(("数控加工创新工作室", "李文博"), category=row)
    assert len(found([table, filled("水产养殖创新工作室", "李文搏", category=form, organisation="理学院")])) == studios
