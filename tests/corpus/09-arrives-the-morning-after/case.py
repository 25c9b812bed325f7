"""8月6日9时到达：逾期，如实登记。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("北陵师范大学", "职")
    play.mail("08-06 09:00", union, union.everything())
