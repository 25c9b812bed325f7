"""Core: every word that a schema prints - labels, headings, years, column titles - and what a text says in these words, found out once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from config.schema import FieldSchema, FormSchema
from parsers.forms.labels import CACHE_LIMIT, LONGEST_LABEL, LabelBook, compact, label_keys
from parsers.forms.lines import LONGEST_KEPT, FigureBook, LineBook, LineValue

_A_YEAR = re.compile(r"20\d\d年?度?")


@dataclass(frozen=True, slots=True)
class Said:
    """释义: what a text is to one form - the blanks, blocks, years, foot lines and columns that it names, the labels and counts it holds.

    `begins` says that it begins with a label and its colon, `year` that it is a year, of this form's or any other.
    """

    fields: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    feet: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    lines: tuple[LineValue, ...] = ()
    figures: tuple[tuple[FieldSchema, str], ...] = ()
    begins: bool = False
    year: bool = False


NOTHING = Said()
"""What nearly every value is: words that the form does not print."""


class Wording:
    """表上文字: the books of one schema. `of` looks a text up in all of them, and remembers it for the documents that follow."""

    def __init__(self, schema: FormSchema) -> None:
        columns = schema.rows.columns if schema.rows else ()
        self.fields = LabelBook((label, f.name) for f in schema.fields for label in f.labels)
        self.heads = LabelBook((label, g.name) for g in schema.groups for label in g.labels)
        self.years = LabelBook((label, f.name) for f in schema.fields for label in f.row_labels)
        self.feet = LabelBook((label, f.name) for f in schema.fields if schema.group(f.group).place == "line" for label in f.labels)
        self.columns = LabelBook((label, c.name) for c in columns for label in c.labels)
        self.lines = LineBook(schema)
        self._figures = FigureBook(f for f in schema.fields if f.type == "integer")
        self._printed = LabelBook((label, "") for label in _every_label(schema))
        self._remembered = lru_cache(maxsize=CACHE_LIMIT)(self._find)

    def of(self, text: str) -> Said:
        """What the text is to this form."""
        return self._remembered(text) if len(text) <= LONGEST_KEPT else self._find(text)

    def _find(self, text: str) -> Said:
        lines, figures = self.lines.find(text), self._figures.find(text)
        short = 0 < len(text) <= LONGEST_LABEL and bool(label_keys(text))
        year = short and bool(_A_YEAR.fullmatch(compact(text)))
        if not short or not self._printed.knows(text):
            if not (lines or figures or year):
                return NOTHING
            return Said(lines=lines, figures=figures, begins=self.lines.begins(text), year=year)
        years = self.years.find(text)
        return Said(
            fields=self.fields.find(text),
            heads=self.heads.find(text),
            years=years,
            feet=self.feet.find(text),
            columns=self.columns.find(text),
            lines=lines,
            figures=figures,
            begins=self.lines.begins(text),
            year=year or bool(years),
        )


def _every_label(schema: FormSchema) -> Iterable[str]:
    for one in (*schema.fields, *(schema.rows.columns if schema.rows else ())):
        yield from (*one.labels, *one.row_labels)
    for group in schema.groups:
        yield from group.labels
