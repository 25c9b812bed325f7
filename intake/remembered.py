"""Core: what was made of one unchanging object, remembered by the object itself - a roster of thousands takes longer to compare than to use."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
KEPT = 4
"""The office's own campaign, the one as filed, and one or two while the folder changes."""


def by_identity(make: Callable[[T], R]) -> Callable[[T], R]:
    """The same function of one frozen object, called once for each of the last few that were given (the very same object, not an equal one)."""
    held: list[tuple[T, R]] = []

    @wraps(make)
    def remembered(of: T) -> R:
        for known, made in held:
            if known is of:
                return made
        made = make(of)
        held.append((of, made))
        del held[:-KEPT]
        return made

    return remembered
