"""23:59发出，00:02到达：待认定，两个时间都留存。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("北陵师范大学", "职")
    play.mail("08-06 00:02:10", union, union.everything(), date="08-05 23:59:00")
