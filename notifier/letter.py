"""Words: what we say - a letter to an institution (信函), the staff's daily page (收件日报), and what sending came to (发送结果)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from intake.submission import Assessment, Received
from notifier.proposals import Proposal, proposal_to_command


@dataclass(frozen=True, slots=True)
class Enclosure:
    """随信附件: one file that leaves with a letter."""

    name: str
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Wording:
    """行文: a letter's subject, plain text and HTML, as the campaign's templates gave them."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """信函: one finished letter to one address; `letter_to_record` turns it into an outbox row.

    `answers` are the SHA-256 of the letters it answers, `told` the keys it states (findings, `reminder:…`, `deadline:…`),
    `basis` the fingerprint of what it rests on. `needs_approval` holds it in every mode until staff click; `clicked` says that they have.
    """

    key: str
    kind: str
    institution: str
    recipient: str
    wording: Wording
    composed_at: datetime
    case_number: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    basis: str = ""
    priority: int = 50
    needs_approval: bool = False
    clicked: bool = False
    not_before: datetime | None = None
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """待复: the letters of one institution that still want an answer, and the unsent answers the new one replaces."""

    institution: str
    letters: tuple[Received, ...]
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """行文依据: everything one letter is composed from. `told` is what earlier letters that left have stated already.

    `sequence` numbers the letters of this institution; `first` is True when nothing was ever sent to it.
    `last_answer_at` is when our last letter left; `recipient` is empty when there is nobody to write to. `strange` are the institution's
    letters whose senders have proven nothing: their file names are not repeated to it; `reviewed` when a person reads every letter
    before it leaves.
    """

    assessment: Assessment
    case_number: str
    recipient: str
    now: datetime
    answers: tuple[Received, ...] = ()
    told: frozenset[str] = frozenset()
    first: bool = True
    sequence: int = 1
    last_answer_at: datetime | None = None
    affiliate: str = ""
    basis: str = ""
    strange: tuple[Received, ...] = ()
    reviewed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestItem:
    """需您处理: one numbered decision for staff. `label` is its class (归属、名额、资格…), `action` the way to decide.

    `urgency` sorts (0 first); `decision` is what would settle it, `otherwise` the other ways, each with its words. `since` is when it
    began to wait and `overdue` for how many days too long; `letter` is the key of a letter of ours it is about. Every item has a way to
    be settled, and stays until it is.
    """

    label: str
    sentence: str
    urgency: int
    evidence: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    action: str = ""
    decision: Proposal | None = None
    institution: str = ""
    target: str = ""
    otherwise: tuple[tuple[str, Proposal], ...] = ()
    since: datetime | None = None
    overdue: int = 0
    letter: str = ""

    @property
    def command(self) -> str:
        """The terminal's way to decide the same, empty when there is nothing to decide."""
        return proposal_to_command(self.decision) if self.decision else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """收件日报: one page for the staff: `wording` is the letter, `items` the numbered decisions in the order printed."""

    key: str
    day: str
    slot: str
    wording: Wording
    composed_at: datetime
    items: tuple[DigestItem, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    enclosures: tuple[Enclosure, ...] = ()

    @property
    def text(self) -> str:
        """The page as plain text, subject first: what `intake digest` prints."""
        return f"{self.wording.subject}\n\n{self.wording.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReport:
    """发送结果: what one round of sending came to; `stopped` says in Chinese why it ended early, empty when it did not;
    `refused` when that was the outside world (no line, no log-in), not a limit of our own."""

    sent: int = 0
    retried: int = 0
    failed: int = 0
    unknown: int = 0
    replaced: int = 0
    stopped: str = ""
    refused: bool = False
