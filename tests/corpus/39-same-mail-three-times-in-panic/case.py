"""截止当晚同一封信发了三次：只登记一份，一封回执，最早的时间为准。"""

from __future__ import annotations

from tests.corpus.play import Play, Union
from tests.generator.demo_letters import letter


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "职")
    raw = letter(
        "滨海理工大学材料", ("工会", "gh@bhlg.example"), "2022-08-05T23:57:00+08:00", "请查收\n滨海理工大学工会", union.everything()
    )
    play.post("08-05 23:57:10", raw)
    for when, number in (("08-05 23:58:20", 2), ("08-06 00:03:00", 3)):
        play.mail(when, union, union.everything(), subject="滨海理工大学材料", text=f"再发一次{number}")
