"""全部附件在一个Word里：按标题和表格拆开。"""

from __future__ import annotations

from tests.corpus.play import Play, Union
from tests.generator.documents import basic_info_blocks, blocks_to_docx, compose_narrative, summary_blocks


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "职职")
    blocks = summary_blocks("employee", union.head, union.rows)
    for i, studio in enumerate(union.studios):
        blocks += basic_info_blocks(studio)
        blocks += compose_narrative(studio["studio"], studio["leader.name"], 2600, seed=i)
    play.mail("07-29 10:00", union, [("滨海理工大学申报材料（全）.docx", blocks_to_docx(blocks))])
