"""Core: zip archives - names decided member by member, sizes bounded while inflating, encryption recognised (china-mail.md e).

Own reader of the central directory: `zipfile` gives up the whole archive for one name that is not the UTF-8 it claims to be,
and for local and central names that differ, both of which Chinese packers write.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from dataclasses import dataclass
from typing import Protocol

from intake.message import AttachmentProblem
from intake.opening.containers.contents import Contents, Member
from intake.opening.containers.limits import Budget
from intake.opening.headers.charset import bytes_to_text
from intake.opening.headers.file_names import member_to_name

_END = b"PK\x05\x06"
_ENTRY = struct.Struct("<4s4H2H3I5H2I")
_LOCAL = struct.Struct("<4s5H3I2H")
_STORED, _DEFLATED, _BZIP2, _LZMA, _AES = 0, 8, 12, 14, 99


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the central directory."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int

    @property
    def encrypted(self) -> bool:
        """ZipCrypto or AES."""
        return bool(self.flags & 1) or self.method == _AES


class Broken(ValueError):
    """The archive cannot be followed any further."""


def zip_to_contents(payload: bytes, budget: Budget) -> Contents:
    """Every file of a zip that can be taken out within the budget."""
    try:
        entries = _entries(payload, budget.members)
    except (Broken, struct.error) as error:
        return Contents(problem="corrupt", reason=f"压缩包损坏，无法打开（{error}）")
    if len(entries) > budget.members:
        return Contents(problem="hostile", reason=f"压缩包内文件超过{budget.members}个")
    return _take_out(payload, entries, budget)


def _take_out(payload: bytes, entries: list[Entry], budget: Budget) -> Contents:
    members: list[Member] = []
    problem: AttachmentProblem | None = None
    reason = ""
    room = budget.room
    for entry in entries:
        if entry.name.endswith(("/", "\\")):
            continue
        fault, why = _fault(entry, min(budget.largest, room))
        content = b""
        if not fault:
            content, fault, why = _content(payload, entry, min(budget.largest, room))
        if fault in (None, "corrupt") and (content or not entry.size):
            members.append(Member(entry.name, content, problem=fault))
            room -= len(content)
        if fault and (problem is None or fault != "corrupt"):
            problem, reason = fault, why
    return Contents(tuple(members), problem, reason)


def _fault(entry: Entry, largest: int) -> tuple[AttachmentProblem | None, str]:
    if entry.encrypted:
        return "encrypted", "压缩包设有打开密码"
    if entry.size > largest:
        return "too_large", f"压缩包内的《{entry.name[:80]}》解压后过大"
    if entry.method not in (_STORED, _DEFLATED, _BZIP2, _LZMA):
        return "unsupported", f"压缩包内的《{entry.name[:80]}》压缩方式暂不支持"
    return None, ""


def _content(payload: bytes, entry: Entry, largest: int) -> tuple[bytes, AttachmentProblem | None, str]:
    """The bytes of a member; never more than `largest`, whatever the directory declares."""
    local = payload[entry.offset : entry.offset + _LOCAL.size]
    if len(local) < _LOCAL.size or local[:4] != b"PK\x03\x04":
        return b"", "corrupt", f"压缩包内的《{entry.name[:80]}》损坏"
    fields = _LOCAL.unpack(local)
    start = entry.offset + _LOCAL.size + fields[9] + fields[10]
    try:
        content = _inflate(payload[start : start + entry.packed], entry.method, largest)
    except (zlib.error, OSError, EOFError, lzma.LZMAError, ValueError, struct.error):
        return b"", "corrupt", f"压缩包内的《{entry.name[:80]}》损坏"
    if content is None:
        return b"", "too_large", f"压缩包内的《{entry.name[:80]}》解压后过大"
    if zlib.crc32(content) != entry.crc:
        return content, "corrupt", f"压缩包内的《{entry.name[:80]}》校验不符"
    return content, None, ""


def _inflate(packed: bytes, method: int, largest: int) -> bytes | None:
    """None when the content is larger than it may be."""
    if method == _STORED:
        return packed if len(packed) <= largest else None
    content = _stream(packed, method).decompress(_body(packed, method), largest + 1)
    return content if len(content) <= largest else None


class _Decompressor(Protocol):
    def decompress(self, packed: bytes, most: int, /) -> bytes: ...


def _stream(packed: bytes, method: int) -> _Decompressor:
    if method == _BZIP2:
        return bz2.BZ2Decompressor()
    if method == _LZMA:
        return _lzma(packed)
    return zlib.decompressobj(-15)


def _body(packed: bytes, method: int) -> bytes:
    """Zip puts four bytes and the filter's properties before an LZMA stream (APPNOTE 5.8.8)."""
    return packed[4 + int.from_bytes(packed[2:4], "little") :] if method == _LZMA else packed


def _lzma(packed: bytes) -> lzma.LZMADecompressor:
    properties = packed[4:9]
    dictionary = int.from_bytes(properties[1:5], "little")
    if len(properties) < 5 or dictionary > 1 << 26:
        raise ValueError("dictionary")
    first = properties[0]
    filters = [{"id": lzma.FILTER_LZMA1, "dict_size": max(dictionary, 4096), "lc": first % 9, "lp": first // 9 % 5, "pb": first // 45}]
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)


def _entries(payload: bytes, most: int) -> list[Entry]:
    end = payload.rfind(_END)
    if end < 0 or end + 22 > len(payload):
        raise Broken("没有目录")
    size, offset = struct.unpack_from("<2I", payload, end + 12)
    start = offset if offset != 0xFFFFFFFF and payload[offset : offset + 4] == b"PK\x01\x02" else end - size
    entries: list[Entry] = []
    while payload[start : start + 4] == b"PK\x01\x02" and len(entries) <= most:
        entry, start = _entry(payload, start)
        entries.append(entry)
    if not entries and size:
        raise Broken("目录不可读")
    return entries


def _entry(payload: bytes, start: int) -> tuple[Entry, int]:
    fields = _ENTRY.unpack_from(payload, start)
    flags, method, crc, packed, size = fields[3], fields[4], fields[7], fields[8], fields[9]
    name_size, extra_size, comment_size, offset = fields[10], fields[11], fields[12], fields[16]
    at = start + _ENTRY.size
    raw_name = payload[at : at + name_size]
    extra = payload[at + name_size : at + name_size + extra_size]
    name = bytes_to_text(raw_name, "utf-8") if flags & 0x800 else _unicode_name(extra, raw_name) or member_to_name(raw_name)
    size, packed, offset = _zip64(extra, size, packed, offset)
    return Entry(name, flags, method, crc, packed, size, offset), at + name_size + extra_size + comment_size


def _extra_fields(extra: bytes) -> dict[int, bytes]:
    found, at = {}, 0
    while at + 4 <= len(extra):
        tag, size = struct.unpack_from("<2H", extra, at)
        found[tag] = extra[at + 4 : at + 4 + size]
        at += 4 + size
    return found


def _unicode_name(extra: bytes, raw_name: bytes) -> str:
    """Info-ZIP's Unicode path (0x7075), valid only while it matches the name it was written for."""
    field = _extra_fields(extra).get(0x7075, b"") if extra else b""
    if len(field) < 6 or struct.unpack_from("<I", field, 1)[0] != zlib.crc32(raw_name):
        return ""
    return field[5:].decode("utf-8", "replace")


def _zip64(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    if 0xFFFFFFFF not in (size, packed, offset):
        return size, packed, offset
    field, at, values = _extra_fields(extra).get(1, b""), 0, []
    for value in (size, packed, offset):
        if value == 0xFFFFFFFF and at + 8 <= len(field):
            value = struct.unpack_from("<Q", field, at)[0]
            at += 8
        values.append(value)
    return values[0], values[1], values[2]
