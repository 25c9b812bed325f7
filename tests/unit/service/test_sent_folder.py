"""A question that staff answered in the webmail is no longer owed: the reply in 已发送 closes it, once, and may be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.load import DEFAULT_CAMPAIGN, load_campaign
from config.settings import MailboxSettings, Settings
from intake.books.ledger import Ledger
from intake.errors import MailboxRefused
from intake.mailbox import Mailbox
from notifier.belt import read_todo
from service.demo.mailbox import SENT, DemoMailbox
from service.office import Office
from service.rounds import poll

NOW = datetime(2022, 8, 2, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
ASKED = b"From: gh@u0.example\r\nTo: intake@office.example\r\nSubject: =?utf-8?b?5ZKo6K+i?=\r\nMessage-ID: <ask-1@u0.example>\r\nDate: Tue, 02 Aug 2022 09:00:00 +0800\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n"
QUESTION = ASKED % "您好，请问申报材料可以延期几天报送吗？".encode()


def reply(message_id: str, *more: str) -> bytes:
    """What stands in 已发送 after somebody pressed 回复."""
    head = ("From: intake@office.example", "To: gh@u0.example", "Subject: Re", f"Message-ID: {message_id}", "In-Reply-To: <ask-1@u0.example>", *more)
    return ("\r\n".join(head) + "\r\n\r\nok\r\n").encode()


@pytest.fixture
def mailbox() -> Iterator[DemoMailbox]:
    with DemoMailbox() as server:
        server.deliver(QUESTION, NOW - timedelta(hours=1))
        yield server


@pytest.fixture
def office(mailbox: DemoMailbox, tmp_path: Path) -> Office:
    account = MailboxSettings(host="127.0.0.1", port=mailbox.imap_port, tls=False, user=mailbox.user, secret=mailbox.secret, folders=("INBOX",))
    rules = Settings(campaign=DEFAULT_CAMPAIGN, data=tmp_path / "data", mailbox=account)
    return Office(rules, load_campaign(DEFAULT_CAMPAIGN), lambda: NOW)


def labels(office: Office, hours: int) -> list[str]:
    """What waits after a round so many hours later."""
    poll(replace(office, clock=lambda: NOW + timedelta(hours=hours)))
    with Ledger.open(office.settings.data / "ledger.db") as ledger:
        return [item.label for item in read_todo(ledger) if item.label == "咨询"]


def test_a_reply_in_the_sent_folder_closes_the_question(mailbox: DemoMailbox, office: Office) -> None:
    assert labels(office, 0) == ["咨询"]
    mailbox.deliver(reply("<hand-1@office.example>"), NOW, folder=SENT)
    assert labels(office, 2) == []
    with Ledger.open(office.settings.data / "ledger.db") as ledger:
        [made] = [d for d in ledger.decisions() if d.kind == "answered"]
        ledger.decide("undo", by="赵值班", at=NOW + timedelta(hours=3), target=str(made.number))
    assert labels(office, 4) == ["咨询"]


@pytest.mark.parametrize("ours", [reply(f"<{'0a' * 16}@office.example>"), reply("<other@office.example>", "Auto-Submitted: auto-replied")])
def test_our_own_receipt_is_no_answer(mailbox: DemoMailbox, office: Office, ours: bytes) -> None:
    assert labels(office, 0) == ["咨询"]
    mailbox.deliver(ours, NOW, folder=SENT)
    assert labels(office, 2) == ["咨询"]


def test_a_sent_folder_that_will_not_open_keeps_no_letter_away(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Mailbox, since: date) -> frozenset[str]:
        raise MailboxRefused("not for you")

    monkeypatch.setattr(Mailbox, "answered_by_hand", refuse)
    assert labels(office, 0) == ["咨询"]
    assert labels(office, 2) == ["咨询"]
    with Ledger.open(office.settings.data / "ledger.db") as ledger:
        assert not ledger.health_note("last_poll_error")
