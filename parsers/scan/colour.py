"""Core: the colours of a page - red ink apart from black, shadows evened out, black-and-white faxes known as such."""

from __future__ import annotations

import cv2
import numpy

from parsers.scan.words import Picture

_MID_GREY = 0.02


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
    height, width = grey.shape
    step = max(1, max(height, width) // 400)
    small = cv2.resize(grey, (max(1, width // step), max(1, height // step)), interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(small, numpy.ones((7, 7), numpy.uint8)), 21)
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.divide(grey, numpy.maximum(paper, 40), scale=255)


def is_uneven(grey: Picture) -> bool:
    """True when the paper itself is much darker in one place than in another."""
    small = cv2.resize(grey, (60, 80), interpolation=cv2.INTER_AREA)
    paper = cv2.dilate(small, numpy.ones((9, 9), numpy.uint8))
    low, high = numpy.percentile(paper, [5, 95])
    return bool(high - low > 40)


def redness(picture: Picture) -> Picture:
    """How much redder than the paper around it every place is, 0..1 (float32); tint and shadow do not count."""
    height, width = picture.shape[:2]
    step = max(1, max(height, width) // 250)
    small = cv2.resize(picture, (max(1, width // step), max(1, height // step)), interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(small, numpy.ones((9, 9), numpy.uint8)), 21)
    paper = cv2.resize(cv2.GaussianBlur(paper, (0, 0), 6), (width, height), interpolation=cv2.INTER_LINEAR)
    shown = picture.astype(numpy.float32) / numpy.maximum(paper.astype(numpy.float32), 25)
    return shown[..., 2] - numpy.maximum(shown[..., 1], shown[..., 0])


def erased_red(picture: Picture) -> Picture:
    """The page in grey with shadows evened out and light red painted over as paper: another view than `without_red`."""
    if picture.ndim == 2:
        return evened(picture)
    grey = evened(picture[:, :, 2])
    red = (redness(picture) > 0.12) & (grey > 150)
    grey[cv2.dilate(red.astype(numpy.uint8), numpy.ones((3, 3), numpy.uint8)).astype(bool) & (grey > 120)] = 255
    return grey
