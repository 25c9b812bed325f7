"""Shell: the ledger's chapter of work owed (待办的推导) - what changed since it was last derived, and what hangs together with what.

The marks are set by triggers in the very transaction that changes a fact, so no writer can forget one; a mark taken off carries the number
it was read with, so what changed meanwhile stays marked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from intake.books.base import Base, batched, marks
from intake.books.rows import moment_to_text

LETTER, DECISION, INSTITUTION, POST, TODO, READ = "letter", "decision", "institution", "post", "todo", "read"


class Work(Base):
    """待办."""

    # Marks

    def marked(self, what: str, most: int = -1) -> Mapping[str, int]:
        """The names marked for this kind of work (the oldest so many), oldest first, each with the number of its mark."""
        sql = "SELECT name, max(number) AS number FROM dirty WHERE what = ? GROUP BY name ORDER BY min(number) LIMIT ?"
        return {r["name"]: r["number"] for r in self._rows(sql, [what, most])}

    def mark_of(self, what: str, name: str) -> int | None:
        """The number of one name's newest mark for this kind of work, None when there is none."""
        found: int | None = self._rows("SELECT max(number) AS n FROM dirty WHERE what = ? AND name = ?", [what, name])[0]["n"]
        return found

    def still_marked(self, what: str, seen: Mapping[str, int]) -> bool:
        """True when these names bear the very marks they were read with: nothing changed them since, and nobody else has done the work."""
        return all(self.mark_of(what, name) == number for name, number in seen.items())

    def has_work(self, *whats: str) -> bool:
        """True when anything of these kinds is marked."""
        return bool(self._rows(f"SELECT 1 FROM dirty WHERE what IN ({marks(whats)}) LIMIT 1", whats))  # noqa: S608

    def mark_work(self, what: str, names: Iterable[str]) -> None:
        """Mark names for this kind of work."""
        with self.immediate():
            for name in names:
                self._write("INSERT INTO dirty (what, name) VALUES (?, ?)", [what, name])

    def unmark(self, what: str, seen: Mapping[str, int]) -> None:
        """Take these marks off, but for those set anew since they were read."""
        with self.immediate():
            for name, number in seen.items():
                self._write("DELETE FROM dirty WHERE what = ? AND name = ? AND number <= ?", [what, name, number])

    def mark_everything(self, institutions: Iterable[str]) -> None:
        """Mark every letter and every institution, those that only the books know included: the rules or the roster are others now."""
        with self.immediate():
            self._write("INSERT INTO dirty (what, name) SELECT 'letter', sha256 FROM letter")
            self._write("INSERT INTO dirty (what, name) SELECT 'institution', institution FROM assessment")
            self.mark_work(INSTITUTION, institutions)

    # What hangs together

    def ties_of(self, letters: Iterable[str]) -> set[str]:
        """The ties of these letters as recorded."""
        found: set[str] = set()
        for part in batched(letters):
            found |= {r["value"] for r in self._rows(f"SELECT DISTINCT value FROM tie WHERE letter IN ({marks(part)})", part)}  # noqa: S608
        return found

    def letters_with(self, ties: Iterable[str]) -> set[str]:
        """The letters that bear one of these ties."""
        found: set[str] = set()
        for part in batched(ties):
            found |= {r["letter"] for r in self._rows(f"SELECT DISTINCT letter FROM tie WHERE value IN ({marks(part)})", part)}  # noqa: S608
        return found

    def record_ties(self, letter: str, ties: Iterable[str]) -> None:
        """Replace the ties of one letter."""
        with self.immediate():
            self._write("DELETE FROM tie WHERE letter = ?", [letter])
            for value in sorted(ties):
                self._write("INSERT INTO tie (letter, value) VALUES (?, ?)", [letter, value])

    def studios_on_books(self, but: Iterable[str], prefix: str) -> list[tuple[str, str]]:
        """(institution, tie) of every studio that letters of institutions speak of, but for these letters."""
        left_out = set(but)
        sql = "SELECT letter, institution, value FROM tie JOIN claim ON claim.sha256 = letter WHERE value LIKE ? AND institution <> '' ORDER BY institution, value"
        return [(r["institution"], r["value"]) for r in self._rows(sql, [f"{prefix}%"]) if r["letter"] not in left_out]

    def parties_of(self, letters: Iterable[str]) -> Mapping[str, frozenset[tuple[str, str]]]:
        """By letter: the institutions that have a share in it or wait for it, each with `own` or `waiting`."""
        found: dict[str, set[tuple[str, str]]] = {}
        for part in batched(letters):
            for r in self._rows(f"SELECT * FROM party WHERE letter IN ({marks(part)})", part):  # noqa: S608
                found.setdefault(r["letter"], set()).add((r["institution"], r["share"]))
        return {letter: frozenset(held) for letter, held in found.items()}

    def letters_for(self, institution: str) -> tuple[str, ...]:
        """The letters an institution has a share in or that may be its own."""
        return tuple(r["letter"] for r in self._rows("SELECT letter FROM party WHERE institution = ? ORDER BY letter", [institution]))

    def record_parties(self, letter: str, parties: Iterable[tuple[str, str]]) -> None:
        """Replace who has a share in one letter."""
        with self.immediate():
            self._write("DELETE FROM party WHERE letter = ?", [letter])
            for institution, share in sorted(parties):
                self._write("INSERT INTO party (institution, letter, share) VALUES (?, ?, ?)", [institution, letter, share])

    # Traces across institutions

    def traces_of(self, institution: str) -> tuple[set[str], dict[str, str]]:
        """An institution's marks and bands as recorded, and its prints by their text."""
        values = {r["value"] for r in self._rows("SELECT value FROM trace WHERE institution = ?", [institution])}
        return values, {r["print"]: r["print"] for r in self._rows("SELECT print FROM print WHERE institution = ?", [institution])}

    def record_traces(self, institution: str, values: Iterable[str], prints: Sequence[str]) -> None:
        """Replace an institution's traces."""
        with self.immediate():
            self._write("DELETE FROM trace WHERE institution = ?", [institution])
            self._write("DELETE FROM print WHERE institution = ?", [institution])
            for value in sorted(set(values)):
                self._write("INSERT INTO trace (institution, value) VALUES (?, ?)", [institution, value])
            for place, text in enumerate(prints):
                self._write("INSERT INTO print (institution, place, print) VALUES (?, ?, ?)", [institution, place, text])

    def holders(self, values: Iterable[str], but: str) -> Mapping[str, tuple[str, ...]]:
        """By trace: the other institutions that left it too, in order; traces nobody else left are not in it."""
        found: dict[str, list[str]] = {}
        for part in batched(values):
            sql = f"SELECT value, institution FROM trace WHERE institution <> ? AND value IN ({marks(part)}) ORDER BY institution"  # noqa: S608
            for r in self._rows(sql, [but, *part]):
                found.setdefault(r["value"], []).append(r["institution"])
        return {value: tuple(names) for value, names in found.items()}

    def prints_of(self, institutions: Iterable[str]) -> tuple[str, ...]:
        """The prints of these institutions, as text."""
        found: list[str] = []
        for part in batched(institutions):
            sql = f"SELECT print FROM print WHERE institution IN ({marks(part)}) ORDER BY institution, place"  # noqa: S608
            found += [r["print"] for r in self._rows(sql, part)]
        return tuple(found)

    # Time

    def due_assessments(self, now: datetime) -> tuple[str, ...]:
        """The institutions whose assessment time alone has changed by now."""
        return tuple(r["institution"] for r in self._rows("SELECT institution FROM assessment WHERE next_due <= ?", [moment_to_text(now)]))

    def set_agenda(self, institution: str, due: datetime | None) -> None:
        """When the letters to an institution are to be looked at again although nothing changed; None takes it off."""
        if due is None:
            self._write("DELETE FROM agenda WHERE institution = ?", [institution])
        else:
            self._write("INSERT OR REPLACE INTO agenda VALUES (?, ?)", [institution, moment_to_text(due)])

    def agenda_due(self, now: datetime) -> tuple[str, ...]:
        """The institutions whose letters time alone may have made due."""
        return tuple(r["institution"] for r in self._rows("SELECT institution FROM agenda WHERE due <= ?", [moment_to_text(now)]))
