"""Core: a file's forms as tables a person can check - every value with its printed label, its place, and where it stands on the page's picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from config.campaign import Campaign
from config.forms import FieldSchema, FormSchema
from notifier.wording import clean_private
from parsers.document import Area
from parsers.form import BASIC_INFO, Form, Reading, Value, Where
from service.desk.shown.words import FORM_KINDS, UNREAD_CELLS

SURE = 0.9
MASK = "＊＊＊"
PICTURE = 1000
"""Units to the width of a page's picture; heights go by the same measure, whatever the paper."""
TALLEST, EDGE = 240, 9


@dataclass(frozen=True, slots=True)
class Box:
    """框: a rectangle on the picture of a page, in units of `PICTURE` to its width."""

    page: int
    x: int
    y: int
    width: int
    height: int
    turn: int = 0

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height of the part of the picture shown beside a value: the cell, set upright, with a little of its surroundings; of a
        very high one the upper part."""
        wide, high = (self.height, self.width) if self.turn % 2 else (self.width, self.height)
        return wide + 2 * EDGE, min(high, TALLEST) + 2 * EDGE

    @property
    def view(self) -> str:
        """That part, in the units of the picture turned upright about the middle of the cell."""
        x, y = self.middle
        high = self.width if self.turn % 2 else self.height
        return f"{x - self.shown[0] / 2:g} {y - high / 2 - EDGE:g} {self.shown[0]} {self.shown[1]}"

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of the cell."""
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def upright(self) -> str:
        """What turns the picture upright about that middle; "" for one that is."""
        return f"rotate({-90 * self.turn} {self.middle[0]:g} {self.middle[1]:g})" if self.turn else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """一格: a value with the label printed on the form and the place where it stands. `anchor` is the name of its place in the page ("" when
    another value of the same cell bears it), `at` the place it leads to on the picture; `masked` = a personal value, hidden until asked for."""

    label: str
    value: str
    place: str
    doubtful: bool
    anchor: str = ""
    at: str = ""
    box: Box | None = None
    masked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """一张表: a form as read - its title, its filled cells (doubtful ones first), its blank ones by name, its rows."""

    title: str
    lines: tuple[Line, ...]
    blanks: tuple[str, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    doubtful: bool
    facts: tuple[str, ...]

    @property
    def every(self) -> Iterator[Line]:
        """All values, those in rows too."""
        yield from self.lines
        for row in self.rows:
            yield from row


@dataclass(frozen=True, slots=True)
class Mark:
    """画上的框: a cell on the picture of a page, named like its value's place, with what stands in it."""

    anchor: str
    label: str
    box: Box
    doubtful: bool


def where_to_anchor(where: Where) -> str:
    """The name of a place within a file: the same for a value and for a finding about it; "" where nothing finer than the file is known."""
    return f"t{where.table or 0}-{where.cell}".replace(" ", "") if where.cell else ""


def area_to_box(area: Area | None) -> Box | None:
    """A place on a page in the units of the pictures."""
    if area is None:
        return None
    x, y = round(area.x0 * PICTURE), round(area.top * PICTURE)
    return Box(area.page, x, y, max(round(area.x1 * PICTURE) - x, 4), max(round(area.bottom * PICTURE) - y, 4), area.turn)


def reading_to_sheets(reading: Reading | None, campaign: Campaign, shown: bool) -> tuple[Sheet, ...]:
    """The forms of a file; each place is named once, by the first value that stands in it."""
    sheets, named = [], set[str]()
    for form in reading.forms if reading else ():
        sheet = form_to_sheet(form, campaign, shown)
        # rows first: of a name that a line and a row share the line leads to the row
        lines = tuple(_named_once(line, named) for line in sheet.lines)
        rows = tuple(tuple(_named_once(cell, named) for cell in row) for row in sheet.rows)
        sheets.append(replace(sheet, lines=lines, rows=rows))
    return tuple(sheets)


def _named_once(line: Line, named: set[str]) -> Line:
    if not line.at or line.at in named:
        return line
    named.add(line.at)
    return replace(line, anchor=line.at)


def sheets_to_marks(sheets: Iterable[Sheet]) -> Mapping[int, tuple[Mark, ...]]:
    """By page: the cells to be drawn on its picture, each once."""
    found: dict[int, dict[str, Mark]] = {}
    for line in (line for sheet in sheets for line in sheet.every if line.box and line.at):
        assert line.box is not None
        page = found.setdefault(line.box.page, {})
        before = page.get(line.at)
        label = f"{before.label}、{line.label}" if before and line.label not in before.label else before.label if before else line.label
        page[line.at] = Mark(line.at, label, line.box, line.doubtful or bool(before and before.doubtful))
    return {number: tuple(marks.values()) for number, marks in found.items()}


def form_to_sheet(form: Form, campaign: Campaign, shown: bool) -> Sheet:
    """A form with the labels its schema prints."""
    schema = schema_of(form, campaign)
    fields = {f.name: f for f in schema.fields} if schema else {}
    columns = {f.name: f for f in schema.rows.columns} if schema and schema.rows else {}
    names = list(dict.fromkeys(name for row in form.rows for name in row))
    lines = [value_to_line(value, fields.get(name), name in form.doubtful, shown) for name, value in form.fields.items() if not value.blank]
    prefix = "members" if form.kind == BASIC_INFO else "rows"
    rows = tuple(
        tuple(value_to_line(row.get(n, Value("", None)), columns.get(n) or fields.get(n), f"{prefix}.{at}.{n}" in form.doubtful, shown) for n in names)
        for at, row in enumerate(form.rows)
    )
    return Sheet(
        title=FORM_KINDS.get(form.kind, form.kind),
        lines=tuple(sorted(lines, key=lambda line: not line.doubtful)),
        blanks=tuple(label_of(fields.get(n)) for n, v in form.fields.items() if v.blank),
        head=tuple(label_of(columns.get(n) or fields.get(n)) for n in names),
        rows=rows,
        doubtful=form.confidence < SURE or any(line.doubtful for line in (*lines, *(cell for row in rows for cell in row))),
        facts=tuple(form_facts(form)),
    )


def schema_of(form: Form, campaign: Campaign) -> FormSchema | None:
    """The schema whose fields this form bears: of several the one that knows most of them."""
    names = {*form.fields, *(name for row in form.rows for name in row)}
    return max(campaign.forms, key=lambda s: len(names & names_of(s)), default=None)


def names_of(schema: FormSchema) -> set[str]:
    """Every field a schema knows, those of its rows too."""
    return {f.name for f in (*schema.fields, *(schema.rows.columns if schema.rows else ()))}


def value_to_line(value: Value, field: FieldSchema | None, doubtful: bool, shown: bool) -> Line:
    """One cell; what holds something that is no text says so."""
    written = bool(value.raw.strip() or value.unread)
    masked = written and not shown and is_private(field)
    return Line(
        label=label_of(field),
        value=UNREAD_CELLS.get(value.unread, "") or (MASK if masked else value.raw if shown else clean_private(value.raw)),
        place=" ".join(part for part in (value.where.place if value.where.area else "", value.where.cell or value.where.place) if part),
        doubtful=written and (doubtful or bool(value.unread) or value.confidence < SURE),
        at=where_to_anchor(value.where),
        box=area_to_box(value.where.area),
        masked=masked,
    )


def label_of(field: FieldSchema | None) -> str:
    """The label printed on the form."""
    return (field.title if field else "") or "（表样外的一栏）"


def is_private(field: FieldSchema | None) -> bool:
    """Whether a field holds what may not lie open on a screen: what the schema calls private, and what it does not know."""
    return field is None or field.is_private


def form_facts(form: Form) -> Iterator[str]:
    """What is neither cell nor row: the length of a text, the parts it lacks."""
    if characters := form.facts.get("characters"):
        yield f"约 {characters} 字"
    if lacking := _words(form.facts.get("missing_sections")):
        yield f"未见：{'、'.join(lacking)}"
    if found := _words(form.facts.get("sections")):
        yield f"看到的小标题：{'、'.join(found)}"


def _words(found: object) -> Sequence[str]:
    return [str(word) for word in found] if isinstance(found, list | tuple) else []
