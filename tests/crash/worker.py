"""One round of the belt in a process that dies at a chosen point, as `kill -9` would: no finally, no rollback code, nothing said good-bye.

The points are methods of the program itself, wrapped here; the program knows nothing of them.
"""

from __future__ import annotations

import functools
import multiprocessing
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from intake.books.ledger import Ledger
from intake.books.vault import Vault
from intake.mailbox.imap import Mailbox
from intake.reading.engine import Inline
from service.office import open_office
from service.rounds import after_fetching, fetch

KILLED = 137
OWNERS: dict[str, type] = {"Ledger": Ledger, "Vault": Vault, "Mailbox": Mailbox}


class Point(NamedTuple):
    """Die before or after the n-th call of a method, `within` another one if given, and only when it is called with `word`."""

    says: str
    method: str
    when: str
    nth: int = 1
    within: str = ""
    word: str = ""


def run_round(config: Path, now: datetime, point: Point | None = None) -> int:
    """A round in a process of its own; gives its exit code (0, or 137 when it was killed at the point)."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.crash.warm"])
    process = context.Process(target=work, args=(config, now, point))
    process.start()
    process.join(120)
    if process.exitcode is None:
        process.kill()
        raise AssertionError("the round did not end")
    return process.exitcode


def work(config: Path, now: datetime, point: Point | None) -> None:
    """The child: fetch, open, read, assess, compose, send."""
    if point:
        arm(point)
    office = open_office(config, now)
    with office.books() as (ledger, vault):
        fetch(office, ledger, vault)
        after_fetching(office, ledger, vault, engine=Inline())


def arm(point: Point) -> None:
    """Wrap the method of the point, and the one it must be within."""
    inside = [not point.within]
    if point.within:
        wrap(point.within, lambda original: entering(original, inside))
    calls = [0]

    def deadly(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def call(*arguments: Any, **more: Any) -> Any:
            if inside[0] and (not point.word or point.word in arguments):
                calls[0] += 1
            due = inside[0] and calls[0] == point.nth and (not point.word or point.word in arguments)
            if due and point.when == "before":
                os._exit(KILLED)
            found = original(*arguments, **more)
            if due and point.when == "after":
                os._exit(KILLED)
            return found

        return call

    wrap(point.method, deadly)


def entering(original: Callable[..., Any], inside: list[bool]) -> Callable[..., Any]:
    """Remembers that we are within this call."""

    @functools.wraps(original)
    def call(*arguments: Any, **more: Any) -> Any:
        inside[0] = True
        try:
            return original(*arguments, **more)
        finally:
            inside[0] = False

    return call


def wrap(method: str, how: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Replace a method of the program in this process."""
    owner, _, name = method.partition(".")
    setattr(OWNERS[owner], name, how(getattr(OWNERS[owner], name)))
