"""Core: the pages of a scan -> the same Document as any other file, `ocr` true; each page from its turn to its text."""

from __future__ import annotations

import functools
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import numpy

from config.schema import FormSchema
from parsers.document import Document, Status
from parsers.formats.blocks import Blocks
from parsers.formats.ink import Ink
from parsers.formats.pages import PrintedPage, ink_to_printed, printed_to_blocks
from parsers.forms.labels import LabelBook, compact
from parsers.scan.flat.colour import is_fax
from parsers.scan.flat.orient import find_turn, turned
from parsers.scan.flat.rectify import box_to_area, rectify
from parsers.scan.flat.waves import Waves
from parsers.scan.layout import page_to_printed
from parsers.scan.seals.letters import read_seal
from parsers.scan.seals.ring import find_seals
from parsers.scan.text.engine import TextReader
from parsers.scan.text.lines import PageText, read_text
from parsers.scan.text.ticks import read_ticks
from parsers.scan.words import Picture, Piece, Seal

FAX = "fax"
_REMEMBERED = 24
"""How many pages that were read lately are remembered by each engine."""


@dataclass(frozen=True, slots=True)
class PageReading:
    """一页的读数: what is printed on it, the seals on it, whether it is a fax, and the quarter turns that set it upright."""

    printed: PrintedPage
    seals: tuple[Seal, ...] = ()
    fax: bool = False
    quarters: int = 0


@dataclass(frozen=True, slots=True)
class _Looked:
    """What one look at a page picture gave, whichever page of whichever file it is."""

    text: PageText
    way: Picture
    seals: tuple[Seal, ...]
    fax: bool
    quarters: int
    waves: Waves | None


_LATELY: WeakKeyDictionary[TextReader, OrderedDict[str, _Looked]] = WeakKeyDictionary()


class PageReader:
    """读页: knows the words printed on the campaign's forms, and the choices among them."""

    def __init__(self, schemas: Sequence[FormSchema], reader: TextReader) -> None:
        self._reader = reader
        self._printed = printed_words(schemas)
        self._words = hash(tuple(schemas))
        self._choices = tuple({tuple(w for o in f.options for w in o.words) for s in schemas for f in s.fields if f.options})

    def read(self, number: int, picture: Picture) -> PageReading:
        """One page picture (blue, green, red) from its turn to its text; one that this engine read lately is not read again (a photograph on its
        own, then as a page of its form)."""
        lately = _LATELY.setdefault(self._reader, OrderedDict())
        key = hashlib.sha256(f"{picture.shape}{self._words}".encode() + picture.tobytes()).hexdigest()
        lately[key] = page = lately.pop(key, None) or self._look(picture)
        if len(lately) > _REMEMBERED:
            lately.popitem(last=False)
        seen = functools.partial(box_to_area, number=number, way=page.way, quarters=page.quarters, shape=picture.shape, waves=page.waves)
        return PageReading(page_to_printed(number, page.text, seen), page.seals, page.fax, page.quarters)

    def _look(self, picture: Picture) -> _Looked:
        quarters = find_turn(picture, self._reader)
        upright = turned(picture, quarters)
        flat = rectify(upright)
        text = self._with_ticks(read_text(flat, self._reader, self._printed))
        seals = tuple(replace(seal, text=read_seal(upright, seal, self._reader)) for seal in find_seals(upright))
        bare = replace(text, grey=numpy.broadcast_to(numpy.uint8(0), text.grey.shape))  # its size, without its points
        return _Looked(bare, flat.way, seals, is_fax(picture), quarters, flat.waves)

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


def pages_to_document(pages: Sequence[Picture | Ink], schemas: Sequence[FormSchema], reader: TextReader) -> Document:
    """The pages of one file as a document; native pages among them are taken as they are."""
    room = PageReader(schemas, reader)
    printed: list[PrintedPage] = []
    seals: list[Seal] = []
    problems: dict[str, None] = {}
    for number, page in enumerate(pages, 1):
        if isinstance(page, Ink):
            printed.append(ink_to_printed(number, page))
            continue
        reading = room.read(number, page)
        seals += reading.seals
        problems |= {FAX: None} if reading.fax else {}
        printed.append(reading.printed)
    blocks = Blocks()
    printed_to_blocks(printed, blocks)
    status: Status = "image" if blocks.blank else "read"
    words = tuple(dict.fromkeys(seal.text for seal in seals if seal.text))
    return Document(
        "scan", status, blocks.to_tuple(), pages=len(pages), seals=len(seals), seal_words=words, ocr=True, problems=tuple(problems)
    )  # fmt: skip
