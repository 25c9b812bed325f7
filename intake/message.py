"""Words: a letter once opened (邮件) - what a person would find in it after opening every archive and forwarded letter."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Kind = Literal["submission", "question", "withdrawal", "auto_reply", "bounce", "read_receipt", "notice", "empty"]
Intent = Literal["submission", "question", "withdrawal", "replacement", "not_recommending", "correction", "supersede", "explanation"]
AttachmentProblem = Literal["encrypted", "corrupt", "hostile", "too_large", "unsupported"]


@dataclass(frozen=True, slots=True)
class RawMessage:
    """原始邮件: the bytes as the server gave them, with where and when. `received_at` is INTERNALDATE (aware)."""

    raw: bytes = field(repr=False)
    received_at: datetime
    account: str = ""
    folder: str = ""
    uidvalidity: int = 0
    uid: int = 0


@dataclass(frozen=True, slots=True)
class Address:
    """地址: display name and address as decoded; both may be empty in a damaged letter."""

    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """附件: one leaf; `path` is the way there, outermost container first and the leaf's own name last.

    `payload` is carried only between opening and the vault; `sha256` is the identity, the name never is.
    """

    name: str
    path: tuple[str, ...]
    size: int
    sha256: str
    media_type: str = ""
    inline: bool = False
    problem: AttachmentProblem | None = None
    payload: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class CloudFile:
    """云附件: a file that is only a link in the text; never fetched. `quoted` = it stands in the quoted older letter."""

    name: str
    url: str
    provider: str
    size: int | None = None
    expires_at: datetime | None = None
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Bounce:
    """退信: whom our letter did not reach, and which letter it was."""

    recipient: str = ""
    message_id: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """来信问题: something about the letter itself, with a finding code of group M (domain.md 1.1) or an `open-…` word."""

    code: str
    where: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """邮件: what is in one letter. `date` is the sender's claim; `received` are the Received headers' times, newest first.

    `answerable` is False for every machine and every address defect, and `unanswerable` says why in a few words.
    `intents` are the wishes read in the new text and subject, strongest first; `kind` is the contract's single word.
    `forwarded_from` and `forwarded_date` are those of a letter forwarded inline, as the quoted head states them.
    `left_out` names the parts that are no attachments: logos the text itself shows, detached signatures.
    `passwords` are passwords written in the text: for staff to see, never tried.
    """

    sha256: str
    message_id: str = ""
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    subject: str = ""
    sender: Address = Address()
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    date: datetime | None = None
    received: tuple[datetime, ...] = ()
    kind: Kind = "empty"
    intents: tuple[Intent, ...] = ()
    answerable: bool = False
    unanswerable: str = ""
    text: str = ""
    quoted: str = ""
    attachments: tuple[Attachment, ...] = ()
    left_out: tuple[str, ...] = ()
    cloud_files: tuple[CloudFile, ...] = ()
    bounced: Bounce | None = None
    forwarded_from: Address | None = None
    forwarded_date: datetime | None = None
    passwords: tuple[str, ...] = ()
    content_key: str = ""
    problems: tuple[Problem, ...] = ()
