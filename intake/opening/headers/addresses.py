"""Core: From, To, Cc, Reply-To as written by real clients - raw GBK, encoded words in quotes, names after the address."""

from __future__ import annotations

import re

from intake.message import Address
from intake.opening.headers.encoded_words import header_to_text

MOST_ADDRESSES = 200
LONGEST_LIST = 64 * 1024
_ANGLE = re.compile(rb"<\s*(?:@[^<>:\s]{1,500}:)?([^<>\s@]{1,200}(?:@[^<>\s]{1,255})?)\s*>")
_BARE = re.compile(rb"[^\s<>\"(),;:]{1,200}@[^\s<>\"(),;:]{1,255}")
_COMMENT = re.compile(rb"\(((?:[^()\\]|\\.){0,500})\)")
_WORD = re.compile(rb"=\?[^?\s]{1,40}\?[bBqQ]\?[^?]*\?=")
_GROUP = re.compile(rb"^\s*[^\"<>@,:;]{0,100}:(?=.*;?\s*$)", re.S)
_PLAUSIBLE = re.compile(r"[^\s@<>,;:\"()\\]+@[^\s@<>,;:\"()\\]+")


def header_to_addresses(raw: bytes) -> tuple[Address, ...]:
    """The addresses of one header in order, at most 200; a piece without any address keeps its name alone."""
    pieces = _split(_GROUP.sub(b"", raw[:LONGEST_LIST]).strip().rstrip(b";"))
    addresses = (_address(piece) for piece in pieces[:MOST_ADDRESSES])
    return tuple(address for address in addresses if address.name or address.address)


def is_plausible(address: str) -> bool:
    """True when a letter could be sent there: one @, no blanks, ASCII only."""
    return bool(_PLAUSIBLE.fullmatch(address)) and address.isascii() and len(address) <= 254


def names_another_address(address: Address) -> bool:
    """True when the display name shows an address that is not the real one: a@univ.edu.cn <evil@x.com>."""
    shown = re.findall(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", address.name)
    return any(text.lower() != address.address.lower() for text in shown)


def _split(raw: bytes) -> list[bytes]:
    """Cut at commas and semicolons that stand outside quotes, angle brackets, comments and encoded words."""
    pieces, start, at = [], 0, 0
    for token in re.finditer(rb'"(?>[^"\\]|\\.)*+"|=\?[^?\s]{1,40}\?[bBqQ]\?[^?]*\?=|\([^()]*\)|<[^<>]*>|[,;]', raw, re.S):
        if token[0] in (b",", b";"):
            pieces.append(raw[start : token.start()])
            start = token.end()
        at = token.end()
        if len(pieces) > MOST_ADDRESSES:
            return pieces
    return [*pieces, raw[start : max(at, len(raw))]]


def _address(piece: bytes) -> Address:
    angles = list(_ANGLE.finditer(piece)) or list(_ANGLE.finditer(_COMMENT.sub(b"", piece)))
    if angles:
        piece = angles[-1].string
        last = angles[-1]
        address, name = last[1], piece[: last.start()] if piece[: last.start()].strip() else piece[last.end() :]
    else:
        bare = _BARE.search(_WORD.sub(b"", piece))
        address = bare[0] if bare else b""
        name = piece.replace(address, b"", 1) if address else piece
    return Address(_name(name), clean_address(header_to_text(address)))


def clean_address(text: str) -> str:
    """An address without blanks and stray punctuation."""
    return "".join(text.split()).strip("<>\"'.,;")


def _name(raw: bytes) -> str:
    outside = _COMMENT.sub(b"", raw).replace(b"<>", b"").strip()
    comment = _COMMENT.search(raw)
    text = header_to_text(outside if outside.strip(b"\"' <>") else comment[1] if comment else b"")
    text = text.replace('\\"', '"').strip()
    while len(text) > 1 and text[0] in "\"'" and text[-1] == text[0]:
        text = text[1:-1].strip()
    return " ".join(text.strip('"<> ').split())
