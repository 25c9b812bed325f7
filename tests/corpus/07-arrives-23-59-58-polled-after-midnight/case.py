"""服务器8月5日23:59:58收到，8月6日00:05才轮询到：按期。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("北陵师范大学", "职")
    play.mail("08-05 23:59:58", union, union.everything(), polled="08-06 00:05")
