"""领衔人姓名带空格、有生僻字：视为同一人，不问。"""

from __future__ import annotations

from tests.corpus.play import Play, Union
from tests.generator.documents import narrative_docx


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "职")
    studio, row = union.studios[0], union.rows[0]
    studio["leader.name"] = row["leader_name"] = "张 龑"
    studio["studio"] = row["studio"] = "“张龑” 职工创新工作室"
    form = union.form(0, **{"leader.name": "张　龑", "studio": "张龑职工创新工作室"})
    narrative = ("申报材料.docx", narrative_docx("张龑职工创新工作室", "张龑", 2600))
    play.mail("07-29 10:00", union, [*union.tables(), form, narrative])
