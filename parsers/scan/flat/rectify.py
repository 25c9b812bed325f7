"""Core: a leaning scan, a photograph from the side, a page that waves -> a flat page whose tables are upright rectangles, in one single resampling."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import cv2
import numpy

from parsers.document import Area
from parsers.scan.flat.cells import find_cells, share_covered
from parsers.scan.flat.colour import lifted_red, without_red
from parsers.scan.flat.rules import find_tables, lean
from parsers.scan.flat.sheet import find_sheet, flatten_sheet
from parsers.scan.flat.waves import Waves, find_waves, levelled
from parsers.scan.words import Box, Picture, Quad

_TABLE_WIDTH, _TABLE_LONG = 1750, 2430
_WELL_COVERED = 0.82


@dataclass(frozen=True, slots=True)
class Flat:
    """平整页: the flat picture, the same in grey without its red ink, the way from the given picture to it (3 x 3), where its tables lie with their
    cells, and the waves taken out of it behind that way."""

    picture: Picture
    grey: Picture
    way: Picture
    tables: tuple[Box, ...] = ()
    cells: tuple[tuple[Box, ...], ...] = ()
    waves: Waves | None = None


def rectify(picture: Picture, angle: float | None = None) -> Flat:
    """The flat page; without a table it is only turned by `angle` (that of its lines of text) and keeps its size. A sheet that lies on
    something is laid square first."""
    grey = without_red(picture)
    best: tuple[float, Flat] | None = None
    starts = _starts(grey, angle)
    for start, by_lines in itertools.product(starts, (False, True)):
        turned, way = start
        quads = find_tables(turned, by_lines=by_lines)
        if not quads:
            continue
        flat = _flatten(picture, way, quads, turned.shape)
        covered = share_covered(flat.cells[0], flat.tables[0])
        if best is None or covered > best[0] + 0.03:
            best = (covered, flat)
        if covered > _WELL_COVERED:
            break
    if best:
        return best[1]
    turned, way = starts[0]
    size = (turned.shape[1], turned.shape[0])
    flat = cv2.warpPerspective(picture, way, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return Flat(flat, lifted_red(flat), way)


def _starts(grey: Picture, angle: float | None) -> list[tuple[Picture, Picture]]:
    """(the page in grey with its lean taken out, the way there): of the sheet alone where one is seen, then of the whole picture."""
    starts = [_turn(grey, lean(grey) if angle is None else angle)]
    sheet = find_sheet(grey) if angle is None else None
    if sheet is not None:
        way, size = flatten_sheet(sheet)
        square = cv2.warpPerspective(grey, way, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        turned, on = _turn(square, lean(square))
        starts.insert(0, (turned, on @ way))
    return starts


def box_to_area(
    box: Box, *, number: int, way: Picture, quarters: int, shape: tuple[int, ...], waves: Waves | None = None
) -> Area:  # fmt: skip
    """Where a box of the flat page stands on the picture that was given, before it was turned by so many quarters and made flat."""
    corners = numpy.array([[box.x0, box.y0], [box.x1, box.y0], [box.x1, box.y1], [box.x0, box.y1]], numpy.float64)
    corners = waves.waving(corners) if waves else corners
    x, y = cv2.perspectiveTransform(corners[None], numpy.linalg.inv(way))[0].T
    high, wide = shape[:2]
    x, y = ((x, y), (wide - y, x), (wide - x, high - y), (y, high - x))[quarters % 4]  # a turn to the left laid the right edge on top
    return Area.of(number, (x.min(), y.min(), x.max(), y.max()), wide, quarters % 4)


def _turn(grey: Picture, angle: float) -> tuple[Picture, Picture]:
    """The page turned about its middle on a larger sheet, and the way there."""
    height, width = grey.shape[:2]
    way = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    cos, sin = abs(way[0, 0]), abs(way[0, 1])
    wide, high = int(width * cos + height * sin), int(width * sin + height * cos)
    way[0, 2] += wide / 2 - width / 2
    way[1, 2] += high / 2 - height / 2
    way = numpy.vstack([way, [0, 0, 1]])
    return cv2.warpPerspective(grey, way, (wide, high), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), way


def _flatten(picture: Picture, way: Picture, quads: list[Quad], shape: tuple[int, int]) -> Flat:
    """The page as it lies when its largest table is a rectangle; what stands around the table is kept."""
    quad = quads[0]
    wide = float(numpy.linalg.norm(quad[1] - quad[0]) + numpy.linalg.norm(quad[2] - quad[3])) / 2
    high = float(numpy.linalg.norm(quad[3] - quad[0]) + numpy.linalg.norm(quad[2] - quad[1])) / 2
    scale = min((_TABLE_LONG if wide > high else _TABLE_WIDTH) / max(wide, high * 0.72), 2.6)
    wide, high = wide * scale, high * scale
    side = wide * 0.12
    above = max(wide * 0.05, min(quad[:2, 1].mean() * scale, wide * 0.35))
    under = max(wide * 0.05, min((shape[0] - quad[2:, 1].mean()) * scale, wide * 0.45))
    corners = numpy.array([[side, above], [side + wide, above], [side + wide, above + high], [side, above + high]], numpy.float32)
    onto = cv2.getPerspectiveTransform(quad, corners)
    size = (int(wide + 2 * side), int(high + above + under))
    smooth = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA if scale < 0.7 else cv2.INTER_LINEAR
    flat = cv2.warpPerspective(picture, onto @ way, size, flags=smooth, borderMode=cv2.BORDER_REPLICATE)
    grey = lifted_red(flat)
    tables = _boxes(quads, onto)
    waves = find_waves(grey, tables)
    if waves:
        flat = levelled(picture, onto @ way, waves, size, smooth)
        grey = lifted_red(flat)
        tables = _boxes(quads, onto, waves)
    return Flat(flat, grey, onto @ way, tables, tuple(find_cells(grey, table) for table in tables), waves)


def _boxes(quads: list[Quad], onto: Picture, waves: Waves | None = None) -> tuple[Box, ...]:
    kept: list[Box] = []
    for quad in quads:
        points = cv2.perspectiveTransform(quad[None], onto)[0]
        points = waves.straight(points) if waves else points
        (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
        box = Box(float(x0), float(y0), float(x1), float(y1))
        if not any(box.shared(other) > 0.3 * min(box.width * box.height, other.width * other.height) for other in kept):
            kept.append(box)
    return tuple(kept)
