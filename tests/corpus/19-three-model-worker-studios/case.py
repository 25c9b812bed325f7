"""普通高校报3个劳模：合规。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("南泉工业大学", "劳劳劳")
    play.mail("07-29 10:00", union, union.everything())
