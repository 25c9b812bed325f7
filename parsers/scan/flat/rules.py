"""Core: the ruled lines of a page - which pixels they are, how the page leans, where its tables lie."""

from __future__ import annotations

import math

import cv2
import numpy

from parsers.scan.words import Picture, Quad

_CROSSINGS = 12
_LEAN = 15.0


def binary(grey: Picture, window: int = 0) -> Picture:
    """Ink as 255, paper as 0, by the brightness around each place."""
    size = window or (max(15, grey.shape[1] // 55) | 1)
    calm = cv2.GaussianBlur(grey, (3, 3), 0)
    return cv2.adaptiveThreshold(calm, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, size, 12)


def line_masks(ink: Picture, level: int, upright: int, thick: int = 3) -> tuple[Picture, Picture]:
    """(level lines at least so long, upright lines at least so long); `thick` is how much a line may waver."""
    waved = cv2.dilate(ink, numpy.ones((thick, 1), numpy.uint8))
    levels = cv2.morphologyEx(waved, cv2.MORPH_OPEN, numpy.ones((1, level), numpy.uint8))
    waved = cv2.dilate(ink, numpy.ones((1, thick), numpy.uint8))
    return levels, cv2.morphologyEx(waved, cv2.MORPH_OPEN, numpy.ones((upright, 1), numpy.uint8))


def lean(grey: Picture) -> float:
    """How many degrees the page leans, by its long straight lines: the median, each line with its length."""
    scale = 1400 / max(grey.shape)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    found = cv2.HoughLinesP(binary(small), 1, numpy.pi / 720, 120, minLineLength=max(small.shape) // 9, maxLineGap=6)
    if found is None:
        return 0.0
    lines = found.reshape(-1, 4).astype(float)
    across, down = lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1]
    angles = (numpy.degrees(numpy.arctan2(down, across)) + 45) % 90 - 45
    kept = numpy.abs(angles) <= _LEAN
    if not kept.any():
        return 0.0
    order = numpy.argsort(angles[kept])
    weight = numpy.cumsum(numpy.hypot(across, down)[kept][order])
    return float(angles[kept][order][numpy.searchsorted(weight, weight[-1] / 2)])


def text_lean(quads: list[Quad]) -> float:
    """How many degrees a page without ruled lines leans, by its lines of text."""
    angles = []
    for quad in quads:
        dx, dy = quad[1] - quad[0]
        if dx > 4 * numpy.linalg.norm(quad[3] - quad[0]):
            angles.append(math.degrees(math.atan2(dy, dx)))
    return float(numpy.median(angles)) if len(angles) >= 5 else 0.0


def find_tables(grey: Picture, *, by_lines: bool = False) -> list[Quad]:
    """The corners of every ruled table, the one with most crossings first (area would find the desk before the paper).

    Corners are the outermost crossings of lines, or with `by_lines` the outermost points of the lines themselves (open tables).
    """
    height, width = grey.shape
    unit = max(height, width)
    levels, uprights = line_masks(binary(grey), max(25, unit // 45), max(20, unit // 55))
    lines = cv2.dilate(levels | uprights, numpy.ones((5, 5), numpy.uint8))
    crossing = cv2.dilate(levels, numpy.ones((3, 3), numpy.uint8)) & cv2.dilate(uprights, numpy.ones((3, 3), numpy.uint8))
    _, labels = cv2.connectedComponents(lines)
    count, spots, _, centres = cv2.connectedComponentsWithStats(crossing)
    flat_spots, flat_labels = spots.ravel(), labels.ravel()
    owner: Quad = numpy.zeros(count, int)
    inked = numpy.flatnonzero(flat_spots)
    owner[flat_spots[inked]] = flat_labels[inked]
    found = []
    for label in numpy.unique(owner[1:]):
        points = centres[1:][owner[1:] == label].astype(numpy.float32)
        if label == 0 or len(points) < _CROSSINGS:
            continue
        points = _without_strays(points, unit)
        if by_lines:
            rows, cols = numpy.nonzero((labels == label) & ((levels | uprights) > 0))
            corners = _corners(numpy.stack([cols, rows], axis=1).astype(numpy.float32))
        else:
            corners = _corners(points)
        wide, high = numpy.ptp(points, axis=0)
        if wide >= width * 0.25 and high >= height * 0.03 and cv2.contourArea(corners) >= 0.5 * wide * high:
            found.append((len(points), corners))
    found.sort(key=lambda pair: -pair[0])
    return _apart([quad for size, quad in found if size >= 0.08 * found[0][0]])


def _without_strays(points: Quad, unit: int) -> Quad:
    """Crossings that share their row and their column with others: a lone line of the scanner crosses nothing else."""
    if len(points) < 30:
        return points
    near = unit * 0.012
    rows = (numpy.abs(points[:, None, 1] - points[None, :, 1]) < near).sum(axis=1) >= 2  # a heading over the whole width has two
    columns = (numpy.abs(points[:, None, 0] - points[None, :, 0]) < 2 * near).sum(axis=1) >= 3
    kept = points[rows & columns]
    return kept if len(kept) >= 8 else points


def _corners(points: Quad) -> Quad:
    total, difference = points.sum(axis=1), points[:, 0] - points[:, 1]
    return numpy.array(
        [points[total.argmin()], points[difference.argmax()], points[total.argmax()], points[difference.argmin()]], numpy.float32
    )


def _apart(quads: list[Quad]) -> list[Quad]:
    """Without tables that lie in one another: what is inside belongs to the cells of the outer one."""
    kept: list[Quad] = []
    for quad in quads:
        centre = tuple(float(v) for v in quad.mean(axis=0))
        inside = any(
            cv2.pointPolygonTest(other, centre, False) >= 0
            or cv2.pointPolygonTest(quad, tuple(float(v) for v in other.mean(axis=0)), False) >= 0
            for other in kept
        )
        if not inside:
            kept.append(quad)
    return kept
