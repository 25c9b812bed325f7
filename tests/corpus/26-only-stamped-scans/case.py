"""只有盖章扫描件：算已收（待录入），不算缺，请补电子版。"""

from __future__ import annotations

from tests.corpus.odd_files import blank_pdf
from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "职")
    names = ["附件2汇总表（盖章）.pdf", "张建国职工创新工作室基本情况表（盖章）.pdf", "张建国职工创新工作室申报材料（盖章）.pdf"]
    play.mail("07-29 10:00", union, [(n, blank_pdf(n)) for n in names])
