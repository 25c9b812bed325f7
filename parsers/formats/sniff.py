"""Core: what a file is, by its bytes alone (documents.md 1: six of the sample files carry a wrong extension)."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Literal

from parsers.formats.bounds import RefusedError
from parsers.formats.olestreams import OleStreams

Kind = Literal[
    "docx", "xlsx", "xlsb", "odt", "ods", "ofd", "pptx", "zip", "doc", "xls", "ole", "encrypted", "pdf", "rtf",
    "html", "mht", "wordxml", "sheetxml", "flatopc", "odfxml", "xml", "text", "image", "archive", "damaged", "empty", "unknown",
]  # fmt: skip

_IMAGES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"BM", b"II*\x00", b"MM\x00*", b"\xd7\xcd\xc6\x9a")
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEAD = 65536
_BLANK = b"\0 \t\r\n"


def payload_to_kind(payload: bytes) -> Kind:
    """The format of a file's bytes; `unknown` for what no reader here knows."""
    return sniffed(payload)[0]


def sniffed(payload: bytes) -> tuple[Kind, zipfile.ZipFile | OleStreams | None]:
    """The format of a file's bytes, and the zip or OLE file that was opened to see it: its directory is read once."""
    if payload.startswith(b"PK"):
        return _zip_kind(payload)
    if payload.startswith(_OLE):
        return _ole_kind(payload)
    return _plain_kind(payload), None


def _plain_kind(payload: bytes) -> Kind:
    head = payload[:_HEAD]
    if not head.strip(_BLANK) and not payload.strip(_BLANK):
        return "empty"
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.lstrip()[:5].lower() == b"{\\rtf":
        return "rtf"
    if _is_image(head):
        return "image"
    if head.startswith(_ARCHIVES):
        return "archive"
    return _text_kind(head)


def _is_image(head: bytes) -> bool:
    if head.startswith(b"BM"):
        return len(head) > 26 and head[6:10] == b"\0\0\0\0"
    return head.startswith(_IMAGES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP") or head[4:12] in (
        b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif", b"ftypheif", b"ftypmsf1",
    )  # fmt: skip


def _zip_kind(payload: bytes) -> tuple[Kind, zipfile.ZipFile | None]:
    try:
        package = zipfile.ZipFile(io.BytesIO(payload))
        names = [name.replace("\\", "/").lstrip("/").lower() for name in package.namelist()]
        mimetype = b""
        if "mimetype" in names:
            entry = package.infolist()[names.index("mimetype")]
            mimetype = package.read(entry) if entry.file_size < 200 and not entry.flag_bits & 1 else b""
        types = _content_types(package, names)
    except Exception:  # a zip that cannot be listed: damaged, whatever it was
        return "damaged", None
    return _package_kind(frozenset(names), mimetype, types), package


def _content_types(package: zipfile.ZipFile, names: list[str]) -> bytes:
    if "[content_types].xml" not in names:
        return b""
    entry = package.infolist()[names.index("[content_types].xml")]
    return package.read(entry) if entry.file_size < 4_000_000 and not entry.flag_bits & 1 else b""


def _package_kind(names: frozenset[str], mimetype: bytes, types: bytes) -> Kind:
    if b"opendocument.text" in mimetype:
        return "odt"
    if b"opendocument.spreadsheet" in mimetype:
        return "ods"
    if "content.xml" in names and "meta-inf/manifest.xml" in names:  # OpenDocument without its mimetype member
        return "odt"
    if "ofd.xml" in names:
        return "ofd"
    if b"ms-excel.sheet.binary" in types or "xl/workbook.bin" in names:
        return "xlsb"
    if b"wordprocessingml" in types or b"ms-word." in types or "word/document.xml" in names:
        return "docx"
    if b"spreadsheetml" in types or b"ms-excel." in types or "xl/workbook.xml" in names:
        return "xlsx"
    return "pptx" if b"presentationml" in types or "ppt/presentation.xml" in names else "zip"


def _ole_kind(payload: bytes) -> tuple[Kind, OleStreams | None]:
    """By the root directory's own streams, names without case: a workbook may hold a whole Word file as an object."""
    try:
        streams = OleStreams(payload)
    except RefusedError:
        return "damaged", None
    if "EncryptedPackage" in streams:
        return "encrypted", None
    if "WordDocument" in streams:
        return "doc", streams
    return "xls" if "Workbook" in streams or "Book" in streams else "ole", streams


_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|table|meta|div|p|style|title|center|font|span)[\s>:/]", re.IGNORECASE)
_MHT = re.compile(rb"^(?:mime-version|content-type|from|subject|date|x-[\w-]+):", re.IGNORECASE)


def _text_kind(head: bytes) -> Kind:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = head[: len(head) // 2 * 2].decode("utf-16", "ignore")
    else:
        text = head.decode("latin-1")
    start = text.lstrip("\ufeffï»¿ \t\r\n\0")
    if _MHT.match(start.encode("latin-1", "replace")) and re.search(r"(?im)^mime-version:|^content-type:\s*multipart", start[:4096]):
        return "mht"
    if start.startswith("<?xml") or start.startswith("<"):
        kind = _xml_kind(start)
        if kind:
            return kind
    return "text" if _looks_like_text(head) else "unknown"


def _xml_kind(start: str) -> Kind | None:
    head = start[:4096]
    if "http://schemas.microsoft.com/office/2006/xmlPackage" in head:
        return "flatopc"
    if "wordDocument" in head and "word/2003/wordml" in head:
        return "wordxml"
    if "urn:schemas-microsoft-com:office:spreadsheet" in head and re.search(r"<(?:\w+:)?Workbook\b", head):
        return "sheetxml"
    if "office:document" in head and "opendocument" in head:
        return "odfxml"
    if _HTML.search(head):
        return "html"
    return "xml" if start.startswith("<?xml") else None


def _looks_like_text(head: bytes) -> bool:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    controls = sum(head.count(bytes([code])) for code in (*range(0, 9), *range(14, 27), *range(28, 32)))
    return controls * 200 <= len(head)
