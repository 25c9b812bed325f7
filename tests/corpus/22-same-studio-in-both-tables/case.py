"""同一工作室同时列入附件1和附件2：只计一次，请确定一种。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "劳")
    files = union.everything()
    play.mail("07-29 10:00", union, [*files, union.table("职", only=[0])])
