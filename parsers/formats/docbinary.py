"""Core: the binary layer of Word 97-2003 files (MS-DOC) - header, piece table, formatted pages, fonts, form-field states."""

from __future__ import annotations

import bisect
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.formats.bounds import MAX_TEXT, RefusedError, damaged, too_large
from parsers.formats.olestreams import OleStreams

_WORD_97 = 0xA5EC
_PLC_CHPX, _PLC_PAPX, _FONTS, _CLX, _ANCHORS, _DRAWINGS = 12, 13, 15, 33, 40, 50
_SHAPE = b"\x0f\x00\x04\xf0"
_OPERAND = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}
_MAX_RUNS = 2_000_000

Runs = tuple[list[int], list[tuple[int, bytes]]]


def u16(raw: bytes, at: int) -> int:
    """A little-endian 16-bit number."""
    return int(struct.unpack_from("<H", raw, at)[0])


def u32(raw: bytes, at: int) -> int:
    """A little-endian 32-bit number."""
    return int(struct.unpack_from("<I", raw, at)[0])


@dataclass(frozen=True, slots=True)
class WordFile:
    """The parts of a .doc: `text` by character position, formatting by file position, lengths of the eight stories, places of floating pictures."""

    text: str
    pieces: tuple[tuple[int, int, int], ...]
    starts: tuple[int, ...]
    stories: tuple[int, ...]
    characters: Runs
    paragraphs: Runs
    fonts: tuple[str, ...]
    blobs: bytes
    floating: frozenset[int] = frozenset()

    def position(self, place: int) -> tuple[int, int, int]:
        """(file position, bytes a character, first place after this piece) of a character position."""
        index = max(bisect.bisect_right(self.starts, place) - 1, 0)
        start, offset, width = self.pieces[index]
        end = self.starts[index + 1] if index + 1 < len(self.starts) else len(self.text)
        return offset + (place - start) * width, width, end


def payload_to_wordfile(payload: bytes, opened: OleStreams | None = None) -> WordFile:
    """A .doc taken apart; RefusedError for encrypted files and for Word 6/95, which LibreOffice must convert."""
    try:
        streams = opened or OleStreams(payload)
        word = streams.read("WordDocument")
        if u16(word, 0) != _WORD_97:
            raise RefusedError("unsupported", "needs_conversion")
        flags = u16(word, 10)
        if flags & 0x100:
            raise RefusedError("encrypted")
        table = streams.read("1Table" if flags & 0x200 else "0Table")
        blobs = streams.find("Data") or b""
    except (struct.error, IndexError) as error:
        raise damaged() from error
    text, pieces = _pieces(word, table)
    return WordFile(
        text=text,
        pieces=pieces,
        starts=tuple(piece[0] for piece in pieces),
        stories=tuple(u32(word, 0x4C + 4 * k) for k in range(8)),
        characters=_runs(word, table, _pair(word, _PLC_CHPX), paragraphs=False),
        paragraphs=_runs(word, table, _pair(word, _PLC_PAPX), paragraphs=True),
        fonts=_fonts(table, _pair(word, _FONTS)),
        blobs=blobs,
        floating=_floating(table, _pair(word, _ANCHORS), _pair(word, _DRAWINGS)),
    )


def _pair(word: bytes, index: int) -> tuple[int, int]:
    """(offset, length) of a structure in the table stream."""
    return u32(word, 0x9A + 8 * index), u32(word, 0x9E + 8 * index)


def _pieces(word: bytes, table: bytes) -> tuple[str, tuple[tuple[int, int, int], ...]]:
    """The text in reading order and where each piece of it lies: (first place, file position, bytes a character)."""
    at, length = _pair(word, _CLX)
    end = at + length
    while at < end and table[at] == 1:
        at += 3 + u16(table, at + 1)
    if at >= len(table) or table[at] != 2:
        raise damaged()
    count = (u32(table, at + 1) - 4) // 12
    at += 5
    parts, pieces = [], []
    total = 0
    for index in range(count):
        first, last = u32(table, at + 4 * index), u32(table, at + 4 * index + 4)
        offset = u32(table, at + 4 * (count + 1) + 8 * index + 2)
        size = last - first
        total += size
        if size < 0 or total > MAX_TEXT:
            raise too_large()
        if offset & 0x40000000:
            place = (offset & 0x3FFFFFFF) // 2
            parts.append(_padded(word[place : place + size].decode("cp1252", "replace"), size))
            pieces.append((first, place, 1))
        else:
            place = offset & 0x3FFFFFFF
            parts.append(_padded(_utf16(word[place : place + 2 * size]), size))
            pieces.append((first, place, 2))
    if not pieces:
        raise damaged()
    return "".join(parts), tuple(pieces)


def _utf16(raw: bytes) -> str:
    """One letter a unit, so that places stay places; surrogate pairs are joined again when a line is written."""
    return "".join(map(chr, struct.unpack(f"<{len(raw) // 2}H", raw[: len(raw) // 2 * 2])))


def _padded(text: str, size: int) -> str:
    return text if len(text) == size else text.ljust(size, "\0")[:size]


def _fonts(table: bytes, pair: tuple[int, int]) -> tuple[str, ...]:
    at, length = pair
    if not length or at + 4 > len(table):
        return ()
    names = []
    count = u16(table, at)
    at += 4
    for _ in range(count):
        if at >= len(table):
            break
        size = table[at]
        names.append(table[at + 40 : at + 1 + size].decode("utf-16-le", "ignore").split("\0")[0])
        at += size + 1
    return tuple(names)


def _floating(table: bytes, anchors: tuple[int, int], drawings: tuple[int, int]) -> frozenset[int]:
    """The places where floating pictures are anchored (MS-DOC 2.8.37 PlcfSpa; of the shapes only those with a picture in them)."""
    at, length = anchors
    count = (length - 4) // 30
    if count <= 0 or at + length > len(table):
        return frozenset()
    pictures = _picture_shapes(table[drawings[0] : drawings[0] + drawings[1]])
    first = at + 4 * (count + 1)
    return frozenset(u32(table, at + 4 * k) for k in range(count) if u32(table, first + 26 * k) in pictures)


def _picture_shapes(art: bytes) -> frozenset[int]:
    """The identifiers of the shapes whose properties name a picture (MS-ODRAW 2.2.14, property pib 0x0104)."""
    found = set()
    at = art.find(_SHAPE)
    while at >= 0 and at + 24 <= len(art):
        end = min(len(art), at + 8 + u32(art, at + 4))
        own, inner = at + 8, 0
        while own + 8 <= end:
            kind, size = u16(art, own + 2), u32(art, own + 4)
            if kind == 0xF00A and own + 12 <= end:
                inner = u32(art, own + 8)
            elif kind == 0xF00B:
                listed = range(own + 8, min(end, own + 8 + 6 * (u16(art, own) >> 4)) - 5, 6)
                if any(u16(art, k) & 0x3FFF == 0x0104 for k in listed):
                    found.add(inner)
            own += 8 + size
        at = art.find(_SHAPE, at + 4)
    return frozenset(found)


def _runs(word: bytes, table: bytes, pair: tuple[int, int], *, paragraphs: bool) -> Runs:
    """Formatted runs by file position: (sorted starts, [(end, property bytes)])."""
    at, length = pair
    found: list[tuple[int, int, bytes]] = []
    count = (length - 4) // 8
    for index in range(max(count, 0)):
        page_number = u32(table, at + 4 * (count + 1) + 4 * index) & 0x3FFFFF
        page = word[page_number * 512 : page_number * 512 + 512]
        if len(page) == 512:
            found += _page_runs(page, paragraphs=paragraphs)
        if len(found) > _MAX_RUNS:
            raise too_large()
    found.sort(key=lambda run: run[0])
    return [run[0] for run in found], [(run[1], run[2]) for run in found]


def _page_runs(page: bytes, *, paragraphs: bool) -> Iterator[tuple[int, int, bytes]]:
    """The runs of one 512-byte page (MS-DOC 2.9.33 PapxFkp, ChpxFkp); paragraph bytes begin with the style index."""
    count = page[511]
    if 4 * (count + 1) + (13 if paragraphs else 1) * count > 511:
        return
    for index in range(count):
        start, end = u32(page, 4 * index), u32(page, 4 * index + 4)
        properties = b""
        if paragraphs:
            offset = page[4 * (count + 1) + 13 * index] * 2
            if offset:
                size = page[offset]
                first = offset + 1 if size else offset + 2
                size = size * 2 - 1 if size else page[offset + 1] * 2
                properties = page[first : first + size]
        else:
            offset = page[4 * (count + 1) + index] * 2
            if offset:
                properties = page[offset + 1 : offset + 1 + page[offset]]
        yield start, end, properties


def find_run(runs: Runs, position: int) -> tuple[int, int, bytes]:
    """(index, end, properties) of the run over a file position; index -1 and a far end where none is."""
    index = bisect.bisect_right(runs[0], position) - 1
    if index >= 0 and position < runs[1][index][0]:
        return index, *runs[1][index]
    after = runs[0][index + 1] if index + 1 < len(runs[0]) else 1 << 62
    return -1, after, b""


def properties_of(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Single property modifiers: (opcode, operand)."""
    at, size = 0, len(raw)
    while at + 2 <= size:
        opcode = u16(raw, at)
        at += 2
        if opcode >> 13 != 6:
            length = _OPERAND[opcode >> 13]
        elif opcode in (0xD608, 0xD606):  # table definitions count in two bytes
            if at + 2 > size:
                return
            length, at = u16(raw, at) - 1, at + 2
        elif opcode == 0xC615 and at < size and raw[at] == 255:  # tab changes too long for one byte
            closed = raw[at + 1] if at + 1 < size else 0
            opened = at + 2 + 4 * closed
            length, at = 1 + 4 * closed + 1 + 3 * (raw[opened] if opened < size else 0), at + 1
        else:
            if at >= size:
                return
            length, at = raw[at], at + 1
        yield opcode, raw[at : at + length]
        at += max(length, 0)


def form_box(blobs: bytes, offset: int) -> bool | None:
    """The state of a legacy check box from its FFData (trap 4); None for any other form field."""
    try:
        at = offset + u16(blobs, offset + 4)
        if u32(blobs, at) != 0xFFFFFFFF:
            return None
        bits = u16(blobs, at + 4)
        if bits & 3 != 1:
            return None
        result = bits >> 2 & 31
        if result in (0, 1):
            return bool(result)
        name = at + 10
        return bool(u16(blobs, name + 2 + 2 * u16(blobs, name) + 2))
    except (struct.error, IndexError):
        return None
