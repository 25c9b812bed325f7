"""Core: the cells of a Word table that hold nothing but words, gathered in one pass over its elements.

Nearly every cell is paragraphs of runs of text. Such a table is read by asking libxml2 for the few elements that matter, in their own order,
instead of walking through each cell. Whatever is more than words - a field, a symbol, a box, a list number, a deletion, a table inside - leaves its
cell to the full walk (`wordwalk`), and a table built in any other way is left to it whole: this pass never decides anything on its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from parsers.formats.bounds import LOCAL, Element, attribute, clean_count
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
    gathering = _Gathering(table, styles)
    takers = {name: getattr(gathering, taker) for name, taker in _TAKERS.items()}
    for element in table.iter(*_ASKED):
        name = LOCAL[element.tag]
        if not (takers[name](element) if name in takers else gathering.take_more(element, name)):
            return None
    gathering.finish()
    return gathering.rows


_TAKERS = {
    "t": "take_text", "p": "take_paragraph", "tc": "take_cell", "tr": "take_row", "rFonts": "take_font", "gridSpan": "take_span",
    "vMerge": "take_merge", "vmerge": "take_merge", "tab": "take_space", "br": "take_space", "cr": "take_space", "pStyle": "take_style",
    "gridBefore": "take_gap",
}  # fmt: skip


class _Gathering:
    """What has been met of one table, element after element; a taker says False when the table is not built like this.

    `read` is the cell at hand, None between a row's beginning and its first cell; `line` the words of its last paragraph.
    """

    def __init__(self, table: Element, styles: Styles) -> None:
        self.rows: list[PlainRow] = []
        self.table, self.styles = table, styles
        self.row = self.cell = self.paragraph = None
        self.read: PlainCell | None = None
        self.lines: list[list[str]] = []
        self.line: list[str] = []

    def finish(self) -> None:
        """The cell at hand is done."""
        read = self.read
        if read is not None and read.plain:
            read.text = clean_private("\n".join(["".join(line) for line in self.lines]).strip())

    def take_text(self, element: Element) -> bool:
        read = self.read
        if read is not None and read.plain:
            run = element.getparent()
            if run.getparent() is not self.paragraph or LOCAL[run.tag] != "r":
                read.plain = False
            elif element.text:
                self.line.append(element.text)
        return True

    def take_paragraph(self, element: Element) -> bool:
        read = self.read
        if read is not None and read.plain:
            if element.getparent() is self.cell:
                self.paragraph, self.line = element, []
                self.lines.append(self.line)
            else:
                read.plain = False
        return True

    def take_cell(self, element: Element) -> bool:
        if element.getparent() is not self.row:
            return self.read is not None and not self.read.plain  # of a table inside; else a cell in a wrapper of its own
        self.finish()
        self.cell, self.paragraph, self.lines = element, None, []
        self.read = PlainCell(element)
        self.rows[-1].cells.append(self.read)
        return True

    def take_row(self, element: Element) -> bool:
        if element.getparent() is not self.table:
            return self.read is not None and not self.read.plain
        self.finish()
        self.row, self.cell, self.paragraph, self.read, self.lines = element, None, None, None, []
        self.rows.append(PlainRow([]))
        return True

    def take_font(self, element: Element) -> bool:
        read = self.read
        if read is not None and read.plain and any(map(find_symbol_font, element.attrib.values())):
            read.plain = False
        return True

    def take_span(self, element: Element) -> bool:
        if self.read is not None and element.getparent().getparent() is self.cell:
            self.read.span = clean_count(attribute(element, "val"))
        return True

    def take_merge(self, element: Element) -> bool:
        if self.read is not None and element.getparent().getparent() is self.cell:
            self.read.vertical = attribute(element, "val") or "continue"
        return True

    def take_space(self, element: Element) -> bool:
        read, above = self.read, element.getparent()
        if read is not None and read.plain and LOCAL[above.tag] != "tabs":
            if above.getparent() is self.paragraph and LOCAL[above.tag] == "r":
                self.line.append("\t" if LOCAL[element.tag] == "tab" else "\n")
            else:
                read.plain = False
        return True

    def take_style(self, element: Element) -> bool:
        style = attribute(element, "val") or ""
        if self.read is not None and self.read.plain and (self.styles.font(style) or self.styles.numbering(style)):
            self.read.plain = False
        return True

    def take_gap(self, element: Element) -> bool:
        if self.read is not None or not self.rows or element.getparent().getparent() is not self.row:
            return False
        self.rows[-1].skipped = clean_count(attribute(element, "val"), 0)
        return True

    def take_more(self, element: Element, name: str) -> bool:
        """More than words: its cell is left to the full walk; outside a cell (a deleted row, rows in a content control) the whole table is."""
        if element is self.table:
            return True
        if self.read is None or name in _ANOTHER_GRID or not any(above is self.cell for above in element.iterancestors()):
            return False
        self.read.plain = False
        return True
