"""Scans beside whole files: the stamped copy asks nobody, the nameless one may be another studio's and waits for a person."""

from __future__ import annotations

import pytest

from intake.contract import assessment_to_contract
from intake.submission import Assessment
from tests.generator.received import File, file, letter
from tests.unit.intake.matrix.desk import FULL, Union, assessed, codes, decision, states


def scan(name: str, status: str = "scanned") -> File:
    """A picture of a form, as it is sent."""
    return file(name, status=status, seed=name)


def beside(*scans: File) -> Assessment:
    """One studio's whole submission in Word, with these scans in the same letter."""
    return assessed(letter("07-29 10:00", *Union(categories=("employee",)).everything(), *scans))


@pytest.mark.parametrize("name", [
    "IMG_270.jpg", "扫描件51.pdf", "微信图片_20220801.png", "材料.zip/IMG_270.jpg", "王志轩.pdf", "基本情况表-王志轩（盖章）.pdf", "附件4.pdf",
    "汇总表.jpg",
])  # fmt: skip
def test_a_scan_that_names_no_known_studio_waits_for_a_person(name: str) -> None:
    found = beside(scan(name))
    assert not found.complete
    assert [v.file for v in found.submission.unread] == [name.rsplit("/", 1)[-1]]
    assert list(states(found).values()) == [FULL]
    assert codes(found, severity="missing") == []


@pytest.mark.parametrize("name", [
    "附件4基本情况表-张建国.pdf", "张建国（盖章）.jpg", "张建国/IMG_270.jpg", "附件4（盖章）.pdf", "附件4扫描件.pdf", "附件2汇总表（盖章）.pdf", "汇总表盖章.jpg",
    "盖章扫描件.pdf", "附件2汇总表.pdf", "获奖证书.jpg", "佐证材料.zip/IMG_270.jpg",
])  # fmt: skip
def test_a_scan_that_repeats_a_form_in_hand_asks_nobody(name: str) -> None:
    found = beside(scan(name))
    assert (found.complete, found.submission.unread) == (True, ())


def test_a_print_beside_its_word_file_is_a_copy_and_the_same_name_in_another_letter_is_not() -> None:
    union = Union(categories=("employee",))
    files = [union.table("employee"), union.form(0, "附件4.docx"), union.story(0)]
    assert assessed(letter("07-29 10:00", *files, scan("附件4.pdf"))).complete
    assert not assessed(letter("07-29 10:00", *files), letter("07-30 10:00", scan("附件4.pdf"))).complete


def test_more_stamped_copies_than_forms_cannot_all_be_copies() -> None:
    assert beside(scan("附件4（盖章）.pdf")).complete
    assert not beside(scan("附件4（盖章）.pdf"), scan("附件4（盖章）2.pdf")).complete


def test_a_stamped_scan_without_a_word_of_its_form_counts_only_beside_the_forms() -> None:
    union = Union(categories=("employee",))
    apart = assessed(letter("07-29 10:00", *union.everything()), letter("07-30 10:00", scan("盖章扫描件.pdf")))
    assert not apart.complete


def test_staff_who_set_the_nameless_scan_aside_make_the_union_complete() -> None:
    union, photo = Union(categories=("employee",)), scan("IMG_270.jpg", "image")
    sent = letter("07-29 10:00", *union.everything(), photo)
    assert not assessed(sent).complete
    assert assessed(sent, decisions=[decision("exclude_file", photo.sha256)]).complete


def test_staff_who_place_the_nameless_scan_with_another_studio_show_what_that_studio_lacks() -> None:
    union, photo = Union(categories=("employee",)), scan("IMG_270.jpg", "image")
    placed = decision("material", photo.sha256, material="basic_info", studio="王志轩劳模创新工作室")
    found = assessed(letter("07-29 10:00", *union.everything(), photo), decisions=[placed])
    assert not found.complete
    assert sorted(states(found).values()) == [("missing", "received", "missing"), FULL]


def test_staff_who_place_the_nameless_scan_with_the_known_studio_make_the_union_complete() -> None:
    union, photo = Union(categories=("employee",)), scan("IMG_270.jpg", "image")
    placed = decision("material", photo.sha256, material="basic_info", studio=union.studios[0]["studio"])
    assert assessed(letter("07-29 10:00", *union.everything(), photo), decisions=[placed]).complete


@pytest.mark.parametrize(("sent", "unread"), [
    (scan("扫描件.pdf"), {"summary_row", "basic_info", "narrative"}), (scan("附件4.jpg", "image"), {"basic_info"}),
    (file("申报材料.zip", problem="encrypted"), {"summary_row", "basic_info", "narrative"}),
])  # fmt: skip
def test_nothing_but_an_unread_file_is_told_as_kept_for_all_that_it_may_be(sent: File, unread: set[str]) -> None:
    told = assessment_to_contract(assessed(letter("07-29 10:00", sent)))
    (studio,) = told["studios"]
    assert {m for m, status in studio["materials"].items() if status == "received_unread"} == unread
    assert not told["complete"]


def test_nothing_but_a_certificate_names_no_studio() -> None:
    assert assessment_to_contract(assessed(letter("07-29 10:00", scan("获奖证书.jpg"))))["studios"] == []
