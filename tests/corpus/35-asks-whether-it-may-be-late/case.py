"""问“可以延期吗？”，没有附件：短回执，转工作人员，不算报送。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "职")
    play.mail("08-03 10:00", union, subject="咨询", text="请问今年的申报可以延期吗？\n\n滨海理工大学工会")
