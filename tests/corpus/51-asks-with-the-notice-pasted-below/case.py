"""报送之后来信咨询，下面粘着通知原文：通知里的“不再推荐”“撤回”“作废”是通知的话，只有一句咨询是来信的话。"""

from __future__ import annotations

from tests.corpus.play import Play, Union

NOTICE = """关于推荐创新工作室的通知
各高校工会：
现将有关事宜通知如下：
一、推荐申报条件
1. 已被省、市总工会命名的创新工作室不再推荐申报。
2. 领衔人更换的须重新报送，此前材料作废；撤回材料的须加盖公章。
二、推荐申报名额
每校原则上不超过三个，放弃推荐的不影响下一年度。"""


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "职")
    play.mail("07-27 09:00", union, union.everything())
    play.mail("07-28 10:00", union, subject="咨询", text=f"郝老师：\n纸质材料由专人送达是否可以？通知转在下面。\n\n{NOTICE}\n\n滨海理工大学工会")
    play.until("07-29 08:30")
