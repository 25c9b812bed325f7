"""Which modules of tests does `make quick` leave out? Those where a test takes long on average, told from a whole run.

usage: pytest -n 2 --junitxml=FILE; python -m benchmarks.quick FILE      writes tests/slow_modules.txt anew
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
LIST = ROOT / "tests" / "slow_modules.txt"
SECONDS = 0.1  # a test of the module on average


def slow_modules(report: Path) -> list[str]:
    """The modules of this run (JUnit's XML) whose tests take longer than SECONDS on average, as paths from the root."""
    times: dict[str, list[float]] = defaultdict(list)
    for case in ElementTree.parse(report).iter("testcase"):
        times[case.get("classname", "")].append(float(case.get("time", "0")))
    paths = {name: name.replace(".", "/") + ".py" for name in times}
    return sorted(paths[name] for name, seconds in times.items() if sum(seconds) / len(seconds) > SECONDS and (ROOT / paths[name]).is_file())


def main() -> None:
    """Write the list and say how long it is."""
    found = slow_modules(Path(sys.argv[1]))
    LIST.write_text("".join(f"{path}\n" for path in found), encoding="utf-8")
    print(f"{len(found)} modules stand in {LIST.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
