"""来信“我校今年不推荐”：工作人员确认后登记，不再提醒。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("南泉工业大学", "职")
    play.mail("07-29 10:00", union, subject="关于创新工作室申报", text="经研究，我校今年不推荐。\n\n南泉工业大学工会")
    play.decide("07-29 15:00", "not_recommending", union)
    play.until("08-02 09:05")
    play.until("08-04 09:05")
