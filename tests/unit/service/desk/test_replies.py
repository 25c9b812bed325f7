"""Staff answer the digest by e-mail: what they ask is done once, confirmed with its undo; what does not prove itself is not done."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path

import pytest

from config.settings import Staff
from intake.decisions import decisions_in_force
from intake.records import LetterRecord, OutboxRecord
from intake.submission import Decision
from notifier.belt.staff import queue_digest
from service.desk.replies import books, make_code, seal
from service.desk.tend import one_round
from service.office import Office, open_office
from tests.unit.service.desk.campaign import COMPLETE, NOW, SCANNED

HAO, JIANG = Staff("郝老师", "hao@office.example"), Staff("姜老师", "jiang@office.example")


@pytest.fixture
def office(played: Path, tmp_path: Path) -> Office:
    """The office with two people who get the digest, and one digest sent."""
    import shutil

    shutil.copytree(played, tmp_path / "office")
    found = open_office(tmp_path / "office" / "intake.toml", NOW)
    found = replace(found, settings=replace(found.settings, staff=(HAO, JIANG)), filed=None)
    with found.books() as (ledger, _):
        queue_digest(ledger, found.campaign, found.settings, NOW, "manual", seal(found))
        for row in ledger.outbox("queued", raw=False):
            ledger.mark(row.key, "sent", at=NOW)
    return found


def digest_of(office: Office, person: Staff) -> OutboxRecord:
    """The digest letter one person got."""
    with office.books() as (ledger, _):
        return next(r for r in ledger.outbox() if r.kind == "digest" and r.recipient == person.address)


def text_of(row: OutboxRecord) -> str:
    """A letter's plain text."""
    body = message_from_bytes(row.raw, policy=default).get_body(("plain",))
    return str(body.get_content()) if body else ""


def number_of(office: Office, label: str) -> int:
    """The number a matter has in the digest, as a reader finds it."""
    lines = text_of(digest_of(office, HAO)).splitlines()
    return int(next(line for line in lines if f"[{label}]" in line or label in line.partition("“")[2]).strip().partition(".")[0])


def answer(office: Office, text: str, *, sender: Staff = HAO, to: OutboxRecord | None = None, subject: str = "", **headers: str) -> list[str]:
    """A reply arrives and the belt works; gives the lines of what the staff are told about it."""
    row = to or digest_of(office, sender)
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = f"{sender.name} <{sender.address}>", "intake@office.example", subject or f"回复：{row.subject}"
    mail["Date"], mail["Message-ID"] = "Sat, 06 Aug 2022 11:40:00 +0800", f"<{abs(hash((text, sender, subject)))}@office.example>"
    mail["In-Reply-To"] = row.message_id
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(f"{text}\n\n-----原始邮件-----\n发件人：收件台\n\n 9. 是\n暂停\n", cte="base64")
    raw = bytes(mail)
    with office.books() as (ledger, vault):
        known = {r.key for r in ledger.outbox(raw=False)}
        sha = vault.keep(raw)
        ledger.record_fetched([LetterRecord(sha256=sha, received_at=NOW, fetched_at=NOW, size=len(raw), state="new", folder="INBOX")], [])
    one_round(office)
    with office.books() as (ledger, _):
        new = [r for r in ledger.outbox() if r.key not in known and r.key.startswith("reply-")]
    assert {r.recipient for r in new} <= {HAO.address, JIANG.address}
    return [line[2:] for r in new[:1] for line in text_of(r).splitlines() if line.startswith("· ")]


def decisions(office: Office) -> list[Decision]:
    """What is in force, but for the letter itself being nobody's submission."""
    with office.books() as (ledger, _):
        return [d for d in decisions_in_force(ledger.decisions()) if d.reason != "答复日报"]


def test_each_line_is_done_recorded_under_the_persons_name_and_confirmed_to_both(office: Office) -> None:
    question, stranger = number_of(office, "拆分"), number_of(office, "归属")
    told = answer(office, f"您好，\n{question} 是\n{stranger}、{SCANNED}\n纸质 {COMPLETE} 2份 已盖章\n谢谢\n郝老师")
    assert len(told) == 3
    assert all("已记为第" in line for line in told)
    made = decisions(office)
    assert [d.kind for d in made] == ["split", "claim", "paper"]
    assert {d.decided_by for d in made} == {"郝老师"}
    assert made[1].institution == SCANNED
    assert made[2].detail["copies"] == 2


def test_letters_are_approved_by_number_and_everything_can_be_paused(office: Office) -> None:
    told = answer(office, f"{number_of(office, '请研究核实')} 发")
    assert "已批准 1 封" in told[0]
    with office.books() as (ledger, _):
        assert [r.state for r in ledger.outbox(raw=False) if r.kind == "approved" and r.state != "dropped"] == ["queued"]
    told = answer(office, "暂停", sender=JIANG)
    assert "已退回待审核" in told[0]
    with office.books() as (ledger, _):
        assert [r.state for r in ledger.outbox(raw=False) if r.kind == "approved" and r.state != "dropped"] == ["held"]
    assert decisions(office)[-1].detail == {"mode": "approve"}


def test_what_was_decided_is_taken_back_by_its_number(office: Office) -> None:
    answer(office, f"纸质 {COMPLETE} 2份 已盖章")
    number = decisions(office)[0].number
    assert "已收回" in answer(office, f"收回 {number}", sender=JIANG)[0]
    assert decisions(office) == []


def test_a_replay_and_a_second_reply_get_told_that_it_was_done(office: Office) -> None:
    """The same bytes again are the same letter; another letter with the spent code does nothing."""
    assert len(answer(office, f"纸质 {COMPLETE} 2份 已盖章")) == 1
    assert answer(office, f"纸质 {COMPLETE} 2份 已盖章") == []
    assert "已办过" in answer(office, f"纸质 {COMPLETE} 1份 未盖章")[0]
    assert len(decisions(office)) == 1


def test_an_out_of_office_note_neither_does_nor_spends_anything(office: Office) -> None:
    note = f"您好，我在休假。\n纸质 {COMPLETE} 2份 已盖章"
    assert answer(office, note, Auto_Submitted="auto-replied") == []
    assert answer(office, note, subject=f"自动回复：{digest_of(office, HAO).subject}") == []
    assert decisions(office) == []
    assert len(answer(office, f"纸质 {COMPLETE} 1份 已盖章")) == 1
    assert len(decisions(office)) == 1


def test_a_reply_is_done_once_also_where_the_desks_own_book_was_put_back(office: Office) -> None:
    """The books of the desk are none of the backup's: an earlier copy of them knows nothing of what was answered since."""
    digest_of(office, HAO)
    book = office.settings.data / "desk.db"
    with books(office) as store:
        make_code(store, "any")
    before = book.read_bytes()
    answer(office, f"纸质 {COMPLETE} 2份 已盖章")
    with office.books() as (ledger, _):
        ledger.decide("undo", by="姜老师", at=NOW, target=str(decisions(office)[0].number))
        count = len(ledger.decisions())
    for file in office.settings.data.glob("desk.db*"):
        file.unlink()
    book.write_bytes(before)
    one_round(office)
    with office.books() as (ledger, _):
        assert len(ledger.decisions()) == count
    assert decisions(office) == []


def test_a_forged_letter_without_the_code_does_nothing(office: Office) -> None:
    """The address of a member of staff is known to everybody; the code is not."""
    subject = digest_of(office, HAO).subject.partition("【答复码")[0]
    assert "没有这份日报的答复码" in answer(office, f"纸质 {COMPLETE} 2份 已盖章", subject=f"回复：{subject}")[0]
    assert "没有这份日报的答复码" in answer(office, f"纸质 {COMPLETE} 2份 已盖章", subject=f"回复：{subject}【答复码 AAAAAAAA】")[0]
    assert decisions(office) == []


def test_a_code_of_one_person_is_no_good_for_another_and_strangers_are_not_answered(office: Office) -> None:
    mine = digest_of(office, HAO)
    assert answer(office, "暂停", sender=JIANG, to=mine) == []
    assert answer(office, "暂停", sender=Staff("外人", "someone@evil.example"), to=mine) == []
    assert decisions(office) == []


def test_what_our_server_found_forged_does_nothing(office: Office) -> None:
    checked = replace(office, settings=replace(office.settings, mailbox=replace(office.settings.mailbox, authserv_id=("mx.office.example",))), filed=None)
    told = answer(checked, "暂停", Authentication_Results="mx.office.example; spf=fail smtp.mailfrom=evil.example; dmarc=fail header.from=office.example")
    assert "没有通过发件人验证" in told[0]
    assert decisions(office) == []


def test_a_line_quoted_from_the_digest_is_no_instruction(office: Office) -> None:
    """The quoted part below the reply holds `9. 是` and `暂停`: nobody said them."""
    told = answer(office, "收到，我下午看。")
    assert "没有看出要办的事" in told[0]
    assert decisions(office) == []


def test_what_has_changed_since_the_digest_is_left_to_the_desk(office: Office) -> None:
    number = number_of(office, "拆分")
    with office.books() as (ledger, _):
        sha = next(x.sha256 for x in ledger.letter_lines() if "M10" in x.codes)
        ledger.decide("claim", by="姜老师", at=NOW, institution=COMPLETE, target=sha)
    one_round(office)
    assert "已经办过，或者情况有变" in answer(office, f"{number} 是")[0]


@pytest.mark.parametrize("line", ["99 是", "0 是", "纸质 没有的大学 2份 已盖章", "收回 77", f"纸质 {COMPLETE} 2份 已盖章 2022-13-45"])
def test_what_means_nothing_is_told_and_not_done(office: Office, line: str) -> None:
    assert "没有办" in answer(office, line)[0]
    assert decisions(office) == []


def test_the_reply_itself_is_no_letter_to_be_claimed(office: Office) -> None:
    answer(office, "收到")
    with office.books() as (ledger, _):
        assert not any("hao@office.example" in text for text in ledger.todo())
