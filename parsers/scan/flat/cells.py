"""Core: the cells of a flat table - the islands of paper between its ruled lines, so that merged cells come free.

A tick box or a row of strokes looks like a short ruling: a short line counts only when it joins others at both ends and stands alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy

from parsers.scan.flat.edges import fill_gaps, part_merged
from parsers.scan.flat.rules import binary, line_masks
from parsers.scan.words import Box, Picture

_MARGIN = 14
_GOOD = 0.90


@dataclass(frozen=True, slots=True)
class _Trial:
    """One way of looking: shares of the table's width that the shortest lines measure, how they may waver, which gaps are bridged."""

    level: int
    upright: int
    thick: int
    bridge_level: int
    bridge_upright: int


_TRIALS = (_Trial(32, 48, 3, 41, 31), _Trial(32, 48, 5, 61, 41), _Trial(45, 60, 5, 61, 41))


def find_cells(grey: Picture, table: Box) -> tuple[Box, ...]:
    """The cells inside a table of a flat page; where one way of looking leaves a gap or runs two cells together, the others fill in."""
    left, top = max(0, int(table.x0) - _MARGIN), max(0, int(table.y0) - _MARGIN)
    ink = binary(grey[top : int(table.y1) + _MARGIN, left : int(table.x1) + _MARGIN], 51)
    seen: list[tuple[Box, ...]] = []
    for trial in _TRIALS:
        seen.append(tuple(Box(c.x0 + left, c.y0 + top, c.x1 + left, c.y1 + top) for c in _look(ink, int(table.width), trial)))
        if share_covered(seen[-1], table) > _GOOD and len(_simple(seen[-1])) == len(seen[-1]) and not _has_gap(seen[-1], table):
            break
    order = sorted(seen, key=lambda cells: -_merit(cells, table))
    whole = list(_simple(order[0]))
    for cells in order[1:]:
        whole += [c for c in _simple(cells) if all(c.shared(other) < 0.1 * min(_area(c), _area(other)) for other in whole)]
    return tuple(fill_gaps(part_merged(whole, ink, left, top)))


def _merit(cells: Sequence[Box], table: Box) -> float:
    """How well cells fill their table, slivers counting against them."""
    return share_covered(_simple(cells), table) - 0.004 * sum(c.height < table.width * 0.016 for c in cells)


def _simple(cells: Sequence[Box]) -> tuple[Box, ...]:
    """The cells that do not run round others: two that a lost line made one are no rectangle any more."""
    return tuple(c for c in cells if not any(o is not c and c.shared(o) > 0.5 * _area(o) and _area(o) < _area(c) for o in cells))


def _has_gap(cells: Sequence[Box], table: Box) -> bool:
    """True when a piece of the table as large as a small cell belongs to no cell."""
    scale = 8
    left, top = table.x0, table.y0
    free: Picture = numpy.ones((int(table.height / scale) + 1, int(table.width / scale) + 1), numpy.uint8)
    for c in cells:
        free[
            max(0, int((c.y0 - top) / scale) - 1) : int((c.y1 - top) / scale) + 2,
            max(0, int((c.x0 - left) / scale) - 1) : int((c.x1 - left) / scale) + 2,
        ] = 0
    free = cv2.erode(free, numpy.ones((2, 3), numpy.uint8))
    return bool(free.any())


def _area(box: Box) -> float:
    return box.width * box.height


def share_covered(cells: Sequence[Box], table: Box) -> float:
    """How much of a table its cells cover, 0..1."""
    return sum(c.width * c.height for c in cells) / max(table.width * table.height, 1.0)


def _look(ink: Picture, unit: int, trial: _Trial) -> list[Box]:
    shortest_level, shortest_upright = max(24, unit // trial.level), max(18, unit // trial.upright)
    levels, uprights = line_masks(ink, shortest_level, shortest_upright, trial.thick)
    levels = cv2.morphologyEx(levels, cv2.MORPH_CLOSE, numpy.ones((1, trial.bridge_level), numpy.uint8))
    uprights = cv2.morphologyEx(uprights, cv2.MORPH_CLOSE, numpy.ones((trial.bridge_upright, 1), numpy.uint8))
    kept_levels = _rulings(levels, uprights, ink, shortest_level)
    turned = _rulings(uprights.T.copy(), levels.T.copy(), ink.T.copy(), shortest_upright).T
    lines = cv2.dilate(kept_levels, numpy.ones((3, 13), numpy.uint8)) | cv2.dilate(turned.copy(), numpy.ones((13, 3), numpy.uint8))
    return _islands(lines, unit)


def _rulings(levels: Picture, across: Picture, ink: Picture, shortest: int) -> Picture:
    """The level lines that rule something: long ones, and short ones that end at others with no strokes running into them."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(levels)
    reach = cv2.dilate(across, numpy.ones((9, 9), numpy.uint8))
    out = numpy.zeros_like(levels)
    for label in range(1, count):
        x, y, width, height, _ = (int(v) for v in stats[label])
        ends = _ends(reach, x, y, width, height)
        joined = width >= 3 * shortest or (width >= shortest and ends == 2) or (width >= 1.6 * shortest and ends == 1)
        if not joined or (width < 3.2 * shortest and _has_strokes(ink, x, y, width, height)):
            continue
        part = out[y : y + height, x : x + width]
        part[labels[y : y + height, x : x + width] == label] = 255
    return out


def _ends(reach: Picture, x: int, y: int, width: int, height: int) -> int:
    """At how many of its two ends a line meets another."""
    left = reach[y : y + height, max(0, x - 6) : x + 8].any()
    right = reach[y : y + height, max(0, x + width - 8) : x + width + 6].any()
    return int(left) + int(right)


def _has_strokes(ink: Picture, x: int, y: int, width: int, height: int) -> bool:
    over = ink[max(0, y - 8) : max(1, y - 3), x + 6 : x + width - 6]
    under = ink[y + height + 3 : y + height + 8, x + 6 : x + width - 6]
    shares = [float((side > 0).mean()) if side.size else 0.0 for side in (over, under)]
    return max(shares) > 0.22 or sum(shares) > 0.34


def _islands(lines: Picture, unit: int) -> list[Box]:
    """The pieces of paper that lines enclose; what touches the edge lies outside the table."""
    high, wide = lines.shape
    count, _, stats, _ = cv2.connectedComponentsWithStats((lines == 0).astype(numpy.uint8), connectivity=4)
    out = []
    for label in range(1, count):
        x, y, width, height, area = (int(v) for v in stats[label])
        at_edge = x <= 1 or y <= 1 or x + width >= wide - 1 or y + height >= high - 1
        small = width < unit * 0.017 or height < unit * 0.0075 or area < unit * unit * 0.0003
        if not at_edge and not small and area >= 0.45 * width * height:
            out.append(Box(x - 2, y - 2, x + width + 2, y + height + 2))
    return out
