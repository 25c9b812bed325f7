"""Core: .xlsx, .xlsm, .xltx (also Strict) -> Document: values by calamine, formats and limits from the XML, openpyxl as second opinion."""

from __future__ import annotations

import io
import zipfile
from datetime import date, time, timedelta

from parsers.document import Document
from parsers.formats.blocks import Blocks
from parsers.formats.bounds import Package, RefusedError, too_large
from parsers.formats.calamine_sheets import MAX_GRID, CalamineBook
from parsers.formats.docx import find_main_part, template_tag
from parsers.formats.formula import formula_to_value
from parsers.formats.marks import symbol_to_text
from parsers.formats.number_format import Scalar
from parsers.formats.sheetgrid import PICTURE_FORMULA, Sheet, hides_words, sheet_to_cells
from parsers.formats.xlsxdrawings import Drawing, sheet_drawing
from parsers.formats.xlsxparts import (
    CellStyles,
    SheetPart,
    SheetScan,
    package_to_sheets,
    package_to_styles,
    package_to_symbol_strings,
    part_to_scan,
)

_PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff")


def xlsx_to_document(payload: bytes, opened: zipfile.ZipFile | None = None) -> Document:
    """A workbook: one table a visible sheet; `problems` say what was hidden or not calculated."""
    package = Package(payload, opened)
    listed, from_1904 = package_to_sheets(package)
    shown = [sheet for sheet in listed if not sheet.hidden]
    problems = ["hidden_sheet_skipped"] if len(shown) < len(listed) else []
    scans = {sheet.name: part_to_scan(package.read(sheet.part)) for sheet in shown if sheet.part in package}
    sheets = _read_sheets(payload, package, shown, scans)
    blocks = Blocks()
    for sheet in sheets:
        sheet.from_1904 = from_1904
        drawing = next((_drawing(package, part) for part in shown if part.name == sheet.name), Drawing())
        _lay_controls(sheet, drawing)
        if sheet.notes:
            problems.append("formula_without_value")
        blocks.add_table(sheet_to_cells(sheet), place=sheet.name)
        if hides_words(sheet):
            problems.append("hidden_cells_skipped")
        for text in drawing.texts:
            blocks.add_paragraph(text, place=sheet.name)
    pictures = sum(1 for name in package.names() if "/media/" in name and name.endswith(_PICTURES))
    return blocks.to_document("xlsx", pictures=pictures, tag=template_tag(package), problems=tuple(dict.fromkeys(problems)))


def _read_sheets(payload: bytes, package: Package, shown: list[SheetPart], scans: dict[str, SheetScan]) -> list[Sheet]:
    """By calamine; by openpyxl where a cell stands so far out that calamine would ask for all memory, or where it refuses."""
    far = any((scan.last[0] + 1) * (scan.last[1] + 1) > MAX_GRID for scan in scans.values())
    try:
        if far:
            raise too_large()
        sheets = _by_calamine(payload, shown)
    except RefusedError as refusal:
        if refusal.status == "encrypted":
            raise
        sheets = _by_openpyxl(payload, shown, scans)
    styles = package_to_styles(package, find_main_part(package))
    symbols = package_to_symbol_strings(package)
    for sheet in sheets:
        _refine(sheet, scans.get(sheet.name, SheetScan()), styles, symbols)
    return sheets


def _by_calamine(payload: bytes, shown: list[SheetPart]) -> list[Sheet]:
    book = CalamineBook(payload)
    sheets = []
    for part in shown:
        if part.name in book.sheets:
            read = book.sheet(part.name)
            sheets.append(Sheet(part.name, values=read.values, merges=read.merges))
    return sheets


def _by_openpyxl(payload: bytes, shown: list[SheetPart], scans: dict[str, SheetScan]) -> list[Sheet]:
    """The second reader; it sees Strict workbooks as empty, so values must be found wherever the XML has cells."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(payload), data_only=True)
    except Exception as error:
        raise RefusedError("unreadable", "damaged") from error
    sheets = []
    for part in shown:
        if part.name not in book.sheetnames or not hasattr(book[part.name], "merged_cells"):
            continue
        page = book[part.name]
        values = {(c.row - 1, c.column - 1): _plain(c.value) for c in page._cells.values() if c.value is not None}
        if not values and scans.get(part.name, SheetScan()).filled > len(scans[part.name].uncached):
            raise RefusedError("unreadable", "too_large")
        merges = [((m.min_row - 1, m.min_col - 1), (m.max_row - 1, m.max_col - 1)) for m in page.merged_cells.ranges]
        sheets.append(Sheet(part.name, values=values, merges=merges))
    return sheets


def _plain(value: object) -> Scalar:
    """An openpyxl value in the words of `sheetgrid`: rich text and the rest as text."""
    if value is None or isinstance(value, (int, float, str, bool, date, time, timedelta)):
        return str(value) if isinstance(value, str) else value
    return str(value)


def _refine(sheet: Sheet, scan: SheetScan, styles: CellStyles, symbols: dict[int, str]) -> None:
    """Number formats, symbol fonts, hidden rows and columns, and the values of formulas saved without one (trap 25)."""
    sheet.hidden_rows, sheet.hidden_cols = scan.hidden_rows, scan.hidden_cols
    for place, style in scan.styles.items():
        if style < len(styles.formats) and styles.formats[style] != "General":
            sheet.formats[place] = styles.formats[style]
        value = sheet.values.get(place)
        font = styles.fonts[style] if style < len(styles.fonts) else None
        if font and isinstance(value, str) and scan.strings.get(place) not in symbols:
            sheet.values[place] = symbol_to_text(font, value)
    for place, index in scan.strings.items() if symbols else ():
        if index in symbols:
            sheet.values[place] = symbols[index]
    for place, formula in scan.uncached.items():
        if sheet.values.get(place) in (None, ""):
            sheet.values[place] = formula_to_value(formula, sheet.values, scan.uncached)
            sheet.notes[place] = f"={formula}"
            if sheet.values[place] is None:
                sheet.unread[place] = "formula"
    for place, value in sheet.values.items():
        if isinstance(value, str) and PICTURE_FORMULA.match(value):
            scan.unread[place] = "picture"
    for place, reason in scan.unread.items():
        sheet.unread[place] = reason
        sheet.values.pop(place, None)


def _drawing(package: Package, part: SheetPart) -> Drawing:
    return sheet_drawing(package, part.part)


def _lay_controls(sheet: Sheet, drawing: Drawing) -> None:
    """Check boxes laid over the grid are read with the cell under them."""
    for place, shown in drawing.boxes:
        below = sheet.values.get(place)
        sheet.values[place] = shown if below in (None, "") else f"{below} {shown}"
    sheet.lay_pictures(drawing.pictures)
