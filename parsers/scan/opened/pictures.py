"""Core: the keeper of Pillow - picture files as page pictures: every page of a TIFF, turned as the camera noted (EXIF), within limits.

HEIC of iPhones is read where pillow-heif is installed; without it such a picture stays for a person.
"""

from __future__ import annotations

import io
from contextlib import suppress
from importlib import import_module

import numpy
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from parsers.formats.bounds import damaged, too_large
from parsers.scan.words import Picture

MAX_PIXELS = 80_000_000
MAX_SIDE = 3600
SMALLEST = 500
"""Pixels of the shorter side under which a picture cannot be a legible page."""


def payload_to_pictures(payload: bytes, most: int) -> list[Picture]:
    """The pages of a picture file (blue, green, red), at most so many; RefusedError for what is broken or far too large."""
    with suppress(ImportError):
        import_module("pillow_heif").register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # the size is checked below, before anything is unpacked
    try:
        with Image.open(io.BytesIO(payload)) as image:
            pages = []
            for page in ImageSequence.Iterator(image):
                if page.width * page.height > MAX_PIXELS:
                    raise too_large()
                pages.append(_page(page))
                if len(pages) >= most:
                    break
            return pages
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise damaged() from error


def _page(page: Image.Image) -> Picture:
    """One page upright as the camera saw it, on white where it is transparent, no larger than reading needs."""
    upright = ImageOps.exif_transpose(page)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        shown = upright.convert("RGBA")
        paper = Image.new("RGBA", shown.size, "white")
        upright = Image.alpha_composite(paper, shown)
    colour = upright.convert("RGB")
    if max(colour.size) > MAX_SIDE:
        colour.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    return numpy.ascontiguousarray(numpy.asarray(colour)[:, :, ::-1])
