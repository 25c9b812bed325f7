"""来信撤回一个工作室：核实前不变，工作人员确认后撤回。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "劳职")
    play.mail("07-29 10:00", union, union.everything())
    play.mail("07-31 10:00", union, subject="撤回李文博工作室", text="因故撤回“李文博”创新工作室的申报，请予办理。\n\n滨海理工大学工会")
    play.until("07-31 11:00")
    play.decide("08-01 09:00", "withdraw_studio", union, union.studios[1]["studio"])
