"""Core: which institutions are owed an answer now - once each, after the quiet window, never a machine, never twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from config.campaign import Campaign
from intake.message import Message
from intake.submission import Assessment, Claim, Received
from notifier.letter import ANSWERS, Owed
from notifier.letters.history import History
from notifier.wording import deadline_day

EMPTY_HISTORY = History(())


def find_owed(
    assessments: Mapping[str, Assessment], histories: Mapping[str, History], campaign: Campaign, now: datetime
) -> tuple[Owed, ...]:
    """The institutions whose letters want an answer at this moment, in the order their oldest unanswered letter came."""
    owed = []
    for name, assessment in assessments.items():
        history = histories.get(name, EMPTY_HISTORY)
        found = find_owed_to(assessment, history, campaign, now)
        if found is not None:
            owed.append(found)
    return tuple(sorted(owed, key=lambda o: (o.letters[0].received_at, o.institution)))


def find_owed_to(assessment: Assessment, history: History, campaign: Campaign, now: datetime) -> Owed | None:
    """What one institution is owed: every answerable letter no answer has left for, once it has been quiet long enough."""
    answerable = [letter for letter in assessment.submission.letters if is_answerable(letter.message)]
    if not any(letter.sha256 not in history.covered for letter in answerable):
        return None
    if not is_quiet(assessment.submission.letters, campaign, now):
        return None
    letters = tuple(letter for letter in answerable if letter.sha256 not in history.answered)
    replaces = tuple(row.key for row in history.waiting if row.kind in ANSWERS)
    return Owed(institution=assessment.institution.name, letters=letters, replaces=replaces)


def is_answerable(message: Message) -> bool:
    """True for letters a person wrote to us; machines and damaged addresses never get an answer (law 8)."""
    return message.answerable and message.kind not in ("auto_reply", "bounce", "read_receipt", "notice")


def is_quiet(letters: Sequence[Received], campaign: Campaign, now: datetime) -> bool:
    """True when the last letter is old enough that no second half is under way; on deadline day nobody is kept waiting."""
    if now.astimezone(campaign.zone).date() == deadline_day(campaign.deadline_at(now).at, campaign):
        return True
    newest = max((letter.received_at for letter in letters), default=now)
    return now - newest >= timedelta(minutes=campaign.thresholds.quiet_minutes)


def find_unclaimed(
    received: Iterable[Received], claims: Mapping[str, Claim], strangers: History, campaign: Campaign, now: datetime
) -> tuple[Received, ...]:
    """Letters nobody could be found for whose sender is to be asked the full name: once an address, never a suspicious one."""
    asked = {row.recipient.lower() for row in strangers.rows if row.kind == "unclaimed" and row.state != "dropped"}
    found: dict[str, Received] = {}
    for letter in received:
        claim = claims.get(letter.sha256)
        address = letter_to_address(letter.message).lower()
        if claim is None or claim.institution is not None or claim.split or not address or address in asked:
            continue
        if is_worth_asking(letter.message) and is_quiet((letter,), campaign, now):
            found.setdefault(address, letter)
    return tuple(found.values())


def is_worth_asking(message: Message) -> bool:
    """True for a stranger's letter with material or a question; advertisements and hostile files are left alone (M08)."""
    hostile = any(attachment.problem == "hostile" for attachment in message.attachments)
    return is_answerable(message) and message.kind in ("submission", "question", "withdrawal") and not hostile


def letter_to_address(message: Message) -> str:
    """Where an answer goes: Reply-To when the sender set one, else the sender."""
    replies = [address.address for address in message.reply_to if address.address]
    return replies[0] if replies else message.sender.address
