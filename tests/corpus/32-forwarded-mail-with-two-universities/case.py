"""转发来的一封信里有两所学校的.eml：提出拆分建议，工作人员点认后各归各。"""

from __future__ import annotations

from tests.corpus.play import Play, Union
from tests.generator.demo_letters import letter

NOT_ALIKE = (("一线", "研讨会", "推广"), ("师徒", "媒体", "发明专利"))


def tell(play: Play) -> None:
    inner = []
    for name, without in zip(("滨海理工大学", "北陵师范大学"), NOT_ALIKE, strict=True):
        union = Union(name, "职")
        files = [*union.tables(), union.form(0), union.narrative(0, without=without)]
        raw = letter(f"{name}材料", ("工会", play.address_of(name)), "2022-07-28T10:00:00+08:00", "请查收", files)
        inner.append((f"{name}.eml", raw))
    mixed = play.mail("07-29 10:00", "zhuanfa@qq.com", inner, subject="转发：两校材料", text="两校材料一并转来。")
    play.until("07-29 11:00")
    play.decide("07-29 14:00", "split", "", mixed)
    play.until("07-29 14:20")
