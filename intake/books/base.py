"""Shell: what every chapter of the ledger stands on - the open file, one change, one question, one transaction round several calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from intake.books.database import Database, immediate, open_database, world_errors
from intake.books.migrations import migrations

VIEWS_WRITTEN = "views_written"
"""The health note that counts how often what pages read was written."""


class Base:
    """底座: one open ledger file; a chapter adds its own calls and keeps no state beside it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, path: Path) -> Self:
        """The ledger at `path`, created when missing and brought to the newest shape."""
        return cls(open_database(path, migrations))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def immediate(self) -> AbstractContextManager[None]:
        """One transaction round several calls: all of them or none; the write lock is taken first."""
        return immediate(self._database)

    def _write(self, sql: str, values: Sequence[Any] = ()) -> int:
        """One change; gives how many rows it touched."""
        with immediate(self._database):
            return self._database.execute(sql, list(values)).rowcount

    def _count_views(self) -> None:
        """What pages read has changed: counted, for rows written anew may keep their numbers and their time. Within the change's transaction."""
        self._write("INSERT INTO health VALUES (?, '1') ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1", [VIEWS_WRITTEN])

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        # Not by `query` of sqlite-utils, which puts a savepoint round every question in case it should be a change.
        with world_errors():
            found = self._database.execute(sql, list(values))
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found]


def marks(values: Sequence[Any]) -> str:
    """As many question marks as there are values, for an IN or a VALUES."""
    return ", ".join("?" * len(values))


def batched(values: Iterable[Any], size: int = 400) -> Iterator[list[Any]]:
    """The values in lists that one statement can carry."""
    held = list(values)
    for start in range(0, len(held), size):
        yield held[start : start + size]
