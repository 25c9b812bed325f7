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
TURN = 20_000


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
        signal.setitimer(signal.ITIMER_PROF, SLOWEST_SECONDS)  # seconds worked: a busy machine is nobody's fault
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
            signal.setitimer(signal.ITIMER_PROF, 0)
    return tally


def main(count: int = 2000, seed: int = 1, only: Iterable[str] = (), turn: int = 0) -> dict[str, dict[str, int]]:
    """Each target its share of `count`, from its own seed; a later turn goes on with the numbers after those of the turns before."""
    before = signal.signal(signal.SIGPROF, _too_slow)
    try:
        asked = {name: share for name, (_, share) in TARGETS.items() if not only or name in only}
        shares = {name: max(1, count * share // sum(asked.values())) for name, share in asked.items()}
        return {name: dict(run_target(name, share, seed, first=turn * share)) for name, share in shares.items()}
    finally:
        signal.signal(signal.SIGPROF, before)


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


def in_turns(count: int, seed: int, only: Iterable[str] = ()) -> Counter[str]:
    """So many executions, added to the record turn by turn, so that a long run may be broken off; gives their sum."""
    from benchmarks.reliability import RECORD, today, write_record

    total = Counter[str]()
    for turn in range(max(1, count // TURN)):
        found = main(min(count, TURN), seed, only, turn)
        record = json.loads(RECORD.read_text(encoding="utf-8"))
        write_record(record | {"fuzzing": added(record, found, seed, today())})
        for figures in found.values():
            total.update(figures)
    return total


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, resource.RLIM_INFINITY))
    begun = time.monotonic()
    numbers = [int(word) for word in sys.argv[1:3]]
    asked = in_turns(numbers[0] if numbers else 2000, numbers[1] if numbers[1:] else 1, sys.argv[3:])
    print(json.dumps(dict(asked) | {"seconds": round(time.monotonic() - begun)}))
