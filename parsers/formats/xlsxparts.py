"""Core: what calamine leaves out of an .xlsx - hidden sheets, number formats, fonts, uncached formulas, controls, and how far it reaches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from parsers.document import Unread
from parsers.formats.bounds import (
    MAX_CELLS,
    MAX_MARKS,
    Element,
    Package,
    RefusedError,
    attribute,
    child,
    clean_count,
    local,
    too_large,
    xml_to_element,
)
from parsers.formats.docx import find_main_part, part_relations
from parsers.formats.marks import find_symbol_font, symbol_to_text
from parsers.formats.number_format import BUILT_IN
from parsers.formats.sheetgrid import PICTURE_FORMULA, Place, address_to_place

_BLANK_CELL = re.compile(rb'<c r="[^<>]*/>')
_BLANK_ROW = re.compile(rb'<row r="[^<>]*(?:/>|></row>)')
_MAX_ROW, _MAX_COL = 1_048_576, 16_384


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A worksheet as the workbook lists it."""

    name: str
    part: str
    hidden: bool


@dataclass(slots=True)
class SheetScan:
    """One worksheet's XML: styles and formulas by place; `last` is the farthest place that holds anything."""

    styles: dict[Place, int] = field(default_factory=dict)
    uncached: dict[Place, str] = field(default_factory=dict)
    strings: dict[Place, int] = field(default_factory=dict)
    unread: dict[Place, Unread] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_cols: set[int] = field(default_factory=set)
    last: Place = (0, 0)
    filled: int = 0


@dataclass(frozen=True, slots=True)
class CellStyles:
    """Number format and symbol font by style index."""

    formats: tuple[str, ...] = ()
    fonts: tuple[str | None, ...] = ()


def package_to_sheets(package: Package) -> tuple[tuple[SheetPart, ...], bool]:
    """The worksheets in tab order, and whether the workbook counts its days from 1904."""
    main = find_main_part(package)
    root = xml_to_element(package.read(main))
    relations = part_relations(package, main)
    listed = child(root, "sheets")
    sheets = []
    for sheet in listed if listed is not None else ():
        kind, target = relations.get(attribute(sheet, "id") or "", ("", ""))
        if kind in ("worksheet", "xlWorksheet", ""):
            hidden = attribute(sheet, "state") in ("hidden", "veryHidden")
            sheets.append(SheetPart(attribute(sheet, "name") or "", target, hidden))
    properties = child(root, "workbookPr")
    from_1904 = properties is not None and attribute(properties, "date1904") in ("1", "true")
    return tuple(sheets), from_1904


def part_to_scan(payload: bytes) -> SheetScan:
    """Styles, uncached formulas, hidden rows and columns, and the reach of one worksheet part."""
    if payload.count(b"<") > MAX_MARKS:  # a million formatted blank rows, as WPS writes them, are no reason to refuse
        payload = _BLANK_ROW.sub(b"", _BLANK_CELL.sub(b"", payload))
    root = xml_to_element(payload)
    scan = SheetScan()
    columns = child(root, "cols")
    for column in columns if columns is not None else ():
        if column.get("hidden") in ("1", "true"):
            first = clean_count(column.get("min"), 1, _MAX_COL)
            scan.hidden_cols.update(range(first - 1, min(clean_count(column.get("max"), first, _MAX_COL), first + 999)))
    grid = child(root, "sheetData")
    for row, col, cell in _cells(grid, scan) if grid is not None else ():
        _note(scan, (row, col), cell)
    return scan


def _cells(grid: Element, scan: SheetScan) -> Iterator[tuple[int, int, Element]]:
    """Every cell with something in it; both `r` attributes may be missing, then the order counts."""
    row_number = -1
    for row in grid:
        row_number = clean_count(row.get("r"), row_number + 2, _MAX_ROW) - 1
        if row.get("hidden") in ("1", "true"):
            scan.hidden_rows.add(row_number)
        col = -1
        for cell in row:
            place = address_to_place(cell.get("r") or "")
            row_here, col = place if place else (row_number, col + 1)
            if len(cell):
                yield row_here, col, cell


def _note(scan: SheetScan, place: Place, cell: Element) -> None:
    scan.filled += 1
    if scan.filled > MAX_CELLS:
        raise too_large()
    scan.last = max(scan.last[0], place[0]), max(scan.last[1], place[1])
    style = cell.get("s")
    if style:
        scan.styles[place] = clean_count(style, 0, 65_535)
    value, formula, kind = child(cell, "v"), child(cell, "f"), cell.get("t")
    if kind == "s" and formula is None:  # a text of the workbook's own list: most cells of a form
        if value is not None:
            scan.strings[place] = clean_count(value.text, -1, 10_000_000)
        return
    if formula is not None and (value is None or not (value.text or "").strip()) and kind != "str":
        scan.uncached[place] = (formula.text or "").strip()
    written = value.text or "" if value is not None else ""
    if PICTURE_FORMULA.match((formula.text or "") if formula is not None else "") or PICTURE_FORMULA.match(written):
        scan.unread[place] = "picture"
    elif kind == "e" and written.strip():
        scan.unread[place] = "picture" if cell.get("vm") else "error"
    if kind == "s" and value is not None:
        scan.strings[place] = clean_count(value.text, -1, 10_000_000)


def package_to_styles(package: Package, main: str = "xl/workbook.xml") -> CellStyles:
    """Number formats and symbol fonts of the workbook's cell styles; none when the part is absent or broken."""
    target = next((t for kind, t in part_relations(package, main).values() if kind == "styles"), "xl/styles.xml")
    payload = package.find(target)
    if payload is None:
        return CellStyles()
    try:
        root = xml_to_element(payload)
    except RefusedError:
        return CellStyles()
    codes = dict(BUILT_IN)
    listed = child(root, "numFmts")
    for item in listed if listed is not None else ():
        codes[clean_count(item.get("numFmtId"), 0, 65_535)] = item.get("formatCode") or "General"
    fonts = _fonts(child(root, "fonts"))
    formats, symbols = [], []
    styles = child(root, "cellXfs")
    for style in styles if styles is not None else ():
        formats.append(codes.get(clean_count(style.get("numFmtId"), 0, 65_535), "General"))
        font = clean_count(style.get("fontId"), 0, 65_535)
        symbols.append(fonts[font] if font < len(fonts) else None)
    return CellStyles(tuple(formats), tuple(symbols))


def _fonts(listed: Element | None) -> list[str | None]:
    found = []
    for font in listed if listed is not None else ():
        name = child(font, "name")
        found.append(find_symbol_font(name.get("val")) if name is not None else None)
    return found


def package_to_symbol_strings(package: Package) -> dict[int, str]:
    """Shared strings with a run in a symbol font, as they are seen; only where there is one."""
    payload = package.find("xl/sharedStrings.xml")
    if payload is None or b"dings" not in payload:
        return {}
    found = {}
    for index, item in enumerate(e for e in xml_to_element(payload) if local(e) == "si"):
        parts = []
        for run in item:
            text = child(run, "t") if local(run) == "r" else run if local(run) == "t" else None
            properties = child(run, "rPr") if local(run) == "r" else None
            font = child(properties, "rFont") if properties is not None else None
            symbol = find_symbol_font(font.get("val")) if font is not None else None
            parts.append((symbol, text.text or "" if text is not None else ""))
        if any(symbol for symbol, _ in parts):
            found[index] = "".join(symbol_to_text(symbol, text) for symbol, text in parts)
    return found
