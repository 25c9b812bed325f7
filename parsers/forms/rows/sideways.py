"""Core: lists that do not stand under their titles - on their side (titles down the left, one person a column), or as repeated blocks of labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

from config.schema import Rows
from parsers.document import Cell
from parsers.forms.grid import Grid, transposed

NameOf = Callable[[str], str]


def turned_lists(grid: Grid, rows: Rows, name_of: NameOf) -> Iterator[Grid]:
    """The stretches of a table whose rows begin with titles of the list, turned so that each title heads a column.

    Unless the schema says `columns`, a stretch must be unmistakable: four titles, one of them of this list alone, and two entries or more
    (a leader's own block prints the same words, but for one person).
    """
    sure = rows.layout == "columns"
    for first, last, col in _stretches(grid, name_of):
        cells = [c for c in grid.cells if first <= c.row < last and c.col >= col and c.row + c.rowspan <= last]
        names = {name_of(c.text) for c in cells if c.col == col}
        entries = {c.col for c in cells if c.col > col and c.filled}
        labelled = sum(bool(name_of(c.text)) for c in cells if c.col > col)
        unmistakable = len(names) >= 4 and bool(names.intersection(rows.markers)) and len(entries) >= 2 and not labelled
        if unmistakable or (sure and len(names) >= 2 and entries):
            yield Grid(transposed(replace(grid.table, cells=tuple(cells))))


def _stretches(grid: Grid, name_of: NameOf) -> Iterator[tuple[int, int, int]]:
    """(first row, row after the last, column) of rows one under another that have a title of the list in the same column, each another one."""
    heads = [_head(grid, r, name_of) for r in range(len(grid.rows))]
    starts = [0, *(r for r, (one, two) in enumerate(pairwise(heads), 1) if one is None or two is None or one[0] != two[0]), len(heads)]
    for first, last in pairwise(starts):
        named = [head for head in heads[first:last] if head]
        if len(named) >= 2 and len({name for _, name in named}) == len(named):
            yield first, last, named[0][0]


def _head(grid: Grid, row: int, name_of: NameOf) -> tuple[int, str] | None:
    """The column and name of the first title in a row, None when its first written cell is none."""
    own = next((c for c in grid.rows[row] if c.row == row and c.text.strip()), None)
    name = name_of(own.text) if own is not None else ""
    return (own.col, name) if own is not None and name else None


def repeated_blocks(grid: Grid, rows: Rows, name_of: NameOf, heads: Callable[[str], bool]) -> Iterator[dict[str, tuple[Cell, Cell]]]:
    """Entries printed one after another with the same labels: (label, value) cells by column; a label met again begins the next entry.

    Where the schema names a heading of the list, only what follows it counts; an entry without any of the markers is something else.
    """
    cells = list(grid.cells)
    start = next((i for i, c in enumerate(cells) if heads(c.text)), -1) + 1
    entry: dict[str, tuple[Cell, Cell]] = {}
    for cell in cells[start:]:
        name = name_of(cell.text)
        right = grid.right(cell) if name else None
        if not name or right is None or name_of(right.text):
            continue
        if name in entry:
            yield from _whole(entry, rows)
            entry = {}
        entry[name] = (cell, right)
    yield from _whole(entry, rows)


def _whole(entry: dict[str, tuple[Cell, Cell]], rows: Rows) -> Iterator[dict[str, tuple[Cell, Cell]]]:
    if entry and (not rows.markers or set(rows.markers) & set(entry)) and any(value.filled for _, value in entry.values()):
        yield entry
