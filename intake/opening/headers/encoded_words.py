"""Core: raw header bytes to text - RFC 2047 encoded words wherever they stand, also where the standard forbids them (china-mail.md c2, rule 3)."""

from __future__ import annotations

import base64
import binascii
import re

from intake.opening.headers.charset import bytes_to_text, clean_label

LONGEST_VALUE = 64 * 1024  # bytes of one header value that are looked at; the longest honest one seen is 8 KB
_WORD = re.compile(rb"=\?([^?\s]{1,40})\?([bBqQ])\?((?:[^?]|\?(?!=))*)\?=")
_FOLD = re.compile(rb"\r?\n[ \t]*|\r")
_BREAKS = re.compile(r"[\r\n\t\v\f\x85\u2028\u2029]+")
_CONTROLS = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufeff]")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


def header_to_text(raw: bytes) -> str:
    """Readable text of a header value: decoded, unfolded, without control characters."""
    return clean_header(decode_words(raw))


def decode_words(raw: bytes, rounds: int = 2) -> str:
    """Decoded but uncleaned text; neighbours of one charset are joined before decoding, since characters are cut in the middle."""
    value = _FOLD.sub(b" ", raw[:LONGEST_VALUE])
    if b"=?" not in value:
        return bytes_to_text(value)
    pieces: list[str] = []
    pending, label, at = b"", "", 0
    for word in _WORD.finditer(value):
        gap = value[at : word.start()]
        wanted = clean_label(word[1].decode("ascii", "replace"))
        if gap.strip() or (gap and not pending) or (pending and wanted != label):
            pieces.append(bytes_to_text(pending, label))
            pending = b""
            pieces.append(bytes_to_text(gap, "") if gap.strip() or not at else "")
        label, at = wanted, word.end()
        pending += _word_to_bytes(word[2], word[3])
    pieces.append(bytes_to_text(pending, label))
    pieces.append(bytes_to_text(value[at:], ""))
    text = "".join(pieces)
    if rounds > 1 and at and _WORD.search(text.encode("utf-8", "replace")):
        return decode_words(text.encode("utf-8", "replace"), rounds - 1)
    return text


def clean_header(text: str) -> str:
    """One line without control characters: line breaks inside a decoded header are an attack or an accident."""
    return _CONTROLS.sub("", _BREAKS.sub(" ", text)).strip()


def has_hidden_breaks(text: str) -> bool:
    """True when a decoded header carries line breaks or NUL: `Subject: x CRLF Bcc: …`."""
    return any(mark in text for mark in "\r\n\0")


def _word_to_bytes(encoding: bytes, text: bytes) -> bytes:
    if encoding in b"bB":
        digits = _NOT_BASE64.sub(b"", text)
        digits = digits[:-1] if len(digits) % 4 == 1 else digits
        return base64.b64decode(digits + b"=" * (-len(digits) % 4))
    return binascii.a2b_qp(text, header=True)
