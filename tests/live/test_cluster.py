"""Reading by workers behind a real PostgreSQL: the ledger is the one that Inline writes, whoever is killed meanwhile; nothing lost, nothing twice."""

from __future__ import annotations

import hashlib
import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from config.campaign import Campaign
from config.load import DEFAULT_CAMPAIGN, load_campaign
from config.settings import EngineSettings, Settings
from intake.belt import open_letters, read_documents
from intake.books import ENGINE_TROUBLE
from intake.books.ledger import Ledger
from intake.books.vault import Vault
from intake.codec import value_to_json
from intake.progress import no_progress
from intake.reading.engine import Child, Engine, Inline
from intake.reading.tasks import Task
from service.keeping.doctor import examine_engine
from service.office import Office
from service.rounds import Stations, open_and_read
from tests.generator.demo_letters import documents_of, letter, make_studio
from tests.letters import MOMENT, NOW, books, plain_letter, record_of
from tests.live.postgres import Postgres, find_postgres

psycopg = pytest.importorskip("psycopg", reason="the extra `cluster` is not installed")
pytest.importorskip("procrastinate", reason="the extra `cluster` is not installed")

from intake.errors import EngineUnavailable, NobodyRecognises  # noqa: E402
from intake.reading import cluster as cluster_module  # noqa: E402
from intake.reading.cluster import Cluster, engine_state  # noqa: E402
from intake.reading.pieces import Hands, Pace, task_to_piece  # noqa: E402
from intake.reading.postgres import MOST_TRIES, Exchange, release, schema_name  # noqa: E402
from tests.live.cluster_worker import PACE, Running, await_workers  # noqa: E402

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
    """Letters with forms to read, the same bytes every time, and one of them twice with another head."""
    raws = []
    for number in range(LETTERS):
        rng = random.Random(number)
        studio = make_studio(rng, "辽河理工大学")
        files = [(name.rpartition("/")[2], payload) for name, payload in documents_of(studio, 1).items()]
        when = f"2022-07-28T10:{number:02d}:00+08:00"
        raws.append(letter(f"报送材料{number}", ("工会", f"gh{number}@univ.example"), when, "请查收。", files))
    return [*raws, plain_letter(1)]


def keep(folder: Path, raws: Sequence[bytes]) -> tuple[Ledger, Vault]:
    """Fresh books in which these letters are owed everything."""
    folder.mkdir()
    ledger, vault = books(folder)
    shas = vault.keep_all(raws)
    ledger.record_fetched([record_of(sha, MOMENT + timedelta(seconds=n)) for n, sha in enumerate(shas)], [])
    return ledger, vault


def read_all(ledger: Ledger, vault: Vault, engine: Engine, campaign: Campaign) -> None:
    """The two stations that read."""
    open_letters(ledger, vault, engine, campaign)
    read_documents(ledger, vault, engine, campaign)


def books_digest(ledger: Ledger) -> str:
    """All openings and readings as one digest; fails when a leaf was not read, or read twice."""
    found = []
    for received in ledger.received():
        found.append(value_to_json(received.message))
        found += [value_to_json(received.readings[leaf.sha256]) for leaf in received.message.leaves if not leaf.problem]
    rows = ledger.derived_rows("reading")
    assert len({json.dumps(key) for key in rows}) == len(rows)
    return hashlib.sha256("\n".join(sorted(found)).encode("utf-8", "surrogatepass")).hexdigest()


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


def await_begun(address: EngineSettings) -> None:
    """Until some worker has begun pieces and not answered them."""
    with psycopg.connect(f"{address.url}&options=-csearch_path%3D{schema_name()}", autocommit=True) as line:
        while not line.execute("SELECT count(*) FROM piece WHERE tries > 0 AND answer IS NULL").fetchone()[0]:
            time.sleep(0.01)


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
    with ledger, vault, Cluster(deserted, here, PACE) as engine, Running(deserted, hold) as doomed, Running(deserted):

        def kill() -> None:
            await_begun(deserted)
            doomed.kill()

        killer = threading.Thread(target=kill)
        killer.start()
        read_all(ledger, vault, engine, campaign)
        killer.join()
        assert books_digest(ledger) == inline
        assert engine.read_again > 0
        assert (here.read, engine.trouble) == ([], "")


def test_postgresql_killed_in_the_middle_of_a_job_and_started_again_costs_nothing(
    pg: Postgres, two: EngineSettings, letters: list[bytes], inline: str, campaign: Campaign, here: Watched, tmp_path: Path
) -> None:
    """After the crash the cache is empty: what was out is put again, and the workers come back by themselves."""
    ledger, vault = keep(tmp_path / "books", letters)

    def power_cut() -> None:
        pg.kill()
        pg.start()

    with ledger, vault, Interrupted(two, here, {5: power_cut, 20: power_cut}) as engine:
        read_all(ledger, vault, engine, campaign)
        assert books_digest(ledger) == inline
        assert (here.read, engine.trouble) == ([], "")


def test_the_cache_may_be_dropped_at_any_time(
    two: EngineSettings, letters: list[bytes], inline: str, campaign: Campaign, here: Watched, tmp_path: Path
) -> None:
    """Queue, letters and results gone, with the tables: all of it is made again."""
    ledger, vault = keep(tmp_path / "books", letters)
    with ledger, vault, Interrupted(two, here, {5: lambda: drop_cache(two)}) as engine:
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


def test_when_the_last_worker_is_gone_the_service_reads_the_rest(
    deserted: EngineSettings, letters: list[bytes], inline: str, campaign: Campaign, here: Watched, tmp_path: Path
) -> None:
    """PostgreSQL answers, but nobody works for it."""
    ledger, vault = keep(tmp_path / "books", letters)
    with (
        ledger,
        vault,
        Running(deserted) as only,
        Interrupted(deserted, here, {5: only.kill}, replace(PACE, absent=2.5, again=60)) as engine,
    ):
        read_all(ledger, vault, engine, campaign)
        assert books_digest(ledger) == inline
        assert here.read
        assert "没有工作机在线" in (engine.trouble or "")


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
    monkeypatch.setattr("intake.reading.postgres.release", lambda: "0123456789abcdef")
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


def test_the_command_works_until_it_is_told_to_stop(deserted: EngineSettings, here: Watched) -> None:
    """`intake worker` needs nothing but the address; SIGTERM ends it, and it says what it did."""
    command = [sys.executable, "-m", "service", "worker", "--engine", deserted.url, "--processes", "1"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        await_workers(deserted, 1)
        with Cluster(deserted, here, PACE) as engine:
            assert len(list(engine.run([opening(plain_letter(1))]))) == 1
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=20)
    assert (process.returncode, here.read) == (0, [])
    assert "开始读件：1 个读件进程" in said


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


class Interrupted(Cluster):
    """An engine to which something happens when so many outcomes have been taken."""

    def __init__(self, address: EngineSettings, here: Engine, events: dict[int, Callable[[], object]], pace: Pace = PACE) -> None:
        super().__init__(address, here, pace)
        self._events, self._count = events, 0

    def run(self, tasks):  # type: ignore[no-untyped-def]
        """As ever, but for what happens."""
        for task, outcome in super().run(tasks):
            self._count += 1
            if event := self._events.get(self._count):
                event()
            yield task, outcome
