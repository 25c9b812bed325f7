"""Core: what makes a value read off a scan doubtful though the engine was sure - never what corrects it.

Vocabularies (学历, 民族, 政治面貌, 职称, 性别), the shapes of phones, dates and mail addresses, sums, surnames, the leader's name in the studio's, and
the same facts elsewhere on the page. A value outside what is usual is not wrong: it is for a person to look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from functools import lru_cache
from importlib import resources
from itertools import product

from config.schema import FieldSchema, FormSchema
from parsers.document import TICKED, UNTICKED
from parsers.form import BASIC_INFO, Form, Value
from parsers.forms.labels import compact

DOUBTED = 0.5
_DOUBTFUL = 0.75
_SURE_ENOUGH = 0.9
_LONG, _LONG_SURE = 30, 0.6
_BEYOND_DOUBT = 0.97
_AMBIGUOUS = re.compile(r"[l1IO0oi|]")
_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*\.(?:com|cn|net|org|edu)")
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(?:-\d{1,5})?")
_NAME = re.compile(r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]+·[\u3400-\u9fff·]+")
_TAIL = re.compile(r"[\u4e00-\u9fff]\d{4,}$")  # the number of a seal that ran into the value
_ODD = re.compile(r"[^\u3400-\u9fffA-Za-z0-9\s，。；：、！？（）《》“”‘’·…—()\[\]/.,;:%+~—-]")
_MISTAKEN = re.compile(r"[\u4e00-\u9fff][：:][\u4e00-\u9fff]")  # in running text the engine takes ； for ：
_BOX = re.compile(f"[{TICKED}{UNTICKED}]")
_LABEL = 4
_COUNTED = {"integer", "number"}


def doubted(form: Form, schema: FormSchema | None) -> Form:
    """The form with lower confidence, and its name in `doubtful`, for every value that is not plausible."""
    if schema is None:
        return form
    columns = {c.name: c for c in schema.rows.columns} if schema.rows else {}
    known = {f.name: f for f in schema.fields}
    odd = {n for n, v in form.fields.items() if n in known and is_odd(v, known[n])} | set(_odd_together(form, schema))
    odd |= {n for n, v in form.fields.items() if _swallowed(compact(v.raw), n, schema)}
    fields = {n: _lowered(v) if n in odd else v for n, v in form.fields.items()}
    plain = tuple({n: _lowered(v) if n in columns and is_odd(v, columns[n]) else v for n, v in row.items()} for row in form.rows)
    rows = tuple(_named_alike(row, "leader_name", "studio") for row in _odd_units(plain, form))
    fields = dict(_named_alike(fields, "leader.name", "studio"))
    prefix = "members" if form.kind == BASIC_INFO else "rows"
    names = [n for n, v in fields.items() if v.confidence < _DOUBTFUL]
    names += [f"{prefix}.{i}.{n}" for i, row in enumerate(rows) for n, v in row.items() if v.confidence < _DOUBTFUL]
    return replace(form, fields=fields, rows=rows, doubtful=tuple(dict.fromkeys((*form.doubtful, *names))))


def _lowered(value: Value) -> Value:
    return replace(value, confidence=min(value.confidence, DOUBTED))


def is_odd(value: Value, field: FieldSchema) -> bool:
    """True for a value that is less sure than its kind demands, or not of the shape or vocabulary of its kind."""
    if value.blank or value.unread:
        return False
    text = compact(value.raw)
    if value.confidence < (_LONG_SURE if len(text) > _LONG else _SURE_ENOUGH) and not field.options:
        return True
    if field.options:
        return value.confidence < _DOUBTFUL or (field.type != "array" and value.value is None) or _lacks_boxes(value.raw, field)
    if value.value is None:
        return True
    if field.type in _COUNTED:
        return not re.fullmatch(r"[-+]?[\d,]*\.?\d+(?:[项个人名件次]|万?元)?", text)
    if field.type in ("date", "year"):
        return not re.fullmatch(r"(?:19|20)\d{2}(?:[年./-]\d{1,2}(?:[月./-](?:\d{1,2}日?)?)?)?年?", text)
    return _is_odd_text(text, field)


def _lacks_boxes(raw: str, field: FieldSchema) -> bool:
    """True when boxes were seen, but not each choice that the form prints stands beside one of its own, all on one side: a lost one may be the
    ticked one, and a mark beside a word not understood would be given to the next."""
    between = [re.sub(r"\s", "", part) for part in _BOX.split(raw)]
    if len(between) == 1:
        return False
    behind = {o.key for part in between[1:] for o in field.options if part.startswith(o.words)}
    before = {o.key for part in between[:-1] for o in field.options if part.endswith(o.words)}
    return max(len(behind), len(before)) < len(field.options)


def _is_odd_text(text: str, field: FieldSchema) -> bool:
    shapes = {"phone": _PHONE, "email": _EMAIL}
    if field.format in shapes:
        return not shapes[field.format].fullmatch(text) or (field.format == "email" and bool(_AMBIGUOUS.search(text.split("@")[0])))
    if field.format == "person":
        return not _NAME.fullmatch(text) or not has_known_surname(text)
    words = vocabulary(field.name.rsplit(".", 1)[-1])
    if words:
        return text not in words
    if field.name == "studio" and "工作室" not in text:
        return True
    return bool(_TAIL.search(text) or _ODD.search(text) or (len(text) > _LONG and _MISTAKEN.search(text)))


def _odd_together(form: Form, schema: FormSchema) -> Iterator[str]:
    """Values that do not fit one another: sums that fail, a leader whose name is almost but not quite in the studio's."""
    for total in schema.sums:
        names = (total.total, *total.parts)
        numbers = [v for v in map(form.value, names) if isinstance(v, int | float)]
        if len(numbers) == len(names) and abs(numbers[0] - sum(numbers[1:])) > total.tolerance:
            # Figures that were read without the least doubt do not add up on the paper itself; the total stands for them all.
            counted = all((field := schema.field(n)) and field.type == "integer" for n in names)  # persons have no decimals
            lost = set() if counted else _lost_points(names, numbers, total.tolerance)
            yield from (n for n in names if n == total.total or n in lost or form.fields[n].confidence < _BEYOND_DOUBT)
    if _differ_by_a_letter(*(str(form.value(n) or "").removesuffix("工会") for n in ("union", "organisation"))):
        yield from ("union", "organisation")


def _swallowed(text: str, name: str, schema: FormSchema) -> bool:
    """True for a value that ends in another field's label: the line between their cells was lost."""
    return any(text.endswith(label) for f in schema.fields if f.name != name for label in f.labels if len(label) >= _LABEL)


def _lost_points(names: Sequence[str], numbers: Sequence[float], tolerance: float) -> set[str]:
    """The names of those figures that would add up if a decimal point was overlooked in them: 1738 + 1085 = 18465 says 108.5 and 1846.5."""
    found: set[str] = set()
    for parts in product((1, 10, 100), repeat=len(numbers)):
        first, *rest = (number / part for number, part in zip(numbers, parts, strict=True))
        if min(parts) == 1 and first and abs(first - sum(rest)) <= tolerance:
            found |= {name for name, part in zip(names, parts, strict=True) if part > 1}
    return found


def _odd_units(rows: Sequence[Mapping[str, Value]], form: Form) -> tuple[Mapping[str, Value], ...]:
    """The rows, a unit doubtful that is a letter away from another of the same page: 附属第一医院 beside 附属第医院."""
    names = [str(row["organisation"].value or "") for row in rows if "organisation" in row] + [str(form.value("organisation") or "")]
    apart = {n for n in names if any(_differ_by_a_letter(n, other) for other in names)}
    return tuple(
        {n: _lowered(v) if n == "organisation" and str(v.value or "") in apart else v for n, v in row.items()} for row in rows
    )  # fmt: skip


def _named_alike(values: Mapping[str, Value], leader: str, studio: str) -> Mapping[str, Value]:
    """The values, the leader's name and the studio's both doubtful where one is almost in the other; and a studio that bears a doubtful name."""
    one, other = values.get(leader), values.get(studio)
    if one is None or other is None:
        return values
    name, text = str(one.value or ""), str(other.value or "")
    if _nearly_within(name, text):
        return {**values, leader: _lowered(one), studio: _lowered(other)}
    if one.confidence < _DOUBTFUL and len(name) >= 2 and name in text:
        return {**values, studio: _lowered(other)}
    return values


def _nearly_within(name: str, text: str) -> bool:
    """True when all but one letter of a name stand at the head of a text: 王镕基 and 王熔基劳模创新工作室."""
    if len(name) < 2 or name in text or len(text) < len(name):
        return False
    return sum(a != b for a, b in zip(name, text, strict=False)) == 1


def _differ_by_a_letter(one: str, other: str) -> bool:
    if one == other or min(len(one), len(other)) < 4 or abs(len(one) - len(other)) > 1:
        return False
    if one in other or other in one:
        return len(one) != len(other) and not (one.startswith(other) or other.startswith(one))
    same = sum(block.size for block in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks())
    return same >= max(len(one), len(other)) - 1


@lru_cache(maxsize=1)
def _words() -> Mapping[str, frozenset[str]]:
    """The vocabularies of `vocabulary.tsv`: field name, words."""
    lines = resources.files("parsers.scan").joinpath("vocabulary.tsv").read_text("utf-8").splitlines()
    return {name: frozenset(words.split()) for name, words in (line.split("\t") for line in lines if line and not line.startswith("#"))}


def vocabulary(name: str) -> frozenset[str]:
    """The usual words of a kind of field; empty for a field that may hold anything."""
    return _words().get(name, frozenset())


def has_known_surname(name: str) -> bool:
    """True for a name that begins with one of the usual surnames: 昝 read as 咎 does not."""
    known = vocabulary("surnames")
    return name[:1] in known or name[:2] in known


def unusual(names: Iterable[str]) -> tuple[str, ...]:
    """The names without a usual surname."""
    return tuple(n for n in names if not has_known_surname(n))
