"""Core: what was made of something unchanging, remembered - by the object itself (a roster of thousands takes longer to compare than to use),
or by the text it was made of (every station of a round asks for the readings of the same letters)."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Generic, TypeVar

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


class ByText(Generic[R]):
    """What `make` makes of a text, remembered for the texts asked for last, up to `most` characters of them; what it makes is never changed."""

    def __init__(self, make: Callable[[str], R], most: int) -> None:
        self._make, self._most = make, most
        self._held: OrderedDict[str, R] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def __call__(self, text: str) -> R:
        with self._lock:
            if text in self._held:
                self._held.move_to_end(text)
                return self._held[text]
        made = self._make(text)
        self.put(text, made)
        return made

    def put(self, text: str, made: R) -> None:
        """This is what the text makes: who wrote it knows."""
        with self._lock:
            if len(text) > self._most // 4 or text in self._held:
                return
            self._held[text] = made
            self._size += len(text)
            while self._size > self._most:
                gone, _ = self._held.popitem(last=False)
                self._size -= len(gone)
