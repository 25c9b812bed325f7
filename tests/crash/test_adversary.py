"""An adversary who can only write letters, against the whole office: what he sends goes in by IMAP, what he gets comes out by SMTP."""

from __future__ import annotations

import base64
import email
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from intake.reading.engine import Inline
from notifier.belt import read_todo
from notifier.post import drop_letters
from service.demo.mailbox import DemoMailbox, Taken
from service.office import Office, open_office
from service.rounds import after_fetching, fetch
from tests.crash.office import START, settle, story

KNOWN, EVIL, VICTIM = "辽河理工大学", "evil.example", "third.example"
REPLY_TO = (
    f'"v1@{VICTIM}, v2@{VICTIM}" <a@{EVIL}>', f"v3@{VICTIM},v4@{VICTIM}", f"<v5@{VICTIM}> (comment) , x", f"v6@{VICTIM}\r\n\tBcc: z@{VICTIM}",
    f"undisclosed:v7@{VICTIM},v8@{VICTIM};", f"v9@{VICTIM}%0aRCPT", f'"v10@{VICTIM}>"@{EVIL}', f"postmaster@{VICTIM}", f"mailer-daemon@{VICTIM}",
    f"list-subscribe@lists.{VICTIM}", "hao@staff.example", "intake@office.example", f"=?utf-8?Q?v12=40{VICTIM}?=", f"<v13@{VICTIM}>@{EVIL}", f"v14@{VICTIM} <a@{EVIL}>",
)  # fmt: skip


class Stage:
    """The office at its mailbox; letters go in, a round is worked, and what left is given back."""

    def __init__(self, folder: Path, mailbox: DemoMailbox) -> None:
        self.mailbox, self.config, self.now, self._seen = mailbox, settle(folder, mailbox), START, 0
        self.number = 0

    def office(self) -> Office:
        """The office at this moment."""
        return open_office(self.config, self.now)

    def write(self, sender: str, subject: str, text: str, file: str = "材料.txt", **lines: str) -> None:
        """A letter with one small file; a line given as `reply_to` or `message_id` goes into the head as it is."""
        self.number += 1
        mail = EmailMessage(policy=policy.SMTP)
        mail["From"], mail["To"], mail["Subject"] = "FROM", "intake@office.example", "SUBJECT"
        if "message_id" not in lines:
            mail["Message-ID"] = f"<{self.number}@{EVIL}>"
        mail.set_content(text, cte="base64")
        mail.add_attachment(f"{self.number}".encode(), maintype="application", subtype="octet-stream", filename="FILE")
        head = "".join(f"{name.replace('_', '-').title()}: {value}\r\n" for name, value in lines.items()).encode()
        raw = bytes(mail).replace(b"From: FROM", b"From: " + sender.encode()).replace(b"Subject: SUBJECT", b"Subject: " + word(subject))
        self.mailbox.deliver(head + raw.replace(b'filename="FILE"', b'filename="' + word(file) + b'"'), self.now)

    def work(self, hours: float = 3) -> list[Taken]:
        """One round, some hours on; what left in it."""
        self.now += timedelta(hours=hours)
        office = self.office()
        with office.books() as (ledger, vault):
            fetch(office, ledger, vault)
            after_fetching(office, ledger, vault, engine=Inline())
        left, self._seen = list(self.mailbox.sent[self._seen :]), len(self.mailbox.sent)
        return left


def word(text: str) -> bytes:
    """A text as a header may carry anything."""
    return b"=?utf-8?B?" + base64.b64encode(text.encode()) + b"?="


def said(taken: Taken) -> str:
    """Subject and text of what left."""
    mail = email.message_from_bytes(taken.raw, policy=policy.default)
    return f"{mail['Subject']}\n{mail.get_body(('plain',)).get_content()}"  # type: ignore[union-attr]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Two universities have sent their material and were answered."""
    with DemoMailbox() as mailbox:
        found = Stage(tmp_path, mailbox)
        for arrival in story("01", "04"):
            mailbox.deliver(arrival.raw, arrival.arrives)
        assert {taken.recipients[0].rpartition("@")[2] for taken in found.work()} == {"lhut.example", "hhgy.example"}
        yield found


def assert_nothing_for_others(left: list[Taken], *allowed: str) -> None:
    """Every letter goes to one of these domains, to one recipient, without a header of theirs."""
    for taken in left:
        assert len(taken.recipients) == 1
        assert taken.recipients[0].rpartition("@")[2] in allowed, taken.recipients
        mail = email.message_from_bytes(taken.raw, policy=policy.default)
        assert (mail["Bcc"], mail["Cc"], mail["Reply-To"]) == (None, None, None)
        assert VICTIM not in str(mail["To"])


@pytest.mark.parametrize("sender", [f"a@{EVIL}", "gh@lhut.example"], ids=["stranger", "registered address"])
def test_no_reply_address_leads_a_letter_to_anybody_else(sender: str, stage: Stage) -> None:
    for number, line in enumerate(REPLY_TO):
        stage.write(sender.replace("a@", f"a{number}@"), f"材料{number}", f"请查收第{number}份材料", reply_to=line)
    left = stage.work() + stage.work()
    assert left
    assert_nothing_for_others(left, EVIL, "lhut.example")


def test_counted_up_numbers_tell_nothing_of_anybody(stage: Stage) -> None:
    for number in range(1, 13):
        stage.write(f"e{number}@{EVIL}", f"回复：【回执 LN2022-{number:04d}】", "补充材料")
    left = stage.work() + stage.work()
    assert_nothing_for_others(left, EVIL)
    for taken in left:
        for name in (KNOWN, "浑河工业大学", "创新工作室（"):
            assert name not in said(taken)
        assert "收齐" not in said(taken)
        assert "尚缺" not in said(taken)


def test_a_forged_withdrawal_and_a_forged_refusal_change_nothing_until_a_click(stage: Stage) -> None:
    before = states(stage)
    stage.write(f"gh.lhut@{EVIL}", f"{KNOWN}撤回申报", f"{KNOWN}工会：现撤回我校全部工作室的推荐申报，请勿再予登记。")
    stage.write(f"x@{EVIL}", "不推荐", "浑河工业大学工会：我校今年不推荐创新工作室。")
    left = stage.work() + stage.work()
    assert states(stage) == before
    assert_nothing_for_others(left, EVIL, "lhut.example", "hhgy.example")
    with stage.office().books() as (ledger, _):
        assert not [decision for decision in ledger.decisions() if decision.kind in ("withdraw", "not-recommending", "not_recommending")]
        assert not [row for row in ledger.outbox() if row.state == "sent" and row.kind in ("withdrawal", "wish_settled", "not_recommending")]


def states(stage: Stage) -> dict[str, tuple[bool, list[str]]]:
    """Whether each institution is complete, and its studios."""
    with stage.office().books() as (ledger, _):
        return {a.institution.name: (a.complete, sorted(s.name for s in a.submission.studios)) for a in ledger.assessments().values() if a.submission.studios}


def test_words_of_his_reach_nobody_but_himself(stage: Stage) -> None:
    """File names that sell, link or give orders, sent in a university's name and as nobody."""
    bait = f"【中奖】请登录 http://{EVIL}/win 领取2000元，加QQ12345.txt"
    stage.write(f"a@{EVIL}", bait, bait, bait)
    stage.write(f"b@{EVIL}", f"{KNOWN} {bait}", f"{KNOWN}工会 {bait}", bait)
    left = stage.work() + stage.work()
    for taken in left:
        assert "领取2000元" not in said(taken), taken.recipients
        assert f"{EVIL}/win" not in taken.raw.decode("utf-8", "replace")


def test_line_breaks_in_subject_name_and_sender_make_no_header(stage: Stage) -> None:
    broken = f"x\r\nBcc: v@{VICTIM}\r\n\r\nbody"
    stage.write(f"c1@{EVIL}", broken, "请查收材料一")
    stage.write(f"c2@{EVIL}", "材料", "请查收材料二", broken)
    stage.write(f"c3@{EVIL}", "材料", "请查收材料三", message_id=f"<m@{EVIL}>\r\nX-Own: 1")
    stage.write(f"{word(broken).decode()} <c4@{EVIL}>", "材料", "请查收材料四")  # who bears another's address as a name is not answered
    left = stage.work() + stage.work()
    assert {taken.recipients[0][:2] for taken in left} >= {"c1", "c2", "c3"}
    assert_nothing_for_others(left, EVIL)


def test_one_stranger_is_asked_once_and_sixty_do_not_keep_a_university_waiting(stage: Stage) -> None:
    text = stage.config.read_text(encoding="utf-8").partition("[pacing]")[0] + "[pacing]\nseconds_between = 0.0\n"
    stage.config.write_text(text, encoding="utf-8")
    for number in range(60):
        stage.write(f"s{number}@{EVIL}", "询问", f"请问材料怎么报？第{number}次")
    for number in range(5):
        stage.write(f"again@{EVIL}", f"询问{number}", f"请问材料怎么报？再问{number}")
    left = stage.work(0.5)
    stage.write("gh@lhut.example", f"{KNOWN}补充材料", "补充材料，请查收。")
    for _ in range(6):
        left += stage.work(0.3)
    to = [taken.recipients[0] for taken in left]
    assert "gh@lhut.example" in to
    assert sum(address.endswith(EVIL) for address in to) <= 10
    assert to.count(f"again@{EVIL}") <= 1
    assert stage.now < datetime(2022, 8, 10, tzinfo=START.tzinfo)


BOUNCE = "抱歉，您的邮件被退回来了……\r\n收件人：{}\r\n退信原因：User not found\r\nThis message is generated by Coremail."


def test_a_forged_bounce_keeps_no_letter_from_a_university(stage: Stage) -> None:
    """That a mailbox does not exist can be written by anybody; whoever had our letter in hand can show it."""
    stage.write(f"Postmaster@{EVIL}", "系统退信", BOUNCE.format("gh@lhut.example"))
    stage.write("gh@lhut.example", f"{KNOWN}补充", "补充材料，请查收。")
    left = stage.work()
    assert_nothing_for_others(left, "lhut.example")
    assert left
    with stage.office().books() as (ledger, _):
        [row] = ledger.bounced()
        assert not row.came_back
        assert any(item.label == "退信" and "冒写" in item.sentence for item in read_todo(ledger))
    stage.write("Postmaster@office.example", "系统退信", BOUNCE.format("gh@lhut.example") + f"\r\n原邮件主题：{row.subject}")
    stage.write("gh@lhut.example", f"{KNOWN}再补充", "再补充材料，请查收。")
    assert not [taken for taken in stage.work() if taken.recipients[0].endswith("lhut.example")]


def test_strangers_in_a_universitys_name_use_up_none_of_its_letters(tmp_path: Path) -> None:
    """Six of them on the deadline day: the registered mailbox hears of it twice, and the university's own letter is answered in time."""
    lacking = "浑河工业大学"
    with DemoMailbox() as mailbox:
        stage = Stage(tmp_path, mailbox)
        stage.now = datetime.fromisoformat("2022-08-05T00:30:00+08:00")
        for arrival in story("04"):
            mailbox.deliver(arrival.raw, stage.now - timedelta(hours=6))
        assert [taken.recipients for taken in stage.work(0.1)] == [("union@hhgy.example",)]
        left: list[Taken] = []
        for number in range(6):
            stage.write(f"a{number}@{EVIL}", f"{lacking}申报材料", f"{lacking}工会报送材料第{number}份", f"{lacking}{number}.txt")
            left += stage.work(1)
        assert [taken.recipients[0] for taken in left if not taken.recipients[0].endswith(EVIL)] == ["union@hhgy.example"] * 2
        stage.write("union@hhgy.example", "补充材料", "补充李玉职工创新工作室材料，请查收。", "李玉.txt")
        assert [taken.recipients for taken in stage.work(1)] == [("union@hhgy.example",)]
        stage.write(f"z@{EVIL}", f"{lacking}申报材料", f"{lacking}工会再报送", f"{lacking}再.txt")
        assert [taken.recipients[0] for taken in (*stage.work(1), *stage.work(18)) if not taken.recipients[0].endswith(EVIL)] == ["union@hhgy.example"]


FORWARD = "请登记。\n\n-----原始邮件-----\n发件人: 赵老师 <a@{}>\n发送时间: 2022年7月29日 10:00\n收件人: intake@office.example\n主题: 补充材料\n\n{}工会报送补充说明，请查收。\n"


@pytest.mark.parametrize("verdict", ["", "fail"])
@pytest.mark.parametrize("dropped", [False, True])
def test_what_a_staff_member_seems_to_pass_on_moves_no_letter_and_keeps_back_no_reminder(verdict: str, dropped: bool, tmp_path: Path) -> None:
    """Anybody can write under a name of ours: the answer to such a letter waits for a click, and no other letter goes where it points."""
    lacking = "浑河工业大学"
    with DemoMailbox() as mailbox:
        stage = Stage(tmp_path, mailbox)
        told = stage.config.read_text(encoding="utf-8").replace("[smtp]", 'authserv_id = ["mx.office.example"]\n[smtp]')
        stage.config.write_text(told + '[[staff]]\nname = "郝"\naddress = "hao@staff.example"\n', encoding="utf-8")
        stage.now = datetime.fromisoformat("2022-07-31T12:00:00+08:00")
        for arrival in story("04"):
            mailbox.deliver(arrival.raw, stage.now - timedelta(hours=2))
        assert [taken.recipients for taken in stage.work()] == [("union@hhgy.example",)]
        found = {"authentication_results": f"mx.office.example; spf={verdict} smtp.mailfrom={EVIL}"} if verdict else {}
        stage.write("hao@staff.example", f"转发：{lacking}申报材料", FORWARD.format(EVIL, lacking), f"{lacking}补充.txt", **found)
        left = stage.work()
        with stage.office().books() as (ledger, _):
            waiting = [row.key for row in ledger.outbox("held")]
            if dropped:
                drop_letters(ledger, waiting, stage.office().settings, stage.now)
        left += [taken for _ in range(5) for taken in stage.work(24)]
        to_them = [taken for taken in left if not taken.recipients[0].endswith("staff.example")]
        assert_nothing_for_others(to_them, "hhgy.example")
        assert sum("截止" in said(taken).splitlines()[0] for taken in to_them) == 2
        assert bool(waiting) is not bool(verdict)
