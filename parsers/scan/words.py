"""Words: what the steps of reading a page hand to one another; everything is measured in pixels of the picture at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

Picture: TypeAlias = Any
"""A numpy array of bytes: height x width (grey), or height x width x 3 (blue, green, red)."""
Quad: TypeAlias = Any
"""Four corners as a 4 x 2 array: top left, top right, bottom right, bottom left."""
DISAGREES = 0.4
"""How sure a text is at most of which two readings differ."""


class Box(NamedTuple):
    """An upright rectangle."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        """The height of its middle."""
        return (self.y0 + self.y1) / 2

    def shared(self, other: Box) -> float:
        """The area two boxes have in common."""
        wide = min(self.x1, other.x1) - max(self.x0, other.x0)
        high = min(self.y1, other.y1) - max(self.y0, other.y0)
        return wide * high if wide > 0 and high > 0 else 0.0


class Other(NamedTuple):
    """A letter that might stand at a place instead (`at` counts the letters that are no blanks), and how likely."""

    at: int
    letter: str
    sure: float


@dataclass(frozen=True, slots=True)
class Script:
    """字行: one piece of text as read; `sure` is that of its least certain letter or digit (0..1), `places` the middle of each letter that is no
    blank, as shares of the width, `each` how sure each of these letters is, `others` the letters that were possible too."""

    text: str
    sure: float
    places: tuple[float, ...] = ()
    each: tuple[float, ...] = ()
    others: tuple[Other, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """字块: a script with the box it stands in on the flat page."""

    box: Box
    script: Script


@dataclass(frozen=True, slots=True)
class Seal:
    """印章: a round red picture of a seal: centre and radius in pixels of the page; `kind` is `star` or `round`; `text` what it says when legible."""

    x: float
    y: float
    radius: float
    kind: str = "star"
    text: str = ""
