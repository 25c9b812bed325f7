"""Words: how this office runs the program (信箱、发信、存放、节奏); `load.py` fills it from intake.toml and the environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

Mode = Literal["rehearsal", "approve", "automatic"]


@dataclass(frozen=True, slots=True)
class MailboxSettings:
    """收信: one IMAP account; `secret` is the 授权码 and never appears in a repr, a log or the ledger.

    `authserv_id` are the names under which this provider's servers write Authentication-Results (RFC 8601); empty = their word is not used.
    """

    host: str = ""
    port: int = 993
    tls: bool = True
    user: str = ""
    secret: str = field(default="", repr=False)
    folders: tuple[str, ...] = ("INBOX", "垃圾邮件", "广告邮件", "订阅邮件")
    since: date | None = None
    ca_file: Path | None = None
    authserv_id: tuple[str, ...] = ()
    maximum_letter_bytes: int = 80 << 20
    batch_bytes: int = 4 << 20


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """发信: one SMTP account; the sender is the mailbox itself (NetEase refuses any other)."""

    host: str = ""
    port: int = 465
    tls: bool = True
    user: str = ""
    secret: str = field(default="", repr=False)
    ca_file: Path | None = None
    sent_folder_witness: bool = True


@dataclass(frozen=True, slots=True)
class Pacing:
    """节奏: how fast letters may leave (NetEase's limits are not published; these are the cautious side)."""

    seconds_between: float = 30.0
    per_quarter_hour: int = 10
    per_day: int = 50
    approval_delay_minutes: float = 5.0
    per_address_per_day: int = 4
    strangers_per_day: int = 10


@dataclass(frozen=True, slots=True)
class Staff:
    """工作人员: who gets the digest."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Scans:
    """扫描件: how many pages may be recognised a file, a letter, a round and a day (a page takes some seconds); 0 a day leaves all to a person."""

    pages_per_letter: int = 24
    pages_per_round: int = 24
    pages_per_day: int = 2000


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """读件引擎: the PostgreSQL through which reading is spread over machines; an empty `url` reads here. `url` bears no password and `secret`
    never appears in a repr, a log or the ledger."""

    url: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """工作台: where the web page listens. `names` are the host names it answers to beside this machine's own; a wider `host` than the
    loopback needs `plain_http = true` (an office network without TLS) or `behind_tls = true` (a proxy in front speaks TLS)."""

    host: str = "127.0.0.1"
    port: int = 8625
    names: tuple[str, ...] = ()
    plain_http: bool = False
    behind_tls: bool = False

    @property
    def is_local(self) -> bool:
        """True when only this machine can reach it."""
        return self.host in ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Settings:
    """设置: everything about this installation that the notice does not say."""

    campaign: Path
    data: Path
    mode: Mode = "approve"
    mailbox: MailboxSettings = field(default_factory=MailboxSettings)
    smtp: SmtpSettings = field(default_factory=SmtpSettings)
    pacing: Pacing = field(default_factory=Pacing)
    staff: tuple[Staff, ...] = ()
    poll_seconds: int = 120
    remind_silent: bool = False
    reading_processes: int = 1
    engine: EngineSettings = field(default_factory=EngineSettings)
    scans: Scans = field(default_factory=Scans)
    backup: Path | None = None
    archive: date | None = None
    desk: DeskSettings = field(default_factory=DeskSettings)
    source: Path | None = None
