"""The page of figures says what was measured: a stage that is absent is named, a target that was missed is called missed."""

from __future__ import annotations

import math
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest

from benchmarks import performance, reading_peers
from benchmarks.performance_row import Row
from benchmarks.reading_files import make_files
from benchmarks.reading_speed import FLOORS, Times, measure, to_row

ROW = Row("读件", "a form", 4.0, "ms", 1.0, {"other": 16.0}, ">= 4 x faster", True, "16 files")


def record(**entries: Any) -> dict[str, Any]:
    return {name: {"measured": "2026-11-27", "machine": "2 cores"} | entry for name, entry in entries.items()}


def test_a_row_stands_with_its_ratios_and_its_note() -> None:
    shown = performance.page(record(reading_speed={"rows": [asdict(ROW)]}), "## Notes")
    assert "| a form | 4 ms | 1 (× 4) | other 16 (× 0.25) | >= 4 x faster | met |" in shown
    assert "- a form: 16 files" in shown
    assert shown.rstrip().endswith("## Notes")


@pytest.mark.parametrize(("ours", "said"), [(40.0, "**missed**"), (math.nan, "not measured")])
def test_what_was_missed_or_not_measured_is_said(ours: float, said: str) -> None:
    row = asdict(ROW) | {"ours": ours, "met": False}
    assert said in performance.page(record(reading_speed={"rows": [row]}), "")


def test_a_stage_that_is_not_there_is_named_and_stops_nothing() -> None:
    found: dict[str, Any] = {}
    performance.measure(["no_such_stage"], found, datetime(2026, 11, 27, tzinfo=UTC))
    shown = performance.page(found, "")
    assert "## no_such_stage\nNot measured: ModuleNotFoundError" in shown
    assert "## fetching\nNot measured: never run" in shown


@pytest.mark.parametrize(("python_docx", "kreuzberg", "met"), [(24.0, 3.0, True), (23.0, 3.0, False), (24.0, 2.5, False), (24.0, None, False)])
def test_a_target_is_met_only_when_every_half_of_it_is(python_docx: float, kreuzberg: float | None, met: bool) -> None:
    peers = {"python-docx": [python_docx]} | ({"kreuzberg": [kreuzberg]} if kreuzberg else {})
    row = to_row("docx", Times([4.0], [2.0], [1.0], peers), {})
    assert row.met is met
    assert ("kreuzberg absent" in row.note) is (kreuzberg is None)


def test_the_invented_files_are_read_and_every_format_has_a_floor(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.reading_files.shutil.which", lambda name: None)
    monkeypatch.setattr("benchmarks.reading_speed.WARM", 1)
    assert set(make_files(tmp_path, 1)) == {"docx", "xlsx"}
    times, absent = measure(tmp_path, tmp_path / "no-python", 2, 1)
    assert {kind: len(found.ours) for kind, found in times.items()} == {"docx": 2, "xlsx": 2}
    assert "all peers" in absent
    assert set(FLOORS) == set(reading_peers.TYPES)
