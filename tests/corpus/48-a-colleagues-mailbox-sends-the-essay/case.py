"""同事用私人邮箱补发申报材料，信里没有校名：工作室和领衔人与已报的相符，登记而不替换任何东西。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "职")
    play.mail("07-29 09:00", union, [union.table("职"), union.form(0)])
    play.mail("07-29 15:00", "someone@qq.com", [union.narrative(0)], subject="补充材料", text="请查收。", author="小王")
    play.until("07-30 08:30")
