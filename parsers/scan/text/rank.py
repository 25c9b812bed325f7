"""Core: which of its possible readings a piece is given (排序) - by the usual words, by what else stands on the page, by the shape of numbers and names.

The recogniser often holds the right letter for the second likeliest: 咎旻 for 昝旻, 沈住宜 beside 沈佳宜劳模创新工作室, o for 0. Only readings that it
thought possible itself are weighed, and a value so chosen stays doubtful: a person sees it either way, but sees the likelier one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import combinations

from parsers.scan.plausible import has_known_surname, vocabulary
from parsers.scan.words import DISAGREES, Other, Script

_HAN = re.compile(r"[\u3400-\u9fff]+")
_NAME = re.compile(r"[\u3400-\u9fff]{2,3}")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_ODD = re.compile(r"[^\u3400-\u9fffA-Za-z0-9\s，。；：、！？（）《》“”‘’·…—()\[\]/.,;:%@_~☐☑□-]")
_LONGEST, _LABEL = 24, 28
_NAMELIKE = 0.1
_SAID = 0.2  # so likely a letter must be for the rest of the page to speak for it
_SURE = 0.7  # what is less sure itself confirms nothing
_FEW = 10
_STRAY, _SHORT, _LONG = 2, 2, 4  # letters: of what may be a stray, and of a label without it
_LISTS = ("education", "ethnicity", "political_status", "title")


def rank_scripts(scripts: Sequence[Script], cells: Sequence[int | None], is_printed: Callable[[str], bool]) -> list[Script]:
    """The scripts, those with another possible reading that fits better given that one. `cells` tell which stand in one cell: its words are
    weighed together as one of the form's own labels first; what is printed is left as it is."""
    out = _as_labels(list(scripts), cells, is_printed)
    sure = {i: _plain(script.text) for i, script in enumerate(out) if script.sure >= _SURE}
    for i, script in enumerate(out):
        if not script.others or is_printed(script.text):
            continue
        if len(_plain(script.text)) <= _LONGEST:
            out[i] = _as_number(_ranked(script, [text for j, text in sure.items() if j != i]))
        out[i] = _with_phrases(out[i])
    names = [_plain(new.text) for old, new in zip(scripts, out, strict=True) if old.text != new.text and _NAME.fullmatch(_plain(new.text))]
    return [_with_name(script, names) if script.others and not is_printed(script.text) else script for script in out]


# ---- values


def _ranked(script: Script, elsewhere: Sequence[str]) -> Script:
    """One script as it fits best; the recogniser's own choice where nothing fits better."""
    best = max(_readings(script), key=lambda found: _fit(script, found, elsewhere))  # of equals the first, which is the recogniser's own
    return script if best == script else replace(best, sure=min(script.sure, DISAGREES))


def _with_phrases(script: Script) -> Script:
    """A text of any length with those other letters that make a usual phrase with their neighbours where its own make none: 任费 is 经费, 面句 is 面向."""
    text = _plain(script.text)
    for other in sorted(script.others, key=lambda o: -o.sure):
        new = text[: other.at] + other.letter + text[other.at + 1 :]
        if other.sure >= _SAID and _in_phrase(new, other.at) and not _in_phrase(text, other.at):
            script = replace(_with_letters(script, [other]), sure=min(script.sure, DISAGREES))
            text = _plain(script.text)
    return script


def _in_phrase(text: str, at: int) -> bool:
    """True when the letter at a place is part of a usual phrase."""
    return any(phrase in text[max(0, at - len(phrase) + 1) : at + len(phrase)] for phrase in vocabulary("phrases"))


def _with_name(script: Script, names: Sequence[str]) -> Script:
    """A script that may bear a name so chosen, bearing it: 逢锦聚劳模创新工作室 beside 逄锦聚."""
    if any(name in _plain(script.text) for name in names):
        return script
    found = next((r for r in _readings(script) if any(name in _plain(r.text) for name in names)), None)
    return replace(found, sure=min(script.sure, DISAGREES)) if found else script


def _readings(script: Script) -> Iterator[Script]:
    """The script, then with one other letter, then with two, likeliest first."""
    yield script
    likely = sorted(script.others, key=lambda other: -other.sure)[:_FEW]
    for count in (1, 2):
        for some in combinations(likely, count):
            if len({other.at for other in some}) == count:
                yield _with_letters(script, some)


def _with_letters(script: Script, others: Sequence[Other]) -> Script:
    """The script with other letters put in their places."""
    places = [i for i, letter in enumerate(script.text) if not letter.isspace()]
    letters, each = list(script.text), list(script.each)
    for other in others:
        letters[places[other.at]] = other.letter
        each[other.at : other.at + 1] = [other.sure]
    return replace(script, text="".join(letters), each=tuple(each))


def _fit(script: Script, found: Script, elsewhere: Sequence[str]) -> tuple[bool, bool, int, int]:
    """A usual word or a number; begun like a name; how often the page says the same elsewhere; without odd marks."""
    text = _plain(found.text)
    likely = all(o.sure >= _SAID for o in script.others if _differs(script.text, found.text, o))
    said = sum(text in other for other in elsewhere) if len(text) >= 2 and likely else 0
    return text in _usual() or bool(_NUMBER.fullmatch(text)), _is_namelike(script, found), said, -len(_ODD.findall(text))


def _is_namelike(script: Script, found: Script) -> bool:
    """True for two or three letters (after a label: 填报人：) begun with a surname, the other letter nearly as likely as the recogniser's own."""
    name = re.split(r"[:：]", found.text)[-1].strip()
    if not _NAME.fullmatch(name) or not has_known_surname(name):
        return False
    return (
        found.text == script.text or min((o.sure for o in script.others if _differs(script.text, found.text, o)), default=0.0) >= _NAMELIKE
    )


def _differs(own: str, found: str, other: Other) -> bool:
    return other.at < len(found) and found[other.at] == other.letter != own[other.at]


def _as_number(script: Script) -> Script:
    """A number is as sure as its figures are beside other figures: that 0 might be the letter o does not make it another number."""
    if not _NUMBER.fullmatch(_plain(script.text)) or script.sure <= DISAGREES or len(script.each) != len(_plain(script.text)):
        return script
    each = list(script.each)
    for other in script.others:
        if not other.letter.isdigit():
            each[other.at] += other.sure
    return replace(script, sure=max(script.sure, min(1.0, *each)))


# ---- the form's own words


def _as_labels(scripts: list[Script], cells: Sequence[int | None], is_printed: Callable[[str], bool]) -> list[Script]:
    """The scripts, those of a cell whose words may be one of the form's labels read as that label."""
    for group in _by_cell(cells).values():
        own = [scripts[i] for i in group]
        whole = "".join(s.text for s in own)
        if len(whole) > _LABEL or is_printed(whole):
            continue
        kept = _without_strays(own, is_printed)
        for some in [kept] if kept else _choices(own) if any(s.others for s in own) else ():
            if is_printed("".join(s.text for s in some)):
                for i, script in zip(group, some, strict=True):
                    scripts[i] = script
                break
    return scripts


def _without_strays(scripts: Sequence[Script], is_printed: Callable[[str], bool]) -> list[Script] | None:
    """The scripts of a cell, one or two short ones emptied without which it bears a label: a letter of a seal stands over 全国劳模. Only a
    long label, or what no person writes beside a short one, is believed so."""
    short = [i for i, s in enumerate(scripts) if len(_plain(s.text)) <= _STRAY]
    for count in (1, 2):
        for some in combinations(short, count):
            label = "".join(s.text for i, s in enumerate(scripts) if i not in some)
            unsure = all(scripts[i].sure < _SURE and not _HAN.search(scripts[i].text) for i in some)
            if len(_plain(label)) >= (_SHORT if unsure else _LONG) and is_printed(label):
                return [Script("", 0.0) if i in some else s for i, s in enumerate(scripts)]
    return None


def _by_cell(cells: Sequence[int | None]) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = {}
    for i, cell in enumerate(cells):
        if cell is not None:
            found.setdefault(cell, []).append(i)
    return found


def _choices(scripts: Sequence[Script]) -> Iterator[list[Script]]:
    """The scripts of a cell with one, two or three other letters among them, likeliest first."""
    every = [(other, i) for i, script in enumerate(scripts) for other in script.others]
    likely = sorted(every, key=lambda pair: -pair[0].sure)[:_FEW]
    for count in (1, 2, 3):
        for some in combinations(likely, count):
            if len({(i, other.at) for other, i in some}) == count:
                yield [_with_letters(s, [o for o, at in some if at == i]) for i, s in enumerate(scripts)]


def _plain(text: str) -> str:
    return "".join(text.split())


@lru_cache(maxsize=1)
def _usual() -> frozenset[str]:
    return frozenset(word for name in _LISTS for word in vocabulary(name) if _HAN.fullmatch(word))
