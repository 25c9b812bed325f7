"""更正一份附件4：第2版替换第1版，第1版留存，逐项说明变化。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "劳职")
    play.mail("07-30 10:05", union, union.everything())
    corrected = union.form(
        1, "附件4基本情况表-李文博（更正）.docx", **{"member_count": 18, "leader.phone": "13900000001", "discipline": "智能制造"}
    )
    play.mail("08-01 09:30", union, [corrected], subject="更正附件4", text="现更正李文博工作室基本情况表，请以此为准。")
