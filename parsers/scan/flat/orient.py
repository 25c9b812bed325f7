"""Core: which way up a page is - its lines tell level from upright, and read the right way up they make more sense than upside down."""

from __future__ import annotations

import cv2
import numpy

from parsers.scan.flat.colour import without_red
from parsers.scan.text.engine import TextReader
from parsers.scan.words import Picture, Quad

_ASKED = 6
_SIDE = 640
_MAKES_SENSE = 0.75


def find_turn(picture: Picture, reader: TextReader) -> int:
    """How many quarter turns to the left set a page upright; 0 for a page without text."""
    grey = without_red(picture)
    scale = min(_SIDE / max(grey.shape), 1.0)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    quads = [quad / scale for quad in reader.find(small, _SIDE)]
    level = [quad for quad in quads if _is_level(quad)]
    upright = [quad for quad in quads if not _is_level(quad)]
    on_side = sum(map(_length, upright)) > sum(map(_length, level))
    chosen = sorted(upright if on_side else level, key=_length, reverse=True)[:_ASKED]
    crops = [numpy.ascontiguousarray(numpy.rot90(cut_out(grey, quad), int(on_side))) for quad in chosen]
    as_is = _sense(reader, crops)
    if as_is > _MAKES_SENSE:
        return int(on_side)
    over = _sense(reader, [numpy.ascontiguousarray(numpy.rot90(crop, 2)) for crop in crops])
    return int(on_side) + (2 if over > as_is else 0)


def _sense(reader: TextReader, crops: list[Picture]) -> float:
    """How surely crops are read, on average: text upside down is read, but hardly ever surely."""
    scripts = reader.read(crops)
    return sum(script.sure for script in scripts) / max(len(scripts), 1)


def turned(picture: Picture, quarters: int) -> Picture:
    """The page after so many quarter turns to the left."""
    return numpy.ascontiguousarray(numpy.rot90(picture, quarters))


def cut_out(picture: Picture, quad: Quad) -> Picture:
    """What stands inside four corners, as an upright picture of its own."""
    wide = int(max(numpy.linalg.norm(quad[1] - quad[0]), numpy.linalg.norm(quad[2] - quad[3])))
    high = int(max(numpy.linalg.norm(quad[3] - quad[0]), numpy.linalg.norm(quad[2] - quad[1])))
    corners = numpy.array([[0, 0], [wide, 0], [wide, high], [0, high]], numpy.float32)
    way = cv2.getPerspectiveTransform(numpy.asarray(quad, numpy.float32), corners)
    return cv2.warpPerspective(picture, way, (max(wide, 1), max(high, 1)), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def _is_level(quad: Quad) -> bool:
    wide, high = numpy.ptp(quad, axis=0)
    return bool(wide >= high)


def _length(quad: Quad) -> float:
    return float(numpy.ptp(quad, axis=0).max())
