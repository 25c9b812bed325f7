"""回复我会回执，附上所缺文件。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "劳职")
    files = union.everything()
    play.mail("07-30 10:05", union, files[:4] + files[5:], sender="someone@qq.com")
    play.reply("07-31 08:20", union, [files[4]], text="已补充，请查收。", sender="someone@qq.com")
