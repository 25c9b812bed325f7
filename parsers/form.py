"""Words: what a document says once it is understood - forms with values, each with its place and how sure we are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from parsers.document import Area, Status, Unread

BASIC_INFO = "basic_info"
SUMMARY_TABLE = "summary_table"
NARRATIVE = "narrative"
BLANK_TEMPLATE = "blank_template"
UNRECOGNISED = "unrecognised"
SUPPORTING = "supporting"


@dataclass(frozen=True, slots=True)
class Where:
    """出处: the place a person can look at; `row` and `table` count from 1, `cell` is "B3" or "第3行第2格"; `area` is its place on the page's picture."""

    file: str = ""
    table: int | None = None
    row: int | None = None
    cell: str = ""
    place: str = ""
    field: str = ""
    area: Area | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """值: text as written, typed value (None = blank or undecidable), place and confidence 0..1.

    `blank` tells an empty cell from text that could not be typed (`raw` then holds the text and `value` is None).
    `unread` says that something stands there that is no text at all (why: `parsers.document.Unread`): `raw` is empty then,
    `value` is None, and it is not blank.
    """

    raw: str
    value: Any
    where: Where = Where()
    confidence: float = 1.0
    unread: Unread = ""

    @property
    def blank(self) -> bool:
        """True when nothing was written there."""
        return not self.unread and self.value in (None, "", [], ()) and not self.raw.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """表: one filled form. `kind` and the keys of `fields` are those of the contract.

    `rows` are the rows of a summary table or the members of a basic-info form. A field that the form does not print is
    absent; a printed blank is a Value with `blank` true. `absent` names the required columns/labels that were not found
    (T18). `facts` holds what is neither field nor row: for a narrative `characters`, `sections`, `missing_sections`,
    `mentions`, `fingerprint`; for any form `years` (the data years printed), `document_number`, `annex_sheet` (see the
    attached table), `hidden` (its sheet hides rows or columns with something in them), `of` (a blank template's kind).
    """

    kind: str
    fields: Mapping[str, Value] = field(default_factory=dict)
    rows: tuple[Mapping[str, Value], ...] = ()
    confidence: float = 1.0
    doubtful: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    where: Where = Where()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def value(self, name: str) -> Any:
        """The typed value of a field, None when blank or not printed."""
        found = self.fields.get(name)
        return found.value if found else None

    @property
    def unread(self) -> tuple[str, ...]:
        """The names, as in `doubtful`, of the boxes that hold something which could not be turned into a value."""
        rows = "members" if self.kind == BASIC_INFO else "rows"
        named = (n for n, v in self.fields.items() if v.unread)
        return (*named, *(f"{rows}.{i}.{n}" for i, row in enumerate(self.rows) for n, v in row.items() if v.unread))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """读件结果: all that reading one file gave; keyed by (sha256, reader version) and kept in the ledger as JSON."""

    sha256: str
    reader: str
    status: Status
    pages: int | None = None
    ocr: bool = False
    seals: int = 0
    seal_words: tuple[str, ...] = ()
    forms: tuple[Form, ...] = ()
    text: str = ""
    problems: tuple[str, ...] = ()
