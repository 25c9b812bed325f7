"""Which unread files a person must still look at: one too few and a studio's paper is lost, one too many and the union is never whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from importlib import import_module

import pytest

from intake.matrix.floating import file_stem, name_to_category
from intake.matrix.placing import Draft
from intake.message import CloudFile
from intake.submission import Assessment, Material
from tests.generator.received import File, file, letter, narrative, supporting, unrecognised
from tests.unit.intake.matrix.desk import FULL, Union, assessed, states

ONE = Union(categories=("employee",))
WHOLE = ONE.everything()
THREE = Union(categories=("employee", "employee", "employee"))
R, U, M = "received", "received_unread", "missing"


def waiting(*letters: Sequence[File]) -> list[str]:
    """The files that still wait for a person."""
    sent = [letter(f"07-2{n} 10:00", *files) for n, files in enumerate(letters, 1)]
    return [v.file for v in assessed(*sent).submission.unread]


def broken(name: str) -> File:
    """A file that does not open."""
    return file(name, problem="corrupt")


def scan(name: str) -> File:
    """A picture nobody has read."""
    return file(name, status="scanned", seed=name)


# --- whose it is ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "expected"), [
    ("附件4-李文博.pdf", [(R, M, M), (R, U, M), (R, M, M)]), ("李文博/附件4-张建国.pdf", [(R, U, M), (R, M, M), (R, M, M)]),
    ("附件4-张建国与李文博.pdf", [(R, U, M), (R, U, M), (R, M, M)]), ("附件3、4-李文博.pdf", [(R, M, M), (R, U, U), (R, M, M)]),
    ("附件4.pdf", [(R, U, M), (R, U, M), (R, U, M)]),
])  # fmt: skip
def test_a_name_says_whose_a_scan_is_and_no_other_studio_waits_for_it(name: str, expected: list[tuple[str, ...]]) -> None:
    assert list(states(assessed(letter("07-29 10:00", THREE.table("employee"), scan(name)))).values()) == expected


def test_a_scan_of_a_leader_s_one_form_is_shown_with_his_studio_and_a_scanned_table_is_everybody_s() -> None:
    studios = assessed(letter("07-29 10:00", THREE.table("employee"), scan("附件4-李文博.pdf"))).submission.studios
    assert [len(s.materials[Material.BASIC_INFO].versions) for s in studios] == [0, 1, 0]
    assert [s.materials[Material.BASIC_INFO].note for s in studios] == ["", "", ""]
    forms = [THREE.form(i) for i in range(3)]
    assert [row for row, _, _ in states(assessed(letter("07-29 10:00", *forms, scan("李文博推荐汇总表.jpg")))).values()] == [U, U, U]


@pytest.mark.parametrize(("sent", "open_still"), [
    (broken("附件4.docx"), False), (broken("附件4张建国.docx"), False), (broken("附件4王志轩.docx"), True), (broken("星海创新工作室附件4.docx"), True),
    (broken("星海创新工作室材料.zip"), True), (broken("王志轩材料.zip"), False), (file("附件4王志轩.docx", unrecognised(), text="说明" * 40), False),
])  # fmt: skip
def test_what_names_somebody_nobody_knows_waits_though_everything_known_came_after_it(sent: File, open_still: bool) -> None:
    assert bool(waiting([sent], WHOLE)) is open_still


WORDS = {"附件1": "model_worker", "劳模": "model_worker", "附件2": "employee", "职工": "employee"}


@pytest.mark.parametrize(("name", "category"), [
    ("附件1汇总表.pdf", "model_worker"), ("附件 1 劳模汇总表.pdf", "model_worker"), ("附件1、附件2汇总表.pdf", None), ("汇总表.pdf", None),
])  # fmt: skip
def test_a_table_is_of_the_category_its_name_tells_and_of_none_when_it_tells_two(name: str, category: str | None) -> None:
    assert name_to_category(name, WORDS) == category


@pytest.mark.parametrize(
    ("name", "open_still"), [("附件1汇总表.docx", True), ("附件2汇总表.docx", False), ("汇总表.docx", False), ("劳模申报材料.docx", False)]
)
def test_a_table_of_the_other_category_waits_though_every_row_is_there(name: str, open_still: bool) -> None:
    assert bool(waiting([broken(name)], WHOLE)) is open_still


# --- studios that only names tell -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("names", "studios"), [
    (["张三创新工作室附件4.pdf", "张三创新工作室申报材料.pdf"], ["张三创新工作室"]), (["张三创新工作室/获奖证书.jpg"], []), (["水劳模创新工作室附件4.pdf"], []),
    (["量" * 20 + "创新工作室.pdf"], ["量" * 20 + "创新工作室"]), (["量" * 21 + "创新工作室.pdf"], []),
])  # fmt: skip
def test_scans_alone_make_the_studios_they_name_and_neither_a_certificate_nor_a_sentence_does(names: list[str], studios: list[str]) -> None:
    assert [s.name for s in assessed(letter("07-29 10:00", *map(scan, names))).submission.studios] == studios


# --- sent again -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("one", "other", "same"), [
    ("张三案例（最终版）.docx", "张三案例.docx", True), ("张三案例(1).docx", "张三案例.pdf", True), ("张三案例最终版2.docx", "张三案例.docx", True),
    ("张三v2.docx", "张三.docx", True), ("甲2.docx", "甲.docx", False), ("张三案例.docx", "李四案例.docx", False),
])  # fmt: skip
def test_a_file_sent_again_is_known_by_its_name_without_copy_marks(one: str, other: str, same: bool) -> None:
    assert (file_stem(one) == file_stem(other)) is same


KNOWN, ODD = supporting(), unrecognised()


@pytest.mark.parametrize(("first", "again", "open_still"), [
    ("张建国案例.docx", file("张建国案例.docx", KNOWN), False), ("张建国案例.docx", file("包.zip/张建国案例.docx", KNOWN), False),
    ("张建国案例.docx", file("李文博案例.docx", KNOWN), True), ("张建国案例.docx", file("张建国案例.docx", ODD, text="无"), True),
    ("申报材料.docx", file("申报材料.docx", KNOWN), True), ("张建国案例.zip", file("张建国案例.zip/照片.docx", KNOWN), False),
    ("张建国案例.zip", file("张建国案例.docx", KNOWN), True), ("张建国案例.docx", file("张建国案例.zip/照片.docx", KNOWN), True),
    ("张建国案例.docx", file("张建国案例/照片.docx", KNOWN), True),
])  # fmt: skip
def test_a_damaged_file_is_settled_by_the_same_file_in_a_later_letter(first: str, again: File, open_still: bool) -> None:
    assert (broken(first).path[-1] in waiting([*WHOLE, broken(first)], [again])) is open_still
    assert broken(first).path[-1] in waiting([*WHOLE, broken(first), again])


# --- needless -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("letters", "files"), [
    ([[broken("附件4.docx")], WHOLE], []), ([[*WHOLE, broken("附件4.docx")]], ["附件4.docx"]), ([[broken("附件4.docx")], WHOLE[:1]], ["附件4.docx"]),
    ([[*WHOLE, broken("附件4.docx")], [scan("附件4-张建国.pdf")]], ["附件4.docx"]), ([[*WHOLE, scan("获奖证书.jpg")]], []),
    ([[*WHOLE, broken("获奖证书.jpg")]], ["获奖证书.jpg"]), ([[file("附件4.docx", ODD, text="说明" * 40)]], ["附件4.docx"]),
    ([[*WHOLE, file("附件4.docx", ODD, text="说明" * 40)]], []),
])  # fmt: skip
def test_what_does_not_open_waits_until_all_it_may_be_came_later_and_readable(letters: list[list[File]], files: list[str]) -> None:
    assert waiting(*letters) == files


def test_an_essay_of_an_unknown_studio_waits_though_the_only_known_one_is_whole() -> None:
    other = file("正文.docx", narrative("星海航运创新工作室", "钱二宁"), text="钱二宁带领")
    assert waiting([*WHOLE, other]) == ["正文.docx"]


# --- links ----------------------------------------------------------------------------------------------------------------------------


def linked(*links: CloudFile) -> Assessment:
    return assessed(letter("07-29 10:00", ONE.table("employee"), cloud_files=links))


def test_a_link_may_be_what_its_name_tells_and_without_a_name_everything() -> None:
    assert list(states(linked(CloudFile("附件4.docx", "https://a.example/1", "qq"))).values()) == [(R, U, M)]
    assert list(states(linked(CloudFile("", "https://a.example/1", "qq"))).values()) == [(R, U, U)]


def test_a_link_is_shown_once_with_its_size_and_a_second_link_beside_it() -> None:
    links = CloudFile("材料.zip", "https://a.example/1", "qq", size=70_000), CloudFile("材料.zip", "https://a.example/2", "qq")
    found = linked(links[0], links[0], links[1]).submission
    assert [cloud.url for _, cloud in found.cloud_files] == ["https://a.example/1", "https://a.example/2"]
    version = found.studios[0].materials[Material.BASIC_INFO].current
    assert version is not None
    assert (version.size, version.number, version.late) == (70_000, 1, False)
    second = linked(links[1]).submission.studios[0].materials[Material.BASIC_INFO].current
    assert second is not None
    assert second.size == 0


def test_links_without_an_address_are_told_apart_by_their_names() -> None:
    assert (
        len(linked(CloudFile("甲.zip", "", "qq"), CloudFile("乙.zip", "", "qq"), CloudFile("甲.zip", "", "qq")).submission.cloud_files) == 2
    )


def test_a_link_in_a_late_letter_is_late_and_one_after_everything_readable_is_told() -> None:
    link = CloudFile("材料.zip", "https://a.example/1", "qq")
    found = assessed(letter("07-29 10:00", *WHOLE), letter("07-30 10:00", cloud_files=(link,)))
    assert (list(states(found).values()), found.complete, len(found.submission.cloud_files)) == ([FULL], False, 1)
    later = assessed(letter("07-29 10:00", cloud_files=(link,)), letter("07-30 10:00", *WHOLE))
    assert (later.complete, later.submission.cloud_files) == (True, ())


# --- records --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", ["assembly", "floating", "placing", "studios"])
def test_a_record_of_the_matrix_takes_no_misspelled_field_and_is_not_changed_once_made(module: str) -> None:
    """A Draft alone grows; all else is seen by several steps at once."""
    room = import_module(f"intake.matrix.{module}")
    records = [r for r in vars(room).values() if is_dataclass(r) and isinstance(r, type) and r.__module__ == room.__name__]
    assert records
    for record in records:
        assert set(record.__slots__) == {f.name for f in fields(record)}  # type: ignore[attr-defined]
        assert record is Draft or record.__dataclass_params__.frozen  # type: ignore[attr-defined]
