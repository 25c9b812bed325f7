"""Core: the cells and pieces of one flat page -> the printed page that PDF and OFD share, so that everything after it is the same.

A photographed table is never quite straight. Cells that touch share an edge; edges are made level by what they share, not by where each lies,
so that a curl across the page does not tear its rows apart.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from parsers.document import Area
from parsers.formats.pages import PrintedPage
from parsers.formats.ruled import RuledCell, RuledTable
from parsers.formats.textlines import Line
from parsers.scan.flat.edges import straightened
from parsers.scan.text.lines import CellText, PageText
from parsers.scan.words import Box, Piece

PAGE_WIDTH, PAGE_LENGTH = 595.0, 842.0
_LETTER = 0.72  # of the height of a box round a line of text, its letters take so much
_GAP, _WIDE_GAP = 0.6, 2.0


def page_to_printed(number: int, text: PageText, seen: Callable[[Box], Area] | None = None) -> PrintedPage:
    """The page in points, its tables and lines from top to bottom; `seen` tells where a box of the flat page stands on the given picture."""
    height, width = text.grey.shape
    scale = (PAGE_LENGTH if width > height else PAGE_WIDTH) / width
    tables = [_table(cells, scale) for cells in text.tables if cells]
    items: list[Line | RuledTable] = [*pieces_to_lines(text.outside, scale), *tables]

    def way(x0: float, top: float, x1: float, bottom: float) -> Area:
        box = Box(x0 / scale, top / scale, x1 / scale, bottom / scale)
        return seen(box) if seen else Area.of(number, box, width)

    return PrintedPage(number, width * scale, height * scale, sorted(items, key=lambda item: item.top), way)


def pieces_to_lines(pieces: Sequence[Piece], scale: float) -> list[Line]:
    """Pieces that stand beside one another as one line, from left to right; wide gaps stay."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: p.box.middle):
        row = next((r for r in rows[-3:] if _is_beside(piece.box, r)), None)
        if row is None:
            rows.append([piece])
        else:
            row.append(piece)
    return [_line(sorted(row, key=lambda p: p.box.x0), scale) for row in rows]


def _is_beside(box: Box, row: Sequence[Piece]) -> bool:
    """On the height of a row (of its nearest piece: pages curl), and not over or under any of its pieces."""
    near = min(row, key=lambda p: max(p.box.x0 - box.x1, box.x0 - p.box.x1))
    level = abs(near.box.middle - box.middle) < 0.5 * min(box.height, near.box.height)
    return level and all(min(box.x1, p.box.x1) - max(box.x0, p.box.x0) < 0.3 * min(box.width, p.box.width) for p in row)


def _line(row: Sequence[Piece], scale: float) -> Line:
    size = _LETTER * sorted(p.box.height for p in row)[len(row) // 2]
    text = row[0].script.text
    for before, piece in itertools.pairwise(row):
        gap = piece.box.x0 - before.box.x1 + 0.5 * size  # boxes are drawn a little wider than their letters
        text += ("    " if gap > _WIDE_GAP * size else " " if gap > _GAP * size else "") + piece.script.text
    edge = 0.25 * size
    return Line(
        text, (row[0].box.x0 + edge) * scale, (max(p.box.x1 for p in row) - edge) * scale,
        (min(p.box.y0 for p in row) + edge) * scale, (max(p.box.y1 for p in row) - edge) * scale, size * scale,
        min(p.script.sure for p in row),
    )  # fmt: skip


def _table(cells: Sequence[CellText], scale: float) -> RuledTable:
    boxes = straightened([cell.box for cell in cells])
    ruled = []
    for cell, box in zip(cells, boxes, strict=True):
        out = RuledCell(box.x0 * scale, box.x1 * scale, box.y0 * scale, box.y1 * scale, inked=cell.unread)
        out.lines = pieces_to_lines(cell.pieces, scale)
        ruled.append(out)
    return RuledTable(
        ruled, min(c.x0 for c in ruled), max(c.x1 for c in ruled), min(c.top for c in ruled), max(c.bottom for c in ruled)
    )  # fmt: skip
