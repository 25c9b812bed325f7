"""Shell: the ledger's chapter of readings - what each file says, by reader version, and the letters as registered with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from intake.books.base import Base
from intake.books.rows import text_to_moment
from intake.codec import json_to_value, value_to_json
from intake.message import Message
from intake.submission import Received
from parsers.form import Reading


class Readings(Base):
    """读件结果."""

    def readings(self, shas: Iterable[str], version: str) -> Mapping[str, Reading]:
        """The readings of these leaves by exactly this reader version; absent ones are left out."""
        wanted = set(shas)
        rows = self._rows("SELECT sha256, reading FROM reading WHERE version = ?", [version])
        return {r["sha256"]: json_to_value(r["reading"], Reading) for r in rows if r["sha256"] in wanted}

    def record_reading(self, reading: Reading, version: str, replace: bool = False) -> None:
        """Record what a leaf says; the first word of a version stands unless it is to be replaced."""
        verb = "REPLACE" if replace else "IGNORE"
        text = value_to_json(reading)
        self._write(f"INSERT OR {verb} INTO reading (sha256, version, reading) VALUES (?, ?, ?)", [reading.sha256, version, text])  # noqa: S608

    def unconverted(self, version: str) -> tuple[tuple[str, str], ...]:
        """The leaves (SHA-256, name) that no reader of ours could read and no conversion was tried on; what killed a reader is not offered."""
        sql = (
            "SELECT leaf.sha256, min(leaf.name) AS name FROM leaf JOIN reading ON reading.sha256 = leaf.sha256 AND reading.version = ?"
            " WHERE json_extract(reading, '$.status') IN ('unsupported', 'unreadable') AND reading NOT LIKE '%\"conversion_failed\"%'"
            " AND reading NOT LIKE '%\"reader_died\"%' GROUP BY leaf.sha256 ORDER BY min(leaf.rowid)"
        )
        return tuple((r["sha256"], r["name"]) for r in self._rows(sql, [version]))

    def unread(self, version: str) -> tuple[tuple[str, str], ...]:
        """The leaves (SHA-256, name) this reader version still owes a reading, in order of receipt."""
        sql = (
            "SELECT leaf.sha256, leaf.name FROM leaf JOIN letter ON letter.sha256 = leaf.letter WHERE NOT EXISTS"
            " (SELECT 1 FROM reading WHERE reading.sha256 = leaf.sha256 AND reading.version = ?)"
            " GROUP BY leaf.sha256 ORDER BY min(letter.received_at), min(letter.number), min(leaf.position)"
        )
        return tuple((r["sha256"], r["name"]) for r in self._rows(sql, [version]))

    def received(self) -> tuple[Received, ...]:
        """Every opened letter with the newest readings of its leaves, in order of receipt; copies are folded into `seen_at`."""
        texts = {r["sha256"]: r["reading"] for r in self._rows("SELECT sha256, reading FROM reading ORDER BY number")}
        readings = {sha: json_to_value(text, Reading) for sha, text in texts.items()}
        seen = self._seen_at()
        rows = self._rows("SELECT letter.*, message FROM letter JOIN opening USING (sha256) WHERE same_as = '' AND state <> 'quarantined'")
        found = [_received(row, json_to_value(row["message"], Message), readings, seen[row["sha256"]]) for row in rows]
        return tuple(sorted(found, key=lambda r: (r.received_at, r.sha256)))

    def _seen_at(self) -> Mapping[str, tuple[datetime, ...]]:
        """By the letter that stands for all copies: the server times of every copy, earliest first."""
        sql = (
            "SELECT CASE same_as WHEN '' THEN letter.sha256 ELSE same_as END AS stands, letter.received_at AS kept, sighting.received_at AS met"
            " FROM letter LEFT JOIN sighting USING (sha256)"
        )
        times: dict[str, set[str]] = {}
        for row in self._rows(sql):
            times.setdefault(row["stands"], set()).update(t for t in (row["kept"], row["met"]) if t)
        return {sha: tuple(text_to_moment(t) for t in sorted(held)) for sha, held in times.items()}


def _received(row: Mapping[str, Any], message: Message, readings: Mapping[str, Reading], seen_at: tuple[datetime, ...]) -> Received:
    """A letter row with its opened message and the readings of its own leaves."""
    own = {leaf.sha256: readings[leaf.sha256] for leaf in message.attachments if leaf.sha256 in readings}
    return Received(message, seen_at[0], own, row["folder"], text_to_moment(row["fetched_at"]), seen_at)
