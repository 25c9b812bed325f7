"""Words: a printed form as a schema - the words of Frictionless Table Schema plus how the form is printed and what its faults are called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as factory
from typing import Literal

FieldType = Literal["string", "integer", "number", "date", "year", "array"]
RowsLayout = Literal["rows", "columns", "blocks"]
TOTALS = ("合计", "总计", "小计", "共计", "累计")
FORMATS = ("", "phone", "email", "identity", "person", "unit_name")
PRIVATE_FORMATS = frozenset({"phone", "email", "identity"})
_PRIVATE_WORDS = re.compile(
    r"性别|出生|年龄|民族|籍贯|政治面貌|政治面目|党派|学历|学位|婚姻|身份证|证件号|护照|电话|手机|联系方式|邮箱|邮件|信箱|e-?mail|微信|qq|住址|地址|银行|账号|卡号",
    re.IGNORECASE,
)
FIELD_TYPES: tuple[FieldType, ...] = ("string", "integer", "number", "date", "year", "array")


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraints:
    """约束 (Table Schema): what a value must satisfy. `pattern` is a regular expression for the whole typed value."""

    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""
    enum: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """选项: one box of a choice. `key` is the typed value, `words` the spellings printed beside the box."""

    key: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSchema:
    """字段: one blank of the form.

    `labels` are the spellings printed before it (white space, colons and brackets do not count, `*` stands for anything); the first is
    printed by our own templates. `group` is the block it stands in. A cross-table field has `row_labels` too: it stands where their row
    meets the column of `labels`. `year` is the data year it is about. `format` refines a string: `phone`, `email`, `identity` (证件号码),
    `person`, `unit_name`. `private` marks what no letter may repeat; phone, email and identity are private anyway.
    `blank_code` and `invalid_code` are the finding codes of domain.md ("" = not said), `unit` the unit the form prints.
    """

    name: str
    title: str
    type: FieldType = "string"
    format: str = ""
    labels: tuple[str, ...] = ()
    row_labels: tuple[str, ...] = ()
    group: str = ""
    unit: str = ""
    year: int | None = None
    options: tuple[Option, ...] = ()
    constraints: Constraints = Constraints()
    private: bool = False
    blank_code: str = ""
    invalid_code: str = ""

    @property
    def is_private(self) -> bool:
        """True when no letter may say what stands there: marked so, of a private format, or printed under a word that is always personal
        (出生年月, 民族): a schema whose author forgot the mark must not tell a birth date."""
        return self.private or self.format in PRIVATE_FORMATS or any(_PRIVATE_WORDS.search(t) for t in (self.title, *self.labels))


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """栏: a block of the form. `labels` head it; `layout` is `pairs` (label, then value) or `header` (labels over their values: these count
    as labels only when at least `together` of the block stand in one row or column, because the same words are also values: 教授);
    `place` is `body`, or `line` for what stands before and after the table."""

    name: str
    title: str
    labels: tuple[str, ...] = ()
    layout: Literal["pairs", "header"] = "pairs"
    place: Literal["body", "line"] = "body"
    together: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """明细: the repeated rows of the form (members, nominated studios). A row with nothing in `key` and nothing else is no row, nor is one
    whose first words are in `totals` (合计). `layout` says how they are printed: `rows` under titles (a list on its side, titles down its left
    edge and one person a column, is found too when it cannot be anything else), `columns` when it is on its side whatever it looks like,
    `blocks` when the same labels are printed again for each entry. `markers` are column names that no other block prints; `blank_code` is said when there is none."""

    title: str
    columns: tuple[FieldSchema, ...]
    key: str
    labels: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()
    totals: tuple[str, ...] = TOTALS
    required: bool = False
    blank_code: str = ""
    layout: RowsLayout = "rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """合计关系: `total` must equal the sum of `parts` (± tolerance) when all are filled; `unless` names fields that must be 0 for it to be asked."""

    total: str
    parts: tuple[str, ...]
    code: str
    tolerance: float = 0.01
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """大小关系: `lower` must not be more than `upper` (numbers, or dates compared at their common precision)."""

    lower: str
    upper: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """提纲条目: a heading of an outline; `words` are the spellings that show that the essay treats it."""

    title: str
    words: tuple[str, ...]
    part: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSchema:
    """表样: one printed form of the notice. `key` tells schemas of one `kind` apart; `titles` are the words that name it on paper.

    `category` is set when the title itself says it (附件1, 附件2), with `category_words` to look for. `sections`, `mentions` and `prompts`
    (the outline's own wording, a template when it comes back alone) belong to a narrative.
    """

    kind: str
    title: str
    key: str = ""
    annex: str = ""
    titles: tuple[str, ...] = ()
    category: str | None = None
    category_words: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    groups: tuple[Group, ...] = ()
    fields: tuple[FieldSchema, ...] = ()
    rows: Rows | None = None
    sums: tuple[Sum, ...] = ()
    orders: tuple[Order, ...] = ()
    sections: tuple[Section, ...] = ()
    mentions: Mapping[str, tuple[str, ...]] = factory(default_factory=dict, hash=False)
    prompts: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()

    def group(self, name: str) -> Group:
        """The block with this name; a block that is not listed is an ordinary one."""
        return next((g for g in self.groups if g.name == name), Group(name=name, title=name))

    def field(self, name: str) -> FieldSchema | None:
        """The field with this name, None when the form does not print it."""
        return next((f for f in self.fields if f.name == name), None)
