"""Whatever an office says in any scenario - letters, pages, terminal, workbooks - is said in Chinese to people: no code, no key, no English word."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.corpus.play import Play, cases, load_case
from tests.corpus.spoken import find_stains, ours, visible
from tests.truth import stains

# Always a few of all kinds; the others with the slow tests.
OFTEN = ("17", "32", "37", "41")


def told(case: Path, folder: Path) -> Play:
    """The scenario, played to its end."""
    play = Play(folder)
    load_case(case).tell(play)
    play.outcome()
    return play


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.name, marks=[] if case.name[:2] in OFTEN else pytest.mark.slow) for case in cases()]
)
def test_nothing_an_office_says_holds_a_code_a_key_an_english_word_or_a_half_width_mark(case: Path, tmp_path: Path) -> None:
    play = told(case, tmp_path)
    try:
        assert find_stains(play, tmp_path) == []
    finally:
        play.close()


@pytest.mark.parametrize(
    "text", ["问题C04未解决", "状态：received_unread", "编号" + "0af3" * 16, "请补报,谢谢", "材料(两份)", "<p>处理<b>True</b></p>"]
)
def test_a_stain_is_seen(text: str) -> None:
    assert stains(ours(visible(text), ["滨海理工大学"]))
