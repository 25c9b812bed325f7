"""The letter's own text is a leaf: what stands in it is in the matrix; mere words are no file a person must look at."""

from __future__ import annotations

from intake.submission import Material
from tests.generator.received import File, file, letter, unrecognised
from tests.unit.intake.matrix.desk import FULL, Union, assessed, codes, states

UNION = Union(categories=("employee",))


def text(of: File) -> File:
    return of.renamed("正文.txt")


def test_a_narrative_written_in_the_letter_is_received() -> None:
    found = assessed(letter("07-29 10:00", UNION.table("employee"), UNION.form(0), written=(text(UNION.story(0)),)))
    assert (states(found), found.complete) == ({"张建国": FULL}, True)


def test_a_narrative_as_a_second_letter_without_files_is_received_and_asks_for_no_attachment() -> None:
    first = letter("07-29 10:00", UNION.table("employee"), UNION.form(0))
    found = assessed(first, letter("07-30 10:00", written=(text(UNION.story(0)),), kind="empty"))
    assert (states(found), "M02" in codes(found)) == ({"张建国": FULL}, False)


def test_tables_and_forms_pasted_into_the_letter_are_received() -> None:
    for inside in (UNION.table("employee"), UNION.form(0)):
        rest = [f for f in UNION.everything() if f.sha256 != inside.sha256]
        assert states(assessed(letter("07-29 10:00", *rest, written=(inside.renamed("正文.html"),)))) == {"张建国": FULL}


def test_a_text_in_which_nothing_was_found_is_no_file_to_look_at() -> None:
    found = assessed(letter("07-29 10:00", *UNION.everything(), written=(file("正文.txt", unrecognised(), text="说明" * 400),)))
    assert (found.complete, found.submission.unread, found.submission.unplaced) == (True, (), ())


def test_an_attached_form_stands_before_the_one_in_the_text_and_a_person_sees_what_differs() -> None:
    other = UNION.form(0, "正文.html", **{"innovation.results": 99})
    found = assessed(letter("07-29 10:00", *UNION.everything(), written=(other,)))
    current = found.submission.studios[0].materials[Material.BASIC_INFO].current
    assert current is not None
    assert not current.written
    assert "X12" in codes(found)
