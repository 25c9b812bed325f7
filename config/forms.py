"""Core: a schema TOML to a FormSchema - every mistake is named by its key; `{year}` and `{yy}` are written once for each data year."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from config.schema import FIELD_TYPES, FORMATS, TOTALS, Constraints, FieldSchema, FormSchema, Group, Option, Order, Rows, Section, Sum

__all__ = [
    "Constraints",
    "FieldSchema",
    "FormSchema",
    "Group",
    "Option",
    "Order",
    "Rows",
    "SchemaMistake",
    "Section",
    "Sum",
    "mapping_to_schema",
]

KINDS = ("basic_info", "summary_table", "narrative", "supporting")


class SchemaMistake(Exception):
    """A schema that cannot be used: `key` is the dotted path of the mistake, `sentence` says in Chinese what to write instead."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(f"{key}：{sentence}")
        self.key = key
        self.sentence = sentence


class Table:
    """One TOML table being read: typed look-ups that know their own path, and a complaint about keys nobody asked for."""

    def __init__(self, values: Any, path: str) -> None:
        if not isinstance(values, Mapping):
            raise SchemaMistake(path, "应为一个表（[…] 或 { … }）。")
        self.values: Mapping[str, Any] = values
        self.path = path
        self.asked: set[str] = set()

    def at(self, key: str) -> str:
        """The dotted path of a key."""
        return f"{self.path}.{key}" if self.path else key

    def text(self, key: str, default: str | None = None) -> str:
        """A string; without a default it must be there and not be empty."""
        value = self.take(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise SchemaMistake(self.at(key), "应填写文字。")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings; nothing when it is not there."""
        value = self.take(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
            raise SchemaMistake(self.at(key), '应为文字列表，如 ["甲", "乙"]。')
        return tuple(value)

    def number(self, key: str) -> float | None:
        """A number or nothing."""
        value = self.take(key, None)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise SchemaMistake(self.at(key), "应填写数字。")
        return value

    def flag(self, key: str) -> bool:
        """true or false, false when it is not there."""
        value = self.take(key, False)
        if not isinstance(value, bool):
            raise SchemaMistake(self.at(key), "应为 true 或 false。")
        return value

    def one_of(self, key: str, allowed: Iterable[str], default: str) -> Any:
        """A word out of a list."""
        value, words = self.text(key, default), tuple(allowed)
        if value not in words:
            raise SchemaMistake(self.at(key), f"“{value}”不在可用的词中：{'、'.join(words)}。")
        return value

    def tables(self, key: str) -> tuple[Table, ...]:
        """A list of tables; nothing when it is not there."""
        value = self.take(key, [])
        if not isinstance(value, list):
            raise SchemaMistake(self.at(key), "应为表的列表（[[…]]）。")
        return tuple(Table(v, f"{self.at(key)}.{i}") for i, v in enumerate(value))

    def table(self, key: str) -> Table | None:
        """A table or nothing."""
        value = self.take(key, None)
        return None if value is None else Table(value, self.at(key))

    def take(self, key: str, default: Any) -> Any:
        """The raw value; remembers that the key is known."""
        self.asked.add(key)
        return self.values.get(key, default)

    def check_unknown(self) -> None:
        """Complain about the first key that nothing asked for: a misspelt key must not be silently without effect."""
        for key in self.values:
            if key not in self.asked:
                raise SchemaMistake(self.at(key), "没有这个键，请检查拼写。")


def mapping_to_schema(mapping: Mapping[str, Any]) -> FormSchema:
    """A schema TOML as a FormSchema; raises SchemaMistake with the key of the first mistake."""
    top = Table(mapping, "")
    kind, title, years = top.one_of("kind", KINDS, ""), top.text("title"), _years(top)
    fields = tuple(f for t in top.tables("fields") for f in _fields(t, years))
    rows = top.table("rows")
    schema = FormSchema(
        kind=kind,
        title=title,
        key=top.text("key", kind),
        annex=top.text("annex", ""),
        titles=top.texts("titles"),
        category=top.text("category", "") or None,
        category_words=top.texts("category_words"),
        years=years,
        groups=tuple(_group(t) for t in top.tables("groups")),
        fields=fields,
        rows=_rows(rows, years) if rows else None,
        sums=tuple(s for t in top.tables("sums") for s in _sums(t, years)),
        orders=tuple(_order(t) for t in top.tables("orders")),
        sections=tuple(_section(t) for t in top.tables("sections")),
        mentions=_mentions(top.table("mentions")),
        prompts=top.texts("prompts"),
        hints=top.texts("hints"),
    )
    top.check_unknown()
    _check_names(schema)
    return schema


def _years(top: Table) -> tuple[int, ...]:
    value = top.take("years", [])
    if not isinstance(value, list) or not all(isinstance(y, int) and 2000 <= y < 2100 for y in value):
        raise SchemaMistake(top.at("years"), "应为年份列表，如 [2020, 2021]。")
    return tuple(value)


def _group(table: Table) -> Group:
    group = Group(
        name=table.text("name"),
        title=table.text("title", "") or table.text("name"),
        labels=table.texts("labels"),
        layout=table.one_of("layout", ("pairs", "header"), "pairs"),
        place=table.one_of("place", ("body", "line"), "body"),
        together=int(table.number("together") or 1),
    )
    table.check_unknown()
    return group


def _fields(table: Table, years: tuple[int, ...]) -> tuple[FieldSchema, ...]:
    if "{year}" not in table.text("name"):
        return (_field(table, None, years),)
    if not years:
        raise SchemaMistake(table.at("name"), "用了 {year}，但表样没有 years。")
    return tuple(_field(table, year, years) for year in years)


def _field(table: Table, year: int | None, years: tuple[int, ...]) -> FieldSchema:
    joined = "".join(f"{y % 100:02d}年" for y in years)

    def filled(text: str) -> str:
        shared = text.replace("{years}", joined)
        return shared if year is None else shared.replace("{year}", str(year)).replace("{yy}", f"{year % 100:02d}")

    labels = tuple(filled(x) for x in table.texts("labels"))
    constraints, codes = table.table("constraints"), table.table("codes")
    title = filled(table.text("title"))
    schema = FieldSchema(
        name=filled(table.text("name")),
        title=title,
        type=table.one_of("type", FIELD_TYPES, "string"),
        format=table.one_of("format", FORMATS, ""),
        labels=labels or (title,),
        row_labels=tuple(filled(x) for x in table.texts("row_labels")),
        group=table.text("group", ""),
        unit=table.text("unit", ""),
        year=year,
        options=tuple(_option(t) for t in table.tables("options")),
        constraints=_constraints(constraints) if constraints else Constraints(),
        private=table.flag("private"),
        blank_code=codes.text("blank", "") if codes else "",
        invalid_code=codes.text("invalid", "") if codes else "",
    )
    for used in (table, codes):
        if used:
            used.check_unknown()
    return schema


def _option(table: Table) -> Option:
    words = table.texts("words")
    option = Option(key=table.text("key", words[0] if words else None), words=words or (table.text("key"),))
    table.check_unknown()
    return option


def _constraints(table: Table) -> Constraints:
    pattern = table.text("pattern", "")
    try:
        re.compile(pattern)
    except re.error as error:
        raise SchemaMistake(table.at("pattern"), f"不是正则表达式（{error}）。") from error
    constraints = Constraints(
        required=table.flag("required"),
        minimum=table.number("minimum"),
        maximum=table.number("maximum"),
        pattern=pattern,
        enum=table.texts("enum"),
    )
    table.check_unknown()
    return constraints


def _rows(table: Table, years: tuple[int, ...]) -> Rows:
    columns = tuple(f for t in table.tables("columns") for f in _fields(t, years))
    rows = Rows(
        title=table.text("title"),
        columns=columns,
        key=table.text("key"),
        labels=table.texts("labels"),
        markers=table.texts("markers"),
        totals=table.texts("totals") or TOTALS,
        required=table.flag("required"),
        blank_code=table.text("blank_code", ""),
        layout=table.one_of("layout", ("rows", "columns", "blocks"), "rows"),
    )
    table.check_unknown()
    known = {c.name for c in columns}
    for name, at in ((rows.key, "key"), *((m, "markers") for m in rows.markers)):
        if name not in known:
            raise SchemaMistake(table.at(at), f"“{name}”不是这张表的栏。")
    return rows


def _sums(table: Table, years: tuple[int, ...]) -> tuple[Sum, ...]:
    total, parts, unless = table.text("total"), table.texts("parts"), table.texts("unless")
    code, tolerance = table.text("code"), table.number("tolerance")
    table.check_unknown()
    spread: tuple[int | None, ...] = years if "{year}" in total else (None,)

    def at(text: str, year: int | None) -> str:
        return text.replace("{year}", str(year))

    return tuple(
        Sum(
            total=at(total, year),
            parts=tuple(at(p, year) for p in parts),
            code=code,
            tolerance=0.01 if tolerance is None else tolerance,
            unless=tuple(at(u, year) for u in unless),
        )
        for year in spread
    )


def _order(table: Table) -> Order:
    order = Order(lower=table.text("lower"), upper=table.text("upper"), code=table.text("code"))
    table.check_unknown()
    return order


def _section(table: Table) -> Section:
    title = table.text("title")
    section = Section(title=title, words=table.texts("words") or (title,), part=table.text("part", ""))
    table.check_unknown()
    return section


def _mentions(table: Table | None) -> dict[str, tuple[str, ...]]:
    return {name: table.texts(name) for name in table.values} if table else {}


def _check_names(schema: FormSchema) -> None:
    names = [f.name for f in schema.fields]
    for i, name in enumerate(names):
        if name in names[:i]:
            raise SchemaMistake(f"fields.{i}.name", f"“{name}”重复。")
    groups = {g.name for g in schema.groups}
    for i, one in enumerate(schema.fields):
        if one.group and one.group not in groups:
            raise SchemaMistake(f"fields.{i}.group", f"没有“{one.group}”这一栏，请先写 [[groups]]。")
    for key, used in _references(schema):
        if used not in names:
            raise SchemaMistake(key, f"没有“{used}”这个字段。")


def _references(schema: FormSchema) -> Iterable[tuple[str, str]]:
    for i, total in enumerate(schema.sums):
        yield from ((f"sums.{i}", name) for name in (total.total, *total.parts, *total.unless))
    for i, order in enumerate(schema.orders):
        yield from ((f"orders.{i}", name) for name in (order.lower, order.upper))
