"""Shell: the vault (原件库) - bytes by their SHA-256 in one SQLite file, on the disk before anything looks inside them.

A BLOB in a WAL file costs 0.9 ms a letter where one file each with two fsyncs costs 7.6 ms (measured); one file is one backup.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType

from intake.books.database import Database, Migrations, immediate, open_database, world_errors
from intake.errors import VaultDamaged

migrations = Migrations("vault")


@migrations()
def m001_blobs(database: Database) -> None:
    """The one table."""
    database.execute("CREATE TABLE blob (sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, payload BLOB NOT NULL) STRICT")


PAGE_BYTES = 16 << 10
"""Whole letters are written here: pages of this size cost a third less than SQLite's own 4 KB (measured with letters of 151 KB)."""
CHECKPOINT_BYTES = 64 << 20
"""So much stands in the log before it is written into its place: a round is over by then, and its line to the server free again."""
_KEEP = (
    "INSERT INTO blob VALUES (?, ?, ?) ON CONFLICT (sha256) DO UPDATE SET size = excluded.size, payload = excluded.payload"
    " WHERE payload <> excluded.payload OR size <> excluded.size"
)


class Vault:
    """原件库: nothing in it is ever changed or taken out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, path: Path) -> Vault:
        """The vault at `path`, created when missing; use one per thread."""
        database = open_database(path, migrations, PAGE_BYTES)
        database.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_BYTES // PAGE_BYTES}")
        return cls(database)

    def __enter__(self) -> Vault:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def keep(self, payload: bytes) -> str:
        """Keep the bytes and give their SHA-256; they are on the disk when this returns."""
        return self.keep_all((payload,))[0]

    def keep_all(self, payloads: Iterable[bytes]) -> tuple[str, ...]:
        """Keep several in one transaction: all of them or none. A fresh copy heals one that the disk has altered."""
        shas = []
        with immediate(self._database):
            for payload in payloads:
                shas.append(hashlib.sha256(payload).hexdigest())
                self._database.execute(_KEEP, [shas[-1], len(payload), payload])
        return tuple(shas)

    def fetch(self, sha: str) -> bytes:
        """The bytes of this SHA-256; raises KeyError when they were never kept and VaultDamaged when the disk altered them."""
        with world_errors():
            row = self._database.execute("SELECT payload FROM blob WHERE sha256 = ?", [sha]).fetchone()
        if row is None:
            raise KeyError(sha)
        payload = bytes(row[0])
        if hashlib.sha256(payload).hexdigest() != sha:
            raise VaultDamaged(sha)
        return payload

    def has(self, sha: str) -> bool:
        """True when these bytes are kept."""
        with world_errors():
            return self._database.execute("SELECT 1 FROM blob WHERE sha256 = ?", [sha]).fetchone() is not None

    def shas(self) -> Iterator[str]:
        """Every SHA-256 kept, in no order."""
        with world_errors():
            rows = self._database.execute("SELECT sha256 FROM blob").fetchall()
        yield from (row[0] for row in rows)

    def damaged(self, prefixes: str = "0123456789abcdef") -> tuple[str, ...]:
        """The SHA-256 of every blob that is no longer what was kept, among those that begin with one of these hex digits."""
        found = []
        for first in prefixes:
            with world_errors():
                shas = [r[0] for r in self._database.execute("SELECT sha256 FROM blob WHERE sha256 GLOB ?", [first + "*"]).fetchall()]
            found += [sha for sha in shas if not self._is_sound(sha)]
        return tuple(found)

    def _is_sound(self, sha: str) -> bool:
        try:
            self.fetch(sha)
        except (VaultDamaged, KeyError):
            return False
        return True
