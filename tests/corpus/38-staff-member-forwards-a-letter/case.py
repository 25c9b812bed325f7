"""学校发给了工作人员个人，由其转来：到达时间以本邮箱为准，注明原时间，点认后才回复原发件人。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    union = Union("滨海理工大学", "职")
    text = (
        '转来，请登记。\n\n---------- 转发的邮件信息 ----------\n发件人："滨海理工大学工会" <gh@bhlg.example>\n发送日期：2022-07-28 09:00:00\n'
        "收件人：hao@office.example\n主题：滨海理工大学申报材料\n\n请查收。\n滨海理工大学工会"
    )
    play.mail("07-29 10:00", "hao@office.example", union.everything(), subject="转发：滨海理工大学申报材料", text=text)
