"""Core: a page that is not flat on its paper (a bound volume, a sheet held in the hand) - how its ruled lines wave, and the same page with them straight.

Every long ruled line is followed over the page. A smooth field is fitted to all of them at once under which each keeps one height (an upright one
one column), wherever that is: so a line cut in two, or one that rules only some columns, says as much about its stretch as one across the page.
A page whose lines hardly waver has no waves, and nothing is done to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy
from numpy.polynomial import legendre

from parsers.scan.flat.rules import binary, line_masks
from parsers.scan.words import Box, Picture, Quad

_SCALE = 0.5  # lines are followed on a smaller picture
_SHORTEST, _LONG = 70, 0.1  # of the tables' width (by parts, of the whole): a stretch of line, and a line worth following
_STEP = 6  # every so manieth point of a line is taken
_BENDS = 7  # polynomials along a line
_ACROSS = 5  # and across the lines: how the waves differ from the top of the page to its foot
_STIFF = (1e-5, 1e-4, 1e-3, 1e-3, 1e-3)  # how reluctantly the waves take those, by power
_OFF = 2.0  # pixels off the field from which on a point counts for little
_FOLLOWED = 0.8  # of the points so many must lie within twice that, else these lines are something else
_LEFT = 0.3  # of what the points were off, so much at most may be left
_FLAT = 5.0  # pixels: what wavers less is as good as straight
_FEWEST = 3  # lines
_GRID = 8
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class _Field:
    """How far lines are off, in pixels, over a box: products of polynomials along and across them; as at its rim beyond it."""

    box: Box
    weights: Picture

    def at(self, along: Picture, across: Picture) -> Picture:
        """The offset at each place."""
        u, v = _within(along, self.box.x0, self.box.x1), _within(across, self.box.y0, self.box.y1)
        out = numpy.zeros_like(u)
        for power, weights in enumerate(self.weights):
            out += legendre.legval(u, numpy.concatenate([[0.0], weights])) * v**power
        return out


@dataclass(frozen=True, slots=True)
class Waves:
    """波纹: where the points of a page with straight lines lie on the page as it waves, and the other way."""

    level: _Field | None
    upright: _Field | None

    def off(self, points: Quad) -> Quad:
        """How far points of the waving page are off (n x 2, right and down)."""
        x, y = points[:, 0], points[:, 1]
        right = self.upright.at(y, x) if self.upright else numpy.zeros_like(x)
        return numpy.stack([right, self.level.at(x, y) if self.level else numpy.zeros_like(y)], axis=1)

    def straight(self, points: Quad) -> Quad:
        """Points of the waving page where they lie on the straight one."""
        return points - self.off(points)

    def waving(self, points: Quad) -> Quad:
        """Points of the straight page where they lie on the waving one."""
        found = points
        for _ in range(_ROUNDS):
            found = points + self.off(found)
        return found


def find_waves(grey: Picture, tables: Sequence[Box]) -> Waves | None:
    """How the ruled lines of tables wave on a page otherwise flat; None where they are straight, or too few to tell."""
    if not tables:
        return None
    small = cv2.resize(grey, None, fx=_SCALE, fy=_SCALE, interpolation=cv2.INTER_AREA)
    around = Box(min(t.x0 for t in tables), min(t.y0 for t in tables), max(t.x1 for t in tables), max(t.y1 for t in tables))
    shortest = max(16, int(_SCALE * around.width / _SHORTEST))
    levels, uprights = line_masks(binary(small, 31), shortest, shortest)
    edge = _FLAT / _SCALE + 0.02 * around.width
    ruled = numpy.zeros_like(levels)
    for t in tables:
        x0, y0, x1, y1 = (int(_SCALE * v) for v in (t.x0 - edge, t.y0 - 2 * edge, t.x1 + edge, t.y1 + 2 * edge))
        ruled[max(0, y0) : y1, max(0, x0) : x1] = 255
    turned = Box(around.y0, around.x0, around.y1, around.x1)
    level = _fit(_follow(levels & ruled, _LONG * _SCALE * around.width), around)
    upright = _fit(_follow((uprights & ruled).T.copy(), _LONG * _SCALE * around.width), turned)
    return Waves(level, upright) if level or upright else None


def _follow(mask: Picture, long: float) -> list[Quad]:
    """The points (along, across; pixels of the whole picture) of every long line of a mask of level lines."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    out: list[Quad] = []
    for i in range(1, count):
        x, y, wide, high, area = (int(v) for v in stats[i])
        if wide < long or high > 0.12 * wide + 12 or area > 12 * wide:
            continue
        down, along = numpy.nonzero(labels[y : y + high, x : x + wide] == i)
        each = numpy.bincount(along, minlength=wide)
        thick = numpy.median(each)
        middle = numpy.bincount(along, down, minlength=wide) / numpy.maximum(each, 1)
        kept = numpy.flatnonzero((each > 0) & (each <= 1.6 * thick + 1))[::_STEP]
        out.append(numpy.stack([x + kept + 0.5, y + middle[kept] + 0.5], axis=1) / _SCALE)
    return out


def _fit(lines: Sequence[Quad], box: Box) -> _Field | None:
    """The field under which every line is straight; None where the lines are that already, or do not agree."""
    if len(lines) < _FEWEST:
        return None
    points = numpy.concatenate(lines)
    owner: Picture = numpy.repeat(numpy.arange(len(lines)), [len(line) for line in lines])
    weight: Picture = numpy.ones(len(points))
    if numpy.percentile(numpy.abs(_without_means(points[:, 1:], owner, weight, len(lines))), 98) < _FLAT / 2:
        return None  # most pages: no line is off its own mean by enough
    u, v = _within(points[:, 0], box.x0, box.x1), _within(points[:, 1], box.y0, box.y1)
    bends = legendre.legvander(u, _BENDS)[:, 1:]
    shape = numpy.concatenate([bends * v[:, None] ** power for power in range(_ACROSS)], axis=1)
    stiff: Picture = numpy.repeat(_STIFF, _BENDS) * len(points)
    for _ in range(_ROUNDS):
        # Each line's own height is taken out by the weighted mean of its points: what is left is the same few unknowns for all lines.
        apart, offsets = (_without_means(a, owner, weight, len(lines)) for a in (shape, points[:, 1:]))
        scaled = apart * weight[:, None]
        found = numpy.linalg.solve(scaled.T @ apart + numpy.diag(stiff), scaled.T @ offsets[:, 0])
        left = numpy.abs(offsets[:, 0] - apart @ found)
        weight = 1 / (1 + (left / _OFF) ** 2)
    swing = numpy.abs(shape @ found)
    explained = (left < 2 * _OFF).mean() > _FOLLOWED and left.mean() < _LEFT * numpy.abs(offsets).mean()
    if numpy.percentile(swing, 95) < _FLAT or not explained:
        return None
    return _Field(box, found.reshape(_ACROSS, _BENDS))


def _without_means(values: Picture, owner: Picture, weight: Picture, count: int) -> Picture:
    """Values (a column each) less the weighted mean of their owner's."""
    total = numpy.bincount(owner, weight, minlength=count)
    means = numpy.stack([numpy.bincount(owner, weight * column, minlength=count) / total for column in values.T], axis=1)
    return values - means[owner]


def _within(values: Picture, low: float, high: float) -> Picture:
    """Values as from -1 at one edge to 1 at the other."""
    return numpy.clip(2 * (values - low) / max(high - low, 1.0) - 1, -1.0, 1.0)


def levelled(picture: Picture, way: Picture, waves: Waves, size: tuple[int, int], smooth: int) -> Picture:
    """The given picture as the page of a size (wide, high) that lies flat by its `way` (3 x 3) and has no waves: one single resampling."""
    wide, high = size
    grid: Picture = numpy.indices((high // _GRID + 2, wide // _GRID + 2), numpy.float64)[::-1] * _GRID
    points = waves.waving(grid.reshape(2, -1).T)
    given = cv2.perspectiveTransform(points[None], numpy.linalg.inv(way))[0].reshape(*grid.shape[1:], 2).astype(numpy.float32)
    corner = numpy.array([[_GRID, 0, 0], [0, _GRID, 0]], numpy.float32)
    x, y = (cv2.warpAffine(given[..., i].copy(), corner, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for i in (0, 1))
    return cv2.remap(picture, x, y, smooth, borderMode=cv2.BORDER_REPLICATE)
