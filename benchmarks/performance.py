"""Measures every stage beside its floor and its peers, and writes docs/PERFORMANCE.md.

usage: python -m benchmarks.performance [--only reading_speed,fetching] [--write-only]

Each module of MAKERS hands out `rows()`; one that is not there, or cannot run on this machine, is named with the reason and stops nothing.
The figures of the last run of each are kept in benchmarks/performance.json, so that one stage can be measured again without the others;
a stage is always measured whole, its floor and its peers in the same run. The profile before and after is benchmarks/profile_notes.md,
written by hand.
"""

from __future__ import annotations

import argparse
import importlib
import json
import math
import os
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.performance_row import Row

HERE = Path(__file__).parent
RECORD = HERE / "performance.json"
NOTES = HERE / "profile_notes.md"
PAGE = HERE.parent / "docs/PERFORMANCE.md"
MAKERS = ("fetching", "letter_path", "reading_speed", "cluster")
HEAD = """# 快慢：每一步花多少时间

由 `make bench` 生成（`benchmarks/performance.py`；剖析一节在 `benchmarks/profile_notes.md`，手写），请勿手改。

Each stage stands beside its floor (the least that any program must do for it) and beside what a user would pick instead, on the same files in one run.
Take the ratios: the figures are those of one busy machine and change with it. A target that is missed is explained under "Where the time went".

## How to measure again
`make bench` makes a folder `.venv-peers` for the other libraries (`benchmarks/peers.txt`, nothing of it is needed to run the program), runs every stage
and writes this page. `python -m benchmarks.performance --only reading_speed` measures one stage again and leaves the others as they stand.
Reading: CPU milliseconds a file, medians over invented forms that are each read once, ours and the peers in turns.
What the other stages count stands in their notes.
"""
COLUMNS = "| what | ours | floor | beside | target | met |\n|---|---|---|---|---|---|\n"


def measure(names: Iterable[str], record: dict[str, Any], now: datetime) -> None:
    """Runs the makers and puts their rows, or why there are none, into the record."""
    for name in names:
        entry: dict[str, Any] = {"measured": now.strftime("%Y-%m-%d"), "machine": machine()}
        try:
            made: Sequence[Row] = importlib.import_module(f"benchmarks.{name}").rows()
            entry["rows"] = [asdict(row) for row in made]
        except (Exception, SystemExit) as error:
            entry["absent"] = f"{type(error).__name__}: {error}"[:300]
        record[name] = entry
        print(f"{name}: {len(entry.get('rows', ()))} rows {entry.get('absent', '')}", flush=True)


def machine() -> str:
    """The machine in a few words, without its name."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def page(record: Mapping[str, Any], notes: str) -> str:
    """The page: a table a stage, the notes under it, the profile at the end."""
    parts = [HEAD]
    for name in (*MAKERS, *(other for other in record if other not in MAKERS)):
        entry = record.get(name)
        if entry is None or "absent" in entry:
            parts.append(f"## {name}\nNot measured: {entry['absent'] if entry else 'never run'}\n")
            continue
        rows = [Row(**row) for row in entry["rows"]]
        stages = "、".join(dict.fromkeys(row.stage for row in rows)) or name
        parts.append(f"## {stages} ({name})\nMeasured {entry['measured']}, {entry['machine']}.\n\n{COLUMNS}{''.join(map(line, rows))}")
        parts.append("".join(f"- {row.what}: {row.note}\n" for row in rows if row.note))
    return "\n".join(filter(None, (*parts, notes.strip(), "")))


def line(row: Row) -> str:
    """One row of a table."""
    ours = f"{figure(row.ours)} {row.unit}" if math.isfinite(row.ours) else "–"
    floor = f"{figure(row.floor)}{_ratio(row.ours, row.floor)}" if row.floor is not None else "–"
    beside = ", ".join(f"{name} {figure(value)}{_ratio(row.ours, value)}" for name, value in row.peers.items()) or "–"
    met = "met" if row.met else "**missed**" if math.isfinite(row.ours) else "not measured"
    return f"| {row.what} | {ours} | {floor} | {beside} | {row.target or '–'} | {met} |\n"


def figure(value: float) -> str:
    """Three figures, without an exponent."""
    return f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def _ratio(ours: float, other: float) -> str:
    """Ours over the other, in brackets."""
    return f" (× {figure(ours / other)})" if other and math.isfinite(ours) else ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures what is asked for and writes the page."""
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("--only", default="", help="only these modules, parted by commas")
    words.add_argument("--write-only", action="store_true", help="write the page from the record, measure nothing")
    said = words.parse_args(arguments)
    record: dict[str, Any] = json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}
    if not said.write_only:
        measure([name for name in said.only.split(",") if name] or MAKERS, record, datetime.now(UTC))
        RECORD.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")
    PAGE.write_text(page(record, NOTES.read_text("utf-8")), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
