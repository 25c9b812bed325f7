"""Core: .doc and .wps (Word 97-2003 binary) -> Document; tables by their cell marks, boxes by font, symbol and form field."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field

from parsers.document import OBJECT, TICKED, UNTICKED, Cell, Document, Table
from parsers.formats.blocks import Blocks
from parsers.formats.bounds import MAX_CELLS, RefusedError, damaged, too_large
from parsers.formats.docbinary import WordFile, find_run, form_box, payload_to_wordfile, properties_of, u16, u32
from parsers.formats.marks import find_overstrike, find_symbol_font, symbol_to_text
from parsers.formats.olestreams import OleStreams

_MARK = re.compile("[\r\x07\x0c]")
_SPECIAL = re.compile("[\x00-\x1f\xa0\ud800-\udfff\uf000-\uf0ff]")
_HALF = re.compile("[\ud800-\udfff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
# Column edges nearer than this (twentieths of a point) are one edge: writers round each row on its own.
_SAME_EDGE = 30
_MAX_DEPTH = 60
_BODY, _NOTES, _MARGINS, _END_NOTES, _BOXES = 0, 1, 2, 5, 6


def doc_to_document(payload: bytes, opened: OleStreams | None = None) -> Document:
    """A Word 97-2003 document: body, text boxes, foot notes, headers (`place` says which)."""
    try:
        return _Walk(payload_to_wordfile(payload, opened)).document()
    except (struct.error, IndexError, ValueError) as error:
        raise damaged() from error


@dataclass(frozen=True, slots=True)
class _Look:
    """How a run of characters looks."""

    symbol: str | None = None
    font: str | None = None
    deleted: bool = False
    hidden: bool = False
    picture: int | None = None

    @property
    def plain(self) -> bool:
        return not (self.symbol or self.font or self.deleted or self.hidden or self.picture is not None)


_PLAIN = _Look()


@dataclass(slots=True)
class _Mark:
    """What a paragraph mark says: table depth, end of cell or row, the row's edges and merges, outline level."""

    depth: int = 0
    row_end: bool = False
    cell_end: bool = False
    edges: tuple[int, ...] = ()
    flags: tuple[int, ...] = ()
    merges: dict[int, int] = field(default_factory=dict)
    heading: int = 0


@dataclass(slots=True)
class _Field:
    instruction: str = ""
    ticked: bool | None = None
    shown: bool = False


@dataclass(slots=True)
class _OpenCell:
    text: str
    left: int
    right: int
    continued: bool


@dataclass(slots=True)
class _OpenTable:
    slot: int
    number: int
    rows: list[list[_OpenCell]] = field(default_factory=list)
    row: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    inner: list[tuple[int, int, _OpenTable]] = field(default_factory=list)


class _Walk:
    """One pass over the paragraph marks of each story."""

    def __init__(self, file: WordFile) -> None:
        self._file = file
        self._blocks = Blocks()
        self._looks: dict[bytes, _Look] = {}
        self._marks: dict[bytes, _Mark] = {}
        self._stack: list[_OpenTable] = []
        self._cells = 0
        self._pictures = 0
        self._place = ""

    def document(self) -> Document:
        first = 0
        order = []
        for index, length in enumerate(self._file.stories):
            order.append((index, first, first + length))
            first += length
        places = {_BODY: "", _BOXES: "", _NOTES: "脚注", _END_NOTES: "尾注", _MARGINS: "页眉"}
        for index in (_BODY, _BOXES, _NOTES, _END_NOTES, _MARGINS):
            _, start, end = order[index]
            self._place = places[index]
            self._story(start, min(end, len(self._file.text)))
        return self._blocks.to_document("doc", pictures=self._pictures)

    def _story(self, start: int, end: int) -> None:
        at = start
        while at < end:
            found = _MARK.search(self._file.text, at, end)
            stop = found.start() if found else end
            mark = self._mark(min(stop, end - 1))
            self._turn_to(mark.depth)
            if mark.row_end and self._stack:
                self._end_row(mark)
            else:
                text = self._line(at, stop)
                if mark.depth and self._stack:
                    self._cell_line(text, ends=mark.cell_end or (mark.depth == 1 and found is not None and found[0] == "\x07"))
                else:
                    self._blocks.add_paragraph(text, mark.heading, self._place)
            at = stop + 1
        self._turn_to(0)

    def _turn_to(self, depth: int) -> None:
        """Opens or closes tables until `depth` of them are open."""
        if depth > _MAX_DEPTH:
            raise RefusedError("unreadable", "too_deep")
        while len(self._stack) > depth:
            done = self._stack.pop()
            if self._stack:
                outer = self._stack[-1]
                outer.inner.append((len(outer.rows), len(outer.row), done))
            else:
                self._close(done, None)
        while len(self._stack) < depth:
            self._stack.append(_OpenTable(*self._blocks.open_table()))

    def _cell_line(self, text: str, *, ends: bool) -> None:
        table = self._stack[-1]
        table.lines.append(text)
        if ends:
            table.row.append("\n".join(table.lines).strip())
            table.lines = []

    def _end_row(self, mark: _Mark) -> None:
        table = self._stack[-1]
        row: list[_OpenCell] = []
        for index, text in enumerate(table.row):
            flags = mark.flags[index] if index < len(mark.flags) else 0
            left = mark.edges[index] if index < len(mark.edges) else index * 1000
            right = mark.edges[index + 1] if index + 1 < len(mark.edges) else left + 1000
            if flags & 2 and not flags & 1 and row:  # horizontally merged into the cell before
                row[-1].right = right
                continue
            merge = mark.merges.get(index)
            continued = merge == 1 or (merge is None and bool(flags & 0x20) and not flags & 0x40)
            row.append(_OpenCell(text, left, right, continued))
        self._cells += len(row)
        if self._cells > MAX_CELLS:
            raise too_large()
        table.rows.append(row)
        table.row, table.lines = [], []

    def _close(self, table: _OpenTable, inside: tuple[int, int, int] | None) -> None:
        cells, columns = _rows_to_cells(table.rows)
        self._blocks.close_table(table.slot, Table(cells=cells, number=table.number, place=self._place, inside=inside))
        for row, index, inner in table.inner:
            column = columns[row][index] if row < len(columns) and index < len(columns[row]) else index
            self._close(inner, (table.number, row, column))

    def _mark(self, place: int) -> _Mark:
        _, _, raw = find_run(self._file.paragraphs, self._file.position(place)[0])
        mark = self._marks.get(raw)
        if mark is None:
            mark = self._marks[raw] = self._properties_to_mark(raw)
        return mark

    def _properties_to_mark(self, raw: bytes) -> _Mark:
        mark = _Mark()
        style = u16(raw, 0) if len(raw) >= 2 else 0
        if 1 <= style <= 9:  # the built-in styles Heading 1..9
            mark.heading = style
        in_table = self._apply(mark, raw[2:], 0)
        if in_table and not mark.depth:
            mark.depth = 1
        return mark

    def _apply(self, mark: _Mark, raw: bytes, depth: int) -> bool:
        in_table = False
        for opcode, value in properties_of(raw):
            if opcode == 0x2416 and value:
                in_table = bool(value[0])
            elif opcode in (0x2417, 0x244C) and value:
                mark.row_end = mark.row_end or bool(value[0])
            elif opcode == 0x6649 and len(value) >= 2:
                mark.depth = u16(value, 0)
            elif opcode == 0x244B and value:
                mark.cell_end = bool(value[0])
            elif opcode == 0x2640 and value:
                mark.heading = value[0] + 1 if value[0] < 9 else 0
            elif opcode in (0x6645, 0x6646) and len(value) >= 4 and depth < 3:
                at = u32(value, 0)
                if at + 2 <= len(self._file.blobs):
                    in_table = self._apply(mark, self._file.blobs[at + 2 : at + 2 + u16(self._file.blobs, at)], depth + 1) or in_table
            elif opcode == 0xD608 and value:
                mark.edges, mark.flags = _row_definition(value)
            elif opcode == 0xD62B and len(value) >= 2:
                mark.merges.setdefault(value[0], value[1])
        return in_table

    def _look(self, position: int) -> tuple[_Look, int]:
        index, end, raw = find_run(self._file.characters, position)
        if index < 0:
            return _PLAIN, end
        look = self._looks.get(raw)
        if look is None:
            look = self._looks[raw] = self._properties_to_look(raw)
        return look, end

    def _properties_to_look(self, raw: bytes) -> _Look:
        symbol, font, deleted, hidden, picture = None, None, False, False, None
        for opcode, value in properties_of(raw):
            if opcode == 0x6A09 and len(value) >= 4:
                code = u16(value, 2)
                symbol = symbol_to_text(self._symbol_font(u16(value, 0)), chr(code)) if not 0xD800 <= code < 0xE000 else None
            elif opcode in (0x4A4F, 0x4A50, 0x4A51) and len(value) >= 2:
                font = self._symbol_font(u16(value, 0)) or font
            elif opcode == 0x0800 and value:
                deleted = bool(value[0])
            elif opcode in (0x0837, 0x2A53, 0x083C) and value:
                hidden = hidden or bool(value[0] & 1)
            elif opcode == 0x6A03 and len(value) >= 4:
                picture = u32(value, 0)
        return _Look(symbol, font, deleted, hidden, picture)

    def _symbol_font(self, index: int) -> str | None:
        return find_symbol_font(self._file.fonts[index]) if index < len(self._file.fonts) else None

    def _line(self, start: int, end: int) -> str:
        """The text a person sees between two places: deletions and field codes left out (traps 3, 4, 11)."""
        out: list[str] = []
        fields: list[_Field] = []
        at = start
        while at < end:
            position, width, piece_end = self._file.position(at)
            look, run_end = self._look(position)
            stop = max(at + 1, min(end, piece_end, at + (run_end - position + width - 1) // width))
            run = self._file.text[at:stop]
            if look.plain and not fields and not _SPECIAL.search(run):
                out.append(run)
            elif not look.deleted:
                for step, letter in enumerate(run):
                    if letter == "\x08" and at + step in self._file.floating:
                        out.insert(0, OBJECT)
                    self._letter(letter, look, out, fields)
            at = stop
        text = "".join(out)
        return _PAIR.sub(_join_pair, text).encode("utf-8", "replace").decode("utf-8") if _HALF.search(text) else text

    def _letter(self, letter: str, look: _Look, out: list[str], fields: list[_Field]) -> None:
        code = ord(letter)
        if code == 0x13:
            fields.append(_Field())
        elif code in (0x14, 0x15):
            _turn_field(code, out, fields)
        elif fields and not fields[-1].shown:
            self._instruction(letter, look, fields[-1])
        elif look.hidden:
            return
        elif look.symbol is not None and code in (0x28, 0xF028, 0x20):
            out.append(look.symbol)
        elif code in (0x01, 0x08):
            self._pictures += 1
            if code == 0x01:
                out.append(OBJECT)
        elif code in (0x09, 0x0B, 0x0E):
            out.append("\t" if code == 0x09 else "\n")
        elif code == 0x1E:
            out.append("-")
        elif code == 0xA0:
            out.append(" ")
        elif code >= 32:
            out.append(symbol_to_text(look.font, letter))

    def _instruction(self, letter: str, look: _Look, current: _Field) -> None:
        code = ord(letter)
        if code == 1 and look.picture is not None:
            current.ticked = form_box(self._file.blobs, look.picture)
        elif code >= 32:
            current.instruction += look.symbol if look.symbol is not None else symbol_to_text(look.font, letter)


def _turn_field(code: int, out: list[str], fields: list[_Field]) -> None:
    if not fields:
        return
    current = fields[-1]
    if not current.shown:
        current.shown = True
        if "FORMCHECKBOX" in current.instruction:
            out.append(TICKED if current.ticked else UNTICKED)
        out.append(find_overstrike(current.instruction) or "")
    if code == 0x15:
        fields.pop()


def _join_pair(found: re.Match[str]) -> str:
    return found[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def _row_definition(value: bytes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The cells' edges and merge flags of a row (MS-DOC 2.9.321 TDefTableOperand)."""
    count = value[0]
    if 1 + 2 * (count + 1) > len(value):
        return (), ()
    edges = struct.unpack_from(f"<{count + 1}h", value, 1)
    first = 1 + 2 * (count + 1)
    flags = tuple(u16(value, first + 20 * k) if first + 20 * k + 2 <= len(value) else 0 for k in range(count))
    return edges, flags


def _rows_to_cells(rows: list[list[_OpenCell]]) -> tuple[tuple[Cell, ...], list[list[int]]]:
    """Cells on the grid that all rows' edges make together, and each row's grid columns by cell index."""
    grid = _edges_to_grid({edge for row in rows for cell in row for edge in (cell.left, cell.right)})
    cells: list[Cell] = []
    above: dict[tuple[int, int], int] = {}
    columns: list[list[int]] = []
    for number, row in enumerate(rows):
        current: dict[tuple[int, int], int] = {}
        columns.append([])
        for cell in row:
            left, right = grid[cell.left], max(grid[cell.right], grid[cell.left] + 1)
            columns[-1].append(left)
            origin = above.get((left, right)) if cell.continued else None
            if origin is None:
                origin = len(cells)
                cells.append(Cell(text=cell.text, row=number, col=left, colspan=right - left))
            else:
                top = cells[origin]
                text = f"{top.text}\n{cell.text}".strip() if cell.text else top.text
                cells[origin] = Cell(text=text, row=top.row, col=top.col, rowspan=number - top.row + 1, colspan=top.colspan)
            current[left, right] = origin
        above = current
    return tuple(cells), columns


def _edges_to_grid(edges: set[int]) -> dict[int, int]:
    """Grid column by edge; edges nearer than _SAME_EDGE fall together."""
    grid: dict[int, int] = {}
    column, last = -1, None
    for edge in sorted(edges):
        if last is None or edge - last > _SAME_EDGE:
            column += 1
            last = edge
        grid[edge] = column
    return grid
