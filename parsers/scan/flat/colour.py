"""Core: the colours of a page - red ink apart from black, shadows evened out, black-and-white faxes known as such."""

from __future__ import annotations

import cv2
import numpy

from parsers.scan.words import Picture

_MID_GREY = 0.02
_STRONG = 0.2
_INKED, _LIGHTER, _FINE, _STAR, _SOFT, _BROAD = 200, 45, 0.64, 13, 5, 4
_COARSE_STAR, _FINE_STAR = 400, 120  # of what is left of a star: on a page whose print is grey all through (coarse or thin), and on one with black print
_RIM = 9
_PALE = (0.55, 0.75)  # of the way from print to paper: what is paler than the first near red fades, what is paler than the second is paper
_REACH = 240  # of a seal on a flat page, from its star outwards
_LIFTED: Picture = numpy.clip((numpy.arange(256) - 85) * 5, 0, 255).astype(numpy.uint8)  # ink as dark as print is left alone


def without_red(picture: Picture) -> Picture:
    """The page in grey with the red seal (almost) gone: in the red channel red ink is as bright as paper."""
    return picture if picture.ndim == 2 else picture[:, :, 2]


def is_colourless(picture: Picture) -> bool:
    """True for a grey scan, on which a red seal cannot be told from black."""
    if picture.ndim == 2:
        return True
    small = cv2.resize(picture, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    spread = small.max(axis=2).astype(numpy.int16) - small.min(axis=2)
    return bool(numpy.percentile(spread, 99.8) < 24)


def is_fax(picture: Picture) -> bool:
    """True for a picture of two levels: half of what is read on a fax is wrong though it looks certain, so a person reads it."""
    grey = without_red(picture)
    return bool(numpy.count_nonzero((grey > 12) & (grey < 243)) < _MID_GREY * grey.size) and _speckled(grey)


def _speckled(grey: Picture) -> bool:
    """True when lone dots of dirt lie on the page: a clean drawing in two levels is no fax."""
    dark = (grey < 128).astype(numpy.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    return bool(count > 1 and numpy.count_nonzero(stats[1:, 4] <= 2) > max(200, 0.25 * (count - 1)))


def evened(grey: Picture) -> Picture:
    """The page with its shadows lifted: every place is measured against the paper around it."""
    return cv2.divide(grey, numpy.maximum(_paper(grey, 400, 7), 40), scale=255)


def _paper(picture: Picture, side: int, reach: int) -> Picture:
    """The paper without what is written on it."""
    height, width = picture.shape[:2]
    step = max(1, max(height, width) // side)
    small = cv2.resize(picture, (max(1, width // step), max(1, height // step)), interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(small, numpy.ones((reach, reach), numpy.uint8)), 21)
    return cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)


def redness(picture: Picture) -> Picture:
    """How much redder than the paper around it every place is, 0..1 (float32); tint and shadow do not count."""
    paper = _paper(picture, 250, 9)
    shown = picture.astype(numpy.float32) / numpy.maximum(paper, 25)
    return shown[..., 2] - numpy.maximum(shown[..., 1], shown[..., 0])


def without_seal_grey(even: Picture) -> Picture:
    """An evened grey page, the grey of a seal raised to paper around its star: a patch of grey clearly lighter than the print. What is next to
    print is left as it is, so that letters keep their own soft edges, and so are thin strokes by themselves."""
    ink = even < _INKED
    if numpy.count_nonzero(ink) < 500:
        return even
    print_grey = float(numpy.percentile(even[ink], 10))
    between = ((even > print_grey + _LIGHTER) & (even < _INKED + 5)).astype(numpy.uint8)
    patches = cv2.erode(cv2.medianBlur(between, 5), numpy.ones((_STAR, _STAR), numpy.uint8)) > 0  # no letter, however coarse, survives this
    coarse = numpy.count_nonzero(between) > _FINE * numpy.count_nonzero(ink)
    patches = _stars(patches, _COARSE_STAR if coarse else _FINE_STAR)
    if not patches.any():
        return even
    seal_grey = float(numpy.percentile(even[patches], 40))
    from_grey, to_grey = print_grey + 0.55 * (seal_grey - print_grey), print_grey + 0.8 * (seal_grey - print_grey)
    levels: Picture = numpy.arange(256, dtype=numpy.float32)
    raised = numpy.where(levels <= from_grey, levels, from_grey + (levels - from_grey) * (255 - from_grey) / max(to_grey - from_grey, 1.0))
    around = cv2.distanceTransform((~patches).astype(numpy.uint8), cv2.DIST_L2, 3) <= _REACH
    dark = even <= from_grey
    beside = cv2.dilate(dark.astype(numpy.uint8), numpy.ones((_SOFT, _SOFT), numpy.uint8)) > 0
    pale = around & _pale_strokes(even < _INKED + 5, dark, between) & ~beside
    return numpy.where(pale, cv2.LUT(even, raised.clip(0, 255).astype(numpy.uint8)), even)


def _pale_strokes(ink: Picture, dark: Picture, between: Picture) -> Picture:
    """Where strokes of a seal may be: broad ones in its grey, and all of what hangs together with them and not with print. A thin stroke as grey
    as that is print that is not blacker for being thin."""
    broad = cv2.morphologyEx(between, cv2.MORPH_OPEN, numpy.ones((_BROAD, _BROAD), numpy.uint8))
    count, labels = cv2.connectedComponents(ink.astype(numpy.uint8))
    sealed: Picture = numpy.zeros(count, bool)
    sealed[numpy.unique(labels[broad > 0])] = True
    sealed[numpy.unique(labels[dark])] = False
    sealed[0] = False
    apart = cv2.dilate(sealed[labels].astype(numpy.uint8), numpy.ones((_SOFT, _SOFT), numpy.uint8))
    return (apart | cv2.dilate(broad, numpy.ones((2 * _BROAD + 1, 2 * _BROAD + 1), numpy.uint8))) > 0


def _stars(patches: Picture, least: int) -> Picture:
    """Those patches that are about as high as wide and as large as a star leaves: a shaded bar is none, nor what coarse letters leave."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(patches.astype(numpy.uint8))
    kept: Picture = numpy.zeros(count, bool)
    for i in range(1, count):
        wide, high = int(stats[i][2]), int(stats[i][3])
        kept[i] = 0.5 < wide / max(high, 1) < 2.0 and stats[i][4] >= least
    return kept[labels]


def lifted_red(picture: Picture) -> Picture:
    """The page in grey, evened, with red ink raised to the brightness of paper - as much as this page's own red needs.

    Dark red (a seal in shadow) is dark in the red channel too; black under red stays black, for it is not red. On a page scanned without colour
    a seal is told by its own grey.
    """
    if picture.ndim == 2 or is_colourless(picture):
        return without_seal_grey(evened(without_red(picture)))
    half = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    red = redness(half)
    level = evened(picture[:, :, 2])
    strong = red > _STRONG
    if numpy.count_nonzero(strong) < 200:
        return level
    dark = 255.0 - cv2.resize(level, (half.shape[1], half.shape[0]), interpolation=cv2.INTER_AREA)[strong]
    gain = float(numpy.clip(numpy.median(dark / red[strong]) * 1.25, 0, 500))
    lift = cv2.resize(numpy.where(red > 0.06, red * gain, 0).clip(0, 255).astype(numpy.uint8), (picture.shape[1], picture.shape[0]))
    lifted = cv2.multiply(lift, cv2.LUT(level, _LIFTED), scale=1 / 255)
    return _without_rims(cv2.add(level, lifted), lift)


def _without_rims(grey: Picture, lift: Picture) -> Picture:
    """The page without the pale rims that a lifted seal leaves: compression keeps colour at half the sharpness, so its edges are no longer red."""
    around = cv2.dilate((lift > 0).astype(numpy.uint8), numpy.ones((_RIM, _RIM), numpy.uint8)) > 0
    ink = grey < _INKED
    if not numpy.count_nonzero(ink):
        return grey
    print_grey = float(numpy.percentile(grey[ink], 10))
    pale, white = (print_grey + share * (255 - print_grey) for share in _PALE)
    levels: Picture = numpy.arange(256, dtype=numpy.float32)
    raised = numpy.where(levels <= pale, levels, pale + (levels - pale) * (255 - pale) / (white - pale))
    return numpy.where(around, cv2.LUT(grey, raised.clip(0, 255).astype(numpy.uint8)), grey)
