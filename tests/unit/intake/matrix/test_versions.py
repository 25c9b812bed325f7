"""Which version stands: arrival, then the mailbox's order, then the claimed time; in one letter what names and places say; never chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from intake.judging.assessment import assess
from intake.matrix.assembly import Around
from intake.submission import Assessment, Claim, Evidence, Material, Received, Version
from tests.generator.received import File, letter, moment
from tests.unit.intake.matrix.desk import NOW, UNIT, Union, assessed, campaign, codes, decision

UNION = Union(categories=("employee",))
REST = (UNION.table("employee"), UNION.story(0))


def form(name: str, results: int, **more: Any) -> File:
    return UNION.form(0, name, **{"innovation.results": results}, **more)


def stands(found: Assessment) -> Version:
    current = found.submission.studios[0].materials[Material.BASIC_INFO].current
    assert current is not None
    return current


def results(found: Assessment) -> int:
    form = stands(found).form
    assert form is not None
    return int(form.value("innovation.results"))


# --- one letter ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weak", "strong"),
    [
        ("附件4（初稿）.docx", "附件4（定稿）.docx"), ("附件4.docx", "附件4终稿.docx"), ("附件4.docx", "附件4（更正）.docx"), ("附件4旧版.docx", "附件4.docx"),
        ("附件4v1.docx", "附件4v2.docx"), ("附件4第1稿.docx", "附件4第2稿.docx"), ("旧信.eml/附件4.docx", "附件4.docx"), ("附件4.pdf", "附件4.docx"),
    ],
)  # fmt: skip
def test_in_one_letter_the_file_that_says_it_is_final_stands_whatever_the_order_of_the_parts(weak: str, strong: str) -> None:
    for files in permutations((form(weak, 17), form(strong, 21), *REST)):
        found = assessed(letter("07-29 10:00", *files))
        assert results(found) == 21
        asked = [f for f in found.findings if f.code == "X12"]
        assert len(asked) == 1
        assert "创新成果 21→17" in asked[0].message


def test_two_silent_files_of_one_letter_are_put_to_staff_and_the_answer_does_not_depend_on_their_order() -> None:
    answers = set()
    for files in permutations((form("附件4-1号机.docx", 17), form("附件4-2号机.docx", 21), *REST)):
        found = assessed(letter("07-29 10:00", *files))
        answers.add((results(found), *(f.message for f in found.findings if f.code == "X12")))
        assert stands(found).unsettled == "one_letter"
    assert len(answers) == 1


def test_a_print_beside_the_word_file_asks_nobody() -> None:
    found = assessed(letter("07-29 10:00", form("附件4.docx", 17), replace(form("附件4.pdf", 17), seed="print"), *REST))
    assert "X12" not in codes(found)
    assert stands(found).file == "附件4.docx"


def test_staff_choose_once_and_are_not_asked_again() -> None:
    one, other = form("附件4-甲.docx", 17), form("附件4-乙.docx", 21)
    for chosen, value in ((one, 17), (other, 21)):
        found = assessed(letter("07-29 10:00", one, other, *REST), decisions=[decision("version", chosen.sha256)])
        assert (results(found), "X12" in codes(found)) == (value, False)


# --- several letters ----------------------------------------------------------------------------------------------------------------


def at_one_second(first: dict[str, Any], second: dict[str, Any]) -> Assessment:
    letters = []
    for number, more in enumerate((first, second)):
        position = more.pop("position", 0)
        made = letter("07-29 10:00", form("附件4.docx", (17, 21)[number]), *(() if number else REST), subject=f"第{number}封", **more)
        letters.append(replace(made, position=position))
    return assessed(*reversed(letters))


def test_of_one_second_the_mailbox_s_order_decides() -> None:
    assert results(at_one_second({"position": 7}, {"position": 8})) == 21
    assert results(at_one_second({"position": 8}, {"position": 7})) == 17
    assert "X12" not in codes(at_one_second({"position": 7}, {"position": 8}))


def test_of_one_second_without_a_place_the_claimed_time_decides() -> None:
    earlier, later = {"date": moment("07-29 09:50")}, {"date": moment("07-29 09:58")}
    assert results(at_one_second(dict(earlier), dict(later))) == 21
    assert results(at_one_second(dict(later), dict(earlier))) == 17


def test_of_one_second_without_any_evidence_staff_are_asked() -> None:
    assert "X12" in codes(at_one_second({}, {}))


Story = Callable[[], Assessment]


def correction(when: str = "07-30 10:00", name: str = "附件4.docx", first: str = "附件4.docx", **more: Any) -> Assessment:
    return assessed(letter("07-29 10:00", form(first, 17), *REST), letter(when, form(name, 21), **more))


def test_a_later_letter_corrects_an_earlier_one_and_asks_nobody() -> None:
    found = correction()
    assert (results(found), "X12" in codes(found)) == (21, False)


def test_arrival_stands_against_the_claimed_date_and_staff_see_both_values() -> None:
    found = correction(date=moment("07-28 10:00"))
    assert results(found) == 21
    assert ["创新成果 21→17" in f.message for f in found.findings if f.code == "X12"] == [True]


def test_a_clock_that_runs_ahead_of_its_own_arrival_proves_nothing() -> None:
    first = letter("07-29 10:00", form("附件4.docx", 17), *REST, date=moment("08-02 10:00"))
    found = assessed(first, letter("07-30 10:00", form("附件4.docx", 21)))
    assert (results(found), "X12" in codes(found)) == (21, False)


def test_a_draft_after_the_final_is_put_to_staff() -> None:
    found = correction(name="附件4（初稿）.docx", first="附件4（定稿）.docx")
    assert (results(found), stands(found).unsettled) == (21, "draft_after_final")


def test_a_file_in_a_letter_passed_on_is_put_to_staff_when_it_differs_from_what_was_attached_before() -> None:
    found = correction(name="去年的信.eml/附件4.docx")
    assert (results(found), stands(found).unsettled) == (21, "passed_on")


# --- senders who proved nothing -----------------------------------------------------------------------------------------------------

STRANGER = Claim(UNIT, codes=("M15",), evidence=Evidence(()))
KNOWN = Claim(UNIT, evidence=Evidence(("domain",)))
FORGED = Claim(UNIT, evidence=Evidence((), "fail"))


def by(*told: tuple[Received, Claim], **more: Any) -> Assessment:
    institution = campaign().institution(UNIT)
    assert institution is not None
    claims = {r.sha256: claim for r, claim in told}
    return assess(institution, [r for r, _ in told], more.get("decisions", ()), campaign(), NOW, Around(claims))


def home(*files: File, when: str = "07-29 10:00") -> Received:
    return letter(when, *files, sender="gh@dlut.edu.cn")


def private(*files: File, when: str = "07-30 10:00", sender: str = "u1@qq.com") -> Received:
    return letter(when, *files, sender=sender)


def test_a_stranger_s_form_stands_beside_the_one_in_force_until_staff_choose() -> None:
    attack = form("附件4.docx", 1)
    found = by((home(form("附件4.docx", 17), *REST), KNOWN), (private(attack), STRANGER))
    assert (results(found), found.complete) == (17, True)
    assert ["创新成果 17→1" in f.message and f.audience == "staff" for f in found.findings if f.code == "X13"] == [True]
    chosen = by((home(form("附件4.docx", 17), *REST), KNOWN), (private(attack), STRANGER), decisions=[decision("version", attack.sha256)])
    assert (results(chosen), "X13" in codes(chosen)) == (1, False)


def test_a_stranger_s_table_neither_changes_nor_drops_what_the_union_s_table_lists() -> None:
    union = Union(categories=("employee", "employee"))
    attack = union.table("employee", path="附件2以本次为准.docx", only=[0], conversions=99)
    found = by((home(*union.everything()), KNOWN), (private(attack), STRANGER))
    assert [s.superseded for s in found.submission.studios] == [False, False]
    row = found.submission.studios[0].summary_row
    assert row is not None
    assert row["conversions"].value != 99
    assert "X13" in codes(found)


def test_a_stranger_s_file_fills_a_gap() -> None:
    found = by((home(*REST), KNOWN), (private(form("附件4.docx", 21)), STRANGER))
    assert (results(found), found.complete) == (21, True)


def test_the_mailbox_that_brought_a_form_may_correct_it_unless_the_sender_is_forged() -> None:
    first = (private(form("附件4.docx", 17), *REST, when="07-29 10:00"), STRANGER)
    assert results(by(first, (private(form("附件4.docx", 21)), STRANGER))) == 21
    assert results(by(first, (private(form("附件4.docx", 21), sender="u2@163.com"), STRANGER))) == 17
    assert results(by(first, (private(form("附件4.docx", 21)), FORGED))) == 17


def test_who_proved_himself_replaces_what_a_stranger_brought() -> None:
    found = by(
        (private(form("附件4.docx", 17), *REST, when="07-29 10:00"), STRANGER), (home(form("附件4.docx", 21), when="07-30 10:00"), KNOWN)
    )
    assert (results(found), "X13" in codes(found)) == (21, False)


# --- scans --------------------------------------------------------------------------------------------------------------------------


def scanned(made: File, name: str) -> File:
    """The same form as it was read off a stamped scan."""
    return replace(made, path=(name,), seed="scan", ocr=True)


@pytest.mark.parametrize("letters", [("07-29 10:00", "07-30 10:00"), ("07-30 10:00", "07-29 10:00")], ids=["Word first", "scan first"])
def test_a_scan_in_another_letter_is_a_copy_of_the_word_file_whichever_came_first(letters: tuple[str, str]) -> None:
    """盖章件: nothing is replaced, nobody is asked, and the matrix is that of the Word files alone."""
    typed, copied = letters
    copies = (scanned(form("a", 17), "附件4（盖章）.jpg"), scanned(REST[0], "附件2（盖章）.pdf"), scanned(REST[1], "申报材料（盖章）.pdf"))
    alone = assessed(letter(typed, form("附件4.docx", 17), *REST))
    found = assessed(letter(typed, form("附件4.docx", 17), *REST), letter(copied, *copies, subject="盖章件"))
    assert (stands(found).file, stands(found).unsettled) == ("附件4.docx", "")
    assert found.complete == alone.complete
    assert codes(found) == codes(alone)
    states = [{m: (s.status, s.current.file if s.current else "") for m, s in f.submission.studios[0].materials.items()} for f in (found, alone)]
    assert states[0] == states[1]
    assert len(found.submission.studios) == 1


def test_a_later_scan_that_says_otherwise_replaces_nothing_and_is_put_to_staff() -> None:
    found = assessed(letter("07-29 10:00", form("附件4.docx", 17), *REST), letter("07-30 10:00", scanned(form("b", 21), "附件4盖章.pdf"), subject="盖章件"))
    assert (results(found), stands(found).unsettled) == (17, "later_scan")
    assert "创新成果 17→21" in next(f.message for f in found.findings if f.code == "X12")


def test_what_is_doubtful_on_a_scan_says_nothing_against_the_word_file() -> None:
    read = scanned(form("b", 21), "附件4盖章.pdf")
    doubtful = replace(read, forms=(replace(read.forms[0], doubtful=("innovation.results",)),))
    found = assessed(letter("07-29 10:00", form("附件4.docx", 17), *REST), letter("07-30 10:00", doubtful, subject="盖章件"))
    assert (results(found), stands(found).unsettled, "X12" in codes(found)) == (17, "", False)


def test_a_later_scan_replaces_an_earlier_scan() -> None:
    """A corrected paper that was scanned again is the newer one, as any other file."""
    first, second = scanned(form("a", 17), "附件4.jpg"), scanned(form("b", 21), "附件4新.jpg")
    assert results(assessed(letter("07-29 10:00", first, *REST), letter("07-30 10:00", second, subject="更正"))) == 21


def test_a_later_scan_of_the_summary_table_leaves_the_typed_row_in_force() -> None:
    other = scanned(UNION.table("employee", conversions=99), "附件2盖章.jpg")
    found = assessed(letter("07-29 10:00", form("附件4.docx", 17), *REST), letter("07-30 10:00", other, subject="盖章件"))
    row = found.submission.studios[0].summary_row
    assert row is not None
    assert row["conversions"].value != 99


def test_a_later_scan_on_which_a_row_was_not_recognised_drops_no_studio() -> None:
    """A typed table that leaves one out does; what is not on the picture is not taken back."""
    two = Union(categories=("employee", "employee"))
    both, one = two.table("employee"), two.table("employee", only=(0,))
    first = letter("07-29 10:00", both, two.form(0), two.form(1), two.story(0), two.story(1))
    for later, superseded in ((scanned(one, "附件2盖章.jpg"), [False, False]), (replace(one, seed="typed"), [False, True])):
        found = assessed(first, letter("07-30 10:00", later, subject="附件2"))
        assert [s.superseded for s in found.submission.studios] == superseded
