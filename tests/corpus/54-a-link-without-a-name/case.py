"""汇总表是附件，其余只在正文里写了一个网盘网址和提取码，没有文件名：请改发普通附件，不说“已收存”，也不编一个文件名。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "职")
    words = "材料较大，已上传百度网盘：https://pan.baidu.com/s/1abcdEFG 提取码：ab12，请下载。汇总表见附件。"
    play.mail("07-28 09:00", union, [union.table("职")], text=words)
    play.until("07-28 10:00")
