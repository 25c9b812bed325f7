"""Core: rows that a page break cut in two, joined again - told by their labels: 社会效 | 益, 政治 | 面貌 (documents.md trap 29)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from parsers.document import Cell, Table

IsLabel = Callable[[str], bool]


def is_paged(table: Table) -> bool:
    """True for a table whose place is a page: only these can be cut."""
    return bool(re.fullmatch(r"第\d+页", table.place))


def join_cut_rows(table: Table, is_label: IsLabel, is_sure_label: IsLabel) -> Table:
    """The table with cut rows joined; row numbers stay, a joined cell covers both halves. A sure label is never a value elsewhere (教授 is)."""
    if not is_paged(table):
        return table
    own: dict[int, list[Cell]] = {}
    for cell in table.cells:
        own.setdefault(cell.row, []).append(cell)
    cells = dict.fromkeys(table.cells)
    for row in sorted(own):
        lower = own.get(row + 1)
        if lower is None or row not in own:
            continue
        halves = _halves(own[row], lower)
        cut = [(a, b) for a, b in halves if _is_cut_label(a, b, is_label)]
        tail = len(halves) == len(lower) and _is_tail(halves, is_label) and any(is_sure_label(c.text) for c in own[row])
        if not cut and not tail:
            continue
        whole_row = tail or (len(halves) == len(lower) and all((a, b) in cut or not is_label(b.text) for a, b in halves))
        for upper, under in halves if whole_row else cut:
            cells.pop(upper, None)
            cells.pop(under, None)
            rowspan = under.row + under.rowspan - upper.row
            joined = replace(upper, text=_joined(upper.text, under.text), rowspan=rowspan, unread=upper.unread or under.unread)
            cells[joined] = None
        if whole_row:
            own.pop(row + 1)
    return replace(table, cells=tuple(sorted(cells, key=lambda c: (c.row, c.col))))


def _halves(upper: list[Cell], lower: list[Cell]) -> list[tuple[Cell, Cell]]:
    """The cells that stand exactly over one another."""
    by_place = {(c.col, c.colspan): c for c in upper if c.rowspan == 1}
    return [(by_place[c.col, c.colspan], c) for c in lower if (c.col, c.colspan) in by_place]


def _is_cut_label(upper: Cell, lower: Cell, is_label: IsLabel) -> bool:
    """True when only both halves together are a label (联系 | 电话), or the lower half is a stray end of the upper (荣誉称 | 号)."""
    if not re.search(r"\w", upper.text) or not re.search(r"\w", lower.text) or not is_label(upper.text + lower.text):
        return False
    return not is_label(upper.text) or (not is_label(lower.text) and len(lower.text.strip()) <= 2)


def _is_tail(halves: list[tuple[Cell, Cell]], is_label: IsLabel) -> bool:
    """True for a row that only goes on with the values over it: nothing stands under a label, and what is there stands under words."""
    filled = [(a, b) for a, b in halves if b.text.strip()]
    if not filled or not any(is_label(a.text) for a, _ in halves):
        return False
    return all(a.text.strip() and not is_label(a.text) and not is_label(b.text) for a, b in filled)


def _joined(upper: str, lower: str) -> str:
    return upper + ("\n" if upper and lower else "") + lower
