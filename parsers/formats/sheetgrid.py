"""Core: typed values at their places -> the cells of a sheet's table, merged ranges as spans, the rest as printed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import lru_cache
from math import isfinite

from parsers.document import OBJECT, Cell, Unread
from parsers.formats.bounds import MAX_CELLS, MAX_SPAN, too_large
from parsers.formats.number_format import Scalar, is_date_format, serial_to_date, value_to_text

Place = tuple[int, int]
# Beyond this rectangle the blank cells of a sheet are not worth writing down.
_DENSE = 60_000
# Nobody leaves so many lines blank between two parts of one list.
_WIDEST_GAP = 200
_LARGE_PICTURE = 12
# A picture that lives in its cell: WPS writes DISPIMG and shows its source as the cached value, Excel 365 writes IMAGE.
PICTURE_FORMULA = re.compile(r"^=?\s*(?:_xlfn\.)?(?:_xlws\.)?(?:DISPIMG|IMAGE)\s*\(", re.IGNORECASE)


@dataclass(slots=True)
class Sheet:
    """One sheet as read: values by (row, col) from 0, and what the format says about them."""

    name: str
    values: dict[Place, Scalar] = field(default_factory=dict)
    formats: dict[Place, str] = field(default_factory=dict)
    notes: dict[Place, str] = field(default_factory=dict)
    unread: dict[Place, Unread] = field(default_factory=dict)
    merges: list[tuple[Place, Place]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_cols: set[int] = field(default_factory=set)
    from_1904: bool = False

    def lay_pictures(self, pictures: Iterable[tuple[Place, Place]]) -> None:
        """Marks the blank cells that pictures lie over, told by their first and last cell; one over words alone stands behind the first of them."""
        for first, last in pictures:
            under = _under_picture(first, last)
            blank = [p for p in under if self.values.get(p) in (None, "")]
            self.unread |= {place: "picture" for place in blank if place not in self.unread}
            words = next((p for p in under if isinstance(self.values.get(p), str)), None)
            if words is not None and not blank:
                self.values[words] = f"{self.values[words]}{OBJECT}"


def _under_picture(first: Place, last: Place) -> list[Place]:
    """The cells that a picture lies over; of a large one (a seal, a background) only the cell in its middle."""
    rows, cols = last[0] - first[0] + 1, last[1] - first[1] + 1
    if rows * cols > _LARGE_PICTURE:
        return [(first[0] + rows // 2, first[1] + cols // 2)]
    return [(first[0] + r, first[1] + c) for r in range(rows) for c in range(cols)]


@lru_cache(maxsize=4096)
def place_to_address(row: int, col: int) -> str:
    """(2, 1) -> "B3"."""
    return f"{_col_to_letters(col)}{row + 1}"


@lru_cache(maxsize=1024)
def _col_to_letters(col: int) -> str:
    letters = ""
    col += 1
    while col:
        col, rest = divmod(col - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@lru_cache(maxsize=1024)
def _letters_to_col(letters: str) -> int:
    col = 0
    for letter in letters.upper():
        col = col * 26 + ord(letter) - 64
    return col - 1


def address_to_place(address: str) -> Place | None:
    """ "B3" -> (2, 1); None when it is no address."""
    letters = address.rstrip("0123456789")
    digits = address[len(letters) :]
    if not digits or not letters.isascii() or not letters.isalpha() or len(letters) > 3 or len(digits) > 7:
        return None
    return int(digits) - 1, _letters_to_col(letters)


def hides_words(sheet: Sheet) -> bool:
    """True when something is written in a hidden row or column; a template's empty hidden columns are nothing to tell anybody of."""
    if not (sheet.hidden_rows or sheet.hidden_cols):
        return False
    return any(str(value).strip() and not _is_seen(sheet, place) for place, value in sheet.values.items() if value is not None)


def sheet_to_cells(sheet: Sheet) -> list[Cell]:
    """The cells of the used rectangle, top to bottom; hidden rows and columns are left out."""
    _lay_on_merges(sheet)
    filled: dict[Place, Scalar] = {place: v for place, v in sheet.values.items() if v not in (None, "") and _is_seen(sheet, place)}
    filled |= {place: None for place in sheet.unread if place not in filled and _is_seen(sheet, place)}
    if not filled and (sheet.hidden_rows or sheet.hidden_cols):  # all of it hidden: better shown than lost
        sheet.hidden_rows, sheet.hidden_cols = set(), set()
        return sheet_to_cells(sheet)
    if not filled:
        return []
    last_row, last_col = max(r for r, _ in filled), max(c for _, c in filled)
    spans, covered = _spans(sheet.merges, last_row, _last_merged_col(sheet, filled, last_col))
    last_col = max([last_col, *(c + w - 1 for (r, c), (_, w) in spans.items() if r <= last_row)])
    if (last_row + 1) * (last_col + 1) <= _DENSE:
        places: Iterable[Place] = ((r, c) for r in range(last_row + 1) for c in range(last_col + 1))
    else:
        places = sorted(filled)
    if len(filled) > MAX_CELLS:
        raise too_large()
    shown = [place for place in places if place not in covered]
    if sheet.hidden_rows or sheet.hidden_cols:
        shown = [place for place in shown if _is_seen(sheet, place)]
    return closed_up([_cell(sheet, place, spans.get(place, (1, 1))) for place in shown])


def closed_up(cells: Sequence[Cell]) -> list[Cell]:
    """The same cells with every wide gap made narrow: whoever walks the grid row by row walks no million of blank ones. Addresses stay."""
    rows = _closed_axis([(cell.row, cell.rowspan) for cell in cells])
    cols = _closed_axis([(cell.col, cell.colspan) for cell in cells])
    if all(axis.keys() == set(axis.values()) for axis in (rows, cols)):
        return list(cells)
    return [replace(cell, row=rows[cell.row], col=cols[cell.col]) for cell in cells]


def _closed_axis(extents: Iterable[tuple[int, int]]) -> dict[int, int]:
    placed: dict[int, int] = {}
    reach = left_out = 0
    for start, span in sorted(set(extents)):
        if start - reach > _WIDEST_GAP:
            left_out += start - reach - _WIDEST_GAP
        placed[start] = start - left_out
        if start + span > reach:
            reach = start + span
    return placed


def _lay_on_merges(sheet: Sheet) -> None:
    """What lies over any part of a merged cell lies in that cell."""
    for place, reason in list(sheet.unread.items()) if sheet.merges else ():
        for (top, left), (bottom, right) in sheet.merges:
            if top <= place[0] <= bottom and left <= place[1] <= right and place != (top, left):
                del sheet.unread[place]
                if sheet.values.get((top, left)) in (None, ""):
                    sheet.unread.setdefault((top, left), reason)
                break


def _is_seen(sheet: Sheet, place: Place) -> bool:
    return place[0] not in sheet.hidden_rows and place[1] not in sheet.hidden_cols


def _last_merged_col(sheet: Sheet, filled: Mapping[Place, Scalar], last_col: int) -> int:
    """Merged cells that hold text reach their own right edge, if a person would still scroll there."""
    return max([last_col, *(right for (top, left), (_, right) in sheet.merges if (top, left) in filled and right <= last_col + 40)])


def _spans(merges: Iterable[tuple[Place, Place]], last_row: int, last_col: int) -> tuple[dict[Place, tuple[int, int]], set[Place]]:
    spans: dict[Place, tuple[int, int]] = {}
    covered: set[Place] = set()
    for (top, left), (bottom, right) in merges:
        bottom, right = min(bottom, last_row, top + MAX_SPAN), min(right, last_col, left + MAX_SPAN)
        if bottom < top or right < left or (bottom, right) == (top, left):
            continue
        inner = {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
        if len(covered) + len(inner) > MAX_CELLS:
            raise too_large()
        if inner & covered or any(place in spans for place in inner):
            continue  # overlapping ranges: the first stands
        spans[top, left] = (bottom - top + 1, right - left + 1)
        covered |= inner - {(top, left)}
    return spans, covered


def _cell(sheet: Sheet, place: Place, span: tuple[int, int]) -> Cell:
    code = sheet.formats.get(place, "General")
    kept = sheet.values.get(place)
    if kept is None or isinstance(kept, str):  # nearly every cell of a form
        text = "" if kept is None else kept.replace("\r\n", "\n").replace("\r", "\n").strip()
        shown_code = "" if code == "General" else code
        address = place_to_address(*place)
        return Cell(text, *place, *span, address, None, shown_code, sheet.notes.get(place, ""), sheet.unread.get(place, ""))
    unread = sheet.unread.get(place, "")
    if isinstance(kept, float) and not isfinite(kept):  # 1E999 or "nan" typed into the file: no number, and no blank either
        kept, unread = None, unread or "error"
    shown = typed_value(kept, code, from_1904=sheet.from_1904)
    value = None if isinstance(shown, str) else shown
    return Cell(
        text=value_to_text(shown, code).replace("\r\n", "\n").replace("\r", "\n").strip(),
        row=place[0], col=place[1], rowspan=span[0], colspan=span[1], address=place_to_address(*place),
        value=value if isinstance(value, (int, float, bool, date)) else None,
        number_format="" if code == "General" else code, note=sheet.notes.get(place, ""), unread=unread,
    )  # fmt: skip


def typed_value(value: Scalar, code: str, *, from_1904: bool = False) -> Scalar:
    """Whole floats as int, day numbers under a date format as dates, midnight moments as days."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if is_date_format(code):
            value = serial_to_date(float(value), from_1904=from_1904) or value
        elif float(value).is_integer() and abs(value) < 1e15:
            return int(value)
    if isinstance(value, datetime):
        if value.year < 1901 and value.date() <= date(1900, 1, 1):
            return value.time()
        return value.date() if value.time() == time() else value
    return value
