"""The pages about reliability and security say what the record says, every row's test exists, and a small fuzzing run finds nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.fuzzing import main as fuzz
from benchmarks.reliability import DOCS, RECORD, pages
from benchmarks.reliability_rows import RELIABILITY, SECURITY

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("row", [row for row in (*RELIABILITY, *SECURITY) if row.tests], ids=lambda row: row.fault)
def test_the_tests_a_row_rests_on_are_there(row: object) -> None:
    for node in row.tests:  # type: ignore[attr-defined]
        path, _, name = node.partition("::")
        assert (ROOT / path).exists(), node
        assert not name or f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), node


def test_the_pages_are_those_of_the_record() -> None:
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    for name, text in pages(record).items():
        assert (DOCS / name).read_text(encoding="utf-8") == text, f"{name}: make reliability"


def test_nothing_escapes_a_small_fuzzing_run() -> None:
    assert all(found["escapes"] == 0 for found in fuzz(400, 7).values())
