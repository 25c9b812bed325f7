"""Files of the scenarios that no writer of forms makes: scans, photos, closed archives."""

from __future__ import annotations

import io
import re
import zipfile

from tests.corpus.play import Union
from tests.generator.documents import compose_narrative, narrative_docx


def blank_pdf(mark: str = "") -> bytes:
    """A page that is one picture, as a scanner makes it; `mark` makes its bytes unlike another's."""
    body = (
        "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R>>endobj\n"
        "4 0 obj<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>stream\n0\nendstream endobj\n"
        "5 0 obj<</Length 29>>stream\nq 595 0 0 842 0 0 cm /I Do Q \nendstream endobj\ntrailer<</Root 1 0 R>>\n"
    )
    return b"%PDF-1.4\n%" + mark.encode().hex().encode() + b"\n" + body.encode() + b"%%EOF\n"


def photo() -> bytes:
    """A JPEG of some size that nobody can read without OCR."""
    head = bytes.fromhex("ffd8ffe000104a46494600010100000100010000")
    return head + bytes(range(256)) * 400 + bytes.fromhex("ffd9")


def closed_zip() -> bytes:
    """A zip whose only member is marked encrypted (ZipCrypto flag), with twelve bytes of header before its text."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("material.docx", (2022, 7, 28, 9, 0, 0)), bytes(range(64)) * 40)
    raw = bytearray(buffer.getvalue())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(signature) + offset] |= 1
    return bytes(raw)


def stable_xlsx(payload: bytes) -> bytes:
    """A workbook without the moment at which it was written."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(payload)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            text = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2022-07-26T00:00:00Z", source.read(item))
            target.writestr(zipfile.ZipInfo(item.filename, (2022, 7, 26, 0, 0, 0)), text)
    return buffer.getvalue()


def narrative_of(union: Union, characters: int) -> bytes:
    """An 申报材料 of the first studio with exactly so many characters of body as our own count sees them, or as near as words allow."""
    studio = union.studios[0]
    for asked in range(characters - 400, characters + 200, 5):
        paragraphs = compose_narrative(studio["studio"], studio["leader.name"], asked)
        if len("".join("".join(p.split()) for p in paragraphs)) >= characters:
            return narrative_docx(studio["studio"], studio["leader.name"], asked)
    raise ValueError(characters)
