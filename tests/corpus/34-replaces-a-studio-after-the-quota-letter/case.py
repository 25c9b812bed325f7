"""超名额去信后来信更换：新材料先收下，工作人员一键替换。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("南泉工业大学", "职职职劳")
    three = [union.table("职", only=[0, 1, 2]), *(f for i in range(3) for f in (union.form(i), union.narrative(i)))]
    play.mail("07-29 10:00", union, three)
    play.decide("07-29 15:00", "quota_letter", union, send=True)
    new = [union.table("劳"), union.form(3), union.narrative(3)]
    play.mail(
        "07-31 10:00",
        union,
        new,
        subject="更换工作室",
        text="将“王志轩”创新工作室替换为“赵敏涛”劳模创新工作室，请予办理。\n\n南泉工业大学工会",
    )
    play.until("07-31 11:00")
    play.decide("08-01 09:00", "replace_studio", union, union.studios[2]["studio"], by=union.studios[3]["studio"])
