"""Core: PDF pages that show only a picture, or letters that cannot be trusted -> page pictures (pypdfium2); native pages stay ink."""

from __future__ import annotations

import numpy
import pypdfium2

from parsers.formats.bounds import RefusedError
from parsers.formats.ink import Ink
from parsers.formats.pdf_ink import page_to_ink
from parsers.formats.pdf_kind import page_kind
from parsers.scan.words import Picture

_INCH = 72.0
_DPI = 200
_MAX_SIDE = 3000


def payload_to_pdf_pages(payload: bytes, most: int) -> list[Picture | Ink]:
    """The pages in order: ink of native ones, pictures of the others - at most so many of these; the rest is left out."""
    try:
        book = pypdfium2.PdfDocument(payload)
    except pypdfium2.PdfiumError as error:
        raise RefusedError("unreadable", "damaged") from error
    try:
        out: list[Picture | Ink] = []
        drawn = 0
        for index in range(len(book)):
            page = book[index]
            ink = page_to_ink(page)
            kind = page_kind(ink)
            if kind == "native":
                out.append(ink)
            elif kind != "blank" and drawn < most:
                drawn += 1
                out.append(_picture(page))
            page.close()
            if drawn >= most:
                break
        return out
    finally:
        book.close()


def _picture(page: pypdfium2.PdfPage) -> Picture:
    width, height = page.get_size()
    scale = min(_DPI / _INCH, _MAX_SIDE / max(width, height, 1.0))
    bitmap = page.render(scale=scale, fill_color=(255, 255, 255, 255), rev_byteorder=False, prefer_bgrx=False)
    shown = bitmap.to_numpy()
    return numpy.ascontiguousarray(
        shown[:, :, :3] if shown.ndim == 3 and shown.shape[2] >= 3 else numpy.repeat(shown.reshape(*shown.shape[:2], 1), 3, axis=2)
    )
