"""用了往年表样（2019、2020年度列）：留存，请用新表重填。"""

from __future__ import annotations

from tests.corpus.play import Play, Union
from tests.generator.documents import basic_info_docx


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "职")
    old = union.studios[0] | {k.replace("2021", "2019"): v for k, v in union.studios[0].items() if "2021" in k}
    form = ("附件4基本情况表-张建国.docx", basic_info_docx(old, years=(2019, 2020)))
    play.mail("07-29 10:00", union, [*union.tables(), form, union.narrative(0)])
