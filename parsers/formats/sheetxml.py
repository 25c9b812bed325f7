"""Core: Excel 2003 XML ("XML 表格", often named .xls) -> Document: one table a visible sheet."""

from __future__ import annotations

from datetime import datetime

from parsers.document import Document
from parsers.formats.blocks import Blocks
from parsers.formats.bounds import Element, attribute, child, clean_count, local, xml_to_element
from parsers.formats.number_format import Scalar
from parsers.formats.sheetgrid import Place, Sheet, sheet_to_cells

_NAMED = {
    "Short Date": "yyyy/m/d",
    "Medium Date": "yyyy/m/d",
    "Long Date": 'yyyy"年"m"月"d"日"',
    "Percent": "0.00%",
    "Fixed": "0.00",
    "Standard": "#,##0.00",
}


def sheetxml_to_document(payload: bytes) -> Document:
    """A SpreadsheetML 2003 workbook."""
    root = xml_to_element(payload)
    formats = _formats(child(root, "Styles"))
    blocks = Blocks()
    problems = []
    for worksheet in root:
        if local(worksheet) != "Worksheet":
            continue
        if _is_hidden(worksheet):
            problems.append("hidden_sheet_skipped")
            continue
        sheet = Sheet(attribute(worksheet, "Name") or "")
        table = child(worksheet, "Table")
        if table is not None:
            _read(table, sheet, formats)
        blocks.add_table(sheet_to_cells(sheet), place=sheet.name)
    return blocks.to_document("sheetxml", problems=tuple(dict.fromkeys(problems)))


def _is_hidden(worksheet: Element) -> bool:
    options = child(worksheet, "WorksheetOptions")
    visible = child(options, "Visible") if options is not None else None
    return visible is not None and (visible.text or "").strip() in ("SheetHidden", "SheetVeryHidden")


def _formats(styles: Element | None) -> dict[str, str]:
    found = {}
    for style in styles if styles is not None else ():
        form = child(style, "NumberFormat")
        code = attribute(form, "Format") if form is not None else None
        if code:
            found[attribute(style, "ID") or ""] = _NAMED.get(code, code)
    return found


def _read(table: Element, sheet: Sheet, formats: dict[str, str]) -> None:
    row = -1
    for element in table:
        if local(element) != "Row":
            continue
        row = clean_count(attribute(element, "Index"), row + 2, 1_048_576) - 1
        if attribute(element, "Hidden") == "1":
            sheet.hidden_rows.add(row)
        col = -1
        for cell in element:
            if local(cell) != "Cell":
                continue
            col = clean_count(attribute(cell, "Index"), col + 2, 16_384) - 1
            place = (row, col)
            _cell(cell, place, sheet, formats)
            across = clean_count(attribute(cell, "MergeAcross"), 0)
            down = clean_count(attribute(cell, "MergeDown"), 0)
            if across or down:
                sheet.merges.append((place, (row + down, col + across)))
            col += across


def _cell(cell: Element, place: Place, sheet: Sheet, formats: dict[str, str]) -> None:
    content = child(cell, "Data")
    if content is None:
        return
    sheet.values[place] = _value("".join(content.itertext()), attribute(content, "Type") or "String")
    code = formats.get(attribute(cell, "StyleID") or "")
    if code and code != "General":
        sheet.formats[place] = code


def _value(text: str, kind: str) -> Scalar:
    try:
        if kind == "Number":
            return float(text)
        if kind == "DateTime":
            return datetime.fromisoformat(text.strip())
        if kind == "Boolean":
            return text.strip() == "1"
    except ValueError:
        return text
    return text
