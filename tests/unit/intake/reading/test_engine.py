"""Engines: every task comes back once with its own answer, however trips are made, and whoever broke off before."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import pytest

from intake.reading.engine import A_TRIP, TRIP_BYTES, Child, Engine, Inline, Pool, _trips
from intake.reading.tasks import Task
from parsers.form import Reading

ENGINES: dict[str, Callable[[], Engine]] = {"inline": Inline, "child": Child, "pool": lambda: Pool(2)}


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with ENGINES[request.param]() as made:
        yield made


def task(word: str, kind: str = "read", size: int = 0) -> Task:
    """A table of one word."""
    payload = f"甲,{word}\n".encode() + b" " * size
    return Task(kind=kind, key=hashlib.sha256(payload).hexdigest(), payload=payload, name=f"{word}.csv")  # type: ignore[arg-type]


def assert_own_answers(engine: Engine, words: list[str]) -> None:
    """Each word's table says that word, and each comes once."""
    found = list(engine.run(map(task, words)))
    assert sorted(one.name for one, _ in found) == sorted(f"{word}.csv" for word in words)
    assert all(isinstance(reading, Reading) and one.name.removesuffix(".csv") in reading.text for one, reading in found)


def test_every_task_comes_back_once_with_its_own_answer(engine: Engine) -> None:
    assert_own_answers(engine, [f"第{n}个" for n in range(75)])


def test_a_run_that_was_broken_off_disturbs_none_after_it(engine: Engine) -> None:
    """Its generator may live on in a traceback for as long as the round."""
    broken_off = engine.run(task(f"早{n}") for n in range(30))
    next(broken_off)
    assert_own_answers(engine, [f"晚{n}" for n in range(30)])
    broken_off.close()  # type: ignore[attr-defined]
    assert_own_answers(engine, [f"末{n}" for n in range(5)])


def test_an_engine_closes_while_a_broken_off_run_still_lives() -> None:
    engine = Pool(2)
    broken_off = engine.run(task(f"早{n}") for n in range(60))
    next(broken_off)
    engine.close()
    broken_off.close()  # type: ignore[attr-defined]
    engine.close()


@pytest.mark.parametrize("children", [1, 2, 3])
def test_the_files_of_one_letter_are_shared_and_a_backlog_goes_in_long_trips(children: int) -> None:
    lengths = [len(trip) for trip in _trips((task(str(n)) for n in range(200)), children)]
    assert max(lengths[:children]) <= 2
    assert lengths[:-1] == sorted(lengths[:-1])
    assert max(lengths) == A_TRIP
    assert sum(lengths) == 200


def test_what_is_asked_otherwise_is_large_or_a_scan_goes_by_itself() -> None:
    large = TRIP_BYTES // 2 + 1
    tasks = [task("甲", size=large), task("乙", size=large), task("丙"), task("丁", "scan"), task("戊", "scan"), task("己", "open")]
    trips = [[one.name[0] for one in trip] for trip in _trips(tasks)]
    assert trips == [["甲"], ["乙", "丙"], ["丁"], ["戊"], ["己"]]
