"""Core: whether a form was filled in by hand - the recogniser wavers over what was filled in many times as often as over what is printed beside it.

Handwriting is doubtful by kind, each value of it: a figure can be read with full certainty and wrongly (108.5 as 1085). A page that is poor as
a whole makes the printed words waver too, and is judged value by value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from parsers.scan.words import Script

_WAVERS = 0.985
_OFTEN, _TIMES = 0.06, 5.0
_LETTERS = 40
BY_HAND = 0.7
"""How sure a text written by hand is at most."""


def is_by_hand(scripts: Sequence[Script], is_printed: Callable[[str], bool]) -> bool:
    """True for a page whose filled-in letters waver more often than one in seventeen, and five times as often as its printed ones."""
    filled = [sure for script in scripts if not is_printed(script.text) for sure in _letters(script)]
    printed = [sure for script in scripts if is_printed(script.text) for sure in _letters(script)]
    if min(len(filled), len(printed)) < _LETTERS:
        return False
    return _share(filled) > _OFTEN and _share(filled) > _TIMES * _share(printed)


def doubted_hand(scripts: Sequence[Script], is_printed: Callable[[str], bool]) -> list[Script]:
    """The scripts, on a page filled in by hand those that are not printed no surer than handwriting is."""
    if not is_by_hand(scripts, is_printed):
        return list(scripts)
    return [script if is_printed(script.text) else replace(script, sure=min(script.sure, BY_HAND)) for script in scripts]


def _letters(script: Script) -> list[float]:
    """How sure each letter and figure is: marks and boxes waver in print too."""
    return [sure for letter, sure in zip("".join(script.text.split()), script.each, strict=False) if letter.isalnum()]


def _share(each: Sequence[float]) -> float:
    return sum(sure < _WAVERS for sure in each) / len(each)
