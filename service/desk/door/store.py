"""Shell: the desk's own book (desk.db) - people, sessions, failed log-ins, deeds and page pictures; nothing in it judges a letter.

It may be thrown away: people then set themselves up again, and the ledger has lost nothing.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS person (name TEXT PRIMARY KEY, address TEXT NOT NULL, role TEXT NOT NULL, hash TEXT NOT NULL, since REAL NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS session (
    token TEXT PRIMARY KEY, person TEXT NOT NULL, csrf TEXT NOT NULL, since REAL NOT NULL, seen REAL NOT NULL, client TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS failure (at REAL NOT NULL, who TEXT NOT NULL, client TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS deed (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, person TEXT NOT NULL, sentence TEXT NOT NULL, undo TEXT NOT NULL,
    decision INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS picture (key TEXT PRIMARY KEY, png BLOB NOT NULL, used REAL NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS remembered (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
"""
PICTURE_BYTES = 200 << 20


@dataclass(frozen=True, slots=True)
class Person:
    """用户: who may use the desk; `role` is `staff` 工作人员 or `reader` 只看."""

    name: str
    address: str
    role: str
    hash: str

    @property
    def decides(self) -> bool:
        """True for who may change anything."""
        return self.role == "staff"


@dataclass(frozen=True, slots=True)
class Session:
    """登录: one browser of one person; times are seconds since 1970."""

    token: str
    person: str
    csrf: str
    since: float
    seen: float
    client: str


@dataclass(frozen=True, slots=True)
class Deed:
    """办过的事: what somebody did on the desk, in a sentence; `undo` is how it is taken back ("" when it cannot be)."""

    number: int
    at: str
    person: str
    sentence: str
    undo: str
    decision: int


class Store:
    """工作台自己的小账: one connection serves one request."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> Store:
        """The book at `path`, made when missing and readable by nobody else."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = not path.exists()
        connection = sqlite3.connect(path, timeout=10, isolation_level=None)
        if fresh:
            path.chmod(0o600)
            connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript(SCHEMA)
        return cls(connection)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, list(values)).fetchall()

    # People

    def people(self) -> tuple[Person, ...]:
        """Everybody who may log in, in the order they were added."""
        return tuple(Person(*row) for row in self._rows("SELECT name, address, role, hash FROM person ORDER BY since, name"))

    def person(self, name: str) -> Person | None:
        """Somebody by name."""
        return next((p for p in self.people() if p.name == name), None)

    def keep_person(self, person: Person, now: float) -> None:
        """Add somebody or change them; whoever gets a new password or role is logged out everywhere."""
        held = self.person(person.name)
        if held and (held.hash, held.role) != (person.hash, person.role):
            self.end_sessions(person.name)
        self._rows(
            "INSERT INTO person VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET address = excluded.address, role = excluded.role,"
            " hash = excluded.hash",
            [person.name, person.address, person.role, person.hash, now],
        )

    def drop_person(self, name: str) -> None:
        """Somebody who may no longer log in; what they decided stays in the ledger."""
        self.end_sessions(name)
        self._rows("DELETE FROM person WHERE name = ?", [name])

    # Sessions

    def begin_session(self, session: Session) -> None:
        """A new log-in."""
        self._rows("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?)", [*_fields(session)])

    def session(self, token: str) -> Session | None:
        """The log-in that holds this token's digest."""
        found = self._rows("SELECT token, person, csrf, since, seen, client FROM session WHERE token = ?", [token])
        return Session(*found[0]) if found else None

    def sessions(self) -> tuple[Session, ...]:
        """Every log-in that was not ended."""
        return tuple(Session(*row) for row in self._rows("SELECT token, person, csrf, since, seen, client FROM session ORDER BY since"))

    def touch_session(self, token: str, now: float) -> None:
        """Note that a log-in is in use."""
        self._rows("UPDATE session SET seen = ? WHERE token = ?", [now, token])

    def end_session(self, token: str) -> None:
        """Log out one browser."""
        self._rows("DELETE FROM session WHERE token = ?", [token])

    def end_sessions(self, person: str) -> None:
        """Log somebody out everywhere."""
        self._rows("DELETE FROM session WHERE person = ?", [person])

    # Failed log-ins

    def note_failure(self, who: str, client: str, now: float) -> None:
        """A wrong name or password; the name only as a digest, for people type passwords there."""
        self._rows("DELETE FROM failure WHERE at < ?", [now - 86400])
        self._rows("INSERT INTO failure VALUES (?, ?, ?)", [now, digest(who), client])

    def failures(self, who: str, client: str, since: float) -> int:
        """How often this name or this address failed since then, whichever is more."""
        sql = "SELECT coalesce(sum(who = ?1), 0), coalesce(sum(client = ?2), 0) FROM failure WHERE at >= ?3"
        return int(max(self._rows(sql, [digest(who), client, since])[0]))

    def forget_failures(self, who: str) -> None:
        """A log-in that succeeded starts the count of its own name anew, not of others tried from the same place: one's own password must not
        buy more guesses at a colleague's."""
        self._rows("DELETE FROM failure WHERE who = ?", [digest(who)])

    # Deeds

    def record_deed(self, at: str, person: str, sentence: str, undo: str = "", decision: int = 0) -> int:
        """Write down what somebody did; gives its number."""
        sql = "INSERT INTO deed (at, person, sentence, undo, decision) VALUES (?, ?, ?, ?, ?) RETURNING number"
        return int(self._rows(sql, [at, person, sentence, undo, decision])[0][0])

    def deed(self, number: int) -> Deed | None:
        """One deed by its number."""
        found = self._rows("SELECT number, at, person, sentence, undo, decision FROM deed WHERE number = ?", [number])
        return Deed(*found[0]) if found else None

    def deeds(self, most: int = 200) -> tuple[Deed, ...]:
        """The latest deeds, newest first."""
        return tuple(
            Deed(*r)
            for r in self._rows("SELECT number, at, person, sentence, undo, decision FROM deed ORDER BY number DESC LIMIT ?", [most])
        )

    # Pictures

    def picture(self, key: str, now: float) -> bytes | None:
        """A page picture made before."""
        found = self._rows("UPDATE picture SET used = ? WHERE key = ? RETURNING png", [now, key])
        return bytes(found[0][0]) if found else None

    def keep_picture(self, key: str, png: bytes, now: float) -> None:
        """Keep a page picture; the ones not looked at for longest go when there are too many."""
        self._rows("INSERT OR REPLACE INTO picture VALUES (?, ?, ?)", [key, png, now])
        while self._rows("SELECT coalesce(sum(length(png)), 0) FROM picture")[0][0] > PICTURE_BYTES:
            self._rows("DELETE FROM picture WHERE key = (SELECT key FROM picture ORDER BY used LIMIT 1)")

    # Remembered

    def remember(self, name: str, value: str) -> None:
        """A short text under a name; an empty one clears it."""
        self._rows("DELETE FROM remembered WHERE name = ?", [name])
        if value:
            self._rows("INSERT INTO remembered VALUES (?, ?)", [name, value])

    def remembered(self, name: str) -> str:
        """What was remembered under a name."""
        found = self._rows("SELECT value FROM remembered WHERE name = ?", [name])
        return str(found[0][0]) if found else ""


def digest(text: str) -> str:
    """A text as its SHA-256: tokens and typed names are never kept as they are."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _fields(session: Session) -> tuple[Any, ...]:
    return session.token, session.person, session.csrf, session.since, session.seen, session.client
