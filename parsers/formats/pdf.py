"""Core: .pdf -> Document: native pages as paragraphs and ruled tables; scans, garbled and locked files by their status."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Sequence
from typing import Any

import pypdfium2
import pypdfium2.raw as c

from parsers.document import Document, Status
from parsers.formats.blocks import Blocks
from parsers.formats.bounds import RefusedError, damaged, too_large
from parsers.formats.ink import Ink
from parsers.formats.pages import pages_to_blocks
from parsers.formats.pdf_ink import page_to_ink
from parsers.formats.pdf_kind import PageKind, page_kind

MAX_PAGES = 60
_MAX_STREAM = 24 << 20
_MAX_STREAMS = 96 << 20
_STREAM = re.compile(rb"stream\r?\n")
_NOT_DRAWN = re.compile(rb"/Image\b|/FontFile|/Length1|/EmbeddedFile|/ObjStm|/XRef|/ICCBased")


def pdf_to_document(payload: bytes) -> Document:
    """A PDF of up to MAX_PAGES pages; `scanned` when no page has text that can be trusted."""
    _check_streams(payload)
    total, inks = _read_pages(payload)
    kinds = [page_kind(ink) for ink in inks]
    native = [(number, ink) for number, (ink, kind) in enumerate(zip(inks, kinds, strict=True), 1) if kind == "native"]
    blocks = Blocks()
    pages_to_blocks(native, blocks)
    problems = _problems(kinds, inks, total)
    pictures = sum(ink.pictures for ink in inks)
    return Document(
        reader="pdf", status=_status(kinds, blocks), blocks=blocks.to_tuple(), pages=total, pictures=pictures, problems=problems
    )  # fmt: skip


def _status(kinds: Sequence[PageKind], blocks: Blocks) -> Status:
    if not blocks.blank:
        return "read"
    return "empty" if all(kind in ("blank", "native") for kind in kinds) else "scanned"


def _problems(kinds: Sequence[PageKind], inks: Sequence[Ink], total: int) -> tuple[str, ...]:
    found = []
    if any(kind in ("scan", "ocr_layer", "outlines") for kind in kinds) and "native" in kinds:
        found.append("pages_scanned")
    if "ocr_layer" in kinds:
        found.append("text_from_ocr")
    if "garbage" in kinds:
        found.append("text_garbled")
    if any(ink.unreadable_boxes for ink in inks):
        found.append("boxes_unreadable")
    if total > len(inks):
        found.append("pages_left_out")
    return tuple(found)


def _check_streams(payload: bytes) -> None:
    """Refuses drawings that unfold to more than any page holds, before a reader unfolds them."""
    total = 0
    for found in _STREAM.finditer(payload):
        head = payload[max(0, found.start() - 400) : found.start()]
        head = head[head.rfind(b"obj") + 3 :]
        if (b"FlateDecode" not in head and b"/Fl" not in head) or _NOT_DRAWN.search(head):
            continue
        try:
            size = len(zlib.decompressobj().decompress(payload[found.end() :], _MAX_STREAM + 1))
        except zlib.error:
            continue
        total += size
        if size > _MAX_STREAM or total > _MAX_STREAMS:
            raise too_large()


def _read_pages(payload: bytes) -> tuple[int, list[Ink]]:
    """(number of pages, ink of the first MAX_PAGES): by pdfium, by pdfplumber where pdfium finds the file broken or leaves letters out."""
    try:
        book = pypdfium2.PdfDocument(payload)
    except pypdfium2.PdfiumError as error:
        if c.FPDF_GetLastError() == c.FPDF_ERR_PASSWORD or "password" in str(error).lower():
            raise RefusedError("encrypted") from error
        return _read_pages_again(payload)
    try:
        total = len(book)
        if not total:
            raise damaged()
        if book.get_formtype() in (pypdfium2.raw.FORMTYPE_ACRO_FORM, pypdfium2.raw.FORMTYPE_XFA_FOREGROUND):
            book.init_forms()
        inks = []
        for index in range(min(total, MAX_PAGES)):
            page = book[index]
            inks.append(page_to_ink(page, book.formenv.raw if book.formenv else None))
            page.close()
        if any(ink.lost_letters for ink in inks):
            return _read_pages_again(payload)
        return total, inks
    except pypdfium2.PdfiumError:
        return _read_pages_again(payload)
    finally:
        book.close()


def _read_pages_again(payload: bytes) -> tuple[int, list[Ink]]:
    import pdfplumber

    from parsers.formats.pdf_plumber import plumber_page_to_ink

    try:
        with pdfplumber.open(io.BytesIO(payload)) as book:
            inks = []
            for page in book.pages[:MAX_PAGES]:
                inks.append(plumber_page_to_ink(page))
                page.close()
            if not inks:
                raise damaged()
            return len(book.pages), inks
    except RefusedError:
        raise
    except Exception as error:
        raise RefusedError("encrypted" if _is_locked(error) else "unreadable", "" if _is_locked(error) else "damaged") from error


def _is_locked(error: Exception) -> bool:
    """pdfplumber wraps pdfminer's PDFPasswordIncorrect in its own exception."""
    inner: Sequence[Any] = (error, error.__cause__, *error.args)
    return any("Password" in type(e).__name__ for e in inner)
