"""Core: plain text and .csv -> Document, whatever of the Chinese encodings it is in."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence

from parsers.document import Cell, Document
from parsers.formats.blocks import Blocks
from parsers.formats.bounds import MAX_CELLS, MAX_TEXT, too_large
from parsers.formats.sheetgrid import place_to_address
from parsers.formats.tabbed import find_tabbed, line_to_cells

LONGEST_CELL = 12  # lines of one cell in quotes
_OPEN_QUOTE = re.compile(r'(?:^|\t)"(?:[^"]|"")*$')
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def bytes_to_text(payload: bytes, declared: str = "") -> str:
    """Text by its mark, its declaration, UTF-8, then GB18030 or Big5 - whichever decodes to likelier Chinese."""
    for mark, codec in _BOMS:
        if payload.startswith(mark):
            return payload.decode(codec, "replace")
    for codec in (declared, "utf-8"):
        try:
            if codec:
                return payload.decode(_wider(codec))
        except (UnicodeDecodeError, LookupError):
            continue
    readings = [payload.decode(codec, "replace") for codec in ("gb18030", "big5", "utf-16-le")]
    return max(readings, key=_likelihood)


def _wider(codec: str) -> str:
    """GB2312 and GBK as declared are read with their superset, so that 镕 survives."""
    plain = codec.strip().strip("\"'").lower().replace("_", "-")
    return "gb18030" if plain in ("gb2312", "gbk", "x-gbk", "gb-2312", "cp936", "gb2312-80", "iso-gb2312") else plain


def _likelihood(text: str) -> float:
    sample = text[:20_000]
    if not sample:
        return 0.0
    common = sum(
        1
        for c in sample
        if "\u4e00" <= c <= "\u9fff" or (c.isascii() and (c.isprintable() or c in "\r\n\t")) or c in "，。、；：（）《》“”"
    )
    odd = sum(1 for c in sample if c == "\ufffd" or (unicodedata.category(c) in ("Co", "Cn", "Cc") and c not in "\r\n\t"))
    return (common - 4 * odd) / len(sample)


def text_to_document(payload: bytes) -> Document:
    """A text file: a paragraph a line, and a table where lines are cells parted by tabs."""
    if len(payload) > MAX_TEXT:
        raise too_large()
    lines = _whole_cells(bytes_to_text(payload).replace("\0", "").splitlines())
    blocks = Blocks()
    at = 0
    for first, after in (*find_tabbed(lines), (len(lines), len(lines))):
        for line in lines[at:first]:
            blocks.add_paragraph(line.replace("\v", "\n"))
        if after > first:
            blocks.add_table(_rows_to_cells([line_to_cells(line) for line in lines[first:after]]))
        at = after
    return blocks.to_document("text")


def _whole_cells(lines: Sequence[str]) -> list[str]:
    """The lines with each cell on one: a workbook saved as text puts a cell of several lines in quotes (tab, quote, 成果转化数量, line, (个), quote, tab)."""
    out: list[str] = []
    at = 0
    while at < len(lines):
        line, last = lines[at], at
        while "\t" in lines[at] and _OPEN_QUOTE.search(line) and last + 1 < min(len(lines), at + LONGEST_CELL):
            last += 1
            line = f"{line}\v{lines[last]}"
        if last > at and not _OPEN_QUOTE.search(line):
            out.append(line)
            at = last + 1
        else:
            out.append(lines[at])
            at += 1
    return out


def _rows_to_cells(rows: Sequence[Sequence[str]]) -> list[Cell]:
    if sum(map(len, rows)) > MAX_CELLS:
        raise too_large()
    return [Cell(text=text, row=row, col=col) for row, cells in enumerate(rows) for col, text in enumerate(cells)]


def csv_to_document(payload: bytes) -> Document:
    """A .csv or tab-separated file: one table."""
    if len(payload) > MAX_TEXT:
        raise too_large()
    text = bytes_to_text(payload).replace("\0", "")
    delimiter = max("\t,;，", key=lambda mark: sum(mark in line for line in text.splitlines()))
    cells: list[Cell] = []
    for row, parts in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter)):
        for col, part in enumerate(parts):
            cells.append(Cell(text=part.strip(), row=row, col=col, address=place_to_address(row, col)))
        if len(cells) > MAX_CELLS:
            raise too_large()
    blocks = Blocks()
    blocks.add_table(cells)
    return blocks.to_document("csv")
