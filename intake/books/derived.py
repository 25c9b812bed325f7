"""Shell: the ledger's chapter of what is derived - claims, assessments and the views made of them; all may be thrown away and made again."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from intake.books.base import Base
from intake.books.database import world_errors
from intake.codec import json_to_value, value_to_json
from intake.submission import Assessment, Claim

DERIVED = ("opening", "leaf", "reading", "claim", "assessment")


class Derived(Base):
    """推出的."""

    def record_claims(self, claims: Mapping[str, Claim]) -> None:
        """Replace whose letters these are; letters not named lose their claim."""
        self._replace("claim", "sha256", {sha: value_to_json(claim) for sha, claim in claims.items()})

    def claims(self) -> Mapping[str, Claim]:
        """Whose letter each one is, by SHA-256."""
        return {r["sha256"]: json_to_value(r["claim"], Claim) for r in self._rows("SELECT * FROM claim")}

    def record_assessments(self, assessments: Mapping[str, Assessment]) -> None:
        """Replace every assessment; institutions not named lose theirs. One that says the same as before keeps its time."""
        held = {r["institution"]: r["assessment"] for r in self._rows("SELECT * FROM assessment")}
        texts = {name: value_to_json(found) for name, found in assessments.items()}
        same = {name: held[name] for name, text in texts.items() if name in held and _timeless(held[name]) == _timeless(text)}
        self._replace("assessment", "institution", texts | same)

    def assessments(self) -> Mapping[str, Assessment]:
        """The assessments by institution name."""
        return {r["institution"]: json_to_value(r["assessment"], Assessment) for r in self._rows("SELECT * FROM assessment ORDER BY rowid")}

    def _replace(self, table: str, key: str, texts: Mapping[str, str]) -> None:
        """Make a derived table hold exactly these rows, touching only those that changed."""
        with self.immediate():
            held = {r[key]: r[table] for r in self._rows(f"SELECT * FROM {table}")}  # noqa: S608
            for name in held.keys() - texts.keys():
                self._write(f"DELETE FROM {table} WHERE {key} = ?", [name])  # noqa: S608
            for name, text in texts.items():
                if held.get(name) != text:
                    self._write(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", [name, text])  # noqa: S608

    def copy_facts(self, path: Path, keep: Sequence[str] = ()) -> Self:
        """A copy of this ledger at `path` without anything derived: opened letters are new again, copies stay known as copies.

        With `keep` these derived tables stay. The copy is to be thrown away, so it does not wait for the disk.
        """
        with world_errors():
            target = sqlite3.connect(path)
            self._database.conn.backup(target)
            target.close()
        fresh = type(self).open(path)
        fresh._database.execute("PRAGMA synchronous=OFF")
        with fresh.immediate():
            for table in DERIVED:
                if table not in keep:
                    fresh._write(f"DELETE FROM {table}")  # noqa: S608
            if "opening" not in keep:
                fresh._write("UPDATE letter SET state = 'new' WHERE state = 'opened'")
        return fresh

    def take_derived(self, other: Derived) -> None:
        """Take over everything another ledger derived from the same facts; readings of other versions are kept."""
        with self.immediate():
            for table in DERIVED:
                if table != "reading":
                    self._write(f"DELETE FROM {table}")  # noqa: S608
                for row in other._rows(f"SELECT * FROM {table}"):  # noqa: S608
                    names = [name for name in row if name != "number"]
                    marks = ", ".join("?" * len(names))
                    self._write(f"INSERT OR REPLACE INTO {table} ({', '.join(names)}) VALUES ({marks})", [row[n] for n in names])  # noqa: S608
            for row in other._rows("SELECT sha256, state, same_as, error FROM letter"):
                self._write(
                    "UPDATE letter SET state = ?, same_as = ?, error = ? WHERE sha256 = ?",
                    [row["state"], row["same_as"], row["error"], row["sha256"]],
                )


def _timeless(assessment: str) -> str:
    """The JSON without the moment it was made: a poll every two minutes must not write sixty unchanged institutions anew."""
    return re.sub(r'"assessed_at":"[^"]*"', "", assessment)
