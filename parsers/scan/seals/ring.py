"""Core: red round seals on a page - a ring, letters along it, quiet paper inside them and mostly a star; never more than "a red round seal is to be seen".

A seal is no proof and its absence no fault: headings, flags, logos and square name seals are no seals, a grey scan cannot tell. Method: how red
every place is beside its paper, circles through three points each (RANSAC, Fischler and Bolles 1981), the best ones judged by how the red lies
along the radius.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy

from parsers.scan.flat.colour import evened, is_colourless, redness
from parsers.scan.words import Picture, Seal

_SIDE, _GREY_SIDE = 1000, 700
_RED, _BRIGHT = 0.085, 50
_SMALLEST, _LARGEST = 0.038, 0.17
_TRIES, _KEPT, _PARTS = 1200, 20, 8
_ANGLES = numpy.linspace(0, 2 * numpy.pi, 90, endpoint=False)
_RADII = numpy.linspace(0, 1.25, 51)


@dataclass(frozen=True, slots=True)
class _Profile:
    """How red lies in a circle: shares of the ring seen and closed, of the star, the gap around it, the letters, the moat under the ring, outside."""

    ring: float
    seen: float
    star: float
    gap: float
    letters: float
    round_letters: float
    moat: float
    outside: float
    full: float

    @property
    def merit(self) -> float:
        """How much it looks like a ring with nothing just outside."""
        return self.ring - 0.6 * self.outside - 0.3 * self.moat


def find_seals(picture: Picture) -> tuple[Seal, ...]:
    """The seals on a page, surest first; on a grey one only those with ring and star are told, and none found means nothing there."""
    grey = picture.ndim == 2 or is_colourless(picture)
    scale = min(1.0, (_GREY_SIDE if grey else _SIDE) / max(picture.shape[:2]))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else picture
    if grey:
        return tuple(Seal(s.x / scale, s.y / scale, s.radius / scale, "grey") for s in _grey_seals(small))
    red = redness(small)
    mask = ((red > _RED) & (small[:, :, 2] > _BRIGHT)).astype(numpy.uint8)
    mask = _without_dust(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, numpy.ones((3, 3), numpy.uint8)))
    found = [seal for part in _parts(mask, max(small.shape[:2])) for seal in _circles(part, mask, small)]
    return tuple(Seal(s.x / scale, s.y / scale, s.radius / scale, s.kind) for s in _apart(found))


def _grey_seals(small: Picture) -> list[Seal]:
    """Seals on a grey scan or a fax: rings among the ink that is lighter than print, or among all ink, with a star in them."""
    grey = small if small.ndim == 2 else cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    even = evened(grey)
    # On a fax there is no lighter ink: its seal is as black as its print.
    return _apart([seal for ink in ((even > 60) & (even < 205), even < 170) for seal in _rings_with_star(_without_dust(ink.astype(numpy.uint8)))])


def _rings_with_star(mask: Picture) -> list[Seal]:
    """Closed rings of this ink with a star in their middle: without colour nothing less is called a seal."""
    long_side = max(mask.shape)
    rings = cv2.HoughCircles(
        cv2.GaussianBlur(mask * 255, (5, 5), 1.2), cv2.HOUGH_GRADIENT, 2, long_side * 0.05, param1=120, param2=60,
        minRadius=int(long_side * _SMALLEST), maxRadius=int(long_side * 0.085),
    )  # fmt: skip
    found = []
    for x, y, radius in ([] if rings is None else rings[0][:_KEPT]):
        profile = max((_profile(mask, float(x) + dx, float(y) + dy, float(radius) + dr) for dx in (-1, 1) for dy in (-1, 1) for dr in (-3, 0, 3)), key=lambda p: p.merit)
        if _judge(profile, profile) == "star" and profile.ring > 0.9 and profile.star > 0.55:
            found.append(Seal(float(x), float(y), float(radius), "grey"))
    return found


def _without_dust(mask: Picture) -> Picture:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    kept: Picture = numpy.zeros(count, numpy.uint8)
    kept[1:] = stats[1:, 4] >= 4
    return kept[labels]


def _parts(mask: Picture, long_side: int) -> list[Picture]:
    """The red of a page in pieces that hang together, the largest few of those that may hold a seal."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(mask, numpy.ones((13, 13), numpy.uint8)))
    large = [i for i in range(1, count) if max(stats[i][2], stats[i][3]) >= long_side * 0.055]
    large.sort(key=lambda i: -int(stats[i][4]))
    return [mask * (labels == i).astype(numpy.uint8) for i in large[:_PARTS]]


def _circles(part: Picture, mask: Picture, picture: Picture) -> list[Seal]:
    """The seals in one piece of red: the best circle is judged and taken away, then the next one."""
    rng = numpy.random.default_rng(0)
    long_side = max(mask.shape)
    left, found = part.copy(), []
    for _ in range(3):
        rows, cols = numpy.nonzero(left)
        if len(cols) < 60:
            break
        points = numpy.stack([cols, rows], axis=1).astype(float)
        circles = _candidates(points, rng, long_side, mask.shape)
        if not circles:
            break
        x, y, radius = max(circles, key=lambda c: _profile(left, *c).merit)
        x, y, radius = _refined(points, x, y, radius)
        near, whole = _profile(left, x, y, radius), _profile(mask, x, y, radius)
        kind = _judge(near, whole)
        if kind and not _is_colourful(picture, mask, (x, y, radius)):
            found.append(Seal(x, y, radius, kind))
        if near.ring < 0.5:
            break
        cv2.circle(left, (int(x), int(y)), int(radius * 1.06), 0, -1)
    return found


def _candidates(points: Picture, rng: numpy.random.Generator, long_side: int, shape: tuple[int, int]) -> list[tuple[float, float, float]]:
    """Circles through three red points each, those most red points lie on."""
    a, b, c = (points[rng.integers(0, len(points), _TRIES)] for _ in range(3))
    twice = 2 * (a[:, 0] * (b[:, 1] - c[:, 1]) + b[:, 0] * (c[:, 1] - a[:, 1]) + c[:, 0] * (a[:, 1] - b[:, 1]))
    good = numpy.abs(twice) > 1e-3
    a, b, c, twice = a[good], b[good], c[good], twice[good]
    aa, bb, cc = ((p**2).sum(axis=1) for p in (a, b, c))
    x = (aa * (b[:, 1] - c[:, 1]) + bb * (c[:, 1] - a[:, 1]) + cc * (a[:, 1] - b[:, 1])) / twice
    y = (aa * (c[:, 0] - b[:, 0]) + bb * (a[:, 0] - c[:, 0]) + cc * (b[:, 0] - a[:, 0])) / twice
    radius = numpy.hypot(a[:, 0] - x, a[:, 1] - y)
    inside = (x > -0.4 * radius) & (y > -0.4 * radius) & (x < shape[1] + 0.4 * radius) & (y < shape[0] + 0.4 * radius)
    good = (radius >= long_side * _SMALLEST) & (radius <= long_side * _LARGEST) & inside
    x, y, radius = x[good], y[good], radius[good]
    if not len(radius):
        return []
    asked = points if len(points) < 700 else points[rng.choice(len(points), 700, replace=False)]
    away = numpy.hypot(asked[None, :, 0] - x[:, None], asked[None, :, 1] - y[:, None]) / radius[:, None]
    on, beyond = (numpy.abs(away - 1) < 0.035).sum(axis=1), ((away > 1.06) & (away < 1.25)).sum(axis=1)
    order = numpy.argsort(-(on - 0.5 * beyond) / numpy.sqrt(radius))[:_KEPT]
    return [(float(x[i]), float(y[i]), float(radius[i])) for i in order]


def _refined(points: Picture, x: float, y: float, radius: float) -> tuple[float, float, float]:
    """The circle that fits the points of the ring best (least squares, Kasa 1976)."""
    away = numpy.hypot(points[:, 0] - x, points[:, 1] - y) / radius
    ring = points[numpy.abs(away - 1) < 0.06]
    if len(ring) < 20:
        return x, y, radius
    system = numpy.column_stack([2 * ring, numpy.ones(len(ring))])
    (cx, cy, rest), *_ = numpy.linalg.lstsq(system, (ring**2).sum(axis=1), rcond=None)
    fitted = float(numpy.sqrt(max(rest + cx**2 + cy**2, 1.0)))
    moved = numpy.hypot(cx - x, cy - y) > 0.15 * radius or abs(fitted - radius) > 0.15 * radius
    return (x, y, radius) if moved else (float(cx), float(cy), fitted)


def _profile(mask: Picture, x: float, y: float, radius: float) -> _Profile:
    """The red of a mask along the radius of a circle and around it."""
    high, wide = mask.shape
    at_x, at_y = x + numpy.outer(_RADII, numpy.cos(_ANGLES)) * radius, y + numpy.outer(_RADII, numpy.sin(_ANGLES)) * radius
    inside = (at_x >= 0) & (at_y >= 0) & (at_x < wide - 1) & (at_y < high - 1)
    red = numpy.zeros(at_x.shape, numpy.float32)
    red[inside] = mask[at_y[inside].astype(int), at_x[inside].astype(int)]

    def share(low: float, up: float) -> float:
        band = (low <= _RADII) & (up > _RADII)
        return float(red[band][inside[band]].mean()) if inside[band].any() else 0.0

    seen = inside[(_RADII > 0.96) & (_RADII < 1.0)].all(axis=0)
    ring = red[(_RADII > 0.91) & (_RADII < 1.09)].max(axis=0) > 0
    letters = red[(_RADII >= 0.58) & (_RADII < 0.88)].max(axis=0) > 0
    weight = _RADII[:, None] * inside * (_RADII <= 1)[:, None]
    return _Profile(
        ring=float(ring[seen].mean()) if seen.any() else 0.0, seen=float(seen.mean()), star=share(0, 0.17), gap=share(0.34, 0.5),
        letters=share(0.58, 0.88), round_letters=float(letters[seen].mean()) if seen.any() else 0.0,
        moat=share(0.885, 0.93), outside=share(1.1, 1.25), full=float((red * weight).sum() / max(weight.sum(), 1e-6)),
    )  # fmt: skip


def _judge(near: _Profile, whole: _Profile) -> str:
    """star, round, or "" for what is no seal."""
    if near.ring < 0.6 or near.seen < 0.45 or whole.full > 0.6 or whole.letters > 0.62 or whole.gap > 0.42:
        return ""
    worn = near.ring > 0.9 and whole.star > 0.3 and whole.gap < 0.25
    if (whole.letters < 0.05 or whole.round_letters < 0.3) and not worn:
        return ""
    if whole.star > 0.30 and whole.star > 1.6 * whole.gap:
        return "star"
    return "round" if near.ring > 0.8 and near.seen > 0.9 and near.outside < 0.12 else ""


def _is_colourful(picture: Picture, mask: Picture, circle: tuple[float, float, float]) -> bool:
    """True when what is not red inside the circle is coloured too: a photograph, a desk, a logo in two colours."""
    x, y, radius = circle
    rows, cols = numpy.ogrid[: mask.shape[0], : mask.shape[1]]
    inside = ((cols - x) ** 2 + (rows - y) ** 2 < (0.95 * radius) ** 2) & (cv2.dilate(mask, numpy.ones((3, 3), numpy.uint8)) == 0)
    shown = picture[inside].astype(numpy.float32)
    if not len(shown):
        return True
    paper = numpy.maximum(numpy.percentile(shown, 90, axis=0), 25)
    even = shown / paper
    return bool(((even.max(axis=1) - even.min(axis=1)) > 0.16).mean() > 0.35)


def _apart(seals: list[Seal]) -> list[Seal]:
    """One seal for one place; two impressions over one another stay two."""
    kept: list[Seal] = []
    for seal in sorted(seals, key=lambda s: (s.kind != "star", -s.radius)):
        if all(numpy.hypot(seal.x - o.x, seal.y - o.y) > 0.5 * max(seal.radius, o.radius) for o in kept):
            kept.append(seal)
    return kept
