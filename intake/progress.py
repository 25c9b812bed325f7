"""Words: how a station says how far it is - what it does (Chinese), how many are done, of how many."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]


def no_progress(_what: str, _done: int, _of: int) -> None:
    """Progress that nobody watches."""
