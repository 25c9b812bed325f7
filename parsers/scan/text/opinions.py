"""Core: two readings of one place made one - sure where they agree, doubtful where they do not, letter by letter where they are as long."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from parsers.scan.words import DISAGREES, Other, Script

_LEGIBLE = 0.3
_POSSIBLE = 0.01
_SHIFTED = 0.75  # of a letter


def settle(first: Script, second: Script) -> Script:
    """One script of two readings: as sure as the surer one where they agree; else doubtful, and the likelier letter at each place."""
    if same_text(first.text, second.text):
        return replace(first, sure=max(first.sure, second.sure) if first.sure > _LEGIBLE else first.sure)
    both = _letter_by_letter(first, second)
    if both is not None:
        return both
    longer, shorter = sorted((first, second), key=lambda script: -len(plain_text(script.text)))
    lost = _is_part(plain_text(shorter.text), plain_text(longer.text))  # letters are lost more often than made up
    better = longer if lost and longer.sure > _LEGIBLE else first if first.sure >= second.sure else second
    return replace(better, sure=min(DISAGREES, better.sure))


def _letter_by_letter(first: Script, second: Script) -> Script | None:
    """Of two readings with as many letters, what both together hold most likely at each place; None when they are not that alike."""
    if not first.each or len(first.each) != len(second.each) or min(first.sure, second.sure) < 0.1 or not _stand_alike(first, second):
        return None
    held = [_held(first), _held(second)]
    best: list[str] = []
    each: list[float] = []
    others: list[Other] = []
    for at, pair in enumerate(zip(*held, strict=True)):
        odds = {letter: sum(one.get(letter, 0.0) for one in pair) / 2 for one in pair for letter in one}
        order = sorted(odds, key=lambda letter: -odds[letter])
        best.append(order[0])
        each.append(odds[order[0]])
        others += [Other(at, letter, odds[letter]) for letter in order[1:] if odds[letter] >= _POSSIBLE]
    letters = iter(best)
    text = "".join(letter if letter.isspace() else next(letters) for letter in first.text)
    return Script(text, min(DISAGREES, *each), first.places, tuple(each), tuple(others))


def _stand_alike(first: Script, second: Script) -> bool:
    """True when each letter of both stands at the same place: □技术开发 and 技术开发☑ are as long, and no letter of them is the other's."""
    pairs = zip(first.places, second.places, strict=False)
    return all(abs(one - other) * len(first.each) < _SHIFTED for one, other in pairs)


def _held(script: Script) -> list[dict[str, float]]:
    """For each letter that is no blank, the letters possible there."""
    letters = [letter for letter in script.text if not letter.isspace()]
    out = [{letter: sure} for letter, sure in zip(letters, script.each, strict=True)]
    for other in script.others:
        out[other.at].setdefault(other.letter, other.sure)
    return out


def _is_part(shorter: str, longer: str) -> bool:
    """True when the longer text is the shorter one with letters put in."""
    rest = iter(longer)
    return all(letter in rest for letter in shorter)


def same_text(one: str, other: str) -> bool:
    """True when two readings say the same, blanks and kinds of punctuation aside."""
    return plain_text(one) == plain_text(other)


def plain_text(text: str) -> str:
    """A text by which readings are compared: folded, without blanks and without the marks that engines confuse at will."""
    folded = unicodedata.normalize("NFKC", text).replace("—", "-").replace("–", "-")
    return re.sub(r"[\s。.、，,;；:：·'\"“”‘’]+$|\s+", "", folded)
