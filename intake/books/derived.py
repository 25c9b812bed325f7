"""Shell: the ledger's chapter of what is derived - claims, assessments and the views made of them; all may be thrown away and made again."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from intake.books.base import Base, marks
from intake.books.database import world_errors
from intake.books.rows import LINE_COLUMNS, line_to_row, row_to_line
from intake.codec import json_to_value, value_to_json
from intake.records import Glance, LetterLine
from intake.submission import Assessment, Claim

DERIVED = ("opening", "leaf", "reading", "claim", "assessment", "glance", "letter_line")


class Derived(Base):
    """推出的."""

    # Claims

    def record_claims(self, claims: Mapping[str, Claim]) -> None:
        """Replace whose letters these are; letters not named lose their claim."""
        self._replace("claim", "sha256", "claim", {sha: (value_to_json(claim), claim.institution or "") for sha, claim in claims.items()})

    def claims(self) -> Mapping[str, Claim]:
        """Whose letter each one is, by SHA-256."""
        return {r["sha256"]: json_to_value(r["claim"], Claim) for r in self._rows("SELECT sha256, claim FROM claim")}

    def one_claim(self, sha: str) -> Claim | None:
        """Whose letter this is, None while nobody has looked."""
        found = self._rows("SELECT claim FROM claim WHERE sha256 = ?", [sha])
        return json_to_value(found[0]["claim"], Claim) if found else None

    # Assessments

    def record_assessments(self, assessments: Mapping[str, Assessment]) -> None:
        """Replace every assessment; institutions not named lose theirs. One that says the same as before keeps its time."""
        held = {r["institution"]: r["assessment"] for r in self._rows("SELECT institution, assessment FROM assessment")}
        texts = {name: value_to_json(found) for name, found in assessments.items()}
        same = {name: held[name] for name, text in texts.items() if name in held and _timeless(held[name]) == _timeless(text)}
        self._replace("assessment", "institution", "assessment", {name: (text,) for name, text in (texts | same).items()})

    def assessment(self, institution: str) -> Assessment | None:
        """The assessment of one institution, None when there is none."""
        found = self._rows("SELECT assessment FROM assessment WHERE institution = ?", [institution])
        return json_to_value(found[0]["assessment"], Assessment) if found else None

    def assessment_mark(self, institution: str) -> str:
        """A short mark of what the assessment says, whenever it was made; "" when there is none."""
        found = self._rows("SELECT assessment FROM assessment WHERE institution = ?", [institution])
        return hashlib.sha256(_timeless(found[0]["assessment"]).encode()).hexdigest()[:32] if found else ""

    def assessments(self, names: Iterable[str] | None = None) -> Mapping[str, Assessment]:
        """The assessments by institution name, all or those of these institutions."""
        if names is not None:
            return {name: found for name in names if (found := self.assessment(name)) is not None}
        rows = self._rows("SELECT institution, assessment FROM assessment ORDER BY rowid")
        return {r["institution"]: json_to_value(r["assessment"], Assessment) for r in rows}

    # Views

    def record_views(self, glances: Iterable[Glance], lines: Iterable[LetterLine]) -> None:
        """Replace the lines that lists read."""
        self._replace("glance", "institution", "view", {g.institution: (value_to_json(g),) for g in glances})
        self._replace(
            "letter_line", "sha256", LINE_COLUMNS[1], {line.sha256: tuple(line_to_row(line)[1:]) for line in lines}, LINE_COLUMNS[2:]
        )

    def glances(self) -> Mapping[str, Glance]:
        """One line an institution, by name."""
        return {r["institution"]: json_to_value(r["view"], Glance) for r in self._rows("SELECT * FROM glance ORDER BY rowid")}

    def letter_lines(self, institution: str | None = None, state: str | None = None, limit: int = -1) -> tuple[LetterLine, ...]:
        """One line a letter, newest first: all, of one institution ("" = nobody's), or in one state."""
        sql = "SELECT * FROM letter_line WHERE (?1 IS NULL OR institution = ?1) AND (?2 IS NULL OR state = ?2) ORDER BY received_at DESC, sha256 LIMIT ?3"
        return tuple(row_to_line(r) for r in self._rows(sql, [institution, state, limit]))

    def record_todo(self, institution: str, items: Sequence[tuple[int, str]]) -> None:
        """Replace what waits for a person about one institution ("" = about none): (urgency, item as JSON) in the order in which it is shown."""
        with self.immediate():
            held = [(r["urgency"], r["item"]) for r in self._rows("SELECT * FROM todo WHERE institution = ? ORDER BY position", [institution])]
            if held == list(items):
                return
            self._write("DELETE FROM todo WHERE institution = ?", [institution])
            for position, (urgency, text) in enumerate(items):
                self._write("INSERT INTO todo (institution, position, urgency, item) VALUES (?, ?, ?, ?)", [institution, position, urgency, text])

    def todo_institutions(self) -> tuple[str, ...]:
        """The institutions about which something waits, "" among them for what is about none."""
        return tuple(r["institution"] for r in self._rows("SELECT DISTINCT institution FROM todo ORDER BY institution"))

    def todo(self, institution: str | None = None) -> tuple[str, ...]:
        """What waits for a person, as JSON, most urgent first: all of it, or what is about one institution."""
        sql = "SELECT item FROM todo WHERE ?1 IS NULL OR institution = ?1 ORDER BY urgency, institution, position"
        return tuple(r["item"] for r in self._rows(sql, [institution]))

    def _replace(self, table: str, key: str, first: str, values: Mapping[str, tuple[Any, ...]], more: Sequence[str] | None = None) -> None:
        """Make a derived table hold exactly these rows, touching only those that changed."""
        rest = list(more) if more is not None else ["institution"] if table == "claim" else []
        names = [key, first, *rest]
        with self.immediate():
            held = {r[key]: tuple(r[n] for n in names[1:]) for r in self._rows(f"SELECT {', '.join(names)} FROM {table}")}  # noqa: S608
            for name in held.keys() - values.keys():
                self._write(f"DELETE FROM {table} WHERE {key} = ?", [name])  # noqa: S608
            for name, row in values.items():
                if held.get(name) != row:
                    self._write(f"INSERT OR REPLACE INTO {table} ({', '.join(names)}) VALUES ({marks(names)})", [name, *row])  # noqa: S608

    # Copies of the ledger

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
                    self._write(f"INSERT OR REPLACE INTO {table} ({', '.join(names)}) VALUES ({marks(names)})", [row[n] for n in names])  # noqa: S608
            for row in other._rows("SELECT sha256, state, same_as, error FROM letter"):
                self._write(
                    "UPDATE letter SET state = ?, same_as = ?, error = ? WHERE sha256 = ?",
                    [row["state"], row["same_as"], row["error"], row["sha256"]],
                )


def _timeless(assessment: str) -> str:
    """The JSON without the moment it was made: a poll every two minutes must not write sixty unchanged institutions anew."""
    return re.sub(r'"assessed_at":"[^"]*"', "", assessment)
