"""Shell: the ledger's chapter of readings - what each file says, by reader version, and the letters as registered with them."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar

from intake.books.base import Base, batched, marks
from intake.books.migrations import SHOWS_SCANS
from intake.books.rows import text_to_moment
from intake.codec import json_to_value, value_to_json
from intake.message import Message
from intake.submission import Received
from parsers.form import Reading

R = TypeVar("R")


class ByText(Generic[R]):
    """What `make` makes of a text, remembered for the texts asked for last, up to `most` characters of them; what it makes is never changed."""

    def __init__(self, make: Callable[[str], R], most: int) -> None:
        self._make, self._most = make, most
        self._held: OrderedDict[str, R] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def __call__(self, text: str) -> R:
        with self._lock:
            if text in self._held:
                self._held.move_to_end(text)
                return self._held[text]
        made = self._make(text)
        self.put(text, made)
        return made

    def put(self, text: str, made: R) -> None:
        """This is what the text makes: who wrote it knows."""
        with self._lock:
            if len(text) > self._most // 4 or text in self._held:
                return
            self._held[text] = made
            self._size += len(text)
            while self._size > self._most:
                gone, _ = self._held.popitem(last=False)
                self._size -= len(gone)


# The words of some thirty letters: one round asks for those of its letters in every station.
MOST_TEXT = 4 << 20  # characters
_message = ByText(lambda text: json_to_value(text, Message), MOST_TEXT // 4)
_reading = ByText(lambda text: json_to_value(text, Reading), MOST_TEXT)


class Readings(Base):
    """读件结果."""

    def readings(self, shas: Iterable[str], version: str) -> Mapping[str, Reading]:
        """The readings of these leaves by exactly this reader version; absent ones are left out."""
        found: dict[str, Reading] = {}
        for some in batched(dict.fromkeys(shas)):
            sql = f"SELECT sha256, reading FROM reading WHERE version = ? AND sha256 IN ({marks(some)})"  # noqa: S608
            found |= {r["sha256"]: _reading(r["reading"]) for r in self._rows(sql, [version, *some])}
        return found

    def one_reading(self, sha: str) -> Reading | None:
        """The newest reading of a leaf, by whatever version."""
        found = self._rows("SELECT reading FROM reading WHERE sha256 = ? ORDER BY number DESC LIMIT 1", [sha])
        return _reading(found[0]["reading"]) if found else None

    def letters_that_brought(self, leaf: str) -> tuple[str, ...]:
        """The letters that brought this leaf, earliest first; one that was never to be read is found by its letter's opening."""
        read = "SELECT sha256 FROM letter WHERE sha256 IN (SELECT letter FROM leaf WHERE sha256 = ?) ORDER BY received_at, number"
        unread = "SELECT sha256 FROM opening JOIN letter USING (sha256) WHERE instr(message, ?) ORDER BY received_at, letter.number"
        return tuple(r["sha256"] for r in self._rows(read, [leaf]) or self._rows(unread, [leaf]))

    def record_reading(self, reading: Reading, version: str, replace: bool = False) -> None:
        """Record what a leaf says; the first word of a version stands unless it is to be replaced."""
        verb = "REPLACE" if replace else "IGNORE"
        text = value_to_json(reading)
        _reading.put(text, reading)
        self._write(f"INSERT OR {verb} INTO reading (sha256, version, reading) VALUES (?, ?, ?)", [reading.sha256, version, text])  # noqa: S608

    def unconverted(self, version: str, among: Collection[str] | None = None) -> tuple[tuple[str, str], ...]:
        """The leaves (SHA-256, name) that no reader of ours could read and no conversion was tried on; what killed a reader is not offered."""
        sql = (
            "SELECT leaf.sha256, min(leaf.name) AS name FROM leaf JOIN reading ON reading.sha256 = leaf.sha256 AND reading.version = ?"
            " WHERE json_extract(reading, '$.status') IN ('unsupported', 'unreadable') AND reading NOT LIKE '%\"conversion_failed\"%'"
            " AND reading NOT LIKE '%\"reader_died\"%' {} GROUP BY leaf.sha256 ORDER BY min(leaf.rowid)"
        )
        return self._leaves(sql, version, among)

    def unread(self, version: str, among: Collection[str] | None = None) -> tuple[tuple[str, str], ...]:
        """The leaves (SHA-256, name) this reader version still owes a reading, all or among these, in order of receipt."""
        sql = (
            "SELECT leaf.sha256, leaf.name FROM leaf JOIN letter ON letter.sha256 = leaf.letter WHERE NOT EXISTS"
            " (SELECT 1 FROM reading WHERE reading.sha256 = leaf.sha256 AND reading.version = ?) {}"
            " GROUP BY leaf.sha256 ORDER BY min(letter.received_at), min(letter.number), min(leaf.position)"
        )
        return self._leaves(sql, version, among)

    def _leaves(self, sql: str, version: str, among: Collection[str] | None) -> tuple[tuple[str, str], ...]:
        if among is None:
            return tuple((r["sha256"], r["name"]) for r in self._rows(sql.format(""), [version]))
        found: list[tuple[str, str]] = []
        for part in batched(sorted(among)):
            rows = self._rows(sql.format(f"AND leaf.sha256 IN ({marks(part)})"), [version, *part])
            found += [(r["sha256"], r["name"]) for r in rows]
        return tuple(found)

    def owed_scans(self, version: str, scan_version: str) -> tuple[tuple[str, str, str], ...]:
        """The leaves (SHA-256, name, letter) that show pictures of pages and no scan reader of this version has looked at, in order of receipt."""
        sql = (
            f"WITH shown AS (SELECT sha256 FROM reading WHERE version = ? AND {SHOWS_SCANS})"  # noqa: S608
            " SELECT leaf.sha256, leaf.name, leaf.letter FROM shown JOIN leaf USING (sha256) JOIN letter ON letter.sha256 = leaf.letter"
            " WHERE NOT EXISTS (SELECT 1 FROM reading AS scan WHERE scan.sha256 = leaf.sha256 AND scan.version = ?)"
            " GROUP BY leaf.sha256 ORDER BY min(letter.received_at), min(letter.number), min(leaf.position)"
        )
        return tuple((r["sha256"], r["name"], r["letter"]) for r in self._rows(sql, [version, scan_version]))

    def newest_reading(self) -> int:
        """The number of the last reading recorded."""
        return int(self._rows("SELECT coalesce(max(number), 0) AS number FROM reading")[0]["number"])

    def scanned_pages(self, letter: str, scan_version: str) -> int:
        """How many pages of a letter's leaves this scan reader has looked at."""
        sql = (
            "SELECT coalesce(sum(json_extract(reading, '$.pages')), 0) AS pages FROM reading JOIN leaf USING (sha256)"
            " WHERE leaf.letter = ? AND reading.version = ?"
        )
        return int(self._rows(sql, [letter, scan_version])[0]["pages"])

    def received(self, shas: Iterable[str] | None = None, *, with_readings: bool = True) -> tuple[Received, ...]:
        """Every opened letter (or these) with the newest readings of its leaves, in order of receipt; copies are folded into `seen_at`."""
        rows = self._opened(shas)
        # The words of the whole campaign are held once, as values: each text is let go as soon as it is decoded.
        messages = {row["sha256"]: _message(row.pop("message")) for row in rows}
        leaves = sorted({leaf.sha256 for message in messages.values() for leaf in message.leaves}) if with_readings else []
        readings: dict[str, Reading] = {}
        for part in batched(leaves, 50):
            texts = self._newest_readings(part)
            readings |= {sha: _reading(texts[sha]) for sha in texts}
        seen = self._seen_at(None if shas is None else messages)
        found = [_received(row, messages[row["sha256"]], readings, seen[row["sha256"]]) for row in rows]
        return tuple(sorted(found, key=lambda r: (r.received_at, r.sha256)))

    def letter_marks(self, shas: Iterable[str]) -> tuple[str, ...]:
        """What each of these letters is as registered: its opening, the newest readings of its leaves, when its copies were met - as short texts."""
        found: list[str] = []
        wanted = sorted(set(shas))
        seen = self._seen_at(wanted)
        for row in sorted(self._opened(wanted), key=lambda r: r["sha256"]):
            leaves = [r["sha256"] for r in self._rows("SELECT sha256 FROM leaf WHERE letter = ? ORDER BY position", [row["sha256"]])]
            said = self._newest_readings(leaves)
            summed = hashlib.sha256(row["message"].encode())
            for leaf in leaves:
                summed.update(f"{leaf} {said.get(leaf, '')}".encode())
            times = " ".join(moment.isoformat() for moment in seen[row["sha256"]])
            found.append(f"{row['sha256']} {summed.hexdigest()} {times} {row['folder']} {row['fetched_at']}")
        return tuple(found)

    def letters_of(self, institution: str) -> tuple[Received, ...]:
        """The letters claimed for one institution, whole, in order of receipt; "" gives those that are nobody's."""
        return self.received(r["sha256"] for r in self._rows("SELECT sha256 FROM claim WHERE institution = ?", [institution]))

    def _opened(self, shas: Iterable[str] | None) -> list[dict[str, Any]]:
        place = "(SELECT min(uid) FROM sighting WHERE sighting.sha256 = letter.sha256 AND sighting.folder = letter.folder)"
        # The plus keeps SQLite from going through all letters by the index of same_as, where it should look for ten by their names.
        sql = f"SELECT letter.*, message, {place} AS uid FROM letter JOIN opening USING (sha256) WHERE +same_as = '' AND state <> 'quarantined'"  # noqa: S608
        if shas is None:
            return self._rows(sql)
        some = (self._rows(f"{sql} AND letter.sha256 IN ({marks(part)})", part) for part in batched(dict.fromkeys(shas)))
        return [row for rows in some for row in rows]

    def _newest_readings(self, leaves: Iterable[str]) -> Mapping[str, str]:
        """The newest word on each leaf, as text."""
        found: dict[str, str] = {}
        for part in batched(leaves):
            sql = f"SELECT sha256, reading FROM reading WHERE sha256 IN ({marks(part)}) ORDER BY number"  # noqa: S608
            found |= {r["sha256"]: r["reading"] for r in self._rows(sql, part)}
        return found

    def _seen_at(self, shas: Iterable[str] | None = None) -> Mapping[str, tuple[datetime, ...]]:
        """By the letter that stands for all copies: the server times of every copy, earliest first."""
        sql = (
            "SELECT CASE same_as WHEN '' THEN letter.sha256 ELSE same_as END AS stands, letter.received_at AS kept, sighting.received_at AS met"
            " FROM letter LEFT JOIN sighting USING (sha256)"
        )
        times: dict[str, set[str]] = {}
        for part in [None] if shas is None else batched(shas):
            some = marks(part or ())
            rows = (
                self._rows(sql)
                if part is None
                else self._rows(f"{sql} WHERE letter.sha256 IN ({some}) OR same_as IN ({some})", [*part, *part])
            )
            for row in rows:
                times.setdefault(row["stands"], set()).update(t for t in (row["kept"], row["met"]) if t)
        return {sha: tuple(text_to_moment(t) for t in sorted(held)) for sha, held in times.items()}


def _received(row: Mapping[str, Any], message: Message, readings: Mapping[str, Reading], seen_at: tuple[datetime, ...]) -> Received:
    """A letter row with its opened message and the readings of its own leaves."""
    own = {leaf.sha256: readings[leaf.sha256] for leaf in message.leaves if leaf.sha256 in readings}
    return Received(message, seen_at[0], own, row["folder"], text_to_moment(row["fetched_at"]), seen_at, row["uid"] or 0)
