"""Core: what may happen to a finished letter - how it enters the outbox, what a server's answer means, when to try again, who goes first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from config.campaign import Campaign
from config.settings import Mode, Settings
from intake.records import OutboxRecord, OutboxState
from notifier.letter import TO_STAFF, TO_STRANGERS, Letter
from notifier.post.mime import derive_message_id, wording_to_bytes

# china-mail.md a7: what NetEase means by its codes decides whether one letter waits, the queue waits, or a person must look.
Verdict = Literal["accepted", "later", "quarter_hour", "an_hour", "tomorrow", "recipient", "content", "configuration"]
Stage = Literal["connect", "sender", "recipient", "content"]

BACKOFF_MINUTES = (1, 5, 30, 120)
MAXIMUM_ATTEMPTS = 12
MAXIMUM_REFUSED_AS_SPAM = 2
STAFF_RESERVE = 6
# Nothing waits longer; a later time was written by a clock that ran ahead.
LONGEST_WAIT = timedelta(hours=25)


@dataclass(frozen=True, slots=True)
class Answer:
    """答复: what the server said to one letter. `known` is False when the line went dead after the letter had been handed over."""

    code: int
    text: str
    stage: Stage = "content"
    known: bool = True


@dataclass(frozen=True, slots=True)
class Allowance:
    """余量: how many letters may still leave now; `why` says in Chinese which limit was met."""

    letters: int
    why: str = ""


def letter_to_record(letter: Letter, campaign: Campaign, mode: Mode, *, held: bool = False) -> OutboxRecord:
    """The outbox row with its finished bytes; the mode and the letter's own need for approval decide its first state."""
    message_id = derive_message_id(letter.key, letter.composed_at, campaign.mailbox)
    raw = wording_to_bytes(
        letter.wording,
        campaign,
        recipient=letter.recipient,
        message_id=message_id,
        composed_at=letter.composed_at,
        in_reply_to=letter.in_reply_to,
        references=letter.references,
        enclosures=letter.enclosures,
        automatic="auto-replied" if letter.answers else "auto-generated",
    )
    return OutboxRecord(
        key=letter.key,
        kind=letter.kind,
        institution=letter.institution,
        recipient=letter.recipient,
        subject=letter.wording.subject,
        message_id=message_id,
        raw=raw,
        state=first_state(letter, mode, held=held),
        created_at=letter.composed_at,
        case_number=letter.case_number,
        basis=letter.basis,
        answers=letter.answers,
        told=letter.told,
        priority=letter.priority,
        not_before=letter.not_before,
    )


def first_state(letter: Letter, mode: Mode, *, held: bool) -> OutboxState:
    """演练 writes only; 审核后发 holds all but what was clicked already; 自动 holds only what needs a click."""
    if mode == "rehearsal":
        return "draft"
    if held or letter.needs_approval:
        return "held"
    clicked = letter.kind == "approved"
    return "queued" if clicked or mode == "automatic" else "held"


def answer_to_verdict(answer: Answer) -> Verdict:
    """What a reply code and NetEase's own words mean for the letter and for the queue."""
    words = answer.text.upper()
    if 200 <= answer.code < 400:
        return "accepted"
    # Words before codes: the same refusal of the whole account comes as 451, 550 or 554, and none of them is this letter's fault.
    if "DT:SPM" in words:
        return "an_hour"
    if answer.code in (530, 534, 535) or "AUTHORIZED USER" in words or "LOCAL USER ONLY" in words:
        return "configuration"
    if answer.code >= 500 and answer.stage == "sender":
        return "configuration"
    if "MI:STC" in words or "RP:TRC" in words:
        return "tomorrow"
    if answer.code < 500:
        return "quarter_hour" if "MI:SFQ" in words or "RP:QRC" in words else "later"
    return "recipient" if answer.stage == "recipient" or is_about_recipient(words) else "content"


def is_about_recipient(words: str) -> bool:
    """True when a refusal, at whatever stage, says that nobody lives there."""
    return any(
        word in words for word in ("INVALID USER", "USER NOT FOUND", "USER SUSPENDED", "5.1.1", "NO SUCH USER", "MAILBOX UNAVAILABLE")
    )


def next_try(attempts: int, now: datetime) -> datetime:
    """1, 5, 30 minutes, then every two hours; `attempts` counts the one just made."""
    minutes = BACKOFF_MINUTES[min(max(attempts, 1), len(BACKOFF_MINUTES)) - 1]
    return now + timedelta(minutes=minutes)


def day_start(now: datetime, campaign: Campaign, days: int = 0) -> datetime:
    """Midnight in the campaign's zone, `days` from today."""
    day = now.astimezone(campaign.zone).date() + timedelta(days=days)
    return datetime.combine(day, time(0), campaign.zone)


def find_due(rows: Iterable[OutboxRecord], now: datetime) -> tuple[OutboxRecord, ...]:
    """The queued letters that may leave now: urgent first, then in the order composed."""
    due = [row for row in rows if row.state == "queued" and (row.not_before is None or not now < row.not_before <= now + LONGEST_WAIT)]
    return tuple(sorted(due, key=lambda row: (-row.priority, row.created_at, row.key)))


def find_allowance(settings: Settings, sent_today: int, sent_quarter: int, kind: str, strangers_today: int = 0) -> Allowance:
    """What the caps leave; letters to institutions stop a little early so that the staff's digest always gets through, and strangers have a
    small budget of their own: no flood of them uses up the day of the universities."""
    pacing = settings.pacing
    if kind in TO_STRANGERS and strangers_today >= pacing.strangers_per_day:
        return Allowance(0, f"今日发往未登记邮箱的信已达上限（每日{pacing.strangers_per_day}封），其余明日续发。")
    reserve = 0 if kind in TO_STAFF else min(STAFF_RESERVE, pacing.per_day // 5)
    today = pacing.per_day - reserve - sent_today
    quarter = pacing.per_quarter_hour - sent_quarter
    if today <= 0:
        return Allowance(0, f"今日发信已达上限（每日{pacing.per_day}封），其余明日续发，截止在即的先发。")
    if quarter <= 0:
        return Allowance(0, f"15分钟内发信已达{pacing.per_quarter_hour}封，稍后续发。")
    return Allowance(min(today, quarter))
