"""Shell: the door of the scan room - a file that shows only pictures of pages -> the same Document as any other, `ocr` true.

Called in the scan engine's own child process and nowhere else. A page that nobody can read leaves its place empty; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from config.schema import FormSchema
from parsers.document import Document
from parsers.formats.blocks import Blocks
from parsers.formats.pages import PrintedPage, printed_to_blocks
from parsers.forms.labels import LabelBook, compact
from parsers.scan.colour import is_fax
from parsers.scan.engine import TextReader
from parsers.scan.layout import page_to_printed
from parsers.scan.lines import PageText, read_text
from parsers.scan.orient import find_turn, turned
from parsers.scan.rectify import rectify
from parsers.scan.ticks import read_ticks
from parsers.scan.words import Picture, Piece, Seal


@dataclass(frozen=True, slots=True)
class PageReading:
    """一页的读数: what is printed on it, the seals on it, whether it is a fax, and the quarter turns that set it upright."""

    printed: PrintedPage
    seals: tuple[Seal, ...] = ()
    fax: bool = False
    quarters: int = 0


class PageReader:
    """读页: knows the words printed on the campaign's forms, and the choices among them."""

    def __init__(self, schemas: Sequence[FormSchema], reader: TextReader) -> None:
        self._reader = reader
        self._printed = printed_words(schemas)
        self._choices = tuple({tuple(w for o in f.options for w in o.words) for s in schemas for f in s.fields if f.options})

    def read(self, number: int, picture: Picture) -> PageReading:
        """One page picture (blue, green, red) from its turn to its text."""
        quarters = find_turn(picture, self._reader)
        upright = turned(picture, quarters)
        flat = rectify(upright)
        text = self._with_ticks(read_text(flat, self._reader, self._printed))
        return PageReading(page_to_printed(number, text), (), is_fax(picture), quarters)

    def _with_ticks(self, text: PageText) -> PageText:
        """The text with every tick box as the picture shows it."""
        tables = tuple(tuple(replace(cell, pieces=self._ticked(text, cell.pieces)) for cell in table) for table in text.tables)
        return replace(text, tables=tables, outside=self._ticked(text, text.outside))

    def _ticked(self, text: PageText, pieces: Sequence[Piece]) -> tuple[Piece, ...]:
        return tuple(read_ticks(text.grey, piece, self._choices) for piece in pieces)


def printed_words(schemas: Sequence[FormSchema]) -> Callable[[str], bool]:
    """Tells a form's own printed words from what a person filled in."""
    fields = [f for s in schemas for f in (*s.fields, *(s.rows.columns if s.rows else ()))]
    book = LabelBook((label, f.name) for f in fields for label in (*f.labels, *f.row_labels))
    heads = {compact(w) for s in schemas for w in (*s.titles, *(x for g in s.groups for x in g.labels))}
    values = {compact(w) for f in fields for w in f.constraints.enum}
    return lambda text: bool(text) and compact(text) not in values and (bool(book.find(text)) or compact(text) in heads)


def pictures_to_document(pictures: Sequence[Picture], schemas: Sequence[FormSchema], reader: TextReader) -> Document:
    """The pages of one file as a document."""
    pages = PageReader(schemas, reader)
    readings = [pages.read(number, picture) for number, picture in enumerate(pictures, 1)]
    blocks = Blocks()
    printed_to_blocks([reading.printed for reading in readings], blocks)
    return Document(
        reader="scan",
        status="read" if not blocks.blank else "image",
        blocks=blocks.to_tuple(),
        pages=len(pictures),
        seals=sum(len(reading.seals) for reading in readings),
        ocr=True,
        problems=("fax",) if any(reading.fax for reading in readings) else (),
    )
