"""Core: the repeated rows of a form - members, nominated studios - found by their column titles, whatever the order of the columns.

Titles may take two rows (20年 | 21年 under 创收与节资合计), be merged, or be printed again on the next page; a row cut by a page break is joined;
合计 rows and empty rows are no rows. Members that stand side by side (titles down the left) are read through the table turned over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from config.schema import FieldSchema, FormSchema, Rows
from parsers.document import OBJECT, Cell
from parsers.form import Value
from parsers.forms.grid import Grid, turned_cell
from parsers.forms.labels import CACHE_LIMIT, LONGEST_LABEL, compact, label_key
from parsers.forms.pagebreak import is_paged
from parsers.forms.rows.noentry import ends_list, is_no_entry
from parsers.forms.rows.sideways import repeated_blocks, turned_lists
from parsers.forms.values import SURE, UNSURE, Typed, cell_to_value, clean_blank, unread_text
from parsers.forms.wording import Wording

Spot = tuple[int, int, int]
"""A cell by its table's number, its row and its column."""
_YEAR = re.compile(r"(?<!\d)(20\d{2}|\d{2})(?=年|$|[、,.\-—至和]|\D)")
_TITLE_YEAR = re.compile(r"(?:20)?(\d{2})年度?")
_COLON = re.compile("[:：]")
_UNASKED = Value("", None)
_DITTO = re.compile(r"同上|〃|″|′′|\"|”|同前")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the roster as this table prints it: its schema and the title cell."""

    field: FieldSchema
    title: Cell


@dataclass(frozen=True, slots=True)
class Header:
    """The title rows first..last (from 0, last included) and the columns they name."""

    first: int
    last: int
    columns: tuple[Column, ...]
    title_row: tuple[Cell, ...]
    years: frozenset[int] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """The names of the columns."""
        return frozenset(c.field.name for c in self.columns)


class Roster:
    """明细读法: knows the column titles of a schema and reads rows under them."""

    def __init__(self, schema: FormSchema, rows: Rows, words: Wording) -> None:
        self.schema, self.rows = schema, rows
        self.columns = {c.name: c for c in rows.columns}
        self._words = words
        self._sure = {f.name for f in schema.fields if schema.group(f.group).together == 1 and not f.row_labels}
        self._shown_years = {y % 100 for y in schema.years}
        self._remembered = lru_cache(maxsize=CACHE_LIMIT)(self._find_name)

    # ---- titles

    def find_header(self, grid: Grid) -> Header | None:
        """The rows of titles, None when the table has none."""
        return self.find_header_from(grid, grid.first)

    def find_header_from(self, grid: Grid, first: int) -> Header | None:
        """The first rows of titles at or after a row."""
        top = next((r for r in range(first, len(grid.rows)) if self.is_header(grid.rows[r], self.titles(grid.rows[r]))), None)
        if top is None:
            return None
        bottom = self._last_title_row(grid, top)
        columns = self._read_columns(grid, top, bottom)
        years = frozenset(y for r in range(top, bottom + 1) for c in grid.rows[r] for y in _title_years(c.text))
        return Header(top, bottom, columns, tuple(grid.rows[bottom]), years) if columns else None

    def titles(self, row: Sequence[Cell]) -> set[str]:
        """The columns that a row names."""
        name_of = self._remembered
        names = {name_of(c.text) for c in row if 0 < len(c.text) <= LONGEST_LABEL}
        names.discard("")
        return names

    def is_header(self, row: Sequence[Cell], names: set[str]) -> bool:
        """True for a row of titles: at least four of them, or three with one that only this roster prints, and hardly anything else."""
        if len(names) < 3:
            return False
        marked = len(names.intersection(self.rows.markers))
        if (len(names) == 3 and not marked) or (self.schema.kind == "summary_table" and not marked and self.rows.key not in names):
            return False
        filled = [c for c in row if c.text.strip()]
        titled = [self._name_of(c.text) != "" or bool(self._words.of(c.text).heads) for c in row]
        beside = sum(one and other for one, other in pairwise(titled))
        others = {n for c in filled for n in self._words.of(c.text).fields}
        crowded = sum(titled) * 10 >= len(filled) * 6 and beside * 2 >= len(names) - 1
        return crowded and (len(others) <= len(names) or self.schema.kind == "summary_table")

    def _last_title_row(self, grid: Grid, row: int) -> int:
        """The last row under the first that still holds nothing but titles (20年 | 21年), or lies wholly under merged ones."""
        at = row
        while at + 1 < len(grid.rows):
            own = [c for c in grid.rows[at + 1] if c.text.strip() and c.row == at + 1]
            titles = [c for c in own if self._name_of(c.text) or self._is_year(c.text)]
            if not (titles and len(titles) == len(own)) and not self._covered(grid, at + 1, row):
                break
            at += 1
        return at

    def _covered(self, grid: Grid, at: int, row: int) -> bool:
        cells = grid.rows[at]
        own = [c for c in cells if c.row == at and c.text.strip()]
        return not own and any(c.row <= row and self._name_of(c.text) for c in cells)

    def _is_year(self, text: str) -> bool:
        return bool(_TITLE_YEAR.fullmatch(compact(text)))

    def _name_of(self, text: str) -> str:
        """The column a title stands for ("" when none); one that names a single data year prefers that year's column."""
        return self._remembered(text) if 0 < len(text) <= LONGEST_LABEL else ""

    def _find_name(self, text: str) -> str:
        names = self._words.of(text).columns
        if not names:
            return ""
        mentioned = {int(y) % 100 for y in _YEAR.findall(compact(text))}
        years = {n: self.columns[n].year for n in names}
        dated = [n for n, year in years.items() if year is not None and mentioned == {year % 100}]
        if dated:
            return dated[0]
        if len(mentioned) == 1 and not mentioned & self._shown_years:
            return ""
        return next((n for n, year in years.items() if year is None), "")

    def _read_columns(self, grid: Grid, top: int, bottom: int) -> tuple[Column, ...]:
        seen: dict[str, Column] = {}
        for cell in grid.rows[bottom]:
            title = self._lowest_title(grid, cell, top, bottom)
            name = self._name_of(title.text) if title and not self._other_year(title.text) else ""
            if name and name not in seen and title:
                seen[name] = Column(self.columns[name], cell)
        return tuple(seen.values())

    def _other_year(self, text: str) -> bool:
        found = _TITLE_YEAR.fullmatch(compact(text))
        return found is not None and int(found[1]) not in self._shown_years

    def _lowest_title(self, grid: Grid, cell: Cell, top: int, bottom: int) -> Cell | None:
        """The lowest title with words in it above (or at) a cell of the last title row."""
        for r in range(bottom, top - 1, -1):
            over = cell if r == bottom else next((c for c in grid.rows[r] if c.col <= cell.col < c.col + c.colspan), None)
            if over and over.text.strip() and (self._name_of(over.text) or self._other_year(over.text)):
                return over
        return None

    # ---- rows

    def span(self, grid: Grid) -> tuple[frozenset[str], set[Spot]]:
        """The columns that one table titles, and the cells that belong to its list; no value is read for it."""
        out = self._gathered([grid], ClaimedRows(self))
        return (out.headers[0].names if out.headers else frozenset()), out.claimed

    def read(self, grids: Sequence[Grid]) -> RosterRows:
        """The rows of the first table with titles and of the tables that go on with it."""
        return self._gathered(grids, RosterRows(self))

    def _gathered(self, grids: Sequence[Grid], out: RosterRows) -> RosterRows:
        for grid in grids if self.rows.layout == "rows" else ():
            out.add(grid)
        for grid in grids if not out.headers else ():
            if not self._may_lie(grid):
                continue
            if self.rows.layout == "blocks":
                for entry in repeated_blocks(grid, self.rows, self._name_of, lambda text: bool(self._words.of(text).heads)):
                    out.add_block(grid, entry)
                continue
            turned = grid.turned
            header = self.find_header(turned)
            if header and header.names.intersection(self.rows.markers) and len(header.names) >= 4:
                out.add(turned, source=grid)
                continue
            for part in turned_lists(grid, self.rows, self._name_of):
                out.add(part, source=grid)
        return out

    def _may_lie(self, grid: Grid) -> bool:
        """False for a table with too few titles of the list to be one on its side, so that nobody need turn it over."""
        if self.rows.layout == "blocks":
            return True
        named = [(c, name) for c in grid.table.cells if 0 < len(c.text) <= LONGEST_LABEL and (name := self._remembered(c.text))]
        names = {name for _, name in named}
        sure = self.rows.layout == "columns"
        if len(names) < 2 or not (sure or (len(names) >= 4 and not names.isdisjoint(self.rows.markers))):
            return False
        columns: dict[int, set[str]] = {}
        edges: dict[int, set[str]] = {}
        for cell, name in named:
            edges.setdefault(cell.col, set()).add(name)
            for col in range(cell.col, cell.col + cell.colspan):
                columns.setdefault(col, set()).add(name)
        if max(map(len, columns.values())) < (2 if sure else 3):
            return False
        return sure or max(map(len, edges.values())) >= 4 or any(self._may_head(grid, col) for col, found in columns.items() if len(found) >= 3)

    def _may_head(self, grid: Grid, col: int) -> bool:
        """True when enough of a column are titles for it to be their row once the table is turned over (see `is_header`)."""
        texts = [c.text for c in grid.table.cells if c.col <= col < c.col + c.colspan and c.text.strip()]
        titled = sum(self._name_of(text) != "" or bool(self._words.of(text).heads) for text in texts)
        return titled * 10 >= len(texts) * 6

    def is_end(self, cells: Sequence[Cell]) -> bool:
        """True for a row that belongs to something else: a foot label, a block's title, another blank's label, a note over the whole width."""
        filled = [c for c in cells if c.text.strip()]
        row = max([c.row for c in cells], default=0)
        own = [c for c in filled if c.row == row]  # what is merged downwards beside the list (a heading at its left) is no row of its own
        for cell in own:
            said = self._words.of(cell.text)
            if said.feet or said.heads or self._foot_text(cell.text):
                return True
        if own and self._is_body_label(own[0].text):
            return True
        return len(cells) >= 1 and len(filled) == 1 and filled[0].colspan >= 3 and filled[0].colspan >= sum(c.colspan for c in cells) - 1

    def _is_body_label(self, text: str) -> bool:
        """True for the label of another blank of the form (社会效益), which no entry of the list begins with."""
        said = self._words.of(text)
        return not said.columns and any(name in self._sure for name in said.fields)

    def _foot_text(self, text: str) -> bool:
        head = _COLON.split(text, maxsplit=1) if ":" in text or "：" in text else ()
        return len(head) == 2 and bool(self._words.feet.find(head[0]))

    def is_total(self, texts: Iterable[str]) -> bool:
        """True for a 合计 row."""
        return any(label_key(t) in self.rows.totals for t in list(texts)[:3] if t)


class RosterRows:
    """The rows met so far; `claimed` are the cells that belong to the roster (by table number and position)."""

    def __init__(self, roster: Roster) -> None:
        self.roster = roster
        self.headers: list[Header] = []
        self.rows: list[dict[str, Value]] = []
        self.claimed: set[Spot] = set()
        self._last_grid: Grid | None = None
        self._order: list[str] = []

    def add(self, grid: Grid, source: Grid | None = None) -> None:
        """Reads a table: under its titles, or - when it has none and has as many columns - as the next page of the one before."""
        at = grid.first
        header = self.roster.find_header_from(grid, at)
        if header is None and not self._goes_on(grid):
            return
        if self.headers and self._order and (header is None or header.first > at) and self._goes_on(grid):
            self._read_rows(grid, None, at, header.first if header else len(grid.rows), source)
        while header is not None:
            self.headers.append(header)
            self._claim(grid, range(header.first, header.last + 1), source)
            stop = self._read_rows(grid, header, header.last + 1, len(grid.rows), source)
            header = self.roster.find_header_from(grid, stop) if stop < len(grid.rows) else None
        self._last_grid = grid

    def add_block(self, grid: Grid, entry: Mapping[str, tuple[Cell, Cell]]) -> None:
        """Reads one entry whose labels stand beside its values."""
        columns = tuple(Column(self.roster.columns[name], label) for name, (label, _) in entry.items())
        if not self.headers:
            self.headers.append(Header(0, 0, columns, tuple(label for label, _ in entry.values())))
        self.rows.append({name: self._value(grid, cell, self.roster.columns[name], cell.row) for name, (_, cell) in entry.items()})
        self.claimed |= {(grid.table.number, c.row, c.col) for pair in entry.values() for c in pair}

    def _goes_on(self, grid: Grid) -> bool:
        if self._last_grid is None or not self._order or not grid.rows:
            return False
        first = grid.rows[grid.first] if grid.first < len(grid.rows) else []
        inner = _without_margin(self._order)
        if len(first) == len(inner) != len(self._order):
            self._order = inner
        return len(first) == len(self._order) and not self.roster.is_end(first)

    def _read_rows(self, grid: Grid, header: Header | None, start: int, end: int, source: Grid | None) -> int:
        """Reads rows until something else begins; gives the row where it stopped."""
        for r in range(start, end):
            cells = grid.rows[r]
            titles = self.roster.titles(cells)
            if header and r > header.last and titles and self.roster.is_header(cells, titles):
                return r
            if self.roster.is_end(cells) or (header and ends_list([c for c in cells if c.row == r], [c.title for c in header.columns])):
                return r + 1 if header else end
            self._read_row(grid, header, r, source)
            self._claim(grid, range(r, r + 1), source)
        return end

    def _claim(self, grid: Grid, rows: Iterable[int], source: Grid | None) -> None:
        printed = {(c.row, c.col) for c in grid.table.cells} if source else set()
        for r in rows:
            for c in grid.rows[r]:
                if source is None:
                    self.claimed.add((grid.table.number, c.row, c.col))
                elif (c.row, c.col) in printed:
                    self.claimed.add((grid.table.number, c.col, c.row))

    def _read_row(self, grid: Grid, header: Header | None, r: int, source: Grid | None) -> None:
        named = self._named_cells(grid, header, r)
        texts = [c.text for c in named.values()]
        if self.roster.is_total(texts) or self.roster.is_total(c.text for c in grid.rows[r]):
            return
        first = self.roster.rows.columns[0]
        rank = first.name if first.type == "integer" else ""
        inked = any(c.unread or OBJECT in c.text for c in named.values())
        if not inked and is_no_entry({n: c.text for n, c in named.items()}, rank, self.roster.rows.key):
            return
        values = {n: self._value(source or grid, turned_cell(c) if source else c, self.roster.columns[n], r) for n, c in named.items()}
        if header is not None and not grid.adds_up(header.last, r):
            values = {n: replace(v, confidence=min(v.confidence, UNSURE)) for n, v in values.items()}
        if all(v.blank for n, v in values.items() if n != rank):
            return
        if (header is None or is_paged(grid.table)) and self._is_cut(values, rank):
            self._join(values)
            return
        if is_paged(grid.table) and rank and self._is_between(grid, header, r, rank, values):
            self._join(values)
            return
        self.rows.append(values)

    def _is_between(self, grid: Grid, header: Header | None, r: int, rank: str, values: Mapping[str, Value]) -> bool:
        """True for the lower half of numbered row n on a page: unnumbered, and mostly empty or followed by row n + 1."""
        above = self.rows[-1].get(rank) if self.rows else None
        mine = values.get(rank)
        if above is None or mine is None or not mine.blank or not isinstance(above.value, int):
            return False
        if sum(not v.blank for v in values.values()) * 2 <= len(values):
            return True
        if r + 1 >= len(grid.rows):
            return False
        below = self._named_cells(grid, header, r + 1).get(rank)
        return below is not None and compact(below.text) == str(above.value + 1)

    def _named_cells(self, grid: Grid, header: Header | None, r: int) -> Mapping[str, Cell]:
        cells = grid.rows[r]
        if header is None:
            return {name: cell for name, cell in zip(self._order, cells, strict=False) if name}
        named: dict[str, Cell] = {}
        for column in header.columns:
            cell = grid.meet(column.title, header.title_row, r)
            if cell is not None:
                named[column.field.name] = cell
        by_title = {c.title: c.field.name for c in header.columns}
        self._order = [by_title.get(c, "") for c in header.title_row]
        return named

    def _value(self, grid: Grid, cell: Cell, field: FieldSchema, r: int) -> Value:
        hints = self.roster.schema.hints
        unread = cell.unread or unread_text(cell.text, hints)
        if unread:
            return Value("", None, grid.where(cell, field.name), UNSURE, unread)
        text = clean_blank(cell.text, hints)
        typed = (
            cell_to_value(cell, text if text != cell.text.strip() else cell.text, field) if text or cell.value is not None else Typed(None)
        )
        where = grid.where(cell, field.name)
        if _DITTO.fullmatch(compact(text)) and self.rows and field.type == "string":
            above = self.rows[-1].get(field.name)
            typed = Typed(above.value if above else None, 0.9)
        if r > cell.row and field.type in ("integer", "number") and typed.value is not None:
            return Value(text, None, where, UNSURE)
        return Value(text, typed.value, where, typed.confidence if text else SURE)

    def _is_cut(self, values: Mapping[str, Value], rank: str) -> bool:
        """The lower half of a row that the page break cut: nothing in its first columns, and a row to join it to."""
        key = values.get(self.roster.rows.key)
        number = values.get(rank)
        first = next(iter(values.values()), None)
        return (
            bool(self.rows)
            and (key is None or key.blank)
            and (number is None or number.blank)
            and (first is None or first.blank)
            and not any(n == self.roster.rows.key for n, v in values.items() if not v.blank)
        )

    def _join(self, values: Mapping[str, Value]) -> None:
        last = self.rows[-1]
        for name, value in values.items():
            if not value.blank and name in last:
                above = last[name]
                if value.unread or above.unread:
                    last[name] = replace(above, raw="", value=None, confidence=UNSURE, unread=above.unread or value.unread)
                    continue
                text = above.raw + value.raw
                typed = cell_to_value(Cell(text, 0, 0), text, self.roster.columns[name])
                last[name] = Value(text, typed.value, above.where, min(above.confidence, typed.confidence, 0.9))


class ClaimedRows(RosterRows):
    """The cells of a list alone: which table a list belongs to is asked of every schema, its values of one."""

    def _read_row(self, grid: Grid, header: Header | None, r: int, source: Grid | None) -> None:
        """No values: where a list ends does not depend on them. Lists on their side leave the order of their columns to one another."""
        if source is not None:
            self._named_cells(grid, header, r)

    def _value(self, grid: Grid, cell: Cell, field: FieldSchema, r: int) -> Value:
        return _UNASKED


def _title_years(text: str) -> set[int]:
    """The data years a column title names: 20年21年, 2020年, 2020-2021年."""
    bare = compact(text)
    if "年" not in bare or len(bare) > 40:
        return set()
    return {int(y) if len(y) == 4 else 2000 + int(y) for y in re.findall(r"(?<!\d)(20\d{2}|\d{2})(?!\d)", bare)}


def _without_margin(order: list[str]) -> list[str]:
    """The columns without the untitled ones at both edges: what a frame's margin left of a nested table on the page before."""
    named = [i for i, name in enumerate(order) if name]
    return order[named[0] : named[-1] + 1] if named else order
