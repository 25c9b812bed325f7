"""Core: glyphs -> the lines a person reads, and lines -> text in which wrapped lines are one again."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from parsers.formats.ink import Glyph

# A gap wider than this share of the letter height is a space even where the file has none.
_GAP = 0.4
# Where the file does have one, less is enough; readers also write spaces where there is no room at all.
_TYPED_GAP = 0.12
# Word and LibreOffice set Chinese and Latin letters a quarter apart without a space.
_SCRIPT_GAP = 0.3
_WIDE_GAP = 2.0
# Room a cell keeps free at its edge.
_PADDING = 7.0
_UNBREAKABLE = re.compile(r"[A-Za-z0-9@._+\-/%,:&~#=?]+")
_CLOSING = re.compile(r"[，。；：、！？）》”’】」』]*")
_CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]")


class Line(NamedTuple):
    """One printed line: its text and the box it fills; `sure` is how surely it was read (1 where nothing had to be recognised)."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    sure: float = 1.0


def glyphs_to_lines(glyphs: Sequence[Glyph]) -> list[Line]:
    """Lines from top to bottom; letters printed twice for weight count once."""
    written = [g for g in glyphs if g.text and not g.blank]
    if not written:
        return []
    level = written[0].middle
    if not any(g.middle != level or g.down for g in written):
        rows = [written]
    else:
        visible = sorted(written, key=_middle)
        if _is_downward(written):
            return _columns_to_lines(visible)
        rows = _levels_to_rows(visible)
    blanks = sorted([g for g in glyphs if g.blank], key=_middle)
    heights = [b.middle for b in blanks]
    return [_row_to_line(row, _between(blanks, heights, row) if blanks else ()) for row in rows]


_middle = attrgetter("middle")


def _levels_to_rows(visible: Sequence[Glyph]) -> list[list[Glyph]]:
    """Letters from top to bottom, parted where the next one stands lower than half a letter."""
    rows: list[list[Glyph]] = []
    row: list[Glyph] = []
    level = -1e9
    for glyph in visible:
        if not row or glyph.middle - level > 0.55 * max(min(glyph.size, row[0].size), 5):
            row = [glyph]
            rows.append(row)
            level = glyph.middle
        else:
            row.append(glyph)
            level += (glyph.middle - level) / len(row)
    return rows


def _between(blanks: Sequence[Glyph], heights: Sequence[float], row: Sequence[Glyph]) -> Sequence[Glyph]:
    """The blanks on the height of a row."""
    first = bisect.bisect_left(heights, min([g.top for g in row]))
    return blanks[first : bisect.bisect_right(heights, max([g.bottom for g in row]))]


def _is_downward(glyphs: Sequence[Glyph]) -> bool:
    """True for Chinese written downwards in two columns or more: the file's own order goes down, not along."""
    if sum([g.down for g in glyphs]) > len(glyphs) / 2:
        return True
    if len(glyphs) < 3 or len(glyphs) > 200:
        return False
    if not any(b.center - a.center < -0.5 * a.size and b.middle < a.middle for a, b in pairwise(glyphs)):
        return False  # no step back to the head of a column
    if not all(_CJK.match(g.text) or g.text in "()" for g in glyphs):
        return False
    steps = [(b.center - a.center, b.middle - a.middle, a.size) for a, b in pairwise(glyphs)]
    down = sum(1 for dx, dy, size in steps if abs(dx) < 0.3 * size and 0 < dy < 1.6 * size)
    back = sum(1 for dx, dy, size in steps if dx < -0.5 * size and dy < 0)
    return back >= 1 and down + back == len(steps)


def _columns_to_lines(glyphs: Sequence[Glyph]) -> list[Line]:
    """Downward writing: columns from right to left, each a line of its own."""
    columns: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: -g.center):
        if not columns or columns[-1][0].center - glyph.center > 0.5 * glyph.size:
            columns.append([])
        columns[-1].append(glyph)
    lines = []
    for column in columns:
        column.sort(key=lambda g: g.middle)
        box = (min(g.x0 for g in column), max(g.x1 for g in column), column[0].top, column[-1].bottom)
        lines.append(Line("".join(g.text for g in column), *box, column[0].size))
    return lines


def _row_to_line(row: list[Glyph], blanks: Sequence[Glyph]) -> Line:
    row.sort(key=_left)
    kept = row if len({g.text for g in row}) == len(row) else _printed_once(row)
    before = kept[0]
    parts = [before.text]
    places = sorted([b.center for b in blanks])
    for glyph in kept[1:]:
        gap = glyph.x0 - before.x1
        if gap > 0:
            parts.append(_gap_to_blanks(gap, before, glyph, places))
        parts.append(glyph.text)
        before = glyph
    text = "".join(parts)
    top, bottom = min([g.top for g in kept]), max([g.bottom for g in kept])
    return Line(text, kept[0].x0, max([g.x1 for g in kept]), top, bottom, max([g.size for g in kept]))


_left = attrgetter("x0", "x1")


def _printed_once(row: Sequence[Glyph]) -> list[Glyph]:
    """The letters without those printed twice for weight."""
    kept: list[Glyph] = []
    for glyph in row:
        for other in kept[-3:]:
            if glyph.text == other.text and abs(glyph.x0 - other.x0) < _twice(glyph):
                break
        else:
            kept.append(glyph)
    return kept


def _gap_to_blanks(gap: float, before: Glyph, after: Glyph, places: Sequence[float]) -> str:
    """The blanks that a gap between two letters stands for; a narrow one only where one was typed."""
    size = max(before.size, after.size)
    if gap > _GAP * size:
        return "    " if gap > _WIDE_GAP * size else " "
    if gap > _TYPED_GAP * size and places:
        typed = _TYPED_GAP if bool(_CJK.match(before.text)) == bool(_CJK.match(after.text)) else _SCRIPT_GAP
        if gap > typed * size and _has_one(places, before.center, after.center):
            return " "
    return ""


def _twice(glyph: Glyph) -> float:
    """How near the same letter must stand to be the same letter again: the 1s of 11 in a narrow font are a third of their height apart."""
    return min(0.2 * glyph.size, 0.4 * (glyph.x1 - glyph.x0))


def _has_one(places: Sequence[float], first: float, last: float) -> bool:
    """True when a place lies between the two."""
    index = bisect.bisect_right(places, first)
    return index < len(places) and places[index] < last


def is_wrapped(line: Line, following: str, left: float, right: float, *, strict: bool = False) -> bool:
    """True when `line` ended only because the next word did not fit between `left` and `right`.

    `strict` takes two numbers for two numbers, unless not one letter more would have fitted.
    """
    after, before = right - line.x1, line.x0 - left
    free = after + before - _PADDING if abs(after - before) < 4 and before > _PADDING else after
    letters = max(len(line.text), 1)
    unit = _UNBREAKABLE.match(following)
    narrow = min(max((line.x1 - line.x0) / letters, 0.55 * line.size), line.size)
    together = 1 + len(_CLOSING.match(following, 1)[0])  # type: ignore[index]  # a mark that may not begin a line takes its letter along
    need = len(unit[0]) * narrow if unit else line.size * together
    if strict and unit and line.text[-1].isascii() and line.text[-1].isalnum() and following[0].isalnum():
        return free < _PADDING + narrow
    return free < _PADDING + max(need, line.size * 0.9)


def lines_to_text(lines: Sequence[Line], left: float, right: float) -> str:
    """The lines of one cell; wrapped ones are joined - without a space between Chinese letters and inside addresses."""
    text = ""
    for index, line in enumerate(lines):
        if index == 0:
            text = line.text
        elif is_wrapped(lines[index - 1], line.text, left, right):
            text += _joint(text, line.text) + line.text
        else:
            text += "\n" + line.text
    return text.strip()


def _joint(before: str, after: str) -> str:
    """ "" or " " between two halves of a wrapped line (trap 30)."""
    if _CJK.match(before[-1:]) or _CJK.match(after[:1]) or "@" in before.split()[-1] + after.split()[0]:
        return ""
    return " " if before[-1:].isalpha() and after[:1].isalpha() else ""
