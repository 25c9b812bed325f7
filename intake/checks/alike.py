"""Core: when two spellings mean the same thing - names of studios, people and departments, and honours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from config.campaign import Institution

_NOISE = re.compile(r"[\s“”\"'‘’「」『』《》〈〉()（）\[\]【】·•・.,，、。:：;；\-—_/]+")
_PEOPLE = re.compile(r"[、,，;；/\n]|(?<=[\u4e00-\u9fff]{2})[和及与](?=[\u4e00-\u9fff]{2})|(?<=[\u4e00-\u9fff]{2})\s+(?=[\u4e00-\u9fff]{2})")
_YEAR = re.compile(r"(?:19|20)\d{2}")

NOTHING = frozenset({"", "无", "暂无", "没有", "未命名", "尚未命名", "/", "-", "—", "——", "\\", "0"})
"""What people write into a box to say that there is nothing to write."""


def clean_text(text: str) -> str:
    """A text without widths, spaces, quotation marks, brackets and dots: for comparing only."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).lower()


def clean_name(name: str, institution: Institution | None = None) -> str:
    """A studio's or department's name for comparing: also without the institution's own name in front (X02, X03)."""
    cleaned = clean_text(name)
    prefixes = (clean_text(alias) for alias in (institution.name, *institution.aliases)) if institution else ()
    for prefix in sorted(prefixes, key=len, reverse=True):
        if prefix and len(cleaned) > len(prefix) and cleaned.startswith(prefix):
            return cleaned.removeprefix(prefix)
    return cleaned


def means_nothing(text: str) -> bool:
    """True for 无, /, — and the other ways to write nothing."""
    return text.strip() in NOTHING


def people_in(text: str) -> tuple[str, ...]:
    """The persons named in a box: 张三、李四 are two, 张 三 and 张和平 are one."""
    parts = (clean_text(part) for part in _PEOPLE.split(text.strip()))
    return tuple(part for part in parts if len(part) >= 2)


def share_honour(one: str, other: str, honours: tuple[str, ...]) -> bool:
    """True when two texts about honours can mean the same: a year, an honour word or four characters running in common."""
    # 劳动模范 and 劳模 are one honour (domain.md section 2, honour vocabulary).
    first, second = (clean_text(text).replace("劳动模范", "劳模") for text in (one, other))
    if first in second or second in first:
        return True
    words = {honour.replace("劳动模范", "劳模") for honour in honours}
    common = any(word in first and word in second for word in words)
    return common or bool(set(_YEAR.findall(first)) & set(_YEAR.findall(second))) or bool(_fours(first) & _fours(second))


def _fours(text: str) -> set[str]:
    return {text[i : i + 4] for i in range(len(text) - 3)}


def likeness(one: Collection[int], other: Collection[int]) -> float:
    """How much two fingerprints (sets of shingle hashes) have in common, 0..1 (Jaccard)."""
    first, second = set(one), set(other)
    return len(first & second) / len(first | second) if first and second else 0.0
