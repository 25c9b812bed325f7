"""Core: the pages of a PDF or OFD -> blocks: tables that go on over a page break are joined, rows cut by it made whole (trap 29)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

from parsers.document import OBJECT, Area, Cell, Table, Unread
from parsers.formats.blocks import Blocks
from parsers.formats.ink import Ink
from parsers.formats.ruled import RuledCell, RuledTable, ink_to_tables, nearest
from parsers.formats.textlines import Line, is_wrapped, lines_to_text

_PAGE_NUMBER = re.compile(r"^[\s\-—–―·]*(?:第?\s*\d{1,4}\s*页?\s*(?:[/／,，、]?\s*共?\s*\d{1,4}\s*页)?|[ivxIVX]{1,6})[\s\-—–―·]*$")
_A_RADICAL = re.compile("[\u2e80-\u2fdf]")
_MARGIN = 0.09
_EDGE = 0.15
_PAPER_EDGE = 0.07
_SAME_EDGE = 3.0
_TELLING = 4.0
_LIST = 4


@dataclass(slots=True)
class PrintedPage:
    """One page: its lines and tables from top to bottom, in points; `way` leads from points to the page's picture where it was made flat first."""

    number: int
    width: float
    height: float
    items: list[Line | RuledTable] = field(default_factory=list)
    way: Callable[[float, float, float, float], Area] | None = None

    def area(self, x0: float, top: float, x1: float, bottom: float) -> Area:
        """Where a box of this page stands on its picture."""
        if self.way is not None:
            return self.way(x0, top, x1, bottom)
        return Area.of(self.number, (x0, top, x1, bottom), self.width)


@lru_cache(maxsize=1)
def _radicals() -> dict[int, str]:
    """Radical -> unified ideograph (trap 28); the file's columns are radical, letter, and their code points."""
    lines = resources.files("parsers").joinpath("radicals.tsv").read_text("utf-8").splitlines()
    return {ord(radical): letter for radical, letter in (line.split("\t")[:2] for line in lines if line.strip())}


def clean_radicals(text: str) -> str:
    """Kangxi and CJK radicals, which some PDF fonts map their letters to, as the letters they look like: ⼯会 -> 工会."""
    return text.translate(_radicals()) if _A_RADICAL.search(text) else text


def pages_to_blocks(pages: Sequence[tuple[int, Ink]], blocks: Blocks) -> None:
    """Writes the pages' paragraphs and tables; `pages` are (number from 1, ink)."""
    printed_to_blocks([ink_to_printed(number, ink) for number, ink in pages], blocks)


def printed_to_blocks(read: Sequence[PrintedPage], blocks: Blocks) -> None:
    """Writes pages whose tables and lines are known."""
    for page in read:
        _note_areas(page, [item for item in page.items if isinstance(item, RuledTable)])
    _join_pages(read)
    for page in read:
        _write(page, blocks)


def _note_areas(page: PrintedPage, tables: Sequence[RuledTable]) -> None:
    """Where each cell stands on the picture, while it still lies on its own page."""
    for table in tables:
        for cell in table.cells:
            cell.area = page.area(cell.x0, cell.top, cell.x1, cell.bottom)
        _note_areas(page, table.inner)


def ink_to_printed(number: int, ink: Ink) -> PrintedPage:
    """A native page as its lines and tables."""
    tables, lines = ink_to_tables(ink)
    margin = _MARGIN * ink.height
    kept = [line for line in lines if not (_PAGE_NUMBER.match(line.text) and not margin < line.top < ink.height - margin)]
    items: list[Line | RuledTable] = [*_mended(kept), *tables]
    items.sort(key=lambda item: item.top)
    return PrintedPage(number, ink.width, ink.height, items)


def _mended(lines: list[Line]) -> list[Line]:
    """A colon that wrapped under its own label (a narrow cell without borders) goes back, and what stands beside them follows."""
    out: list[Line] = []
    for line in _interleaved(lines):
        above = next((k for k in range(len(out) - 1, max(-1, len(out) - 4), -1) if _is_under(line, out[k])), None)
        if above is None or line.text not in ("：", ":"):
            out.append(line)
            continue
        label = out[above]
        beside = out[above + 1 :]
        text = "".join([label.text, line.text, *(f" {other.text}" for other in beside)])
        out[above:] = [Line(text, label.x0, max(part.x1 for part in (label, *beside)), label.top, line.bottom, label.size)]
    return out


def _interleaved(lines: list[Line]) -> list[Line]:
    """A value wrapped in two lines that stand half over and half under their label's line follows the label again (cells without borders)."""
    out = list(lines)
    for label in lines:
        if not label.text.endswith(("：", ":")):
            continue
        beside = [
            other
            for other in out
            if other is not label and other.x0 > label.x1 - 2 and other.top < label.bottom and label.top < other.bottom
        ]
        over = [other for other in beside if other.top < label.top - 1]
        under = [other for other in beside if other.bottom > label.bottom + 1]
        if len(over) == len(under) == 1 and label in out and over[0].x0 < under[0].x1 and under[0].x0 < over[0].x1:
            at = out.index(label)
            out[at] = Line(
                f"{label.text}{over[0].text}{under[0].text}",
                label.x0,
                over[0].x1,
                label.top,
                label.bottom,
                label.size,
                min(label.sure, over[0].sure, under[0].sure),
            )
            out = [other for other in out if other is not over[0] and other is not under[0]]
    return out


def _is_under(line: Line, label: Line) -> bool:
    return label.x0 - 2 <= line.x0 and line.x1 <= label.x1 + line.size and line.top - label.bottom < 1.5 * label.size


def _join_pages(pages: Sequence[PrintedPage]) -> None:
    """Moves the rest of a table at the top of a page to the table at the bottom of the pages before; running heads and feet do not part them."""
    running = _running_lines(pages)
    last: RuledTable | None = None
    for page in pages:
        own = [item for item in page.items if not (isinstance(item, Line) and (_key(item) in running or _in_margin(item, page)))]
        if not own:
            continue
        upper = last
        while upper is not None and isinstance(own[0], RuledTable) and not _goes_on(upper, own[0]):
            upper = upper.inner[-1] if upper.inner else None  # the table in a frame may go on without its frame
        if upper is not None and isinstance(own[0], RuledTable):
            _join(upper, own[0])
            page.items = [item for item in page.items if item is not own[0]]
            if len(own) == 1:
                continue
        last = own[-1] if isinstance(own[-1], RuledTable) else None


def _running_lines(pages: Sequence[PrintedPage]) -> frozenset[tuple[str, int]]:
    """The lines that stand in the same place near the edge of two pages or more: heads and feet, whatever number they carry."""
    seen: dict[tuple[str, int], int] = {}
    for page in pages:
        edge = _EDGE * page.height
        keys = {_key(i) for i in page.items if isinstance(i, Line) and not edge < i.top < page.height - edge}
        for key in keys:
            seen[key] = seen.get(key, 0) + 1
    return frozenset(key for key, count in seen.items() if count > 1)


def _key(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "0", line.text), round(line.top / 4)


def _in_margin(line: Line, page: PrintedPage) -> bool:
    """True for a line so near the edge of the paper that no text body reaches it: a head that the first page does not have."""
    return line.bottom < _PAPER_EDGE * page.height or line.top > (1 - _PAPER_EDGE) * page.height


def _goes_on(upper: RuledTable, lower: RuledTable) -> bool:
    return abs(upper.x0 - lower.x0) <= _SAME_EDGE and abs(upper.x1 - lower.x1) <= _SAME_EDGE


def _join(upper: RuledTable, lower: RuledTable) -> None:
    """Puts `lower` under `upper`: repeated header rows are dropped, a cut row and a cut label become one again."""
    if len(upper.cells) == len(lower.cells) == 1:
        _join_frames(upper, lower)
        return
    _drop_repeated_header(upper, lower)
    if not lower.cells:
        return
    shift = upper.bottom - min(c.top for c in lower.cells)
    above, below = _last_row(upper), _first_row(lower)
    pairs = _pairs(above, below)
    if pairs is not None and (upper.open_bottom or lower.open_top or _is_cut(pairs)):
        for a, b in pairs:
            a.tail.append(b)
        taken = {id(b) for _, b in pairs}
        cut_bottom = min(b.bottom for _, b in pairs)
        grown = {id(a): b.bottom - cut_bottom for a, b in pairs}
        for a, _ in pairs:
            a.bottom = upper.bottom + grown[id(a)]
        shift = upper.bottom - cut_bottom
    else:
        taken = _join_label(above, below, shift)
    for cell in lower.cells:
        if id(cell) not in taken:
            cell.top += shift
            cell.bottom += shift
            upper.cells.append(cell)
    for table in lower.inner:
        upper.inner.append(table)
    upper.bottom = max(c.bottom for c in upper.cells)
    upper.open_bottom = lower.open_bottom


def _join_frames(upper: RuledTable, lower: RuledTable) -> None:
    """A frame round everything: what is in it goes on, the table in it too."""
    upper.cells[0].tail.append(lower.cells[0])
    if upper.inner and lower.inner and _goes_on(upper.inner[-1], lower.inner[0]):
        first = lower.inner.pop(0)
        _join(upper.inner[-1], first)
    for table in lower.inner:
        table.holder = upper.cells[0]
        upper.inner.append(table)


def _drop_repeated_header(upper: RuledTable, lower: RuledTable) -> None:
    def texts(cells: Sequence[RuledCell]) -> list[str]:
        return ["".join(line.text for line in c.lines) for c in sorted(cells, key=lambda c: (round(c.top), c.x0))]

    for rows in (3, 2, 1):
        head, again = _top_rows(upper, rows), _top_rows(lower, rows)
        if (
            head
            and len(head) < len(upper.cells)
            and texts(head) == texts(again)
            and sum(1 for t in texts(head) if t) >= max(2, len(head) // 2)
        ):
            dropped = {id(c) for c in again}
            lower.cells = [c for c in lower.cells if id(c) not in dropped]
            return


def _top_rows(table: RuledTable, count: int) -> list[RuledCell]:
    """The cells of the first `count` rows, if no cell reaches across their lower edge."""
    edges = sorted({round(c.bottom) for c in table.cells})
    if len(edges) < count:
        return []
    limit = edges[count - 1] + 1
    chosen = [c for c in table.cells if c.top < limit - 2]
    return chosen if all(c.bottom <= limit + 1 for c in chosen) else []


def _last_row(table: RuledTable) -> list[RuledCell]:
    return sorted((c for c in table.cells if abs(c.bottom - table.bottom) < 2), key=lambda c: c.x0)


def _first_row(table: RuledTable) -> list[RuledCell]:
    top = min(c.top for c in table.cells)
    return sorted((c for c in table.cells if abs(c.top - top) < 2), key=lambda c: c.x0)


def _pairs(above: Sequence[RuledCell], below: Sequence[RuledCell]) -> list[tuple[RuledCell, RuledCell]] | None:
    """The two rows cell by cell when their edges are the same."""
    if len(above) != len(below):
        return None
    pairs = list(zip(above, below, strict=True))
    return pairs if all(abs(a.x0 - b.x0) <= _SAME_EDGE and abs(a.x1 - b.x1) <= _SAME_EDGE for a, b in pairs) else None


def _is_cut(pairs: Sequence[tuple[RuledCell, RuledCell]]) -> bool:
    """True when the second row can only be the rest of the first: see the three cases."""
    if len(pairs) > 2 and _height(pairs[0][0]) > min(_height(a) for a, _ in pairs[1:]) + 4:
        return _is_cut(pairs[1:])  # a label over several rows says nothing about this one
    written = [(a, b) for a, b in pairs if not b.blank]
    if not written or any(a.blank for a, _ in written):
        return False
    first_above, first_below = pairs[0]
    if first_below.blank and len(written) < len(pairs) and len(pairs) <= 4:
        return True  # the label stayed above, its long text goes on
    if len(first_above.lines) > 1 and _is_upright(first_above) and _is_upright(first_below) and len(pairs) <= 4:
        return True  # one upright label, cut between two of its letters
    wrapped = [is_wrapped(a.lines[-1], b.lines[0].text, a.x0, a.x1, strict=True) for a, b in written]
    if first_below.blank and not first_above.blank:  # the row has lost its number or label: most of it ended above
        return 2 * len(written) <= len(pairs) or 2 * sum(wrapped) >= len(written)
    if 2 * len(written) <= len(pairs) and all(wrapped):
        return True
    # A column of one or two letters is always full and proves nothing.
    telling = [full for full, (a, _) in zip(wrapped, written, strict=True) if a.x1 - a.x0 > _TELLING * a.lines[-1].size]
    if (
        len(written) == len(pairs) >= _LIST
    ):  # in a list a whole second row is the next entry, unless really every cell of the first was full
        return bool(telling) and all(telling)
    return 2 * sum(telling) > len(telling)


def _height(cell: RuledCell) -> float:
    return cell.bottom - cell.top


def _is_upright(cell: RuledCell) -> bool:
    """A label written downwards, a letter a line."""
    return bool(cell.lines) and all(len(line.text) == 1 for line in cell.lines)


def _join_label(above: Sequence[RuledCell], below: Sequence[RuledCell], shift: float) -> set[int]:
    """An upright label over several rows goes on beside the rows of the next page."""
    if len(above) < 2 or len(below) < 2:
        return set()
    a, b = above[0], below[0]
    if abs(a.x0 - b.x0) > _SAME_EDGE or abs(a.x1 - b.x1) > _SAME_EDGE:
        return set()
    spans = (
        min(c.bottom - c.top for c in above[1:]) < a.bottom - a.top - 4 or min(c.bottom - c.top for c in below[1:]) < b.bottom - b.top - 4
    )
    if not spans or a.blank or not (b.blank or (_is_upright(a) and _is_upright(b))):
        return set()
    a.tail.append(b)
    a.bottom = b.bottom + shift
    return {id(b)}


def _write(page: PrintedPage, blocks: Blocks) -> None:
    place = f"第{page.number}页"
    lines: list[Line] = []
    left, right = _text_area(page)
    for item in [*page.items, None]:
        if isinstance(item, Line):
            lines.append(item)
            continue
        for text, parts in _paragraphs(lines, left, right):
            sure = min(part.sure for part in parts)
            box = min(p.x0 for p in parts), min(p.top for p in parts), max(p.x1 for p in parts), max(p.bottom for p in parts)
            blocks.add_paragraph(clean_radicals(text), place=place, sure=sure, area=page.area(*box))
        lines = []
        if item is not None:
            _write_table(item, blocks, place, None)


def _text_area(page: PrintedPage) -> tuple[float, float]:
    lines = [item for item in page.items if isinstance(item, Line)]
    if not lines:
        return 0.0, page.width
    # Symmetric margins: a page whose every line is short has no line that shows its right edge.
    left = min(line.x0 for line in lines)
    return left, max(max(line.x1 for line in lines), page.width - max(left, 0.0) - 12)


def _paragraphs(lines: Sequence[Line], left: float, right: float) -> Iterator[tuple[str, list[Line]]]:
    """Wrapped lines of running text as one paragraph; an indent or a big gap begins a new one."""
    current: list[Line] = []
    for line in lines:
        if current:
            before = current[-1]
            indented = line.x0 > left + line.size * 1.2
            far = line.top - before.bottom > 1.6 * before.size
            if indented or far or not is_wrapped(before, line.text, left, right):
                yield lines_to_text(current, left, right), current
                current = []
        current.append(line)
    if current:
        yield lines_to_text(current, left, right), current


def _unread(cell: RuledCell, text: str) -> Unread:
    """Why a cell has no value: words of two rows printed into each other, or a picture and nothing else."""
    parts = (cell, *cell.tail)
    if any(part.spilt for part in parts):
        return "ink"
    return "picture" if not text and any(part.inked for part in parts) else ""


def _cell_lines(cell: RuledCell) -> list[Line]:
    """The lines of a cell and of what a page break cut off it."""
    lines = [*cell.lines]
    for part in cell.tail:
        lines += part.lines
        for further in part.tail:
            lines += further.lines
    return lines


def _write_table(table: RuledTable, blocks: Blocks, place: str, inside: tuple[int, int, int] | None) -> None:
    slot, number = blocks.open_table()
    columns = _edges(x for c in table.cells for x in (c.x0, c.x1))
    rows = _edges(y for c in table.cells for y in (c.top, c.bottom))
    cells = []
    where: dict[int, tuple[int, int]] = {}
    for cell in sorted(table.cells, key=lambda c: (nearest(rows, c.top), c.x0)):
        row, col = nearest(rows, cell.top), nearest(columns, cell.x0)
        where[id(cell)] = (row, col)
        lines = _cell_lines(cell)
        text = clean_radicals(lines_to_text(lines, cell.x0, cell.x1))
        if text and cell.inked:
            text += OBJECT  # a signature behind 填报人： is its value
        cells.append(
            Cell(
                unread=_unread(cell, text), text=text, row=row, col=col,
                rowspan=max(1, nearest(rows, cell.bottom) - row), colspan=max(1, nearest(columns, cell.x1) - col),
                sure=min([line.sure for line in lines], default=1.0), area=cell.area,
            )
        )  # fmt: skip
    blocks.close_table(slot, Table(cells=tuple(cells), number=number, place=place, inside=inside))
    for inner in table.inner:
        row, col = where.get(id(inner.holder), (0, 0))
        _write_table(inner, blocks, place, (number, row, col))


def _edges(values: Iterator[float]) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > _SAME_EDGE:
            edges.append(value)
    return edges
