"""Core: a table as rows of cells that know their neighbours - what is right of a label, what is under it, where a row and a column meet.

Merged cells are met in every row and column they cover; a position that no cell covers is an empty cell, so that nothing moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from operator import attrgetter

from parsers.document import Cell, Table
from parsers.form import Where

FILL_LIMIT = 60_000


class Grid:
    """网格: one table. `rows[r]` holds the cells that cover row r, in column order; rows keep the table's own numbers.

    `cells` is every cell once, row by row, the filled-in empty ones too; `own[r]` those that begin in row r.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self.rows = _covering_rows(table)
        self.own = [[c for c in row if c.row == r] for r, row in enumerate(self.rows)]
        self.cells = tuple(c for row in self.own for c in row)
        self.first = min([c.row for c in table.cells], default=0)

    @cached_property
    def turned(self) -> Grid:
        """The table with rows and columns exchanged."""
        return Grid(transposed(self.table))

    @cached_property
    def unmerged(self) -> bool:
        """True when no cell reaches over another place: text parted by commas or tabs has lost what was merged, and has empty cells instead."""
        return all(c.colspan == 1 and c.rowspan == 1 for c in self.table.cells)

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
        if len(cells) == len(header_row):
            at = _index(header_row, header)
            if at >= 0:
                return cells[at]
        first, last = header.col, header.col + header.colspan
        best, widest = None, 0
        for cell in cells:
            shared = min(last, cell.col + cell.colspan) - max(first, cell.col)
            if shared > widest:
                best, widest = cell, shared
        return best

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

    def after(self, cell: Cell) -> Sequence[Cell]:
        """The cells that follow in the label's own row."""
        row = self.rows[cell.row]
        return row[_place(row, cell) + 1 :]

    def where(self, cell: Cell, name: str = "") -> Where:
        """The place of a cell for a person: its address in a workbook, else row and cell number."""
        address = cell.address
        if not address:
            at = _index(self.rows[cell.row], cell) if cell.row < len(self.rows) else -1
            address = f"第{cell.row + 1}行第{at + 1 if at >= 0 else cell.col + 1}格"
        return Where("", self.table.number, cell.row + 1, address, self.table.place, name, cell.area)

    @staticmethod
    def _next(row: Sequence[Cell], cell: Cell, step: int) -> Cell | None:
        at = _place(row, cell) + step
        return row[at] if 0 <= at < len(row) else None


class Grids:
    """网格簿: the grid of each table of one document, made once for whoever looks at it."""

    def __init__(self) -> None:
        self._made: dict[int, Grid] = {}

    def of(self, table: Table) -> Grid:
        """The grid of this very table."""
        grid = self._made.get(id(table))
        if grid is None:
            grid = self._made[id(table)] = Grid(table)  # the grid holds its table, so that the number stays its own
        return grid


def _index(row: Sequence[Cell], cell: Cell) -> int:
    """Where a cell stands in a row, -1 where it does not; itself is looked for first, because comparing cells is slow."""
    for at, other in enumerate(row):
        if other is cell:
            return at
    return next((at for at, other in enumerate(row) if other.col == cell.col and other.row == cell.row and other == cell), -1)


def _place(row: Sequence[Cell], cell: Cell) -> int:
    at = _index(row, cell)
    if at < 0:
        raise ValueError(cell)
    return at


def _covering_rows(table: Table) -> list[list[Cell]]:
    height = table.rows
    rows: list[list[Cell]] = [[] for _ in range(height)]
    for cell in table.cells:
        if cell.rowspan == 1:
            rows[cell.row].append(cell)
        else:
            for r in range(cell.row, cell.row + cell.rowspan):
                rows[r].append(cell)
    fill = height * table.cols <= FILL_LIMIT
    return [_filled(r, row, fill=fill) for r, row in enumerate(rows)]


def _filled(row: int, cells: list[Cell], *, fill: bool) -> list[Cell]:
    """The row in column order with an empty cell at every inner position nothing covers; a ragged end stays ragged."""
    at, sound = 0, True
    for cell in cells:
        if cell.col != at:
            sound = False
            break
        at += cell.colspan
    if sound:
        return cells
    cells = sorted(cells, key=_column)
    if not fill:
        return cells
    out: list[Cell] = []
    at = 0
    for cell in cells:
        out.extend(Cell("", row, c) for c in range(at, cell.col))
        out.append(cell)
        at = max(at, cell.col + cell.colspan)
    return out


_column = attrgetter("col")


def _reach(row: Sequence[Cell]) -> tuple[int, int]:
    return row[0].col, row[-1].col + row[-1].colspan


def transposed(table: Table) -> Table:
    """The table with rows and columns exchanged: a member list whose members stand side by side."""
    cells = tuple(
        sorted(
            (turned_cell(c) for c in table.cells),
            key=lambda c: (c.row, c.col),
        )
    )
    return replace(table, cells=cells)


def turned_cell(cell: Cell) -> Cell:
    """The same cell in a table turned over."""
    return replace(cell, row=cell.col, col=cell.row, rowspan=cell.colspan, colspan=cell.rowspan)


def part_of_table(table: Table, first: int, last: int) -> Table:
    """The rows first..last (from 0, last not included) as a table of their own that keeps its row numbers."""
    return replace(table, cells=tuple(c for c in table.cells if first <= c.row < last))
