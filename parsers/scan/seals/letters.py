"""Core: what a seal says - the ring of letters unrolled into a line, begun in its widest gap, read like any other line.

Read only as evidence that a page is a unit's own; what cannot be read surely is left unsaid, and a wrong word is worse than none.
"""

from __future__ import annotations

import re

import cv2
import numpy

from parsers.scan.flat.colour import redness
from parsers.scan.text.engine import TextReader
from parsers.scan.words import Picture, Seal

_LEGIBLE_RADIUS = 60
_WORK_RADIUS = 170.0
_INNER, _OUTER = 0.52, 0.93
_STRIP = 72
_SURE = 0.55
_LEAST = 4


def read_seal(picture: Picture, seal: Seal, reader: TextReader) -> str:
    """The letters along the ring, "" when they are too small, too faint or not surely read; the serial number under the star is no part of it."""
    if seal.radius < _LEGIBLE_RADIUS or picture.ndim == 2 or seal.kind == "grey":
        return ""
    strip = _unrolled(picture, seal)
    start = _widest_gap(strip)
    line = _trimmed(numpy.roll(strip, -start, axis=1))
    if line is None:
        return ""
    scripts = reader.read([line[:, ::1], cv2.resize(line, None, fx=0.82, fy=1.0, interpolation=cv2.INTER_AREA)])
    best = max(scripts, key=lambda script: script.sure)
    words = re.sub(r"[^\u4e00-\u9fff（）()]", "", best.text)
    return words if best.sure >= _SURE and len(words) >= _LEAST else ""


def _unrolled(picture: Picture, seal: Seal) -> Picture:
    """The ring as a strip, clockwise from the bottom, its rim at the top; red is dark, all else is paper."""
    reach = int(seal.radius * 1.25)
    x0, y0 = max(0, int(seal.x) - reach), max(0, int(seal.y) - reach)
    part = picture[y0 : int(seal.y) + reach, x0 : int(seal.x) + reach]
    scale = _WORK_RADIUS / seal.radius
    part = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA)
    red = redness(part)
    strong = float(numpy.percentile(red[red > 0.08], 85)) if (red > 0.08).sum() > 50 else 0.3
    ink = (255 - numpy.clip(red / max(strong, 0.15), 0, 1) * 255).astype(numpy.uint8)
    wide = int(_STRIP / (_OUTER - _INNER) * numpy.pi * (_OUTER + _INNER))
    angles = numpy.pi / 2 + numpy.linspace(0, 2 * numpy.pi, wide, endpoint=False)
    radii = numpy.linspace(_OUTER, _INNER, _STRIP)[:, None] * _WORK_RADIUS * 1.06
    at_x = ((seal.x - x0) * scale + radii * numpy.cos(angles)[None, :]).astype(numpy.float32)
    at_y = ((seal.y - y0) * scale + radii * numpy.sin(angles)[None, :]).astype(numpy.float32)
    return cv2.remap(ink, at_x, at_y, cv2.INTER_CUBIC, borderValue=255)


def _letters(strip: Picture) -> Picture:
    """For each column, how much of the band where letters stand is inked."""
    band = strip[int(0.2 * len(strip)) : int(0.8 * len(strip))]
    share = (band < 140).mean(axis=0)
    size = max(5, strip.shape[1] // 60)
    return numpy.convolve(numpy.concatenate([share[-size:], share, share[:size]]), numpy.ones(size) / size, "same")[size:-size]


def _widest_gap(strip: Picture) -> int:
    """The middle of the longest run of columns without letters, around the circle."""
    quiet = _letters(strip) < 0.04
    best, run = (0, 0), 0
    for i in range(2 * len(quiet)):
        run = run + 1 if quiet[i % len(quiet)] else 0
        best = max(best, (min(run, len(quiet)), i - run // 2))
    return best[1] % len(quiet)


def _trimmed(strip: Picture) -> Picture | None:
    inked = numpy.flatnonzero(_letters(strip) > 0.05)
    if len(inked) < 20:
        return None
    return numpy.ascontiguousarray(strip[:, max(0, inked[0] - 12) : inked[-1] + 12])
