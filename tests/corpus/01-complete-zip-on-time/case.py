"""一个压缩包，材料齐全，按期，官方邮箱。"""

from __future__ import annotations

from tests.corpus.play import Play, Union
from tests.generator.demo_letters import zipped


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "劳职职")
    archive = zipped(dict(union.everything()))
    play.mail("07-29 15:42:10", union, [("滨海理工大学申报材料.zip", archive)])
