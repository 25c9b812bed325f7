"""Words: what a printed page is made of - glyphs and ruled lines in points, top left is (0, 0) - for PDF and OFD alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Glyph(NamedTuple):
    """One printed letter and the box it stands in; `down` when it is written downwards. Made by `glyph`, which knows the rest.

    `middle` is the height of its middle, `center` the middle of its width, `size` its height, at least 4 points, `blank` a letter without ink:
    each is asked for a dozen times a letter, so they are worked out once.
    """

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    down: bool
    middle: float
    center: float
    size: float
    blank: bool


def glyph(text: str, x0: float, x1: float, top: float, bottom: float, down: bool = False) -> Glyph:
    """A letter in its box."""
    high = bottom - top
    return _made(Glyph, (text, x0, x1, top, bottom, down, (top + bottom) / 2, (x0 + x1) / 2, high if high > 4.0 else 4.0, text.isspace()))


_made = tuple.__new__  # a page has a thousand letters: this is half the price of naming each part


class Rule(NamedTuple):
    """A ruled line: `at` is its place across its direction, from `start` to `end` along it."""

    at: float
    start: float
    end: float


@dataclass(slots=True)
class Ink:
    """One page: `across` and `down` are its horizontal and vertical lines; `covered` is the share that pictures cover,
    `placed` the boxes (x0, top, x1, bottom) of what stands on it and is no text: pictures, stamps, writing by hand."""

    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    across: list[Rule] = field(default_factory=list)
    down: list[Rule] = field(default_factory=list)
    covered: float = 0.0
    pictures: int = 0
    placed: list[tuple[float, float, float, float]] = field(default_factory=list)
    paths: int = 0
    fonts: set[str] = field(default_factory=set)
    unreadable_boxes: bool = False
    lost_letters: bool = False

    def place(self, x0: float, top: float, x1: float, bottom: float) -> None:
        """Notes a picture; hair lines and what covers half the page say nothing about a cell."""
        wide, high = x1 - x0, bottom - top
        if wide > 5 and high > 5 and wide * high < 0.4 * self.width * self.height and len(self.placed) < 500:
            self.placed.append((x0, top, x1, bottom))
