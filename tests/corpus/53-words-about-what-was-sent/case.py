"""只有话没有附件的四封信：请代改一处（转工作人员）、纸质已寄出（不必答复）、核对过了以附件2为准（作说明）、下周补交（等着）；都不说“未见附件”。"""

from __future__ import annotations

from tests.corpus.play import Play, Union


def tell(play: Play) -> None:
    one, two, three, four = (Union(name, "职") for name in ("滨海理工大学", "北陵师范大学", "南泉工业大学", "白山医科大学"))
    play.mail("07-28 09:00", one, one.everything())
    play.mail("07-28 09:20", two, two.everything())
    play.mail("07-28 09:40", three, [three.table("职", changes={"conversions": 90}), three.form(0), three.narrative(0)])
    play.mail("07-28 10:00", four, [four.table("职"), four.form(0)])
    play.mail("07-29 09:00", one, subject="职务一栏", text="您好：附件4里领衔人的专业技术职务写错了，应为教授，请帮忙改一下，谢谢！")
    play.mail("07-29 09:20", two, subject="纸质材料已寄出", text="老师您好，纸质材料已于今日通过顺丰寄出，单号SF0000000000，请查收。")
    play.reply("07-29 09:40", three, text="老师好，我们核对过了，附件2中的数字是正确的，附件4按近两年统计。以附件2为准。")
    play.reply("07-29 10:00", four, text="收到。申报材料还在盖章，我们下周一补交。")
    play.until("07-30 08:30")
    play.until("08-02 09:00")
