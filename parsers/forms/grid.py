"""Core: a table as rows of cells that know their neighbours - what is right of a label, what is under it, where a row and a column meet.

Merged cells are met in every row and column they cover; a position that no cell covers is an empty cell, so that nothing moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from parsers.document import Cell, Table
from parsers.form import Where

FILL_LIMIT = 60_000


class Grid:
    """网格: one table. `rows[r]` holds the cells that cover row r, in column order; rows keep the table's own numbers."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.rows = _covering_rows(table)
        self.first = min((c.row for c in table.cells), default=0)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every cell once, row by row, the filled-in empty ones too."""
        return tuple(c for r, row in enumerate(self.rows) for c in row if c.row == r)

    def right(self, cell: Cell) -> Cell | None:
        """The next cell in the label's own row."""
        return self._next(self.rows[cell.row], cell, 1)

    def left(self, cell: Cell) -> Cell | None:
        """The cell before it in its own row."""
        return self._next(self.rows[cell.row], cell, -1)

    def below(self, cell: Cell) -> Cell | None:
        """The cell under it."""
        under = cell.row + cell.rowspan
        return self.meet(cell, self.rows[under - 1], under) if under < len(self.rows) else None

    def meet(self, header: Cell, header_row: Sequence[Cell], row: int) -> Cell | None:
        """The cell of a row that stands in a header's column: by order when both rows have as many cells, by width otherwise."""
        cells = self.rows[row] if 0 <= row < len(self.rows) else []
        if len(cells) == len(header_row) and header in header_row:
            return cells[header_row.index(header)]
        best = max(cells, key=lambda c: _overlap(header, c), default=None)
        return best if best is not None and _overlap(header, best) > 0 else None

    def adds_up(self, one: int, other: int) -> bool:
        """True when two rows can be set against each other column by column: as many cells, the same reach, or edges that fall together.

        Writers that lose merges leave rows of unequal reach; what stands under what is then anybody's guess.
        """
        upper, lower = self.rows[one], self.rows[other]
        if len(upper) == len(lower) or not upper or not lower or _reach(upper) == _reach(lower):
            return True
        fewer, more = sorted((upper, lower), key=len)
        edges = {(c.col, c.colspan) for c in more}
        return all((c.col, c.colspan) in edges for c in fewer)

    def after(self, cell: Cell) -> Iterable[Cell]:
        """The cells that follow in the label's own row."""
        row = self.rows[cell.row]
        return row[row.index(cell) + 1 :]

    def where(self, cell: Cell, name: str = "") -> Where:
        """The place of a cell for a person: its address in a workbook, else row and cell number."""
        row = self.rows[cell.row] if cell.row < len(self.rows) else []
        at = row.index(cell) + 1 if cell in row else cell.col + 1
        address = cell.address or f"第{cell.row + 1}行第{at}格"
        return Where(table=self.table.number, row=cell.row + 1, cell=address, place=self.table.place, field=name, area=cell.area)

    @staticmethod
    def _next(row: Sequence[Cell], cell: Cell, step: int) -> Cell | None:
        at = row.index(cell) + step
        return row[at] if 0 <= at < len(row) else None


def _covering_rows(table: Table) -> list[list[Cell]]:
    rows: list[list[Cell]] = [[] for _ in range(table.rows)]
    for cell in table.cells:
        for r in range(cell.row, cell.row + cell.rowspan):
            rows[r].append(cell)
    cols = table.cols
    fill = len(rows) * cols <= FILL_LIMIT
    return [_filled(r, sorted(row, key=lambda c: c.col), cols if fill else 0) for r, row in enumerate(rows)]


def _filled(row: int, cells: list[Cell], cols: int) -> list[Cell]:
    """The row with an empty cell at every inner position nothing covers; a ragged end stays ragged."""
    out: list[Cell] = []
    at = 0
    for cell in cells:
        if cols:
            out.extend(Cell("", row, c) for c in range(at, cell.col))
        out.append(cell)
        at = max(at, cell.col + cell.colspan)
    return out


def _reach(row: Sequence[Cell]) -> tuple[int, int]:
    return row[0].col, row[-1].col + row[-1].colspan


def _overlap(one: Cell, other: Cell) -> int:
    return min(one.col + one.colspan, other.col + other.colspan) - max(one.col, other.col)


def transposed(table: Table) -> Table:
    """The table with rows and columns exchanged: a member list whose members stand side by side."""
    cells = tuple(
        sorted(
            (replace(c, row=c.col, col=c.row, rowspan=c.colspan, colspan=c.rowspan) for c in table.cells),
            key=lambda c: (c.row, c.col),
        )
    )
    return replace(table, cells=cells)


def part_of_table(table: Table, first: int, last: int) -> Table:
    """The rows first..last (from 0, last not included) as a table of their own that keeps its row numbers."""
    return replace(table, cells=tuple(c for c in table.cells if first <= c.row < last))
