"""Shell: the ledger's chapter of what is derived - claims, assessments and the views made of them; all may be thrown away and made again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from intake.books.base import VIEWS_WRITTEN, batched, marks
from intake.books.readings import MOST_TEXT, ByText, Readings
from intake.books.rows import LINE_COLUMNS, line_to_row, moment_to_text, row_to_line
from intake.books.slimming import restore, slim, text_to_references
from intake.codec import json_to_value, value_to_json
from intake.records import Glance, LetterLine
from intake.submission import Assessment, Claim, Received

_bare = ByText(lambda text: json_to_value(text, Assessment), MOST_TEXT // 4)  # asked for by every station after the one that wrote it


class Derived(Readings):
    """推出的."""

    # Claims

    def record_claims(self, claims: Mapping[str, Claim]) -> None:
        """Replace whose letters these are; letters not named lose their claim."""
        with self.immediate():
            for sha in self.claims().keys() - claims.keys():
                self.record_claim(sha, None)
            for sha, claim in claims.items():
                self.record_claim(sha, claim)

    def record_claim(self, sha: str, claim: Claim | None) -> bool:
        """Whose letter this is; None takes it off. False when that is what stood there."""
        held = self._rows("SELECT claim FROM claim WHERE sha256 = ?", [sha])
        text = value_to_json(claim) if claim else None
        if (held[0]["claim"] if held else None) == text:
            return False
        if claim is None:
            self._write_view("DELETE FROM claim WHERE sha256 = ?", [sha])
        else:
            self._write_view("INSERT OR REPLACE INTO claim (sha256, claim, institution) VALUES (?, ?, ?)", [sha, text, claim.institution or ""])
        return True

    def claims(self, shas: Iterable[str] | None = None) -> Mapping[str, Claim]:
        """Whose letter each one is, by SHA-256: all, or these."""
        if shas is None:
            return {r["sha256"]: json_to_value(r["claim"], Claim) for r in self._rows("SELECT sha256, claim FROM claim")}
        found: dict[str, Claim] = {}
        for part in batched(shas):
            rows = self._rows(f"SELECT sha256, claim FROM claim WHERE sha256 IN ({marks(part)})", part)  # noqa: S608
            found |= {r["sha256"]: json_to_value(r["claim"], Claim) for r in rows}
        return found

    def one_claim(self, sha: str) -> Claim | None:
        """Whose letter this is, None while nobody has looked."""
        return self.claims([sha]).get(sha)

    def claims_of(self, institution: str) -> Mapping[str, Claim]:
        """How the letters of one institution were identified; "" gives those that are nobody's."""
        rows = self._rows("SELECT sha256, claim FROM claim WHERE institution = ?", [institution])
        return {r["sha256"]: json_to_value(r["claim"], Claim) for r in rows}

    # Assessments

    def record_assessments(self, assessments: Mapping[str, Assessment]) -> None:
        """Replace every assessment; institutions not named lose theirs. One that says the same as before keeps its time."""
        with self.immediate():
            for row in self._rows("SELECT institution FROM assessment"):
                if row["institution"] not in assessments:
                    self.drop_assessment(row["institution"])
            for assessment in assessments.values():
                self.record_assessment(assessment)

    def record_assessment(
        self, assessment: Assessment, whole: Mapping[str, Received] | None = None, key: str = "", next_due: datetime | None = None
    ) -> None:
        """Put an assessment in the place of the one before. What `whole` letters hold is not written again; one that says the same as
        before keeps its time. `key` tells what it was made from, `next_due` when time alone changes it."""
        name = assessment.institution.name
        bare, references = slim(assessment, whole or {})
        text = value_to_json(bare)
        with self.immediate():
            held = self._rows("SELECT assessment, key, next_due, letters FROM assessment WHERE institution = ?", [name])
            if held and _timeless(held[0]["assessment"]) == _timeless(text) and held[0]["letters"] == references:
                text = str(held[0]["assessment"])
            else:
                _bare.put(text, bare)
            values = [text, key, moment_to_text(next_due) if next_due else None, references]
            if not held or list(held[0].values()) != values:
                self._write_view(
                    "INSERT INTO assessment (institution, assessment, key, next_due, letters) VALUES (?, ?, ?, ?, ?) ON CONFLICT (institution)"
                    " DO UPDATE SET assessment = excluded.assessment, key = excluded.key, next_due = excluded.next_due, letters = excluded.letters",
                    [name, *values],
                )

    def drop_assessment(self, institution: str) -> None:
        """Take an institution off that nobody knows any more."""
        with self.immediate():
            self._write_view("DELETE FROM assessment WHERE institution = ?", [institution])
            self._write_view("DELETE FROM glance WHERE institution = ?", [institution])

    def assessment_key(self, institution: str) -> str:
        """What the assessment was made from, as a short key; "" when there is none."""
        found = self._rows("SELECT key FROM assessment WHERE institution = ?", [institution])
        return str(found[0]["key"]) if found else ""

    def assessment_mark(self, institution: str) -> str:
        """A short mark of what the assessment says, whenever it was made; "" when there is none."""
        found = self._rows("SELECT assessment, letters FROM assessment WHERE institution = ?", [institution])
        said = _timeless(found[0]["assessment"]) + found[0]["letters"] if found else ""
        return hashlib.sha256(said.encode()).hexdigest()[:32] if found else ""

    def assessment(self, institution: str) -> Assessment | None:
        """The assessment of one institution, whole; None when there is none."""
        return self.assessments([institution]).get(institution)

    def assessments(
        self, names: Iterable[str] | None = None, letters: Mapping[str, Received] | None = None
    ) -> Mapping[str, Assessment]:
        """The assessments by institution name, whole: all, or those of these institutions. Who holds the letters already (by SHA-256,
        with their readings) hands them in: they are not read again."""
        rows: list[dict[str, Any]] = []
        if names is None:
            rows = self._rows("SELECT institution, assessment, letters FROM assessment ORDER BY rowid")
        else:
            for part in batched(dict.fromkeys(names)):
                sql = f"SELECT institution, assessment, letters FROM assessment WHERE institution IN ({marks(part)}) ORDER BY rowid"  # noqa: S608
                rows += self._rows(sql, part)
        references = {r["institution"]: text_to_references(r["letters"]) for r in rows}
        if letters is None:
            wanted = {one.sha256 for held in references.values() for one in held}
            letters = {r.sha256: r for r in self.received(wanted)} if wanted else {}
        return {
            r["institution"]: restore(_bare(r["assessment"]), references[r["institution"]], letters) for r in rows
        }

    # Views

    def record_glance(self, glance: Glance) -> None:
        """One institution's line."""
        text = value_to_json(glance)
        if self._rows("SELECT 1 FROM glance WHERE institution = ? AND view = ?", [glance.institution, text]) == []:
            self._write_view("INSERT OR REPLACE INTO glance (institution, view) VALUES (?, ?)", [glance.institution, text])

    def record_line(self, line: LetterLine) -> None:
        """One letter's line."""
        values = line_to_row(line)
        held = self._rows("SELECT * FROM letter_line WHERE sha256 = ?", [line.sha256])
        if not held or [held[0][name] for name in LINE_COLUMNS] != values:
            self._write_view(f"INSERT OR REPLACE INTO letter_line ({', '.join(LINE_COLUMNS)}) VALUES ({marks(LINE_COLUMNS)})", values)  # noqa: S608

    def glances(self) -> Mapping[str, Glance]:
        """One line an institution, by name."""
        return {r["institution"]: json_to_value(r["view"], Glance) for r in self._rows("SELECT * FROM glance ORDER BY rowid")}

    def letter_lines(self, institution: str | None = None, state: str | None = None, limit: int = -1) -> tuple[LetterLine, ...]:
        """One line a letter, newest first: all, of one institution ("" = nobody's), or in one state."""
        asked = {"institution": institution, "state": state}
        where = " AND ".join(f"{name} = ?" for name, value in asked.items() if value is not None) or "1"
        sql = f"SELECT * FROM letter_line WHERE {where} ORDER BY received_at DESC, sha256 LIMIT ?"  # noqa: S608
        return tuple(row_to_line(r) for r in self._rows(sql, [*(v for v in asked.values() if v is not None), limit]))

    def wrote_for(self, addresses: Iterable[str]) -> Mapping[str, set[str]]:
        """The institutions whose letters came from each of these addresses (in lower case)."""
        found: dict[str, set[str]] = {}
        for part in batched(sorted(addresses)):
            sql = f"SELECT lower(sender) AS address, institution FROM letter_line WHERE institution <> '' AND lower(sender) IN ({marks(part)})"  # noqa: S608
            for r in self._rows(sql, part):
                found.setdefault(r["address"], set()).add(r["institution"])
        return found

    def count_unclaimed(self) -> int:
        """How many letters wait for somebody to say whose they are (M01)."""
        sql = "SELECT count(*) AS n FROM letter_line WHERE institution = '' AND codes LIKE '%\"M01\"%'"
        return int(self._rows(sql)[0]["n"])

    def record_todo(self, institution: str, items: Sequence[tuple[int, str]]) -> None:
        """Replace what waits for a person about one institution ("" = about none): (urgency, item as JSON) in the order in which it is shown."""
        with self.immediate():
            held = [(r["urgency"], r["item"]) for r in self._rows("SELECT * FROM todo WHERE institution = ? ORDER BY position", [institution])]
            if held == list(items):
                return
            self._write_view("DELETE FROM todo WHERE institution = ?", [institution])
            for position, (urgency, text) in enumerate(items):
                self._write("INSERT INTO todo (institution, position, urgency, item) VALUES (?, ?, ?, ?)", [institution, position, urgency, text])

    def todo_institutions(self) -> tuple[str, ...]:
        """The institutions about which something waits, "" among them for what is about none."""
        return tuple(r["institution"] for r in self._rows("SELECT DISTINCT institution FROM todo ORDER BY institution"))

    def todo(self, institution: str | None = None) -> tuple[str, ...]:
        """What waits for a person, as JSON, most urgent first: all of it, or what is about one institution."""
        sql = "SELECT item FROM todo WHERE ?1 IS NULL OR institution = ?1 ORDER BY urgency, institution, position"
        return tuple(r["item"] for r in self._rows(sql, [institution]))

    def views_stamp(self) -> tuple[object, ...]:
        """A few numbers that change whenever anything the pages read has changed: a page kept under the same stamp is still true."""
        sql = "SELECT (SELECT value FROM health WHERE name = ?) AS written, (SELECT max(number) FROM decision) AS decided"
        return tuple(self._rows(sql, [VIEWS_WRITTEN])[0].values())

    def _write_view(self, sql: str, values: Sequence[Any]) -> None:
        """One change of what pages read, and its count."""
        with self.immediate():
            self._write(sql, values)
            self._count_views()

    def count_todo(self) -> int:
        """How many things wait for a person."""
        return int(self._rows("SELECT count(*) AS n FROM todo")[0]["n"])


def _timeless(assessment: str) -> str:
    """The JSON without the moment it was made: a poll every two minutes must not write sixty unchanged institutions anew."""
    return re.sub(r'"assessed_at":"[^"]*"', "", assessment)
