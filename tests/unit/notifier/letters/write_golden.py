"""Writes the golden letters anew after a change of wording; read the difference before committing it."""

from __future__ import annotations

from tests.unit.notifier.letters.golden_cases import GOLDEN
from tests.unit.notifier.letters.test_golden import FOLDER, whole

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name in GOLDEN:
        (FOLDER / f"{name}.txt").write_text(whole(name), encoding="utf-8")
