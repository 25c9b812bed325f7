"""一封信里同一张表的初稿和定稿，数字不同：定稿有效，工作人员核对一次。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "职")
    first = union.form(0, name="附件4基本情况表-张建国（初稿）.docx", **{"innovation.results": 17})
    final = union.form(0, name="附件4基本情况表-张建国（定稿）.docx", **{"innovation.results": 21})
    play.mail("07-29 14:00", union, [union.table("职"), final, first, union.narrative(0)])
    play.until("07-30 08:30")
