"""One invented campaign with something of every kind for the desk to show: complete, over the quota, scanned, late, unclaimed, quarantined."""

from __future__ import annotations

import shutil
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from notifier.belt.todo import write_todo
from service.desk.door.login import hash_password
from service.desk.door.store import Person, Store
from tests.corpus.odd_files import blank_pdf
from tests.corpus.play import FOLDER, HERE, Play, Union
from tests.generator.demo_letters import letter

NOW = datetime.fromisoformat("2022-08-06T11:30:00+08:00")
PASSWORD = "three quiet rivers"
HASH = hash_password(PASSWORD)
PEOPLE = (
    Person("郝老师", "hao@office.example", "staff", HASH),
    Person("姜老师", "jiang@office.example", "staff", HASH),
    Person("王主任", "wang@office.example", "reader", HASH),
)
SETTINGS = 'campaign = "campaign"\ndata = "books"\nmode = "automatic"\n\n[mailbox]\nuser = "intake@office.example"\n'
COMPLETE, UPDATED, OVER, SCANNED, ASKING, UNSURE = (
    "滨海理工大学",
    "北陵师范大学",
    "南泉工业大学",
    "松江医科大学",
    "滨海理工大学城市学院",
    "云岭学院",
)
EVIL = '附件4 "<img src=x onerror=alert(7)>.pdf'
NASTY = '材料 <script>alert(1)</script>"><img src=x onerror=alert(2)>'
HTML = (
    "<p>见附件</p><script>alert(3)</script><img src='http://evil.example/p.png' onerror='alert(4)'><svg onload=alert(5)></svg>"
    "<a href='javascript:alert(6)'>点这里</a><p style=\"background:url('http://evil.example/s')\">样式</p><form action='http://evil.example'><input></form>"
)


def build(folder: Path) -> None:
    """Play the campaign into `folder`: settings, campaign and books, as a real office has them."""
    (folder / "books").mkdir(parents=True)
    shutil.copytree(FOLDER, folder / "campaign")
    shutil.copyfile(HERE / "roster.csv", folder / "campaign" / "roster.csv")
    (folder / "intake.toml").write_text(SETTINGS, encoding="utf-8")
    play = Play(folder / "books")
    tell(play)
    play.work(NOW)
    write_todo(play.ledger, play.campaign, play.settings, NOW)
    play.close()
    with Store.open(folder / "books" / "desk.db") as store:
        for number, person in enumerate(PEOPLE):
            store.keep_person(person, float(number))


def tell(play: Play) -> None:
    """What came in, in order."""
    complete, updated, over, scanned = Union(COMPLETE, "劳职"), Union(UPDATED, "职"), Union(OVER, "劳劳职职"), Union(SCANNED, "职")
    play.mail("07-27 10:00", complete, complete.everything())
    play.mail("07-28 10:00", over, over.everything())
    names = ["附件2汇总表（盖章）.pdf", "张建国职工创新工作室基本情况表（盖章）.pdf"]
    play.mail("07-29 10:00", scanned, [(n, blank_pdf(n)) for n in names])
    play.mail("08-04 09:00", Union(ASKING, "职"), subject="咨询", text="请问今年的申报可以延期吗？\n\n城市学院工会")
    play.mail("08-05 09:00", updated, updated.everything())
    play.mail("08-05 10:00", "linlaoshi@163.example", [("新建文档.pdf", blank_pdf())], subject="附件", text="请查收")
    inner = []
    for name, without in (("白山医科大学", ("一线", "研讨会")), ("黑水医科大学", ("师徒", "媒体"))):
        union = Union(name, "职")
        files = [*union.tables(), union.form(0), union.narrative(0, without=without)]
        inner.append((f"{name}.eml", letter(f"{name}材料", ("工会", play.address_of(name)), "2022-07-28T10:00:00+08:00", "请查收", files)))
    play.mail("08-05 11:00", "zhuanfa@qq.example", inner, subject="转发：两校材料", text="两校材料一并转来。")
    play.post("08-05 12:00", nasty_letter())
    play.mail("08-06 10:00", updated, [updated.form(0, "附件4（更新版）.docx", member_count=25)], subject="更新版")
    held = play.post("08-06 10:30", letter("云岭学院材料", ("工会", "gh@yunling.example"), "2022-08-06T10:29:00+08:00", "请查收", []))
    play.ledger.quarantine(held, "Traceback (most recent call last):\n  手机 13900001111\nValueError: 日期读不出来")


def nasty_letter() -> bytes:
    """A letter whose subject, file name and HTML try to run something."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = "工会 <gh@yunling.example>", "intake@office.example", NASTY
    mail["Date"], mail["Message-ID"] = "Fri, 05 Aug 2022 11:59:00 +0800", "<nasty@yunling.example>"
    mail.set_content("见附件", cte="base64")
    mail.add_alternative(HTML, subtype="html", cte="base64")
    mail.add_attachment(blank_pdf(), maintype="application", subtype="octet-stream", filename=EVIL)
    return bytes(mail)
