"""QQ超大附件链接：说明是链接、何时到期，不说尚缺，请改发普通附件。"""

from __future__ import annotations

from tests.corpus.play import Play, Union
from tests.generator.demo_letters import CLOUD, qq_letter, zipped


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "职")
    raw = qq_letter(
        "滨海理工大学创新工作室申报材料",
        ("滨海理工大学工会", "gh@bhlg.example"),
        "2022-07-29T10:00:00+08:00",
        CLOUD.replace("青年湖财经学院", "滨海理工大学"),
    )
    play.post("07-29 10:00", raw)
    play.mail("07-30 10:00", union, [("滨海理工大学申报材料.zip", zipped(dict(union.everything())))], subject="重新发送普通附件")
