"""Core: what the form schemas state with their finding codes - blanks, wrong kinds of value, limits, patterns, sums and orders."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from config.campaign import Campaign
from config.schema import FieldSchema, FormSchema, Order, Sum
from intake.checks.catalogue import CATALOGUE
from intake.checks.dates import value_to_span
from intake.checks.sheets import Sheet
from intake.submission import Finding

_SEVERAL = re.compile(r"[、,，;；/\n]")
_LOOSE = re.compile(r"[\s\-—()（）]")
_NO_NUMBER = re.compile(r"[^\d\s+\-—()（）]+|(?<=\d{7})\s+(?=\d)|[（(](?!0\d{2,3}[)）])|(?<!\d)[)）]|(?<=\d{6})[)）]")
"""What stands between telephone numbers or beside them: whose it is (张三), which it is (办公:), a note in brackets; an area code's own brackets are none of it."""


def find_schema(campaign: Campaign, kind: str, category: str | None = None) -> FormSchema | None:
    """The campaign's schema for a kind of form; of several summary tables the one of the category."""
    schemas = [schema for schema in campaign.forms if schema.kind == kind]
    return next((s for s in schemas if category is None or s.category == category), schemas[0] if schemas else None)


def faults(sheet: Sheet, fields: Sequence[FieldSchema]) -> Iterator[tuple[str, FieldSchema]]:
    """Every field with the code that its emptiness or its wrong content has in the schema."""
    for field in fields:
        if sheet.blank(field.name):
            code = field.blank_code
        else:
            code = field.invalid_code if invalid(sheet, field) else ""
        if code:
            yield code, field


def invalid(sheet: Sheet, field: FieldSchema) -> bool:
    """True when what stands in the box is not what the schema asks for; False for an empty or unprinted box."""
    cell, limits = sheet.cell(field.name), field.constraints
    if cell is None or cell.blank:
        return False
    if sheet.untyped(field.name):
        return True
    number = sheet.amount(field.name)
    if number is not None:
        fraction = field.type == "integer" and number != int(number)
        low = limits.minimum is not None and number < limits.minimum
        return fraction or low or (limits.maximum is not None and number > limits.maximum)
    return bool(limits.pattern) and not _matches(limits.pattern, sheet.written(field.name), loose=field.format == "phone")


def _matches(pattern: str, text: str, *, loose: bool) -> bool:
    """Whether the text, or for telephone numbers one of several written there, is of the pattern."""
    whole = ascii_width(text).strip()
    written = [part.removeprefix("+86").strip() for part in (whole, *_SEVERAL.split(whole))] if loose else [whole]
    written += [part for part in _NO_NUMBER.split(whole) if part] if loose else []
    tries = [*written, *(_LOOSE.sub("", part) for part in written)] if loose else written
    return any(re.fullmatch(pattern, one) for one in tries)


def ascii_width(text: str) -> str:
    """Full-width digits, letters and marks as their ASCII forms."""
    return text.translate({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)})


def unread_boxes(sheet: Sheet, fields: Sequence[FieldSchema]) -> tuple[str, ...]:
    """The titles of the boxes that hold something no reader could turn into a value; none of a file that a person opens anyway."""
    if sheet.version.status == "received_unread":
        return ()
    return tuple(field.title for field in fields if (cell := sheet.cell(field.name)) is not None and cell.unread)


def field_to_word(field: FieldSchema, schema: FormSchema, sentence: str) -> str:
    """A field's name inside a sentence that may already name its block or year: 领衔人…“姓名”, 2020年经济效益“合计”."""
    if field.year is not None and field.labels:
        return field.labels[0]
    block = schema.group(field.group).title
    return field.title.removeprefix(block) if block in sentence.replace("{工作室}", "") else field.title


def told_apart(sheet: Sheet, found: Sequence[FieldSchema]) -> Iterator[tuple[FieldSchema, ...]]:
    """The same fields, those we are sure of and those for staff apart, so that a doubtful one does not silence the others; what is written but unclear alone."""
    for doubtful in (False, True):
        group = tuple(field for field in found if sheet.doubtful(field.name) is doubtful and sheet.blank(field.name))
        if group:
            yield group
    yield from ((field,) for field in found if not sheet.blank(field.name))


def say(sheet: Sheet, code: str, schema: FormSchema, found: Sequence[FieldSchema], **facts: object) -> Finding:
    """One finding about these fields. The value is added only where the sentence repeats it, so that no birth date travels along."""
    entry, unclear = CATALOGUE[code], not sheet.blank(found[0].name)
    sentence = entry.unclear if unclear and entry.unclear else entry.sentence
    words = tuple(field_to_word(field, schema, sentence) for field in found)
    cell = sheet.cell(found[0].name)
    more: dict[str, object] = {"项": words, "项列表": words, "年": found[0].year or "", "n": sheet.number}
    if "{值}" in sentence:
        more["值"] = cell.raw if cell else ""
    return sheet.finding(code, *(field.name for field in found), unclear=unclear, **(more | facts))


def stated_sums(sheet: Sheet, schema: FormSchema) -> Iterator[tuple[Sum, float, float]]:
    """The sums that do not add up, with both figures. An empty part counts 0, unless its emptiness has a code and is asked for itself."""
    for stated in schema.sums:
        total, parts = sheet.amount(stated.total), [_part(sheet, schema, name) for name in stated.parts]
        excused = any((sheet.amount(name) or 0) != 0 or sheet.untyped(name) for name in stated.unless)
        filled = [part for part in parts if part is not None]
        if total is not None and len(filled) == len(parts) and not excused and not agree(total, sum(filled), stated.tolerance):
            yield stated, total, sum(filled)


def _part(sheet: Sheet, schema: FormSchema, name: str) -> float | None:
    field = schema.field(name)
    empty = sheet.cell(name) is not None and sheet.blank(name)
    return 0 if empty and field is not None and not field.blank_code else sheet.amount(name)


def agree(one: float, other: float, tolerance: float) -> bool:
    """True when two figures differ by no more than the tolerance, floating-point dust aside."""
    return abs(one - other) <= tolerance + 1e-9


def broken_orders(sheet: Sheet, schema: FormSchema) -> Iterator[Order]:
    """The orders that are broken however the dates are read (a month may mean any of its days)."""
    return (order for order in schema.orders if _broken(sheet, order))


def _broken(sheet: Sheet, order: Order) -> bool:
    lower, upper = sheet.amount(order.lower), sheet.amount(order.upper)
    if lower is not None and upper is not None:
        return lower > upper
    early, late = (value_to_span(cell.value) if (cell := sheet.cell(name)) else None for name in (order.lower, order.upper))
    return early is not None and late is not None and early.first > late.last
