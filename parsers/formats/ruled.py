"""Core: ruled lines and glyphs of a page -> tables with row and column spans, frames with the tables inside them.

A cell is a set of grid boxes with no line between them, so an upright span can be told from a level one. Lines that touch
belong to one table; a table wholly inside another's cell is a nested one (traps 26, 29, 31).
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from parsers.document import OBJECT, Area
from parsers.formats.ink import Glyph, Ink, Rule, glyph
from parsers.formats.textlines import Line, glyphs_to_lines

_SAME = 2.0
_TOUCH = 3.0
_MAX_RULES = 2_500
_MAX_BOXES = 60_000
_MARGIN = 24.0
_SLIVER_WIDTH, _SLIVER_HEIGHT = 7.0, 6.0
_OVER = 0.2  # a letter that sticks out over a table by more than this part of its height stands outside
_SPILT = 0.25
_STRUCK = 0.22  # how far from a letter's middle, in its height, a line may run that strikes it out; an underline is at twice that
Box = tuple[float, float, float, float]


@dataclass(slots=True)
class RuledCell:
    """One cell: its box in points, and what is written in it; `inked` when something stands there that is no text, `spilt` when words
    stand across its upper or lower line. `area` is where it stood on its own page, before tables were joined over page breaks."""

    x0: float
    x1: float
    top: float
    bottom: float
    glyphs: list[Glyph] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    tail: list[RuledCell] = field(default_factory=list)
    inked: bool = False
    spilt: bool = False
    area: Area | None = None

    @property
    def blank(self) -> bool:
        """True when nothing is printed in it."""
        return not self.lines and not self.inked


@dataclass(slots=True)
class RuledTable:
    """A table on one page; `open_bottom` when its last row goes on without a line under it."""

    cells: list[RuledCell]
    x0: float
    x1: float
    top: float
    bottom: float
    open_top: bool = False
    open_bottom: bool = False
    inner: list[RuledTable] = field(default_factory=list)
    holder: RuledCell | None = None


def ink_to_tables(ink: Ink) -> tuple[list[RuledTable], list[Line]]:
    """The page's tables from top to bottom (nested ones under `inner`), and the lines of text outside them."""
    glyphs, rules = without_struck(ink.glyphs, ink.across)
    across = _merged(r for r in rules if not any(_is_border(r, x0, x1, (top, bottom)) for x0, top, x1, bottom in ink.placed))
    down = _merged(r for r in ink.down if not any(_is_border(r, top, bottom, (x0, x1)) for x0, top, x1, bottom in ink.placed))
    tables: list[RuledTable] = []
    if len(across) <= _MAX_RULES and len(down) <= _MAX_RULES:
        for levels, uprights in _groups(across, down):
            table = _table(levels, uprights)
            if table is not None:
                tables += [table, *table.inner]
    tables.sort(key=lambda t: (t.x1 - t.x0) * (t.bottom - t.top))
    outside = _place_glyphs(glyphs, tables)
    outside += _place_pictures(ink.placed, tables, outside)
    top_level = _nest(tables)
    for table in tables:
        for cell in table.cells:
            cell.lines = glyphs_to_lines(cell.glyphs)
            cell.spilt = _is_spilt(cell)
        table.cells = [cell for cell in table.cells if not _is_margin(cell, table)]
    kept = [t for t in top_level if not _is_stray(t)]
    return sorted(kept, key=lambda t: t.top), glyphs_to_lines(outside)


def without_struck(glyphs: Sequence[Glyph], across: Sequence[Rule]) -> tuple[list[Glyph], list[Rule]]:
    """Letters without those that a drawn line strikes out (a printed deletion too: it is not what was meant), and the rules without such lines."""
    middles = [g.middle for g in glyphs]
    order = sorted(range(len(glyphs)), key=middles.__getitem__)
    heights = [middles[k] for k in order]
    inked = [glyphs[k] for k in order]
    struck: set[int] = set()
    kept = []
    for rule in across:
        at, start, end = rule.at, rule.start - 1, rule.end + 1
        first, last = bisect.bisect_left(heights, at - _STRUCK * 60), bisect.bisect_right(heights, at + _STRUCK * 60)
        under = [
            first + k
            for k, g in enumerate(inked[first:last])
            if start <= g.center <= end and abs(g.middle - at) <= _STRUCK * g.size and not g.blank
        ]
        if under and sum(inked[k].x1 - inked[k].x0 for k in under) > 0.6 * (rule.end - rule.start):
            struck.update(order[k] for k in under)
        else:
            kept.append(rule)
    return ([g for k, g in enumerate(glyphs) if k not in struck] if struck else list(glyphs)), kept


def _is_spilt(cell: RuledCell) -> bool:
    """True when words reach over the cell's own lines: a worksheet's row too low for its wrapped text prints it into the rows around it."""
    over = sum(
        (cell.top - g.top > _SPILT * g.size or g.bottom - cell.bottom > _SPILT * g.size) and not g.blank and not g.down
        for g in cell.glyphs
    )
    return over > 1 or (over == 1 and len(cell.glyphs) == 1)


def _is_border(rule: Rule, start: float, end: float, edges: tuple[float, float]) -> bool:
    """True for a line drawn round a picture: at its edge and no longer than it."""
    return start - _TOUCH < rule.start and rule.end < end + _TOUCH and min(abs(rule.at - edge) for edge in edges) < _SAME


def _is_margin(cell: RuledCell, table: RuledTable) -> bool:
    """The gap between a frame and the table inside it (trap 31): blank, at the very edge, as long as the edge and thin."""
    if not cell.blank:
        return False
    tall = cell.bottom - cell.top > 0.98 * (table.bottom - table.top) and cell.x1 - cell.x0 < _MARGIN
    wide = cell.x1 - cell.x0 > 0.98 * (table.x1 - table.x0) and cell.bottom - cell.top < _SLIVER_HEIGHT * 2
    at_side = cell.x0 - table.x0 < 1 or table.x1 - cell.x1 < 1
    at_end = cell.top - table.top < 1 or table.bottom - cell.bottom < 1
    return ((tall and at_side) or (wide and at_end)) and len({round(c.top) for c in table.cells}) >= 3


def _is_stray(table: RuledTable) -> bool:
    """A box around nothing is a decoration."""
    return not table.inner and all(cell.blank for cell in table.cells) and len(table.cells) < 4


def _merged(rules: Iterable[Rule]) -> list[Rule]:
    """Lines in the same place become one; short gaps between them (dashes, cell by cell borders) are bridged."""
    out: list[Rule] = []
    group: list[Rule] = []
    for rule in sorted(rules):
        if group and rule.at - group[-1].at > 1.0:
            out += _bridged(group)
            group = []
        group.append(rule)
    return out + _bridged(group)


def _bridged(group: list[Rule]) -> list[Rule]:
    out: list[Rule] = []
    for rule in sorted(group, key=lambda r: r.start):
        if out and rule.start <= out[-1].end + _TOUCH:
            out[-1] = Rule(out[-1].at, out[-1].start, max(out[-1].end, rule.end))
        else:
            out.append(rule)
    return [rule for rule in out if rule.end - rule.start > 4]


def _groups(across: Sequence[Rule], down: Sequence[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Lines that touch, directly or through others."""
    parent = list(range(len(across) + len(down)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    order = sorted(range(len(down)), key=lambda i: down[i].at)
    places = [down[i].at for i in order]
    for a, level in enumerate(across):
        first, last = bisect.bisect_left(places, level.start - _TOUCH), bisect.bisect_right(places, level.end + _TOUCH)
        for i in order[first:last]:
            upright = down[i]
            if upright.start - _TOUCH <= level.at <= upright.end + _TOUCH:
                parent[root(a)] = root(len(across) + i)
    found: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for a, level in enumerate(across):
        found.setdefault(root(a), ([], []))[0].append(level)
    for i, upright in enumerate(down):
        found.setdefault(root(len(across) + i), ([], []))[1].append(upright)
    return [(levels, uprights) for levels, uprights in found.values() if len(uprights) >= 2 and levels]


def _clustered(values: Iterable[float]) -> list[float]:
    groups: list[list[float]] = []
    for value in sorted(values):
        if groups and value - groups[-1][-1] <= _SAME:
            groups[-1].append(value)
        else:
            groups.append([value])
    return [sum(group) / len(group) for group in groups]


def nearest(values: Sequence[float], value: float) -> int:
    """Which of some values in their order is nearest to another, the lower one of two equally near."""
    index = bisect.bisect_left(values, value)
    if index == 0:
        return 0
    if index == len(values) or value - values[index - 1] <= values[index] - value:
        return index - 1
    return index


def _implied(levels: list[Rule], uprights: list[Rule]) -> tuple[list[Rule], bool, bool]:
    """Where uprights stick out beyond the last line, a page break has cut the row: its missing line is implied."""
    first, last = min(r.at for r in levels), max(r.at for r in levels)
    above = [r for r in uprights if first - r.start > _SLIVER_HEIGHT]
    below = [r for r in uprights if r.end - last > _SLIVER_HEIGHT]
    out = list(levels)
    open_top, open_bottom = len(above) >= 2, len(below) >= 2
    if open_top:
        out.append(Rule(min(r.start for r in above), min(r.at for r in above), max(r.at for r in above)))
    if open_bottom:
        out.append(Rule(max(r.end for r in below), min(r.at for r in below), max(r.at for r in below)))
    return out, open_top, open_bottom


def _table(levels: list[Rule], uprights: list[Rule]) -> RuledTable | None:
    levels, open_top, open_bottom = _implied(levels, uprights)
    xs, ys = _clustered(r.at for r in uprights), _clustered(r.at for r in levels)
    if len(xs) < 2 or len(ys) < 2 or (len(xs) - 1) * (len(ys) - 1) > _MAX_BOXES:
        return None
    cells: list[RuledCell] = []
    frames: list[RuledCell] = []
    for left, right, top, bottom, count in _boxes(xs, ys, levels, uprights):
        cell = RuledCell(xs[left], xs[right + 1], ys[top], ys[bottom + 1])
        if cell.x1 - cell.x0 >= _SLIVER_WIDTH and cell.bottom - cell.top >= _SLIVER_HEIGHT:
            (cells if count == (right - left + 1) * (bottom - top + 1) else frames).append(cell)
    if not cells and not frames:
        return None
    return _framed(cells, frames, open_top=open_top, open_bottom=open_bottom)


def _framed(cells: list[RuledCell], frames: list[RuledCell], *, open_top: bool, open_bottom: bool) -> RuledTable:
    """A cell that runs round others is a frame: what it surrounds is a table inside it, though their lines touch."""
    inner: list[RuledTable] = []
    for frame in sorted(frames, key=lambda c: (c.x1 - c.x0) * (c.bottom - c.top)):
        held = [cell for cell in cells if _is_within(cell, frame)]
        if len(held) > 1:
            table = _bounded(held, open_top=False, open_bottom=False)
            table.holder = frame
            inner.append(table)
            kept = {id(cell) for cell in held}
            cells = [cell for cell in cells if id(cell) not in kept]
        cells.append(frame)
    table = _bounded(cells, open_top=open_top, open_bottom=open_bottom)
    table.inner = inner
    return table


def _is_within(cell: RuledCell, frame: RuledCell) -> bool:
    return frame.x0 - 1 <= cell.x0 and cell.x1 <= frame.x1 + 1 and frame.top - 1 <= cell.top and cell.bottom <= frame.bottom + 1


def _bounded(cells: list[RuledCell], *, open_top: bool, open_bottom: bool) -> RuledTable:
    x0, x1 = min(c.x0 for c in cells), max(c.x1 for c in cells)
    return RuledTable(cells, x0, x1, min(c.top for c in cells), max(c.bottom for c in cells), open_top, open_bottom)


def _boxes(xs: list[float], ys: list[float], levels: list[Rule], uprights: list[Rule]) -> list[tuple[int, int, int, int, int]]:
    """Cells as (left, right, top, bottom) box numbers and how many boxes: boxes with no line between them are one cell."""
    columns, rows = len(xs) - 1, len(ys) - 1
    level_at = [[False] * columns for _ in ys]
    upright_at = [[False] * rows for _ in xs]
    middles_x = [(a + b) / 2 for a, b in pairwise(xs)]
    middles_y = [(a + b) / 2 for a, b in pairwise(ys)]
    for rule in levels:
        line = level_at[nearest(ys, rule.at)]
        for k in range(bisect.bisect_left(middles_x, rule.start - _SAME), bisect.bisect_right(middles_x, rule.end + _SAME)):
            line[k] = True
    for rule in uprights:
        line = upright_at[nearest(xs, rule.at)]
        for k in range(bisect.bisect_left(middles_y, rule.start - _SAME), bisect.bisect_right(middles_y, rule.end + _SAME)):
            line[k] = True
    parent = list(range(columns * rows))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for j in range(rows):
        for i in range(columns):
            if i + 1 < columns and not upright_at[i + 1][j]:
                parent[root(j * columns + i)] = root(j * columns + i + 1)
            if j + 1 < rows and not level_at[j + 1][i]:
                parent[root(j * columns + i)] = root((j + 1) * columns + i)
    members: dict[int, list[tuple[int, int]]] = {}
    for j in range(rows):
        for i in range(columns):
            members.setdefault(root(j * columns + i), []).append((i, j))
    outside = {root(i) for i in range(columns) if not level_at[0][i]}
    outside |= {root((rows - 1) * columns + i) for i in range(columns) if not level_at[rows][i]}
    for j in range(rows):
        for edge, box in ((0, 0), (columns, columns - 1)):
            group = root(j * columns + box)
            if not upright_at[edge][j] and not _is_banded(members[group], level_at):
                outside.add(group)
    return [
        (min(i for i, _ in boxes), max(i for i, _ in boxes), min(j for _, j in boxes), max(j for _, j in boxes), len(boxes))
        for group, boxes in members.items()
        if group not in outside
    ]


def _is_banded(boxes: list[tuple[int, int]], level_at: list[list[bool]]) -> bool:
    """A cell without a side line, as in tables open to the left and right, has lines over and under its whole width."""
    top, bottom = min(j for _, j in boxes), max(j for _, j in boxes)
    columns = {i for i, _ in boxes}
    return all(level_at[top][i] and level_at[bottom + 1][i] for i in columns)


def _place_glyphs(glyphs: Sequence[Glyph], tables: list[RuledTable]) -> list[Glyph]:
    """Gives each glyph to the cell it stands in, smallest table first; the rest stand outside."""
    outside: list[Glyph] = []
    banded = [(t, *_bands(t)) for t in tables]
    for one in glyphs:
        x, y = one.center, one.middle
        held = outside
        for table, levels, bands in banded:
            if not (table.x0 <= x <= table.x1 and table.top <= y <= table.bottom and table.top - one.top < _OVER * one.size):
                continue
            for cell in bands[bisect.bisect_right(levels, y)]:
                if cell.x0 <= x < cell.x1:
                    held = cell.glyphs
                    break
            if held is not outside:
                break
        held.append(one)
    return outside


def _bands(table: RuledTable) -> tuple[list[float], list[list[RuledCell]]]:
    """The heights at which a table's cells begin or end, and the cells over the first, between each two and under the last."""
    levels = sorted({y for c in table.cells for y in (c.top, c.bottom)})
    bands: list[list[RuledCell]] = [[] for _ in range(len(levels) + 1)]
    for cell in table.cells:
        for k in range(bisect.bisect_left(levels, cell.top) + 1, bisect.bisect_left(levels, cell.bottom) + 1):
            bands[k].append(cell)
    return levels, bands


def _place_pictures(placed: Sequence[Box], tables: list[RuledTable], outside: Sequence[Glyph]) -> list[Glyph]:
    """Marks the cell under the middle of each picture; one outside every table stands in its line as OBJECT."""
    loose: list[Glyph] = []
    for x0, top, x1, bottom in placed:
        x, y = (x0 + x1) / 2, (top + bottom) / 2
        held = [
            c for t in tables if t.x0 <= x <= t.x1 and t.top <= y <= t.bottom for c in t.cells if c.x0 <= x < c.x1 and c.top <= y < c.bottom
        ]
        if held:
            held[0].inked = True
            continue
        beside = [g for g in outside if top <= g.middle <= bottom and not g.blank]
        line = min(beside, key=lambda g: (abs(g.middle - y), abs(g.center - x)), default=None)
        size = line.size if line else 10.0
        middle = line.middle if line else y
        loose.append(glyph(OBJECT, x - size / 2, x + size / 2, middle - size / 2, middle + size / 2))
    return loose


def _nest(tables: list[RuledTable]) -> list[RuledTable]:
    """Puts tables under the cell that holds them; `tables` come smallest first."""
    top_level = []
    for index, table in enumerate(tables):
        if table.holder is not None:  # its lines touch the frame's, so it is in its place already
            continue
        holder = next(
            (
                (outer, cell)
                for outer in tables[index + 1 :]
                for cell in outer.cells
                if cell.x0 - 1 <= table.x0 and table.x1 <= cell.x1 + 1 and cell.top - 1 <= table.top and table.bottom <= cell.bottom + 1
            ),
            None,
        )
        if holder is None:
            top_level.append(table)
        else:
            table.holder = holder[1]
            holder[0].inner.append(table)
    for table in tables:
        table.inner.sort(key=lambda t: t.top)
    return top_level
