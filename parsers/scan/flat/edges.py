"""Core: what the cells of a table have in common - edges that touch are one edge, and a gap that the cells around it leave is a cell too."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy

from parsers.scan.words import Box, Picture

_TOUCH = 16.0
_SAME = 9.0
_RULED = 0.55  # of a cell's width, so much of a line under its writing proves that it was two
_QUIET = 0.6  # of that, so much at most just over and under it: a line of letters is higher than a rule
_REACH, _NEAR, _THICKEST = 14, 7, 12  # pixels: how far from its height a line is looked for, in a part of a box and (less) in all of it
_PARTS, _MOST = 6, 4


def straightened(boxes: Sequence[Box]) -> list[Box]:
    """The boxes with edges that touch made one: their mean."""
    columns = _shared_edges(boxes, "x0", "x1", "y0", "y1")
    rows = _shared_edges(boxes, "y0", "y1", "x0", "x1")
    return [Box(columns[i][0], rows[i][0], columns[i][1], rows[i][1]) for i in range(len(boxes))]


def _shared_edges(boxes: Sequence[Box], low: str, high: str, side: str, far: str) -> list[tuple[float, float]]:
    """For each box its lower and upper edge in one direction; edge 2i is box i's lower one, 2i + 1 its upper one."""
    parent = list(range(2 * len(boxes)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    values = [value for box in boxes for value in (getattr(box, low), getattr(box, high))]
    for i, one in enumerate(boxes):
        for j, other in enumerate(boxes):
            if i == j:
                continue
            common = min(getattr(one, far), getattr(other, far)) - max(getattr(one, side), getattr(other, side))
            facing = common > 0 and abs(values[2 * i + 1] - values[2 * j]) < _TOUCH
            if facing:
                parent[root(2 * i + 1)] = root(2 * j)
            neighbours = abs(getattr(one, far) - getattr(other, side)) < _TOUCH
            for edge in (0, 1):
                if neighbours and abs(values[2 * i + edge] - values[2 * j + edge]) < _TOUCH:
                    parent[root(2 * i + edge)] = root(2 * j + edge)
    groups: dict[int, list[float]] = {}
    for index, value in enumerate(values):
        groups.setdefault(root(index), []).append(value)
    means = {key: sum(group) / len(group) for key, group in groups.items()}
    return [(means[root(2 * i)], means[root(2 * i + 1)]) for i in range(len(boxes))]


def fill_gaps(boxes: Sequence[Box]) -> list[Box]:
    """The boxes with cells for the places inside the table that none of them covers: columns of one height are one cell."""
    if len(boxes) < 4:
        return list(boxes)
    level = straightened(boxes)
    columns, rows = _lines(v for b in level for v in (b.x0, b.x1)), _lines(v for b in level for v in (b.y0, b.y1))
    free: Picture = numpy.ones((len(rows) - 1, len(columns) - 1), bool)
    for box in level:
        free[_at(rows, box.y0) : _at(rows, box.y1), _at(columns, box.x0) : _at(columns, box.x1)] = False
    found: list[tuple[int, int, int, int]] = []
    for column in range(free.shape[1]):
        edges = numpy.flatnonzero(numpy.diff(numpy.concatenate([[0], free[:, column].astype(numpy.int8), [0]])))
        for top, bottom in zip(edges[::2], edges[1::2], strict=True):
            if found and found[-1][1] == column and found[-1][2:] == (top, bottom):
                found[-1] = (found[-1][0], column + 1, int(top), int(bottom))
            else:
                found.append((column, column + 1, int(top), int(bottom)))
    gaps = [Box(columns[a], rows[top], columns[b], rows[bottom]) for a, b, top, bottom in found]
    small = float(numpy.percentile([b.height for b in boxes], 10))
    return [*boxes, *(g for g in gaps if g.height > 0.7 * small and g.width > 1.2 * small)]


def part_merged(boxes: Sequence[Box], ink: Picture, left: float, top: float) -> list[Box]:
    """The boxes, those parted in which most of a level line stands just where the neighbours on both sides end; `ink` begins at (left, top)."""
    out: list[Box] = []
    for box in boxes:
        cuts = [y for y in _ends_beside(boxes, box) if _is_ruled(ink, box, y, left, top)]
        edges = [box.y0, *sorted(cuts), box.y1]
        out += [Box(box.x0, a, box.x1, b) for a, b in itertools.pairwise(edges)]
    return out


def _ends_beside(boxes: Sequence[Box], box: Box) -> list[float]:
    """The heights inside a box at which the boxes on its left and on its right end."""
    within = [b for b in boxes if box.y0 + 2 * _TOUCH < b.y1 < box.y1 - 2 * _TOUCH]
    left = [b.y1 for b in within if abs(b.x1 - box.x0) < _TOUCH]
    right = [b.y1 for b in within if abs(b.x0 - box.x1) < _TOUCH]
    return [y for y in left if any(abs(y - other) < _TOUCH for other in right)]


def _is_ruled(ink: Picture, box: Box, y: float, left: float, top: float) -> bool:
    """True when the columns of a box are inked in a narrow band about a height, but not just over and under it: all over, or in most parts of its
    width (a seal lies over the others)."""
    x0, x1, middle = int(box.x0 - left) + 8, int(box.x1 - left) - 8, int(y - top)
    band = ink[max(0, middle - _REACH) : middle + _REACH + 1, x0:x1] > 0
    if band.shape[0] < _REACH or band.shape[1] < 20:
        return False
    parts = numpy.array_split(band, _PARTS, axis=1)
    return _is_narrow(band[_NEAR:-_NEAR]) or sum(map(_is_narrow, parts)) >= _MOST


def _is_narrow(band: Picture) -> bool:
    """True when a band is inked in few rows that lie together, and hardly above and below them."""
    rows = band.mean(axis=1)
    loud = numpy.flatnonzero(rows > 0.5 * rows.max())
    quiet = max(rows[:2].mean(), rows[-2:].mean()) < _QUIET * rows.max()
    return bool(rows.max() > _RULED and quiet and loud[-1] - loud[0] < _THICKEST)


def _lines(values: Iterable[float]) -> list[float]:
    """Values that are nearly the same as one, in order."""
    out: list[list[float]] = []
    for value in sorted(values):
        if out and value - out[-1][-1] <= _SAME:
            out[-1].append(value)
        else:
            out.append([value])
    return [sum(group) / len(group) for group in out]


def _at(lines: Sequence[float], value: float) -> int:
    return min(range(len(lines)), key=lambda i: abs(lines[i] - value))
