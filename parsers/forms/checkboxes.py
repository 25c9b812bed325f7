"""Core: which options of a choice are ticked, in every way people tick them - None is said when the paper does not.

Ways met (documents.md traps 1-7, china-mail.md f): ☑/√/■/● before or after the word, both (□√), in brackets (√) [x], the box replaced by
the tick, only the chosen word left, marks with and without blanks between. Every box empty, two of one choice ticked, or a mark that could
belong to either neighbour: no answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from config.schema import Option
from parsers.forms.labels import fold

_TICKED = "☑☒✓✔✅√■●◉◆◼▣🗹🗸⊠√\uf052\uf053\uf0fe\uf0fc\uf050\uf0fd\uf054þý✕"
_EMPTY = "☐□▢◻◽⬜○◯◇▫\uf0a3\uf0a8\uf06f\uf071¨£"
_CROSS = "✗✘×╳"
_LOOSE = "★▲█♦▶♥"  # stars and blocks set as marks: a tick beside empty boxes, an ornament when every option has one
_BRACKETS = (
    (re.compile(r"[(\[【{]\s*[√✓✔☑■●xXvV✅]\s*[)\]】}]"), "☑"),
    (re.compile(r"[(\[【{]\s*[×✗✘╳□☐]?\s*[)\]】}]"), "☐"),
)
_LETTER_TICK = re.compile(r"(?<![A-Za-z0-9])[Vvü](?![A-Za-z0-9])")  # V for √, and ü: the tick of Wingdings without its font
_LOST_FONT = re.compile(r"(?<![A-Za-z])R(?![A-Za-z])")


class Choice(NamedTuple):
    """The ticked keys in printed order; `decided` is false when marks are there but do not say which."""

    keys: tuple[str, ...]
    decided: bool = True
    marked: bool = True


class _Token(NamedTuple):
    kind: str  # "mark", "option" or "gap" (white space or other text)
    text: str


def text_to_choice(text: str, options: Sequence[Option]) -> Choice:
    """Which options a text shows as chosen; without any mark, the words that are left when others are gone."""
    tokens = _tokens(text, options)
    words = [t.text for t in tokens if t.kind == "option"]
    if not words:
        return Choice((), decided=not any(t.kind == "mark" for t in tokens), marked=False)
    if not any(t.kind == "mark" for t in tokens):
        return Choice(tuple(dict.fromkeys(words)) if len(set(words)) < len(options) else (), marked=False)
    return _marked_choice(tokens, words)


def _tokens(text: str, options: Sequence[Option]) -> list[_Token]:
    bare = fold(text)
    if "£" in bare:  # Wingdings 2 whose font is lost: £ is the empty box, so a lone R is the ticked one (trap 1)
        bare = _LOST_FONT.sub("☑", bare)
    for pattern, shown in _BRACKETS:
        bare = pattern.sub(shown, bare)
    bare = _LETTER_TICK.sub("√", bare)
    spellings, pattern = _spelled(tuple((o.key, o.words) for o in options))
    tokens = []
    for match in pattern.finditer(bare):
        kind = match.lastgroup or "gap"
        shown = spellings[re.sub(r"\s", "", match[0])] if kind == "option" else match[0]
        tokens.append(_Token(kind, shown))
    return tokens


@lru_cache(maxsize=64)
def _spelled(options: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[dict[str, str], re.Pattern[str]]:
    """The key of every spelling without blanks, and what finds spellings, marks and the rest."""
    spellings = {re.sub(r"\s", "", word): key for key, words in options for word in words}
    words = "|".join(r"\s*".join(map(re.escape, w)) for w in sorted(spellings, key=len, reverse=True))
    marks = re.escape(_TICKED + _EMPTY + _CROSS + _LOOSE)
    return spellings, re.compile(rf"(?P<option>{words})|(?P<mark>[{marks}])|(?P<gap>\s+|[^\s{marks}])")


def _marked_choice(tokens: list[_Token], words: list[str]) -> Choice:
    runs = _runs(tokens)
    before, after = runs[0], runs[-1]
    after_words = not _marks(before) and bool(_marks(after))
    before_words = bool(_marks(before)) and not _marks(after)
    state: dict[int, list[str]] = {i: [] for i in range(len(words))}
    decided = True
    for i, run in enumerate(runs):
        left, right = i - 1, i
        for mark, side in _sides(run, first=i == 0, last=i == len(words), after_words=after_words, before_words=before_words):
            if side == "?":
                decided = decided and mark in _EMPTY
                continue
            state[left if side == "left" else right].append(mark)
    return _chosen(words, state, decided)


def _chosen(words: list[str], state: dict[int, list[str]], decided: bool) -> Choice:
    every = [m for marks in state.values() for m in marks]
    if any(m in _CROSS for m in every) and not any(m in _TICKED for m in every):
        return Choice((), decided=False)
    if len(words) > 1 and all(any(m in _LOOSE for m in state[i]) for i in range(len(words))):
        return Choice((), decided=False)
    ticked = tuple(dict.fromkeys(w for i, w in enumerate(words) if any(m in _TICKED + _LOOSE for m in state[i])))
    return Choice(ticked if decided else (), decided)


def _runs(tokens: list[_Token]) -> list[list[_Token]]:
    """What stands before the first option, between each two, and after the last."""
    runs: list[list[_Token]] = [[]]
    for token in tokens:
        if token.kind == "option":
            runs.append([])
        else:
            runs[-1].append(token)
    return runs


def _marks(run: list[_Token]) -> list[str]:
    return [t.text for t in run if t.kind == "mark"]


def _sides(run: list[_Token], *, first: bool, last: bool, after_words: bool, before_words: bool) -> list[tuple[str, str]]:
    """Each mark of a run with the neighbour it belongs to: the option on its left or on its right, "?" when it may be either."""
    marks = [i for i, t in enumerate(run) if t.kind == "mark"]
    if not marks:
        return []
    if first or last:
        side = "right" if first else "left"
        near = run[-8:] if first else run[:8]
        return [(t.text, side) for t in near if t.kind == "mark"]
    if after_words and not before_words:
        return [(run[i].text, "left") for i in marks]
    split = _split(run, marks)
    if split is not None:
        return [(run[i].text, "left" if i < split else "right") for i in marks]
    return [(run[i].text, "right" if before_words else "?") for i in marks]


def _split(run: list[_Token], marks: list[int]) -> int | None:
    """Where the marks of two options part: at the one widest gap (before, between or behind the marks), else before the last box of "√□"."""
    widths = {at: sum(_width(t) for t in run[low:high]) for at, low, high in _gaps(run, marks)}
    widest = [at for at, width in widths.items() if width == max(widths.values())]
    if len(widest) == 1 and max(widths.values()) > 0:
        return widest[0]
    return _split_close(run, marks)


def _gaps(run: list[_Token], marks: list[int]) -> list[tuple[int, int, int]]:
    """(index at which the run would part, start, end) of what is not a mark: in front, between each two marks, behind."""
    inner = [(after, before + 1, after) for before, after in pairwise(marks)]
    return [(marks[0], 0, marks[0]), *inner, (len(run), marks[-1] + 1, len(run))]


def _width(token: _Token) -> int:
    return 9 if "\n" in token.text else len(token.text) if token.text.isspace() else 4


def _split_close(run: list[_Token], marks: list[int]) -> int | None:
    kinds = ["E" if run[i].text in _EMPTY else "T" for i in marks]
    for at, (one, two) in enumerate(pairwise(kinds)):
        if one == "T" and two == "E":
            return marks[at + 1]
    return None
