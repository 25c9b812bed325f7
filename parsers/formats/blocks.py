"""Core: the sheet of paper a reader writes on - paragraphs and tables in reading order, within the limits."""

from __future__ import annotations

from dataclasses import replace

from parsers.document import OBJECT, Area, Cell, Document, Paragraph, Status, Table
from parsers.formats.bounds import MAX_CELLS, MAX_SPAN, MAX_TEXT, too_large


class Blocks:
    """Paragraphs and tables as they are met; a table keeps its place while tables inside it are read."""

    def __init__(self) -> None:
        self._blocks: list[Paragraph | Table | None] = []
        self._tables = 0
        self._cells = 0
        self._text = 0

    def add_paragraph(self, text: str, heading: int = 0, place: str = "", sure: float = 1.0, area: Area | None = None) -> None:
        """A line of text; blank ones are not kept."""
        text = text.strip()
        if text:
            self._weigh(text)
            self._blocks.append(Paragraph(text=text, heading=heading, place=place, sure=sure, area=area))

    def open_table(self) -> tuple[int, int]:
        """A place for a table that is about to be read: (slot, table number from 1)."""
        self._tables += 1
        self._blocks.append(None)
        return len(self._blocks) - 1, self._tables

    def close_table(self, slot: int, table: Table) -> None:
        """Puts the finished table in its place; a table without cells is left out."""
        self._cells += len(table.cells)
        if self._cells > MAX_CELLS:
            raise too_large()
        for cell in table.cells:
            self._weigh(cell.text)
        if table.cells:
            self._blocks[slot] = table

    def add_table(self, cells: list[Cell] | tuple[Cell, ...], place: str = "") -> None:
        """A table that holds no other."""
        slot, number = self.open_table()
        self.close_table(slot, Table(cells=tuple(cells), number=number, place=place))

    def _weigh(self, text: str) -> None:
        self._text += len(text) - text.count(OBJECT)
        if self._text > MAX_TEXT:
            raise too_large()

    @property
    def blank(self) -> bool:
        """True when nothing legible was written."""
        return self._text == 0

    def to_tuple(self) -> tuple[Paragraph | Table, ...]:
        """Everything in reading order."""
        return tuple(block for block in self._blocks if block is not None)

    def to_document(self, reader: str, **more: object) -> Document:
        """The finished document: `read`; without any text `scanned` when it holds pictures, else `empty`."""
        status: Status = "read" if not self.blank else "scanned" if more.get("pictures") else "empty"
        return Document(reader=reader, status=status, blocks=self.to_tuple(), **more)  # type: ignore[arg-type]


class Grid:
    """Cells of one table row by row, with row spans that later rows may lengthen."""

    def __init__(self) -> None:
        self.cells: list[Cell] = []
        self._row = -1
        self._col = 0
        self._open: dict[int, int] = {}
        self._next_open: dict[int, int] = {}

    def start_row(self, skipped: int = 0) -> None:
        """A new row, `skipped` grid columns from the left."""
        self._row += 1
        self._col = skipped
        self._open, self._next_open = self._next_open, {}

    def add(self, text: str, colspan: int = 1, *, opens: bool = False) -> None:
        """A printed cell; `opens` when later rows may continue it."""
        colspan = max(1, min(colspan, MAX_SPAN))
        if opens:
            self._next_open[self._col] = len(self.cells)
        if len(self.cells) > MAX_CELLS:
            raise too_large()
        self.cells.append(Cell(text=text, row=self._row, col=self._col, colspan=colspan))
        self._col += colspan

    def continue_above(self, text: str, colspan: int = 1) -> None:
        """A cell that continues the one above; without one above it is a printed cell of its own."""
        origin = self._open.get(self._col)
        if origin is None:
            self.add(text, colspan, opens=True)
            return
        above = self.cells[origin]
        joined = f"{above.text}\n{text}".strip() if text else above.text
        self.cells[origin] = replace(above, rowspan=self._row - above.row + 1, text=joined)
        self._next_open[self._col] = origin
        self._col += max(1, min(colspan, MAX_SPAN))

    def widen_last(self, colspan: int = 1) -> None:
        """The last cell of the row also covers the next `colspan` columns (legacy horizontal merge)."""
        if self.cells and self.cells[-1].row == self._row:
            last = self.cells[-1]
            self.cells[-1] = replace(last, colspan=min(last.colspan + colspan, MAX_SPAN))
        self._col += colspan

    @property
    def row(self) -> int:
        """The current grid row, from 0."""
        return self._row

    @property
    def col(self) -> int:
        """The next free grid column, from 0."""
        return self._col
