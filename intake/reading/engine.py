"""Shell: where reading is done - here (Inline), in a child (Child), in several (Pool), on other machines (Cluster). The ledger does not notice which.

Reading is one pure function keyed by SHA-256 and version, so an engine may be killed at any moment: what was not recorded is asked again.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from queue import SimpleQueue
from types import TracebackType

from config.settings import EngineSettings
from intake.reading.sandbox import Found, Limits, Question, Sandbox
from intake.reading.tasks import Died, Failed, Outcome, Task, answer_to_outcome, go_together, task_to_common, task_to_outcome, task_to_own

A_TRIP, TRIP_BYTES = 16, 4 << 20
"""At most so many files, or files of so many bytes, go to a child at once."""
SCAN_LIMITS = Limits(memory=1536 << 20, seconds=600, calls=40)
"""For one scanned file of up to twelve pages."""


class Engine:
    """读件引擎: `run` does tasks and gives each with its outcome, in any order; tasks are taken one by one, so that payloads need not pile up.

    `trouble` is None while nothing was asked of other machines, "" when they did it, else a sentence on why it was done here.
    """

    trouble: str | None = None

    @property
    def scans_elsewhere(self) -> bool:
        """True when another machine recognises scans for us."""
        return False

    def foresee(self, tasks: Iterable[Task]) -> None:
        """These tasks will be asked for one by one: whoever has hands to spare may begin."""

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Outcome]]:
        """Every task with what came of it; nothing the bytes do is raised."""
        raise NotImplementedError

    def close(self) -> None:
        """Let the children go."""

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class Inline(Engine):
    """In this very process: for tests, and for bytes that are trusted."""

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Outcome]]:
        """One after the other."""
        for task in tasks:
            yield task, task_to_outcome(task)


class Child(Engine):
    """In one reading child: the default."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._sandbox = Sandbox(limits)
        self._scans = Sandbox(SCAN_LIMITS)

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Outcome]]:
        """One after the other; after a death the next one gets a fresh child. Scans have a child of their own, started by the first of them."""
        for trip in _trips(tasks):
            for task, found in _ask(self._scans if _is_scan(trip) else self._sandbox, trip):
                yield task, found_to_outcome(task, found)

    def close(self) -> None:
        """Kill the children."""
        self._sandbox.close()
        self._scans.close()


class Pool(Engine):
    """In several reading children at once, for a machine with cores to spare."""

    def __init__(self, children: int, limits: Limits | None = None) -> None:
        self._children = children
        self._free, self._free_for_scans = _queue_of(Sandbox(limits) for _ in range(children)), _queue_of([Sandbox(SCAN_LIMITS)])
        self._runs: set[threading.Event] = set()

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Outcome]]:
        """As they are done; at most two trips a child are held in memory, one under way and the next. One child more recognises scans, one at a time."""
        done: SimpleQueue[tuple[Task, Found] | Future[None]] = SimpleQueue()
        stop = threading.Event()
        self._runs.add(stop)
        trips = _trips(tasks, self._children)
        under_way = 0
        with ThreadPoolExecutor(self._children) as threads:
            try:
                while True:
                    while under_way < 2 * self._children and (trip := next(trips, None)):
                        threads.submit(self._make, trip, done, stop).add_done_callback(done.put)
                        under_way += 1
                    if not under_way:
                        return
                    made = done.get()
                    if isinstance(made, Future):
                        made.result()  # a child that cannot be started is the world's refusal
                        under_way -= 1
                    else:
                        yield made[0], found_to_outcome(*made)
            finally:
                stop.set()
                self._runs.discard(stop)
                threads.shutdown(cancel_futures=True)

    def _make(self, trip: Sequence[Task], done: SimpleQueue[tuple[Task, Found] | Future[None]], stop: threading.Event) -> None:
        free = self._free_for_scans if _is_scan(trip) else self._free
        sandbox = free.get()
        try:
            with closing(_ask(sandbox, trip)) as answers:
                while not stop.is_set() and (made := next(answers, None)):
                    done.put(made)
        finally:
            free.put(sandbox)

    def close(self) -> None:
        """Kill the children, once each has ended the file it is at; nobody waits for what a broken-off run would still have asked."""
        for stop in tuple(self._runs):
            stop.set()
        for free, number in ((self._free, self._children), (self._free_for_scans, 1)):
            sandboxes = [free.get() for _ in range(number)]
            for sandbox in sandboxes:
                sandbox.close()
                free.put(sandbox)


def make_engine(children: int = 1, address: EngineSettings | None = None) -> Engine:
    """The engine for so many reading children here (0 reads in this process), or for the workers behind a PostgreSQL when it has an address."""
    here = Inline() if children <= 0 else Child() if children == 1 else Pool(children)
    if address is None or not address.url:
        return here
    from intake.reading.cluster import Cluster  # an extra: only who spreads the reading loads it

    return Cluster(address, here)


def _queue_of(sandboxes: Iterable[Sandbox]) -> SimpleQueue[Sandbox]:
    free: SimpleQueue[Sandbox] = SimpleQueue()
    for sandbox in sandboxes:
        free.put(sandbox)
    return free


def _trips(tasks: Iterable[Task], children: int = 1) -> Iterator[Sequence[Task]]:
    """The tasks in the order given, those that go to a child together in one list; a scan, minutes of work, goes by itself. The first trips
    are short, so that the few files of one letter are shared by all children, and a backlog is made of long ones."""
    held: list[Task] = []
    size = made = 0
    for task in tasks:
        full = len(held) >= min(A_TRIP, 2 << made // children) or size + len(task.payload) > TRIP_BYTES
        if held and (full or task.kind == "scan" or not go_together(held[0], task)):
            yield held
            held, size, made = [], 0, made + 1
        held.append(task)
        size += len(task.payload)
    if held:
        yield held


def _is_scan(trip: Sequence[Task]) -> bool:
    return trip[0].kind == "scan"


def _ask(sandbox: Sandbox, trip: Sequence[Task]) -> Generator[tuple[Task, Found]]:
    questions = [Question(task_to_own(task), task.payload) for task in trip]
    with closing(sandbox.ask_all(task_to_common(trip[0]), questions)) as found:
        yield from zip(trip, found, strict=True)


def found_to_outcome(task: Task, found: Found) -> Outcome:
    """What a child said, here or on another machine, as words; an answer that makes no sense is a death."""
    if isinstance(found, (Died, Failed)):
        return found
    try:
        return answer_to_outcome(task, found)
    except Exception as error:
        return Died("crash", f"the child's answer made no sense: {error}")
