"""Core: a PDF page -> ink, by pdfplumber: the second reader, for files that pdfium refuses and to check the first one against."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from parsers.document import TICKED, UNTICKED
from parsers.formats.bounds import too_large
from parsers.formats.ink import Ink, Rule, glyph
from parsers.formats.marks import UNKNOWN_GLYPH, find_symbol_font, symbol_to_text
from parsers.formats.pdf_ink import MAX_GLYPHS, MAX_OBJECTS, WRITTEN

_THIN, _LONG = 3.0, 4.0
_BOXES = (TICKED, UNTICKED)


def plumber_page_to_ink(page: Any) -> Ink:
    """Everything printed on a pdfplumber page."""
    ink = Ink(float(page.width), float(page.height))
    objects = page.objects
    if len(objects.get("char", ())) > MAX_GLYPHS or sum(len(group) for group in objects.values()) > MAX_OBJECTS:
        raise too_large()
    for char in objects.get("char", ()):
        _add_char(char, ink)
    _doubt_boxes(objects.get("char", ()), ink)
    for kind in ("line", "rect", "curve"):
        for shape in objects.get(kind, ()):
            ink.paths += 1
            _add_shape(shape, ink)
    covered = 0.0
    for image in objects.get("image", ()):
        ink.pictures += 1
        ink.place(image["x0"], image["top"], image["x1"], image["bottom"])
        wide = max(0.0, min(image["x1"], ink.width) - max(image["x0"], 0.0))
        covered += wide * max(0.0, min(image["bottom"], ink.height) - max(image["top"], 0.0))
    ink.covered = min(1.0, covered / max(ink.width * ink.height, 1.0))
    return ink


def _doubt_boxes(chars: Sequence[dict[str, Any]], ink: Ink) -> None:
    """pdfminer reads every box of some subset fonts as the first one (P07, F16): boxes that are all alike are not believed."""
    boxes = {
        g.text
        for g, char in zip(ink.glyphs, chars, strict=True)
        if g.text in _BOXES and (find_symbol_font(char["fontname"]) or _is_private(char))
    }
    count = sum(g.text in boxes for g in ink.glyphs)
    if len(boxes) == 1 and count > 1:
        ink.unreadable_boxes = True
        ink.glyphs = [g._replace(text=UNKNOWN_GLYPH) if g.text in boxes else g for g in ink.glyphs]


def _is_private(char: dict[str, Any]) -> bool:
    return bool("\ue000" <= char["text"][:1] <= "\uf8ff")


def _add_char(char: dict[str, Any], ink: Ink) -> None:
    text, font = char["text"], find_symbol_font(char["fontname"])
    ink.fonts.add(char["fontname"])
    if text.startswith("(cid:") or text == UNKNOWN_GLYPH:  # pdfminer's word for a letter without a meaning
        ink.unreadable_boxes = ink.unreadable_boxes or font is not None
        text = UNKNOWN_GLYPH
    text = symbol_to_text(font, text)
    ink.glyphs.append(glyph(text, char["x0"], char["x1"], char["top"], char["bottom"]))


def _add_shape(shape: dict[str, Any], ink: Ink) -> None:
    colour = shape.get("stroking_color") if shape.get("stroke") else shape.get("non_stroking_color")
    if not (shape.get("stroke") or shape.get("fill")) or colour in ((1,), (1, 1, 1), 1, (0, 0, 0, 0)):
        return
    x0, x1, top, bottom = shape["x0"], shape["x1"], shape["top"], shape["bottom"]
    if len(shape.get("pts") or ()) > WRITTEN:
        ink.place(x0, top, x1, bottom)
        return
    if bottom - top <= _THIN and x1 - x0 > _LONG:
        ink.across.append(Rule((top + bottom) / 2, x0, x1))
    elif x1 - x0 <= _THIN and bottom - top > _LONG:
        ink.down.append(Rule((x0 + x1) / 2, top, bottom))
    elif shape.get("stroke"):
        points = shape.get("pts") or []
        for (ax, ay), (bx, by) in zip(points, [*points[1:], *points[:1]], strict=True):
            if abs(ay - by) < 1 and abs(ax - bx) > _LONG:
                ink.across.append(Rule((ay + by) / 2, min(ax, bx), max(ax, bx)))
            elif abs(ax - bx) < 1 and abs(ay - by) > _LONG:
                ink.down.append(Rule((ax + bx) / 2, min(ay, by), max(ay, by)))
