"""Core: one TOML table being read - typed values out, every mistake noted with file, line and key."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

TO_BE_FILLED = "请填写"
"""What a draft holds where a person must write something; nothing with it is taken for an answer."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """配置错误: file, line (0 when unknown), key and the sentence that says what to write instead."""

    file: str
    line: int
    key: str
    sentence: str

    def __str__(self) -> str:
        place = f"{self.file} 第{self.line}行" if self.line else self.file
        return f"{place}：{self.key}：{self.sentence}" if self.key else f"{place}：{self.sentence}"


class ConfigMistakes(Exception):
    """The configuration cannot be used; `mistakes` lists every fault found, `str()` is one line a fault."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


class Section:
    """One TOML table being read: hands out typed values, remembers which keys were used and notes every mistake."""

    def __init__(self, table: Mapping[str, Any], file: Path, text: str, name: str = "", mistakes: list[Mistake] | None = None) -> None:
        self.table, self.file, self.text, self.name = table, file, text, name
        self.mistakes: list[Mistake] = [] if mistakes is None else mistakes
        self.used: set[str] = set()

    def fault(self, key: str, sentence: str) -> None:
        """Note a mistake at a key of this section."""
        full = f"{self.name}.{key}" if self.name and key else self.name or key
        self.mistakes.append(Mistake(str(self.file), find_line(self.text, self.name, key), full, sentence))

    def take(self, key: str, kind: type | tuple[type, ...], default: Any = ...) -> Any:
        """The value of a key, checked for its kind; a missing key without a default is a mistake."""
        self.used.add(key)
        if key not in self.table:
            if default is ...:
                self.fault(key, "缺少这一项，请补上。")
                return None
            return default
        value = self.table[key]
        if value == TO_BE_FILLED:
            self.fault(key, "还没有填写。")
            return None if default is ... else default
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if (isinstance(value, bool) and kind is int) or not isinstance(value, kind):
            self.fault(key, f"写成了 {value!r}，应为{kind_in_words(kind)}。")
            return None if default is ... else default
        return value

    def words(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of words."""
        value = self.take(key, list, list(default))
        if not all(isinstance(v, str) for v in value):
            self.fault(key, '应为文字列表，例如 ["甲", "乙"]。')
            return default
        return tuple(value)

    def inside(self, key: str) -> Section:
        """The table below a key, empty when absent."""
        value = self.take(key, dict, {})
        return Section(value, self.file, self.text, f"{self.name}.{key}".strip("."), self.mistakes)

    def each(self, key: str) -> list[Section]:
        """The tables of a list of tables ([[key]])."""
        value = self.take(key, list, [])
        name = f"{self.name}.{key}".strip(".")
        return [Section(v, self.file, self.text, f"{name}[{i}]", self.mistakes) for i, v in enumerate(value, 1) if isinstance(v, dict)]

    def close(self) -> None:
        """Note every key nobody asked for: mostly a slip of the pen."""
        for key in self.table:
            if key not in self.used:
                self.fault(key, "不认识这一项，请检查拼写。")


def kind_in_words(kind: type | tuple[type, ...]) -> str:
    """How a person would say which kind of value belongs there."""
    names = {
        str: "文字（加引号）",
        int: "整数",
        float: "数字",
        bool: "true 或 false",
        list: "列表",
        dict: "一节",
        date: "日期（2022-08-05）",
    }
    names[datetime] = "带时区的时刻（2022-08-05T23:59:59+08:00）"
    kinds = kind if isinstance(kind, tuple) else (kind,)
    return "或".join(names.get(k, k.__name__) for k in kinds)


def find_line(text: str, section: str, key: str) -> int:
    """The line (from 1) where a key of a section stands in TOML text; the section's own line when the key is absent; 0 when neither."""
    base, _, index = re.sub(r"\]$", "", section).partition("[")
    wanted, seen, inside, place = int(index or 1), 0, not section, 0
    for number, line in enumerate(text.splitlines(), 1):
        head = re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?", line)
        if head:
            inside = head[1] == base
            seen += inside
            inside = inside and (not index or seen == wanted)
            place = number if inside and not place else place
        elif inside and re.match(rf"\s*{re.escape(key)}\s*=", line):
            return number
    return place


def section_to_record(section: Section, kind: Any) -> Any:
    """A flat section into a dataclass of numbers, texts and defaults."""
    values = {}
    for f in fields(kind):
        default = getattr(kind(), f.name)
        values[f.name] = section.take(f.name, type(default), default)
    section.close()
    return kind(**values)
