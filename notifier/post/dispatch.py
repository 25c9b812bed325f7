"""Core: what may happen to a finished letter - how it enters the outbox, what a server's answer means, when to try again, who goes first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from config.campaign import Campaign
from config.settings import Mode, Pacing, Settings
from intake.records import OutboxRecord, OutboxState
from notifier.letter import Letter
from notifier.letters import ASKING, KEPT_BACK, REMINDERS, SAID_ALREADY, TO_STAFF, TO_STRANGERS, count_left_today
from notifier.post.mime import derive_message_id, wording_to_bytes

# china-mail.md a7: what NetEase means by its codes decides whether one letter waits, the queue waits, or a person must look.
Verdict = Literal["accepted", "later", "quarter_hour", "an_hour", "tomorrow", "recipient", "content", "configuration"]
Stage = Literal["connect", "sender", "recipient", "content"]

BACKOFF_MINUTES = (1, 5, 30, 120)
MAXIMUM_ATTEMPTS = 12
MAXIMUM_REFUSED_AS_SPAM = 2
STAFF_RESERVE = 6
LAST_DAY, QUARTER, KEPT_SHARE = timedelta(days=1), timedelta(minutes=15), 3
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
    until_tomorrow: bool = False


Purse = Literal["staff", "strangers", "institutions"]


def kind_to_purse(kind: str) -> Purse:
    """Which letters share a day's cap: when one of them met it, so has every later one of its purse, and none of another."""
    return "staff" if kind in TO_STAFF else "strangers" if kind in TO_STRANGERS else "institutions"


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
        error=KEPT_BACK if held and mode != "rehearsal" else "",
        approved_at=letter.composed_at if letter.clicked else None,
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
    return "queued" if letter.clicked or mode == "automatic" else "held"


@dataclass(frozen=True, slots=True)
class Refusal:
    """拦下: why a due letter does not leave now, and what becomes of it."""

    state: OutboxState
    why: str
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """关口: what the last look before the post knows; `silenced` and `unreminded` are the institutions staff keep back."""

    campaign: Campaign
    settings: Settings
    silenced: frozenset[str] = frozenset()
    unreminded: frozenset[str] = frozenset()
    blocked: frozenset[str] = frozenset()

    def find_refusal(
        self, row: OutboxRecord, outbox: Iterable[OutboxRecord], now: datetime, words: Callable[[OutboxRecord], str]
    ) -> Refusal | None:
        """Why this letter must not leave at this moment, whatever its kind: the mode, holds, bounces, the same words again, the day's limit.

        `outbox` is all that was composed for the address, `words` gives what a letter says.
        """
        if row.kind in TO_STAFF:
            return None
        if self.settings.mode == "approve" and row.approved_at is None:
            return Refusal("dropped", "发信方式已改为审核后发，重新拟写待审核。")
        if row.institution in self.silenced or (row.kind in REMINDERS and row.institution in self.unreminded):
            return Refusal("held", KEPT_BACK)
        if row.recipient.lower() in self.blocked:
            return Refusal("held", "此地址曾退信，暂不再发：请核对地址或电话联系后再定。")
        others = [other for other in outbox if other.key != row.key]
        if twin := find_twin(row, others, words):
            return Refusal("dropped", f"{SAID_ALREADY}（已发的一封编号{twin.key}）。")
        if count_left_today(others, row.recipient, self.campaign, now) >= self.settings.pacing.per_address_per_day:
            tomorrow = day_start(now, self.campaign, days=1)
            return Refusal("queued", f"今日已向此地址发信{self.settings.pacing.per_address_per_day}封，次日续发。", tomorrow)
        return None


def find_twin(row: OutboxRecord, outbox: Iterable[OutboxRecord], words: Callable[[OutboxRecord], str]) -> OutboxRecord | None:
    """A letter that left for the same address with the same words; the date under it and the foot do not make it another letter."""
    left = [other for other in outbox if other.state in ("sent", "sending") and not other.came_back]
    near = [other for other in left if other.recipient.lower() == row.recipient.lower() and other.kind == row.kind]
    said = words(row) if near else ""
    return next((other for other in near if words(other) == said), None)


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


def find_due(rows: Iterable[OutboxRecord], now: datetime, served: Mapping[str, int] | None = None) -> tuple[OutboxRecord, ...]:
    """The queued letters that may leave now: urgent first, then to whoever got fewest of ours lately (`served`: address -> how many), then in
    the order composed. When the caps keep letters back for hours, nobody is to wait for a first receipt behind somebody's third."""
    due = [row for row in rows if row.state == "queued" and (row.not_before is None or not now < row.not_before <= now + LONGEST_WAIT)]
    lately = served or {}
    return tuple(sorted(due, key=lambda row: (-row.priority, lately.get(row.recipient.lower(), 0), row.created_at, row.key)))


@dataclass(frozen=True, slots=True)
class Kept:
    """留额: how much of the day's and of the quarter hour's cap a letter leaves to others."""

    today: int = 0
    quarter: int = 0


def keep_for_who_must_act(kind: str, priority: int, campaign: Campaign, pacing: Pacing, now: datetime) -> Kept:
    """In the last day before the deadline letters that ask nothing leave a third of the caps to those that do: whoever writes in the last hour
    and lacks something can mend it only if he hears of it before. Never more is kept than could still leave by then."""
    left = campaign.deadline_at(now).at - now
    if kind in TO_STAFF or priority >= ASKING or not timedelta() < left <= LAST_DAY:
        return Kept()
    quarters = -(-left // QUARTER)
    return Kept(min(pacing.per_day // KEPT_SHARE, pacing.per_quarter_hour * quarters), pacing.per_quarter_hour // KEPT_SHARE)


def find_allowance(
    settings: Settings, sent_today: int, sent_quarter: int, kind: str, strangers_today: int = 0, kept: Kept | None = None
) -> Allowance:
    """What the caps leave; letters to institutions stop a little early so that the staff's digest always gets through, strangers have a small
    budget of their own (no flood of them uses up the day of the universities), and something may be `kept` for more urgent letters."""
    pacing, purse = settings.pacing, kind_to_purse(kind)
    if purse == "strangers" and strangers_today >= pacing.strangers_per_day:
        return Allowance(0, f"今日发往未登记邮箱的信已达上限（每日{pacing.strangers_per_day}封），其余明日续发。")
    reserve = 0 if purse == "staff" else min(STAFF_RESERVE, pacing.per_day // 5)
    kept = kept or Kept()
    today = pacing.per_day - reserve - sent_today
    quarter = pacing.per_quarter_hour - sent_quarter
    if 0 < today <= kept.today:
        return Allowance(0, "截止在即，今日余下的额度留给还须补正的学校，其余的信随后续发。", until_tomorrow=True)
    if today > 0 and 0 < quarter <= kept.quarter:
        return Allowance(0, "截止在即，这15分钟余下的额度留给还须补正的学校，稍后续发。")
    today, quarter = today - kept.today, quarter - kept.quarter
    if today <= 0:
        return Allowance(0, f"今日发信已达上限（每日{pacing.per_day}封），其余明日续发，截止在即的先发。", until_tomorrow=True)
    if quarter <= 0:
        return Allowance(0, f"15分钟内发信已达{pacing.per_quarter_hour}封，稍后续发。")
    return Allowance(min(today, quarter))
