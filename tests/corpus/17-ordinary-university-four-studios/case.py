"""普通高校报4个：超名额，工作人员点发后才去信。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("南泉工业大学", "劳劳职职")
    play.mail("07-29 10:00", union, union.everything())
    play.decide("07-29 15:00", "quota_letter", union, send=True)
    play.until("07-29 15:20")
