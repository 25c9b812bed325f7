"""Shell: the ledger's chapter of decisions - what staff decided, appended and never edited - and the case numbers given once for good."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from intake.books.base import Base, batched, marks
from intake.books.rows import moment_to_text, row_to_decision
from intake.case_numbers import number_with_check
from intake.codec import value_to_json
from intake.submission import Decision


class Decisions(Base):
    """决定."""

    def decisions(self, kinds: Sequence[str] = ()) -> tuple[Decision, ...]:
        """Every staff decision, or those of these kinds (name `undo` among them, else what was taken back looks standing), oldest first."""
        where = f"WHERE kind IN ({marks(kinds)})" if kinds else ""
        return tuple(row_to_decision(r) for r in self._rows(f"SELECT * FROM decision {where} ORDER BY number", kinds))  # noqa: S608

    def decisions_of(self, institution: str) -> tuple[Decision, ...]:
        """The decisions about one institution, with every `undo` (old ones name no institution); fold them, then look."""
        sql = "SELECT * FROM decision WHERE institution = ? OR kind = 'undo' ORDER BY number"
        return tuple(row_to_decision(r) for r in self._rows(sql, [institution]))

    def decide(
        self,
        kind: str,
        *,
        by: str,
        at: datetime,
        institution: str = "",
        target: str = "",
        detail: Mapping[str, Any] | None = None,
        reason: str = "",
    ) -> Decision:
        """Record a staff decision; it is never edited, only followed by another. An `undo` stands with the institution of what it takes back."""
        with self.immediate():
            whose = institution or (self._institution_of(target) if kind == "undo" else "")
            values = [kind, moment_to_text(at), by, whose, target, value_to_json(detail or {}, Mapping[str, Any]), reason]
            self._write(
                "INSERT INTO decision (kind, decided_at, decided_by, institution, target, detail, reason) VALUES (?, ?, ?, ?, ?, ?, ?)",
                values,
            )
            return row_to_decision(self._rows("SELECT * FROM decision ORDER BY number DESC LIMIT 1")[0])

    def newest_decision(self) -> int:
        """The number of the newest decision, 0 when there is none: what a round must have seen before it may write."""
        return int(self._rows("SELECT coalesce(max(number), 0) AS n FROM decision")[0]["n"])

    def _institution_of(self, number: str) -> str:
        found = self._rows("SELECT institution FROM decision WHERE number = ?", [int(number)]) if number.strip().isdigit() else []
        return str(found[0]["institution"]) if found else ""

    # Case numbers

    def case_number(self, institution: str, prefix: str) -> str:
        """The institution's number in our letters ("LN2022-0017-K7XQ"), allocated once and for good; the table holds it without its check
        part, which also numbers of older books get so."""
        with self.immediate():
            found = self._rows("SELECT number FROM case_number WHERE institution = ? AND prefix = ?", [institution, prefix])
            if found:
                return number_with_check(str(found[0]["number"]), self._secret())
            taken = self._rows("SELECT count(*) AS n FROM case_number WHERE prefix = ?", [prefix])[0]["n"]
            number = f"{prefix}-{taken + 1:04d}"
            self._write("INSERT INTO case_number VALUES (?, ?, ?)", [number, institution, prefix])
            return number_with_check(number, self._secret())

    def case_numbers_among(self, cleaned: Iterable[str]) -> Mapping[str, str]:
        """Institution by case number with its check part, of those numbers (in lower case, without it) that are really given."""
        secret = self._secret()
        found: dict[str, str] = {}
        for part in batched(cleaned):
            rows = self._rows(f"SELECT number, institution FROM case_number WHERE lower(number) IN ({marks(part)})", part)  # noqa: S608
            found |= {number_with_check(r["number"], secret): r["institution"] for r in rows}
        return found

    def case_numbers(self) -> Mapping[str, str]:
        """Institution by case number with its check part."""
        secret = self._secret()
        rows = self._rows("SELECT number, institution FROM case_number ORDER BY number")
        return {number_with_check(r["number"], secret): r["institution"] for r in rows}

    def _secret(self) -> str:
        """What the check parts are derived from; made with the books, in no list, log or answer."""
        return str(self._rows("SELECT value FROM secret WHERE name = 'case_number'")[0]["value"])
