"""Core: transfer encodings undone - base64 with damage, quoted-printable, uuencode (RFC 2045 6)."""

from __future__ import annotations

import binascii
import re

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]")
_ONLY_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]*\Z")
_PADDING = re.compile(rb"=+")


def decode_transfer(body: bytes, encoding: bytes) -> bytes:
    """The bytes a part carries; an unknown or lying encoding leaves them as they are."""
    name = encoding.strip().strip(b"\"'").split(b";")[0].split(b"(")[0].strip().lower()
    if name == b"base64":
        return base64_to_bytes(body)
    if name == b"quoted-printable":
        return binascii.a2b_qp(body)
    if name in (b"x-uuencode", b"uuencode", b"x-uue", b"uue"):
        files = find_uuencoded(body)
        return files[0][1] if files else _without_begin(body)
    return body


def base64_to_bytes(body: bytes) -> bytes:
    """Base64 as clients and gateways leave it: blanks, `!`, missing padding, several padded pieces, a footer after the end."""
    end = body.find(b"=")
    if end >= 0 and body[end:].strip(b"=\r\n \t"):
        return _pieces(body, end)
    digits = body if end < 0 and b"\0" not in body else body[: end if end >= 0 else None]
    try:
        return binascii.a2b_base64(digits + b"==")
    except binascii.Error:
        return _without_strays(digits)


def _pieces(body: bytes, end: int) -> bytes:
    """Text after the padding: more base64 is more of the file, anything else is a footer some server added."""
    if not _ONLY_BASE64.match(body[end:]):
        return _without_strays(body[:end])
    return b"".join(_without_strays(piece) for piece in _PADDING.split(body))


def _without_strays(digits: bytes) -> bytes:
    clean = _NOT_BASE64.sub(b"", digits)
    if len(clean) * 2 < len(digits.strip()):
        return digits  # labelled base64, but it is plain text
    clean = clean[:-1] if len(clean) % 4 == 1 else clean
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


_BEGIN = re.compile(rb"(?m)^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,300})\r?\n")
_END = re.compile(rb"(?m)^(?:end|====)[ \t]*\r?$")


def find_uuencoded(text: bytes) -> list[tuple[bytes, bytes, int, int]]:
    """Files written into the text as `begin 644 name … end`: (raw name, bytes, start, end of the block)."""
    found: list[tuple[bytes, bytes, int, int]] = []
    at = 0
    while len(found) < 50 and (begin := _BEGIN.search(text, at)):
        finish = _END.search(text, begin.end())
        if not finish:
            break
        block = text[begin.end() : finish.start()]
        payload = base64_to_bytes(block) if begin[0].startswith(b"begin-base64") else _uu_lines(block)
        if payload is not None:
            found.append((begin[1].strip(), payload, begin.start(), finish.end()))
        at = finish.end()
    return found


def _without_begin(body: bytes) -> bytes:
    """The bytes of a body that a gateway left without its `begin` and `end`; the body itself when it is no such encoding."""
    lines = [line for line in body.splitlines() if line.strip() not in (b"", b"end")]
    payload = _uu_lines(b"\n".join(lines)) if lines and all(32 <= line[0] <= 96 for line in lines) else None
    return payload or body


def _uu_lines(block: bytes) -> bytes | None:
    pieces = []
    for line in block.splitlines():
        if not line.strip() or line.strip() == b"`":
            continue
        size = (line[0] - 32) & 63
        try:
            pieces.append(binascii.a2b_uu(line))
        except binascii.Error:
            # Some writers add or lose characters at the end of a line; the count byte says how many belong to it.
            digits = line[1 : 1 + (size * 4 + 2) // 3]
            if len(digits) < (size * 4 + 2) // 3 or any(not 32 <= byte <= 96 for byte in digits):
                return None
            pieces.append(binascii.a2b_uu(line[:1] + digits))
    return b"".join(pieces)
