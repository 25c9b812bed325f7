"""Writes what each scenario gives now beside what was agreed: `expected.new.txt` where it differs, for a person to read and accept.

usage: python -m tests.corpus.generate [--accept] [NUMBER …]   (--accept takes the reviewed `expected.new.txt` over; nothing else does)
"""

from __future__ import annotations

import difflib
import sys
import tempfile
from pathlib import Path

from tests.corpus.play import cases, play_case


def main() -> None:
    """Play the chosen cases, or accept what was reviewed."""
    numbers = [a for a in sys.argv[1:] if a.isdigit()]
    chosen = [c for c in cases() if not numbers or c.name[:2] in [f"{int(n):02d}" for n in numbers]]
    for case in chosen:
        if "--accept" in sys.argv:
            accept(case)
        else:
            review(case)


def review(case: Path) -> None:
    """Show how a case differs from what was agreed."""
    agreed, new = case / "expected.txt", case / "expected.new.txt"
    before = agreed.read_text(encoding="utf-8") if agreed.exists() else ""
    with tempfile.TemporaryDirectory() as folder:
        now = play_case(case, Path(folder))
    new.unlink(missing_ok=True)
    if now != before:
        new.write_text(now, encoding="utf-8")
        print(f"==== {case.name}")
        sys.stdout.writelines(f"{line}\n" for line in difflib.unified_diff(before.splitlines(), now.splitlines(), lineterm="", n=1))


def accept(case: Path) -> None:
    """Take a reviewed outcome over."""
    new = case / "expected.new.txt"
    if new.exists():
        new.replace(case / "expected.txt")
        print(f"{case.name}: agreed")


if __name__ == "__main__":
    main()
