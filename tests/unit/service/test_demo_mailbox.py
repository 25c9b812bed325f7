"""The embedded mailbox is a strict fake: it refuses what NetEase refuses, and its misfortunes are those of real servers."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import CapabilityError, IMAPClientError

from service.demo.mailbox import SENT, DemoMailbox
from tests.letters import MOMENT, plain_letter

RAW = plain_letter(1)


@pytest.fixture
def client(netease: DemoMailbox) -> Iterator[IMAPClient]:
    """A client that logged in and said nothing more."""
    with IMAPClient("127.0.0.1", netease.imap_port, ssl=False, timeout=20) as client:
        client.login(netease.user, netease.secret)
        yield client


def test_no_folder_opens_before_id(client: IMAPClient) -> None:
    """The log-in itself succeeded."""
    with pytest.raises(IMAPClientError, match="Unsafe Login"):
        client.select_folder("INBOX")
    client.id_({"name": "somebody"})
    assert client.select_folder("INBOX")[b"UIDVALIDITY"] == 1


def test_abilities_netease_lacks_are_not_there(client: IMAPClient) -> None:
    """No IDLE, no MOVE; STATUS answers without a number."""
    client.id_({"name": "somebody"})
    client.select_folder("INBOX")
    assert client.has_capability("ID")
    with pytest.raises(CapabilityError):
        client.idle()
    with pytest.raises(CapabilityError):
        client.move([1], SENT)
    assert client.folder_status("INBOX", ["UIDNEXT", "MESSAGES"]) == {}


def test_letters_keep_every_byte_and_their_time(netease: DemoMailbox, client: IMAPClient) -> None:
    """8-bit GBK, bare line feeds, NUL."""
    raw = "Subject: 申报\r\n\r\n".encode("gb18030") + b"a\nb\x00c\r\n"
    netease.deliver(raw, MOMENT, "广告邮件")
    client.id_({"name": "somebody"})
    client.normalise_times = False
    client.select_folder("广告邮件", readonly=True)
    (found,) = client.fetch(client.search("ALL"), ["BODY.PEEK[]", "INTERNALDATE"]).values()
    assert found[b"BODY[]"] == raw
    assert found[b"INTERNALDATE"] == MOMENT
    assert netease.letters("广告邮件") == (raw,)


def send(mailbox: DemoMailbox, to: str = "a@university.example", sender: str = "") -> None:
    """One letter over SMTP."""
    with smtplib.SMTP("127.0.0.1", mailbox.smtp_port, timeout=20) as line:
        line.login(mailbox.user, mailbox.secret)
        line.sendmail(sender or mailbox.user, [to], RAW)


def test_what_smtp_took_is_in_sent_in_the_sent_folder_and_on_the_disk(tmp_path: Path) -> None:
    """163's option, and an .eml for the curious."""
    with DemoMailbox(sent_folder=tmp_path / "sent") as mailbox:
        send(mailbox)
        send(mailbox, to=mailbox.user)
        assert [taken.recipients for taken in mailbox.sent] == [("a@university.example",), (mailbox.user,)]
        assert mailbox.letters(SENT) == (RAW, RAW)
        assert mailbox.letters() == (RAW,)
    assert [path.read_bytes() for path in sorted((tmp_path / "sent").iterdir())] == [RAW, RAW]


@pytest.mark.parametrize("sender", ["somebody@else.example", "<>"])
def test_the_sender_must_be_the_mailbox_itself(netease: DemoMailbox, sender: str) -> None:
    """`553 Mail from must equal authorized user`."""
    with pytest.raises(smtplib.SMTPSenderRefused) as caught:
        send(netease, sender=sender)
    assert caught.value.smtp_code == 553


def test_nobody_sends_without_logging_in(netease: DemoMailbox) -> None:
    """Neither with a wrong code nor with none."""
    with smtplib.SMTP("127.0.0.1", netease.smtp_port, timeout=20) as line, pytest.raises(smtplib.SMTPSenderRefused):
        line.sendmail(netease.user, ["a@university.example"], RAW)
    with smtplib.SMTP("127.0.0.1", netease.smtp_port, timeout=20) as line, pytest.raises(smtplib.SMTPAuthenticationError):
        line.login(netease.user, "wrong")


@pytest.mark.parametrize("answer", ["450 4.2.0 try later", "554 DT:SPM 163 smtp1,…", "550 RP:TRC quota"])
def test_a_scripted_answer_meets_the_next_letter_only(netease: DemoMailbox, answer: str) -> None:
    """And the letter was not taken."""
    netease.faults.append(answer)
    with pytest.raises(smtplib.SMTPDataError) as caught:
        send(netease)
    assert caught.value.smtp_code == int(answer[:3])
    assert netease.sent == []
    send(netease)
    assert len(netease.sent) == 1


def test_a_refused_recipient(netease: DemoMailbox) -> None:
    """`550 User not found`."""
    netease.faults.append("rcpt 550 User not found")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(netease)


@pytest.mark.parametrize(("fault", "taken"), [("drop", 0), ("drop_after", 1)])
def test_the_line_dies_before_or_after_the_letter_was_taken(netease: DemoMailbox, fault: str, taken: int) -> None:
    """The client sees the same."""
    netease.faults.append(fault)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(netease)
    assert len(netease.sent) == taken
