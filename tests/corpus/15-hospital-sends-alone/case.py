"""附属医院单独报送：计入母体高校名额，标明附属。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("白山医科大学附属第一医院", "职", address="gh@bsmu1h.example")
    play.mail("07-29 10:00", union, union.everything())
