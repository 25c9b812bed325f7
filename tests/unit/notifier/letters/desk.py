"""A small office round the stations: letters are laid into a ledger by hand, the post only remembers what it was given."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from config.campaign import Campaign
from config.settings import Settings
from intake.books.ledger import Ledger
from intake.records import LetterRecord, OutboxRecord
from intake.submission import Assessment, Claim, Received
from notifier.belt.institutions import compose_letters, compose_reminders, send_letters
from notifier.letter import SendReport
from notifier.post.dispatch import Answer
from tests.unit.notifier.letters.cases import campaign, settings


@dataclass
class RememberingLine:
    """A post line that takes everything, or answers as told."""

    taken: list[tuple[str, bytes]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def deliver(self, recipient: str, raw: bytes) -> Answer:
        answer = self.answers.pop(0) if self.answers else Answer(250, "OK")
        if answer.code == 250 or not answer.known:
            self.taken.append((recipient, raw))
        return answer

    def close(self) -> None:
        pass


@dataclass
class Office:
    """The stations with one ledger, one campaign and a clock that stands where it is put."""

    ledger: Ledger
    campaign: Campaign = field(default_factory=campaign)
    settings: Settings = field(default_factory=settings)
    line: RememberingLine = field(default_factory=RememberingLine)
    now: datetime | None = None

    def lay_in(self, *assessments: Assessment) -> None:
        """Record these assessments beside those already there, and their letters as opened."""
        held = dict(self.ledger.assessments()) | {a.institution.name: a for a in assessments}
        self.ledger.record_assessments(held)
        for assessment in assessments:
            for letter in assessment.submission.letters:
                self.lay_letter(letter, Claim(assessment.institution.name))

    def lay_letter(self, letter: Received, claim: Claim) -> None:
        """Record one opened letter with whose it is."""
        record = LetterRecord(
            sha256=letter.sha256, received_at=letter.received_at, fetched_at=letter.received_at, size=1, state="new", folder="INBOX"
        )
        self.ledger.record_fetched([record], [])
        self.ledger.record_opening(letter.sha256, letter.message, "test")
        self.ledger.record_claims(dict(self.ledger.claims()) | {letter.sha256: claim})

    def compose(self, now: datetime) -> int:
        """Every composing station once."""
        self.now = now
        return compose_letters(self.ledger, self.campaign, self.settings, now) + compose_reminders(
            self.ledger, self.campaign, self.settings, now
        )

    def send(self, now: datetime) -> SendReport:
        """One round of sending."""
        self.now = now
        return send_letters(self.ledger, self.settings, self.campaign, lambda: now, lambda _s: None, connect=lambda: self.line)

    def mode(self, mode: str) -> None:
        """Change the mode of sending."""
        self.settings = replace(self.settings, mode=mode)  # type: ignore[arg-type]

    def rows(self, *states: str) -> tuple[OutboxRecord, ...]:
        """The outbox, of these states when given."""
        return tuple(row for row in self.ledger.outbox() if not states or row.state in states)
