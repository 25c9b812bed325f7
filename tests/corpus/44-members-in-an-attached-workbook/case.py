"""骨干成员“见附表”，附表是单独的文件：并入该表，不再问。"""

from __future__ import annotations

from tests.corpus.play import Play, Union
from tests.generator.documents import member_list_docx


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "职")
    studio = union.studios[0]
    sheet = ("骨干成员附表.docx", member_list_docx(studio["studio"], studio["leader.name"], studio["members"]))
    play.mail("07-29 10:00", union, [*union.tables(), union.form(0, members=[]), union.narrative(0), sheet])
