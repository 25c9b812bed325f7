"""Letters built in code, byte by byte, the way clients write them: nothing here goes through a MIME library that would mend the damage."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence

from intake.message import Message
from intake.opening.open_letter import raw_to_message

OWN = "shoujian@example.cn"
DOCX = b"PK\x03\x04" + b"\x14\0\0\0\0\0" + bytes(16) + struct.pack("<HH", 19, 0) + b"[Content_Types].xml" + "一份文档".encode() * 20
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def word(text: str, charset: str = "utf-8", label: str = "", encoding: str = "B") -> bytes:
    """One encoded word; `label` may lie about the charset."""
    payload = text.encode(charset)
    name = (label or charset).encode()
    if encoding == "B":
        return b"=?" + name + b"?B?" + base64.b64encode(payload) + b"?="
    return b"=?" + name + b"?Q?" + b"".join(b"=%02X" % byte for byte in payload) + b"?="


def base64_lines(payload: bytes) -> bytes:
    """Base64 in lines of 76, as clients send it."""
    return base64.encodebytes(payload).replace(b"\n", b"\r\n")


def part(head: bytes, body: bytes) -> bytes:
    """A part with its head lines joined by CRLF."""
    return head.strip().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") + b"\r\n\r\n" + body


def attachment(name: bytes, payload: bytes = DOCX, kind: bytes = b"application/octet-stream", extra: bytes = b"") -> bytes:
    """An ordinary base64 attachment; `name` is put between quotes as it is."""
    head = b"Content-Type: " + kind + b'\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename="' + name + b'"'
    return part(head + extra, base64_lines(payload))


def text(words: str, charset: str = "utf-8", kind: str = "plain", label: str | None = None) -> bytes:
    """A text part, base64."""
    claimed = charset if label is None else label
    declared = f'; charset="{claimed}"' if claimed else ""
    return part(f"Content-Type: text/{kind}{declared}\nContent-Transfer-Encoding: base64".encode(), base64_lines(words.encode(charset)))


def multipart(
    parts: Iterable[bytes], kind: bytes = b"mixed", boundary: bytes = b"=_Part_2022", extra: bytes = b"", close: bool = True
) -> bytes:
    """A multipart with its own Content-Type line."""
    body = b"".join(b"--" + boundary + b"\r\n" + piece + b"\r\n" for piece in parts)
    return (
        b"Content-Type: multipart/"
        + kind
        + b'; boundary="'
        + boundary
        + b'"'
        + extra
        + b"\r\n\r\n"
        + body
        + (b"--" + boundary + b"--\r\n" if close else b"")
    )


def letter(body: bytes, subject: bytes = b"test", sender: bytes = b"ghb@univ.example", extra: bytes = b"") -> bytes:
    """A whole letter; `body` begins with its own Content-Type line."""
    head = b"From: " + sender + b"\r\nTo: <" + OWN.encode() + b">\r\nSubject: " + subject + b"\r\n"
    return head + b"Message-ID: <1@univ.example>\r\nDate: Thu, 4 Aug 2022 11:20:00 +0800\r\n" + extra + b"MIME-Version: 1.0\r\n" + body


def simple(words: str, subject: str = "来信", sender: bytes = b"ghb@univ.example", extra: bytes = b"", html: bool = False) -> bytes:
    """A letter of one text."""
    return letter(text(words, kind="html" if html else "plain"), word(subject), sender, extra)


def opened(raw: bytes) -> Message:
    """The letter through the front door of the room."""
    return raw_to_message(raw, [OWN])


def with_files(*files: bytes, words: str = "材料见附件，请查收。") -> bytes:
    """A text and some attachments."""
    return letter(multipart([text(words), *files]))


def names(message: Message) -> list[str]:
    """The leaves' names in order."""
    return [leaf.name for leaf in message.attachments]


def zip_of(members: Sequence[tuple[bytes, bytes]], flags: int = 0, method: int = 0) -> bytes:
    """A zip with raw member names, as old Chinese packers write them: no charset declared unless `flags` says so."""
    body, directory = io.BytesIO(), io.BytesIO()
    for name, payload in members:
        packed = payload if method != 8 else zlib.compress(payload)[2:-4]
        offset = body.tell()
        sizes = struct.pack("<3I", zlib.crc32(payload), len(packed), len(payload))
        body.write(struct.pack("<4s5H", b"PK\3\4", 20, flags, method, 0, 0) + sizes + struct.pack("<2H", len(name), 0) + name + packed)
        directory.write(struct.pack("<4s6H", b"PK\1\2", 20, 20, flags, method, 0, 0) + sizes)
        directory.write(struct.pack("<5H2I", len(name), 0, 0, 0, 0, 0, offset) + name)
    start = body.tell()
    body.write(directory.getvalue())
    body.write(struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, len(members), len(members), directory.tell(), start, 0))
    return body.getvalue()


def zip_with(members: dict[str, bytes]) -> bytes:
    """A modern zip with UTF-8 names."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, payload in members.items():
            archive.writestr(name, payload)
    return stream.getvalue()


def png(width: int, height: int, size: int = 4000) -> bytes:
    """The head of a PNG of that many pixels, filled up to `size` bytes."""
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s2I", 13, b"IHDR", width, height)
    return head + b"\x08\x02\0\0\0" + bytes(max(0, size - len(head) - 17)) + b"IEND\xaeB`\x82"


def html_table(rows: Sequence[Sequence[str]]) -> str:
    """A table as an editor pastes it."""
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table border=1>{cells}</table>"
