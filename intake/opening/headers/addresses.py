"""Core: From, To, Cc, Reply-To as written by real clients - raw GBK, encoded words in quotes, names after the address."""

from __future__ import annotations

import re

from intake.message import Address
from intake.opening.headers.encoded_words import header_to_text

MOST_ADDRESSES = 200
LONGEST_LIST = 64 * 1024
_ANGLE = re.compile(rb"<\s*(?:@[^<>:\s]{1,500}:)?([^<>\s@]{1,200}(?:@[^<>\s]{1,255})?)\s*>")
_BARE = re.compile(rb"[!#$%&'*+/0-9=?A-Z^_`a-z{|}~.-]{1,200}@[0-9A-Za-z._-]{1,255}+(?![%@!\[\]\\/])")
_COMMENT = re.compile(rb"\(((?:[^()\\]|\\.){0,500})\)")
_WORD = re.compile(rb"=\?[^?\s]{1,40}\?[bBqQ]\?[^?]*\?=")
_GROUP = re.compile(rb"^\s*[^\"<>@,:;]{0,100}:(?=.*;?\s*$)", re.S)
_QUOTED = re.compile(rb'"[^"\r\n]{0,500}"')
_QUOTED_LOCAL = re.compile(rb'"[^"\r\n]{0,200}"\s*@')
_EMPTY_ANGLE = re.compile(rb"<\s*>")
# No % and no ! in it: they route through one party to another (user%other@relay).
_PLAUSIBLE = re.compile(
    r"[A-Za-z0-9#$&'*+/=?^_`{|}~.-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]"
)
_STRICT_LOCAL = re.compile(r"[^.@]+(?:\.[^.@]+)*@")
_ANY = re.compile(r"[^\s<>()\[\],;:：，；、\"“”]+@[^\s<>()\[\],;:：，；、\"“”]+")
_SECOND_LEVEL = frozenset(("com", "edu", "gov", "org", "net", "ac", "co", "mil"))


def header_to_addresses(raw: bytes) -> tuple[Address, ...]:
    """The addresses of one header in order, at most 200; a piece without an address belongs to the next one that has one.

    Where no piece has any, the names stand alone: 渤海大学工会,吴老师 <wu@…> is one sender, not two.
    """
    addresses: list[Address] = []
    names: list[Address] = []
    waiting = b""
    for piece in _split(_GROUP.sub(b"", raw[:LONGEST_LIST]).strip().rstrip(b";"))[:MOST_ADDRESSES]:
        found = _addresses(waiting + piece)
        if any(address.address for address in found):
            addresses += found
            waiting = b""
        else:
            names += _addresses(piece)
            waiting = b"" if _EMPTY_ANGLE.search(piece) else waiting + piece + b","
    return tuple(addresses[:MOST_ADDRESSES] or [name for name in names if name.name])


def is_plausible(address: str) -> bool:
    """True when a letter could be sent there and nowhere else: one @, ASCII, a domain of the net, no routing marks, no stray dots."""
    return bool(_PLAUSIBLE.fullmatch(address) and _STRICT_LOCAL.match(address)) and len(address) <= 254


def is_only_address(raw: bytes, address: str) -> bool:
    """True when a header shows this address and no other, whatever else is odd about it, and the address itself is in order."""
    shown = {found.lower().strip("'.") for found in _ANY.findall(header_to_text(raw))}
    return shown == {address.lower()} and is_plausible(address)


def registered_domain(address: str) -> str:
    """The domain somebody registered: mail.bhu.edu.cn and bhu.edu.cn are one; "" when there is none."""
    labels = address.rpartition("@")[2].lower().strip(".").split(".")
    depth = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-depth:])


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


def _addresses(piece: bytes) -> list[Address]:
    """What one piece between commas names: as a rule one address; several when it shows several, and then nobody may choose."""
    if _QUOTED_LOCAL.search(piece):
        return [Address("", "".join(header_to_text(piece).split())[:254])]
    angles = list(_ANGLE.finditer(piece)) or list(_ANGLE.finditer(_COMMENT.sub(b"", piece)))
    if angles:
        last = angles[-1]
        whole = last.string
        name = whole[: angles[0].start()] if whole[: angles[0].start()].strip() else whole[last.end() :]
        distinct = dict.fromkeys(clean_address(header_to_text(found[1])) for found in angles)
        return [Address(_name(name), address) for address in distinct]
    bare = list(dict.fromkeys(_BARE.findall(_WORD.sub(b"", _QUOTED.sub(b"", piece))) or _BARE.findall(_WORD.sub(b"", piece))))
    if len(bare) > 1:
        return [Address("", clean_address(header_to_text(address))) for address in bare]
    address = bare[0] if bare else b""
    return [Address(_name(piece.replace(address, b"", 1) if address else piece), clean_address(header_to_text(address)))]


def clean_address(text: str) -> str:
    """An address without blanks and stray punctuation."""
    return "".join(text.split()).strip("<>\"',;").rstrip(".")


def _name(raw: bytes) -> str:
    outside = _COMMENT.sub(b"", raw).replace(b"<>", b"").strip()
    comment = _COMMENT.search(raw)
    text = header_to_text(outside if outside.strip(b"\"' <>") else comment[1] if comment else b"")
    text = text.replace('\\"', '"').strip()
    while len(text) > 1 and text[0] in "\"'" and text[-1] == text[0]:
        text = text[1:-1].strip()
    return " ".join(text.strip('"<> ').split())
