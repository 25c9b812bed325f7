"""The reasons by which one arrival stands before another, each with just enough and just not enough: a wrong one and staff check an old form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from intake.submission import Assessment, Material, Received, Version
from parsers.form import Value
from parsers.forms.narrative import text_to_fingerprint
from tests.generator.received import File, file, letter, moment, narrative, unrecognised
from tests.unit.intake.matrix.desk import Union, assessed, codes, decision
from tests.unit.intake.matrix.test_essays import prose
from tests.unit.intake.matrix.test_versions import FORGED, KNOWN, STRANGER, by, home, private

UNION = Union(categories=("employee",))
TABLE, STORY = UNION.table("employee"), UNION.story(0)
LEADER = UNION.studios[0]["leader.name"]


def form(name: str, results: int | None, **more: Any) -> File:
    return UNION.form(0, name, **{"innovation.results": results}, **more)


def essay(name: str, text: str) -> File:
    made = narrative(UNION.studios[0]["studio"], LEADER, len(text))
    return file(name, replace(made, facts={**made.facts, "fingerprint": text_to_fingerprint(text)}), seed=name)


def versions(found: Assessment, material: Material = Material.BASIC_INFO) -> tuple[Version, ...]:
    return found.submission.studios[0].materials[material].versions


def stands(found: Assessment, material: Material = Material.BASIC_INFO) -> Version:
    current = found.submission.studios[0].materials[material].current
    assert current is not None
    return current


def sent(*letters: Sequence[File]) -> Assessment:
    return assessed(*(letter(f"07-2{n} 10:00", *files) for n, files in enumerate(letters, 1)))


# --- numbers and changes --------------------------------------------------------------------------------------------------------------


def test_two_files_of_one_letter_are_one_version_and_each_is_compared_with_the_letter_before() -> None:
    found = sent([TABLE, form("一.docx", 17)], [form("二（初稿）.docx", 18), form("二（定稿）.docx", 21)], [form("三.docx", 22)])
    assert [v.number for v in versions(found)] == [1, 2, 2, 3]
    assert [v.changes for v in versions(found)] == [(), ("创新成果 17→18",), ("创新成果 17→21",), ("创新成果 21→22",)]


def test_a_scan_between_two_forms_does_not_hide_what_changed() -> None:
    scan = file(f"附件4-{LEADER}.pdf", status="scanned")
    found = versions(sent([TABLE, form("一.docx", 17)], [scan], [form("三.docx", 21)]))
    assert [(v.number, v.changes) for v in found] == [(1, ()), (2, ()), (3, ("创新成果 17→21",))]


def test_what_changed_in_a_table_is_told_with_the_row_alone() -> None:
    again = UNION.table("employee", path="新.docx", conversions=5)
    other_phone = {**again.forms[0].fields, "phone": Value("84700000", "84700000")}
    again = replace(again, forms=(replace(again.forms[0], fields=other_phone),))
    found = sent([UNION.table("employee", conversions=3)], [again, form("一.docx", 17)])
    assert [v.changes for v in found.submission.summary_versions] == [(), ()]
    first, second = versions(found, Material.SUMMARY_ROW)
    assert (first.changes, [c for c in second.changes if c.endswith(" 3→5")]) == ((), list(second.changes))
    assert second.changes


def test_two_tables_of_one_letter_are_each_compared_with_the_letter_before() -> None:
    two = [UNION.table("employee", path=f"{n}.docx", conversions=n) for n in (5, 6)]
    found = versions(sent([UNION.table("employee", conversions=3)], two), Material.SUMMARY_ROW)
    assert sorted(change.rsplit(" ")[-1] for v in found for change in v.changes) == ["3→5", "3→6"]


# --- one letter -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("weak", "strong"), [
    pytest.param(form("附件4定稿.docx", 17), form("附件4初稿.docx", 21), id="read before half read"),
    pytest.param(form("a.docx", 17, filled_on="2022-07-26"), form("b.docx", 21, filled_on="2022-07-27"), id="the later date"),
    pytest.param(form("a.docx", 17, filled_on=None), form("b.docx", 21, filled_on="2022-07-27"), id="dated before undated"),
    pytest.param(form("a.docx", 17, filled_on="2022-07-27", discipline=None), form("b.docx", 21, filled_on="2022-07-27"), id="filled before half filled"),
    pytest.param(form("附件4甲.pdf", 17, filled_on="2022-07-28"), form("附件4乙.docx", 21, filled_on="2022-07-27"), id="Word before a later print"),
])  # fmt: skip
def test_in_one_letter_the_stronger_file_stands(weak: File, strong: File) -> None:
    weak = replace(weak, status="scanned") if "定稿" in weak.path[-1] else weak
    for seed in ("", "一", "二"):  # whichever digest comes first
        assert stands(sent([TABLE, STORY, replace(weak, seed=seed), strong])).attachment == strong.sha256


def test_a_form_stands_before_a_file_that_nobody_could_read_though_staff_placed_it() -> None:
    odd, readable = file("附件4定稿.docx", unrecognised(), text="无"), form("附件4.docx", 17)
    placed = decision("material", odd.sha256, material="basic_info", studio=UNION.studios[0]["studio"])
    assert stands(assessed(letter("07-29 10:00", TABLE, STORY, odd, readable), decisions=[placed])).attachment == readable.sha256


def test_an_attached_form_stands_before_one_written_in_the_letter() -> None:
    attached, written = form("附件4.docx", 17), form("正文.txt", 21, filled_on="2022-08-01")
    found = assessed(letter("07-29 10:00", TABLE, STORY, attached, written=(written,)))
    assert stands(found).attachment == attached.sha256


# --- on time, late, chosen ------------------------------------------------------------------------------------------------------------


def late(*files: File, when: str = "08-08 10:00") -> Received:
    return letter(when, *files, subject="迟")


AFTER = moment("08-10 09:00")
SCAN = file(f"附件4-{LEADER}.pdf", status="scanned")


def test_a_late_form_does_not_stand_before_a_scan_that_came_in_time() -> None:
    found = assessed(letter("07-29 10:00", TABLE, SCAN), late(form("附件4.docx", 17)), now=AFTER)
    assert (stands(found).file, stands(found).late) == (SCAN.path[-1], False)


def test_of_what_came_late_the_readable_file_stands_and_of_two_the_newer() -> None:
    one, two = late(form("附件4.docx", 17)), late(SCAN, when="08-08 11:00")
    assert stands(assessed(letter("07-29 10:00", TABLE), one, two, now=AFTER)).file == "附件4.docx"
    newer = late(form("附件4新.docx", 21), when="08-08 12:00")
    assert stands(assessed(letter("07-29 10:00", TABLE), one, two, newer, now=AFTER)).file == "附件4新.docx"


def test_a_late_form_that_says_otherwise_asks_nobody_which_stands() -> None:
    found = assessed(letter("07-29 10:00", TABLE, form("附件4.docx", 17)), late(form("附件4.docx", 21)), now=AFTER)
    assert (stands(found).unsettled, [v.unsettled for v in versions(found)], "X12" in codes(found)) == ("", ["", ""], False)


def test_who_chooses_one_piece_of_an_essay_chooses_the_whole() -> None:
    pieces = [essay("材料（上）.docx", prose(1100, 1)), essay("材料（下）.docx", prose(1200, 2))]
    first, second = letter("07-29 10:00", TABLE, *pieces), letter("07-30 10:00", essay("材料新.docx", prose(900, 3)))
    for chosen in pieces:
        current = stands(assessed(first, second, decisions=[decision("version", chosen.sha256)]), Material.NARRATIVE)
        assert current.form is not None
        assert current.form.facts["characters"] == 2300


def test_of_two_choices_the_later_stands() -> None:
    one, two, three = (form(f"{n}.docx", n) for n in (17, 18, 21))
    letters = [letter("07-29 10:00", TABLE, one), letter("07-30 10:00", two), letter("07-31 10:00", three)]
    chosen = [decision("version", f.sha256, number=n) for n, f in enumerate((one, two), 1)]
    assert stands(assessed(*letters, decisions=chosen)).file == "18.docx"
    assert stands(assessed(*letters, decisions=chosen[:1])).file == "17.docx"


# --- doubts ---------------------------------------------------------------------------------------------------------------------------


def doubt(first: File, second: File, before: dict[str, Any] | None = None, after: dict[str, Any] | None = None) -> str:
    """Why staff are asked which of two forms that differ stands, the second in a later letter unless `after` says when; "" when nobody is."""
    letters = []
    for files, told, when in (((TABLE, STORY, first), before or {}, "07-29 10:00"), ((second,), after or {}, "07-30 10:00")):
        told, position = dict(told), (told or {}).get("position", 0)
        made = letter(told.pop("when", when), *files, subject=when, **{k: v for k, v in told.items() if k != "position"})
        letters.append(replace(made, position=position))
    return stands(assessed(*letters)).unsettled


@pytest.mark.parametrize(("first", "second", "asked"), [
    ("附件4定稿.docx", "附件4初稿.docx", "draft_after_final"), ("附件4定稿.docx", "附件4.docx", ""), ("附件4.docx", "附件4初稿.docx", ""),
    ("附件4.docx", "旧信.eml/附件4.docx", "passed_on"), ("旧信.eml/附件4.docx", "又一封.eml/附件4.docx", ""), ("旧信.eml/附件4.docx", "附件4.docx", ""),
])  # fmt: skip
def test_staff_are_asked_when_a_draft_follows_a_final_or_a_letter_passed_on_what_was_attached(first: str, second: str, asked: str) -> None:
    assert doubt(form(first, 17), form(second, 21)) == asked


ONE, OTHER = form("附件4.docx", 17), form("附件4.docx", 21)


@pytest.mark.parametrize(("before", "after", "asked"), [
    ("07-29 10:00", "07-29 09:50", ""), ("07-29 10:00", "07-29 09:49", "claimed_date"), ("07-29 10:10", "07-29 09:00", "claimed_date"),
    ("07-29 10:11", "07-29 09:00", ""), (None, "07-29 09:00", ""), ("07-29 10:00", None, ""),
])  # fmt: skip
def test_clocks_that_differ_by_more_than_ten_minutes_speak_and_one_ahead_of_its_own_arrival_does_not(
    before: str | None, after: str | None, asked: str
) -> None:
    told = [{"date": moment(when) if when else None} for when in (before, after)]
    assert doubt(ONE, OTHER, *told) == asked


EIGHT, NINE = moment("07-29 08:00"), moment("07-29 09:00")


@pytest.mark.parametrize(("before", "after", "asked"), [
    ({"date": NINE}, {"date": NINE}, "same_second"), ({"date": EIGHT}, {"date": EIGHT.replace(minute=5)}, ""), ({"date": None}, {"date": NINE}, "same_second"),
    ({"date": None}, {"date": None}, "same_second"), ({"date": NINE, "position": 7}, {"date": NINE, "position": 8}, ""),
    ({"date": NINE, "position": 7}, {"date": NINE}, "same_second"), ({"date": NINE}, {"date": NINE, "position": 8}, "same_second"),
])  # fmt: skip
def test_of_one_second_staff_are_asked_unless_the_mailbox_or_the_clocks_tell_the_order(
    before: dict[str, Any], after: dict[str, Any], asked: str
) -> None:
    assert doubt(ONE, OTHER, before, {**after, "when": "07-29 10:00"}) == asked


def test_a_scan_is_put_to_staff_only_when_it_came_after_the_word_file_or_in_its_letter() -> None:
    scan = replace(form("附件4盖章.jpg", 21), ocr=True)
    assert doubt(form("附件4.docx", 17), scan) == "later_scan"
    assert doubt(scan, form("附件4.docx", 17)) == ""
    assert stands(sent([TABLE, STORY, form("附件4.docx", 17), scan])).unsettled == "one_letter"
    assert doubt(form("附件4.docx", 17), scan, {"position": 1}, {"when": "07-29 10:00", "position": 2}) == ""


def test_the_version_in_force_and_the_other_both_say_why_a_person_must_choose() -> None:
    found = sent([TABLE, STORY, form("附件4-甲.docx", 17), form("附件4-乙.docx", 21)])
    assert [v.unsettled for v in versions(found)] == ["one_letter", "one_letter"]
    assert stands(found) in versions(found)


def test_what_a_stranger_says_otherwise_is_never_put_as_a_choice_between_versions() -> None:
    """It is told as a stranger's (X13): that his clock or his draft came later means nothing."""
    found = by((home(form("附件4.docx", 17), TABLE, STORY), KNOWN), (private(form("附件4.docx", 1)), STRANGER))
    assert [v.unsettled for v in versions(found)] == ["", ""]


def test_a_scan_from_the_union_that_differs_from_what_a_stranger_typed_is_put_to_staff() -> None:
    """Found by leaving the condition out: nobody was asked, and the stranger's values stood."""
    scan = replace(form("附件4盖章.jpg", 21), ocr=True)
    found = by((private(form("附件4.docx", 17), TABLE, STORY, when="07-29 10:00"), STRANGER), (home(scan, when="07-30 10:00"), KNOWN))
    assert (stands(found).file, stands(found).unsettled, "X12" in codes(found)) == ("附件4.docx", "later_scan", True)


def test_in_a_forged_letter_the_final_stands_before_the_draft_as_in_any_other() -> None:
    found = by((private(form("附件4初稿.docx", 17), form("附件4定稿.docx", 21), TABLE), FORGED))
    assert stands(found).file == "附件4定稿.docx"


def test_two_texts_of_one_letter_are_put_to_staff_unless_their_names_or_their_likeness_tell() -> None:
    text = prose(1800, 6)
    edited = text[:1200] + prose(600, 7)
    asked = [
        stands(sent([TABLE, essay(first, text), essay(second, other)]), Material.NARRATIVE).unsettled
        for first, second, other in (
            ("甲.docx", "乙.docx", edited),
            ("甲初稿.docx", "甲定稿.docx", edited),
            ("甲.docx", "甲.pdf", text + "尾"),
        )
    ]
    assert asked == ["one_letter", "", ""]
