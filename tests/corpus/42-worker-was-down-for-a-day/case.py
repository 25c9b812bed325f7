"""停机一天后补收：回执写真实到达时间。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "职")
    play.mail("07-29 10:00", union, union.everything(), polled="07-30 10:30", folder="垃圾邮件")
