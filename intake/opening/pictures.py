"""Core: which inline pictures are scans and photos to keep, and which are logos to leave out - by their printed size, not by their name;
and the pictures that a page holds in its own source."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

SHORTEST_SIDE = 150  # pixels; a photographed form has ten times that, a signature logo seldom 120
LEAST_AREA = 60_000
TINY_BYTES = 1500
_WRITTEN = re.compile(
    rb"(?i)data:(image/[a-z0-9.+-]{2,40})(?:;[^,;\"'<>\s]{1,60})*;base64,((?:[A-Za-z0-9+/=%]|\r?\n[ \t]*){40,})"
)


def is_logo(payload: bytes, media_type: str) -> bool:
    """True for decoration inside the text: small, flat like a rule or a banner, or a tracking pixel."""
    if not media_type.startswith("image/") or media_type == "image/tiff":
        return False
    if len(payload) < TINY_BYTES:
        return True
    size = find_dimensions(payload)
    if size is None:
        return False
    width, height = size
    return min(width, height) < SHORTEST_SIDE or width * height < LEAST_AREA or max(width, height) > 5 * min(width, height)


def find_dimensions(payload: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of PNG, JPEG, GIF and BMP; None when not found in the head of the file."""
    if payload[:8] == b"\x89PNG\r\n\x1a\n" and len(payload) >= 24:
        width, height = struct.unpack_from(">2I", payload, 16)
        return width, height
    if payload[:4] == b"GIF8" and len(payload) >= 10:
        width, height = struct.unpack_from("<2H", payload, 6)
        return width, height
    if payload[:2] == b"BM" and len(payload) >= 26:
        width, height = struct.unpack_from("<2i", payload, 18)
        return abs(width), abs(height)
    return _jpeg(payload) if payload[:3] == b"\xff\xd8\xff" else None


def _jpeg(payload: bytes) -> tuple[int, int] | None:
    at = 2
    for _ in range(200):
        if at + 9 > len(payload) or payload[at] != 0xFF:
            return None
        marker = payload[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">2H", payload, at + 5)
            return width, height
        at += 2 + int.from_bytes(payload[at + 2 : at + 4], "big")
    return None


def find_written_pictures(html: bytes) -> Iterator[tuple[str, bytes, int, int]]:
    """(media type, base64, first, after the last) of each picture that is written into the page itself (`data:`, RFC 2397), in order."""
    for found in _WRITTEN.finditer(html):
        yield found[1].decode("ascii").lower(), unquote_to_bytes(found[2]), found.start(), found.end()
