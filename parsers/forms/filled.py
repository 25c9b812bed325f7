"""Core: a part of a document and a schema -> a Form; the one reader for every printed form (a new form is a new TOML file)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from config.schema import FieldSchema, FormSchema
from parsers.form import BLANK_TEMPLATE, Form, Value
from parsers.forms.blanks import GUESSED, Blanks
from parsers.forms.found import MISPLACED, Found, Part
from parsers.forms.grid import Grid, Grids
from parsers.forms.labels import compact, fold
from parsers.forms.rows.roster import Roster, RosterRows
from parsers.forms.wording import Wording

DOUBTFUL = 0.75
_SEE_ANNEX = re.compile(r"见附[表件页]|见附后|另附[表页]?|附后$|另行附")
_YEAR_LABEL = re.compile(r"(20\d{2})年?度?")
_DOCUMENT_NUMBER = re.compile(r"[\u4e00-\u9fff]{2,12}(?:字|发)?\s*[〔\[(【]\s*20\d{2}\s*[〕\])】]\s*\d{1,4}\s*号")


class FormReader:
    """表读法: one schema, ready to read."""

    def __init__(self, schema: FormSchema) -> None:
        self.schema = schema
        self.words = Wording(schema)
        self.blanks = Blanks(schema, self.words)
        self.roster = Roster(schema, schema.rows, self.words) if schema.rows else None

    def read(self, part: Part, category: str | None = None, known: Grids | None = None) -> Form:
        """The form that a part holds; a blank template when nothing in it is filled. `known` has the grids made while it was recognised."""
        known = known or Grids()
        grids = [known.of(t) for t in part.tables]
        rows = self.roster.read(grids) if self.roster else None
        found = self.blanks.find(part, grids, rows.claimed if rows else set())
        fields, doubtful = _settle(self.schema.fields, found)
        if self.schema.category is not None or category is not None:
            fields = {"category": Value(part.title, category, part.where)} | fields
        members = tuple(rows.rows) if rows else ()
        doubtful = (
            *doubtful,
            *(f"{_rows_name(self.schema)}.{i}.{n}" for i, row in enumerate(members) for n, v in row.items() if v.confidence < DOUBTFUL),
        )
        facts = self._facts(part, grids, rows)
        if not members and all(v.blank for n, v in fields.items() if n != "category" or self.schema.category is None):
            return Form(kind=BLANK_TEMPLATE, where=part.where, facts={**facts, "of": self.schema.kind, "category": category})
        return Form(
            kind=self.schema.kind,
            fields=fields,
            rows=members,
            confidence=GUESSED if any(v.confidence == GUESSED for v in fields.values()) else _confidence(fields, members),
            doubtful=doubtful,
            absent=self._absent(fields, rows),
            where=part.where,
            facts=facts,
        )

    def _absent(self, fields: Mapping[str, Value], rows: RosterRows | None) -> tuple[str, ...]:
        """The required blanks and columns that this paper does not print (columns of one block stand for one another)."""
        lacking = [f.name for f in self.schema.fields if f.constraints.required and f.name not in fields]
        if rows is None or self.schema.rows is None:
            return tuple(lacking)
        printed = {n for h in rows.headers for n in h.names}
        columns = self.schema.rows.columns
        covered = {c.group for c in columns if c.group and c.name in printed}
        lacking += [c.name for c in columns if c.constraints.required and c.name not in printed]
        grouped = {c.group: c.name for c in columns if c.group and c.group not in covered}
        return (*lacking, *grouped.values()) if rows.headers else tuple(lacking)

    def _facts(self, part: Part, grids: Sequence[Grid], rows: RosterRows | None) -> dict[str, Any]:
        texts = [c.text for g in grids for c in g.cells if 0 < len(c.text) <= 60]
        lines = [p.text for p in part.paragraphs]
        numbered = (fold(t) for t in (*lines, *texts) if "号" in t)
        number = next((compact(m[0]) for t in numbered if (m := _DOCUMENT_NUMBER.search(t))), "")
        facts: dict[str, Any] = {"years": self._years(texts, rows), "title": part.title}
        if number:
            facts["document_number"] = number
        annexed = (bare for t in (*texts, *lines) if "附" in (bare := compact(t)) or "另" in bare)
        if (rows and len(rows.headers) > 1) or any(map(_SEE_ANNEX.search, annexed)):
            facts["annex_sheet"] = True
        return facts

    def _years(self, texts: Iterable[str], rows: RosterRows | None) -> tuple[int, ...]:
        """The data years printed on the form: year labels of rows and titles, not the years in dates."""
        years: set[int] = set()
        for text in texts if any(f.row_labels for f in self.schema.fields) else ():
            if (found := _YEAR_LABEL.fullmatch(compact(text))):
                years.add(int(found[1]))
        for header in rows.headers if rows else ():
            if rows is not None and self.schema.years:
                years |= header.years
        return tuple(sorted(years))


def _settle(schemas: Sequence[FieldSchema], found: Sequence[Found]) -> tuple[dict[str, Value], tuple[str, ...]]:
    """The best candidate of every field; two that disagree make the value doubtful."""
    fields: dict[str, Value] = {}
    doubtful = []
    by_name: dict[str, list[Found]] = {}
    for one in found:
        by_name.setdefault(one.name, []).append(one)
    for schema in schemas:
        every = by_name.get(schema.name)
        if not every:
            continue
        mine = [f.value for f in every if f.rank < MISPLACED] or [f.value for f in every]
        filled = [v for v in mine if not v.blank]
        best = next((v for v in filled if not v.unread), (filled or mine)[0])
        told = {_plain(v.value) for v in filled if v.value is not None} if len(filled) > 1 else ()
        unsure = len(told) > 1 or (filled and filled[0].unread)
        confidence = min(best.confidence, 0.5) if unsure else best.confidence
        if confidence != best.confidence or best.where.field != schema.name:
            best = replace(best, where=replace(best.where, field=schema.name), confidence=confidence)
        fields[schema.name] = best
        if confidence < DOUBTFUL:
            doubtful.append(schema.name)
    return fields, tuple(doubtful)


def _plain(value: Any) -> str:
    return compact(str(value))


def _rows_name(schema: FormSchema) -> str:
    return "members" if schema.kind == "basic_info" else "rows"


def _confidence(fields: Mapping[str, Value], rows: Sequence[Mapping[str, Value]]) -> float:
    every = [v.confidence for v in fields.values()] + [v.confidence for row in rows for v in row.values()]
    return round(sum(every) / len(every), 3) if every else 1.0
