"""名额类别未定的单位报4个：不判名额，请确认类别。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("云岭学院", "劳劳职职")
    play.mail("07-29 10:00", union, union.everything())
