"""Core: any file that is a scan -> its pages: picture files, PDF, office files that only hold the pasted picture of one, and pictures put
together as the pages of one form (a package whose members are read in the order of their names)."""

from __future__ import annotations

import io
import zipfile

from parsers.formats.bounds import MAX_UNPACKED, RefusedError
from parsers.formats.ink import Ink
from parsers.formats.sniff import payload_to_kind
from parsers.scan.opened.pdf_pages import payload_to_pdf_pages
from parsers.scan.opened.pictures import SMALLEST, payload_to_pictures
from parsers.scan.words import Picture

MOST_PAGES = 12
_MEDIA = ("word/media/", "xl/media/", "ppt/media/", "Pictures/", "Doc_0/Res/")
_PACKED = ("docx", "xlsx", "odt", "ods", "ofd", "pptx")


def payload_to_pages(payload: bytes, most: int = MOST_PAGES) -> list[Picture | Ink]:
    """The pages of a file in order, at most so many; native PDF pages as ink. RefusedError for what cannot be opened."""
    kind = payload_to_kind(payload)
    if kind == "pdf":
        return payload_to_pdf_pages(payload, most)
    if kind == "image":
        return [page for page in payload_to_pictures(payload, most) if min(page.shape[:2]) >= SMALLEST]
    if kind in _PACKED:
        return _media_to_pages(payload, most)
    return _pictures_to_pages(payload, most, "") if kind == "zip" else []


def _media_to_pages(payload: bytes, most: int) -> list[Picture]:
    """The pictures in an office file that are large enough to be pages."""
    return _pictures_to_pages(payload, most, _MEDIA)


def _pictures_to_pages(payload: bytes, most: int, folders: str | tuple[str, ...]) -> list[Picture]:
    """The pictures in these folders of a package that are large enough to be pages, in the order of their names."""
    pages: list[Picture] = []
    with zipfile.ZipFile(io.BytesIO(payload)) as package:
        media = [m for m in package.infolist() if m.filename.startswith(folders) and m.file_size <= MAX_UNPACKED // 4]
        for member in sorted(media, key=lambda m: (len(m.filename), m.filename)):
            try:
                found = payload_to_pictures(package.read(member), 1)
            except (RefusedError, zipfile.BadZipFile, RuntimeError, NotImplementedError):
                continue
            pages += [page for page in found if min(page.shape[:2]) >= SMALLEST]
            if len(pages) >= most:
                break
    return pages[:most]
