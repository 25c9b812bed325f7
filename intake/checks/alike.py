"""Core: when two spellings mean the same thing, beyond what `names_match` says of names - several people, honours, texts, nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from math import ceil

from config.campaign import Institution
from intake.names import clean_name, clean_person, clean_studio
from parsers.forms.narrative import similarity

_HAN = "[\u4e00-\u9fff]"
_PEOPLE = re.compile(rf"[、,，;；/\n]|(?<={_HAN}{{2}})(?:[和及与]|\s+)(?={_HAN}{{2}})")
_BRACKETED = re.compile(r"[(（][^()（）]*[)）]")
_YEAR = re.compile(r"(?:19|20)\d{2}")

NOTHING = frozenset({"", "无", "暂无", "没有", "未命名", "尚未命名", "/", "-", "—", "——", "\\", "0"})
"""What people write into a box to say that there is nothing to write."""


def owners(institution: Institution) -> tuple[str, ...]:
    """The names that may stand in front of a studio's or department's name without making it another one."""
    return (institution.name, *institution.aliases, *institution.affiliates)


def studio_name(name: str, institution: Institution) -> str:
    """A studio's name for comparing: no widths, marks or spaces, and not the institution in front."""
    return clean_studio(name, owners(institution))


def means_nothing(text: str) -> bool:
    """True for 无, /, — and the other ways to write nothing."""
    return text.strip() in NOTHING


def people_in(text: str) -> tuple[str, ...]:
    """The persons named in a box: 张三、李四 are two; 张 三, 张和平, 张三 教授 and 张三（教授、博士） are one."""
    parts = (part for part in _PEOPLE.split(_BRACKETED.sub("", text).strip()) if not _is_title(part))
    return tuple(name for part in parts if len(name := clean_person(part)) >= 2)


def _is_title(text: str) -> bool:
    """True for 教授, 主任 … standing alone: what a name loses when it is cleaned for comparing."""
    return clean_person(f"某某{text}") == "某某"


def share_honour(one: str, other: str, honours: Iterable[str]) -> bool:
    """True when two texts about honours can mean the same: a year, an honour word or four characters running in common."""
    # 劳动模范 and 劳模 are one honour (domain.md section 2, honour vocabulary).
    first, second = (clean_name(text).replace("劳动模范", "劳模") for text in (one, other))
    if first in second or second in first:
        return True
    words = {honour.replace("劳动模范", "劳模") for honour in honours}
    common = any(word in first and word in second for word in words)
    return common or bool(set(_YEAR.findall(first)) & set(_YEAR.findall(second))) or bool(_fours(first) & _fours(second))


def _fours(text: str) -> set[str]:
    return {text[i : i + 4] for i in range(len(text) - 3)}


def alike_texts(prints: Sequence[Sequence[int]], limit: float) -> Iterator[tuple[int, int, float]]:
    """Pairs of fingerprints, by place, that are at least `limit` alike (0..1, the reader's MinHash).

    Two fingerprints with 85 of 100 places equal agree in one of any 16 places, so only those are compared: a whole campaign stays cheap.
    """
    holders: dict[tuple[int, int], list[int]] = {}
    for place, one in enumerate(prints):
        marks = tuple(enumerate(one[: len(one) - ceil(limit * len(one)) + 1]))
        for other in sorted({known for mark in marks for known in holders.get(mark, ())}):
            alike = similarity(one, prints[other])
            if alike >= limit:
                yield other, place, alike
        for mark in marks:
            holders.setdefault(mark, []).append(place)
