"""Core: 附件4 as a Word form to be filled in on the screen - the notice's layout, the schema's words.

Labels, options, units and years come from the form schema; only the arrangement on the paper stands here. A field that the schema
adds gets a row of its own, one that it drops leaves its place empty: a new year's form still comes out whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from config.forms import FieldSchema, FormSchema
from notifier.wordform import Box, Control, Grid, Line, Para, Piece, Text, Tick

COLUMNS = 18
COLUMN_MM = 9.5
MEMBER_ROWS = 5
TICKS_A_LINE = 3
MEMBER_WIDTHS = (2, 2, 2, 2, 3, 4, 3)
REMARK = "填写说明：点击方框即可勾选；数量、金额如无请填0；骨干成员行数不够时可按Tab键加行，或另附表。"


def basic_info_blocks(schema: FormSchema) -> tuple[Para | Grid, ...]:
    """The whole form: head lines, one table, foot lines, a remark."""
    return tuple(_blocks(_Form(schema)))


class _Form:
    """The schema being printed: labels and blanks by field name, and which fields have found their place."""

    def __init__(self, schema: FormSchema) -> None:
        self.schema = schema
        self.placed: set[str] = set()

    def words(self, name: str) -> str:
        """The label printed before a field."""
        field = self.schema.field(name)
        return field.labels[0] if field else ""

    def label(self, name: str, columns: int, rows: int = 1, unit: str = "") -> Box:
        """A field's label as a box of its own."""
        return printed(f"{self.words(name)}{f'({unit})' if unit else ''}", columns, rows)

    def pieces(self, name: str) -> Line:
        """The place to write a field in: boxes to tick, or a control with the unit after it."""
        field = self.schema.field(name)
        if field is None:
            return ()
        self.placed.add(name)
        if field.options:
            return tuple(_spaced([Tick(f"{name}.{o.key}", o.words[0]) for o in field.options]))
        return (_control(field),)

    def blank(self, name: str, columns: int, rows: int = 1, unit: str = "", across: str = "center") -> Box:
        """A field's place as a box of its own, its unit printed after it."""
        field = self.schema.field(name)
        if field and len(field.options) > TICKS_A_LINE:
            return Box(self.tick_lines(field), columns, rows, across)
        tail = (Text(f" {unit}"),) if unit else ()
        return Box(((*self.pieces(name), *tail),), columns, rows, across)

    def tick_lines(self, field: FieldSchema) -> tuple[Line, ...]:
        """A long row of boxes in several lines, so that no box is parted from its word."""
        self.placed.add(field.name)
        ticks = [Tick(f"{field.name}.{o.key}", o.words[0]) for o in field.options]
        return tuple(tuple(_spaced(ticks[at : at + TICKS_A_LINE])) for at in range(0, len(ticks), TICKS_A_LINE))

    def unit(self, name: str) -> str:
        """The unit the form prints for a field."""
        field = self.schema.field(name)
        return field.unit if field else ""


def printed(text: str, columns: int, rows: int = 1) -> Box:
    """Printed words as a box; `\\n` begins a new line."""
    return Box(tuple((Text(line),) for line in text.split("\n")), columns, rows)


def _control(field: FieldSchema) -> Control:
    """The control that suits a field's type."""
    if field.constraints.enum:
        return Control(field.name, field.title, "choice", field.constraints.enum)
    kind = {"integer": "number", "number": "number", "date": "date"}.get(field.type, "text")
    return Control(field.name, field.title, kind)


def _spaced(ticks: list[Tick]) -> Iterator[Piece]:
    for number, tick in enumerate(ticks):
        if number:
            yield Text("  ")
        yield tick


def _blocks(form: _Form) -> Iterator[Para | Grid]:
    schema = form.schema
    yield Para((Text(schema.annex, font="黑体", size=12),))
    yield Para((Text(f"{form.words('category')}："), *form.pieces("category")), "right")
    yield Para((Text(schema.title, font="黑体", size=16),), "center", before=4, after=6)
    filled_on = (Text(f"（盖章）        {form.words('filled_on')}："), *form.pieces("filled_on"))
    yield Para((Text(f"{form.words('union')}："), *form.pieces("union"), *filled_on), "left", after=3)
    rows = tuple(_rows(form))
    yield Grid((COLUMN_MM,) * COLUMNS, tuple(boxes for boxes, _ in rows), tuple(height for _, height in rows))
    foot: list[Piece] = []
    for name in (field.name for field in schema.fields if schema.group(field.group).place == "line" and field.name not in form.placed):
        foot += [Text(f"{'      ' if foot else ''}{form.words(name)}："), *form.pieces(name)]
    yield Para(tuple(foot), before=6)
    yield Para((Text(REMARK, size=9),), before=4)


Row = tuple[tuple[Box, ...], float]


def _rows(form: _Form) -> Iterator[Row]:
    """The rows of the table with their least heights in millimetres."""
    yield from _studio_rows(form)
    yield from _funding_rows(form)
    yield from _innovation_rows(form)
    yield from _benefit_rows(form)
    yield from _training_rows(form)
    yield (form.label("social_benefit", 2), form.blank("social_benefit", 16, across="left")), 14.0
    leader = tuple(_leader_rows(form))
    for field in _unplaced(form):
        yield (form.label(field.name, 4), form.blank(field.name, 14, unit=field.unit, across="left")), 7.0
    yield from leader
    yield from _member_rows(form)


def _unplaced(form: _Form) -> tuple[FieldSchema, ...]:
    """Fields of the table's body that the arrangement above does not know."""
    body = [f for f in form.schema.fields if form.schema.group(f.group).place == "body"]
    return tuple(field for field in body if field.name not in form.placed)


def _studio_rows(form: _Form) -> Iterator[Row]:
    for left, right in (
        ("studio", "founded_on"),
        ("organisation", "named_by"),
        ("discipline", "named_on"),
        ("studio_types", "member_count"),
    ):
        height = 11.0 if left == "studio_types" else 7.0
        yield (form.label(left, 3), form.blank(left, 7), form.label(right, 3), form.blank(right, 5)), height


def _heading(form: _Form, group: str, name: str, rows: int) -> Box:
    """The block's own title at the left, with the unit of its figures."""
    unit = form.unit(name)
    return printed(form.schema.group(group).title + (f"\n({unit})" if unit else ""), 2, rows)


def _year_rows(form: _Form, group: str, keys: tuple[tuple[str, int], ...]) -> Iterator[Row]:
    """A block with one row for each data year under a row of labels; a unit other than the block's is printed in its label."""
    years = form.schema.years
    names = [f"{group}.{years[0]}.{key}" for key, _ in keys]
    block_unit = form.unit(names[0])
    units = ["" if form.unit(name) in ("", block_unit) else form.unit(name) for name in names]
    labels = [form.label(name, width, unit=unit) for name, (_, width), unit in zip(names, keys, units, strict=True)]
    yield (_heading(form, group, names[0], len(years) + 1), printed("年度", 3), *labels), 6.2
    for year in years:
        yield (printed(f"{year}年", 3), *(form.blank(f"{group}.{year}.{key}", width) for key, width in keys)), 6.2


def _funding_rows(form: _Form) -> Iterator[Row]:
    return _year_rows(form, "funding", (("amount", 4), ("source", 9)))


def _benefit_rows(form: _Form) -> Iterator[Row]:
    return _year_rows(form, "benefit", (("income", 3), ("savings", 3), ("foreign_exchange", 4), ("total", 3)))


def _innovation_rows(form: _Form) -> Iterator[Row]:
    def counted(name: str, columns: int) -> Box:
        return form.blank(name, columns, unit=form.unit(name))

    title = printed(form.schema.group("innovation").title, 2, 3)
    patents = ("patents.utility_model", "patents.invention")
    results, conversions = "innovation.results", "innovation.conversions"
    yield (
        (title, form.label(results, 3), counted(results, 4), printed("专利类别", 2, 2), form.label(patents[0], 3), counted(patents[0], 4)),
        6.2,
    )
    yield (form.label(conversions, 3), counted(conversions, 4), form.label(patents[1], 3), counted(patents[1], 4)), 6.2
    awards = [field.name for field in form.schema.fields if field.group == "awards"]
    widths = _shares(13, len(awards))
    yield (printed(form.schema.group("awards").title, 3), *(_award(form, n, w) for n, w in zip(awards, widths, strict=True))), 6.2


def _award(form: _Form, name: str, columns: int) -> Box:
    """Label, place and unit in one box, as the notice prints the awards."""
    return Box(((Text(f"{form.words(name)} "), *form.pieces(name), Text(f" {form.unit(name)}")),), columns)


def _shares(columns: int, parts: int) -> list[int]:
    """Columns shared out evenly, the first parts taking what is left over."""
    least, more = divmod(columns, max(parts, 1))
    return [least + 1] * more + [least] * (parts - more)


def _training_rows(form: _Form) -> Iterator[Row]:
    names = [field.name for field in form.schema.fields if field.group == "training" and field.name != "training.total"]
    honours = [name for name in names if name.endswith("_model")]
    ranks = [name for name in names if name not in honours]
    widths = [*_shares(8, len(ranks)), *_shares(6, len(honours))]
    title = printed(form.schema.group("training").title, 2, 3)
    yield (title, form.label("training.total", 2, 2), printed("专业技术职务等级", 8), printed("荣誉", 6)), 6.2
    yield tuple(form.label(name, width) for name, width in zip((*ranks, *honours), widths, strict=True)), 11.0
    values = (form.blank(name, width) for name, width in zip((*ranks, *honours), widths, strict=True))
    yield (form.blank("training.total", 2), *values), 6.2


def _leader_rows(form: _Form) -> Iterator[Row]:
    yield (printed(form.schema.group("leader").labels[0], COLUMNS),), 6.2
    for names in (("name", "gender", "born_on"), ("education", "ethnicity", "political_status"), ("specialty", "title", "phone")):
        boxes: list[Box] = []
        for name, label, place in zip(names, (2, 2, 3), (4, 3, 4), strict=True):
            boxes += [form.label(f"leader.{name}", label), form.blank(f"leader.{name}", place)]
        yield tuple(boxes), 7.0
    honours = form.schema.field("leader.honours")
    title = printed(honours.title if honours else "", 5)
    yield (title, form.blank("leader.honours", 5), form.label("leader.email", 2), form.blank("leader.email", 6)), 11.0


def _member_rows(form: _Form) -> Iterator[Row]:
    """The repeated rows: plain cells, so that rows may be added and lists pasted in."""
    rows = form.schema.rows
    if rows is None:
        return
    widths = MEMBER_WIDTHS if len(rows.columns) == len(MEMBER_WIDTHS) else tuple(_shares(COLUMNS, len(rows.columns)))
    yield (printed(f"{rows.title}（可附表）", COLUMNS),), 6.2
    yield tuple(printed(column.labels[0], width) for column, width in zip(rows.columns, widths, strict=True)), 7.0
    for _ in range(MEMBER_ROWS):
        yield tuple(Box(((),), width) for width in widths), 6.2
