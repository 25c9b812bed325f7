"""只写“医大工会”：三所都叫医大，不自动认领，候选按证据排序。"""

from __future__ import annotations

from tests.corpus.odd_files import blank_pdf
from tests.corpus.play import Play


def tell(play: Play) -> None:
    play.mail("07-29 10:00", "someone@126.com", [("材料.pdf", blank_pdf())], subject="医大工会 报送材料", text="请查收\n\n医大工会")
