"""A small office for the crash tests: the demo's invented universities, a few of its letters, a mailbox that outlives every kill."""

from __future__ import annotations

import collections
import email
import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

from config.load import DEFAULT_CAMPAIGN
from intake.books.ledger import Ledger
from service.demo.mailbox import DemoMailbox
from service.demo.story import FOLDER, Arrival, load_story

START = datetime(2022, 8, 9, 12, 0, tzinfo=timezone(timedelta(hours=8)))
SETTINGS = """campaign = "campaign"
data = "books"
mode = "automatic"
[mailbox]
host = "127.0.0.1"
port = {imap_port}
tls = false
user = "{user}"
secret_file = "secret"
[smtp]
host = "127.0.0.1"
port = {smtp_port}
tls = false
user = "{user}"
secret_file = "secret"
sent_folder_witness = {witness}
[pacing]
seconds_between = 0.0
per_quarter_hour = 1000
per_day = 1000
"""


def settle(folder: Path, mailbox: DemoMailbox, witness: bool = True) -> Path:
    """The folder of an office at this mailbox; gives its intake.toml."""
    shutil.copytree(DEFAULT_CAMPAIGN, folder / "campaign")
    shutil.copyfile(FOLDER / "roster.csv", folder / "campaign" / "roster.csv")
    (folder / "secret").write_text(mailbox.secret)
    (folder / "secret").chmod(0o600)
    ports = {"imap_port": mailbox.imap_port, "smtp_port": mailbox.smtp_port, "user": mailbox.user}
    (folder / "intake.toml").write_text(SETTINGS.format(witness=str(witness).lower(), **ports), encoding="utf-8")
    return folder / "intake.toml"


def story(*names: str) -> tuple[Arrival, ...]:
    """The demo's letters, all or those whose file name begins so."""
    return tuple(letter for letter in load_story() if not names or letter.file.startswith(names))


def deliver(mailbox: DemoMailbox, letters: Sequence[Arrival]) -> None:
    """Everything arrives at its own time of the story."""
    for letter in letters:
        mailbox.deliver(letter.raw, letter.arrives, letter.folder)


def answers(config: Path) -> list[tuple[str, str]]:
    """What was answered: institution and kind of every letter of ours that left, sorted."""
    with Ledger.open(config.parent / "books" / "ledger.db") as ledger:
        assert {row.state for row in ledger.outbox()} <= {"sent", "held"}  # 不推荐 waits for a click
        return sorted((row.institution, row.kind) for row in ledger.outbox() if row.state == "sent")


def recorded(config: Path) -> int:
    """How many letters are opened; none may be left in any other state."""
    with Ledger.open(config.parent / "books" / "ledger.db") as ledger:
        assert {letter.state for letter in ledger.letters()} <= {"opened"}
        return len(ledger.letters())


def accepted(mailbox: DemoMailbox) -> collections.Counter[str]:
    """How often the server took each letter of ours, by Message-ID."""
    return collections.Counter(str(email.message_from_bytes(taken.raw)["Message-ID"]) for taken in mailbox.sent)
