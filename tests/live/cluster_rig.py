"""What the cluster's tests and its benchmark share: letters with forms, books that owe them everything, and what was read as one digest."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from config.campaign import Campaign
from config.settings import EngineSettings
from intake.belt import open_letters, read_documents
from intake.books.ledger import Ledger
from intake.books.vault import Vault
from intake.codec import value_to_json
from intake.reading.cluster.engine import Cluster
from intake.reading.cluster.pieces import Pace
from intake.reading.engine import Engine
from intake.reading.tasks import Outcome, Task
from tests.generator.demo_letters import documents_of, letter, make_studio, summaries_of
from tests.letters import MOMENT, books, record_of


def letters_with_forms(count: int, first: int = 0) -> Iterator[bytes]:
    """Letters of invented studios: 附件4 and the essay, every third with a summary workbook; the same number gives the same readings."""
    for number in range(first, first + count):
        rng = random.Random(number)
        studio = make_studio(rng, "辽河理工大学")
        files = documents_of(studio, 1) | (summaries_of(rng, "辽河理工大学", [studio]) if number % 3 == 0 else {})
        named = [(name.rpartition("/")[2], payload) for name, payload in files.items()]
        when = f"2022-07-28T{number // 3600 % 24:02d}:{number // 60 % 60:02d}:{number % 60:02d}+08:00"
        yield letter(f"报送材料{number}", ("工会", f"gh{number}@univ.example"), when, "请查收。", named)


def keep(folder: Path, raws: Sequence[bytes]) -> tuple[Ledger, Vault]:
    """Fresh books in which these letters are owed everything."""
    folder.mkdir(parents=True)
    ledger, vault = books(folder)
    shas = vault.keep_all(raws)
    ledger.record_fetched([record_of(sha, MOMENT + timedelta(seconds=n)) for n, sha in enumerate(shas)], [])
    return ledger, vault


def read_all(ledger: Ledger, vault: Vault, engine: Engine, campaign: Campaign) -> None:
    """The two stations that read."""
    open_letters(ledger, vault, engine, campaign)
    read_documents(ledger, vault, engine, campaign)


def books_digest(ledger: Ledger) -> str:
    """All openings and readings as one digest, whatever the order in which they came."""
    found = []
    for received in ledger.received():
        found.append(value_to_json(received.message))
        found += [value_to_json(reading) for reading in received.readings.values()]
    return hashlib.sha256("\n".join(sorted(found)).encode("utf-8", "surrogatepass")).hexdigest()


def lost(ledger: Ledger, letters: int) -> int:
    """How many letters were not opened, and leaves not read."""
    received = ledger.received()
    unread = sum(leaf.sha256 not in r.readings for r in received for leaf in r.message.leaves if not leaf.problem)
    return letters - len(received) + unread


class Interrupted(Cluster):
    """An engine that counts what it gives out, and to which something happens when so many outcomes have been taken."""

    def __init__(self, address: EngineSettings, here: Engine, events: Mapping[int, Callable[[], object]], pace: Pace) -> None:
        super().__init__(address, here, pace)
        self._events, self.given = events, Counter[tuple[str, str]]()

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Outcome]]:
        """As ever, but for what happens."""
        for task, outcome in super().run(tasks):
            self.given[task.kind, task.key] += 1
            if event := self._events.get(self.given.total()):
                event()
            yield task, outcome

    @property
    def given_twice(self) -> int:
        """How many tasks got more than one outcome."""
        return sum(count > 1 for count in self.given.values())
