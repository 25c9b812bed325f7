"""Shell: the ledger's chapter of copies - the books without anything derived, for the proof that all of it can be derived again."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from intake.books.base import Base, marks
from intake.books.database import world_errors
from intake.books.health import RULES

DERIVED = ("opening", "leaf", "reading", "claim", "assessment", "tie", "party", "trace", "print", "glance", "letter_line")
ASSESSING = ("letter", "decision", "institution")


class Copies(Base):
    """副本."""

    def snapshot(self, path: Path) -> Self:
        """A copy of this ledger as it is now, to be thrown away: it does not wait for the disk."""
        with world_errors():
            target = sqlite3.connect(path)
            self._database.conn.backup(target)
            target.close()
        fresh = type(self).open(path)
        fresh._database.execute("PRAGMA synchronous=OFF")
        return fresh

    def copy_facts(self, path: Path, keep: Sequence[str] = ()) -> Self:
        """A copy without anything derived: opened letters are new again, copies stay known as copies. With `keep` these derived tables stay."""
        fresh = self.snapshot(path)
        with fresh.immediate():
            for table in DERIVED:
                if table not in keep:
                    fresh._write(f"DELETE FROM {table}")  # noqa: S608
            fresh._write("DELETE FROM dirty")
            fresh._write("DELETE FROM health WHERE name = ?", [RULES])
            if "opening" not in keep:
                fresh._write("UPDATE letter SET state = 'new' WHERE state = 'opened'")
        return fresh

    def derived_rows(self, table: str) -> Mapping[str, Any]:
        """The rows of a derived table by what they are about, to be compared with another ledger's; of assessments what they were made from."""
        if table not in DERIVED:
            raise ValueError(table)
        names = "institution, key, next_due" if table == "assessment" else "*"
        found: dict[str, list[Any]] = {}
        for row in self._rows(f"SELECT {names} FROM {table}"):  # noqa: S608
            found.setdefault(str(next(iter(row.values()))), []).append(tuple(row.values()))
        return {name: sorted(rows, key=repr) for name, rows in found.items()}

    def newest_mark(self) -> int:
        """The number of the newest mark of work: what is marked later changed later."""
        found = self._rows("SELECT seq FROM sqlite_sequence WHERE name = 'dirty'")
        return int(found[0]["seq"]) if found else 0

    def take_derived(self, other: Copies, since: int) -> None:
        """Take over everything another ledger derived from the same facts; readings of other versions are kept, and so is the work that was
        marked after `since` (the newest mark when the facts were copied)."""
        with self.immediate():
            later = self._rows(f"SELECT what, name FROM dirty WHERE number > ? AND what IN ({marks(ASSESSING)})", [since, *ASSESSING])  # noqa: S608
            for table in DERIVED:
                self._take_table(other, table)
            self._count_views()
            for row in other._rows("SELECT sha256, state, same_as, error FROM letter"):
                self._write(
                    "UPDATE letter SET state = ?, same_as = ?, error = ? WHERE sha256 = ?",
                    [row["state"], row["same_as"], row["error"], row["sha256"]],
                )
            self._write(f"DELETE FROM dirty WHERE what IN ({marks(ASSESSING)})", ASSESSING)  # noqa: S608
            for row in (*later, *other._rows(f"SELECT what, name FROM dirty WHERE what IN ({marks(ASSESSING)})", ASSESSING)):  # noqa: S608
                self._write("INSERT INTO dirty (what, name) VALUES (?, ?)", [row["what"], row["name"]])

    def _take_table(self, other: Copies, table: str) -> None:
        if table != "reading":
            self._write(f"DELETE FROM {table}")  # noqa: S608
        for row in other._rows(f"SELECT * FROM {table}"):  # noqa: S608
            names = [name for name in row if name != "number"]
            self._write(f"INSERT OR REPLACE INTO {table} ({', '.join(names)}) VALUES ({marks(names)})", [row[n] for n in names])  # noqa: S608
