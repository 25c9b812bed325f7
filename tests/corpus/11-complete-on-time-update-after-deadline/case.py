"""按期收齐，8月6日又来“更新版”：按期的一套仍有效，更新版另存，由工作人员选择。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("北陵师范大学", "职")
    play.mail("08-05 10:00", union, union.everything())
    play.mail("08-06 10:00", union, [union.form(0, "附件4（更新版）.docx", member_count=25)], subject="更新版")
