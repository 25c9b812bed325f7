"""手机拍的表（jpg）：已收待人工查看；签名里的小徽标不算。"""

from __future__ import annotations

from tests.corpus.odd_files import photo
from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "职")
    play.mail("07-29 10:00", union, [*union.tables(), ("附件4基本情况表张建国.jpg", photo()), union.narrative(0)])
