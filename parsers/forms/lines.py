"""Core: values written behind their label in running text - "省总直属高校工会：…（盖章）    填表日期：…", "姓名：张三  性别：男"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from config.schema import FieldSchema, FormSchema
from parsers.forms.labels import CACHE_LIMIT, compact, fold, label_key

_SEAL = r"(?:\s*[(\[【][^()\[\]【】]{0,8}[)\]】])?"
_START = r"(?:(?<=^)|(?<=[\s:;,.。)\]】、_/☑☐□√]))"
_BETWEEN = r"[\s/、·()\-_]*"
LONGEST_KEPT = 200  # characters of a text that is remembered from one document to the next
_TAIL_SEAL = re.compile(r"[(（\[【]?\s*(?:盖\s*章|公\s*章|签\s*[章字名])\s*[)）\]】]?\s*[:：]?\s*$")


class LineValue(NamedTuple):
    """A label met in running text: the names it may stand for, and the text up to the next label."""

    names: tuple[str, ...]
    text: str
    colon: bool


class LineBook:
    """行标签簿: finds the labels of a schema in running text. Those of `line` blocks may stand without a colon, all others need one."""

    def __init__(self, schema: FormSchema) -> None:
        loose = {f.name for f in schema.fields if schema.group(f.group).place == "line"}
        names: dict[str, list[str]] = {}
        for field in schema.fields:
            for label in (*field.labels, *_year_labels(field)):
                if "*" not in label and label_key(label):
                    names.setdefault(label_key(label), []).append(field.name)
        self._names = {k: tuple(dict.fromkeys(v)) for k, v in names.items()}
        self._loose = {k for k, v in self._names.items() if loose.intersection(v)}
        words = sorted(self._names, key=len, reverse=True)
        spelled = "|".join(_BETWEEN.join(map(re.escape, w)) for w in words) or r"(?!)"
        self._pattern = re.compile(
            rf"{_START}(?P<label>{spelled}){_SEAL}\s*(?P<colon>[:：])|{_START}(?P<bare>{spelled}){_SEAL}(?=\s|$)", re.IGNORECASE
        )
        self._bare = re.compile("|".join(_BETWEEN.join(map(re.escape, w)) for w in sorted(self._loose)) or r"(?!)", re.IGNORECASE)
        self._remembered = lru_cache(maxsize=CACHE_LIMIT)(self._find)
        self._begun = lru_cache(maxsize=CACHE_LIMIT)(self._begins)

    def begins(self, text: str) -> bool:
        """True when a text begins with a label and its colon."""
        return self._begun(text) if len(text) <= LONGEST_KEPT else self._begins(text)

    def _begins(self, text: str) -> bool:
        folded = fold(text)
        match = self._pattern.match(folded.lstrip()) if ":" in folded else None
        return bool(match and match["colon"])

    def find(self, text: str) -> tuple[LineValue, ...]:
        """Every label of the text with its value; empty when the text holds none."""
        return self._remembered(text) if len(text) <= LONGEST_KEPT else self._find(text)

    def _find(self, text: str) -> tuple[LineValue, ...]:
        plain = fold(text)
        if ":" not in plain and not self._bare.search(plain):
            return ()
        folded, origin = _folded(text)
        marks = [m for m in self._pattern.finditer(folded) if m["label"] or _label_of(m["bare"]) in self._loose]
        found = []
        for i, match in enumerate(marks):
            end = origin[marks[i + 1].start()] if i + 1 < len(marks) else len(text)
            start = origin[match.end() - 1] + 1  # what folding leaves out (a picture's mark) belongs to the value
            value = text[start:end].strip(" \t\r\n:：;；")
            names = self._names[_label_of(match["label"] or match["bare"])]
            found.append(LineValue(names, value, bool(match["colon"])))
        return tuple(found)


def _label_of(text: str) -> str:
    return re.sub(_BETWEEN, "", text).lower()


def _year_labels(field: FieldSchema) -> Iterable[str]:
    if field.row_labels:
        yield from (f"{row}{label}" for row in field.row_labels[:2] for label in field.labels)


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """The folded text with the place in the original of every folded character (and of the end)."""
    parts = [fold(char) for char in text]
    if all(len(part) == 1 for part in parts):
        return "".join(parts), range(len(text) + 1)
    origin: list[int] = []
    for i, shown in enumerate(parts):
        origin.extend([i] * len(shown))
    return "".join(parts), [*origin, len(text)]


class FigureBook:
    """计数标签簿: reads counts printed in one cell with their labels ("国际 3 个  国家 2 个")."""

    def __init__(self, fields: Iterable[FieldSchema]) -> None:
        self._spelled = {compact(label).lower(): f for f in fields for label in f.labels if "*" not in label}
        spelled = "|".join(r"\s*".join(map(re.escape, x)) for x in sorted(self._spelled, key=len, reverse=True)) or r"(?!)"
        unit = r"[项个人名件次]?"
        self._pattern = re.compile(
            rf"(?P<label>{spelled})\s*[:：]?\s*(?P<value>\(?\s*(?:\d[\d,.]*|/|-+|—+|无)?\s*(?:\(?{unit}\)?)?\s*\)?)\s*[;,，；、/|]?\s*",
            re.IGNORECASE,
        )

    def find(self, text: str) -> tuple[tuple[FieldSchema, str], ...]:
        """Each count with its field; empty unless the whole cell is made of such pairs."""
        folded = fold(text).strip()
        if len(folded) > 160:
            return ()
        at, found = 0, []
        while at < len(folded):
            match = self._pattern.match(folded, at)
            if not match or match.end() == at:
                return ()
            found.append((self._spelled[compact(match["label"]).lower()], match["value"].strip().strip("()").strip()))
            at = match.end()
        return tuple(found)


def clean_line_value(text: str, field: FieldSchema) -> str:
    """A value out of running text: what follows a wide gap is something else, a seal word is no part of it."""
    bare = _TAIL_SEAL.sub("", text.strip())
    if field.type == "string" and field.format in ("person", "unit_name", "phone", "email"):
        bare = re.split(r"\s{3,}|\t|\n", bare.strip())[0]
    return bare.strip()
