"""Core: what Word's styles and list definitions add to a paragraph - its outline level, a symbol font, its printed number."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from parsers.formats.bounds import Element, attribute, child, clean_count, local
from parsers.formats.marks import find_symbol_font, symbol_to_text

_HEADING_NAME = re.compile(r"(?:heading|标题)\s*([1-9])$", re.IGNORECASE)
_MAX_BASES = 12


@dataclass(frozen=True, slots=True)
class _Style:
    based_on: str = ""
    heading: int = 0
    font: str | None = None
    numbering: tuple[str, int] | None = None


Part = Callable[[], Element | None]


class Styles:
    """Named styles, each with what it says or takes from the style it is based on; the part is opened when one is asked for."""

    def __init__(self, part: Part = lambda: None) -> None:
        self._part = part
        self._elements: dict[str, Element] | None = None
        self._read: dict[str, _Style] = {}

    def _style(self, name: str) -> _Style | None:
        if self._elements is None:
            root = self._part()
            listed = (style for style in root if local(style) == "style") if root is not None else ()
            self._elements = {attribute(style, "styleId") or "": style for style in listed}
        if name not in self._read and name in self._elements:
            self._read[name] = _element_to_style(self._elements[name])
        return self._read.get(name)

    def _chain(self, name: str) -> list[_Style]:
        chain: list[_Style] = []
        style = self._style(name)
        while style is not None and len(chain) < _MAX_BASES:
            chain.append(style)
            style = self._style(style.based_on) if style.based_on else None
        return chain

    def heading(self, name: str) -> int:
        """The outline level 1..9 of a paragraph style, 0 for body text."""
        return next((s.heading for s in self._chain(name) if s.heading), 0) if name else 0

    def font(self, name: str) -> str | None:
        """The symbol font of a style, None for a font of letters."""
        return next((s.font for s in self._chain(name) if s.font), None) if name else None

    def numbering(self, name: str) -> tuple[str, int] | None:
        """(list id, level) a style gives its paragraphs."""
        return next((s.numbering for s in self._chain(name) if s.numbering), None) if name else None


def _element_to_style(style: Element) -> _Style:
    based_on, heading, font, numbering = "", 0, None, None
    for element in style:
        name = local(element)
        if name == "basedOn":
            based_on = attribute(element, "val") or ""
        elif name == "name":
            found = _HEADING_NAME.match(attribute(element, "val") or "")
            heading = heading or (int(found[1]) if found else 0)
        elif name == "rPr":
            fonts = child(element, "rFonts")
            font = find_symbol_font(attribute(fonts, "ascii")) if fonts is not None else None
        elif name == "pPr":
            level = child(element, "outlineLvl")
            if level is not None:
                depth = clean_count(attribute(level, "val"), 9, 9)
                heading = depth + 1 if depth < 9 else 0
            numbering = paragraph_numbering(element)
    return _Style(based_on, heading, font, numbering)


def paragraph_numbering(properties: Element | None) -> tuple[str, int] | None:
    """(list id, level) of a pPr element, None when it names none."""
    number = child(properties, "numPr") if properties is not None else None
    if number is None:
        return None
    ident = child(number, "numId")
    level = child(number, "ilvl")
    if ident is None:
        return None
    return attribute(ident, "val") or "", clean_count(attribute(level, "val"), 0, 8) if level is not None else 0


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    form: str = "decimal"
    text: str = ""
    bullet_font: str | None = None
    gap: str = " "


class Numbering:
    """Counts list paragraphs as Word prints them: 一、 1. （二） …"""

    def __init__(self, part: Part = lambda: None) -> None:
        self._part: Part | None = part
        self._lists: dict[str, str] = {}
        self._starts: dict[tuple[str, int], int] = {}
        self._levels: dict[str, dict[int, _Level]] = {}
        self._counts: dict[str, dict[int, int]] = {}

    def _open(self, part: Part) -> None:
        root = part()
        for element in root if root is not None else ():
            if local(element) == "abstractNum":
                self._levels[attribute(element, "abstractNumId") or ""] = {
                    clean_count(attribute(level, "ilvl"), 0, 8): _element_to_level(level) for level in element if local(level) == "lvl"
                }
            elif local(element) == "num":
                self._add_list(element)

    def _add_list(self, element: Element) -> None:
        ident = attribute(element, "numId") or ""
        abstract = child(element, "abstractNumId")
        self._lists[ident] = (attribute(abstract, "val") or "") if abstract is not None else ""
        for override in element:
            start = child(override, "startOverride") if local(override) == "lvlOverride" else None
            if start is not None:
                self._starts[ident, clean_count(attribute(override, "ilvl"), 0, 8)] = clean_count(attribute(start, "val"), 1, 99999)

    def next_label(self, paragraph: Element, from_style: tuple[str, int] | None) -> str:
        """The number or bullet printed before this paragraph, with its gap; "" for none."""
        named = paragraph_numbering(child(paragraph, "pPr")) or from_style
        if named is None:
            return ""
        if self._part is not None:
            part, self._part = self._part, None
            self._open(part)
        if named[0] not in self._lists:
            return ""
        ident, depth = named
        levels = self._levels.get(self._lists[ident], {})
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self._counts.setdefault(self._lists[ident], {})
        start = self._starts.pop((ident, depth), None)
        counts[depth] = start if start is not None else counts.get(depth, level.start - 1) + 1
        for deeper in [d for d in counts if d > depth]:
            del counts[deeper]
        return _label(level, levels, counts)


def _element_to_level(element: Element) -> _Level:
    start, form, text, font, gap = 1, "decimal", "", None, " "
    for inner in element:
        name, value = local(inner), attribute(inner, "val") or ""
        if name == "start":
            start = clean_count(value, 1, 99999)
        elif name in ("numFmt", "nfc"):
            form = value
        elif name == "lvlText":
            text = value
        elif name == "suff":
            gap = "" if value == "nothing" else " "
        elif name == "rPr":
            fonts = child(inner, "rFonts")
            font = find_symbol_font(attribute(fonts, "ascii")) if fonts is not None else None
    return _Level(start, form, text, font, gap)


def _label(level: _Level, levels: Mapping[int, _Level], counts: Mapping[int, int]) -> str:
    if level.form == "none" or not level.text.strip():
        return ""
    if level.form == "bullet":
        return symbol_to_text(level.bullet_font, level.text) + level.gap

    def shown(found: re.Match[str]) -> str:
        depth = int(found[1]) - 1
        other = levels.get(depth, level)
        return number_to_text(counts.get(depth, other.start), other.form)

    return re.sub(r"%([1-9])", shown, level.text) + level.gap


_DIGITS = "〇一二三四五六七八九"


def number_to_text(number: int, form: str) -> str:
    """A list number in Word's number format: 12 -> 十二, xii, L, ⑫ …"""
    if form in ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCountingThousand", "ideographTraditional"):
        return _chinese(number)
    if form in ("lowerLetter", "upperLetter") and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if form == "lowerLetter" else letter.upper()
    if form in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        return _roman(number) if form == "lowerRoman" else _roman(number).upper()
    if form in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    if form == "decimalZero":
        return f"{number:02d}"
    return str(number)


def _chinese(number: int) -> str:
    if not 0 < number < 1000:
        return str(number)
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


def _roman(number: int) -> str:
    text = ""
    for value, letters in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"),
        strict=True,
    ):
        text += letters * (number // value)
        number %= value
    return text
