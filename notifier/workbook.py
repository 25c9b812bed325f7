"""Core: the keeper of openpyxl in this room - safe cells, one look for every workbook, and equal bytes for equal contents.

Strings come from letters of strangers: they are written as text whatever they begin with (OWASP formula injection), and carry the quote
prefix so that editing such a cell in Excel keeps it text. Every sheet is set for A4 landscape, with its heading repeated on each page.
"""

from __future__ import annotations

import io
import math
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from notifier.listing_rows import RowsToCome, row_to_xml

CellValue = str | int | float | bool | date | datetime | None

FONT = "宋体"
TITLE_FONT = "黑体"
LONGEST_CELL = 32767  # Excel's limit for the text of one cell
LONGEST_NUMBER = 11  # digits; longer ones are numbers of things (phones, identities), shown whole only as text
POINTS_A_LINE = 1.35  # line height as a multiple of the font size

# C0 controls but tab and line feed, lone surrogates and the two non-characters cannot stand in a workbook's XML.
UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
FORMULA_STARTS = ("=", "+", "-", "@", "\t")
FIXED_TIME = (2000, 1, 1, 0, 0, 0)
FIXED_STAMP = "2000-01-01T00:00:00Z"

GREEN, YELLOW, RED, GREY, BLUE = "E2F0D9", "FFF2CC", "FBE0DC", "EDEDED", "DDEBF7"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """样式: how one cell is printed; `size` in points, `fill` an RGB hex word or nothing, `ruled` with a line below to write on."""

    bold: bool = False
    size: float = 10.5
    font: str = FONT
    across: str = "left"
    fill: str = ""
    colour: str = "000000"
    border: bool = True
    ruled: bool = False
    wrap: bool = True
    number_format: str = "General"
    locked: bool = True


ANNEX_MARK = Look(font=TITLE_FONT, size=12, border=False, wrap=False)
TITLE = Look(font=TITLE_FONT, size=18, across="center", border=False, wrap=False)
HEAD_LINE = Look(size=11, border=False, wrap=False)
HEAD_LINE_RIGHT = Look(size=11, border=False, wrap=False, across="right")
HEADING = Look(bold=True, across="center", fill=BLUE)
TEXT = Look()
CENTRED = Look(across="center")
MOMENT = Look(across="center", number_format="yyyy-mm-dd hh:mm:ss")
MINUTE = Look(across="center", number_format="yyyy-mm-dd hh:mm")
DAY = Look(across="center", number_format="yyyy-mm-dd")
SMALL = Look(size=9, colour="595959", border=False)


@dataclass(frozen=True, slots=True)
class Column:
    """栏目: one column of a list: its heading, its width in half-width characters, and the look of its cells."""

    title: str
    width: float
    look: Look = TEXT


@dataclass(frozen=True, slots=True)
class Marked:
    """着色值: a value with the fill that makes it stand out on the screen; in black and white the words still say it."""

    value: CellValue
    fill: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """清单: one sheet of rows under a title and a single heading line; `frozen` columns stay in sight on the left."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[CellValue | Marked]]
    remark: str = ""
    frozen: int = 1


def clean_cell_text(text: str) -> str:
    """The text as a workbook can hold it: line ends as \\n, unwritable characters gone, at most 32767 characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    return UNWRITABLE.sub("", lines)[:LONGEST_CELL]


def moment_to_cell(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    """An aware time as the wall clock of the campaign's zone, which is all a workbook can hold."""
    return moment.astimezone(zone).replace(tzinfo=None, microsecond=0) if moment else None


def _writable(value: Any) -> CellValue:
    """A value as a cell can hold it; what is neither number nor date is text, never a formula."""
    if value is None or isinstance(value, bool | date):
        return value
    if isinstance(value, int) and len(str(abs(value))) <= LONGEST_NUMBER:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return clean_cell_text(str(value))


def write_cell(sheet: Worksheet, place: tuple[int, int], value: Any, look: Look = TEXT) -> None:
    """One value at (row, column), both from 1; a string is text even when it begins with `=`."""
    _fill_cell(sheet.cell(*place), _writable(value), look)


def _fill_cell(cell: Any, written: CellValue, look: Look) -> None:
    set_look(cell, look)  # first: a date without a format of its own gets openpyxl's
    cell.value = written
    if isinstance(written, str) and written:
        cell.data_type = "s"
        cell.quotePrefix = written.startswith(FORMULA_STARTS)


def write_merged(sheet: Worksheet, area: tuple[int, int, int, int], value: Any, look: Look = TEXT) -> None:
    """One value over the area (first row, first column, last row, last column), with borders all round it."""
    top, left, bottom, right = area
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            set_look(sheet.cell(row, column), look)
    write_cell(sheet, (top, left), value, look)
    if (top, left) != (bottom, right):
        sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)


_STYLES: WeakKeyDictionary[Any, dict[Look, Any]] = WeakKeyDictionary()
"""By workbook: the style each look came to. openpyxl compares every font, fill and border it is given with all it has; a look is made
once a workbook and copied from then on (a ledger of sixty institutions has tens of thousands of cells and a dozen looks)."""


def set_look(cell: Any, look: Look) -> None:
    """Font, alignment, fill, border and number format of one cell."""
    styles = _STYLES.setdefault(cell.parent.parent, {})
    known = styles.get(look)
    if known is not None and not cell.has_style:
        cell._style = copy(known)
    elif known is None or cell._style != known:
        fresh = not cell.has_style
        _make_look(cell, look)
        if fresh:
            styles[look] = copy(cell._style)


def _make_look(cell: Any, look: Look) -> None:
    cell.font = Font(name=look.font, size=look.size, bold=look.bold, color=look.colour)
    cell.alignment = Alignment(horizontal=look.across, vertical="center", wrap_text=look.wrap)
    cell.number_format = look.number_format
    cell.protection = Protection(locked=look.locked)
    if look.fill:
        cell.fill = PatternFill("solid", fgColor=look.fill)
    line = Side(style="thin", color="7F7F7F")
    if look.border:
        cell.border = Border(left=line, right=line, top=line, bottom=line)
    elif look.ruled:
        cell.border = Border(bottom=line)


def new_book() -> Workbook:
    """An empty workbook without the sheet openpyxl begins with."""
    book = Workbook()
    book.remove(book.worksheets[0])
    return book


def add_sheet(book: Workbook, name: str) -> Worksheet:
    """A new sheet; the name loses what Excel forbids and is cut at 31 characters."""
    sheet: Worksheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", "", name)[:31])
    return sheet


def set_widths(sheet: Worksheet, widths: Sequence[float]) -> None:
    """Column widths from the first column on, in half-width characters."""
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width


_ROWS: WeakKeyDictionary[Any, RowsToCome] = WeakKeyDictionary()
"""By sheet: the rows of its list, written into the file when the book is."""


def last_row(sheet: Worksheet) -> int:
    """The number of the last row, those of a list included."""
    return max(sheet.max_row, _ROWS[sheet].last if sheet in _ROWS else 0)


def set_page(sheet: Worksheet, heading_rows: tuple[int, int], columns: int) -> None:
    """A4 landscape, as wide as the paper, the heading on every page, page numbers at the foot."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{heading_rows[0]}:{heading_rows[1]}"
    sheet.print_area = f"A1:{get_column_letter(columns)}{max(last_row(sheet), heading_rows[1])}"
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.5
    margins.top, margins.bottom, margins.header, margins.footer = 0.6, 0.7, 0.3, 0.35
    footer: Any = sheet.oddFooter
    footer.center.text = "第 &P 页，共 &N 页"
    sheet.sheet_view.zoomScale = 100


def set_filter(sheet: Worksheet, heading_row: int, columns: int) -> None:
    """Filter arrows on the heading; rows end where the sheet ends."""
    last = max(last_row(sheet), heading_row)
    sheet.auto_filter.ref = f"A{heading_row}:{get_column_letter(columns)}{last}"


@lru_cache(maxsize=16384)
def text_width(text: str) -> int:
    """Width in half-width characters: a Chinese character counts two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def _lines_needed(value: Any, width: float) -> int:
    """Into how many lines a value breaks in a column of this width."""
    if isinstance(value, date):  # a column of times is wide enough for its own format
        return 1
    usable, text = max(width - 1, 1), str(value)
    if 2 * len(text) <= usable and "\n" not in text:  # short whatever its letters are
        return 1
    return sum(max(1, math.ceil(text_width(line) / usable)) for line in text.split("\n"))


def set_row_height(sheet: Worksheet, row: int, cells: Iterable[tuple[Any, float]], least: float = 21.0) -> None:
    """A row high enough for its fullest cell: (value, column width) pairs; `least` in points, Excel itself stops at 409."""
    sheet.row_dimensions[row].height = _height_needed(cells, least)


def _height_needed(cells: Iterable[tuple[Any, float]], least: float = 21.0) -> float:
    lines = max((_lines_needed(value, width) for value, width in cells if value is not None), default=1)
    return min(409.0, max(lines * TEXT.size * POINTS_A_LINE + 6, least))


def add_listing(book: Workbook, listing: Listing) -> Worksheet:
    """A sheet of rows: title, remark, heading with filters, frozen panes, every row high enough to be read."""
    sheet = add_sheet(book, listing.name)
    last, heading_row = len(listing.columns), 3
    widths = [column.width for column in listing.columns]
    set_widths(sheet, widths)
    write_merged(sheet, (1, 1, 1, last), listing.title, TITLE)
    sheet.row_dimensions[1].height = 32
    write_merged(sheet, (2, 1, 2, last), listing.remark, SMALL)
    set_row_height(sheet, 2, [(listing.remark, sum(widths))], least=18)
    for number, column in enumerate(listing.columns, start=1):
        write_cell(sheet, (heading_row, number), column.title, HEADING)
    set_row_height(sheet, heading_row, zip((c.title for c in listing.columns), widths, strict=True))
    _write_rows(sheet, heading_row, listing)
    sheet.freeze_panes = sheet.cell(heading_row + 1, listing.frozen + 1).coordinate
    set_filter(sheet, heading_row, last)
    set_page(sheet, (heading_row, heading_row), last)
    return sheet


def _write_rows(sheet: Worksheet, heading_row: int, listing: Listing) -> None:
    """The rows of a listing, kept as text until the book is written."""
    columns = [(get_column_letter(number), column) for number, column in enumerate(listing.columns, start=1)]
    styles: dict[tuple[str, str, type], int] = {}
    coming = RowsToCome(len(columns), heading_row)
    for values in listing.rows:
        coming.last += 1
        cells = []
        for (letters, column), held in zip(columns, values, strict=True):
            fill = held.fill if isinstance(held, Marked) else ""
            value = _writable(held.value if isinstance(held, Marked) else held)
            quoted = isinstance(value, str) and value.startswith(FORMULA_STARTS)
            known = (letters, f"'{fill}" if quoted else fill, type(value))
            if known not in styles:
                styles[known] = _style_number(sheet, replace(column.look, fill=fill) if fill else column.look, value)
            cells.append((letters, styles[known], value))
        height = _height_needed((value, column.width) for (_, column), (_, _, value) in zip(columns, cells, strict=True))
        coming.rows.append(row_to_xml(coming.last, height, cells))
    _ROWS[sheet] = coming


def _style_number(sheet: Worksheet, look: Look, value: CellValue) -> int:
    """Under which number the book keeps the style of such a value in this look."""
    cell: Any = Cell(sheet, row=1, column=1)
    _fill_cell(cell, value, look)
    return int(cell.style_id)


def tag_book(book: Any, name: str, value: str) -> None:
    """A custom document property: the mark by which a template of ours is known again."""
    book.custom_doc_props.append(StringProperty(name=name, value=value))


def book_to_bytes(book: Workbook) -> bytes:
    """The finished .xlsx; the same contents give the same bytes, whatever the hour."""
    buffer = io.BytesIO()
    book.save(buffer)
    coming = {sheet.path.lstrip("/"): _ROWS[sheet] for sheet in book.worksheets if sheet in _ROWS}
    return _finished(buffer.getvalue(), coming)


def _finished(payload: bytes, coming: Mapping[str, RowsToCome]) -> bytes:
    """The same archive with the rows that were to come and every time stamp fixed."""
    source, target = zipfile.ZipFile(io.BytesIO(payload)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + FIXED_STAMP.encode(), part)
            part = coming[name].put_into(part) if name in coming else part
            archive.writestr(zipfile.ZipInfo(name, FIXED_TIME), part, zipfile.ZIP_DEFLATED)
    return target.getvalue()
