"""Core: S/MIME (RFC 5652) - the letter inside an opaque signature, by walking BER; an enveloped one is recognised as encrypted."""

from __future__ import annotations

from intake.opening.containers.contents import Contents, Member

_SIGNED = bytes.fromhex("06092a864886f70d010702")
_ENVELOPED = (bytes.fromhex("06092a864886f70d010703"), bytes.fromhex("060b2a864886f70d0109100117"))
_COMPRESSED = bytes.fromhex("060b2a864886f70d0109100109")
_DATA = bytes.fromhex("06092a864886f70d010701")
_DEEPEST = 12


class Broken(ValueError):
    """The encoding ends or turns in a way BER does not allow."""


def p7m_to_contents(payload: bytes, smime_type: str = "") -> Contents:
    """The signed letter inside, unverified (staff see the signature in their own client); encrypted and odd ones are kept whole."""
    start = payload[:200]
    if "enveloped" in smime_type.lower() or any(mark in start for mark in _ENVELOPED):
        return Contents(problem="encrypted", reason="邮件经 S/MIME 加密")
    if _COMPRESSED in start or _SIGNED not in start:
        return Contents(problem="unsupported", reason="S/MIME 格式暂不支持")
    at = payload.find(_DATA)
    try:
        inner = _content(payload, at + len(_DATA)) if at >= 0 else b""
    except (Broken, IndexError):
        inner = b""
    if not inner:
        return Contents(problem="corrupt", reason="S/MIME 签名邮件内没有可读的内容")
    return Contents((Member("签名邮件.eml", inner, "message/rfc822"),))


def _content(payload: bytes, at: int) -> bytes:
    """eContent [0] EXPLICIT OCTET STRING, in one piece or in many."""
    if payload[at] != 0xA0:
        raise Broken
    start, _ = _length(payload, at + 1)
    return b"".join(_octets(payload, start, 0)[0])


def _octets(payload: bytes, at: int, depth: int) -> tuple[list[bytes], int]:
    """The pieces of one octet string and where it ends."""
    tag = payload[at]
    start, size = _length(payload, at + 1)
    if tag == 0x04 and size is not None:
        return [payload[start : start + size]], start + size
    if tag != 0x24 or depth > _DEEPEST:
        raise Broken
    pieces: list[bytes] = []
    stop = len(payload) if size is None else start + size
    at = start
    while at < stop and not (size is None and payload[at : at + 2] == b"\0\0"):
        more, at = _octets(payload, at, depth + 1)
        pieces += more
    return pieces, at + 2 if size is None else at


def _length(payload: bytes, at: int) -> tuple[int, int | None]:
    """(start of the content, its length or None when indefinite)."""
    first = payload[at]
    if first < 0x80:
        return at + 1, first
    if first == 0x80:
        return at + 1, None
    width = first & 0x7F
    if width > 4:
        raise Broken
    return at + 1 + width, int.from_bytes(payload[at + 1 : at + 1 + width], "big")
