"""Core: what was made of unchanging objects, remembered by the objects themselves - a roster of thousands takes longer to compare than to use."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from operator import is_
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
KEPT = 4
"""The office's own campaign, the one as filed, and one or two while the folder changes."""


def by_identity(make: Callable[P, R]) -> Callable[P, R]:
    """The same function of frozen objects, called once for each of the last few that were given (the very same objects, not equal ones)."""
    held: list[tuple[tuple[object, ...], R]] = []

    @wraps(make)
    def remembered(*of: P.args, **named: P.kwargs) -> R:
        given = (*of, *named.values())
        for known, made in held:
            if len(known) == len(given) and all(map(is_, known, given)):
                return made
        made = make(*of, **named)
        held.append((given, made))
        del held[:-KEPT]
        return made

    return remembered
