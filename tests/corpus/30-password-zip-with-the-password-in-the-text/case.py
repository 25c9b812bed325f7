"""加密压缩包，密码写在正文：不试密码，请发未加密版本。"""

from __future__ import annotations

from tests.corpus.odd_files import closed_zip
from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "职")
    play.mail(
        "07-29 10:00", union, [*union.tables(), ("申报材料.zip", closed_zip())], text="材料见附件，解压密码：123456\n\n滨海理工大学工会"
    )
