"""The workbook keeper: strangers' strings, equal bytes, print set-up."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.workbook import (
    CENTRED,
    MOMENT,
    Column,
    Listing,
    Marked,
    add_listing,
    add_sheet,
    book_to_bytes,
    moment_to_cell,
    new_book,
    set_row_height,
    write_cell,
)
from tests.unit.notifier.tables.builders import ZONE

HOSTILE = (
    "=1+1",
    "=cmd|'/C calc'!A0",
    "+1234",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    '=HYPERLINK("http://x.example","点我")',
    '=IMPORTXML("http://x.example","//a")',
    "{=1}",
)


def written(value: object) -> openpyxl.cell.cell.Cell:
    """A value as it stands in the saved workbook."""
    book = new_book()
    write_cell(add_sheet(book, "表"), (1, 1), value)
    return openpyxl.load_workbook(io.BytesIO(book_to_bytes(book))).worksheets[0]["A1"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_string_from_a_letter_is_never_a_formula(text: str) -> None:
    cell = written(text)
    assert (cell.data_type, cell.value) == ("s", text)


@pytest.mark.parametrize("text", [t for t in HOSTILE if t[0] in "=+-@\t"])
def test_editing_a_hostile_cell_keeps_it_text(text: str) -> None:
    assert written(text).quotePrefix


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_text_can_be_written_and_stays_text(text: str) -> None:
    cell = written(text)
    assert cell.value is None or (cell.data_type == "s" and isinstance(cell.value, str))


def test_unwritable_characters_are_dropped_and_the_rest_stays() -> None:
    assert written("甲\x0b乙\x00丙\ud800丁\uffff").value == "甲乙丙丁"


def test_numbers_and_dates_stay_what_they_are() -> None:
    assert written(225.5).value == 225.5
    assert written(0).value == 0
    assert written(date(2022, 7, 30)).value == datetime(2022, 7, 30)


@pytest.mark.parametrize(
    ("value", "text"), [(13900000001234, "13900000001234"), (float("nan"), "nan"), (float("inf"), "inf"), ((1, 2), "(1, 2)")]
)
def test_what_a_cell_cannot_show_as_a_number_is_text(value: object, text: str) -> None:
    assert written(value).value == text


def test_a_text_longer_than_a_cell_is_cut_at_excels_limit() -> None:
    assert len(str(written("字" * 40000).value)) == 32767


def test_a_moment_is_shown_on_the_wall_clock_of_the_campaign() -> None:
    assert moment_to_cell(datetime(2022, 8, 5, 15, 59, 58, 900, tzinfo=UTC), ZONE) == datetime(2022, 8, 5, 23, 59, 58)


def listing(rows: list[tuple[object, ...]]) -> openpyxl.worksheet.worksheet.Worksheet:
    """A saved listing of two columns."""
    book = new_book()
    add_listing(book, Listing(name="清[单]:/\\?*" + "长" * 40, title="题", columns=(Column("甲", 10), Column("乙", 20)), rows=rows))  # type: ignore[arg-type]
    return openpyxl.load_workbook(io.BytesIO(book_to_bytes(book))).worksheets[0]


def test_a_sheet_name_is_made_acceptable_to_excel() -> None:
    assert listing([]).title == "清单" + "长" * 29


def test_a_listing_prints_on_a4_landscape_with_its_heading_on_every_page() -> None:
    sheet = listing([("a", Marked("b", "FBE0DC"))])
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (
        "landscape",
        9,
        1,
        0,
    )
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_a_listing_filters_on_its_heading_and_freezes_below_it() -> None:
    sheet = listing([("a", "b"), ("c", "d")])
    assert (sheet.auto_filter.ref, sheet.freeze_panes) == ("A3:B5", "B4")


def test_a_long_text_gets_a_row_high_enough_to_read_it() -> None:
    sheet = listing([("a", "b"), ("a", "很长的说明" * 12)])
    assert sheet.row_dimensions[5].height > 4 * sheet.row_dimensions[4].height / 2


AWKWARD = ["=1+1", " 两端有空格 ", "<a>&amp;</a>]]>", "甲\n乙", "", "字" * 300, 0, -7, 2.5, True, None, 13900000001234,
           date(2022, 7, 30), datetime(2022, 8, 5, 23, 59, 58), Marked("着色", "FBE0DC"), Marked("=着色", "FBE0DC"), Marked(None, "")]  # fmt: skip


def test_a_row_of_a_listing_is_what_the_same_cells_written_one_by_one_are() -> None:
    """The rows of a list are written past openpyxl: nobody may see a difference."""
    columns = (Column("甲", 10), Column("乙", 20, CENTRED), Column("丙", 12, MOMENT))
    many, book = new_book(), new_book()
    add_listing(many, Listing(name="清单", title="题", columns=columns, rows=[(value, value, value) for value in AWKWARD]))
    single = add_sheet(book, "清单")
    for number, held in enumerate(AWKWARD, start=4):
        value, fill = (held.value, held.fill) if isinstance(held, Marked) else (held, "")
        for place, column in enumerate(columns, start=1):
            write_cell(single, (number, place), value, replace(column.look, fill=fill))
        set_row_height(single, number, [(value, column.width) for column in columns])
    found, wanted = (openpyxl.load_workbook(io.BytesIO(book_to_bytes(b))).worksheets[0] for b in (many, book))
    assert found.dimensions == f"A1:C{3 + len(AWKWARD)}"
    for row in wanted.iter_rows(min_row=4):
        assert found.row_dimensions[row[0].row].height == wanted.row_dimensions[row[0].row].height
        for cell in row:
            assert seen(found[cell.coordinate]) == seen(cell)


def seen(cell: Any) -> tuple[object, ...]:
    """All that a cell shows; an empty one has no type worth the name."""
    looks = (cell.font, cell.fill, cell.border, cell.alignment, cell.protection)
    return (cell.value, cell.data_type if cell.value is not None else "", cell.number_format, cell.quotePrefix, *map(repr, looks))


def test_the_same_contents_are_the_same_bytes() -> None:
    books = []
    for _ in range(2):
        book = new_book()
        add_listing(book, Listing(name="清单", title="题", columns=(Column("甲", 10),), rows=[("a",)]))
        book.properties.created = datetime(2020, 1, 1 + len(books))
        books.append(book_to_bytes(book))
    assert books[0] == books[1]
