"""申报材料按我会统计1900多字：只请核对，不算缺。"""

from __future__ import annotations

from tests.corpus.odd_files import narrative_of
from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "职")
    short = ("张建国职工创新工作室申报材料.docx", narrative_of(union, 1960))
    play.mail("07-29 10:00", union, [*union.tables(), union.form(0), short])
