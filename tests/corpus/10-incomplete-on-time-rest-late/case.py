"""按期但不全，其余8月7日到达。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("北陵师范大学", "职职")
    files = union.everything()
    play.mail("08-05 16:00", union, files[:3])
    play.mail("08-07 10:00", union, files[3:], subject="补充材料")
