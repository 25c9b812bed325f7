"""Core: the lines of writing inside a cell, by the rows of ink - where several stand so close that the finder runs them into one another."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import cv2
import numpy

from parsers.scan.flat.rules import binary
from parsers.scan.words import Box, Picture

_FRAME = 4
_QUIET, _FEW = 0.1, 3.0
_PAD_X, _PAD_Y = 6, 3


def find_bands(grey: Picture, cell: Box, letter: float) -> list[Box]:
    """The lines in a cell from top to bottom, each with its own width; `letter` is how high a letter is on this page."""
    x0, y0 = int(cell.x0) + _FRAME, int(cell.y0) + _FRAME
    part = grey[y0 : int(cell.y1) - _FRAME, x0 : int(cell.x1) - _FRAME]
    if min(part.shape, default=0) < 8:
        return []
    ink = _without_edges(binary(part, 31))
    rows = cv2.blur((ink > 0).sum(axis=1).astype(numpy.float32)[:, None], (1, 3)).ravel()
    if rows.max(initial=0) < 3:
        return []
    out = []
    for top, bottom in _split(rows, letter):
        columns = numpy.flatnonzero((ink[top:bottom] > 0).sum(axis=0))
        if bottom - top >= 0.45 * letter and len(columns) >= 3:
            left, right = int(columns[0]), int(columns[-1])
            out.append(
                Box(max(0, x0 + left - _PAD_X), max(0, y0 + top - _PAD_Y), x0 + right + 1 + _PAD_X, y0 + bottom + _PAD_Y)
            )  # fmt: skip
    return out


def _without_edges(ink: Picture) -> Picture:
    """The ink without dust and without what is left of the cell's own ruled lines."""
    high, wide = ink.shape
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink)
    kept: Picture = numpy.zeros(count, bool)
    for i in range(1, count):
        x, y, width, height, area = (int(v) for v in stats[i])
        at_side = (x <= 1 or x + width >= wide - 1) and width < 6
        at_end = (y <= 1 or y + height >= high - 1) and height < 6
        ruled = (width > 0.8 * wide and height < 6) or (height > 0.8 * high and width < 6)
        kept[i] = area >= 8 and not (at_side or at_end or ruled)
    return numpy.where(kept[labels], 255, 0).astype(numpy.uint8)


def _split(rows: Picture, letter: float) -> list[tuple[int, int]]:
    """(first, last) row of each line: runs of ink, those too high for one line parted at their quietest rows."""
    loud = rows > _QUIET * float(numpy.percentile(rows, 90))
    near = cv2.dilate(loud.astype(numpy.uint8)[:, None], numpy.ones((max(3, int(0.3 * letter)), 1), numpy.uint8)).ravel() > 0
    faint = (rows > _FEW) & ~near  # the last line of a text may hold one letter: hardly any ink beside a full line
    strong = _joined(_runs(loud), letter)
    runs = sorted([*strong, *((a, b) for a, b in _joined(_runs(faint), letter) if b - a >= 0.3 * letter)])
    out: list[tuple[int, int]] = []
    for top, bottom in runs:
        lines = round((bottom - top) / (1.12 * letter))
        cuts = [top, *(_quietest(rows, top, bottom, k / lines, letter) for k in range(1, lines)), bottom] if lines > 1 else [top, bottom]
        out += [(a, b) for a, b in itertools.pairwise(cuts) if b > a]
    return out


def _runs(rows: Picture) -> list[tuple[int, int]]:
    """(first, after the last) of each run of rows that are set."""
    edges = numpy.flatnonzero(numpy.diff(numpy.concatenate([[0], rows.astype(numpy.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _joined(runs: Sequence[tuple[int, int]], letter: float) -> list[tuple[int, int]]:
    """Runs that are pieces of one line (二, 三, the dots of 心) joined again: small, close, and together no higher than a letter."""
    out: list[tuple[int, int]] = []
    for top, bottom in runs:
        if out and bottom - out[-1][0] <= 1.25 * letter and top - out[-1][1] < 0.5 * letter:
            out[-1] = (out[-1][0], bottom)
        else:
            out.append((top, bottom))
    return out


def _quietest(rows: Picture, top: int, bottom: int, share: float, letter: float) -> int:
    middle = top + share * (bottom - top)
    low, high = max(top, int(middle - 0.35 * letter)), min(bottom, int(middle + 0.35 * letter) + 1)
    return low + int(numpy.argmin(rows[low:high]))
