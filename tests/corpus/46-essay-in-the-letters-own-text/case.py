"""申报材料没有附件，就写在第二封信的正文里。"""

from __future__ import annotations

from tests.corpus.play import LEADERS, Play, Union
from tests.generator.documents import compose_narrative


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "职")
    play.mail("07-29 09:00", union, [union.table("职"), union.form(0)])
    essay = "\n".join(compose_narrative(union.studios[0]["studio"], LEADERS[0], 2600))
    play.mail("07-29 15:00", union, [], subject="申报材料", text=essay)
    play.until("07-30 08:30")
