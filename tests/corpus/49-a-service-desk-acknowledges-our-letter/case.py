"""补正函发出后：学校的服务台自动回执两次（没有任何自动标记，地址 @ 前多一个点），经办人回“收到，会尽快补齐”。都不算来信所提，也不再发第二封。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "职")
    play.mail("07-29 09:00", union, [union.table("职")], sender="gh.@bhlg.example")
    play.until("07-29 09:20")
    for hour in (10, 11):
        ours = [row for row in play.ledger.outbox(institution=union.name) if row.state == "sent"][-1]
        subject = f"【工单{8800 + hour}】您的请求已登记：{ours.subject}"
        words = f"尊敬的用户：\n\n您提交的请求已登记，工单号 {8800 + hour}，处理进度可在网上服务大厅查看。\n\n网上服务大厅"
        play.mail(f"07-29 {hour}:00", union, subject=subject, text=words, author="网上服务大厅", headers={"In_Reply_To": ours.message_id})
    play.reply("07-29 12:00", union, text="收到，会尽快补齐，谢谢老师。")
    play.until("07-29 13:00")
