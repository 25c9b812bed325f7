"""Core: what some bytes are, by their first bytes - names and declared types lie (china-mail.md e)."""

from __future__ import annotations

import re

from intake.opening.headers.file_names import extension

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OFFICE_EXTENSIONS = frozenset(
    [
        "docx",
        "docm",
        "dotx",
        "dotm",
        "xlsx",
        "xlsm",
        "xlsb",
        "xltx",
        "pptx",
        "pptm",
        "ppsx",
        "ofd",
        "odt",
        "ods",
        "odp",
        "odg",
        "ott",
        "ots",
        "wps",
        "et",
        "dps",
        "wpt",
        "ett",
        "epub",
        "pages",
        "numbers",
        "key",
        "vsdx",
        "xps",
        "oxps",
        "jar",
        "apk",
        "kmz",
    ]
)
PROGRAM_EXTENSIONS = frozenset(
    [
        "exe",
        "scr",
        "com",
        "pif",
        "bat",
        "cmd",
        "vbs",
        "vbe",
        "js",
        "jse",
        "wsf",
        "wsh",
        "hta",
        "msi",
        "lnk",
        "ps1",
        "jar",
        "apk",
        "cpl",
        "dll",
        "reg",
        "scf",
        "chm",
    ]
)
# Names found in the directory of a zip that is a document or a program, not an archive of files.
_PACKAGE_MARKS = (
    b"[Content_Types].xml",
    b"OFD.xml",
    b"META-INF/manifest.xml",
    b"META-INF/MANIFEST.MF",
    b"META-INF/container.xml",
    b"Index/Document.iwa",
    b"AndroidManifest.xml",
)
_LETTER = re.compile(rb"(?:[!-9;-~]{1,60}:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){2}")
_LETTER_NAMES = re.compile(rb"(?im)^(received|from|subject|message-id|return-path|delivered-to|x-mailer|mime-version|date):")

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b\x08", "gz"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x78\x9f\x3e\x22", "tnef"),
)
_LEAF_EXTENSIONS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "pdf"),
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG", "png"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"II*\x00", "tif"),
    (b"MM\x00*", "tif"),
    (b"{\\rtf", "rtf"),
    (b"MZ", "exe"),
)
_TYPE_EXTENSIONS = {
    "application/pdf": "pdf",
    "text/html": "html",
    "text/plain": "txt",
    "text/calendar": "ics",
    "text/csv": "csv",
    "text/x-vcard": "vcf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/zip": "zip",
    "message/rfc822": "eml",
}


def find_container(payload: bytes, name: str, media_type: str = "") -> str:
    """zip, rar, 7z, tar, gz, bz2, xz, tnef, msg, eml, p7m - or "" for a leaf. Office files are leaves whatever they are packed in."""
    if payload[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK00") or (payload[:2] == b"PK" and extension(name) == "zip"):
        return "" if is_package(payload, name) else "zip"
    for mark, kind in _SIGNATURES:
        if payload.startswith(mark):
            return kind
    if payload[:8] == OLE:
        return "msg" if _is_outlook_letter(payload, name) else ""
    if payload[257:262] == b"ustar":
        return "tar"
    if media_type in ("application/pkcs7-mime", "application/x-pkcs7-mime") or extension(name) == "p7m":
        return "p7m"
    return "eml" if _is_letter(payload, name, media_type) else ""


def is_package(payload: bytes, name: str) -> bool:
    """True for documents and programs that are zips inside (docx, ofd, odt, jar …), also when damaged and known by name only."""
    if extension(name) in OFFICE_EXTENSIONS:
        return True
    if payload[30:38] == b"mimetype" or payload[30:49] == b"[Content_Types].xml":
        return True
    directory = _directory(payload, name)
    return any(mark in directory and _is_member(directory, mark) for mark in _PACKAGE_MARKS)


def _directory(payload: bytes, name: str) -> bytes:
    """The archive's own list of members: documents packed without compression bring lists of theirs, which stand right before it.

    Where the last list is not the archive's own (it was cut off), a .zip says nothing of itself.
    """
    end = payload.rfind(b"PK\x05\x06")
    size, offset = (int.from_bytes(payload[end + at : end + at + 4], "little") for at in (12, 16))
    if end < 0 or not 0 < size <= end:
        return payload[-200_000:]
    if end - size != offset and extension(name) == "zip":
        return b""
    return payload[end - size : end]


def is_program(payload: bytes, name: str) -> bool:
    """True for what Windows would run: 已隔离,未打开 (M08)."""
    return payload[:2] == b"MZ" or extension(name) in PROGRAM_EXTENSIONS


def guess_extension(payload: bytes, media_type: str) -> str:
    """The extension a nameless part deserves."""
    for mark, last in _LEAF_EXTENSIONS:
        if payload.startswith(mark):
            return last
    if payload[:8] == OLE:
        return _ole_extension(payload)
    if payload[:2] == b"PK":
        return _zip_extension(payload)
    kind = find_container(payload, "", media_type)
    return {"tnef": "dat"}.get(kind, kind) or _TYPE_EXTENSIONS.get(media_type, "bin")


def is_complete(payload: bytes, name: str) -> bool:
    """The end of a file that belongs to its kind: a letter without closing line may still hold whole files."""
    if payload[:2] == b"PK":
        return b"PK\x05\x06" in payload[-70_000:]
    if payload[:4] == b"%PDF":
        return b"%%EOF" in payload[-2048:]
    if payload[:3] == b"\xff\xd8\xff":
        return b"\xff\xd9" in payload[-64:]
    if payload[:8] == b"\x89PNG\r\n\x1a\n":
        return b"IEND" in payload[-64:]
    return extension(name) in ("txt", "eml", "html", "htm", "csv")


def _is_member(directory: bytes, mark: bytes) -> bool:
    """The mark is the whole name of an entry of the central directory, at the top of the archive."""
    at = directory.find(mark)
    while at >= 0:
        entry = at - 46
        if entry >= 0 and directory[entry : entry + 4] == b"PK\x01\x02":
            return int.from_bytes(directory[entry + 28 : entry + 30], "little") == len(mark)
        at = directory.find(mark, at + 1)
    return False


def _zip_extension(payload: bytes) -> str:
    tail = payload[-200_000:]
    for mark, last in ((b"word/", "docx"), (b"xl/", "xlsx"), (b"ppt/", "pptx"), (b"OFD.xml", "ofd")):
        if mark in tail:
            return last
    for mark, last in ((b"opendocument.text", "odt"), (b"opendocument.spreadsheet", "ods")):
        if mark in payload[:200]:
            return last
    return "zip"


def _ole_extension(payload: bytes) -> str:
    for stream, last in (("WordDocument", "doc"), ("Workbook", "xls"), ("PowerPoint Document", "ppt"), ("__properties_version1", "msg")):
        if stream.encode("utf-16-le") in payload:
            return last
    return "doc"


def _is_outlook_letter(payload: bytes, name: str) -> bool:
    known = "__properties_version1".encode("utf-16-le") in payload and "__nameid_version1".encode("utf-16-le") in payload
    return known and (extension(name) in ("msg", "") or "WordDocument".encode("utf-16-le") not in payload)


def _is_letter(payload: bytes, name: str, kind: str) -> bool:
    start = payload[:4000].lstrip(b"\xef\xbb\xbf\r\n \t")
    if kind == "message/rfc822":
        return True
    return extension(name) == "eml" and bool(_LETTER.match(start)) and bool(_LETTER_NAMES.search(start))
