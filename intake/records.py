"""Words: rows of the ledger that travel between rooms (登记、待发信、日报、健康)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

LetterState = Literal["new", "opened", "quarantined", "oversize"]
OutboxState = Literal["draft", "held", "queued", "sending", "sent", "failed", "dropped"]
TimeSource = Literal["server", "received_header", "date_header", "file", "poll"]
Authentication = Literal["", "pass", "fail"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRecord:
    """登记: one kept letter. `state`: new 已存未拆 · opened 已拆 · quarantined 隔离 (our bug, see `error`) · oversize 过大, kept on the server.

    `same_as` is the letter this one is a copy of; `time_source` says whose word `received_at` is.
    """

    sha256: str
    received_at: datetime
    fetched_at: datetime
    size: int
    state: LetterState
    folder: str = ""
    same_as: str = ""
    error: str = ""
    attempts: int = 0
    time_source: TimeSource = "server"


UNPROVEN_BOUNCE = "收到一封没有引用这封信的退信，不能核实"
"""Anybody can write that a mailbox does not exist: such a bounce is told to staff and keeps no letter back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRecord:
    """待发信: finished MIME bytes and all that is known of their delivery.

    `state`: draft 演练稿 · held 待审核 · queued 待发 · sending 发送中(或结果未知) · sent 已发 · failed 发送失败 · dropped 已弃.
    `answers` are the SHA-256 of the letters it answers, `told` the keys of the findings it states: nobody is told twice.
    `basis` is the fingerprint of the assessment it was composed from; `not_before` is when it may leave; `approved_at` is when a
    person let it go.
    """

    key: str
    kind: str
    institution: str
    recipient: str
    subject: str
    message_id: str
    raw: bytes = field(repr=False)
    state: OutboxState
    created_at: datetime
    case_number: str = ""
    basis: str = ""
    answers: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    priority: int = 0
    attempts: int = 0
    not_before: datetime | None = None
    sent_at: datetime | None = None
    error: str = ""
    bounced_at: datetime | None = None
    approved_at: datetime | None = None

    @property
    def came_back(self) -> bool:
        """True when it is proven that this letter did not arrive."""
        return self.bounced_at is not None and self.error != UNPROVEN_BOUNCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """一览: one institution in one line - what its verdict rests on, counts, times, quota; nothing that names a person.

    `received` and `unread` count the standing studios by material; `missing`, `verify` and `staff` are open findings (told as 缺项, 核实,
    待决定); `quota_total` is None while the unit's class has no quota; `complete_since` is when the last piece that was needed arrived;
    `unread_letters` may be its own and nobody has read them: while there are any it is not called silent.
    """

    institution: str
    complete: bool = False
    timeliness: str = "none"
    not_recommending: bool = False
    studios: int = 0
    by_category: Mapping[str, int] = field(default_factory=dict)
    quota_total: int | None = None
    quota_by_category: Mapping[str, int] = field(default_factory=dict)
    unit_class: str = "unknown"
    confirmed: bool = False
    received: Mapping[str, int] = field(default_factory=dict)
    unread: Mapping[str, int] = field(default_factory=dict)
    unread_files: int = 0
    missing: int = 0
    verify: int = 0
    staff: int = 0
    letters: int = 0
    first_received_at: datetime | None = None
    last_received_at: datetime | None = None
    paper_copies: int = 0
    paper_stamped: bool = False
    decisions: int = 0
    complete_since: datetime | None = None
    unread_letters: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterLine:
    """来信行: one letter in one line of a list; `institution` is empty while nobody is known, `kind` while it is unopened.

    `candidates` and `split` say whom it may be from or whose files it mixes; `codes` are the findings about identity (M01, M10, M15 …).
    """

    sha256: str
    received_at: datetime
    institution: str = ""
    sender: str = ""
    subject: str = ""
    kind: str = ""
    state: str = "new"
    same_as: str = ""
    folder: str = ""
    files: int = 0
    codes: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    split: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestRecord:
    """日报记录: which digest (day and slot "08:30") was composed and when."""

    day: str
    slot: str
    composed_at: datetime
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """健康: what the robot last managed to do; `values` are ISO times or short texts by name (`last_poll_ok`, `last_poll_error` …)."""

    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownLetter:
    """未知来信: a letter the server lists and did not give us: where it lies, what is known of it, why, for how many rounds and since when.

    `sender` and `subject` are from its head, "" when not even that came; `reason` is a Chinese half-sentence for staff.
    """

    folder: str
    uidvalidity: int
    uid: int
    size: int = 0
    received_at: datetime | None = None
    sender: str = ""
    subject: str = ""
    reason: str = ""
    rounds: int = 1
    since: datetime | None = None
    tried_at: datetime | None = None
