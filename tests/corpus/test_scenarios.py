"""The scenarios of practice, each played whole on the real stations and compared whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.corpus.play import cases, play_case


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_scenario_comes_out_as_agreed(case: Path, tmp_path: Path) -> None:
    """What arrives, what staff decide, and all that follows: claims, matrix, findings, letters, digest."""
    expected = (case / "expected.txt").read_text(encoding="utf-8")
    assert play_case(case, tmp_path) == expected


def test_every_scenario_is_told() -> None:
    """Every scenario has its folder, numbered without a gap."""
    assert [case.name[:2] for case in cases()] == [f"{number:02d}" for number in range(1, len(cases()) + 1)]
