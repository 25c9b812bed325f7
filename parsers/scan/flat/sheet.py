"""Core: the sheet of paper on a photograph - the bright four-cornered piece of it, on whatever lies around."""

from __future__ import annotations

import cv2
import numpy

from parsers.scan.flat.rules import binary, line_masks
from parsers.scan.words import Picture, Quad

_SIDE, _LINES_SIDE = 640, 1400
_LEAST, _MOST = 0.12, 0.93  # of the picture: a smaller sheet is no legible page, a larger one has nothing around it
_FILLED = 0.94  # of its four corners' area, so much is paper
_APART = 40.0  # how much brighter than its surroundings


def find_sheet(grey: Picture) -> Quad | None:
    """The corners of the sheet (top left, top right, bottom right, bottom left); None where no whole sheet shows against darker ground."""
    scale = min(_SIDE / max(grey.shape), 1.0)
    small = cv2.GaussianBlur(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), (5, 5), 0)
    for level in _levels(small):
        bright = cv2.morphologyEx((small > level).astype(numpy.uint8), cv2.MORPH_CLOSE, numpy.ones((15, 15), numpy.uint8))
        found = _largest(bright)
        if found is not None and _stands_out(small, found):
            corners = (found / scale).astype(numpy.float32)
            return None if _cuts_lines(grey, corners) else corners
    return None


def _levels(small: Picture) -> tuple[float, ...]:
    """How bright paper is at least: what parts the picture best, and what parts its brighter part once more (a sheet on a lighter desk)."""
    first, _ = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    brighter = small[small > first]
    second, _ = cv2.threshold(brighter.reshape(-1, 1), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU) if brighter.size else (first, None)
    return float(first), float(second)


def _largest(bright: Picture) -> Quad | None:
    """The corners of the largest bright piece, when it has four of them."""
    contours, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    piece = max(contours, key=cv2.contourArea)
    hull = cv2.convexHull(piece)
    area = float(cv2.contourArea(hull))
    if not _LEAST * bright.size <= area <= _MOST * bright.size or cv2.contourArea(piece) < _FILLED * area:
        return None
    for waver in (0.01, 0.015, 0.02, 0.03, 0.04):
        corners = cv2.approxPolyDP(hull, waver * cv2.arcLength(hull, True), True).reshape(-1, 2)
        if len(corners) == 4:
            return _in_order(corners) if abs(cv2.contourArea(corners) - area) < (1 - _FILLED) * area else None
    return None


def _in_order(corners: Quad) -> Quad:
    total, difference = corners.sum(axis=1), corners[:, 0] - corners[:, 1]
    order = [int(total.argmin()), int(difference.argmax()), int(total.argmax()), int(difference.argmin())]
    return corners[order] if len(set(order)) == 4 else corners


def _stands_out(small: Picture, corners: Quad) -> bool:
    """True when the sheet is clearly brighter along its edges than what lies just outside of each."""
    inside: Picture = numpy.zeros(small.shape, numpy.uint8)
    cv2.fillConvexPoly(inside, corners.astype(numpy.int32), 1)
    near = cv2.erode(inside, numpy.ones((17, 17), numpy.uint8))
    far = cv2.dilate(inside, numpy.ones((17, 17), numpy.uint8))
    rim, around = small[(inside > 0) & (near == 0)], small[(far > 0) & (inside == 0)]
    return bool(around.size and float(numpy.median(rim)) - float(numpy.percentile(around, 75)) > _APART)


def _cuts_lines(grey: Picture, corners: Quad) -> bool:
    """True when ruled lines go on beyond the edge: what is bright is no sheet but the part of one that no shadow lies on."""
    scale = min(_LINES_SIDE / max(grey.shape), 1.0)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    side = max(small.shape)
    levels, uprights = line_masks(binary(small), side // 45, side // 55)
    inside: Picture = numpy.zeros(small.shape, numpy.uint8)
    cv2.fillConvexPoly(inside, (corners * scale).astype(numpy.int32), 1)
    edge = numpy.ones((side // 40, side // 40), numpy.uint8)
    within, beyond = cv2.erode(inside, edge) > 0, cv2.dilate(inside, edge) == 0
    _, labels = cv2.connectedComponents(cv2.dilate(levels | uprights, numpy.ones((3, 3), numpy.uint8)))
    both = numpy.intersect1d(labels[within], labels[beyond])
    return bool(both[both > 0].size)


def flatten_sheet(corners: Quad) -> tuple[Picture, tuple[int, int]]:
    """(the way that makes the sheet upright and its corners square, the size it then has), with a little of what lies around it."""
    wide = float(numpy.linalg.norm(corners[1] - corners[0]) + numpy.linalg.norm(corners[2] - corners[3])) / 2
    high = float(numpy.linalg.norm(corners[3] - corners[0]) + numpy.linalg.norm(corners[2] - corners[1])) / 2
    edge = 0.01 * max(wide, high)
    onto = numpy.array([[edge, edge], [edge + wide, edge], [edge + wide, edge + high], [edge, edge + high]], numpy.float32)
    return cv2.getPerspectiveTransform(corners, onto), (int(wide + 2 * edge), int(high + 2 * edge))
