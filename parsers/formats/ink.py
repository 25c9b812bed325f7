"""Words: what a printed page is made of - glyphs and ruled lines in points, top left is (0, 0) - for PDF and OFD alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Glyph(NamedTuple):
    """One printed letter and the box it stands in; `down` when it is written downwards."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    down: bool = False

    @property
    def middle(self) -> float:
        """The height of its middle."""
        return (self.top + self.bottom) / 2

    @property
    def center(self) -> float:
        """The middle of its width."""
        return (self.x0 + self.x1) / 2

    @property
    def size(self) -> float:
        """Its height, at least 4 points."""
        return max(self.bottom - self.top, 4.0)


class Rule(NamedTuple):
    """A ruled line: `at` is its place across its direction, from `start` to `end` along it."""

    at: float
    start: float
    end: float


@dataclass(slots=True)
class Ink:
    """One page: `across` and `down` are its horizontal and vertical lines; `covered` is the share that pictures cover."""

    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    across: list[Rule] = field(default_factory=list)
    down: list[Rule] = field(default_factory=list)
    covered: float = 0.0
    pictures: int = 0
    paths: int = 0
    fonts: set[str] = field(default_factory=set)
    unreadable_boxes: bool = False
    lost_letters: bool = False
