"""Hostile files of every kind a mailbox may bring, made here: bombs, loops, entities, far cells, names that climb out of their folder."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from tests.unit.parsers.formats.builders import WORD, docx, odf, p, package, tbl, tc, xlsx

MIB = 1 << 20
HEAD = b"From: a@univ.example\r\nTo: x@163.com\r\nSubject: t\r\nMIME-Version: 1.0\r\n"
MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
ENTITIES = '<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(8)
) + "]>"  # fmt: skip


def _deflated(name: str, chunks: Iterator[bytes], others: Mapping[str, bytes]) -> bytes:
    """A package with one part too big to be written in one piece."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for other, payload in others.items():
            file.writestr(other, payload)
        with file.open(name, "w") as part:
            for chunk in chunks:
                part.write(chunk)
    return out.getvalue()


def _parts(sound: bytes, without: str) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(sound)) as file:
        return {name: file.read(name) for name in file.namelist() if name != without}


def _docx_of(chunks: Iterator[bytes]) -> bytes:
    return _deflated("word/document.xml", chunks, _parts(docx(p("x")), "word/document.xml"))


def _bomb(inside: bytes, times: int, before: str, after: str) -> Iterator[bytes]:
    yield f'<w:document xmlns:w="{WORD}"><w:body>{before}'.encode()
    yield from (inside for _ in range(times))
    yield f"{after}</w:body></w:document>".encode()


def _sheet(rows: bytes, after: bytes = b"") -> bytes:
    space = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    with zipfile.ZipFile(io.BytesIO(xlsx({"a": ""}))) as file:
        name = next(n for n in file.namelist() if n.startswith("xl/worksheets/") and n.endswith(".xml"))
    body = b"<worksheet " + space + b"><sheetData>" + rows + b"</sheetData>" + after + b"</worksheet>"
    return _deflated(name, iter([body]), _parts(xlsx({"a": ""}), name))


def _strings(size: int) -> bytes:
    parts = _parts(xlsx({"a": '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData>'}), "xl/sharedStrings.xml")
    space = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
    return _deflated("xl/sharedStrings.xml", iter([space, *[b"A" * MIB] * size, b"</t></si></sst>"]), parts)


def _nested_zips(levels: int) -> bytes:
    inner = b"x" * (10 * MIB)
    for level in range(levels):
        inner = package({f"{level}_{n}.zip" if level else f"{n}.txt": inner for n in range(1 if level else 10)})
    return inner


def _overlapping(copies: int) -> bytes:
    """A zip whose directory names the same megabytes again and again."""
    sound = package({"a.bin": bytes(20 * MIB)})
    start = sound.index(b"PK\x01\x02")
    end = sound.index(b"PK\x05\x06")
    entry = sound[start:end]
    count = copies.to_bytes(2, "little")
    size = (len(entry) * copies).to_bytes(4, "little")
    return sound[:start] + entry * copies + sound[end : end + 8] + count + count + size + sound[end + 16 :]


def _names() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in ("../../../../tmp/OUT.txt", "/tmp/OUT2.txt", "C:\\Windows\\x.txt", "..\\..\\x.docx", "a/" * 200 + "x", "CON.docx", "附件4\u202excod.exe"):
            file.writestr(name, b"x")
    return out.getvalue()


def _pdf(objects: bytes) -> bytes:
    return b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n" + objects + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def _pdf_stream(packed: bytes) -> bytes:
    page = b"2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>endobj\n"
    return _pdf(page + b"4 0 obj<</Filter/FlateDecode/Length %d>>stream\n" % len(packed) + packed + b"\nendstream endobj\n")


def _xml(root: str) -> bytes:
    return ("<?xml version='1.0'?>" + ENTITIES + root).encode()


def _ole_loop() -> bytes:
    """A compound file whose sector chain runs in a circle."""
    head = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0"))
    head[24:34] = b"\x3e\0\x03\0\xfe\xff\x09\0\x06\0"
    head[44:48] = b"\1\0\0\0"
    head[56:60] = b"\0\x10\0\0"
    head[60:72] = b"\xfe\xff\xff\xff\0\0\0\0\xfe\xff\xff\xff"
    head[76:512] = b"\0\0\0\0" + b"\xff\xff\xff\xff" * 108
    fat = (b"\xfd\xff\xff\xff" + b"\1\0\0\0" * 127)[:512]
    return bytes(head) + fat + bytes(512)


FILES: Mapping[str, Callable[[], bytes]] = {
    "one paragraph of 300 MB.docx": lambda: _docx_of(_bomb(b"A" * MIB, 300, "<w:p><w:r><w:t>", "</w:t></w:r></w:p>")),
    "two million cells.docx": lambda: _docx_of(_bomb(b"<w:tr>" + b"<w:tc><w:p/></w:tc>" * 100 + b"</w:tr>", 20_000, "<w:tbl>", "</w:tbl>")),
    "tables in tables.docx": lambda: docx("<w:tbl><w:tr><w:tc>" * 500 + p("x") + "<w:p/></w:tc></w:tr></w:tbl>" * 500),
    "a span of millions.docx": lambda: docx(tbl([tc("x", span=20_000_000)])),
    "entities.docx": lambda: _deflated("word/document.xml", iter([_xml(f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>&i;</w:t></w:r></w:p></w:body></w:document>')]), _parts(docx(""), "word/document.xml")),
    "a file of ours.docx": lambda: _deflated("word/document.xml", iter([f'<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>'.encode()]), _parts(docx(""), "word/document.xml")),
    "strings of 300 MB.xlsx": partial(_strings, 300),
    "the last cell.xlsx": lambda: _sheet(b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "the last cell.ods": lambda: odf("spreadsheet", "<table:table table:name='a'><table:table-row table:number-rows-repeated='1048570'><table:table-cell/></table:table-row><table:table-row><table:table-cell table:number-columns-repeated='16000'/><table:table-cell><text:p>y</text:p></table:table-cell></table:table-row></table:table>"),
    "one merge over all.xlsx": lambda: _sheet(b'<row r="1"><c r="A1"><v>1</v></c></row>', b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
    "a million empty rows.xlsx": lambda: _sheet(b"".join(b'<row r="%d"><c r="A%d"/></row>' % (n, n) for n in range(1, 1_048_001))),
    "entities.xlsx": lambda: _deflated("xl/workbook.xml", iter([_xml("<workbook/>")]), _parts(xlsx({"a": ""}), "xl/workbook.xml")),
    "numbers beyond numbers.xlsx": lambda: _sheet(b'<row r="1"><c r="A1"><v>1e999</v></c><c r="B1"><v>NaN</v></c><c r="C1" t="d"><v>99999-01-01</v></c></row>'),
    "zips in zips.zip": partial(_nested_zips, 6),
    "the same bytes again.zip": partial(_overlapping, 60),
    "names that climb.zip": _names,
    "pages in a circle.pdf": lambda: _pdf(b"2 0 obj<</Type/Pages/Count 9999999/Kids[2 0 R 2 0 R]>>endobj\n"),
    "three million lines.pdf": lambda: _pdf_stream(zlib.compress(b"0 0 m 1 1 l S\n" * 3_000_000, 9)),
    "a chain in a circle.doc": _ole_loop,
    "a chain in a circle.xls": _ole_loop,
    "zeros.gz": lambda: (lambda c: c.compress(bytes(300 * MIB)) + c.flush())(zlib.compressobj(9, wbits=31)),
    "braces.rtf": lambda: b"{\\rtf1" + b"{" * 200_000,
    "tags.html": lambda: b"<html>" + b"<table><tr><td rowspan=9999 colspan=9999>" * 2_000,
    "multiparts 2000 deep.eml": lambda: HEAD + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(2000)) + b"\r\nx",
    "50 000 parts.eml": lambda: HEAD + MIXED + b'--b\r\nContent-Type: application/msword; name="a.doc"\r\n\r\nx\r\n' * 50_000 + b"--b--\r\n",
    "letters in letters.eml": lambda: (HEAD + b"Content-Type: message/rfc822\r\n\r\n") * 500 + b"\r\nx",
    "a header of 8 MB.eml": lambda: HEAD + b"X-A: " + b"a" * (8 * MIB) + b"\r\n\r\nx",
    "200 000 headers.eml": lambda: HEAD + b"Received: x\r\n" * 200_000 + b"\r\nx",
    "50 000 addresses.eml": lambda: HEAD.replace(b"x@163.com", b", ".join(b'"u%d" <u%d@x.cn>' % (n, n) for n in range(50_000))) + b"\r\nx",
    "20 000 encoded words.eml": lambda: HEAD.replace(b"Subject: t", b"Subject: " + b"\r\n ".join([b"=?GBK?B?1cXI/Q==?="] * 20_000)) + b"\r\nx",
    "20 000 pieces of a name.eml": lambda: HEAD + b"Content-Type: application/pdf;\r\n" + b";\r\n".join(b" name*%d*=%%E5%%BC%%A0" % n for n in range(20_000)) + b"\r\n\r\nx",
    "tags.eml": lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div " * 200_000,
}  # fmt: skip
"""File name -> its bytes; those ending in .eml are whole letters."""
HARMLESS = frozenset(
    {"a span of millions.docx", "the last cell.xlsx", "the last cell.ods", "one merge over all.xlsx", "a million empty rows.xlsx", "numbers beyond numbers.xlsx", "tags.eml", "tags.html", "braces.rtf"}
)  # fmt: skip
"""Read within the limits as what they are: nothing need be told."""
