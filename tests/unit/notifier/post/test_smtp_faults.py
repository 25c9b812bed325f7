"""The post line against a real SMTP server with NetEase's manners and misfortunes: every letter exactly once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes

import pytest

from config.settings import SmtpSettings
from intake.books.ledger import Ledger
from intake.errors import PlainMailboxRefused, SmtpRefusedLogin, SmtpUnavailable
from intake.records import Health
from notifier.belt.institutions import compose_letters, queue_heartbeat, send_letters
from notifier.digest.page import full_sentence
from notifier.letter import SendReport
from notifier.post.approval import approve_letters
from notifier.post.dispatch import Answer, answer_to_verdict, find_due
from notifier.post.smtp import letter_to_wire, open_post
from service.demo.mailbox import DemoMailbox
from tests.unit.notifier.digest.days import basis
from tests.unit.notifier.letters.cases import HILL, SEA, at, campaign, complete_case, partial_case, settings
from tests.unit.notifier.letters.desk import Office

START = at(30, 16, 0)
Send = Callable[..., SendReport]


@pytest.fixture
def office(ledger: Ledger, netease: DemoMailbox) -> Office:
    """Two letters in the queue: first to who lacks something, then to who is complete; the real line to the server."""
    smtp = SmtpSettings(host="127.0.0.1", port=netease.smtp_port, tls=False, user=netease.user, secret=netease.secret)
    office = Office(ledger, campaign=replace(campaign(), mailbox=netease.user), settings=settings(smtp=smtp))
    office.lay_in(complete_case(), partial_case())
    compose_letters(ledger, office.campaign, office.settings, START)
    return office


def send(office: Office, minutes: float = 0, find_sent: Callable[[str], bool] | None = None) -> SendReport:
    """A round of sending some minutes after the start."""
    moment = START + timedelta(minutes=minutes)
    return send_letters(office.ledger, office.settings, office.campaign, lambda: moment, lambda _s: None, find_sent=find_sent)


def recipients(server: DemoMailbox) -> list[str]:
    return [taken.recipients[0] for taken in server.sent]


def test_letters_leave_byte_for_byte_urgent_ones_first(office: Office, netease: DemoMailbox) -> None:
    assert send(office) == SendReport(sent=2)
    assert recipients(netease) == [HILL.email, SEA.email]
    kept = {row.recipient: row.raw for row in office.rows("sent")}
    assert [taken.raw for taken in netease.sent] == [kept[HILL.email], kept[SEA.email]]
    assert send(office, 10) == SendReport()


def test_a_busy_server_gets_the_letter_again_after_one_five_and_thirty_minutes(office: Office, netease: DemoMailbox) -> None:
    netease.faults += ["450 4.2.0 try later"]
    assert send(office) == SendReport(sent=1, retried=1)
    assert send(office, 0.5).sent == 0
    netease.faults += ["451 4.7.1 try later"]
    assert send(office, 1).retried == 1
    assert send(office, 5).sent == 0
    assert send(office, 6).sent == 1
    assert sorted(recipients(netease)) == sorted([HILL.email, SEA.email])


def test_a_spam_verdict_stops_the_queue_for_an_hour_and_tells_staff(office: Office, netease: DemoMailbox) -> None:
    netease.faults += ["554 DT:SPM 163 smtp1,http://mail.163.com/help/help_spam_16.htm?ip=1"]
    report = send(office)
    assert "DT:SPM" in report.stopped
    assert "http://mail.163.com/help" in report.stopped
    assert queue_heartbeat(office.ledger, office.campaign, office.settings, START + timedelta(minutes=1)) == 1
    assert queue_heartbeat(office.ledger, office.campaign, office.settings, START + timedelta(minutes=2)) == 0
    assert send(office, 59).sent == 0
    assert netease.sent == []
    assert send(office, 61).sent == 4
    assert sorted(recipients(netease)[2:]) == sorted([HILL.email, SEA.email])


def test_a_letter_twice_taken_for_spam_is_laid_before_staff(office: Office, netease: DemoMailbox) -> None:
    netease.faults += ["554 DT:SPM a"]
    send(office)
    netease.faults += ["554 DT:SPM b"]
    send(office, 61)
    [failed] = office.rows("held")
    assert failed.recipient == HILL.email
    assert len(approve_letters(office.ledger, [failed.key], office.settings, START).done) == 1


@pytest.mark.parametrize("words", ["554 MI:STC mail from daily limit", "550 RP:TRC rcpt daily limit"])
def test_a_daily_quota_stops_until_tomorrow(office: Office, netease: DemoMailbox, words: str) -> None:
    netease.faults += [words]
    assert send(office).stopped
    assert send(office, 7 * 60).sent == 0
    assert send(office, 9 * 60).sent == 2
    assert len(netease.sent) == 2


def test_a_quota_of_the_quarter_hour_stops_for_fifteen_minutes(office: Office, netease: DemoMailbox) -> None:
    netease.faults += ["451 MI:SFQ 163 smtp5"]
    send(office)
    assert send(office, 14).sent == 0
    assert send(office, 16).sent == 2


@pytest.mark.parametrize("words", ["rcpt 550 5.1.1 User not found", "550 Invalid User"])
def test_a_refused_recipient_fails_alone(office: Office, netease: DemoMailbox, words: str) -> None:
    netease.faults += [words]
    assert send(office) == SendReport(sent=1, failed=1)
    assert [row.recipient for row in office.rows("failed")] == [HILL.email]
    assert send(office, 300).sent == 0


def test_a_line_that_dies_after_the_letter_was_handed_over_is_unknown_and_without_a_witness_the_same_bytes_go_once_more(
    office: Office, netease: DemoMailbox
) -> None:
    netease.faults += ["drop_after"]
    assert send(office) == SendReport(sent=1, unknown=1)
    assert send(office, 1).sent == 0
    assert send(office, 3).sent == 1
    twice = [taken.raw for taken in netease.sent if taken.recipients[0] == HILL.email]
    assert len(twice) == 2
    assert twice[0] == twice[1]
    assert send(office, 300).sent == 0


def test_with_the_sent_folder_as_witness_nothing_leaves_twice(office: Office, netease: DemoMailbox) -> None:
    office.settings = replace(office.settings, smtp=replace(office.settings.smtp, sent_folder_witness=True))

    def find_sent(message_id: str) -> bool:
        return any(message_from_bytes(raw)["Message-ID"] == message_id for raw in netease.letters("已发送"))

    netease.faults += ["drop_after", "drop"]
    assert send(office).unknown == 2
    assert len(netease.sent) == 1
    assert send(office, 3, find_sent).sent == 1
    assert sorted(recipients(netease)) == sorted([HILL.email, SEA.email])
    assert len(office.rows("sent")) == 2


def test_a_witness_that_cannot_be_asked_leaves_the_letter_where_it_is(office: Office, netease: DemoMailbox) -> None:
    office.settings = replace(office.settings, smtp=replace(office.settings.smtp, sent_folder_witness=True))
    netease.faults += ["drop_after"]
    send(office)

    def unreachable(message_id: str) -> bool:
        raise SmtpUnavailable("no line")

    assert send(office, 3, unreachable).sent == 0
    assert len(office.rows("sending")) == 1


def test_a_crash_between_handing_over_and_noting_it_ends_in_one_letter(office: Office, netease: DemoMailbox) -> None:
    office.settings = replace(office.settings, smtp=replace(office.settings.smtp, sent_folder_witness=True))
    first = office.rows("queued")[0]
    office.ledger.mark(first.key, "sending", at=START, attempt=True)
    with open_post(office.settings.smtp) as post:
        assert post.deliver(first.recipient, first.raw).code == 250

    def find_sent(message_id: str) -> bool:
        return any(message_from_bytes(raw)["Message-ID"] == message_id for raw in netease.letters("已发送"))

    send(office, 1, find_sent)
    assert sorted(recipients(netease)) == sorted([HILL.email, SEA.email])


def test_a_letter_whose_fate_stays_unknown_twice_is_laid_before_staff(office: Office, netease: DemoMailbox) -> None:
    netease.faults += ["drop", "250 ok"]
    send(office)
    netease.faults[:] = ["drop"]
    send(office, 3)
    send(office, 6)
    assert [row.recipient for row in office.rows("failed")] == [HILL.email]


def test_a_wrong_authorisation_code_sends_nothing_and_loses_nothing(office: Office, netease: DemoMailbox) -> None:
    office.settings = replace(office.settings, smtp=replace(office.settings.smtp, secret="wrong"))
    assert "授权码" in send(office).stopped
    assert len(office.rows("queued")) == 2
    with pytest.raises(SmtpRefusedLogin):
        open_post(office.settings.smtp)


def test_a_sender_that_is_not_the_mailbox_is_a_matter_of_configuration_not_of_the_letter(office: Office, netease: DemoMailbox) -> None:
    netease.faults += ["553 Mail from must equal authorized user"]
    assert "发件人" in send(office).stopped
    assert not office.rows("failed")


def test_a_server_that_is_not_there_sends_nothing_and_says_so(office: Office, netease: DemoMailbox) -> None:
    office.settings = replace(office.settings, smtp=replace(office.settings.smtp, port=1))
    assert "连不上发信服务器" in send(office).stopped
    assert len(office.rows("queued")) == 2
    assert send_letters(office.ledger, office.settings, office.campaign, lambda: START, lambda _s: None).sent == 0


def test_an_unencrypted_line_to_another_machine_is_refused() -> None:
    with pytest.raises(PlainMailboxRefused):
        open_post(SmtpSettings(host="smtp.example", tls=False, user="a@b.example", secret="x"))


def test_lines_that_begin_with_a_dot_arrive_as_they_were_written(office: Office, netease: DemoMailbox) -> None:
    raw = b"From: intake@office.example\r\nSubject: x\r\n\r\n.\r\n..two\r\n.end\r\n"
    with open_post(office.settings.smtp) as post:
        assert post.deliver(SEA.email, raw).code == 250
    assert netease.sent[-1].raw == raw
    assert letter_to_wire(b"a\n.b") == b"a\r\n..b\r\n.\r\n"


def test_the_pause_between_letters_is_kept(office: Office, netease: DemoMailbox) -> None:
    pauses: list[float] = []
    office.settings = replace(office.settings, pacing=replace(office.settings.pacing, seconds_between=30.0))
    send_letters(office.ledger, office.settings, office.campaign, lambda: START, pauses.append)
    assert pauses == [30.0]
    assert isinstance(START, datetime)


def test_a_pause_written_by_a_clock_that_ran_ahead_binds_nobody(office: Office, netease: DemoMailbox) -> None:
    office.ledger.note_health("smtp_stopped_until", (START + timedelta(days=3)).isoformat())
    assert send(office).sent


def test_letters_dated_by_a_clock_that_ran_ahead_use_up_nothing(office: Office, netease: DemoMailbox) -> None:
    [first, *_] = office.rows("queued")
    for row in office.rows("queued"):
        office.ledger.mark(row.key, "sent", at=START + timedelta(days=3000))
    office.ledger.mark(first.key, "queued", not_before=START + timedelta(days=3000))
    assert office.ledger.sent_since(START - timedelta(days=1), until=START) == 0
    assert send(office).sent == 1


def test_a_witness_that_never_finds_anything_does_not_send_for_ever(office: Office, netease: DemoMailbox) -> None:
    office.settings = replace(office.settings, smtp=replace(office.settings.smtp, sent_folder_witness=True))
    for number in range(30):
        netease.faults[:] = ["drop_after"] * 4
        send(office, 10 * number, lambda _message_id: False)
    assert [row.attempts for row in office.rows("failed")] == [2, 2]
    assert len(netease.sent) == 4


@pytest.mark.parametrize("words", ["550 5.7.1 policy block", "554 IP blocked"])
def test_a_refused_sender_pauses_the_queue_and_gives_up_no_letter(words: str) -> None:
    code, _, text = words.partition(" ")
    assert answer_to_verdict(Answer(int(code), text, "sender")) == "configuration"


@pytest.mark.parametrize("code", [451, 550, 554])
def test_spam_is_read_from_the_words_whatever_the_code(code: int) -> None:
    assert answer_to_verdict(Answer(code, "DT:SPM 163 smtp")) == "an_hour"


def test_nobody_waits_for_a_first_receipt_behind_somebodys_second(office: Office, netease: DemoMailbox) -> None:
    """Of equally urgent letters the one to whoever got fewest of ours within a day goes first, whenever it was composed."""
    [first, second] = office.rows("queued")
    served = Counter({first.recipient.lower(): 1})
    rows = [replace(row, priority=50) for row in (first, second)]
    assert find_due(rows, START)[0].recipient == min(rows, key=lambda row: (row.created_at, row.key)).recipient
    assert find_due(rows, START, served)[0].recipient == second.recipient
    assert find_due(rows, START, Counter({second.recipient.lower(): 1}))[0].recipient == first.recipient
    urgent = [replace(first, priority=80), second]
    assert find_due(urgent, START, served)[0].recipient == first.recipient


def test_letters_kept_back_by_our_own_cap_of_the_day_are_told_in_the_digest(office: Office, netease: DemoMailbox) -> None:
    office.settings = replace(office.settings, pacing=replace(office.settings.pacing, per_day=1))
    assert send(office).sent == 1
    assert "今日发信已达上限" in send(office, 1).stopped
    until, most, waiting = office.ledger.health_note("post_full").split()
    assert (datetime.fromisoformat(until) > START, most, waiting) == (True, "1", "1")
    values = office.ledger.health().values
    assert "另有1封回执等信排到明日0时起续发" in full_sentence(basis(now=START, health=Health(values=values)))
    assert not full_sentence(basis(now=START + timedelta(days=1), health=Health(values=values)))
