"""Core: the cells of a Word table that hold nothing but words, gathered in one pass over its elements.

Nearly every cell is paragraphs of runs of text. Such a table is read by asking libxml2 for the few elements that matter, in their own order,
instead of walking through each cell. Whatever is more than words - a field, a symbol, a box, a list number, a deletion, a table inside - leaves its
cell to the full walk (`wordwalk`), and a table built in any other way is left to it whole: this pass never decides anything on its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from parsers.formats.bounds import LOCAL, Element, attribute, clean_count, local
from parsers.formats.marks import clean_private, find_symbol_font
from parsers.formats.wordstyles import Styles

_WORDS = ("tr", "tc", "p", "t", "tab", "br", "cr", "gridSpan", "vMerge", "vmerge", "gridBefore", "rFonts", "pStyle")
# What the full walk looks at and this pass does not; none of it may be passed over.
_MORE = (
    "tbl", "sdt", "ins", "del", "moveTo", "moveFrom", "hyperlink", "smartTag", "customXml", "fldSimple", "fldChar", "instrText", "ruby", "dir", "bdo",
    "oMath", "oMathPara", "AlternateContent", "pict", "drawing", "object", "sym", "noBreakHyphen", "softHyphen", "numPr", "strike", "dstrike",
    "vanish", "rStyle", "font", "hMerge", "hmerge", "cellDel", "txbxContent", "tcPrChange",
)  # fmt: skip
_ANOTHER_GRID = frozenset(("hMerge", "hmerge", "cellDel"))
_ASKED = tuple(f"{{*}}{name}" for name in (*_WORDS, *_MORE))


@dataclass(slots=True)
class PlainCell:
    """One cell: how far it reaches, whether it goes on with the one above ("continue") or may be gone on with ("restart"), and its words.

    `plain` is false where only the full walk can say what it holds.
    """

    element: Element
    text: str = ""
    span: int = 1
    vertical: str | None = None
    plain: bool = True


@dataclass(slots=True)
class PlainRow:
    """A row's cells, `skipped` grid columns from the left."""

    cells: list[PlainCell]
    skipped: int = 0


def find_plain_rows(table: Element, styles: Styles) -> list[PlainRow] | None:
    """The rows of a table whose rows and cells are its own children; None for any other table."""
    rows: list[PlainRow] = []
    row = cell = paragraph = None
    read: PlainCell | None = None
    lines: list[list[str]] = []
    line: list[str] = []
    for element in table.iter(*_ASKED):
        name = LOCAL[element.tag]
        if name == "t":
            run = element.getparent()
            if read is None or not read.plain:
                continue
            if run.getparent() is not paragraph or LOCAL[run.tag] != "r":
                read.plain = False
            elif element.text:
                line.append(element.text)
        elif name == "p":
            if read is None or not read.plain:
                continue
            if element.getparent() is not cell:
                read.plain = False
                continue
            paragraph, line = element, []
            lines.append(line)
        elif name == "tc":
            above = element.getparent()
            if above is row:
                _finish(read, lines)
                cell, paragraph, lines = element, None, []
                read = PlainCell(element)
                rows[-1].cells.append(read)
            elif read is None or read.plain:
                return None  # a cell in a wrapper of its own
        elif name == "tr":
            if element.getparent() is table:
                _finish(read, lines)
                row, cell, paragraph, read, lines = element, None, None, None, []
                rows.append(PlainRow([]))
            elif read is None or read.plain:
                return None
        elif name == "rFonts":
            if read is not None and read.plain and any(map(find_symbol_font, element.attrib.values())):
                read.plain = False
        elif name in ("gridSpan", "vMerge", "vmerge"):
            properties = element.getparent()
            if read is not None and properties.getparent() is cell:
                value = attribute(element, "val")
                if name == "gridSpan":
                    read.span = clean_count(value)
                else:
                    read.vertical = value or "continue"
        elif name in ("tab", "br", "cr"):
            above = element.getparent()
            if local(above) == "tabs":
                continue
            if read is not None and read.plain:
                if above.getparent() is paragraph and local(above) == "r":
                    line.append("\t" if name == "tab" else "\n")
                else:
                    read.plain = False
        elif name == "pStyle":
            style = attribute(element, "val") or ""
            if read is not None and read.plain and (styles.font(style) or styles.numbering(style)):
                read.plain = False
        elif name == "gridBefore":
            if read is not None or not rows or element.getparent().getparent() is not row:
                return None
            rows[-1].skipped = clean_count(attribute(element, "val"), 0)
        elif element is table:
            continue
        elif read is None or name in _ANOTHER_GRID or not _is_inside(element, cell):
            return None  # a deleted row, rows or cells in a content control
        else:
            read.plain = False
    _finish(read, lines)
    return rows


def _finish(read: PlainCell | None, lines: list[list[str]]) -> None:
    if read is not None and read.plain:
        read.text = clean_private("\n".join(["".join(line) for line in lines]).strip())


def _is_inside(element: Element, cell: Element) -> bool:
    return any(above is cell for above in element.iterancestors())
