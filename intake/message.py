"""Words: a letter once opened (邮件) - what a person would find in it after opening every archive and forwarded letter."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Kind = Literal["submission", "question", "withdrawal", "auto_reply", "bounce", "read_receipt", "notice", "empty"]
MACHINES: frozenset[Kind] = frozenset(("auto_reply", "bounce", "read_receipt", "notice"))
"""The kinds that no person wrote to us: they own nothing, ask nothing and are never answered (law 8)."""
Intent = Literal["submission", "question", "withdrawal", "replacement", "not_recommending", "correction", "supersede", "explanation"]
AttachmentProblem = Literal["encrypted", "corrupt", "hostile", "too_large", "unsupported", "empty", "volume"]


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
class Volume:
    """分卷: one piece of an archive that was cut into several files. `archive` is the whole's name, `number` counts from 1.

    `last` is True when the name says that nothing follows (the .zip of .z01 …); of other kinds the last one is not known by name.
    """

    archive: str
    number: int
    last: bool = False


@dataclass(frozen=True, slots=True)
class Authentication:
    """发信验证: what the topmost Authentication-Results and Received-SPF say (RFC 8601, RFC 7208 9.1), as written, in lower case.

    `server` and `spf_server` name who wrote them: only those of our own server are evidence (`senders.authentication`).
    `spf`, `dkim`, `dmarc` are result words (pass, fail, softfail, none …), "" when not said; the domains are what they were about.
    """

    server: str = ""
    spf: str = ""
    spf_domain: str = ""
    dkim: str = ""
    dkim_domain: str = ""
    dmarc: str = ""
    spf_server: str = ""
    received_spf: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """附件: one leaf; `path` is the way there, outermost container first and the leaf's own name last.

    `payload` is carried only between opening and the vault; `sha256` is the identity, the name never is.
    `volume` says which piece of which split archive it is; its `problem` is then `volume`: neither damaged nor unknown.
    """

    name: str
    path: tuple[str, ...]
    size: int
    sha256: str
    media_type: str = ""
    inline: bool = False
    problem: AttachmentProblem | None = None
    volume: Volume | None = None
    payload: bytes = field(default=b"", repr=False, compare=False)

    @property
    def is_joined(self) -> bool:
        """True for a volume whose archive was put together over several letters: what was in it is a file of its own."""
        return self.volume is not None and self.problem is None


@dataclass(frozen=True, slots=True)
class CloudFile:
    """云附件: a file that is only a link in the text; never fetched. `quoted` = it stands in the quoted older letter."""

    name: str
    url: str
    provider: str
    size: int | None = None
    expires_at: datetime | None = None
    quoted: bool = False


RECORDINGS = (".mp4", ".mov", ".avi", ".wmv", ".mkv", ".flv", ".mp3", ".wav", ".m4a")
"""Sound and film accompany a submission as 佐证材料: stored, never an error and never asked for."""


def is_recording(name: str) -> bool:
    """True for the name of a sound or a film."""
    return name.lower().endswith(RECORDINGS)


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
    `body_leaves` are texts that are material themselves (正文.html, 正文.txt): the letter's own first, then those of letters enclosed in it.
    `reply_to_elsewhere` = an answer would go to another domain than the sender's: for a person to judge.
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
    reply_to_elsewhere: bool = False
    authentication: Authentication = Authentication()
    text: str = ""
    quoted: str = ""
    attachments: tuple[Attachment, ...] = ()
    body_leaves: tuple[Attachment, ...] = ()
    left_out: tuple[str, ...] = ()
    cloud_files: tuple[CloudFile, ...] = ()
    bounced: Bounce | None = None
    forwarded_from: Address | None = None
    forwarded_date: datetime | None = None
    passwords: tuple[str, ...] = ()
    content_key: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def leaves(self) -> tuple[Attachment, ...]:
        """Everything that is read: the files, then the texts that are material themselves."""
        return self.attachments + self.body_leaves
