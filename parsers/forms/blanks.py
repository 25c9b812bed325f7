"""Core: the single blanks of a form, found by the words printed beside, over or inside them.

A label's value is the cell on its right; when that is a label too (教授 | 副教授 | …) it is the cell under it. Figures by year stand where the
year's row meets the column's title. The same words label several blanks (姓名, 电话) and are values elsewhere (教授): a block whose labels
belong together counts only when enough of them stand together, and a label of two blocks goes to the nearer one (documents.md 4, traps 13-17).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from operator import attrgetter

from config.schema import FieldSchema, FormSchema
from parsers.document import OBJECT, Cell, Paragraph, Table
from parsers.form import Value, Where
from parsers.forms.checkboxes import text_to_choice
from parsers.forms.found import MISPLACED, Found, Part
from parsers.forms.grid import Grid
from parsers.forms.labels import clean_text, compact
from parsers.forms.lines import LineValue, clean_line_value
from parsers.forms.values import SURE, UNSURE, Typed, cell_to_value, clean_blank, text_to_value, unread_text
from parsers.forms.wording import Said, Wording

_DATE_PIECE = re.compile(r"(?:\d{1,4}|[零〇○一二三四五六七八九十]{1,4})?[年月日./-]?|(?:\d{1,4}年)?\d{1,2}月(?:\d{1,2}日?)?")
_DATE_SO_FAR = re.compile(
    r"[\d零〇○一二三四五六七八九十]{2,4}(?:[年./-](?:[\d零〇○一二三四五六七八九十]{1,3}(?:[月./-](?:[\d零〇○一二三四五六七八九十]{1,3}日?)?)?)?)?"
)

# What the form itself prints in a date's box (年 月 日, 20  年 月 日, 2022年 月 日); any other word was written by somebody.
_UNTOUCHED_DATE = re.compile(r"(?:20(?:\d\d)?年?|二[〇○零]年?)?[年月日号时分至:：()（）\[\]【】_＿.．。…·、,，]*")

GUESSED = 0.6  # confidence in a value whose place was inferred
LONGEST_LINE = 4000  # characters of running text that labels are looked for in

Spot = tuple[int, int, int]  # table number, row, column


@dataclass(frozen=True, slots=True)
class Label:
    """A cell that is a label here: the fields it may stand for, and the blocks it heads."""

    cell: Cell
    fields: tuple[FieldSchema, ...] = ()
    heads: tuple[str, ...] = ()


@dataclass(slots=True)
class Sheet:
    """One table being read: its grid, the cells that belong to the roster, and its labels."""

    grid: Grid
    order: int
    claimed: set[Spot]
    labels: dict[Cell, Label] = field(default_factory=dict)
    spoken: set[Cell] = field(default_factory=set)
    free: list[tuple[Cell, Said]] = field(default_factory=list)

    def listen(self, words: Wording) -> None:
        """Notes the cells with words that no roster claims, and what each says to the form."""
        number = self.grid.table.number
        filled = (c for c in self.grid.cells if c.text and not c.text.isspace())
        self.free = [(c, words.of(c.text)) for c in filled if (number, c.row, c.col) not in self.claimed]

    def is_label(self, cell: Cell | None) -> bool:
        """True when a cell is a label, or begins with one (姓名：张三), so no value of its neighbour."""
        return cell is not None and (
            cell in self.labels or cell in self.spoken or (self.grid.table.number, cell.row, cell.col) in self.claimed
        )


class Blanks:
    """空格读法: knows the labels of a schema and finds every blank of a part."""

    def __init__(self, schema: FormSchema, words: Wording) -> None:
        self.schema = schema
        self._fields = {f.name: f for f in schema.fields}
        self._groups = {f.group: schema.group(f.group) for f in schema.fields}
        self._words = words

    def find(self, part: Part, grids: Sequence[Grid], claimed: set[Spot]) -> tuple[Found, ...]:
        """Every candidate value in a part, best ways of finding first."""
        sheets = [Sheet(grid, i, claimed) for i, grid in enumerate(grids)]
        for sheet in sheets:
            sheet.listen(self._words)
            sheet.labels = self._labels(sheet)
            sheet.spoken = {c for c, said in sheet.free if said.begins and c not in sheet.labels}
        anchors = self._anchors(part, sheets)
        found: list[Found] = []
        for sheet in sheets:
            found.extend(self._find_crossed(sheet))
            found.extend(self._find_beside(sheet, anchors))
            found.extend(self._find_inside(sheet, anchors))
            found.extend(self._find_glued(sheet))
        paragraphs = part.paragraphs
        for i, paragraph in enumerate(paragraphs):
            lines = self._words.of(paragraph.text).lines if len(paragraph.text) <= LONGEST_LINE else ()
            if not lines:
                continue
            where = Where(place=paragraph.place, cell=f"第{i + 1}段", area=paragraph.area)
            line = (
                replace(one, rank=MISPLACED) if self._is_misplaced(one.name, part, paragraph) else one
                for one in self._find_in_line(
                    paragraph.text, lines, where, 2, lambda name: 10_000 if self._is_line(name) else 20_000
                )
            )
            found.extend(_as_surely(_under_ink(line) if _is_under_ink(paragraphs, i) else line, paragraph.sure))
        found.extend(self._find_wrapped(part))
        found.extend(self._find_loose_choice(part, found))
        return tuple(sorted(found, key=_rank))

    # ---- labels

    def _labels(self, sheet: Sheet) -> dict[Cell, Label]:
        named = {c: tuple([self._fields[n] for n in said.fields]) for c, said in sheet.free if said.fields}
        together = self._rows_together(sheet, named)
        labels: dict[Cell, Label] = {}
        for cell, said in sheet.free:
            if not (said.fields or said.heads):
                continue
            allowed = tuple([f for f in named.get(cell, ()) if self._stands_together(cell, f, together)])
            if allowed or said.heads:
                labels[cell] = Label(cell, allowed, said.heads)
        titles = [c for c, label in labels.items() if any(f.row_labels for f in label.fields)]
        years = [c for c, said in sheet.free if said.year and c not in labels and not self._is_dated(sheet, labels, c)]
        for cell in years:
            if self._is_year_label(cell, titles) and not self._is_year_value(cell, years, titles):
                labels[cell] = Label(cell)
        return labels

    def _rows_together(self, sheet: Sheet, named: Mapping[Cell, tuple[FieldSchema, ...]]) -> dict[str, set[Spot]]:
        """For each block whose labels belong together: the cells that have enough of them in their row, or near them in their column."""
        blocks: dict[str, list[tuple[Cell, str]]] = {}
        for cell, fields in named.items():
            for one in fields:
                if self._groups[one.group].together > 1:
                    blocks.setdefault(one.group, []).append((cell, one.name))
        out: dict[str, set[Spot]] = {}
        for group, cells in blocks.items():
            enough = self._groups[group].together
            for cell, _ in cells:
                in_row = {n for c, n in cells if c.row < cell.row + cell.rowspan and cell.row < c.row + c.rowspan}
                in_column = {n for c, n in cells if c.col == cell.col and abs(c.row - cell.row) < 4}
                if len(in_row) >= enough or len(in_column) >= enough:
                    out.setdefault(group, set()).add((0, cell.row, cell.col))
        return out

    def _stands_together(self, cell: Cell, one: FieldSchema, together: Mapping[str, set[Spot]]) -> bool:
        if self._groups[one.group].together <= 1:
            return True
        spots = together.get(one.group, set())
        if (0, cell.row, cell.col) in spots:
            return True
        return one.name.endswith("total") and any(abs(row - cell.row) <= 1 for _, row, _ in spots)

    def _is_dated(self, sheet: Sheet, labels: Mapping[Cell, Label], cell: Cell) -> bool:
        """True for a year that answers the label on its left (创建日期 | 2019年): it is written there, not printed over figures."""
        left = sheet.grid.left(cell)
        return left is not None and left in labels and any(f.type == "date" for f in labels[left].fields)

    def _is_year_label(self, cell: Cell, titles: Sequence[Cell]) -> bool:
        """A year (2020年) is a label only where columns are titled over it, or rows beside it."""
        over = any(t.row < cell.row <= t.row + 8 and t.col > cell.col for t in titles)
        return over or any(t.col < cell.col and cell.row < t.row <= cell.row + 8 for t in titles)

    def _anchors(self, part: Part, sheets: Sequence[Sheet]) -> dict[str, list[int]]:
        """Where each block certainly is: the places of its headings and of labels that no other block prints."""
        anchors: dict[str, list[int]] = {}
        for sheet in sheets:
            for cell, label in sheet.labels.items():
                groups = {f.group for f in label.fields}
                for group in (*label.heads, *(groups if len(groups) == 1 else ())):
                    anchors.setdefault(group, []).append(_place(sheet, cell))
            for cell, said in sheet.free:
                for name in _sure_names(cell.text, said) if said.lines and cell not in sheet.labels else ():
                    anchors.setdefault(self._fields[name].group, []).append(_place(sheet, cell))
        return anchors

    def _nearest(self, fields: Iterable[FieldSchema], place: int, anchors: Mapping[str, list[int]]) -> FieldSchema | None:
        """The field whose block is nearest to a place."""
        choices = list(fields)
        if len(choices) == 1 or len({f.group for f in choices}) <= 1:
            return choices[0] if choices else None
        return min(choices, key=lambda f: min((abs(a - place) for a in anchors.get(f.group, ())), default=10**9))

    # ---- figures by year

    def _find_crossed(self, sheet: Sheet) -> Iterator[Found]:
        columns = [(c, f) for c, label in sheet.labels.items() for f in label.fields if f.row_labels]
        if not columns:
            return
        printed = [(c, set(said.years)) for c, said in sheet.free if said.years and not self._is_dated(sheet, sheet.labels, c)]
        labels = [c for c, _ in printed]
        years = [(c, names) for c, names in printed if names and not self._is_year_value(c, labels, [t for t, _ in columns])]
        for title, one in columns:
            met = [
                (abs(c.row - title.row) + abs(c.col - title.col), c)
                for c, names in years
                if one.name in names and self._meets(sheet, title, c)
            ]
            if not met:
                continue
            row_label = min(met, key=lambda m: m[0])[1]
            cell = self._crossing(sheet.grid, title, row_label)
            if cell is not None and cell not in (title, row_label) and not sheet.is_label(cell):
                value = self._cell_value(sheet.grid, cell, one)
                straight = sheet.grid.adds_up(title.row + title.rowspan - 1 if title.row < row_label.row else row_label.row, cell.row)
                yield Found(one.name, value if straight else _askew(value))

    def _is_year_value(self, cell: Cell, years: Sequence[Cell], titles: Sequence[Cell]) -> bool:
        """True for an amount that looks like a year (2021): close under a title, in a row that has its year on the left."""
        under = any(t.col < cell.col + cell.colspan and cell.col < t.col + t.colspan and 0 < cell.row - t.row <= 3 for t in titles)
        return under and any(c.row == cell.row and c.col < cell.col for c in years)

    def _meets(self, sheet: Sheet, title: Cell, year: Cell) -> bool:
        """True when a year's row lies under (or its column beside) a title with no other title of that name between them."""
        if title.row < year.row and title.col > year.col:
            return not any(
                title.row < c.row <= year.row and c.col >= title.col and self._same_block(label, sheet.labels[title]) is False
                for c, label in sheet.labels.items()
                if label.fields and label.fields[0].row_labels
            )
        return (
            year.row < title.row <= year.row + 8
            and title.col < year.col
            and not any(
                year.row < c.row <= title.row and c.col > title.col for c in sheet.labels if self._words.of(c.text).years and c is not year
            )
        )

    def _same_block(self, one: Label, other: Label) -> bool:
        return bool({f.group for f in one.fields} & {f.group for f in other.fields})

    def _crossing(self, grid: Grid, title: Cell, year: Cell) -> Cell | None:
        if title.row < year.row:
            return grid.meet(title, grid.rows[title.row + title.rowspan - 1], year.row)
        return grid.meet(year, grid.rows[year.row + year.rowspan - 1], title.row)

    # ---- a cell beside or under its label

    def _find_beside(self, sheet: Sheet, anchors: Mapping[str, list[int]]) -> Iterator[Found]:
        for cell, label in sheet.labels.items():
            fields = [f for f in label.fields if not f.row_labels]
            if not fields:
                continue
            one = self._nearest(fields, _place(sheet, cell), anchors)
            if one is None:
                continue
            value = self._value_cell(sheet, cell, one)
            if value is None and self._is_askew(sheet, cell):
                yield Found(one.name, Value("", None, sheet.grid.where(cell, one.name), UNSURE), rank=3)
            elif value is None:
                yield _over(cell, Found(one.name, Value("", None, sheet.grid.where(cell, one.name)), rank=3))
            elif one.options:
                boxes = tuple(self._option_cells(sheet, value))
                joined = replace(value, text=" ".join(c.text for c in boxes), unread=next((c.unread for c in boxes if c.unread), ""))
                choice = self._cell_value(sheet.grid, joined, one, sheet.grid.where(value, one.name))
                yield from _as_surely([_over(cell, Found(one.name, choice))], min(c.sure for c in boxes))
            else:
                read = self._cell_value(sheet.grid, self._whole_date(sheet, value, one), one)
                if value is self._behind_gap(sheet, cell):
                    read = replace(read, confidence=min(read.confidence, GUESSED))
                straight = cell.row <= value.row < cell.row + cell.rowspan or sheet.grid.adds_up(cell.row + cell.rowspan - 1, value.row)
                yield _over(cell, Found(one.name, read if straight else _askew(read)))

    def _value_cell(self, sheet: Sheet, cell: Cell, one: FieldSchema) -> Cell | None:
        right, below = sheet.grid.right(cell), self._under(sheet, cell, one)
        if right is not None and not sheet.is_label(right) and not self._is_last_of_titles(sheet, cell, right, below):
            if not right.filled and self._is_line(one.name):
                return next((c for c in sheet.grid.after(cell) if c.filled), right) if self._no_label_after(sheet, cell) else right
            return self._behind_gap(sheet, cell) or right
        if below is None or sheet.is_label(below) or self._is_unfilled(sheet, cell, below.row):
            return None
        return below

    def _behind_gap(self, sheet: Sheet, cell: Cell) -> Cell | None:
        """Where merges are lost (.csv, text with tabs): the words behind the empty places of a label that was several cells wide, unless they are a label; for a person to confirm."""
        right = sheet.grid.right(cell)
        if right is None or right.filled or not sheet.grid.unmerged or not self._no_label_after(sheet, cell):
            return None
        return next((c for c in sheet.grid.after(cell) if c.filled), None)

    def _is_unfilled(self, sheet: Sheet, cell: Cell, under: int) -> bool:
        """True when what lies under a label is no value: "命名单位：" among cells that hold label and value together, or a row with labels of its own."""
        row = sheet.grid.rows[cell.row]
        titles = any(c in sheet.labels and c.row == under for c in sheet.grid.rows[under])
        return titles or (cell.text.rstrip().endswith((":", "：")) and any(c in sheet.spoken for c in row))

    def _no_label_after(self, sheet: Sheet, cell: Cell) -> bool:
        """True when the next words of the row are no label, so that they can only be this label's (a workbook's overflowing title)."""
        following = next((c for c in sheet.grid.after(cell) if c.filled), None)
        return following is not None and not sheet.is_label(following) and not self._words.of(following.text).lines

    def _under(self, sheet: Sheet, cell: Cell, one: FieldSchema) -> Cell | None:
        """The cell under a label; under a merged heading that was not really merged, the next one down."""
        below = sheet.grid.below(cell)
        if below is not None and not below.filled and self._groups[one.group].layout == "header":
            row = sheet.grid.rows[below.row]
            if sum(1 for c in row if sheet.is_label(c) and any(f.group == one.group for f in sheet.labels[c].fields)) >= 2:
                return sheet.grid.below(below)
        return below

    def _is_last_of_titles(self, sheet: Sheet, cell: Cell, right: Cell, below: Cell | None) -> bool:
        """True for the last title of a row of titles over values, with empty paper on its right."""
        if below is None or sheet.is_label(below) or right.filled:
            return False
        run, at = 1, sheet.grid.left(cell)
        while at is not None and at in sheet.labels and sheet.labels[at].fields:
            run, at = run + 1, sheet.grid.left(at)
        return run >= 3 or (run == 2 and below.filled)

    def _is_askew(self, sheet: Sheet, cell: Cell) -> bool:
        """True when no cell was found for a label because the rows around it do not add up."""
        under = cell.row + cell.rowspan
        return under < len(sheet.grid.rows) and not sheet.grid.adds_up(under - 1, under)

    def _whole_date(self, sheet: Sheet, first: Cell, one: FieldSchema) -> Cell:
        """A date typed over several cells (2022 | 年 | 7 | 月 | 26 | 日) as one cell; any other cell as it is."""
        if one.type != "date" or not _DATE_PIECE.fullmatch(compact(first.text)):
            return first
        text = first.text
        for cell in sheet.grid.after(first):
            piece = compact(cell.text)
            if sheet.is_label(cell) or (piece and not (_DATE_PIECE.fullmatch(piece) and _DATE_SO_FAR.fullmatch(compact(text) + piece))):
                break
            text += piece
        return first if text == first.text else replace(first, text=text, value=None)

    def _option_cells(self, sheet: Sheet, first: Cell) -> Iterator[Cell]:
        """The cells of a choice whose boxes stand in cells of their own."""
        yield first
        for cell in sheet.grid.after(first):
            if sheet.is_label(cell):
                return
            yield cell

    # ---- inside a cell, in running text

    def _find_inside(self, sheet: Sheet, anchors: Mapping[str, list[int]]) -> Iterator[Found]:
        for cell, said in sheet.free:
            lines = said.lines if len(cell.text) <= LONGEST_LINE else ()
            if not (said.figures or lines) or cell in sheet.labels:
                continue
            where = sheet.grid.where(cell)
            for one, text in said.figures:
                if not text.strip("项个人名件次 ") and self._figure_beside(sheet, cell):
                    continue
                yield from _as_surely([Found(one.name, self._text_value(text, one, where), rank=1)], cell.sure)
            place = _place(sheet, cell)
            inside = self._find_in_line(cell.text, lines, where, 1, lambda name: self._distance(name, place, anchors), (sheet, cell))  # noqa: B023
            yield from _as_surely(inside, cell.sure)

    def _find_glued(self, sheet: Sheet) -> Iterator[Found]:
        """A label and its value in one cell with nothing but a gap between them (所在单位⏎土木学院), where no cell beside it could hold the value."""
        for cell, _ in sheet.free:
            if "\n" not in cell.text:
                continue
            head, _, rest = cell.text.strip().partition("\n")
            if not rest or len(head) > 20 or not rest.strip() or cell in sheet.labels or cell in sheet.spoken:
                continue
            named = [self._fields[n] for n in self._words.of(head).fields]
            right = sheet.grid.right(cell)
            if len(named) == 1 and self._is_plain(named[0]) and (right is None or sheet.is_label(right)):
                value = self._text_value(rest, named[0], sheet.grid.where(cell, named[0].name))
                yield Found(named[0].name, value, rank=3)

    def _is_plain(self, one: FieldSchema) -> bool:
        """True for a blank whose label is nothing else anywhere: not of a block whose labels count only together, not one of figures by year."""
        return not one.row_labels and self._groups[one.group].together == 1

    def _figure_beside(self, sheet: Sheet, cell: Cell) -> bool:
        right = sheet.grid.right(cell)
        return right is not None and not sheet.is_label(right) and bool(re.match(r"\s*[\d０-９]", right.text))

    def _distance(self, name: str, place: int, anchors: Mapping[str, list[int]]) -> int:
        return min((abs(a - place) for a in anchors.get(self._fields[name].group, ())), default=10**6)

    def _find_in_line(
        self,
        text: str,
        lines: Sequence[LineValue],
        where: Where,
        rank: int,
        distance: Callable[[str], int],
        beside: tuple[Sheet, Cell] | None = None,
    ) -> Iterator[Found]:
        met = {n for line in lines for n in line.names if len(line.names) == 1}
        for line in lines:
            name = self._best_name(line.names, met, distance)
            one = self._fields[name]
            if one.row_labels and not any(compact(r) in compact(text) for r in one.row_labels):
                continue
            value = clean_line_value(line.text, one)
            if not value and beside and line is lines[-1]:
                sheet, cell = beside
                right = next((c for c in sheet.grid.after(cell) if c.filled), None)
                if right is not None and not sheet.is_label(right) and not self._words.of(right.text).lines:
                    yield Found(name, self._cell_value(sheet.grid, self._whole_date(sheet, right, one), one), rank=rank)
                    continue
            yield Found(name, self._text_value(value, one, where), rank=rank)

    def _best_name(self, names: Sequence[str], met: set[str], distance: Callable[[str], int]) -> str:
        """Which of several blanks a label in running text stands for: the one whose block is met in the same text, else the nearest."""
        if len(names) == 1:
            return names[0]
        groups = {self._fields[m].group for m in met}
        near = [n for n in names if self._fields[n].group in groups]
        if near:
            return near[0]
        return min(names, key=distance)

    def _find_wrapped(self, part: Part) -> Iterator[Found]:
        """A name whose label stands on a line of its own: narrow print wraps "填表人：" over three lines (seen in PDFs of worksheets)."""
        paragraphs = part.paragraphs
        for paragraph, following in pairwise(paragraphs):
            one = next((self._fields[n] for n in self._words.of(paragraph.text).fields if self._is_line(n)), None)
            lines = self._words.of(following.text).lines if one is not None else ()
            if one is None or one.format != "person" or paragraph.text.rstrip().endswith((":", "：")) or not lines:
                continue
            name = re.split(r"\s{2,}", following.text.strip())[0]
            if re.fullmatch(r"[\u4e00-\u9fff·]{2,5}", name):
                yield Found(one.name, self._text_value(name, one, Where(place=following.place, area=following.area)), rank=2)

    def _is_misplaced(self, name: str, part: Part, paragraph: Paragraph) -> bool:
        """True for a blank of the foot met before the first table: a cover page prints 联系电话 too."""
        before = next((b for b in part.blocks if b is paragraph or isinstance(b, Table)), None)
        return self._fields[name].group == "foot" and bool(part.tables) and before is paragraph

    def _find_loose_choice(self, part: Part, found: Sequence[Found]) -> Iterator[Found]:
        """A choice printed without its label: a line that holds nothing but its boxes."""
        have = {f.name for f in found}
        for one in self.schema.fields:
            if not one.options or one.name in have or not self._is_line(one.name):
                continue
            words = [w for o in one.options for w in o.words]
            for paragraph in part.paragraphs:
                bare = compact(paragraph.text)
                for word in words:
                    bare = bare.replace(word, "")
                if len(bare) <= 4 and all(w in compact(paragraph.text) for w in words) and not re.search(r"[\w]", bare):
                    choice = Found(one.name, self._choice(paragraph.text, one, Where(place=paragraph.place, area=paragraph.area)), rank=2)
                    yield from _as_surely([choice], paragraph.sure)

    # ---- typed

    def _is_line(self, name: str) -> bool:
        return self._groups[self._fields[name].group].place == "line"

    def _cell_value(self, grid: Grid, cell: Cell, one: FieldSchema, where: Where | None = None) -> Value:
        where = where or grid.where(cell, one.name)
        if cell.unread:
            return Value("", None, where, UNSURE, cell.unread)
        if one.options:
            return self._choice(cell.text, one, where)
        text = clean_blank(cell.text, self.schema.hints)
        if not text and cell.value is None:
            return _nothing(cell.text, where, self.schema.hints)
        typed = cell_to_value(cell, cell.text if text == cell.text.strip() else text, one)
        return _value(text or cell.text, typed, where, one)

    def _text_value(self, text: str, one: FieldSchema, where: Where) -> Value:
        if one.options:
            return self._choice(text, one, where)
        bare = clean_blank(text, self.schema.hints)
        return _value(bare, text_to_value(bare, one), where, one) if bare else _nothing(text, where, self.schema.hints)

    def _choice(self, text: str, one: FieldSchema, where: Where) -> Value:
        choice = text_to_choice(text, one.options)
        if OBJECT in text and not (choice.keys and choice.marked):  # a picture of a tick, or of the whole choice
            return Value("", [] if one.type == "array" else None, where, UNSURE, "picture")
        sure = SURE if choice.decided else UNSURE
        raw = clean_text(text) if choice.keys or not choice.decided or not (choice.marked or _names_all(text, one)) else ""
        if one.type == "array":
            return Value(raw, list(choice.keys), where, sure)
        return Value(raw, choice.keys[0] if len(choice.keys) == 1 else None, where, sure)


def _sure_names(text: str, said: Said) -> set[str]:
    """The blanks that a text in one cell certainly names (姓名：…)."""
    return {line.names[0] for line in said.lines if len(line.names) == 1} if len(text) < 400 else set()


def _as_surely(found: Iterable[Found], sure: float) -> Iterator[Found]:
    """The same values and blanks, none surer than the text they were found in was read: 国家+个 is no blank that anybody left."""
    for one in found:
        value = one.value
        yield one if sure >= value.confidence else replace(one, value=replace(value, confidence=sure))


def _nothing(text: str, where: Where, hints: Sequence[str]) -> Value:
    """A box without text: blank, or filled with something that is no text."""
    reason = unread_text(text, hints)
    return Value("", None, where, UNSURE if reason else SURE, reason)


def _askew(value: Value) -> Value:
    """What stands under a label in rows that do not add up may be its neighbour's: nothing is said of it, and a person must look."""
    return replace(value, raw="", value=None, confidence=min(value.confidence, UNSURE))


def _over(label: Cell, found: Found) -> Found:
    """A picture that floats has its anchor where the writer's program left it: over a label it may well cover the blank beside it."""
    return next(iter(_under_ink([found]))) if OBJECT in label.text else found


def _under_ink(found: Iterable[Found]) -> Iterator[Found]:
    """Blanks beside a picture that belongs to none of them: any of them may be what it fills."""
    for one in found:
        value = one.value
        yield replace(one, value=replace(value, unread="picture", confidence=UNSURE)) if value.blank else one


def _is_under_ink(paragraphs: Sequence[Paragraph], at: int) -> bool:
    """True when a picture floats at the head of this line, or stands alone in the line over or under it."""
    beside = [paragraphs[i].text.strip() for i in (at - 1, at + 1) if 0 <= i < len(paragraphs)]
    return paragraphs[at].text.lstrip().startswith(OBJECT) or any(text and not text.strip(OBJECT + " ") for text in beside)


def _names_all(text: str, one: FieldSchema) -> bool:
    """True when every option is printed: without a mark that is the untouched blank."""
    return all(any(w in compact(text) for w in o.words) for o in one.options)


def _value(text: str, typed: Typed, where: Where, one: FieldSchema) -> Value:
    """A value with its text; an unfilled "  年 月 日" or a lone unit is a blank and has no text."""
    empty = typed.value is None and (
        (one.type == "date" and bool(_UNTOUCHED_DATE.fullmatch(compact(text))))
        or (
            one.type in ("integer", "number")
            and bool(re.fullmatch(r"\W*(?:万?元|万?美元|[项个人名件次])?\W*", compact(text)))
            and not re.search(r"[/\\—–√✓✔☑☒×-]", text)
        )
    )
    return Value("" if empty else text, typed.value, where, typed.confidence)


_rank = attrgetter("rank")


def _place(sheet: Sheet, cell: Cell) -> int:
    return sheet.order * 10_000 + cell.row * 20
