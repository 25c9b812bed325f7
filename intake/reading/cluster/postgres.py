"""Shell: the queue and the cache in PostgreSQL (交换处), over procrastinate and psycopg - the only module that knows either.

Everything lies in one schema whose name is a digest of its own shape, in unlogged tables: after a crash it is empty, after a DROP SCHEMA it is
made anew, in both cases the service puts again what is still owed to it. Nothing in it is the only copy of anything; what was taken is
deleted, so letters do not gather here. A job is a list of pieces' names: no word of a letter stands in the queue or in a log.
Sources: procrastinate's docs (stalled jobs), PostgreSQL's manual (CREATE TABLE UNLOGGED, pg_stat_activity).
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import ConnectorException
from procrastinate.schema import SchemaManager

from config.settings import EngineSettings
from intake.errors import EngineUnavailable
from intake.reading.cluster.pieces import Hands, Pace, Piece, Taken

CONNECT_SECONDS = 5
MOST_TRIES = 3
"""After so many begun and broken-off tries a piece goes back to the service, which reads it by itself: it may be what kills the workers."""
READ = "read_pieces"
WORKER = "intake-worker"
_MAKING = 20221101  # whose lock: any number that nobody else in the database is likely to take
_DDL = """
CREATE UNLOGGED TABLE long_text (sha256 text PRIMARY KEY, body bytea NOT NULL, at timestamptz NOT NULL DEFAULT now());
CREATE UNLOGGED TABLE piece (
    id text PRIMARY KEY, request text NOT NULL, payload bytea NOT NULL, answer bytea, tries int NOT NULL DEFAULT 0,
    at timestamptz NOT NULL DEFAULT now());
ALTER TABLE piece ALTER payload SET STORAGE EXTERNAL, ALTER answer SET STORAGE EXTERNAL;
ALTER TABLE procrastinate_events SET UNLOGGED;
ALTER TABLE procrastinate_periodic_defers SET UNLOGGED;
ALTER TABLE procrastinate_jobs SET UNLOGGED;
ALTER TABLE procrastinate_workers SET UNLOGGED;
"""
_PUT = (
    "INSERT INTO piece (id, request, payload) SELECT * FROM unnest(%b::text[], %b::text[], %b::bytea[]) ON CONFLICT DO NOTHING RETURNING id"
)
_BEGIN = "UPDATE piece SET tries = tries + 1 WHERE id = ANY(%s) AND answer IS NULL AND tries < %s RETURNING id, request, payload"
_WORN_OUT = "UPDATE piece SET answer = '' WHERE id = ANY(%s) AND answer IS NULL AND tries >= %s"
_SWEEP = ("DELETE FROM piece WHERE at < now() - interval '3 days'", "DELETE FROM long_text WHERE at < now() - interval '30 days'")
SWEEP_SECONDS = 3600
_HANDS = """
SELECT count(*) FILTER (WHERE ours), coalesce(sum(children) FILTER (WHERE ours), 0), count(*) FILTER (WHERE ours AND scans), count(*) FILTER (WHERE NOT ours)
FROM (SELECT DISTINCT application_name, split_part(application_name, '/', 2) = %s AS ours, split_part(application_name, '/', 3)::int AS children,
             split_part(application_name, '/', 4) = 'scans' AS scans
      FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE %s) AS worker
"""
for _name in ("procrastinate", "psycopg.pool"):  # a server that is away is told once, by us, in words for whoever runs this
    logging.getLogger(_name).setLevel(logging.CRITICAL)


@cache
def release() -> str:
    """This program as a digest of its source: only workers of the same release give the answers that we would."""
    top = Path(__file__).resolve().parents[2]
    summed = hashlib.sha256()
    for room in ("config", "parsers", "intake"):
        for path in sorted((top / room).rglob("*.py")):
            summed.update(f"{path.relative_to(top)}\0".encode() + path.read_bytes())
    return summed.hexdigest()[:16]


@cache
def schema_name() -> str:
    """The schema's name: another shape, or another procrastinate, is another schema, so nothing is ever migrated."""
    return f"intake_reading_{hashlib.sha256((SchemaManager.get_schema() + _DDL).encode()).hexdigest()[:8]}"


def worker_name(children: int, scans: bool) -> str:
    """By what a worker's connections are known: release, children, whether it recognises scans, machine and process."""
    kind = "scans" if scans else "plain"
    return f"{WORKER}/{release()}/{children}/{kind}/{socket.gethostname()[:12]}-{_own_number()}"


@cache
def _own_number() -> str:
    return secrets.token_hex(2)


def queue_name(scan: bool) -> str:
    """The queue of our release for readings, or for scans."""
    return f"{'scans' if scan else 'reading'}_{release()}"


def _given(address: EngineSettings, name: str) -> dict[str, Any]:
    """What every connection is opened with beside the URL. A commit that a crash forgets is asked for again, so none waits for the disk; a
    machine at either end that lost its power is noticed within a minute."""
    options = {"search_path": schema_name(), "synchronous_commit": "off", "client_min_messages": "warning"}
    options |= {"tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3"}
    given = {"application_name": name, "connect_timeout": CONNECT_SECONDS, "options": " ".join(f"-c {k}={v}" for k, v in options.items())}
    given |= {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 25_000}
    return given | ({"password": address.secret} if address.secret else {})


@contextmanager
def _refusals() -> Iterator[None]:
    """Whatever PostgreSQL or the way to it refuses, as the world's refusal; its words, never the URL's secret."""
    try:
        yield
    except (psycopg.Error, ConnectorException, OSError) as error:
        cause = error.__cause__ if isinstance(error, ConnectorException) and error.__cause__ else error
        raise EngineUnavailable(str(cause)) from None


class Exchange:
    """交换处: one connection to the queue and the cache; not for two threads at once. Every method raises EngineUnavailable."""

    def __init__(self, address: EngineSettings, name: str = "intake-service") -> None:
        self._told: set[str] = set()
        with _refusals():
            self._line = psycopg.connect(address.url, autocommit=True, **_given(address, name))
            self._make()
        self._app = App(connector=PsycopgConnector())  # for its way of writing jobs; it opens no line of its own

    def __enter__(self) -> Exchange:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    @property
    def is_broken(self) -> bool:
        """True when this line will not work any more and another one must be opened."""
        return bool(self._line.closed)

    def _make(self) -> None:
        """The schema, when it is not there. Another may be making it: the lock is waited for before the transaction that looks again, which
        would otherwise believe what this line had seen before."""
        if self._is_made():
            return
        self._line.execute("SELECT pg_advisory_lock(%s)", [_MAKING])
        try:
            with self._line.transaction():
                if not self._is_made():
                    self._line.execute(f"CREATE SCHEMA IF NOT EXISTS {schema_name()}".encode())
                    self._line.execute(SchemaManager.get_schema())
                    self._line.execute(_DDL)
        finally:
            self._line.execute("SELECT pg_advisory_unlock(%s)", [_MAKING])

    def _is_made(self) -> bool:
        return bool(self._line.execute("SELECT to_regclass(%s) IS NOT NULL", [f"{schema_name()}.piece"]).fetchone() == (True,))

    # The service's side

    def put(self, batches: Sequence[Sequence[Piece]]) -> None:
        """The pieces that are not there yet, one job a batch, in one transaction; a piece that is there has its job or its answer."""
        pieces = [piece for batch in batches for piece in batch]
        with _refusals(), self._line.transaction():
            for sha, text in {sha: text for piece in pieces for sha, text in piece.texts.items() if sha not in self._told}.items():
                body = text.encode("utf-8", "surrogatepass")
                self._line.execute("INSERT INTO long_text VALUES (%s, %b) ON CONFLICT (sha256) DO UPDATE SET at = now()", [sha, body])
                self._told.add(sha)
            columns = [[p.id for p in pieces], [p.request for p in pieces], [p.payload for p in pieces]]
            fresh = {row[0] for row in self._line.execute(_PUT, columns).fetchall()}
            for scan in (False, True):
                jobs = [[p.id for p in batch if p.id in fresh and p.is_scan is scan] for batch in batches]
                if jobs := [job for job in jobs if job]:
                    queue = self._app.configure_task(READ, queue=queue_name(scan), connection=self._line)
                    queue.batch_defer(*({"pieces": job} for job in jobs))

    def take(self, wanted: Sequence[str], settled: Sequence[str] = ()) -> dict[str, Taken]:
        """How it stands with these pieces, by name; those that are not in it have gone and must be put again. `settled` ones are deleted."""
        with _refusals():
            if settled:
                self._line.execute("DELETE FROM piece WHERE id = ANY(%s)", [list(settled)])
            found = self._line.cursor(binary=True).execute("SELECT id, answer, tries FROM piece WHERE id = ANY(%s)", [list(wanted)])
            return {row[0]: Taken(row[1], row[2]) for row in found}

    def hands(self) -> Hands:
        """Who is connected and works, whatever else is going on."""
        with _refusals():
            row = self._line.execute(_HANDS, [release(), f"{WORKER}/%"]).fetchone()
            return Hands(*map(int, row)) if row else Hands()

    def left_over(self) -> int:
        """How many pieces lie in the cache, taken by nobody yet."""
        with _refusals():
            row = self._line.execute("SELECT count(*) FROM piece").fetchone()
            return int(row[0]) if row else 0

    # The workers' side

    def begin(self, pieces: Sequence[str]) -> list[tuple[str, str, bytes]]:
        """(name, request, payload) of those of these pieces that still want reading; each counts as begun once more."""
        with _refusals():
            self._line.execute(_WORN_OUT, [list(pieces), MOST_TRIES])
            return list(self._line.cursor(binary=True).execute(_BEGIN, [list(pieces), MOST_TRIES]))

    def texts(self, shas: Sequence[str]) -> dict[str, str]:
        """The long texts with these digests, as far as they are there."""
        with _refusals():
            found = self._line.cursor(binary=True).execute("SELECT sha256, body FROM long_text WHERE sha256 = ANY(%s)", [list(shas)])
            return {row[0]: row[1].decode("utf-8", "surrogatepass") for row in found}

    def answer(self, piece: str, answer: bytes) -> None:
        """The answer to a piece, the first one counts; an empty one gives it back."""
        with _refusals():
            self._line.execute("UPDATE piece SET answer = %b WHERE id = %s AND answer IS NULL", [answer, piece])


class Shift:
    """班: one worker at its work until it is stopped or the line breaks. `read` does the pieces of one job, in a thread of its own."""

    def __init__(
        self, address: EngineSettings, children: int, scans: bool, pace: Pace, read: Callable[[Exchange, list[str]], None]
    ) -> None:
        self._address, self._children, self._scans, self._pace, self._read = address, children, scans, pace, read
        self._name = worker_name(children, scans)
        self._mine = threading.local()
        self._lines: list[Exchange] = []
        self._app = self._make_app()

    def work(self, stop: threading.Event, ready: Callable[[], None]) -> None:
        """Work until `stop`; raises EngineUnavailable when the line breaks. Jobs in hand are finished, or another worker gets them."""
        try:
            with Exchange(self._address, self._name), _refusals():
                asyncio.run(self._until(stop, ready))
        finally:
            for line in self._lines:  # whoever is connected counts as at work
                line.close()

    def _make_app(self) -> App:
        address = self._address
        pool = {"min_size": 1, "max_size": 2, "timeout": float(CONNECT_SECONDS), "reconnect_timeout": float(CONNECT_SECONDS)}
        app = App(connector=PsycopgConnector(conninfo=address.url, kwargs=_given(address, self._name), **pool))

        def read_pieces(pieces: list[str]) -> None:
            self._read(self._line(), pieces)

        app.task(name=READ, retry=RetryStrategy(wait=1))(read_pieces)
        return app

    def _line(self) -> Exchange:
        """This thread's own line to the cache, anew when it is broken."""
        held: Exchange | None = getattr(self._mine, "line", None)
        if held is None or held.is_broken:
            held = self._mine.line = Exchange(self._address, self._name)
            self._lines.append(held)
        return held

    async def _until(self, stop: threading.Event, ready: Callable[[], None]) -> None:
        async with self._app.open_async():
            given: dict[str, Any] = {"delete_jobs": "always", "install_signal_handlers": False, "shutdown_graceful_timeout": 10.0}
            given |= {"update_heartbeat_interval": self._pace.heartbeat, "stalled_worker_timeout": self._pace.stalled}
            queues = [([queue_name(scan=False)], self._children)] + [([queue_name(scan=True)], 1)] * self._scans
            shifts = [asyncio.create_task(self._app.run_worker_async(queues=q, concurrency=n, name=self._name, **given)) for q, n in queues]
            beside = [asyncio.create_task(_set(stop)), asyncio.create_task(self._tend())]
            ready()
            await asyncio.wait([*shifts, *beside], return_when=asyncio.FIRST_COMPLETED)
            for one in (*shifts, *beside):
                one.cancel()
            ended = await asyncio.gather(*shifts, *beside, return_exceptions=True)
        if not stop.is_set():
            raise next((e for e in ended if isinstance(e, Exception)), EngineUnavailable("the line broke"))

    async def _tend(self) -> None:
        """Give the jobs of workers that have fallen silent to others, however busy this one is; once an hour, away with what nobody took."""
        jobs, swept = self._app.job_manager, float("-inf")
        while True:
            await asyncio.sleep(self._pace.heartbeat)
            for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=self._pace.stalled):
                with suppress(ConnectorException):  # another has just done it
                    await jobs.retry_job(job)
            if time.monotonic() - swept > SWEEP_SECONDS:
                swept = time.monotonic()
                for query in _SWEEP:
                    await self._app.connector.execute_query_async(query)


async def _set(stop: threading.Event) -> None:
    while not stop.is_set():
        await asyncio.sleep(0.1)
