"""个人QQ邮箱，材料内容清楚：以内容认领，抄送登记邮箱。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "职")
    play.mail("07-29 10:00", union, union.everything(), sender="linlaoshi@qq.com", subject="附件")
