"""What staff and letters are told of each studio and each file: its name, place, category and state, whatever stood around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from intake.judging.assessment import assess
from intake.matrix.assembly import Around, institution_names
from intake.message import CloudFile
from intake.records import UnknownLetter
from intake.submission import Assessment, Claim, Decision, Material, Received, StudioSubmission
from parsers.form import BLANK_TEMPLATE, Form
from tests.generator.people import make_head
from tests.generator.received import File, basic_info, file, letter, moment, narrative, summary, supporting, unrecognised
from tests.unit.intake.matrix.desk import NOW, UNIT, Union, assessed, campaign, decision, row_of, states

R, U, M = "received", "received_unread", "missing"
HEAD = make_head(Union().rng, UNIT)
ZHANG, LI, QIAN = "张建国", "李文博", "钱二宁"
MILLING, BOOKS, FISH = "数控加工创新工作室", "古籍修复创新工作室", "水产养殖创新工作室"
LINK = CloudFile("材料.zip", "https://a.example/1", "qq")


def table(*rows: tuple[str, str], category: str | None = "employee", path: str = "汇总表.docx") -> File:
    return file(path, summary(category, HEAD, [{"studio": s, "leader_name": p} for s, p in rows]))


def form(studio: str, leader: str, path: str = "附件4.docx", category: str | None = "employee", **more: Any) -> File:
    return file(path, basic_info({"studio": studio, "leader.name": leader, "category": category} | more))


def studios(*letters: Sequence[File], decisions: Sequence[Decision] = ()) -> tuple[StudioSubmission, ...]:
    sent = [letter(f"07-2{n} 10:00", *files) for n, files in enumerate(letters, 1)]
    return assessed(*sent, decisions=decisions).submission.studios


def around(*letters: Received, **more: Any) -> Assessment:
    institution = campaign().institution(UNIT)
    assert institution is not None
    return assess(institution, letters, (), campaign(), NOW, Around(**more))


def test_names_of_one_character_stand_in_front_of_no_studio() -> None:
    institution = campaign().institution(UNIT)
    assert institution is not None
    assert institution_names(replace(institution, aliases=("工大", "大"), affiliates=("一院",))) == (UNIT, "工大", "一院")


# --- names, categories, order ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("letters", "name", "leader"), [
    ([[table(("数控加工劳模创新工作室", ZHANG)), form(MILLING, "张建囯")]], "数控加工劳模创新工作室", ZHANG),
    ([[form(MILLING, ZHANG)], [form(BOOKS, ZHANG)]], BOOKS, ZHANG), ([[form(MILLING, ZHANG)], [form(MILLING, "张建囯")]], MILLING, "张建囯"),
    ([[table(("", ZHANG)), form(MILLING, ZHANG)]], MILLING, ZHANG), ([[table((MILLING, "")), form(MILLING, ZHANG)]], MILLING, ZHANG),
    ([[form(MILLING, ZHANG)], [form(f" {MILLING} ", "", "附件4更正.docx")]], MILLING, ZHANG), ([[table(("", ZHANG))]], f"{ZHANG}创新工作室", ZHANG),
    ([[form(MILLING, "")]], MILLING, ""),
])  # fmt: skip
def test_a_studio_is_called_as_its_table_says_else_its_newest_form_else_the_first_that_named_it(
    letters: list[list[File]], name: str, leader: str
) -> None:
    (studio,) = studios(*letters)
    assert (studio.name, studio.leader) == (name, leader)


@pytest.mark.parametrize(
    ("sent", "key"),
    [(form(MILLING, "张建国（教授）"), "张建国|数控加工"), (form(MILLING, ""), "|数控加工"), (table(("", ZHANG)), "张建国|")],
)
def test_a_studio_keeps_its_key_over_the_letters(sent: File, key: str) -> None:
    assert [s.key for s in studios([sent])] == [key]


def test_a_studio_that_a_newer_table_dropped_keeps_its_name_and_category() -> None:
    kept, gone = studios([table((MILLING, ZHANG), (BOOKS, LI))], [table((MILLING, ZHANG), path="新.docx")])
    assert kept.summary_row is not None
    assert kept.summary_row["leader_name"].value == ZHANG
    assert (gone.name, gone.leader, gone.category, gone.superseded, gone.summary_row) == (BOOKS, LI, "employee", True, None)


@pytest.mark.parametrize(("letters", "category"), [
    ([[table((MILLING, ZHANG)), form(MILLING, ZHANG, category="model_worker")]], "model_worker"),
    ([[table((MILLING, ZHANG)), form(MILLING, ZHANG, category=None)]], "employee"),
    ([[form(MILLING, ZHANG, category="model_worker")], [form(MILLING, ZHANG, "新.docx", category=None)]], "model_worker"),
    ([[form(MILLING, ZHANG, category="model_worker")], [form(MILLING, ZHANG, "新.docx", category="employee")]], "employee"),
    ([[form("张建国劳模创新工作室", ZHANG, category=None)]], "model_worker"), ([[form(MILLING, ZHANG, category=None)]], None),
])  # fmt: skip
def test_a_studio_s_category_is_what_its_form_ticks_else_its_table_s_else_what_it_ticked_before_else_what_its_name_says(
    letters: list[list[File]], category: str | None
) -> None:
    assert [s.category for s in studios(*letters)] == [category]


def test_a_table_that_tells_no_category_is_of_none() -> None:
    assert [s.summary_categories for s in studios([table((MILLING, ZHANG), category=None)])] == [("",)]


def test_a_late_table_of_the_other_category_does_not_move_a_studio() -> None:
    other = letter("08-08 10:00", table((MILLING, ZHANG), category="model_worker", path="附件1.docx"))
    (studio,) = assessed(letter("07-29 10:00", table((MILLING, ZHANG))), other, now=moment("08-10 09:00")).submission.studios
    assert studio.category == "employee"


def test_studios_stand_by_category_and_as_the_tables_list_them_and_those_in_no_table_last() -> None:
    model, none = (
        (table((FISH, QIAN), category="model_worker", path="附件1.docx"),),
        form("航海创新工作室", "孙三", "丙.docx", category=None),
    )
    listed = table((MILLING, ZHANG), (BOOKS, LI))
    unlisted = form("机床创新工作室", "周五", "丁.docx")
    found = studios([none, unlisted, form(BOOKS, LI)], [listed], model)
    assert [s.leader for s in found] == [QIAN, ZHANG, LI, "周五", "孙三"]


def test_a_table_that_lists_a_studio_twice_is_one_version_of_its_row() -> None:
    (studio,) = studios([table((MILLING, ZHANG), (MILLING, ZHANG)), form(MILLING, ZHANG)])
    assert [len(studio.materials[m].versions) for m in (Material.SUMMARY_ROW, Material.BASIC_INFO)] == [1, 1]


def test_a_row_and_a_form_in_one_file_are_both_there() -> None:
    both = file("全部.docx", *table((MILLING, ZHANG)).forms, *form(MILLING, ZHANG).forms)
    assert [row_of(s) for s in studios([both])] == [(R, R, M)]


# --- what staff decided ---------------------------------------------------------------------------------------------------------------

TWO = table((MILLING, ZHANG), (BOOKS, LI))
SCAN = file("扫描.pdf", status="scanned")


def placed(sent: File, material: str = "basic_info", studio: str = "") -> Decision:
    return decision("material", sent.sha256, material=material, studio=studio)


@pytest.mark.parametrize(("rows", "name", "received"), [
    (TWO, BOOKS, {ZHANG: M, LI: R}), (TWO, f"{LI}创新工作室", {ZHANG: M, LI: R}), (TWO, "", {ZHANG: R, LI: R}), (TWO, FISH, {ZHANG: M, LI: M, "": R}),
    (table((f"{LI}创新工作室", ZHANG), (BOOKS, LI)), f"{LI}创新工作室", {ZHANG: R, LI: M}),
    (table((MILLING, ZHANG), (BOOKS, ZHANG)), BOOKS, {ZHANG: R}),
])  # fmt: skip
def test_a_file_that_staff_placed_is_with_the_studio_they_named(rows: File, name: str, received: Mapping[str, str]) -> None:
    found = studios([rows, SCAN], decisions=[placed(SCAN, studio=name)])
    assert {s.leader: s.materials[Material.BASIC_INFO].status for s in found} == received
    assert {s.materials[Material.BASIC_INFO].note for s in found if s.materials[Material.BASIC_INFO].status == R} == {"staff"}


def test_the_leader_of_two_studios_names_neither_and_a_material_nobody_knows_places_nothing() -> None:
    rows = table((MILLING, ZHANG), (BOOKS, ZHANG))
    found = studios([rows, SCAN], decisions=[placed(SCAN, studio=f"{ZHANG}创新工作室")])
    assert [(s.name, s.materials[Material.BASIC_INFO].status) for s in found] == [(MILLING, M), (BOOKS, M), (f"{ZHANG}创新工作室", R)]
    assert [row_of(s) for s in studios([rows, SCAN], decisions=[placed(SCAN, "证书")])] == [(R, M, M), (R, M, M)]


def test_a_readable_file_that_staff_placed_shows_the_form_of_that_material() -> None:
    both = file("全部.docx", narrative("", ""), *form(FISH, QIAN).forms)
    state = studios([TWO, both], decisions=[placed(both, studio=BOOKS)])[1].materials[Material.BASIC_INFO]
    assert state.current is not None
    assert state.current.form is not None
    assert (state.status, state.current.form.value("studio"), state.current.problem) == (R, FISH, "")
    scan = studios([TWO, SCAN], decisions=[placed(SCAN, studio=BOOKS)])[1].materials[Material.BASIC_INFO].current
    assert scan is not None
    assert (scan.form, scan.problem) == (None, "")


def test_paper_is_registered_waived_or_neither() -> None:
    def paper(*decisions: Decision) -> tuple[str, str]:
        state = studios([TWO], decisions=decisions)[0].materials[Material.PAPER]
        return state.status, state.note

    assert paper() == ("not_registered", "")
    assert paper(decision("waive", f"{MILLING}|paper")) == ("waived", "staff")
    assert paper(decision("waive", f"{BOOKS}|paper")) == ("not_registered", "")
    assert paper(decision("paper", copies=1)) == (R, "staff")


# --- what may be in letters that nobody has claimed or read ---------------------------------------------------------------------------

LISTED = letter("07-29 10:00", table((MILLING, ZHANG)))


@pytest.mark.parametrize(("unclaimed", "expected"), [
    (letter("07-30 10:00", form(BOOKS, LI)), (R, U, M)), (letter("07-30 10:00", file("正文.docx", narrative("", ""))), (R, M, U)),
    (letter("07-30 10:00", file("附件4.pdf", status="scanned")), (R, U, M)), (letter("07-30 10:00", cloud_files=(LINK,)), (R, U, U)),
    (letter("07-30 10:00", cloud_files=(replace(LINK, quoted=True),)), (R, M, M)), (letter("07-30 10:00", file("证书.docx", supporting())), (R, M, M)),
])  # fmt: skip
def test_what_an_unclaimed_letter_may_hold_is_not_called_missing(unclaimed: Received, expected: tuple[str, ...]) -> None:
    found = around(LISTED, unclaimed=(unclaimed,))
    assert list(states(found).values()) == [expected]
    kept = found.submission.studios[0].materials
    assert {(kept[m].note, kept[m].current) for m in kept if kept[m].status == U} <= {("unclaimed", None)}
    awaited = (
        {Material.SUMMARY_ROW, Material.BASIC_INFO, Material.NARRATIVE}
        if unclaimed.message.cloud_files and U in expected
        else {m for m in kept if kept[m].status == U}
    )
    assert set(found.submission.awaited) == awaited


@pytest.mark.parametrize(("more", "expected"), [
    ({"received_at": moment("07-30 10:00")}, U), ({"since": moment("07-30 10:00")}, U), ({}, M),
])  # fmt: skip
def test_a_letter_known_and_not_read_may_hold_everything_once_it_is_known_since_when(more: Mapping[str, Any], expected: str) -> None:
    unread = UnknownLetter(folder="INBOX", uidvalidity=1, uid=9, **more)
    found = around(LISTED, unread=(unread,))
    assert list(states(found).values()) == [(R, expected, expected)]
    kept = found.submission.studios[0].materials[Material.NARRATIVE]
    assert (kept.note, kept.current) == ("unclaimed" if expected == U else "", None)


def test_the_union_s_own_scan_is_shown_before_its_link_and_that_before_an_unclaimed_letter() -> None:
    scan, link = file("附件4.pdf", status="scanned"), letter("07-30 10:00", cloud_files=(LINK,))
    unclaimed = (letter("07-31 10:00", form(BOOKS, LI)),)
    own = letter("07-28 10:00", scan)
    notes = [
        around(*letters, unclaimed=unclaimed).submission.studios[0].materials[Material.BASIC_INFO].note
        for letters in ((LISTED,), (LISTED, link), (LISTED, link, own))
    ]
    assert notes == ["unclaimed", "cloud_link", "may_be"]


def test_the_submission_tells_its_own_claims_hospitals_and_explanations_only() -> None:
    other = letter("07-30 10:00", form(BOOKS, LI))
    explains = letter("07-30 11:00", intents=("explanation",))
    asks = letter("07-30 12:00", intents=("question",), subject="问")
    files_too = letter("07-30 13:00", file("证书.docx", supporting()), intents=("explanation",))
    own, hospital = Claim(UNIT), Claim(UNIT, affiliate="附属第一医院")
    claims = {LISTED.sha256: own, explains.sha256: hospital, asks.sha256: hospital, other.sha256: Claim("东北大学", affiliate="别的医院")}
    found = around(LISTED, explains, asks, files_too, claims=claims).submission
    assert (found.claims, found.affiliates) == ({k: v for k, v in claims.items() if k != other.sha256}, ("附属第一医院",))
    assert found.explanations == (explains.sha256,)


# --- every file ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sent", "status", "problem"), [
    (file("证书.docx", supporting()), R, ""), (file("说明.txt", unrecognised(), text="报" * 119), R, ""),
    (file("说明.txt", unrecognised(), text="报" * 120), U, "unrecognised"), (file("附件4说明.txt", unrecognised(), text="报" * 60), U, "unrecognised"),
    (file("获奖证书.jpg", problem="corrupt"), U, "corrupt"), (file("获奖证书.jpg", status="scanned"), U, "scanned"),
    (file("一.docx", narrative("", "")), U, "unrecognised"), (file("成员.xlsx", basic_info({"members": ({"name": "孙三"},)})), U, "unrecognised"),
])  # fmt: skip
def test_a_file_of_no_studio_is_kept_with_why_a_person_must_look(sent: File, status: str, problem: str) -> None:
    kept = assessed(letter("07-29 10:00", TWO, sent)).submission.unplaced
    assert [(v.file, v.status, v.problem) for v in kept] == [(sent.path[-1], status, problem)]
    known = [f for f in sent.forms if f.kind != "unrecognised"]
    assert [v.form for v in kept if v.form] == known


def test_tables_blank_forms_and_what_found_its_studio_are_not_told_as_left_over() -> None:
    blank, annex = file("空表.docx", Form(kind=BLANK_TEMPLATE)), file(f"{ZHANG}骨干成员名单.pdf", status="scanned")
    found = assessed(letter("07-29 10:00", TWO, form(MILLING, ZHANG), blank, annex)).submission
    assert (found.unplaced, [v.file for v in found.blank_templates], found.unread) == ((), ["空表.docx"], ())


# --- when -----------------------------------------------------------------------------------------------------------------------------


def test_only_letters_that_brought_something_tell_when_things_came() -> None:
    linked, quoted = letter("07-30 10:00", cloud_files=(LINK,)), letter("07-31 10:00", cloud_files=(replace(LINK, quoted=True),))
    asks = letter("07-28 10:00", intents=("question",))
    found = assessed(asks, LISTED, linked, quoted).submission
    assert (found.first_received_at, found.last_received_at) == (LISTED.received_at, linked.received_at)


def test_what_came_at_the_deadline_needed_no_acceptance_and_a_question_brought_nothing_to_accept() -> None:
    at, after, asks = letter("08-05 23:59:59", TWO), letter("08-08 10:00", SCAN), letter("08-08 11:00", intents=("question",))
    near = letter("08-06 00:05", form(MILLING, ZHANG))
    said = [decision("accept_late")]
    found = assessed(at, near, after, asks, now=moment("08-10 09:00")).submission
    assert (found.late_letters, found.borderline_letters, found.accepted_late) == ((after.sha256,), (near.sha256,), ())
    accepted = assessed(at, near, after, asks, now=moment("08-10 09:00"), decisions=said).submission
    assert (accepted.late_letters, accepted.borderline_letters, accepted.accepted_late) == ((), (), (near.sha256, after.sha256))


def test_a_link_in_a_late_letter_is_late() -> None:
    late = letter("08-08 10:00", cloud_files=(LINK,))
    current = assessed(LISTED, late, now=moment("08-10 09:00")).submission.studios[0].materials[Material.NARRATIVE].current
    assert current is not None
    assert current.late
