"""Core: the record layer of .xls and .xlsb - what calamine leaves out, and how far the cells reach before it is let near them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from parsers.document import Unread
from parsers.formats.bounds import MAX_CELLS, RefusedError, damaged, too_large
from parsers.formats.docbinary import u16, u32
from parsers.formats.marks import find_symbol_font
from parsers.formats.number_format import BUILT_IN
from parsers.formats.olestreams import OleStreams
from parsers.formats.sheetgrid import Place

_BOF, _EOF, _FILE_PASS, _SHEET, _FORMAT, _FONT, _STYLE, _DATE_1904 = 0x809, 0x0A, 0x2F, 0x85, 0x41E, 0x31, 0xE0, 0x22
_CELLS = frozenset((0x203, 0x27E, 0xFD, 0x204, 0x205, 0x06, 0xD6, 0x206))
_FORMULA, _BOOL_ERROR, _DRAWING, _OBJECT, _PICTURE = 0x06, 0x205, 0xEC, 0x5D, 8
_CLIENT_ANCHOR = b"\x10\xf0\x12\x00\x00\x00"
_MANY, _ROW, _COLUMN = 0xBD, 0x208, 0x7D
_SHORT_CELLS_12 = frozenset((*range(2, 12), 62))


@dataclass(slots=True)
class SheetRecords:
    """One sheet's records: style index by place, hidden rows and columns, the farthest place with a value."""

    styles: dict[Place, int] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_cols: set[int] = field(default_factory=set)
    last: Place = (0, 0)
    unread: dict[Place, Unread] = field(default_factory=dict)
    pictures: list[tuple[Place, Place]] = field(default_factory=list)
    anchor: tuple[Place, Place] | None = None


@dataclass(slots=True)
class BookRecords:
    """A BIFF workbook: sheets by name, number format and symbol font by style index."""

    sheets: dict[str, SheetRecords] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    formats: list[str] = field(default_factory=list)
    fonts: list[str | None] = field(default_factory=list)
    from_1904: bool = False


def payload_to_records(payload: bytes, opened: OleStreams | None = None) -> BookRecords:
    """The records of an .xls or .et; RefusedError when it is encrypted, damaged, or holds more cells than a form can."""
    try:
        return _book((opened or OleStreams(payload)).read("Workbook", "Book"))
    except (struct.error, IndexError, ValueError) as error:
        raise damaged() from error


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _book(stream: bytes) -> BookRecords:
    book = BookRecords()
    codes, faces, listed = dict(BUILT_IN), [], []
    styles: list[tuple[int, int]] = []
    wide = True
    for kind, body in _records(stream, 0):
        if kind == _BOF and len(body) >= 2:
            wide = u16(body, 0) >= 0x600
        elif kind == _FILE_PASS:
            raise RefusedError("encrypted")
        elif kind == _SHEET and len(body) > 6:
            listed.append((u32(body, 0), body[4] & 3, body[5], _text(body, 6, wide=wide, short=True)))
        elif kind == _FORMAT and len(body) > 2:
            codes[u16(body, 0)] = _text(body, 2, wide=wide, short=not wide)
        elif kind == _FONT and len(body) > 14:
            faces.append(find_symbol_font(_text(body, 14, wide=wide, short=True)))
        elif kind == _STYLE and len(body) >= 4:
            styles.append((u16(body, 0), u16(body, 2)))
        elif kind == _DATE_1904 and len(body) >= 2:
            book.from_1904 = bool(u16(body, 0))
        elif kind == _EOF:
            break
    for font, code in styles:
        book.formats.append(codes.get(code, "General"))
        index = font - 1 if font > 4 else font  # font 4 does not exist: the list skips it
        book.fonts.append(faces[index] if index < len(faces) else None)
    for position, visibility, sort, name in listed:
        if visibility:
            book.hidden.add(name)
        if sort == 0:
            book.sheets[name] = _sheet(stream, position)
    return book


def _text(body: bytes, at: int, *, wide: bool, short: bool) -> str:
    """A counted string: BIFF8 says with a flag whether letters take two bytes, older files are in the Chinese code page."""
    count = body[at] if short else u16(body, at)
    at += 1 if short else 2
    if not wide:
        return body[at : at + count].decode("gbk", "replace")
    if body[at] & 1:
        return body[at + 1 : at + 1 + 2 * count].decode("utf-16-le", "replace")
    return body[at + 1 : at + 1 + count].decode("latin-1")


def _sheet(stream: bytes, position: int) -> SheetRecords:
    sheet = SheetRecords()
    depth = 0
    for kind, body in _records(stream, position):
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                break
        elif depth == 1:
            _record(sheet, kind, body)
        if len(sheet.styles) > MAX_CELLS:
            raise too_large()
    return sheet


def _record(sheet: SheetRecords, kind: int, body: bytes) -> None:
    if kind in _CELLS and len(body) >= 6:
        row, col, style = struct.unpack_from("<HHH", body)
        _cell(sheet, (row, col), style)
        if _is_error(kind, body):
            sheet.unread[row, col] = "error"
    elif kind == _DRAWING:
        sheet.anchor = _anchor(body) or sheet.anchor
    elif kind == _OBJECT and len(body) >= 6:
        if u16(body, 4) == _PICTURE and sheet.anchor:
            sheet.pictures.append(sheet.anchor)
        sheet.anchor = None
    elif kind == _MANY and len(body) >= 6:
        row, first = struct.unpack_from("<HH", body)
        for index in range((len(body) - 6) // 6):
            _cell(sheet, (row, first + index), u16(body, 4 + 6 * index))
    elif kind == _ROW and len(body) >= 14 and body[12] & 0x20:
        sheet.hidden_rows.add(u16(body, 0))
    elif kind == _COLUMN and len(body) >= 10 and body[8] & 1:
        sheet.hidden_cols.update(range(u16(body, 0), min(u16(body, 2), 255) + 1))


def _is_error(kind: int, body: bytes) -> bool:
    """True for #REF! and its like: a BoolErr record, or a formula whose cached result is one (MS-XLS 2.4.24, 2.5.133)."""
    if kind == _BOOL_ERROR:
        return len(body) >= 8 and body[7] == 1
    return kind == _FORMULA and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 2


def _anchor(body: bytes) -> tuple[Place, Place] | None:
    """The first and last cell of the shape that a drawing record describes (MS-XLS 2.5.193 OfficeArtClientAnchorSheet)."""
    at = body.rfind(_CLIENT_ANCHOR)
    if at < 2 or at + 24 > len(body):
        return None
    _, left, _, top, _, right, _, bottom, _ = struct.unpack_from("<9H", body, at + 6)
    return ((top, left), (bottom, right)) if top <= bottom and left <= right < 256 else None


def _cell(sheet: SheetRecords, place: Place, style: int) -> None:
    sheet.styles[place] = style
    sheet.last = max(sheet.last[0], place[0]), max(sheet.last[1], place[1])


def binary_sheet_reach(part: bytes) -> Place:
    """The farthest (row, col) of an .xlsb worksheet part (MS-XLSB 2.1.4 record heads)."""
    at, row, last = 0, 0, (0, 0)
    while at < len(part):
        kind, at = _number(part, at, 2)
        size, at = _number(part, at, 4)
        if kind == 0 and size >= 4 and at + 4 <= len(part):
            row = u32(part, at)
        elif kind in _SHORT_CELLS_12 and size >= 4 and at + 4 <= len(part):
            last = max(last[0], row), max(last[1], u32(part, at))
        at += size
    return last


def _number(part: bytes, at: int, most: int) -> tuple[int, int]:
    """A 7-bits-a-byte number, and the place after it."""
    value = 0
    for shift in range(most):
        if at >= len(part):
            break
        byte = part[at]
        at += 1
        value |= (byte & 0x7F) << 7 * shift
        if not byte & 0x80:
            break
    return value, at
