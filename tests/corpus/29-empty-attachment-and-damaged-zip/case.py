"""空文件和损坏的压缩包：请重发这两个文件，不说尚缺；重发后结清。"""

from __future__ import annotations

from tests.corpus.play import Play, Union
from tests.generator.demo_letters import zipped


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "职")
    archive = zipped(dict(union.everything()[1:]))
    play.mail("07-29 10:00", union, [("附件2汇总表.docx", b""), ("滨海理工大学材料.zip", archive[: len(archive) // 3])])
    play.mail("07-30 10:00", union, [*union.tables(), ("滨海理工大学材料.zip", archive)], subject="重新发送")
