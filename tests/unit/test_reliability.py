"""The pages about reliability and security say what the record says, every row's test exists, and a small fuzzing run finds nothing."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from benchmarks import fuzzing
from benchmarks.fuzzing import added
from benchmarks.fuzzing import main as fuzz
from benchmarks.reliability import DOCS, RECORD, pages, untried
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


def test_executions_of_fuzzing_add_up_over_runs_and_keep_their_seeds() -> None:
    record = {"fuzzing": {"found": {"headers": {"executions": 5, "escapes": 1}}, "seeds": [1], "on": "2022-08-01"}}
    found = added(record, {"headers": {"executions": 7, "escapes": 0}, "values": {"executions": 2, "escapes": 0}}, 3, "2022-08-02")
    assert found == {
        "found": {"headers": {"executions": 12, "escapes": 1}, "values": {"executions": 2, "escapes": 0}},
        "seeds": [1, 3],
        "on": "2022-08-02",
    }


def test_an_escape_is_counted_told_and_made_again(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(chance: random.Random) -> None:
        assert chance.random() < 0.5, "broken"

    monkeypatch.setattr(fuzzing, "TARGETS", {"it": (breaks, 1)})
    found = fuzzing.main(20, 4)["it"]
    told = capsys.readouterr().err.splitlines()
    assert 0 < found["escapes"] == len(told) < found["executions"] == 20
    number = int(told[0].partition(")")[0].rpartition(" ")[2])
    with pytest.raises(AssertionError, match="broken"):
        fuzzing.again("it", 4, number)


def test_what_was_never_tried_or_did_not_hold_is_run_again_and_nothing_else() -> None:
    first, second, *others = [row for row in (*RELIABILITY, *SECURITY) if row.tests]
    record = {row.fault: {"failed": 0} for row in others} | {second.fault: {"failed": 2}}
    assert untried(record) == [first, second]
