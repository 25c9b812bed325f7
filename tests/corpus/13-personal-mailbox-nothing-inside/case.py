"""个人邮箱，主题“附件”，里面没有单位：待认领，问一次；工作人员认领后记住。"""

from __future__ import annotations

from tests.corpus.odd_files import blank_pdf
from tests.corpus.play import Play


def tell(play: Play) -> None:
    scan = ("新建文档.pdf", blank_pdf())
    first = play.mail("07-29 10:00", "linlaoshi@163.com", [scan], subject="附件", text="请查收")
    play.until("07-29 11:00")
    play.decide("07-29 14:00", "claim", "南泉工业大学", first)
    play.mail("07-30 10:00", "linlaoshi@163.com", [("补充.pdf", blank_pdf("2"))], subject="补充", text="请查收")
