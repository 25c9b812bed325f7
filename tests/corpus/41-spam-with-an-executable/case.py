"""广告和带.exe的钓鱼信：隔离，不计数，不回复，不打扰。"""

from __future__ import annotations

from tests.corpus.play import Play


def tell(play: Play) -> None:
    play.mail(
        "07-29 10:00", "promo@shop.example", [("发票查询.exe", b"MZ" + bytes(300))], subject="您的发票", text="请查收发票", author="财务"
    )
    play.mail(
        "07-29 11:00",
        "news@shop.example",
        subject="本周特惠",
        text="全场五折",
        headers={"List_Unsubscribe": "<https://shop.example/u>", "Precedence": "bulk"},
    )
