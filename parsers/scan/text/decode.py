"""Core: the recogniser's own steps -> a script: the letters it holds most likely, how sure each is, and what else it thought possible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy

from parsers.scan.plausible import vocabulary
from parsers.scan.words import Other, Picture, Script

_POSSIBLE = 0.01
_BEYOND_DOUBT = 0.985
_MOST = 4


def steps_to_script(steps: Picture, letters: Sequence[str], share: float) -> Script:
    """A script of steps (one row each, a column a letter, the first column for none) of which the first `share` lie on the crop, the rest on its padding.

    Letters that stand in several steps running are one (Graves, connectionist temporal classification, 2006).
    """
    steps = _simplified(steps, letters)
    best = steps.argmax(axis=1)
    fresh = numpy.concatenate([[True], best[1:] != best[:-1]])
    at = numpy.flatnonzero((best > 0) & fresh)
    text = "".join(letters[best[t]] for t in at)
    if not text.strip():
        return Script("", 0.0)
    seen = [int(t) for t in at if not letters[best[t]].isspace()]
    every = [(letters[best[t]], float(steps[t, best[t]])) for t in seen]
    sure = [p for letter, p in every if letter.isalnum()] or [p for _, p in every]  # brackets and full stops are unsure and mean little
    length = max(len(steps) * share, 1.0)
    others = tuple(other for i, t in enumerate(seen) for other in _others(i, steps[t], letters))
    places = tuple((t + 0.5) / length for t in seen)
    return Script(text, min(sure, default=0.0), places, tuple(p for _, p in every), others)


def _simplified(steps: Picture, letters: Sequence[str]) -> Picture:
    """The steps, what speaks for a traditional letter added to its simplified one: the forms are printed and filled in with these, and where the
    recogniser wavers between 国 and 國 it does not waver about the letter."""
    plain, traditional = _pairs(tuple(letters))
    folded = steps.copy()
    numpy.add.at(folded, (slice(None), plain), steps[:, traditional])
    folded[:, traditional] = 0
    return folded


@lru_cache(maxsize=2)
def _pairs(letters: tuple[str, ...]) -> tuple[list[int], list[int]]:
    """The columns of simplified letters and those of their traditional forms."""
    column = {letter: i for i, letter in enumerate(letters)}
    pairs = [(column[w[0]], column[w[1]]) for w in sorted(vocabulary("traditional")) if w[0] in column and w[1] in column]
    return [a for a, _ in pairs], [b for _, b in pairs]


def _others(index: int, step: Picture, letters: Sequence[str]) -> Iterator[Other]:
    """The next likely letters of one step, likeliest first; none where the first is beyond doubt."""
    if step.max() > _BEYOND_DOUBT:
        return
    likeliest = numpy.argpartition(step, -_MOST)[-_MOST:]
    for column in sorted(likeliest, key=lambda c: -step[c])[1:]:
        if column and step[column] >= _POSSIBLE and len(letters[column]) == 1 and not letters[column].isspace():
            yield Other(index, letters[column], float(step[column]))
