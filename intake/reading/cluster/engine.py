"""Shell: reading by workers on other machines (众机) - tasks go out through PostgreSQL as pieces, and come back as the outcomes a child here would give.

Whatever happens to PostgreSQL or the workers, every task ends with its outcome: what was lost is put again, and what nobody reads is read
here, so that answering never waits for a machine that may not come back. What is under way is held in memory, two jobs a child.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import ceil
from types import ModuleType
from typing import TYPE_CHECKING

from config.settings import EngineSettings
from intake.errors import EngineUnavailable, NobodyRecognises
from intake.reading.cluster.pieces import Hands, Pace, Piece, Taken, bytes_to_found, task_to_piece
from intake.reading.engine import Engine, found_to_outcome
from intake.reading.tasks import Outcome, Task
from parsers.scan.available import scan_reader_available

if TYPE_CHECKING:
    from intake.reading.cluster.postgres import Exchange

A_JOB, JOB_BYTES = 8, 4 << 20
"""A job of so many pieces costs three short transactions, a fiftieth of the reading; one of more would keep a quick worker waiting for a slow."""
UNDER_WAY, UNDER_WAY_BYTES = 32, 128 << 20
"""So many pieces a child are out at a time: two jobs each, and two more being made while it reads."""
SHORTEST_WAIT, LONGEST_WAIT = 0.01, 0.25
LOOK_SECONDS = 2.0
NOBODY = "没有工作机在线，请在工作机上运行 intake worker"
SILENCE = "工作机在线，却长时间没有读出一件"
NOT_INSTALLED = "缺 {}：请把安装包带上可选件 cluster 再装一次"


class NobodyReads(EngineUnavailable):
    """没有工作机: PostgreSQL answers, but nobody works for it."""


@dataclass(slots=True)
class Held:
    """在外: a piece that is out, with the tasks it answers (the same bytes may be asked for twice)."""

    piece: Piece
    tasks: list[Task] = field(default_factory=list)


class Cluster(Engine):
    """众机: the workers behind a PostgreSQL; `here` reads what they do not. `read_again` counts pieces that were begun more than once."""

    def __init__(self, address: EngineSettings, here: Engine, pace: Pace | None = None) -> None:
        self._address, self._here, self._pace = address, here, pace or Pace()
        self._exchange: Exchange | None = None
        self._hands = Hands()
        self._looked = self._alive = self._rests_until = float("-inf")
        self.trouble: str | None = None
        self.read_again = 0

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Outcome]]:
        """As they are done. While PostgreSQL is away, or nobody works for it, they are done here; after a while it is tried again."""
        source, held = iter(tasks), dict[str, Held]()
        while True:
            try:
                yield from self._spread(source, held)
                return
            except EngineUnavailable as refusal:
                comes_back = self._comes_back(refusal)
            if not comes_back:
                yield from self._read_here(self._for_a_while(source, held))

    @property
    def scans_elsewhere(self) -> bool:
        """True when a worker that recognises scans is connected now."""
        with suppress(EngineUnavailable):
            return self._look().scanners > 0
        return False

    def foresee(self, tasks: Iterable[Task]) -> None:
        """Put them out, so that they are read while others are asked for; nothing is held, and nothing is lost where it cannot be done."""
        with suppress(EngineUnavailable):
            for task in tasks:
                if self._stays(task):
                    return
                self._open().put([[task_to_piece(task, _postgres().release())]])

    def close(self) -> None:
        """Hang up, and let the children here go."""
        self._hang_up()
        self._here.close()

    # Out and back

    def _spread(self, source: Iterator[Task], held: dict[str, Held]) -> Iterator[tuple[Task, Outcome]]:
        """Put tasks out and take outcomes back until the source is empty; what is out when the line breaks stays in `held`."""
        absent: list[str] = list(held)  # what an earlier line may have lost
        settled: list[str] = []
        came, wait = time.monotonic(), SHORTEST_WAIT
        while True:
            absent += self._fill(source, held)
            if not held:
                break
            yield from self._read_here(self._staying(held, absent))
            self._put([held[name].piece for name in absent if name in held])
            found, settled = self._open().take(list(held), settled), []
            absent = [name for name in held if name not in found]
            for name, taken in found.items():
                if taken.answer is not None:
                    settled.append(name)
                    yield from self._outcomes(held.pop(name), taken)
            if settled:
                came, wait, self.trouble = time.monotonic(), SHORTEST_WAIT, ""
            elif held:
                self._bear(held, came)
                time.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT)
        if settled:
            self._open().take((), settled)

    def _fill(self, source: Iterator[Task], held: dict[str, Held]) -> list[str]:
        """More tasks from the source, once half of what is under way has come back; gives the names of the new pieces."""
        most = UNDER_WAY * max(self._hands.children, 1)
        size = sum(len(one.piece.payload) for one in held.values())
        release: str = _postgres().release()
        fresh: list[str] = []
        if len(held) > most // 2 or size > UNDER_WAY_BYTES // 2:
            return fresh
        while len(held) < most and size < UNDER_WAY_BYTES and (task := next(source, None)) is not None:
            piece = task_to_piece(task, release)
            size += len(piece.payload)
            if piece.id not in held:
                held[piece.id] = Held(piece)
                fresh.append(piece.id)
            held[piece.id].tasks.append(task)
        return fresh

    def _staying(self, held: dict[str, Held], absent: Sequence[str]) -> Iterator[Task]:
        """Those of them that nobody out there can do, out of `held`: scans, where no worker recognises them."""
        for name in absent:
            if name in held and self._stays(held[name].tasks[0]):
                yield from held.pop(name).tasks

    def _stays(self, task: Task) -> bool:
        hands = self._look()
        if not hands.workers and self._alive == float("-inf"):
            raise NobodyReads(NOBODY)
        return task.kind == "scan" and not hands.scanners

    def _put(self, pieces: Sequence[Piece]) -> None:
        """The pieces in jobs: letters and files some to a job, scans one by one."""
        if not pieces:
            return
        most = max(1, min(A_JOB, ceil(len(pieces) / max(self._look().children, 1))))
        jobs: list[list[Piece]] = []
        size = 0
        for piece in sorted(pieces, key=lambda p: p.is_scan):
            size += len(piece.payload)
            if not jobs or piece.is_scan or len(jobs[-1]) >= most or size > JOB_BYTES:
                jobs.append([])
                size = len(piece.payload)
            jobs[-1].append(piece)
        self._open().put(jobs)

    def _outcomes(self, one: Held, taken: Taken) -> Iterator[tuple[Task, Outcome]]:
        """What came back for a piece; read here when it was given back unread, or when what came back is no answer."""
        self.read_again += taken.tries > 1
        try:
            found = bytes_to_found(taken.answer or b"")
        except ValueError:
            yield from self._read_here(one.tasks)
            return
        for task in one.tasks:
            yield task, found_to_outcome(task, found)

    # When they are away

    def _bear(self, held: Mapping[str, Held], came: float) -> None:
        """Wait on, unless nobody has been there for too long, or nothing has come for very long."""
        hands, now = self._look(), time.monotonic()
        scans = sum(one.piece.is_scan for one in held.values())
        lacking = not hands.workers if scans < len(held) else not hands.scanners
        if lacking and now - self._alive > self._pace.absent:
            raise NobodyReads(NOBODY)
        if now - came > self._pace.silent:
            raise NobodyReads(SILENCE)

    def _comes_back(self, refusal: EngineUnavailable) -> bool:
        """True when PostgreSQL, which was there, is there again within the time that is borne; else the next while is read here."""
        self._hang_up()
        if time.monotonic() < self._rests_until:
            return False
        self.trouble = str(refusal)
        until = self._alive + self._pace.absent
        while not isinstance(refusal, NobodyReads) and time.monotonic() < until:
            with suppress(EngineUnavailable):
                self._open()
                return True
            time.sleep(LONGEST_WAIT)
        self._rests_until = time.monotonic() + self._pace.again
        return False

    def _for_a_while(self, source: Iterator[Task], held: dict[str, Held]) -> Iterator[Task]:
        """What is out, and then what comes, until the others are tried again."""
        while held:
            yield from held.pop(next(iter(held))).tasks
        while time.monotonic() < self._rests_until and (task := next(source, None)) is not None:
            yield task

    def _read_here(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Outcome]]:
        """By our own children; a scan that this machine cannot recognise waits, it is no failure of its bytes."""
        return self._here.run(self._possible(task) for task in tasks)

    def _possible(self, task: Task) -> Task:
        if task.kind == "scan" and not scan_reader_available():
            raise NobodyRecognises
        return task

    # The line

    def _open(self) -> Exchange:
        if self._exchange is None:
            if time.monotonic() < self._rests_until:
                raise NobodyReads
            self._exchange = _postgres().Exchange(self._address)
        return self._exchange

    def _hang_up(self) -> None:
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            exchange.close()

    def _look(self) -> Hands:
        """Who is at work, asked every two seconds."""
        now = time.monotonic()
        if now - self._looked > LOOK_SECONDS:
            self._hands, self._looked = self._open().hands(), now
            self._alive = now if self._hands.workers else self._alive
        return self._hands


def _postgres() -> ModuleType:
    """The keeper of the libraries; EngineUnavailable where they are not installed."""
    try:
        from intake.reading.cluster import postgres
    except ModuleNotFoundError as error:
        raise EngineUnavailable(NOT_INSTALLED.format(error.name)) from None
    return postgres


def engine_state(address: EngineSettings) -> tuple[Hands, int]:
    """Who works behind this PostgreSQL now, and how many pieces lie there; EngineUnavailable when it does not answer."""
    with _postgres().Exchange(address) as exchange:
        return exchange.hands(), exchange.left_over()
