"""普通高校报3个，全是职工：职工超名额。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("南泉工业大学", "职职职")
    play.mail("07-29 10:00", union, union.everything())
