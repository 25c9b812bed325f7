"""Core: a PDF page -> ink, by pdfium: loose letter boxes (trap 27), symbol fonts by name (trap 7), ruled lines, filled-in form fields."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pypdfium2
import pypdfium2.raw as c

from parsers.document import TICKED, UNTICKED
from parsers.formats.bounds import too_large
from parsers.formats.ink import Ink, Rule, glyph
from parsers.formats.marks import UNKNOWN_GLYPH, find_symbol_font, symbol_to_text

MAX_GLYPHS = 60_000
MAX_OBJECTS = 150_000
_MAX_FORMS = 6
_THIN, _LONG = 3.0, 4.0
WRITTEN = 16  # a path of more pieces is no rule and no box: writing by hand, a drawn signature
_LINE_END_HYPHENS = (0x02, 0xFFFE)  # how pdfium reports a hyphen at a line end (trap 30)
Turn = Callable[[float, float], tuple[float, float]]
Matrix = tuple[float, float, float, float, float, float]
_Box = tuple[ctypes.c_float, ...]
_UNIT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def page_to_ink(page: pypdfium2.PdfPage, forms: Any = None) -> Ink:
    """Everything printed on a page, turned the way a person sees it; `forms` is pdfium's form handle, None without fields."""
    turn, width, height = _upright(page)
    ink = Ink(width, height)
    _add_glyphs(page, ink, turn)
    _add_objects(page, ink, turn)
    if forms is not None:
        _add_fields(page, forms, ink, turn)
    _add_notes(page, ink, turn)
    return ink


def _upright(page: pypdfium2.PdfPage) -> tuple[Turn, float, float]:
    """From PDF coordinates to points from the top left, after the page's own rotation."""
    left, bottom, right, top = page.get_cropbox()
    rotation = page.get_rotation()
    if rotation == 90:
        return (lambda x, y: (y - bottom, x - left)), top - bottom, right - left
    if rotation == 180:
        return (lambda x, y: (right - x, y - bottom)), right - left, top - bottom
    if rotation == 270:
        return (lambda x, y: (top - y, right - x)), top - bottom, right - left
    return (lambda x, y: (x - left, top - y)), right - left, top - bottom


def _add_glyphs(page: pypdfium2.PdfPage, ink: Ink, turn: Turn) -> None:
    text_page = page.get_textpage()
    raw = text_page.raw
    count = text_page.count_chars()
    if count > MAX_GLYPHS:
        raise too_large()
    loose = c.FS_RECTF()
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    reader = _FontReader(raw)
    loose_box, tight_box = c.FPDFText_GetLooseCharBox, c.FPDFText_GetCharBox
    add = ink.glyphs.append
    last_x, last_bottom, last_top = 0.0, 0.0, 0.0
    for index, code in enumerate(_codes(raw, count)):
        if code in _LINE_END_HYPHENS:
            code = 0x2D
        if code in (0, 10, 13):
            continue
        letter = chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else UNKNOWN_GLYPH
        loose_box(raw, index, loose)
        x0, x1, y0, y1 = loose.left, loose.right, loose.bottom, loose.top
        down = False
        # What goes on to the right between the same two heights is written along like the letter before it; any other letter is asked.
        if not (y0 == last_bottom and y1 == last_top and x0 >= last_x):
            tight_box(raw, index, left, right, bottom, top)
            tight_left, tight_right = left.value, right.value
            if tight_right > tight_left:
                middle_x, middle_y = (tight_left + tight_right) / 2, (bottom.value + top.value) / 2
                down = not (x0 - 1 <= middle_x <= x1 + 1 and y0 - 1 <= middle_y <= y1 + 1)
        last_x, last_bottom, last_top = (x0, y0, y1) if not down else (0.0, 0.0, 0.0)
        if down:
            x0, x1, y0, y1 = tight_left, tight_right, bottom.value, top.value  # downward writing: the loose box is elsewhere
        if (code < 0x100 and not letter.isdigit()) or 0xE000 <= code <= 0xF8FF or letter == UNKNOWN_GLYPH:
            font = find_symbol_font(reader.name(index))
            if font and letter == UNKNOWN_GLYPH:
                ink.unreadable_boxes = True
            letter = symbol_to_text(font, letter)
        if index % 16 == 0:
            ink.fonts.add(reader.name(index))
        (ax, ay), (bx, by) = turn(x0, y0), turn(x1, y1)
        add(glyph(letter, ax if ax < bx else bx, bx if ax < bx else ax, ay if ay < by else by, by if ay < by else ay))
    text_page.close()


def _codes(raw: Any, count: int) -> Sequence[int]:
    """What every letter is, in one question where pdfium leaves none out and writes none as two, else letter by letter."""
    units = (ctypes.c_ushort * (count + 1))()
    if c.FPDFText_GetText(raw, 0, count, units) == count + 1:
        codes: list[int] = units[:count]
        if not any(0xD800 <= code <= 0xDFFF for code in codes):
            return codes
    return [c.FPDFText_GetUnicode(raw, index) for index in range(count)]


class _FontReader:
    """Font names by character, in one buffer."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._buffer = ctypes.create_string_buffer(160)
        self._flags = ctypes.c_int()

    def name(self, index: int) -> str:
        c.FPDFText_GetFontInfo(self._raw, index, self._buffer, 160, self._flags)
        return self._buffer.value.decode("utf-8", "replace")


def _add_objects(page: pypdfium2.PdfPage, ink: Ink, turn: Turn) -> None:
    covered = 0.0
    box = tuple(ctypes.c_float() for _ in range(4))
    for seen, (item, matrix) in enumerate(_objects(page.raw, c.FPDFPage_CountObjects, c.FPDFPage_GetObject, _UNIT, 0)):
        if seen > MAX_OBJECTS:
            raise too_large()
        kind = c.FPDFPageObj_GetType(item)
        if kind == c.FPDF_PAGEOBJ_PATH:
            ink.paths += 1
            _add_path(item, matrix, ink, turn, box)
        elif kind == c.FPDF_PAGEOBJ_TEXT:
            ink.lost_letters = ink.lost_letters or _is_lost(item, box)
        elif kind == c.FPDF_PAGEOBJ_IMAGE:
            ink.pictures += 1
            x0, y0, x1, y1 = _bounds(item, matrix, turn, box)
            ink.place(x0, y0, x1, y1)
            covered += max(0.0, min(x1, ink.width) - max(x0, 0.0)) * max(0.0, min(y1, ink.height) - max(y0, 0.0))
    ink.covered = min(1.0, covered / max(ink.width * ink.height, 1.0))


def _is_lost(item: Any, box: _Box) -> bool:
    """True where pdfium leaves a text out: without the font on this machine a single letter has no width, so it is passed over."""
    left, bottom, right, top = box
    if c.FPDFPageObj_GetBounds(item, left, bottom, right, top) and right.value - left.value > 0.01:
        return False
    font = c.FPDFTextObj_GetFont(item)
    return bool(font) and c.FPDFFont_GetIsEmbedded(font) == 0


def _objects(holder: Any, count: Any, get: Any, matrix: Matrix, depth: int) -> Iterator[tuple[Any, Matrix]]:
    """Page objects, also those inside form XObjects, each with the matrix that brings it onto the page."""
    for index in range(count(holder)):
        item = get(holder, index)
        if c.FPDFPageObj_GetType(item) == c.FPDF_PAGEOBJ_FORM:
            if depth < _MAX_FORMS:
                yield from _objects(item, c.FPDFFormObj_CountObjects, c.FPDFFormObj_GetObject, _times(_matrix(item), matrix), depth + 1)
        else:
            yield item, matrix


def _matrix(item: Any) -> Matrix:
    raw = c.FS_MATRIX()
    c.FPDFPageObj_GetMatrix(item, raw)
    return raw.a, raw.b, raw.c, raw.d, raw.e, raw.f


def _times(m: Matrix, n: Matrix) -> Matrix:
    return (
        m[0] * n[0] + m[1] * n[2], m[0] * n[1] + m[1] * n[3], m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3], m[4] * n[0] + m[5] * n[2] + n[4], m[4] * n[1] + m[5] * n[3] + n[5],
    )  # fmt: skip


def _on(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    return matrix[0] * x + matrix[2] * y + matrix[4], matrix[1] * x + matrix[3] * y + matrix[5]


def _bounds(item: Any, matrix: Matrix, turn: Turn, box: _Box) -> tuple[float, float, float, float]:
    left, bottom, right, top = box
    c.FPDFPageObj_GetBounds(item, left, bottom, right, top)
    x0, y0, x1, y1 = left.value, bottom.value, right.value, top.value
    if matrix is _UNIT:
        (ax, ay), (bx, by) = turn(x0, y0), turn(x1, y1)
        return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)
    corners = [turn(*_on(matrix, x, y)) for x in (x0, x1) for y in (y0, y1)]
    return min(p[0] for p in corners), min(p[1] for p in corners), max(p[0] for p in corners), max(p[1] for p in corners)


def _add_path(item: Any, matrix: Matrix, ink: Ink, turn: Turn, box: _Box) -> None:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    c.FPDFPath_GetDrawMode(item, fill, stroke)
    if not (fill.value or stroke.value) or _is_white(item, stroked=bool(stroke.value)):
        return
    x0, top, x1, bottom = _bounds(item, matrix, turn, box)
    if c.FPDFPath_CountSegments(item) > WRITTEN:
        ink.place(x0, top, x1, bottom)
        return
    if bottom - top <= _THIN and x1 - x0 > _LONG:
        ink.across.append(Rule((top + bottom) / 2, x0, x1))
    elif x1 - x0 <= _THIN and bottom - top > _LONG:
        ink.down.append(Rule((x0 + x1) / 2, top, bottom))
    elif stroke.value and x1 - x0 > _LONG and bottom - top > _LONG:
        _add_edges(item, matrix, ink, turn)


def _is_white(item: Any, *, stroked: bool) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    get = c.FPDFPageObj_GetStrokeColor if stroked else c.FPDFPageObj_GetFillColor
    if not get(item, red, green, blue, alpha):
        return False
    return alpha.value == 0 or min(red.value, green.value, blue.value) >= 250


def _add_edges(item: Any, matrix: Matrix, ink: Ink, turn: Turn) -> None:
    """The straight edges of a stroked rectangle or polyline."""
    own = _times(_matrix(item), matrix)
    x, y = ctypes.c_float(), ctypes.c_float()
    start = before = None
    for index in range(min(c.FPDFPath_CountSegments(item), 2000)):
        segment = c.FPDFPath_GetPathSegment(item, index)
        c.FPDFPathSegment_GetPoint(segment, x, y)
        point = turn(*_on(own, x.value, y.value))
        kind = c.FPDFPathSegment_GetType(segment)
        if kind == c.FPDF_SEGMENT_MOVETO:
            start = point
        elif before and kind == c.FPDF_SEGMENT_LINETO:
            _add_edge(before, point, ink)
        before = point
        if c.FPDFPathSegment_GetClose(segment) and start:
            _add_edge(point, start, ink)


def _add_edge(a: tuple[float, float], b: tuple[float, float], ink: Ink) -> None:
    if abs(a[1] - b[1]) < 1 and abs(a[0] - b[0]) > _LONG:
        ink.across.append(Rule((a[1] + b[1]) / 2, min(a[0], b[0]), max(a[0], b[0])))
    elif abs(a[0] - b[0]) < 1 and abs(a[1] - b[1]) > _LONG:
        ink.down.append(Rule((a[0] + b[0]) / 2, min(a[1], b[1]), max(a[1], b[1])))


def _add_fields(page: pypdfium2.PdfPage, forms: Any, ink: Ink, turn: Turn) -> None:
    """Filled-in form fields are no part of the page's text: check boxes and typed values are laid where they stand."""
    for index in range(min(c.FPDFPage_GetAnnotCount(page.raw), 2000)):
        note = c.FPDFPage_GetAnnot(page.raw, index)
        kind = c.FPDFAnnot_GetFormFieldType(forms, note)
        text = ""
        if kind in (c.FPDF_FORMFIELD_CHECKBOX, c.FPDF_FORMFIELD_RADIOBUTTON):
            text = TICKED if c.FPDFAnnot_IsChecked(forms, note) else UNTICKED
        elif kind in (c.FPDF_FORMFIELD_TEXTFIELD, c.FPDF_FORMFIELD_COMBOBOX):
            text = _field_value(forms, note)
        if text:
            rect = c.FS_RECTF()
            c.FPDFAnnot_GetRect(note, rect)
            (ax, ay), (bx, by) = turn(rect.left, rect.bottom), turn(rect.right, rect.top)
            _lay_text(text, (min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)), ink)
        c.FPDFPage_CloseAnnot(note)


def _add_notes(page: pypdfium2.PdfPage, ink: Ink, turn: Turn) -> None:
    """What was laid over the page afterwards: typed notes as their text, stamps and ink as pictures."""
    for index in range(min(c.FPDFPage_GetAnnotCount(page.raw), 2000)):
        note = c.FPDFPage_GetAnnot(page.raw, index)
        kind = c.FPDFAnnot_GetSubtype(note)
        if kind in (c.FPDF_ANNOT_FREETEXT, c.FPDF_ANNOT_INK, c.FPDF_ANNOT_STAMP):
            rect = c.FS_RECTF()
            c.FPDFAnnot_GetRect(note, rect)
            (ax, ay), (bx, by) = turn(rect.left, rect.bottom), turn(rect.right, rect.top)
            box = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
            text = _note_text(note) if kind == c.FPDF_ANNOT_FREETEXT else ""
            if text:
                _lay_text(text, box, ink)
            else:
                ink.place(box[0], box[2], box[1], box[3])
        c.FPDFPage_CloseAnnot(note)


def _note_text(note: Any) -> str:
    size = c.FPDFAnnot_GetStringValue(note, b"Contents", None, 0)
    if not 2 < size < 20_000:
        return ""
    buffer = ctypes.create_string_buffer(size)
    c.FPDFAnnot_GetStringValue(note, b"Contents", ctypes.cast(buffer, ctypes.POINTER(c.FPDF_WCHAR)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace").strip()


def _field_value(forms: Any, note: Any) -> str:
    size = c.FPDFAnnot_GetFormFieldValue(forms, note, None, 0)
    if not 2 < size < 200_000:
        return ""
    buffer = ctypes.create_string_buffer(size)
    c.FPDFAnnot_GetFormFieldValue(forms, note, ctypes.cast(buffer, ctypes.POINTER(c.FPDF_WCHAR)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace").strip()


def _lay_text(text: str, box: tuple[float, float, float, float], ink: Ink) -> None:
    """Letters of a field's value, evenly over its box, one row a line."""
    x0, x1, top, bottom = box
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    height = (bottom - top) / len(rows)
    for number, row in enumerate(rows):
        step = min((x1 - x0) / max(len(row), 1), height if height < 20 else 12)
        for place, letter in enumerate(row):
            ink.glyphs.append(glyph(letter, x0 + place * step, x0 + (place + 1) * step, top + number * height, top + (number + 1) * height))
