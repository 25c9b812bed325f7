"""自动回复和退信：永不回复；退信提示打电话。"""

from __future__ import annotations

from tests.corpus.play import Play, Union
from tests.generator.demo_letters import bounce


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "职")
    play.mail("07-29 10:00", union, union.everything())
    play.until("07-29 10:30")
    ours = play.ledger.outbox(institution=union.name)[-1]
    play.mail(
        "07-29 10:31",
        union,
        subject=f"自动回复:{ours.subject}",
        text="这是来自QQ邮箱的假期自动回复邮件。",
        headers={"In_Reply_To": ours.message_id},
    )
    play.post("07-29 10:32", bounce("2022-07-29T10:32:00+08:00", "gh@bhlg.example", ours.message_id))
