"""第二部分次日才到：累计状态，只说还缺什么。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("北陵师范大学", "职职")
    play.mail("07-28 09:10", union, union.everything()[:3])
    play.mail("07-29 14:00", union, union.everything()[3:], subject="补充材料")
