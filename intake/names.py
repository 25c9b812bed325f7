"""Core: when two spellings name the same studio, leader or organisation (domain.md 1.8, china-mail.md f).

Spellings differ by spaces, quotes, brackets, full width, the university's name in front and the words 劳模/职工/创新工作室 behind;
what is left is the core. The core of a leader's studio (张三劳模创新工作室) is the leader's name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from functools import lru_cache, wraps

_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD, 0x2028, 0x2029])
_MARKS = re.compile(r"[\s“”‘’\"'「」『』《》〈〉【】〔〕\[\](){}<>·•・‧,，。.、;；:：!！?？~～—–―_\-/\\|*+#&]+")
_BRACKETED = re.compile(r"[((〔【\[][^()()〔〕【】\[\]]*[))〕】\]]")
_TITLES = re.compile(r"(正高级|副?主任医师|副?教授|副?研究员|高级工程师|工程师|讲师|院长|主任|老师|同志|博士|书记|处长|等(?:[\d一二三四五六七八九十]+人)?|团队)$")
_NUMBERED = re.compile(r"^\s*[(（]?[\d一二三四五六七八九十]{1,2}[.、．)）]\s*(?=[^\d.])")
_CATEGORY_NOTE = re.compile(r"[(（](?:劳模|职工|劳动模范)(?:类|型)?[)）]\s*$")
_TELEPHONE = re.compile(r"\+?\d[\d-]{6,}\d")
_STUDIO_WORDS = re.compile(r"(劳动模范|劳模|职工|创新|工作室|团队|名师)")
SIMILAR = 0.75
_SHORT = 120
"""Names come again and again and are remembered; whole essays are not: thousands of them would lie in memory for ever. What is remembered stays
below some ten megabytes a cache, however long the service runs."""


def _remembered(size: int) -> Callable[[Callable[[str], str]], Callable[[str], str]]:
    def wrap(clean: Callable[[str], str]) -> Callable[[str], str]:
        kept = lru_cache(maxsize=size)(clean)

        @wraps(clean)
        def cleaned(text: str) -> str:
            return kept(text) if len(text) <= _SHORT else clean(text)

        return cleaned

    return wrap


@_remembered(16384)
def clean_text(text: str) -> str:
    """Text for comparing only: NFKC, invisible characters and all spaces removed, lower case."""
    return "".join(unicodedata.normalize("NFKC", text).translate(_INVISIBLE).split()).casefold()


@_remembered(16384)
def clean_name(text: str) -> str:
    """A name without any punctuation, quotes, brackets (their contents stay) and spaces."""
    return _MARKS.sub("", clean_text(text))


@lru_cache(maxsize=16384)
def clean_person(text: str) -> str:
    """A person's name: "张 三(教授)", "张三 13900000000" and "张三" are the same."""
    name = _MARKS.sub("", _TELEPHONE.sub("", _BRACKETED.sub("", clean_text(text))))
    shorter = _TITLES.sub("", name)
    return shorter if len(shorter) >= 2 else name


def clean_studio(name: str, owners: Iterable[str] = ()) -> str:
    """A studio's name without its owner in front (大学, 大学工会) - for X02; 劳模/职工/创新工作室 stay."""
    return _without_owner(clean_name(_named_alone(name)), tuple(owners))


def _named_alone(name: str) -> str:
    """A studio's name without the number of its row in front (1.李四创新工作室) and its category in brackets behind."""
    return _CATEGORY_NOTE.sub("", _NUMBERED.sub("", name))


def studio_core(name: str, owners: Iterable[str] = ()) -> str:
    """What tells one studio from another; empty when the name says nothing (创新工作室)."""
    return _core(name, tuple(owners))


@lru_cache(maxsize=16384)
def _core(name: str, owners: tuple[str, ...]) -> str:
    return _STUDIO_WORDS.sub("", _without_owner(clean_name(_named_alone(name)), owners))


def _without_owner(name: str, owners: tuple[str, ...]) -> str:
    for owner in sorted((clean_name(o) for o in owners if o), key=len, reverse=True):
        if name.startswith(owner) and len(name) > len(owner):
            return name[len(owner) :].removeprefix("工会").removeprefix("委员会")
    return name


def clean_organisation(text: str, owners: Iterable[str] = ()) -> str:
    """An organisation without the university in front: "大连理工大学 机械学院" and "机械学院" are the same (X03)."""
    return _without_owner(clean_name(text), tuple(owners))


def likeness(first: str, second: str) -> float:
    """How alike two cleaned names are, 0..1; one inside the other counts as alike."""
    if not first or not second:
        return 0.0
    if first == second:
        return 1.0
    if min(len(first), len(second)) >= 2 and (first in second or second in first):
        return 0.9
    return SequenceMatcher(None, first, second, autojunk=False).ratio()
