"""Core: .xls, .et (BIFF) and .xlsb -> Document: values by calamine, formats and limits from the records."""

from __future__ import annotations

from parsers.document import Document
from parsers.formats.biff import BookRecords, SheetRecords, binary_sheet_reach, payload_to_records
from parsers.formats.blocks import Blocks
from parsers.formats.bounds import Package, too_large
from parsers.formats.calamine_sheets import MAX_GRID, CalamineBook
from parsers.formats.docx import template_tag
from parsers.formats.marks import symbol_to_text
from parsers.formats.olestreams import OleStreams
from parsers.formats.sheetgrid import PICTURE_FORMULA, Place, Sheet, hides_words, sheet_to_cells


def xls_to_document(payload: bytes, opened: OleStreams | None = None) -> Document:
    """A BIFF workbook (Excel 5 to 2003, WPS .et): one table a visible sheet."""
    records = payload_to_records(payload, opened)
    for sheet in records.sheets.values():
        _check_reach(sheet.last)
    book = CalamineBook(payload)
    return _book_to_document("xls", book, records)


def xlsb_to_document(payload: bytes) -> Document:
    """An .xlsb workbook: one table a visible sheet; dates come typed, other number formats are not known."""
    package = Package(payload)
    for name in package.names():
        if name.startswith("xl/worksheets/") and name.endswith(".bin") and "/_rels/" not in name:
            _check_reach(binary_sheet_reach(package.read(name)))
    return _book_to_document("xlsb", CalamineBook(payload), BookRecords(), template_tag(package))


def _check_reach(last: Place) -> None:
    """Refuses a far cell before calamine asks for the whole rectangle."""
    if (last[0] + 1) * (last[1] + 1) > MAX_GRID:
        raise too_large()


def _book_to_document(reader: str, book: CalamineBook, records: BookRecords, tag: str = "") -> Document:
    blocks = Blocks()
    hidden = book.hidden | records.hidden
    problems = ["hidden_sheet_skipped"] if any(name in hidden for name in book.sheets) else []
    for name in book.sheets:
        if name in hidden:
            continue
        read = book.sheet(name)
        sheet = Sheet(name, values=read.values, merges=read.merges, from_1904=records.from_1904)
        _refine(sheet, records.sheets.get(name, SheetRecords()), records)
        blocks.add_table(sheet_to_cells(sheet), place=name)
        if hides_words(sheet):
            problems.append("hidden_cells_skipped")
    return blocks.to_document(reader, tag=tag, problems=tuple(dict.fromkeys(problems)))


def _refine(sheet: Sheet, part: SheetRecords, records: BookRecords) -> None:
    sheet.hidden_rows, sheet.hidden_cols = part.hidden_rows, part.hidden_cols
    sheet.unread |= part.unread
    sheet.lay_pictures(part.pictures)
    for place, value in list(sheet.values.items()):
        if isinstance(value, str) and PICTURE_FORMULA.match(value):
            sheet.unread[place] = "picture"
            del sheet.values[place]
    for place, style in part.styles.items():
        if style >= len(records.formats):
            continue
        if records.formats[style] != "General":
            sheet.formats[place] = records.formats[style]
        value, font = sheet.values.get(place), records.fonts[style]
        if font and isinstance(value, str):
            sheet.values[place] = symbol_to_text(font, value)
