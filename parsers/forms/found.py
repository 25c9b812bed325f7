"""Words: what was met while reading one form - candidates for its blanks, before the best of each is taken."""

from __future__ import annotations

from dataclasses import dataclass, field

from parsers.document import Paragraph, Table
from parsers.form import Value, Where

MISPLACED = 4
"""The rank of a line that stands where the form does not print it: it counts only when nothing else was found."""


@dataclass(frozen=True, slots=True)
class Found:
    """候选值: a value for a field; `rank` orders the ways of finding it (0: its own cell beside the label, then inside a cell, then a line)."""

    name: str
    value: Value
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """一份: the paragraphs and tables of one form in reading order; `title` is its printed name, `where` its first table."""

    blocks: tuple[Paragraph | Table, ...]
    title: str = ""
    place: str = ""
    where: Where = field(default_factory=Where)

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables alone."""
        return tuple(b for b in self.blocks if isinstance(b, Table))

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """The paragraphs alone."""
        return tuple(b for b in self.blocks if isinstance(b, Paragraph))
