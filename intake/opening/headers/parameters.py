"""Core: parameters of Content-Type and Content-Disposition from raw bytes - RFC 2231 in all its damage (china-mail.md c2, rule 4)."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote_to_bytes

from intake.opening.headers.charset import bytes_to_text, count_cjk
from intake.opening.headers.encoded_words import LONGEST_VALUE, header_to_text

# (index of an RFC 2231 piece or None, percent-encoded, raw value)
Piece = tuple[int | None, bool, bytes]

_NAME = re.compile(rb"(?:;|^)[\s;]*([A-Za-z0-9_\-]{1,40}?)(?:\*(\d{1,5}))?(\*)?\s*=\s*")
_NO_SEMICOLON = re.compile(rb"(?i)^\s*(attachment|inline)\s+(?=filename)")
_QUOTED = re.compile(rb'"((?>[^"\\]|\\.)*+)(?:"|\\?$)', re.S)
# In raw GBK the second byte of a character may be the backslash: pairs are taken whole.
_QUOTED_GB = re.compile(rb'"((?>[\x81-\xfe][\x40-\xfe]|[^"\\]|\\.)*+)(?:"|\\?$)', re.S)
_ESCAPED = re.compile(rb'\\(["\\])')
_ESCAPED_GB = re.compile(rb'([\x81-\xfe][\x40-\xfe])|\\(["\\])')
_EXTENDED = re.compile(rb"([^'%]{0,40})'([^'%]{0,20})'(.*)", re.S)
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2}){3}")
_ENTITY = re.compile(r"&#x?[0-9A-Fa-f]{2,6};")


def header_to_parameters(raw: bytes) -> dict[str, list[Piece]]:
    """Every parameter of a header value: lower-case name → its pieces as raw bytes, in order."""
    value = _NO_SEMICOLON.sub(rb"\1; ", raw[:LONGEST_VALUE])
    found: dict[str, list[Piece]] = {}
    at = 0
    while match := _NAME.search(value, at):
        content, at = _take_value(value, match.end())
        index = int(match[2]) if match[2] else None
        found.setdefault(match[1].decode("ascii").lower(), []).append((index, bool(match[3]), content))
    return found


def parameter_to_texts(pieces: list[Piece]) -> list[str]:
    """All readings of one parameter, best first: extended, continued, plain. A letter may carry several that disagree."""
    numbered = sorted((piece for piece in pieces if piece[0] is not None), key=lambda piece: piece[0] or 0)
    readings = [_extended(value) for index, extended, value in pieces if index is None and extended]
    if numbered:
        joined = b"".join(value for _, _, value in numbered)
        readings.append(_extended(joined) if any(extended for _, extended, _ in numbered) else _plain(joined))
    readings += [_plain(value) for index, extended, value in pieces if index is None and not extended]
    return readings


def find_parameter(raw: bytes, name: str) -> str:
    """One plain parameter such as charset, boundary or smime-type; "" when absent."""
    texts = parameter_to_texts(header_to_parameters(raw).get(name, []))
    return texts[0] if texts else ""


def _take_value(value: bytes, at: int) -> tuple[bytes, int]:
    if value[at : at + 1] == b'"':
        gb = _is_raw_gb(value)
        quoted = (_QUOTED_GB if gb else _QUOTED).match(value, at)
        if quoted:
            return _unescape(quoted[1], gb), quoted.end()
    following = _NAME.search(value, at)
    stop = following.start() if following else len(value)
    return value[at:stop].strip().rstrip(b";").strip(), stop


def _is_raw_gb(value: bytes) -> bool:
    if value.isascii():
        return False
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _unescape(value: bytes, gb: bool) -> bytes:
    if gb:
        return _ESCAPED_GB.sub(lambda found: found[1] or found[2], value)
    return _ESCAPED.sub(rb"\1", value)


def _extended(value: bytes) -> str:
    split = _EXTENDED.fullmatch(value)
    label, text = (split[1].decode("ascii", "replace"), split[3]) if split else ("", value)
    return header_to_text(bytes_to_text(unquote_to_bytes(text), label or "utf-8").encode("utf-8", "replace"))


def _plain(value: bytes) -> str:
    text = header_to_text(value)
    if _PERCENT.search(text):
        unquoted = bytes_to_text(unquote_to_bytes(text.encode("utf-8", "replace")))
        text = unquoted if count_cjk(unquoted) else text
    return html.unescape(text) if _ENTITY.search(text) else text
