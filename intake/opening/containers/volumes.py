"""Core: volumes of a split archive (分卷) - told by name and first bytes, and joined again when all of them are there.

A volume is neither damaged nor of unknown kind. Volumes come in one letter or over several: `join_volumes` takes whatever has arrived.
Sources: 7zFormat.txt (start header), APPNOTE 4.4 and 8 (zip disks), the RAR 5 and RAR 4 archive headers.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Sequence

from intake.message import Volume
from intake.opening.containers.limits import LARGEST_SUM

_NUMBERED = re.compile(r"(.+\.(?:7z|zip|rar|tar|gz|tgz|bz2|xz|exe))\.(\d{3})$", re.I)
_ANY_NUMBERED = re.compile(r"(.+)\.(0\d{2})$")
_PART = re.compile(r"(.+)\.part(\d{1,4})\.rar$", re.I)
_ZIP_DISK = re.compile(r"(.+)\.z(\d{2,3})$", re.I)
_RAR_DISK = re.compile(r"(.+)\.r(\d{2,3})$", re.I)
_SEVENZIP, _ZIP_END, _ZIP_ENTRY = b"7z\xbc\xaf\x27\x1c", b"PK\x05\x06", b"PK\x01\x02"
_RAR4, _RAR5 = b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00"
_END_WITHIN = 70_000


def find_volume(name: str, payload: bytes = b"") -> Volume | None:
    """Which piece of which archive a file is; None for a file that is whole. Without bytes the name alone decides."""
    plain = name.strip()
    if payload.startswith((_RAR4, _RAR5)):
        return _rar_volume(plain, payload)
    for pattern, ending, first in ((_NUMBERED, "", 1), (_ANY_NUMBERED, "", 1), (_ZIP_DISK, ".zip", 1), (_RAR_DISK, ".rar", -1)):
        found = pattern.fullmatch(plain)
        if found:
            return Volume(found[1] + ending, int(found[2]) + 1 - first)
    part = _PART.fullmatch(plain)
    if part:
        return Volume(f"{part[1]}.rar", int(part[2]))
    disks = _zip_disks(payload) if plain.lower().endswith(".zip") else 0
    return Volume(plain, disks, last=True) if disks > 1 else None


def join_volumes(volumes: Iterable[tuple[Volume, bytes]]) -> bytes | None:
    """The archive that these volumes of one set make; None while one is missing, two differ, or the kind cannot be joined (RAR).

    The order they are given in does not matter, nor does a volume that came twice.
    """
    pieces: dict[int, bytes] = {}
    named_last = 0
    for volume, payload in volumes:
        if pieces.setdefault(volume.number, payload) != payload:
            return None
        named_last = volume.number if volume.last else named_last
    ordered = [pieces[number] for number in sorted(pieces)]
    if not ordered or sorted(pieces) != list(range(1, len(pieces) + 1)) or sum(map(len, ordered)) > LARGEST_SUM:
        return None
    if named_last:
        return _join_zip(ordered) if named_last == len(ordered) else None
    joined = b"".join(ordered)
    return joined if len(ordered) > 1 and _is_whole(joined) else None


def _is_whole(joined: bytes) -> bool:
    """True when the end of the archive is there: its own header says how long a 7z is, a zip ends in its directory."""
    if joined.startswith(_SEVENZIP) and len(joined) >= 32:
        offset, size = struct.unpack_from("<2Q", joined, 12)
        return bool(size) and 32 + offset + size <= len(joined)
    if joined.startswith(b"PK"):
        return _ZIP_END in joined[-_END_WITHIN:]
    return not joined.startswith((_RAR4, _RAR5, _SEVENZIP)) and (joined[257:262] == b"ustar" or joined[:2] == b"\x1f\x8b")


def _zip_disks(payload: bytes) -> int:
    """How many disks a zip's last one says there are, 0 when it is no end of a zip."""
    end = payload.rfind(_ZIP_END, max(0, len(payload) - _END_WITHIN))
    if end < 0 or end + 22 > len(payload):
        return 0
    number = int.from_bytes(payload[end + 4 : end + 6], "little")
    return number + 1 if number < 0xFFFF else 0


def _join_zip(disks: Sequence[bytes]) -> bytes | None:
    """A zip of several disks as one file: offsets that count from a disk's beginning count from the whole's."""
    starts = [sum(map(len, disks[:number])) for number in range(len(disks))]
    whole = bytearray(b"".join(disks))
    end = whole.rfind(_ZIP_END)
    if end < 0 or end + 22 > len(whole):
        return None
    _, _, directory_disk, _, total, _, offset, _ = struct.unpack_from("<4s4H2IH", whole, end)
    if directory_disk >= len(starts):
        return None
    at = directory = starts[directory_disk] + offset
    for _ in range(total):
        if whole[at : at + 4] != _ZIP_ENTRY or at + 46 > len(whole):
            return None
        lengths = struct.unpack_from("<3H", whole, at + 28)
        disk = int.from_bytes(whole[at + 34 : at + 36], "little")
        if disk >= len(starts):
            return None
        local = int.from_bytes(whole[at + 42 : at + 46], "little") + starts[disk]
        struct.pack_into("<H", whole, at + 34, 0)
        struct.pack_into("<I", whole, at + 42, local & 0xFFFFFFFF)
        at += 46 + sum(lengths)
    struct.pack_into("<4H2I", whole, end + 4, 0, 0, total, total, at - directory, directory & 0xFFFFFFFF)
    return bytes(whole)


def _rar_volume(name: str, payload: bytes) -> Volume | None:
    """By the archive header: a name may say part1 of an archive that is whole, or nothing of one that is not."""
    is_volume, number = _rar5_header(payload) if payload.startswith(_RAR5) else _rar4_header(payload)
    if not is_volume:
        return None
    part, disk = _PART.fullmatch(name), _RAR_DISK.fullmatch(name)
    if part:
        return Volume(f"{part[1]}.rar", int(part[2]))
    return Volume(f"{disk[1]}.rar", int(disk[2]) + 2) if disk else Volume(name, number)


def _rar4_header(payload: bytes) -> tuple[bool, int]:
    """(is a volume, its number as far as the header tells)."""
    return (bool(payload[10] & 1), 1) if len(payload) > 12 and payload[9] == 0x73 else (False, 1)


def _rar5_header(payload: bytes) -> tuple[bool, int]:
    at, values = 12, []
    for _ in range(6):
        value, at = _variable(payload, at)
        values.append(value)
    _, kind, flags, *rest = values
    if kind != 1:
        return False, 1
    fields = rest[1:] if flags & 1 else rest
    return bool(fields[0] & 1), fields[1] + 1 if fields[0] & 2 else 1


def _variable(payload: bytes, at: int) -> tuple[int, int]:
    """A RAR 5 number: seven bits a byte, lowest first."""
    value = shift = 0
    while at < len(payload) and shift < 63:
        byte = payload[at]
        at, value, shift = at + 1, value | (byte & 0x7F) << shift, shift + 7
        if not byte & 0x80:
            break
    return value, at
