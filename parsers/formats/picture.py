"""Core: one page of a PDF, or a photo, as a small PNG for a person's eyes - to be run in the reading child only, on bytes nobody trusts."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import pypdfium2
from PIL import Image, ImageOps

MOST_PIXELS = 40_000_000
"""Pixels a photo may claim; a phone takes 12 to 50 million, a one-kilobyte bomb claims billions."""
SHADES = 64
TALLEST = 3
_FORMATS = ("PNG", "JPEG", "BMP", "TIFF", "GIF", "WEBP")


def page_picture(request: Mapping[str, Any], payload: bytes) -> tuple[dict[str, int], list[bytes]]:
    """The work of the child: `request` holds `page` (from 1) and `width` in pixels; the answer is the number of pages and one PNG."""
    width = max(60, min(int(request["width"]), 2000))
    draw = _pdf_page if payload[:1024].lstrip()[:5] == b"%PDF-" else _photo
    pages, picture = draw(payload, max(1, int(request["page"])), width)
    out = io.BytesIO()
    picture.convert("RGB").quantize(SHADES).save(out, "PNG", optimize=True)
    return {"pages": pages, "width": picture.width, "height": picture.height}, [out.getvalue()]


def _pdf_page(payload: bytes, number: int, width: int) -> tuple[int, Image.Image]:
    book = pypdfium2.PdfDocument(payload)
    page = book[min(number, len(book)) - 1]
    scale = min(width / max(page.get_width(), 1), TALLEST * width / max(page.get_height(), 1), 4)
    return len(book), page.render(scale=scale, may_draw_forms=False).to_pil()


def _photo(payload: bytes, _number: int, width: int) -> tuple[int, Image.Image]:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow refuses at twice this number
    source = Image.open(io.BytesIO(payload), formats=_FORMATS)
    source.draft("RGB", (width * 2, width * 2))
    picture = ImageOps.exif_transpose(source) or source
    picture.thumbnail((width, width * TALLEST))
    return 1, picture
