"""汇总表有Word表格的，有改名为.wps的，有Excel的：照常读。"""

from __future__ import annotations

from tests.corpus.odd_files import stable_xlsx
from tests.corpus.play import Play, Union
from tests.generator.documents import summary_xlsx


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "劳职")
    name, payload = union.table("劳")
    workbook = stable_xlsx(summary_xlsx("employee", union.head, [{**union.rows[1], "number": 1}]))
    play.mail("07-29 10:00", union, [(name.replace(".docx", ".wps"), payload), ("附件2汇总表.et", workbook), *union.everything()[2:]])
