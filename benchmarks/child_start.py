"""How long a reading child takes to start, in the jail and under limits alone.

usage: python -m benchmarks.child_start [TIMES]      median and best in seconds, in turns, so that both meet the same load
"""

from __future__ import annotations

import statistics
import sys
import time

from intake.reading.jail import OPEN_AIR, Jail, find_jail
from intake.reading.sandbox import Limits, Sandbox

WORK = "tests.unit.intake.reading.hostile:work"


def start(jail: Jail) -> float:
    """Seconds from nothing to the first answer."""
    began = time.perf_counter()
    sandbox = Sandbox(Limits(), WORK, jail)
    sandbox.ask({"do": "echo", "say": 1}, b"")
    taken = time.perf_counter() - began
    sandbox.close()
    return taken


def main(times: int = 7) -> None:
    """Both in turns."""
    best = find_jail()
    taken = [(start(OPEN_AIR), start(best)) for _ in range(times)]
    for name, each in zip(("limits", "jail"), zip(*taken, strict=True), strict=True):
        print(f"{name}: median {statistics.median(each):.3f} s, best {min(each):.3f} s")
    print(best)


if __name__ == "__main__":
    main(*[int(word) for word in sys.argv[1:]])
