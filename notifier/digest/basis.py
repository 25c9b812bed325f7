"""Words: what a page of the day rests on (日报依据), and the two questions every kind of item asks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from config.campaign import Campaign
from intake.decisions import decisions_in_force
from intake.records import DigestRecord, Health, LetterRecord, OutboxRecord, UnknownLetter
from intake.submission import Assessment, Claim, Decision, Received
from notifier.wording import clean_line, moment_to_clock, moment_to_day


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestBasis:
    """日报依据: all the ledger knows at the moment of the digest; `since` is when the last one was composed, `unmade` the files that should
    go with it and could not be made."""

    campaign: Campaign
    now: datetime
    since: datetime
    slot: str
    mode: str
    assessments: Mapping[str, Assessment]
    received: tuple[Received, ...] = ()
    claims: Mapping[str, Claim] = field(default_factory=dict)
    outbox: tuple[OutboxRecord, ...] = ()
    letters: tuple[LetterRecord, ...] = ()
    unknown: tuple[UnknownLetter, ...] = ()
    decisions: tuple[Decision, ...] = ()
    digests: tuple[DigestRecord, ...] = ()
    health: Health = field(default_factory=lambda: Health(values={}))
    staff: tuple[str, ...] = ()
    unmade: tuple[str, ...] = ()


def closed(basis: DigestBasis, *kinds: str) -> frozenset[str]:
    """What staff settled by a decision of these kinds."""
    return frozenset(d.target for d in decisions_in_force(basis.decisions) if d.kind in kinds and d.target)


def letter_title(letter: Received, basis: DigestBasis) -> str:
    """`7月29日15时42分 union@… 来信“主题”` for staff's eyes."""
    when = f"{moment_to_day(letter.received_at, basis.campaign)}{moment_to_clock(letter.received_at, basis.campaign)}"
    return f"{when} {letter.message.sender.address} 来信“{clean_line(letter.message.subject)[:40] or '（无主题）'}”，"
