"""Pages of one form photographed one by one are read together; what does not belong to them stays what it is."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from itertools import permutations

import pytest

from intake.message import Attachment
from intake.reading.photographed import find_series, pictures_to_file, series_to_readings
from parsers.document import Area
from parsers.form import SUPPORTING, Form, Reading, Value, Where

FIRST = Form(kind="basic_info", fields={"studio": Value("“海浪”创新工作室", "“海浪”创新工作室")}, absent=("leader.name",))
WHOLE = replace(
    FIRST, fields={**FIRST.fields, "leader.name": Value("王海", "王海")}, absent=(), rows=({"name": Value("李波", "李波")},), confidence=0.9
)


def page(name: str, *forms: Form, text: str = "看得见的字", **more: object) -> tuple[Attachment, Reading]:
    """A picture of a letter and what it says alone."""
    status = "read" if forms else "image"
    reading = Reading(sha256=name, reader="scan", status=status, pages=1, ocr=True, forms=forms, text=text)
    return Attachment(name, tuple(name.split("/")), 9, name), replace(reading, **more)  # type: ignore[arg-type]


def series_of(*pages: tuple[Attachment, Reading]) -> list[list[str]]:
    """The names of each series found."""
    leaves, readings = [p[0] for p in pages], {p[0].sha256: p[1] for p in pages}
    return [[photo.reading.sha256 for photo in series] for series in find_series(leaves, readings)]


def test_pages_follow_their_first_one_by_the_numbers_in_their_names_whatever_their_order() -> None:
    pages = [page("照片9.jpg", FIRST), page("照片10.jpg"), page("照片11.jpg"), page("照片12.jpg", replace(FIRST)), page("照片13.jpg")]
    for some in list(permutations(pages))[::17]:
        assert series_of(*some) == [["照片9.jpg", "照片10.jpg", "照片11.jpg"], ["照片12.jpg", "照片13.jpg"]]


@pytest.mark.parametrize(
    "other",
    [
        page("甲/2.jpg"), page("2.pdf", pages=2), page("2.docx", ocr=False), page("2.jpg", text="  "),
        page("2.jpg", Form(kind=SUPPORTING)), page("2.png", problems=("no_page_seen",)), page("0.jpg"),
    ],
    ids=["another folder", "a scan of two pages", "no picture", "no words", "a certificate", "a logo", "before the first"],
)  # fmt: skip
def test_what_is_no_page_of_the_form_is_no_part_of_it(other: tuple[Attachment, Reading]) -> None:
    assert series_of(page("1.jpg", FIRST), other) == []


def test_together_they_are_the_form_and_the_others_its_pages() -> None:
    (series,) = find_series(*zip_of(page("1.jpg", FIRST), page("2.jpg")))
    together = Reading(sha256="?", reader="scan", status="read", pages=2, ocr=True, forms=(WHOLE,))
    first, second = series_to_readings(series, together)
    assert (first.sha256, first.forms, first.pages) == ("1.jpg", (WHOLE,), 1)
    assert (second.sha256, second.status, second.forms[0].kind, second.forms[0].facts) == (
        "2.jpg",
        "read",
        SUPPORTING,
        {"page_of": "1.jpg"},
    )


def test_a_value_on_another_picture_is_placed_by_that_picture_s_name() -> None:
    """The first picture has no second page that the desk could show."""
    name = Value("王海", "王海", Where(area=Area.of(2, (1, 2, 3, 4), 10), place="第2页"))
    (series,) = find_series(*zip_of(page("1.jpg", FIRST), page("2.jpg")))
    whole = replace(WHOLE, fields={**WHOLE.fields, "leader.name": name})
    first, _ = series_to_readings(series, Reading(sha256="?", reader="scan", status="read", ocr=True, forms=(whole,)))
    assert first.forms[0].fields["leader.name"].where == Where(place="《2.jpg》")
    assert first.forms[0].fields["studio"] == WHOLE.fields["studio"]


@pytest.mark.parametrize("forms", [(), (FIRST,), (WHOLE, WHOLE)])
def test_pages_that_add_nothing_stay_a_person_s(forms: tuple[Form, ...]) -> None:
    (series,) = find_series(*zip_of(page("1.jpg", FIRST), page("2.jpg")))
    together = Reading(sha256="?", reader="scan", status="read" if forms else "image", ocr=True, forms=forms)
    assert list(series_to_readings(series, together)) == []


def zip_of(*pages: tuple[Attachment, Reading]) -> tuple[list[Attachment], dict[str, Reading]]:
    """The leaves and their readings."""
    return [p[0] for p in pages], {p[0].sha256: p[1] for p in pages}


def test_the_file_of_pictures_keeps_their_order() -> None:
    with zipfile.ZipFile(io.BytesIO(pictures_to_file([b"one", b"two", b"three"]))) as package:
        assert [package.read(name) for name in sorted(package.namelist())] == [b"one", b"two", b"three"]
