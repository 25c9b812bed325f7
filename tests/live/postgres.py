"""A private PostgreSQL as an ordinary process: a unix socket in a folder of its own, no network, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg

from config.settings import EngineSettings

START_SECONDS = 20.0
SETTINGS = {"listen_addresses": "", "fsync": "off", "shared_buffers": "32MB", "max_connections": "60", "autovacuum": "off", "jit": "off"}


def find_postgres() -> Path | None:
    """The folder with PostgreSQL's programs, None when they are not installed; Debian keeps them off the PATH."""
    folders = [*map(Path, os.environ.get("PATH", "").split(":")), *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    return next((f for f in folders if (f / "postgres").exists() and (f / "initdb").exists()), None)


def find_account() -> pwd.struct_passwd:
    """Who runs it: it refuses to be root. Not nobody, if there is anybody else: the reading children are, and their number is limited."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    accounts = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(accounts[name] for name in ("postgres", "daemon", "nobody") if name in accounts)


class Postgres:
    """A running server; `kill` is a power cut, `start` brings it back with what it had on disk."""

    def __init__(self) -> None:
        self._account = find_account()
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            self._as = {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}
        self._programs = find_postgres() or Path()
        self.folder = Path(tempfile.mkdtemp(prefix="intake-pg-"))
        self.folder.chmod(0o755)
        os.chown(self.folder, self._account.pw_uid, self._account.pw_gid)
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Postgres:
        made = ["-D", str(self.folder / "data"), "-U", "intake", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run([str(self._programs / "initdb"), *made], check=True, capture_output=True, cwd="/", **self._as)
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def address(self) -> EngineSettings:
        """Where it answers."""
        return self.database("postgres")

    def database(self, name: str) -> EngineSettings:
        """Where one of its databases answers."""
        return EngineSettings(f"postgresql://intake@/{name}?host={self.folder}")

    @property
    def pid(self) -> int:
        """The process that everything hangs on."""
        return self._server.pid if self._server else 0

    def start(self) -> Postgres:
        """Begin to serve, again after a kill; returns when it answers."""
        latest = time.monotonic() + START_SECONDS
        while time.monotonic() < latest:
            if self._server is None or self._server.poll() is not None:  # what a killed one left may hold its memory a moment longer
                self._server = self._begin()
            with suppress(psycopg.OperationalError):
                psycopg.connect(self.address.url).close()
                return self
            time.sleep(0.02)
        raise RuntimeError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()[-2000:]}")

    def _begin(self) -> subprocess.Popen[bytes]:
        given = [
            word for key, value in (SETTINGS | {"unix_socket_directories": str(self.folder)}).items() for word in ("-c", f"{key}={value}")
        ]
        command = [str(self._programs / "postgres"), "-D", str(self.folder / "data"), *given]
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, cwd="/", start_new_session=True, **self._as)

    def kill(self) -> None:
        """kill -9, the server and every process of its own (each is in a session of its own; its children end when it is gone)."""
        if self._server is not None:
            os.kill(self._server.pid, signal.SIGKILL)
            self._server.wait()
            self._server = None
