"""Shell: one SQLite file opened the safe way - WAL, every commit on the disk, write lock first, the world's refusals in Chinese.

Source of every choice: the measured traps of sqlite-utils and SQLite (a deferred BEGIN dies with SQLITE_BUSY at once; NORMAL may lose
the last commits at a power loss, and an acknowledgement that left must not outlive its record).
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from intake.errors import DiskFull, LedgerBusy, LedgerNewer, LedgerUnwritable, World

_HEAVY = [name for name in ("numpy", "pandas") if name not in sys.modules]
sys.modules.update(dict.fromkeys(_HEAVY))  # type: ignore[arg-type]
try:
    # sqlite-utils loads them wherever they are installed (the recogniser brings numpy), a third of every command's start, for column
    # types that the books do not have
    from sqlite_utils import Database, Migrations
finally:
    for _name in _HEAVY:
        del sys.modules[_name]

__all__ = ["Database", "Migrations", "immediate", "open_database", "world_errors"]

log = logging.getLogger("intake.books")
LOCK_SECONDS = 30.0


def open_database(path: Path, migrations: Migrations, page_bytes: int = 4096) -> Database:
    """The file at `path`, created when missing (in pages of so many bytes) and brought to the newest shape; one connection serves one thread."""
    with world_errors():
        path.parent.mkdir(parents=True, exist_ok=True)
        with _one_at_a_time(path.parent):
            return _opened(path, migrations, page_bytes)


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Hold the folder's lock: of several threads and processes that open new or earlier books the first shapes them and the others wait, for
    two at it refuse each other. Nothing is left behind; the system lets go of it when the process dies."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _opened(path: Path, migrations: Migrations, page_bytes: int) -> Database:
    # no plugins of sqlite-utils: to look for them costs more than to open the books, and nobody else's code belongs on them
    database = Database(sqlite3.connect(path, timeout=LOCK_SECONDS), execute_plugins=False)
    database.execute(f"PRAGMA page_size={page_bytes}")  # of a new file; one that is there keeps its own
    database.enable_wal()
    database.execute("PRAGMA synchronous=FULL")
    database.execute("PRAGMA foreign_keys=ON")
    if newer := {step.name for step in migrations.applied(database)} - _known_steps(migrations):
        database.close()
        raise LedgerNewer(f"{path.name}：{'、'.join(sorted(newer))}")
    if owed := migrations.pending(database):
        earlier = bool(migrations.applied(database))
        migrations.apply(database)
        if earlier:
            log.info("账册 %s 已升级到本版，原有数据不变：%s", path, "、".join(step.name for step in owed))
    return database


def _known_steps(migrations: Migrations) -> set[str]:
    """The names of every step this release knows: all are pending in an empty database."""
    with closing(sqlite3.connect(":memory:")) as empty:
        return {step.name for step in migrations.pending(Database(empty, execute_plugins=False))}


@contextmanager
def immediate(database: Database) -> Iterator[None]:
    """One transaction that takes the write lock first; inside another one it simply belongs to that one."""
    with world_errors():
        if database.conn.in_transaction:
            yield
            return
        database.execute("BEGIN IMMEDIATE")
        try:
            yield
            database.conn.commit()
        except BaseException:
            database.conn.rollback()
            raise


@contextmanager
def world_errors() -> Iterator[None]:
    """Turn what the disk or the lock refuses into the world's errors; anything else stays our own bug."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        found = _database_error(error)
        if found is None:
            raise
        raise found from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            raise DiskFull(str(error)) from error
        if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
            raise LedgerUnwritable(str(error)) from error
        raise


def _database_error(error: sqlite3.DatabaseError) -> World | None:
    """The world's error for a SQLite refusal, None when the fault is in our own SQL."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return DiskFull(str(error))
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LedgerBusy(str(error))
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_PERM):
        return LedgerUnwritable(str(error))
    return None
