"""材料分三封发来，第一封写明“分三封发送”：等齐了再答复，路上的不说“尚缺”；说了另发却没来的，两小时后照实说。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union, other = Union("滨海理工大学", "职职"), Union("北陵师范大学", "职")
    play.mail("07-28 09:00", union, [union.table("职")], subject="申报材料（之一）", text="附件较大，分三封发送，此为第一封。")
    play.mail("07-28 09:30", union, [union.form(0), union.narrative(0)], subject="申报材料（之二）", text="第二封，见附件。")
    play.mail("07-28 09:50", union, [union.form(1), union.narrative(1)], subject="申报材料（之三）", text="第三封，发送完毕。")
    play.mail("07-28 13:00", other, [other.table("职")], text="汇总表见附件，其余材料由图书馆王老师另行发送，请查收。")
    play.until("07-28 14:55")
    play.until("07-28 15:01")
