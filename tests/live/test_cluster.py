"""Reading by workers behind a real PostgreSQL: the ledger is the one that Inline writes, whoever is killed meanwhile; nothing lost, nothing twice."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from config.campaign import Campaign
from config.load import DEFAULT_CAMPAIGN, load_campaign
from config.settings import EngineSettings, Settings
from intake.books import ENGINE_TROUBLE
from intake.progress import no_progress
from intake.reading.engine import Child, Inline
from intake.reading.tasks import Task
from service.keeping.doctor import examine_engine
from service.office import Office
from service.rounds import Stations, open_and_read
from tests.letters import NOW, plain_letter, record_of

psycopg = pytest.importorskip("psycopg", reason="the extra `cluster` is not installed")
pytest.importorskip("procrastinate", reason="the extra `cluster` is not installed")

from intake.errors import EngineUnavailable, NobodyRecognises  # noqa: E402
from intake.reading.cluster import engine as cluster_module  # noqa: E402
from intake.reading.cluster.engine import Cluster, engine_state  # noqa: E402
from intake.reading.cluster.pieces import Hands, task_to_piece  # noqa: E402
from intake.reading.cluster.postgres import MOST_TRIES, Exchange, release, schema_name  # noqa: E402
from tests.live.cluster_rig import Interrupted, books_digest, keep, letters_with_forms, lost, read_all  # noqa: E402
from tests.live.cluster_worker import PACE, Running, await_workers  # noqa: E402
from tests.live.postgres import Postgres, find_postgres  # noqa: E402

pytestmark = [pytest.mark.live, pytest.mark.skipif(find_postgres() is None, reason="PostgreSQL is not installed on this machine")]
LETTERS = 12


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    """The shipped campaign."""
    return load_campaign(DEFAULT_CAMPAIGN)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """One PostgreSQL for this file, with a database for which nobody works beside the other."""
    with Postgres() as running:
        with psycopg.connect(running.address.url, autocommit=True) as line:
            line.execute("CREATE DATABASE deserted")
        yield running


@pytest.fixture
def pg(server: Postgres) -> Postgres:
    """It, up."""
    if not server.pid:
        server.start()
    return server


@pytest.fixture(scope="module")
def crew(server: Postgres) -> Iterator[tuple[Running, Running]]:
    """Two workers that live through whatever these tests do."""
    with Running(server.address) as one, Running(server.address) as other:
        yield one, other


@pytest.fixture
def two(pg: Postgres, crew: tuple[Running, Running]) -> EngineSettings:
    """The address behind which the two work."""
    await_workers(pg.address, 2)
    return pg.address


@pytest.fixture
def deserted(pg: Postgres) -> EngineSettings:
    """The address behind which nobody works, its cache dropped."""
    drop_cache(pg.database("deserted"))
    return pg.database("deserted")


def drop_cache(address: EngineSettings) -> None:
    """What anybody may do at any time."""
    with psycopg.connect(address.url, autocommit=True) as line:
        line.execute(f"DROP SCHEMA IF EXISTS {schema_name()} CASCADE")


@pytest.fixture(scope="module")
def letters() -> list[bytes]:
    """Letters with forms to read, and one without."""
    return [*letters_with_forms(LETTERS), plain_letter(1)]


@pytest.fixture(scope="module")
def inline(letters: list[bytes], campaign: Campaign, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What this process alone reads."""
    ledger, vault = keep(tmp_path_factory.mktemp("inline") / "books", letters)
    with ledger, vault, Inline() as engine:
        read_all(ledger, vault, engine, campaign)
        return books_digest(ledger)


class Watched(Child):
    """Our own children, counted: what they read, no worker did."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def run(self, tasks):  # type: ignore[no-untyped-def]
        """As ever."""
        for task, outcome in super().run(tasks):
            self.read.append(task.key)
            yield task, outcome


@pytest.fixture
def here() -> Iterator[Watched]:
    """The children of the service's own machine."""
    with Watched() as engine:
        yield engine


def opening(raw: bytes) -> Task:
    """A letter to be opened."""
    return Task(kind="open", key=hashlib.sha256(raw).hexdigest(), payload=raw)


def test_two_workers_write_the_ledger_that_inline_writes(
    two: EngineSettings, letters: list[bytes], inline: str, campaign: Campaign, here: Watched, tmp_path: Path
) -> None:
    """Every opening and reading is the same, none was read here, and nothing is left in the cache."""
    ledger, vault = keep(tmp_path / "books", letters)
    with ledger, vault, Cluster(two, here, PACE) as engine:
        read_all(ledger, vault, engine, campaign)
        assert books_digest(ledger) == inline
        assert (here.read, engine.trouble, engine.read_again) == ([], "", 0)
    assert engine_state(two)[1] == 0


def test_a_worker_killed_in_the_middle_of_a_job_costs_nothing(
    deserted: EngineSettings, letters: list[bytes], inline: str, campaign: Campaign, here: Watched, tmp_path: Path
) -> None:
    """Its job is seen to be stalled and given to the other."""
    hold = tmp_path / "hold"
    hold.touch()
    ledger, vault = keep(tmp_path / "books", letters)
    with ledger, vault, Interrupted(deserted, here, {}, PACE) as engine, Running(deserted, hold) as doomed, Running(deserted):
        await_workers(deserted, 2)

        def kill() -> None:
            while not hold.with_name("hold.begun").exists():
                time.sleep(0.01)
            doomed.kill()

        killer = threading.Thread(target=kill)
        killer.start()
        read_all(ledger, vault, engine, campaign)
        killer.join()
        assert books_digest(ledger) == inline
        assert engine.read_again > 0
        assert (engine.given_twice, lost(ledger, len(letters))) == (0, 0)
        assert (here.read, engine.trouble) == ([], "")


def test_postgresql_killed_in_the_middle_of_a_job_and_started_again_costs_nothing(
    pg: Postgres, two: EngineSettings, letters: list[bytes], inline: str, campaign: Campaign, here: Watched, tmp_path: Path
) -> None:
    """After the crash the cache is empty: what was out is put again, and the workers come back by themselves."""
    ledger, vault = keep(tmp_path / "books", letters)

    def power_cut() -> None:
        pg.kill()
        pg.start()

    with ledger, vault, Interrupted(two, here, {5: power_cut, 20: power_cut}, PACE) as engine:
        read_all(ledger, vault, engine, campaign)
        assert books_digest(ledger) == inline
        assert (engine.given_twice, lost(ledger, len(letters))) == (0, 0)
        assert (here.read, engine.trouble) == ([], "")


def test_the_cache_may_be_dropped_at_any_time(
    two: EngineSettings, letters: list[bytes], inline: str, campaign: Campaign, here: Watched, tmp_path: Path
) -> None:
    """Queue, letters and results gone, with the tables: all of it is made again."""
    ledger, vault = keep(tmp_path / "books", letters)
    with ledger, vault, Interrupted(two, here, {5: lambda: drop_cache(two)}, PACE) as engine:
        read_all(ledger, vault, engine, campaign)
        assert books_digest(ledger) == inline
        assert (here.read, engine.trouble) == ([], "")


def test_without_postgresql_the_service_reads_by_itself_and_says_so(
    pg: Postgres, two: EngineSettings, letters: list[bytes], inline: str, campaign: Campaign, here: Watched, tmp_path: Path
) -> None:
    """It is killed in the middle and stays away: the letters out are read here, and answering goes on."""
    ledger, vault = keep(tmp_path / "books", letters)
    with ledger, vault, Interrupted(two, here, {5: pg.kill}, replace(PACE, absent=0.3, again=60)) as engine:
        read_all(ledger, vault, engine, campaign)
        assert books_digest(ledger) == inline
        assert len(here.read) >= LETTERS - 5
        assert "读件引擎（PostgreSQL）用不上" in (engine.trouble or "")


def test_the_command_works_until_it_is_told_to_stop_and_the_service_reads_the_rest(
    deserted: EngineSettings, letters: list[bytes], inline: str, campaign: Campaign, here: Watched, tmp_path: Path
) -> None:
    """`intake worker` needs nothing but the address; SIGTERM in the middle of the work ends it, and then nobody works for PostgreSQL."""
    command = [sys.executable, "-m", "service", "worker", "--engine", deserted.url, "--processes", "1"]
    ledger, vault = keep(tmp_path / "books", letters)
    with ledger, vault, subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        await_workers(deserted, 1)

        def stop() -> None:
            assert here.read == []
            process.send_signal(signal.SIGTERM)

        with Interrupted(deserted, here, {5: stop}, replace(PACE, absent=2.5, again=60)) as engine:
            read_all(ledger, vault, engine, campaign)
        _, said = process.communicate(timeout=20)
        assert books_digest(ledger) == inline
        assert here.read
        assert "没有工作机在线" in (engine.trouble or "")
    assert process.returncode == 0
    assert "开始读件：1 个读件进程" in said


def test_what_kills_its_readers_goes_back_to_the_service(two: EngineSettings, here: Watched) -> None:
    """A piece begun and broken off three times is given to no worker any more; its outcome is the one that a child here gives."""
    task = opening(plain_letter(1))
    piece = task_to_piece(task, release())
    with Exchange(two) as exchange:
        exchange.take((), [piece.id])
    with psycopg.connect(f"{two.url}&options=-csearch_path%3D{schema_name()}", autocommit=True) as line:
        line.execute(
            "INSERT INTO piece (id, request, payload, tries) VALUES (%s, %s, %s, %s)", [piece.id, piece.request, piece.payload, MOST_TRIES]
        )
    with Exchange(two) as exchange:
        assert exchange.begin([piece.id]) == []
    with Cluster(two, here, PACE) as engine:
        ((_, outcome),) = engine.run([task])
    assert here.read == [task.key]
    with Inline() as alone:
        assert [(task, outcome)] == list(alone.run([task]))


def test_workers_of_another_release_are_not_asked(two: EngineSettings, here: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their answers might not be ours; the service reads by itself until they are brought up to date."""
    monkeypatch.setattr("intake.reading.cluster.postgres.release", lambda: "0123456789abcdef")
    assert engine_state(two)[0] == Hands(others=2)
    with Cluster(two, here, PACE) as engine:
        assert len(list(engine.run([opening(plain_letter(1))]))) == 1
    assert len(here.read) == 1


def test_a_scan_that_nobody_can_recognise_waits(deserted: EngineSettings, here: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no failure of its bytes: it stays owed."""
    monkeypatch.setattr(cluster_module, "scan_reader_available", lambda: False)
    with Cluster(deserted, here, PACE) as engine:
        assert engine.scans_elsewhere is False
        with pytest.raises(NobodyRecognises):
            list(engine.run([Task(kind="scan", key="0" * 64, payload=b"no picture")]))


@pytest.mark.ocr
def test_scans_go_to_workers_that_recognise_them_and_are_begun_ahead(two: EngineSettings, here: Watched) -> None:
    """One by one, each when it is asked for or before; what is no picture comes back as what it is here."""
    pytest.importorskip("rapidocr", reason="the extra `ocr` is not installed")
    scans = [Task(kind="scan", key=hashlib.sha256(p).hexdigest(), payload=p) for p in (b"no picture", b"%PDF-1.4 broken")]
    with Cluster(two, here, PACE) as engine:
        assert engine.scans_elsewhere
        engine.foresee(scans)
        assert engine_state(two)[1] == 2
        found = [outcome for task in scans for _, outcome in engine.run([task])]
    assert here.read == []
    with Child() as alone:
        assert found == [outcome for _, outcome in alone.run(scans)]


def test_the_digest_and_doctor_say_whether_other_machines_read(
    pg: Postgres, two: EngineSettings, deserted: EngineSettings, campaign: Campaign, tmp_path: Path
) -> None:
    """Who works, that nobody does, that PostgreSQL is gone; the note for the digest comes and goes with it, and letters are opened every time."""

    def office_at(address: EngineSettings) -> Office:
        return Office(Settings(campaign=DEFAULT_CAMPAIGN, data=tmp_path / "data", engine=address), campaign, lambda: NOW)

    def noted(office: Office, raw: bytes) -> str:
        with office.books() as (ledger, vault):
            (sha,) = vault.keep_all([raw])
            ledger.record_fetched([record_of(sha)], [])
            open_and_read(office, ledger, vault, Stations(), no_progress, None)
            assert not ledger.letters("new")
            return ledger.health_note(ENGINE_TROUBLE)

    assert "没有工作机在线" in examine_engine(office_at(deserted)).message
    assert noted(office_at(deserted), plain_letter(1))
    assert "工作机 2 台在线" in examine_engine(office_at(two)).message
    assert not noted(office_at(two), plain_letter(2))
    pg.kill()
    assert examine_engine(office_at(two)).verdict == "refused"
    assert noted(office_at(two), plain_letter(3))


def test_a_refused_password_is_told_without_it(pg: Postgres, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the refusal nor what led to it nor a log line holds the secret."""
    rules = pg.folder / "data" / "pg_hba.conf"
    held = rules.read_text()
    with psycopg.connect(pg.address.url, autocommit=True) as line:
        rules.write_text("local all all scram-sha-256\n")
        line.execute("SELECT pg_reload_conf()")
        try:
            with pytest.raises(EngineUnavailable) as caught:
                await_refusal(EngineSettings(pg.address.url, "TOPSECRET"))
        finally:
            rules.write_text(held)
            line.execute("SELECT pg_reload_conf()")
    assert "TOPSECRET" not in f"{caught.value!r}{caught.value}{caught.value.__context__!r}{caplog.text}"


def await_refusal(address: EngineSettings) -> None:
    """Connect until the new rules hold."""
    while True:
        Exchange(address).close()
