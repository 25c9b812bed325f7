"""医科大学报5个，其中职工4个：职工上限3个。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("白山医科大学", "劳职职职职")
    play.mail("07-29 10:00", union, union.everything())
