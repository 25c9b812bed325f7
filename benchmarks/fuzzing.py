"""Fuzzing: seeds, counts, and that nothing raises out of where it must not, takes longer than seconds or asks for gigabytes.

usage: python -m benchmarks.fuzzing [COUNT] [SEED] [TARGET...]      adds its executions to the record of docs/SECURITY.md

An escape is printed with the seed and number that make it again (`again`). Executions of earlier runs stay counted, by target, with their seeds.
"""

from __future__ import annotations

import json
import random
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterable
from types import FrameType
from typing import Any

from benchmarks.fuzz_targets import TARGETS

SLOWEST_SECONDS = 20
MOST_MEMORY = 4 << 30


class Slow(Exception):
    """One execution took longer than any honest file does."""


def again(name: str, seed: int, number: int) -> None:
    """One execution once more, alone."""
    TARGETS[name][0](random.Random(f"{seed}:{name}:{number}"))


def run_target(name: str, count: int, seed: int, first: int = 0) -> Counter[str]:
    """So many executions of one target, each from its own number; escapes are counted by kind and told."""
    tally = Counter[str](executions=0, escapes=0)
    for number in range(first, first + count):
        tally["executions"] += 1
        signal.alarm(SLOWEST_SECONDS)
        try:
            again(name, seed, number)
        except Exception as error:
            tally["escapes"] += 1
            tally[type(error).__name__] += 1
            print(
                f"again({name!r}, {seed}, {number}): {type(error).__name__}: {' '.join(str(error).split())[:200]}",
                file=sys.stderr,
                flush=True,
            )
        finally:
            signal.alarm(0)
    return tally


def main(count: int = 2000, seed: int = 1, only: Iterable[str] = ()) -> dict[str, dict[str, int]]:
    """Each target its share of `count`, from its own seed."""
    before = signal.signal(signal.SIGALRM, _too_slow)
    try:
        asked = {name: share for name, (_, share) in TARGETS.items() if not only or name in only}
        return {name: dict(run_target(name, max(1, count * share // sum(asked.values())), seed)) for name, share in asked.items()}
    finally:
        signal.signal(signal.SIGALRM, before)


def added(record: dict[str, Any], found: dict[str, dict[str, int]], seed: int, on: str) -> dict[str, Any]:
    """The record of fuzzing with one more run: executions and escapes by target, the seeds, the day of the last."""
    held = record.get("fuzzing", {})
    total = {name: Counter(figures) for name, figures in held.get("found", {}).items()}
    for name, figures in found.items():
        total.setdefault(name, Counter()).update(figures)
    seeds = sorted({*held.get("seeds", [held["seed"]] if "seed" in held else []), seed})
    return {"found": {name: dict(sorted(figures.items())) for name, figures in sorted(total.items())}, "seeds": seeds, "on": on}


def _too_slow(number: int, frame: FrameType | None) -> None:
    raise Slow(f"more than {SLOWEST_SECONDS} s")


if __name__ == "__main__":
    from benchmarks.reliability import RECORD, today, write_record

    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, resource.RLIM_INFINITY))
    begun = time.monotonic()
    numbers = [int(word) for word in sys.argv[1:3]]
    result = main(*numbers, only=sys.argv[3:])
    print(json.dumps(result | {"seconds": round(time.monotonic() - begun)}))
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    write_record(record | {"fuzzing": added(record, result, numbers[1] if len(numbers) > 1 else 1, today())})
