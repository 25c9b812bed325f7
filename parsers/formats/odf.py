"""Core: .odt and .ods (also flat .fodt/.fods) -> Document, straight from content.xml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from math import isfinite

from parsers.document import OBJECT, TICKED, UNTICKED, Cell, Document, Table, Unread
from parsers.formats.blocks import Blocks
from parsers.formats.bounds import (
    MAX_CELLS,
    Element,
    Package,
    RefusedError,
    attribute,
    child,
    clean_count,
    damaged,
    local,
    too_large,
    xml_to_element,
)
from parsers.formats.docx import TEMPLATE_PROPERTY
from parsers.formats.marks import find_overstrike, find_symbol_font, symbol_to_text
from parsers.formats.number_format import Scalar
from parsers.formats.sheetgrid import PICTURE_FORMULA, Place, closed_up, place_to_address

_LEFT_OUT = frozenset(
    ["tracked-changes", "annotation", "annotation-end", "bookmark-ref", "note-citation", "soft-page-break", "desc", "title", "forms"]
)
_BOXES = frozenset(("frame", "custom-shape", "text-box", "g"))
_BLOCKS = frozenset(
    [
        "section",
        "list",
        "list-item",
        "list-header",
        "text-box",
        "frame",
        "custom-shape",
        "g",
        "index-body",
        "table-of-content",
        "index-title",
    ]
)
_ROWS = frozenset(("table-header-rows", "table-rows", "table-row-group"))
_COLUMNS = frozenset(("table-header-columns", "table-columns", "table-column-group"))
_MAX_REPEAT = 1000
_MARGIN = re.compile(rb"<style:(?:header|footer)(?:-first|-left)?[ >]")
_ERROR = re.compile(r"#(?:REF|N/A|VALUE|NAME\?|DIV/0|NUM|NULL)!?|Err:5\d\d", re.IGNORECASE)


def odf_to_document(payload: bytes) -> Document:
    """An OpenDocument package; `encrypted` when its manifest says so."""
    package = Package(payload)
    manifest = package.find("META-INF/manifest.xml")
    if manifest is not None and b"encryption-data" in manifest:
        raise RefusedError("encrypted")
    pictures = sum(1 for name in package.names() if name.startswith("pictures/"))
    meta, styles = package.find("meta.xml"), package.find("styles.xml")
    margins = _optional(styles) if styles is not None and _MARGIN.search(styles) else None
    return _root_to_document(xml_to_element(package.read("content.xml")), pictures, _tag(meta), margins)


def flat_odf_to_document(payload: bytes) -> Document:
    """OpenDocument in one XML file."""
    return _root_to_document(xml_to_element(payload), 0, "")


def _optional(payload: bytes | None) -> Element | None:
    """A part that only adds to the reading: None when it is absent or broken."""
    try:
        return xml_to_element(payload) if payload is not None else None
    except RefusedError:
        return None


def _tag(meta: bytes | None) -> str:
    if meta is None or TEMPLATE_PROPERTY.encode() not in meta:
        return ""
    try:
        root = xml_to_element(meta)
    except RefusedError:
        return ""
    return next(((e.text or "").strip() for e in root.iter("{*}user-defined") if attribute(e, "name") == TEMPLATE_PROPERTY), "")


def _root_to_document(root: Element, pictures: int, tag: str, styles: Element | None = None) -> Document:
    body = child(root, "body")
    if body is None or not len(body):
        raise damaged()
    walk = _Walk(root)
    content = body[0]
    if local(content) == "spreadsheet":
        walk.workbook(content)
        return walk.blocks.to_document("ods", pictures=pictures, tag=tag, problems=tuple(walk.problems))
    walk.story(content)
    for place, element in _margins(root if styles is None else styles):
        walk.margin(element, place)
    return walk.blocks.to_document("odt", pictures=pictures, tag=tag)


def _margins(root: Element) -> Iterator[tuple[str, Element]]:
    """The page heads and feet of the master pages that say anything, each text once; (place, element)."""
    seen: set[str] = set()
    for place, names in (("页眉", ("header", "header-first", "header-left")), ("页脚", ("footer", "footer-first", "footer-left"))):
        for page in root.iter("{*}master-page"):
            for element in page:
                text = "".join(element.itertext()).strip()
                if local(element) in names and text and text not in seen:
                    seen.add(text)
                    yield place, element


class _Walk:
    """One pass over content.xml in reading order."""

    def __init__(self, root: Element) -> None:
        self.blocks = Blocks()
        self.problems: list[str] = []
        self._fonts, self._hidden, self._hidden_tables = _styles(root)
        self._controls = _controls(root)
        self._waiting: list[Element] = []
        self._place = ""

    def margin(self, element: Element, place: str) -> None:
        """A page head or foot; its own styles stand beside it in styles.xml."""
        self._place = place
        self.story(element)
        self._place = ""

    def story(self, container: Element) -> None:
        for element in container:
            name = local(element)
            if name in ("p", "h"):
                heading = clean_count(attribute(element, "outline-level"), 1, 9) if name == "h" else 0
                self.blocks.add_paragraph(self._line(element), heading, self._place)
            elif name == "table":
                self._table(element, None, margin=self._place)
            elif name in _BLOCKS:
                self.story(element)
            while self._waiting:
                self.story(self._waiting.pop(0))

    def workbook(self, container: Element) -> None:
        for table in container:
            if local(table) != "table":
                continue
            if attribute(table, "style-name") in self._hidden_tables:
                self.problems = ["hidden_sheet_skipped"]
                continue
            self._table(table, None, place=attribute(table, "name") or "")

    def _line(self, paragraph: Element) -> str:
        parts: list[str] = []
        self._inline(paragraph, parts, self._fonts.get(attribute(paragraph, "style-name") or ""))
        return "".join(parts)

    def _inline(self, element: Element, parts: list[str], font: str | None) -> None:
        if element.text:
            parts.append(symbol_to_text(font, _collapsed(element.text)))
        for inner in element:
            self._piece(inner, parts, font)
            if inner.tail:
                parts.append(symbol_to_text(font, _collapsed(inner.tail)))

    def _piece(self, element: Element, parts: list[str], font: str | None) -> None:
        name = local(element)
        if name == "s":
            parts.append(" " * clean_count(attribute(element, "c"), 1, 500))
        elif name == "tab":
            parts.append("\t")
        elif name == "line-break":
            parts.append("\n")
        elif name == "checkbox":
            parts.append(TICKED if attribute(element, "current-state") == "true" else UNTICKED)
        elif name == "control":
            parts.append(self._controls.get(attribute(element, "control") or "", ""))
        elif name in _BOXES:
            if _is_picture(element):
                parts.insert(0 if _floats(element) else len(parts), OBJECT)
            self._waiting.append(element)
        elif name == "ruby":
            base = child(element, "ruby-base")
            if base is not None:
                self._inline(base, parts, font)
        elif name not in _LEFT_OUT and name != "note":
            style = attribute(element, "style-name") or ""
            if style not in self._hidden:
                overstrike = find_overstrike(attribute(element, "name") or "") if name.startswith("field") else None
                if overstrike:
                    parts.append(overstrike)
                else:
                    self._inline(element, parts, self._fonts.get(style, font))

    def _table(self, table: Element, inside: tuple[int, int, int] | None, place: str = "", margin: str = "") -> None:
        slot, number = self.blocks.open_table()
        cells: list[Cell] = []
        hidden = _hidden_columns(table)
        blank_rows = 0
        row_number = 0
        for row in _rows(table):
            repeat = clean_count(attribute(row, "number-rows-repeated"), 1, 1_048_576)
            if attribute(row, "visibility") in ("collapse", "filter"):
                if any(text.strip() for text in row.itertext()):
                    self.problems = list(dict.fromkeys([*self.problems, "hidden_cells_skipped"]))
                row_number += repeat
                continue
            read = self._row(row, number, row_number + blank_rows, workbook=bool(place), hidden=hidden)
            if place and not any(cell.filled for cell in read):
                blank_rows += repeat
                continue
            row_number, blank_rows = row_number + blank_rows, 0
            for copy_number in range(min(repeat, _MAX_REPEAT)):
                cells += read if not copy_number else [_moved(cell, row_number + copy_number) for cell in read]
                if len(cells) > MAX_CELLS:
                    raise too_large()
            row_number += repeat
        self.blocks.close_table(
            slot, Table(cells=tuple(closed_up([*_squared(cells, workbook=bool(place))])), number=number, place=place or margin, inside=inside)
        )

    def _row(self, row: Element, number: int, row_number: int, *, workbook: bool, hidden: frozenset[int]) -> list[Cell]:
        cells: list[Cell] = []
        col = 0
        for element in row:
            name = local(element)
            if name not in ("table-cell", "covered-table-cell"):
                continue
            repeat = clean_count(attribute(element, "number-columns-repeated"), 1, 16_384)
            if name == "covered-table-cell" or (workbook and repeat > _MAX_REPEAT):
                col += repeat
                continue
            cell = self._cell(element, number, (row_number, col), workbook=workbook)
            for step in range(repeat):
                if col + step not in hidden:
                    cells.append(cell if not step else _moved(cell, row_number, col + step))
            if len(cells) > MAX_CELLS:
                raise too_large()
            col += repeat
        return cells

    def _cell(self, element: Element, number: int, place: Place, *, workbook: bool) -> Cell:
        lines: list[str] = []
        self._cell_lines(element, lines, (number, *place))
        text = "\n".join(lines).strip()
        value = _value(element)
        if value is not None and not text:
            text = str(value)
        unread = _unread(element, text)
        return Cell(
            unread=unread,
            text="" if unread else text,
            row=place[0],
            col=place[1],
            rowspan=max(1, clean_count(attribute(element, "number-rows-spanned"))),
            colspan=max(1, clean_count(attribute(element, "number-columns-spanned"))),
            address=place_to_address(*place) if workbook else "",
            value=value if not isinstance(value, str) else None,  # type: ignore[arg-type]
        )

    def _cell_lines(self, container: Element, lines: list[str], inside: tuple[int, int, int]) -> None:
        for element in container:
            name = local(element)
            if name in ("p", "h"):
                lines.append(self._line(element))
            elif name == "table":
                self._table(element, inside)
            elif name in _BLOCKS and name not in _BOXES:
                self._cell_lines(element, lines, inside)
            elif name in _BOXES:
                if _is_picture(element):
                    lines.append(OBJECT)
                self._waiting.append(element)


def _moved(cell: Cell, row: int, col: int | None = None) -> Cell:
    col = cell.col if col is None else col
    return Cell(
        text=cell.text, row=row, col=col, rowspan=cell.rowspan, colspan=cell.colspan,
        address=place_to_address(row, col) if cell.address else "", value=cell.value, unread=cell.unread,
    )  # fmt: skip


def _is_picture(element: Element) -> bool:
    """True for a frame that shows a picture, an embedded object or a chart, and no text of its own."""
    return any(local(inner) in ("image", "object", "object-ole", "plugin") for inner in element) or (
        local(element) == "g" and any(_is_picture(inner) for inner in element)
    )


def _floats(element: Element) -> bool:
    return attribute(element, "anchor-type") in ("paragraph", "page", "char", "frame")


def _unread(element: Element, text: str) -> Unread:
    """Why a cell has no value: an error value, or a picture that lives in the cell (WPS DISPIMG)."""
    if attribute(element, "value-type") == "error" or _ERROR.fullmatch(text):
        return "error" if attribute(element, "formula") is not None else ""
    return "picture" if PICTURE_FORMULA.match(text) else ""


def _squared(cells: list[Cell], *, workbook: bool) -> Iterator[Cell]:
    """Without what a sheet repeats to its right edge: blank cells beyond the last column that holds anything."""
    if not workbook:
        yield from cells
        return
    last = max((cell.col + cell.colspan for cell in cells if cell.filled), default=0)
    yield from (cell for cell in cells if cell.col < last)


def _collapsed(text: str) -> str:
    """ODF writes runs of spaces as text:s; what is left of white space is one space."""
    return (
        text
        if "\n" not in text and "  " not in text and "\t" not in text
        else " ".join(text.split(" ")).replace("\n", " ").replace("\t", " ")
    )


def _value(element: Element) -> Scalar:
    kind = attribute(element, "value-type")
    try:
        if kind in ("float", "currency", "percentage"):
            number = float(attribute(element, "value") or "")
            if not isfinite(number):
                return None
            return int(number) if number.is_integer() and abs(number) < 1e15 else number
        if kind == "date":
            written = attribute(element, "date-value") or ""
            moment = datetime.fromisoformat(written)
            return moment.date() if len(written) <= 10 or moment.time() == moment.min.time() else moment
        if kind == "boolean":
            return attribute(element, "boolean-value") == "true"
    except ValueError:
        return None
    return None


def _rows(table: Element) -> Iterator[Element]:
    for element in table:
        name = local(element)
        if name == "table-row":
            yield element
        elif name in _ROWS:
            yield from _rows(element)


def _hidden_columns(table: Element) -> frozenset[int]:
    found: set[int] = set()
    col = 0
    for element in _columns(table):
        repeat = clean_count(attribute(element, "number-columns-repeated"), 1, 16_384)
        if attribute(element, "visibility") in ("collapse", "filter"):
            found.update(range(col, col + repeat))
        col += repeat
    return frozenset(found)


def _columns(table: Element) -> Iterator[Element]:
    for element in table:
        if local(element) == "table-column":
            yield element
        elif local(element) in _COLUMNS:
            yield from _columns(element)


def _styles(root: Element) -> tuple[dict[str, str], set[str], set[str]]:
    """Symbol fonts by style name, the names of struck-out or hidden text styles, and those of hidden sheets."""
    faces = {}
    for face in root.iter("{*}font-face"):
        faces[attribute(face, "name") or ""] = find_symbol_font((attribute(face, "font-family") or "").strip("'\""))
    fonts: dict[str, str] = {}
    hidden: set[str] = set()
    hidden_tables: set[str] = set()
    for style in root.iter("{*}style"):
        name = attribute(style, "name") or ""
        for properties in style:
            kind = local(properties)
            if kind == "text-properties":
                family = attribute(properties, "font-name") or ""
                font = (
                    faces.get(family)
                    or find_symbol_font(family)
                    or find_symbol_font((attribute(properties, "font-family") or "").strip("'\""))
                )
                if font:
                    fonts[name] = font
                struck = attribute(properties, "text-line-through-style") or attribute(properties, "text-line-through-type") or "none"
                if struck != "none" or attribute(properties, "display") == "none":
                    hidden.add(name)
            elif kind == "table-properties" and attribute(properties, "display") == "false":
                hidden_tables.add(name)
    return fonts, hidden, hidden_tables


def _controls(root: Element) -> dict[str, str]:
    """What a form's check boxes and fields show, by control id."""
    shown = {}
    for control in root.iter("{*}checkbox", "{*}radio", "{*}text", "{*}listbox", "{*}combobox"):
        ident = attribute(control, "id")
        if not ident:
            continue
        if local(control) in ("checkbox", "radio"):
            ticked = attribute(control, "current-state") == "checked" or attribute(control, "current-selected") == "true"
            shown[ident] = (TICKED if ticked else UNTICKED) + (attribute(control, "label") or "")
        else:
            shown[ident] = attribute(control, "current-value") or attribute(control, "value") or ""
    return shown
