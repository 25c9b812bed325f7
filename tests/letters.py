"""Invented letters and ledgers for the tests of the runtime: plain bytes, no forms (tests/generator writes those)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from config.settings import MailboxSettings
from intake.books.ledger import Ledger
from intake.books.vault import Vault
from intake.records import LetterRecord
from service.demo.mailbox import DemoMailbox

BEIJING = timezone(timedelta(hours=8))
MOMENT = datetime(2022, 8, 5, 23, 58, 12, tzinfo=BEIJING)
NOW = datetime(2022, 8, 6, 1, 0, tzinfo=UTC)


def plain_letter(number: int, filling: int = 0) -> bytes:
    """The letter with this number, `filling` bytes longer than it need be; the same number gives the same bytes."""
    head = f"From: u{number}@university.example\r\nTo: intake@office.example\r\nSubject: letter {number}\r\n"
    more = f"Message-ID: <{number}@university.example>\r\nDate: Fri, 05 Aug 2022 10:00:00 +0800\r\n\r\nletter {number}\r\n"
    return (head + more).encode() + (b"z" * 70 + b"\r\n") * (filling // 72)


def record_of(sha: str, received_at: datetime = MOMENT, **more: object) -> LetterRecord:
    """A letter row as fetching writes it."""
    held = {"sha256": sha, "received_at": received_at, "fetched_at": NOW, "size": 3, "state": "new", "folder": "INBOX"} | more
    return LetterRecord(**held)  # type: ignore[arg-type]


def settings_of(mailbox: DemoMailbox, port: int = 0, **more: object) -> MailboxSettings:
    """Settings for the embedded mailbox, or for a line in front of it."""
    held = {"host": "127.0.0.1", "port": port or mailbox.imap_port, "tls": False, "user": mailbox.user, "secret": mailbox.secret} | more
    return MailboxSettings(**held)  # type: ignore[arg-type]


def books(folder: Path) -> tuple[Ledger, Vault]:
    """A ledger and a vault in a folder."""
    return Ledger.open(folder / "ledger.db"), Vault.open(folder / "vault.db")


def kept_letters(ledger: Ledger, vault: Vault) -> list[bytes]:
    """The raw bytes of every recorded letter."""
    return [vault.fetch(letter.sha256) for letter in ledger.letters()]


def deliver_all(mailbox: DemoMailbox, raws: Iterable[bytes], folder: str = "INBOX") -> None:
    """Put letters into the mailbox, all at the same moment."""
    for raw in raws:
        mailbox.deliver(raw, MOMENT, folder)
