"""分两封（之一、之二）五分钟内先后到达。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("北陵师范大学", "职职")
    first, second = union.everything()[:3], union.everything()[3:]
    play.mail("07-28 09:10:05", union, first, subject="创新工作室材料（之一）")
    play.mail("07-28 09:14:40", union, second, subject="创新工作室材料（之二）")
