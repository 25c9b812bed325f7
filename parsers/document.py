"""Words: what a reader gives back - a document as a person sees it: paragraphs and merged-cell tables in reading order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Status = Literal["read", "scanned", "image", "unreadable", "encrypted", "empty", "unsupported"]

OBJECT = "\ufffc"
"""U+FFFC OBJECT REPLACEMENT CHARACTER: in a text, the place of something that is there and is no text (a picture, a signature, ink nobody can read)."""

Unread = Literal["", "picture", "object", "formula", "error", "ink"]
"""Why a cell has no value though it is not blank: a picture, an embedded object, a formula saved without its value, an error value, illegible ink."""

TICKED = "☑"
UNTICKED = "☐"


@dataclass(frozen=True, slots=True)
class Area:
    """位置: where on the picture of a page something stands: the page from 1, then left, top, right and bottom in widths of the page.

    `turn` is how many quarter turns to the left set the picture upright.
    """

    page: int
    x0: float
    top: float
    x1: float
    bottom: float
    turn: int = 0

    @classmethod
    def of(cls, page: int, box: tuple[float, float, float, float], width: float, turn: int = 0) -> Area:
        """The place of a box measured in whatever the page's `width` is measured in."""
        whole = max(float(width), 1.0)
        x0, top, x1, bottom = box
        return cls(page, round(x0 / whole, 4), round(top / whole, 4), round(x1 / whole, 4), round(bottom / whole, 4), turn)


@dataclass(frozen=True, slots=True)
class Cell:
    """单元格: one printed cell at its top-left grid position (from 0); covered positions are not repeated.

    `text` is what a person sees: `\\n` between paragraphs and lines, every kind of check box as ☑ or ☐ (trap list,
    documents.md 4) and whatever is no text as OBJECT. `value` is the workbook's own typed value when there is one (a number is finite);
    `number_format` goes with it. `unread` says that something stands in the cell that no reader could turn into text:
    such a cell is neither a value nor a blank, whatever `text` holds. `sure` is how surely its text was recognised, 1 where nothing had to be.
    `area` is where it stands on the picture of its page, where the format has pages.
    """

    text: str
    row: int
    col: int
    rowspan: int = 1
    colspan: int = 1
    address: str = ""
    value: int | float | bool | date | datetime | None = None
    number_format: str = ""
    note: str = ""
    unread: Unread = ""
    sure: float = 1.0
    area: Area | None = None

    def __hash__(self) -> int:
        """By its place alone: cells are asked for many times, and two of one table hardly ever share it."""
        return self.row << 10 ^ self.col

    @property
    def filled(self) -> bool:
        """True when anything stands in it, legible or not."""
        return bool(self.unread or self.text.strip())


@dataclass(frozen=True, slots=True)
class Table:
    """表格: `number` counts from 1 in the file; `place` is the page ("第1页") or sheet name; `inside` names the
    table number, row and column of the cell that holds a nested table."""

    cells: tuple[Cell, ...]
    number: int = 1
    place: str = ""
    inside: tuple[int, int, int] | None = None

    @property
    def rows(self) -> int:
        """How many grid rows the cells cover."""
        return max([c.row + c.rowspan for c in self.cells], default=0)

    @property
    def cols(self) -> int:
        """How many grid columns the cells cover."""
        return max([c.col + c.colspan for c in self.cells], default=0)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """段落: a line of text outside tables; `heading` is 1..9 for outline levels, 0 for body text. What is no text stands in it as OBJECT."""

    text: str
    heading: int = 0
    place: str = ""
    sure: float = 1.0
    area: Area | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """文档: what one file shows, in reading order.

    `problems` hold short machine words (`formula_without_value`, `hidden_sheet_skipped`, `boxes_unreadable` …);
    `pictures` counts embedded pictures; `seals` counts round seals seen (0 without OCR), `seal_words` are what they say where legible; `tag` is the version mark
    of a template we sent out ourselves.
    """

    reader: str
    status: Status
    blocks: tuple[Paragraph | Table, ...] = ()
    pages: int | None = None
    pictures: int = 0
    seals: int = 0
    seal_words: tuple[str, ...] = ()
    ocr: bool = False
    tag: str = ""
    problems: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables alone, in reading order, nested ones after the table that holds them."""
        return tuple(b for b in self.blocks if isinstance(b, Table))

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """The paragraphs alone, in reading order."""
        return tuple(b for b in self.blocks if isinstance(b, Paragraph))

    def lines(self) -> Iterator[str]:
        """Every line of text in reading order, tables cell by cell; what is no text is left out."""
        for block in self.blocks:
            texts = [block.text] if isinstance(block, Paragraph) else [c.text for c in block.cells]
            for text in texts:
                yield from text.replace(OBJECT, "").split("\n")
