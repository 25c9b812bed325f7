"""Reading through workers and a PostgreSQL: the same ledger as Inline's though worker and server are killed, and what a second worker brings.

usage: python -m benchmarks.cluster [LETTERS] [--speed LETTERS] [--rounds N]      prints one JSON line

First LETTERS letters (2 000; two and a half files each, invented) are read by Inline and by two workers, a worker killed with -9 at a
quarter, PostgreSQL at a half: the books' digests are compared, lost and doubled ones counted. Then the same few letters (--speed) are read
by one worker and by two, in turn, the fastest of each counts; beside it the CPU seconds a letter of everybody who takes part, and how much
of the machine others took meanwhile: on two shared cores the second worker can bring only what is left of them.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psutil

from benchmarks.performance_row import Row
from config.campaign import Campaign
from config.load import DEFAULT_CAMPAIGN, load_campaign
from intake.reading.engine import Child, Engine, Inline
from tests.live.cluster_rig import Interrupted, books_digest, keep, letters_with_forms, lost, read_all
from tests.live.cluster_worker import PACE, Running, await_workers
from tests.live.postgres import Postgres

LETTERS, SPEED, ROUNDS = 2000, 45, 3  # with the warm ones fewer files than a child reads before it is replaced: what is killed is not counted
WANTED = 1.8
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Speed:
    """One reading of the speed letters: seconds, CPU seconds of each who took part, and how many cores others used meanwhile."""

    seconds: float
    service: float
    workers: float
    postgres: float
    others: float

    @property
    def all(self) -> float:
        """CPU seconds in all."""
        return self.service + self.workers + self.postgres


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured; times of the speed letters, CPU in milliseconds a letter."""

    letters: int
    same: bool
    lost: int
    doubled: int
    read_again: int
    inline_seconds: float
    cluster_seconds: float
    speed_letters: int
    child: Speed
    one: Speed
    two: Speed

    @property
    def gain(self) -> float:
        """How many times faster two workers were than one."""
        return self.one.seconds / self.two.seconds

    @property
    def possible(self) -> float:
        """What two workers could bring on the cores that were left to us, by the CPU that was really used."""
        left = (os.cpu_count() or 1) - self.two.others
        return min(2.0, left / (self.one.all / self.one.seconds))


def tree(pid: int) -> float:
    """CPU seconds of a process, of all below it, and of those of its children that have ended."""
    used = 0.0
    try:
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            times = one.cpu_times()
            used += times.user + times.system + times.children_user + times.children_system
    except psutil.NoSuchProcess:
        return used
    return used


def machine() -> float:
    """CPU seconds that anybody has used on this machine."""
    user, nice, system, _idle, _wait, *rest = map(int, Path("/proc/stat").read_text().split("\n")[0].split()[1:9])
    return (user + nice + system + sum(rest)) / TICK


def with_kills(raws: Sequence[bytes], folder: Path, campaign: Campaign, pg: Postgres) -> dict[str, Any]:
    """Two workers; one is killed at a quarter and another begins, PostgreSQL is killed at a half and started again."""
    ledger, vault = keep(folder, raws)
    with ExitStack() as held:
        here = held.enter_context(Child())
        doomed = held.enter_context(Running(pg.address))
        held.enter_context(Running(pg.address))
        await_workers(pg.address, 2)

        def replace() -> None:
            doomed.kill()
            held.enter_context(Running(pg.address))

        def power_cut() -> None:
            pg.kill()
            pg.start()

        begun = time.perf_counter()
        with ledger, vault, Interrupted(pg.address, here, {len(raws) // 4: replace, 2 * len(raws): power_cut}, PACE) as engine:
            read_all(ledger, vault, engine, campaign)
            seconds = time.perf_counter() - begun
            found = {"digest": books_digest(ledger), "lost": lost(ledger, len(raws)), "doubled": engine.given_twice}
            return found | {"read_again": engine.read_again, "seconds": seconds, "trouble": engine.trouble}


def timed(raws: Sequence[bytes], folder: Path, campaign: Campaign, engine: Engine, workers: Sequence[int], server: int) -> Speed:
    """Read these letters by this engine and account for the CPU."""
    ledger, vault = keep(folder, raws)
    mine = [*workers, *([server] if server else [])]
    before = {pid: tree(pid) for pid in (os.getpid(), *mine)}
    busy, begun = machine(), time.perf_counter()
    with ledger, vault:
        read_all(ledger, vault, engine, campaign)
    seconds = time.perf_counter() - begun
    used = {pid: tree(pid) - was for pid, was in before.items()}
    worked = sum(used[pid] for pid in workers)
    # Below this process are the workers too: what is left is the service's own.
    served, kept = used[os.getpid()] - sum(used[pid] for pid in mine), used.get(server, 0.0)
    return Speed(seconds, served, worked, kept, max(0.0, (machine() - busy - served - worked - kept) / seconds))


def speeds(raws: Sequence[bytes], folder: Path, campaign: Campaign, pg: Postgres, rounds: int) -> tuple[Speed, Speed, Speed]:
    """The fastest of so many rounds: one child here, one worker, two workers; each engine warm, in turn."""
    best: dict[str, Speed] = {}
    warm = list(letters_with_forms(8, 100_000))
    for number in range(rounds):
        for name, count in (("child", 0), ("one", 1), ("two", 2)):
            with ExitStack() as held:
                workers = [held.enter_context(Running(pg.address)) for _ in range(count)]
                await_workers(pg.address, count)
                here = held.enter_context(Child())
                engine: Engine = held.enter_context(Interrupted(pg.address, here, {}, PACE)) if count else here
                pids = [worker.process.pid for worker in workers]
                timed(warm, folder / f"{name}{number}-warm", campaign, engine, pids, pg.pid if count else 0)
                found = timed(raws, folder / f"{name}{number}", campaign, engine, pids, pg.pid if count else 0)
            await_workers(pg.address, 0)
            best[name] = min(best.get(name, found), found, key=lambda s: s.seconds)
    return best["child"], best["one"], best["two"]


@cache
def measure(letters: int = LETTERS, speed: int = SPEED, rounds: int = ROUNDS) -> Figures:
    """Everything, once a process."""
    campaign = load_campaign(DEFAULT_CAMPAIGN)
    raws = list(letters_with_forms(letters))
    with tempfile.TemporaryDirectory(prefix="intake-cluster-") as name, Postgres() as pg:
        folder = Path(name)
        ledger, vault = keep(folder / "inline", raws)
        begun = time.perf_counter()
        with ledger, vault, Inline() as engine:
            read_all(ledger, vault, engine, campaign)
            inline_seconds, digest = time.perf_counter() - begun, books_digest(ledger)
        killed = with_kills(raws, folder / "killed", campaign, pg)
        await_workers(pg.address, 0)
        child, one, two = speeds(raws[:speed], folder, campaign, pg, rounds)
    return Figures(
        letters=letters, same=killed["digest"] == digest and killed["trouble"] == "", lost=killed["lost"], doubled=killed["doubled"],
        read_again=killed["read_again"], inline_seconds=inline_seconds, cluster_seconds=killed["seconds"],
        speed_letters=min(speed, letters), child=child, one=one, two=two,
    )  # fmt: skip


def accounts(found: Figures) -> str:
    """Where the CPU went, and what two workers could bring on what was left of the machine."""

    def each(speed: Speed) -> str:
        parts = {"workers": speed.workers, "service": speed.service, "postgres": speed.postgres}
        said = ", ".join(f"{name} {1000 * used / found.speed_letters:.0f}" for name, used in parts.items())
        return f"{said} ms CPU a letter in {speed.seconds:.1f} s, others {speed.others:.2f} cores"

    return f"1 worker: {each(found.one)}; 2 workers: {each(found.two)}; possible on the cores left {found.possible:.2f} x"


def rows(letters: int = LETTERS, speed: int = SPEED, rounds: int = ROUNDS) -> list[Row]:
    """The rows for docs/PERFORMANCE.md."""
    return to_rows(measure(letters, speed, rounds))


def to_rows(found: Figures) -> list[Row]:
    """What was found as rows."""
    what = f"{found.letters} letters, 2 workers, kill -9 of a worker and of PostgreSQL in mid-job"
    cpu = {name: 1000 * speed.all / found.speed_letters for name, speed in (("one child here", found.child), ("one worker", found.one))}
    return [
        Row("cluster", f"{what}: ledger equal to Inline's", float(found.same), "yes", 1.0, {}, "yes", found.same, f"{found.read_again} pieces begun again"),
        Row("cluster", f"{what}: lost", found.lost, "letters and files", 0.0, {}, "0", not found.lost),
        Row("cluster", f"{what}: done more than once", found.doubled, "letters and files", 0.0, {}, "0", not found.doubled),
        Row("cluster", "throughput, 1 to 2 workers", found.gain, "x", found.possible, {}, f">= {WANTED} x where cores allow", found.gain >= min(WANTED, 0.9 * found.possible), accounts(found)),
        Row("cluster", "all CPU of a letter through one worker", cpu["one worker"], "ms", cpu["one child here"], {}, "none: what the way through PostgreSQL costs", True),
    ]  # fmt: skip


def main() -> int:
    """Print the figures; 1 when anything was lost, doubled or different."""
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("letters", type=int, nargs="?", default=LETTERS)
    asked.add_argument("--speed", type=int, default=SPEED)
    asked.add_argument("--rounds", type=int, default=ROUNDS)
    given = asked.parse_args()
    found = measure(given.letters, given.speed, given.rounds)
    print(json.dumps(asdict(found) | {"gain": found.gain, "possible": found.possible, "accounts": accounts(found)}))
    for row in to_rows(found):
        print(row.line())
    return 0 if found.same and not found.lost and not found.doubled else 1


if __name__ == "__main__":
    raise SystemExit(main())
