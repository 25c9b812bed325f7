"""回复“无误，含外汇折算”，没有附件：待核实项记为已说明，等工作人员点认。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "职")
    wrong = union.form(0, **{"benefit.2021.total": union.studios[0]["benefit.2021.total"] + 8})
    play.mail("07-30 10:05", union, [*union.tables(), wrong, union.narrative(0)])
    play.reply("07-31 08:20", union, text="经核对无误，合计中含外汇折算。")
