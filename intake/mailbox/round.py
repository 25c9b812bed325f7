"""Shell: one fetch in progress (一轮收信) - what it works with, what the folders owe it, what it has counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from config.settings import MailboxSettings
from intake.books import Ledger, Vault
from intake.mailbox.answers import Listed
from intake.mailbox.imap import Mailbox
from intake.mailbox.standing import Break
from intake.progress import Progress
from intake.records import UnknownLetter

BATCH_MEMORY = "fetch_batch_bytes"
MARGIN = timedelta(days=2)
SET_ASIDE_AFTER = 3
BROKEN, EMPTY, REFUSED, SHORT = "收取时连接中断", "服务器列出此信却不给内容", "服务器拒绝给出此信", "服务器给出的内容比登记的短"
UNTOLD = -1
"""The size of a letter that the server lists and tells nothing of: it is asked for by itself."""


@dataclass(slots=True)
class Visit:
    """A folder looked into: what it owes us in batches, what did not come before, and how it stood; `is_whole` while all it listed is here."""

    folder: str
    uidvalidity: int
    listed: int
    stand: str
    is_whole: bool
    batches: list[list[Listed]] = field(default_factory=list)
    suspects: list[Listed] = field(default_factory=list)


@dataclass(slots=True)
class Round:
    """One fetch in progress: what it works with and what it has counted."""

    mailbox: Mailbox
    ledger: Ledger
    vault: Vault
    settings: MailboxSettings
    now: datetime
    progress: Progress
    new: int = 0
    on_server: int = 0
    oversize: int = 0
    vanished: int = 0
    done: int = 0
    owed: int = 0
    careful: bool = False
    batch_bytes: int = 0
    broke: Break = field(default_factory=Break)
    at: Break = field(default_factory=Break)
    refused: list[str] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    unknown: dict[tuple[str, int], UnknownLetter] = field(default_factory=dict)
    writers: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)

    @property
    def since(self) -> date | None:
        """The first day whose letters are listed."""
        return self.settings.since - MARGIN if self.settings.since else None

    def is_too_big(self, letter: Listed) -> bool:
        """True for a letter of which only the head is kept."""
        return letter.size > self.settings.maximum_letter_bytes
