"""补充通知延期到8月12日：逾期的重新判定，已发的回执不改，截止变更告知。"""

from __future__ import annotations

from dataclasses import replace

from config.campaign import Deadline
from tests.corpus.play import Play, Union
from tests.generator.received import moment


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "职")
    partial = Union("南泉工业大学", "职")
    play.mail("08-05 12:00", partial, partial.everything()[:2], subject="材料不全")
    play.mail("08-06 10:00", union, union.everything())
    play.until("08-06 11:00")
    moved = Deadline(moment("08-12 23:59:59"), moment("08-07 09:00"), "补充通知：因疫情延期", "郝老师")
    play.campaign = replace(play.campaign, deadlines=(*play.campaign.deadlines, moved))
    play.until("08-07 09:30")
