"""Where a value stands on the picture of its page: kept for pages that are drawn, through turns, leaning and page breaks."""

from __future__ import annotations

from itertools import pairwise

import pytest

from intake.codec import json_to_value, value_to_json
from parsers.document import Area, Document, Table
from parsers.form import Where
from parsers.formats.door import bytes_to_document
from tests.unit.parsers.formats.builders import grid, pdf, show

WIDTH, HEIGHT = 600.0, 800.0


def filler() -> str:
    """Enough text for a page to be believed."""
    return "".join(show("这是一段用来说明本页确有文字的说明", 50, 780 - 14 * k) for k in range(3))


def area_of(document: Document, text: str) -> Area:
    """Where the cell with this text stands."""
    found = next(cell.area for table in document.tables for cell in table.cells if cell.text == text)
    assert found is not None
    return found


def test_a_cell_of_a_page_knows_its_place_in_widths_of_the_page() -> None:
    document = bytes_to_document(pdf(filler() + grid([50, 150, 350], [600, 660]) + show("甲", 60, 630) + show("乙", 160, 630)))
    area = area_of(document, "乙")
    assert area.page == 1
    assert (area.x0, area.x1) == pytest.approx((150 / WIDTH, 350 / WIDTH), abs=0.01)
    assert (area.top, area.bottom) == pytest.approx(((HEIGHT - 660) / WIDTH, (HEIGHT - 600) / WIDTH), abs=0.01)
    assert area_of(document, "甲").x1 == pytest.approx(area.x0, abs=0.01)


def test_a_row_that_went_on_over_a_page_break_is_looked_for_on_its_own_page() -> None:
    first = filler() + grid([50, 150, 350], [30, 90, 150]) + show("甲", 60, 120) + show("乙", 160, 120) + show("丙", 60, 60) + show("丁", 160, 60)
    second = grid([50, 150, 350], [700, 760, 810]) + show("戊", 60, 780) + show("己", 160, 780) + show("庚", 60, 730) + show("辛", 160, 730)
    document = bytes_to_document(pdf(first, second))
    assert len([b for b in document.blocks if isinstance(b, Table)]) == 1
    assert (area_of(document, "乙").page, area_of(document, "辛").page) == (1, 2)
    assert area_of(document, "辛").top < area_of(document, "乙").top


def test_a_line_of_text_knows_its_place_too() -> None:
    areas = [p.area for p in bytes_to_document(pdf(filler())).paragraphs]
    assert all(area is not None and area.page == 1 for area in areas)
    assert all(a.top <= b.top for a, b in pairwise(area for area in areas if area))


def test_a_place_survives_being_written_down_and_books_of_before_have_none() -> None:
    where = Where(cell="B3", area=Area(2, 0.1, 0.2, 0.3, 0.4, turn=1))
    assert json_to_value(value_to_json(where), Where) == where
    assert json_to_value('{"cell":"B3"}', Where).area is None
