"""Shell: where reading is done - here (Inline), in a child (Child), in several (Pool), on other machines (Cluster). The ledger does not notice which.

Reading is one pure function keyed by SHA-256 and version, so an engine may be killed at any moment: what was not recorded is asked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from queue import SimpleQueue
from types import TracebackType

from config.settings import EngineSettings
from intake.reading.sandbox import Limits, Sandbox
from intake.reading.tasks import Answer, Died, Failed, Outcome, Task, answer_to_outcome, task_to_outcome, task_to_request

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
        for task in tasks:
            yield task, _ask(self._scans if task.kind == "scan" else self._sandbox, task)

    def close(self) -> None:
        """Kill the children."""
        self._sandbox.close()
        self._scans.close()


class Pool(Engine):
    """In several reading children at once, for a machine with cores to spare."""

    def __init__(self, children: int, limits: Limits | None = None) -> None:
        self._sandboxes = [Sandbox(limits) for _ in range(children)]
        self._scans: SimpleQueue[Sandbox] = SimpleQueue()
        self._scans.put(Sandbox(SCAN_LIMITS))

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Outcome]]:
        """As they are done; at most two tasks a child are held in memory. One child more recognises scans, one at a time."""
        free: SimpleQueue[Sandbox] = SimpleQueue()
        for sandbox in self._sandboxes:
            free.put(sandbox)
        with ThreadPoolExecutor(len(self._sandboxes)) as threads:
            waiting: set[Future[tuple[Task, Outcome]]] = set()
            for task in tasks:
                waiting.add(threads.submit(_ask_any, self._scans if task.kind == "scan" else free, task))
                if len(waiting) >= 2 * len(self._sandboxes):
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            yield from (future.result() for future in waiting)

    def close(self) -> None:
        """Kill the children."""
        for sandbox in self._sandboxes:
            sandbox.close()
        scans = self._scans.get()
        scans.close()
        self._scans.put(scans)


def make_engine(children: int = 1, address: EngineSettings | None = None) -> Engine:
    """The engine for so many reading children here (0 reads in this process), or for the workers behind a PostgreSQL when it has an address."""
    here = Inline() if children <= 0 else Child() if children == 1 else Pool(children)
    if address is None or not address.url:
        return here
    from intake.reading.cluster import Cluster  # an extra: only who spreads the reading loads it

    return Cluster(address, here)


def _ask_any(free: SimpleQueue[Sandbox], task: Task) -> tuple[Task, Outcome]:
    sandbox = free.get()
    try:
        return task, _ask(sandbox, task)
    finally:
        free.put(sandbox)


def _ask(sandbox: Sandbox, task: Task) -> Outcome:
    return found_to_outcome(task, sandbox.ask(task_to_request(task), task.payload))


def found_to_outcome(task: Task, found: Answer | Died | Failed) -> Outcome:
    """What a child said, here or on another machine, as words; an answer that makes no sense is a death."""
    if isinstance(found, (Died, Failed)):
        return found
    try:
        return answer_to_outcome(task, found)
    except Exception as error:
        return Died("crash", f"the child's answer made no sense: {error}")
