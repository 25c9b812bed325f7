"""Shell: the ledger (台账) - one SQLite file that remembers every letter, decision and answer; the only shared state of the house.

Facts are added and never changed; what is derived from them may be replaced at any time. Every method is one transaction of its own,
or part of the one opened by `immediate()`. One Ledger serves one thread: open another for another job.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from sqlite_utils import Database

from intake.books.database import immediate, open_database, world_errors
from intake.books.migrations import migrations
from intake.books.rows import (
    LETTER_COLUMNS,
    OUTBOX_COLUMNS,
    letter_to_row,
    moment_to_text,
    outbox_to_row,
    row_to_decision,
    row_to_letter,
    row_to_outbox,
    text_to_moment,
)
from intake.codec import json_to_value, value_to_json
from intake.message import Message
from intake.records import DigestRecord, Health, LetterRecord, OutboxRecord, OutboxState
from intake.submission import Assessment, Claim, Decision, Received
from parsers.form import Reading

NOT_READ = ("hostile", "too_large")
DERIVED = ("opening", "leaf", "reading", "claim", "assessment")


class Sighting(NamedTuple):
    """所见: one place on a server (or a disk) where a letter was met, with the server's time there."""

    account: str
    folder: str
    uidvalidity: int
    uid: int
    sha256: str
    received_at: datetime


class Ledger:
    """台账."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, path: Path) -> Ledger:
        """The ledger at `path`, created when missing and brought to the newest shape."""
        return cls(open_database(path, migrations))

    def __enter__(self) -> Ledger:
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

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        with world_errors():
            return list(self._database.query(sql, list(values)))

    # Letters

    def sightings(self, account: str, folder: str, uidvalidity: int) -> set[int]:
        """The UIDs already met in this folder of this account."""
        return set(self.sighting_times(account, folder, uidvalidity))

    def sighting_times(self, account: str, folder: str, uidvalidity: int) -> Mapping[int, datetime]:
        """The same with the server's time of each, by which a reused UID is found out."""
        sql = "SELECT uid, received_at FROM sighting WHERE account = ? AND folder = ? AND uidvalidity = ?"
        return {r["uid"]: text_to_moment(r["received_at"]) for r in self._rows(sql, [account, folder, uidvalidity])}

    def record_fetched(self, records: Iterable[LetterRecord], sightings: Iterable[Sighting]) -> int:
        """Record kept letters and where they were met; gives how many letters are new. Known letters are left as they are."""
        marks = ", ".join("?" * len(LETTER_COLUMNS))
        new = 0
        with self.immediate():
            for record in records:
                new += self._write(f"INSERT OR IGNORE INTO letter ({', '.join(LETTER_COLUMNS)}) VALUES ({marks})", letter_to_row(record))  # noqa: S608
            for seen in sightings:
                self._write("INSERT OR REPLACE INTO sighting VALUES (?, ?, ?, ?, ?, ?)", [*seen[:5], moment_to_text(seen.received_at)])
        return new

    def letters(self, state: str | None = None) -> tuple[LetterRecord, ...]:
        """Every letter, or those in one state, in order of receipt."""
        where, asked = ("WHERE state = ?", [state]) if state else ("", [])
        return tuple(row_to_letter(r) for r in self._rows(f"SELECT * FROM letter {where} ORDER BY received_at, number", asked))  # noqa: S608

    def unopened(self, version: str) -> tuple[LetterRecord, ...]:
        """The letters an opener of this version still owes: new ones, and those another version opened or failed at; copies come last."""
        sql = (
            "SELECT letter.* FROM letter LEFT JOIN opening USING (sha256) WHERE state = 'new' OR (state = 'opened' AND version <> ?)"
            " OR (state = 'oversize' AND version IS NOT ?) OR (state = 'quarantined' AND tried_version <> ?)"
            " ORDER BY same_as <> '', received_at, letter.number"
        )
        return tuple(row_to_letter(r) for r in self._rows(sql, [version] * 3))

    def note_attempt(self, sha: str, version: str) -> int:
        """Count an attempt before it is made, so that a letter that takes the whole program down is found out; gives the count."""
        sql = "UPDATE letter SET attempts = CASE WHEN tried_version = ? THEN attempts + 1 ELSE 1 END, tried_version = ? WHERE sha256 = ?"
        self._write(sql, [version, version, sha])
        return int(self._rows("SELECT attempts FROM letter WHERE sha256 = ?", [sha])[0]["attempts"])

    def record_opening(self, sha: str, message: Message, version: str) -> None:
        """Record what was found in a letter; its leaves are owed a reading, but for the hostile and those that were not carried.

        The same letter by another way (same content key) points to the one opened first by `same_as`.
        """
        leaves = [(sha, at, leaf.sha256, leaf.name) for at, leaf in enumerate(message.attachments) if leaf.problem not in NOT_READ]
        with self.immediate():
            same_as = self._first_with(message.content_key, sha)
            self._write(
                "INSERT INTO opening (sha256, version, content_key, message) VALUES (?, ?, ?, ?) ON CONFLICT (sha256) DO UPDATE SET"
                " version = excluded.version, content_key = excluded.content_key, message = excluded.message",
                [sha, version, message.content_key, value_to_json(message)],
            )
            self._write("DELETE FROM leaf WHERE letter = ?", [sha])
            for leaf in leaves:
                self._write("INSERT INTO leaf VALUES (?, ?, ?, ?)", leaf)
            self._write(
                "UPDATE letter SET state = CASE state WHEN 'oversize' THEN state ELSE 'opened' END, same_as = ?, attempts = 0,"
                " error = CASE state WHEN 'oversize' THEN error ELSE '' END WHERE sha256 = ?",
                [same_as, sha],
            )

    def _first_with(self, content_key: str, sha: str) -> str:
        """The letter with this content that was opened first, "" when it is this one or there is none."""
        sql = (
            "SELECT sha256 FROM opening JOIN letter USING (sha256) WHERE opening.content_key = ? AND content_key <> '' AND same_as = ''"
            " ORDER BY sha256 = ? DESC, opening.number LIMIT 1"
        )
        found = self._rows(sql, [content_key, sha])
        return "" if not found or found[0]["sha256"] == sha else str(found[0]["sha256"])

    def quarantine(self, sha: str, error: str) -> None:
        """Set a letter aside with the reason; staff see it, `retry` gives it another chance, and so does a newer opener."""
        self._write("UPDATE letter SET state = 'quarantined', error = ? WHERE sha256 = ?", [error[:8000], sha])

    def retry(self, sha: str) -> bool:
        """Take a letter out of quarantine to be opened again; False when it is not in quarantine."""
        return (
            self._write(
                "UPDATE letter SET state = 'new', attempts = 0, tried_version = '' WHERE sha256 = ? AND state = 'quarantined'", [sha]
            )
            > 0
        )

    def opening(self, sha: str) -> Message | None:
        """What was found in a letter (without payloads), None while it is unopened."""
        found = self._rows("SELECT message FROM opening WHERE sha256 = ?", [sha])
        return json_to_value(found[0]["message"], Message) if found else None

    # Readings

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

    # Decisions

    def decisions(self) -> tuple[Decision, ...]:
        """Every staff decision, oldest first."""
        return tuple(row_to_decision(r) for r in self._rows("SELECT * FROM decision ORDER BY number"))

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
        """Record a staff decision; it is never edited, only followed by another."""
        values = [kind, moment_to_text(at), by, institution, target, value_to_json(detail or {}, Mapping[str, Any]), reason]
        with self.immediate():
            self._write(
                "INSERT INTO decision (kind, decided_at, decided_by, institution, target, detail, reason) VALUES (?, ?, ?, ?, ?, ?, ?)",
                values,
            )
            return row_to_decision(self._rows("SELECT * FROM decision ORDER BY number DESC LIMIT 1")[0])

    # Derived

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

    def copy_facts(self, path: Path, keep: Sequence[str] = ()) -> Ledger:
        """A copy of this ledger at `path` without anything derived: opened letters are new again, copies stay known as copies.

        With `keep` these derived tables stay. The copy is to be thrown away, so it does not wait for the disk.
        """
        with world_errors():
            target = sqlite3.connect(path)
            self._database.conn.backup(target)
            target.close()
        fresh = Ledger.open(path)
        fresh._database.execute("PRAGMA synchronous=OFF")
        with fresh.immediate():
            for table in DERIVED:
                if table not in keep:
                    fresh._write(f"DELETE FROM {table}")  # noqa: S608
            if "opening" not in keep:
                fresh._write("UPDATE letter SET state = 'new' WHERE state = 'opened'")
        return fresh

    def take_derived(self, other: Ledger) -> None:
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

    # Case numbers

    def case_number(self, institution: str, prefix: str) -> str:
        """The institution's number in our letters ("LN2022-0017"), allocated once and for good."""
        with self.immediate():
            found = self._rows("SELECT number FROM case_number WHERE institution = ? AND prefix = ?", [institution, prefix])
            if found:
                return str(found[0]["number"])
            taken = self._rows("SELECT count(*) AS n FROM case_number WHERE prefix = ?", [prefix])[0]["n"]
            number = f"{prefix}-{taken + 1:04d}"
            self._write("INSERT INTO case_number VALUES (?, ?, ?)", [number, institution, prefix])
            return number

    def case_numbers(self) -> Mapping[str, str]:
        """Institution by case number."""
        return {r["number"]: r["institution"] for r in self._rows("SELECT number, institution FROM case_number ORDER BY number")}

    # What we said

    def enqueue(self, record: OutboxRecord) -> bool:
        """Put a finished letter into the outbox; False (and nothing changes) when its key is already there."""
        marks = ", ".join("?" * len(OUTBOX_COLUMNS))
        sql = f"INSERT OR IGNORE INTO outbox ({', '.join(OUTBOX_COLUMNS)}) VALUES ({marks})"  # noqa: S608
        return self._write(sql, outbox_to_row(record)) > 0

    def outbox(self, state: OutboxState | None = None, institution: str | None = None) -> tuple[OutboxRecord, ...]:
        """The letters we composed, urgent ones first, then oldest first; all, or of one state, or to one institution."""
        sql = "SELECT * FROM outbox WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR institution = ?2) ORDER BY priority DESC, number"
        return tuple(row_to_outbox(r) for r in self._rows(sql, [state, institution]))

    def mark(
        self,
        key: str,
        state: OutboxState,
        *,
        error: str = "",
        at: datetime | None = None,
        not_before: datetime | None = None,
        attempt: bool = False,
        raw: bytes | None = None,
    ) -> None:
        """Note what became of a letter of ours; `at` is when (kept as the time of sending once it is `sent`); raises KeyError if unknown."""
        moment = moment_to_text(at) if at else None
        changed = self._write(
            "UPDATE outbox SET state = ?1, error = ?2, not_before = ?3, attempts = attempts + ?4, raw = coalesce(?5, raw),"
            " tried_at = CASE WHEN ?4 THEN ?6 ELSE tried_at END, sent_at = CASE ?1 WHEN 'sent' THEN coalesce(?6, tried_at) ELSE sent_at END WHERE key = ?7",
            [state, error, moment_to_text(not_before) if not_before else None, int(attempt), raw, moment, key],
        )
        if not changed:
            raise KeyError(key)

    def mark_bounced(self, message_id: str, at: datetime) -> bool:
        """Note that a letter of ours did not arrive; False when no letter of ours has this Message-ID. The first time stands."""
        return bool(message_id) and (
            self._write("UPDATE outbox SET bounced_at = coalesce(bounced_at, ?) WHERE message_id = ?", [moment_to_text(at), message_id]) > 0
        )

    def sent_since(self, moment: datetime) -> int:
        """How many letters left at or after this moment, those of unknown fate included (the provider counts them too)."""
        sql = "SELECT count(*) AS n FROM outbox WHERE (state = 'sent' AND sent_at >= ?1) OR (state = 'sending' AND tried_at >= ?1)"
        return int(self._rows(sql, [moment_to_text(moment)])[0]["n"])

    def digests(self) -> tuple[DigestRecord, ...]:
        """The digests composed so far, oldest first."""
        rows = self._rows("SELECT * FROM digest ORDER BY day, slot")
        return tuple(DigestRecord(day=r["day"], slot=r["slot"], composed_at=text_to_moment(r["composed_at"]), key=r["key"]) for r in rows)

    def record_digest(self, record: DigestRecord) -> None:
        """Record a digest; the first of a day and slot stands."""
        self._write(
            "INSERT OR IGNORE INTO digest VALUES (?, ?, ?, ?)", [record.day, record.slot, moment_to_text(record.composed_at), record.key]
        )

    # Health

    def health(self) -> Health:
        """What the robot last managed to do."""
        return Health(values={r["name"]: r["value"] for r in self._rows("SELECT * FROM health ORDER BY name")})

    def note_health(self, name: str, value: str) -> None:
        """Remember a short text or ISO time under a name; the last one stands, an empty one clears it."""
        if value:
            self._write("INSERT OR REPLACE INTO health VALUES (?, ?)", [name, value[:1000]])
        else:
            self._write("DELETE FROM health WHERE name = ?", [name])


def _timeless(assessment: str) -> str:
    """The JSON without the moment it was made: a poll every two minutes must not write sixty unchanged institutions anew."""
    return re.sub(r'"assessed_at":"[^"]*"', "", assessment)


def _received(row: Mapping[str, Any], message: Message, readings: Mapping[str, Reading], seen_at: tuple[datetime, ...]) -> Received:
    """A letter row with its opened message and the readings of its own leaves."""
    own = {leaf.sha256: readings[leaf.sha256] for leaf in message.attachments if leaf.sha256 in readings}
    return Received(message, seen_at[0], own, row["folder"], text_to_moment(row["fetched_at"]), seen_at)
