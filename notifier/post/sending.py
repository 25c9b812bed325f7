"""Shell: letting letters out - one at a time, paced, recomputed at the last moment, and after a crash never twice without asking.

Every step is written to the ledger before the next: `sending` before the line is touched, the outcome right after the server's word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from config.campaign import Campaign
from config.settings import Settings
from intake.books import RESTORED, WITNESS_ABSENT, Ledger
from intake.errors import SmtpRefusedLogin, World
from intake.records import OutboxRecord
from notifier.letter import SendReport
from notifier.letters import TO_STRANGERS, blocked_addresses, find_staleness, held_institutions
from notifier.post.dispatch import (
    LONGEST_WAIT,
    MAXIMUM_ATTEMPTS,
    MAXIMUM_REFUSED_AS_SPAM,
    QUARTER,
    Allowance,
    Answer,
    Gate,
    Purse,
    answer_to_verdict,
    day_start,
    find_allowance,
    find_due,
    keep_for_who_must_act,
    kind_to_purse,
    next_try,
)
from notifier.post.mime import bytes_to_words
from notifier.post.smtp import open_post

STOPPED_UNTIL, STOPPED_WHY = "smtp_stopped_until", "smtp_stopped_why"
POST_FULL = "post_full"
LAST_OK, LAST_ERROR = "last_send_ok", "last_send_error"
UNKNOWN_WAIT = timedelta(minutes=2)
MAXIMUM_UNKNOWN = 2
WITNESSES = 3
AHEAD = timedelta(minutes=5)


class Line(Protocol):
    """邮路: what sending needs of a connection."""

    def deliver(self, recipient: str, raw: bytes) -> Answer:
        """Hand one letter over and say what the server said."""

    def close(self) -> None:
        """End the connection."""


@dataclass(frozen=True, slots=True)
class Round:
    """一轮发信: the things one round works with; `find_sent` looks a Message-ID up in 已发送 (its None: there is
    no such folder), None when there is no witness; `waits` names letters that must not leave yet: what they rest on is being assessed anew."""

    ledger: Ledger
    settings: Settings
    campaign: Campaign
    clock: Callable[[], datetime]
    pause: Callable[[float], None]
    find_sent: Callable[[str], bool | None] | None = None
    connect: Callable[[], Line] | None = field(default=None)
    waits: Callable[[OutboxRecord], bool] | None = field(default=None)

    def open_line(self) -> Line:
        """A fresh connection."""
        return self.connect() if self.connect else open_post(self.settings.smtp)


def send_round(work: Round) -> SendReport:
    """Send what is due and allowed now; gives what it came to. The outside world's refusals end the round, they are not raised."""
    if work.settings.mode == "rehearsal":
        return SendReport(stopped="演练模式：只写草稿，不发信。")
    now = work.clock()
    health = work.ledger.health().values
    if (until := health.get(STOPPED_UNTIL, "")) and now < datetime.fromisoformat(until) <= now + LONGEST_WAIT:
        return SendReport(stopped=health.get(STOPPED_WHY, ""))
    settle_unknown(work, now)
    try:
        queued = work.ledger.outbox("queued")
        report = send_due(work, find_due(queued, now, served_lately(work, now) if queued else {}))
    except World as error:
        work.ledger.note_health(LAST_ERROR, f"{now.isoformat()} {error}")
        if isinstance(error, SmtpRefusedLogin):
            note_refused_login(work, now, error)
        return SendReport(stopped=str(error), refused=True)
    return report


def note_refused_login(work: Round, now: datetime, error: World) -> None:
    """A log-in that only a person can put right is tried again after half an hour, not with every round: providers lock a mailbox for less."""
    work.ledger.note_health(STOPPED_UNTIL, (now + timedelta(minutes=30)).isoformat())
    work.ledger.note_health(STOPPED_WHY, str(error))


def settle_unknown(work: Round, now: datetime) -> None:
    """Letters of unknown fate: found in 已发送 they are sent; otherwise the same bytes go out again, once. That a copy is missing proves
    only something where 已发送 was seen to keep copies of ours: elsewhere it is a witness who was not there, and staff are told so."""
    witness = work.find_sent if work.settings.smtp.sent_folder_witness else None
    for row in work.ledger.outbox("sending"):
        if row.not_before is not None and now < row.not_before <= now + LONGEST_WAIT:
            continue
        try:
            found = witness(row.message_id) if witness else None
            keeps = found or (keeps_copies(work, witness, now) if witness else None)
        except World as error:
            work.ledger.note_health(LAST_ERROR, f"{now.isoformat()} {error}")
            continue
        if witness and keeps is not None:
            work.ledger.note_health(WITNESS_ABSENT, "" if keeps else now.isoformat())
        if found:
            work.ledger.mark(row.key, "sent", error="")
        elif row.attempts >= MAXIMUM_UNKNOWN:
            work.ledger.mark(row.key, "failed", error="两次发送结果都不明，可能已经送达：请在网页邮箱“已发送”中核对后再决定是否重发。")
        else:
            why = "“已发送”中没有此信" if keeps else "“已发送”不留底，无从核对"
            work.ledger.mark(row.key, "queued", error=f"上次发送结果不明，{why}，按同一邮件编号原样重发。")


def keeps_copies(work: Round, witness: Callable[[str], bool | None], now: datetime) -> bool | None:
    """True when one of the last letters the server surely took stands in 已发送; a folder that does not exist, or that has none of them,
    cannot testify that a letter did not leave. None while no letter has surely left."""
    surely = work.ledger.last_sent(WITNESSES, before=now - UNKNOWN_WAIT)
    return any(witness(message_id) for message_id in surely) if surely else None


def send_due(work: Round, rows: tuple[OutboxRecord, ...]) -> SendReport:
    """The due letters in their order until a limit, a stop or the end."""
    report, line = SendReport(), None
    handed = 0
    gate, full = open_gate(work), Full()
    try:
        for row in rows:
            if work.waits is not None and work.waits(row):
                continue
            if full.holds(row):
                continue
            if left_before_restore(work, row):
                work.ledger.mark(row.key, "sent", error="恢复备份后在“已发送”中找到，未再发出。")
                continue
            if reason := find_staleness(row, work.ledger.assessment(row.institution), work.campaign, work.clock()):
                work.ledger.mark(row.key, "dropped", error=reason)
                report = replace(report, replaced=report.replaced + 1)
                continue
            if refusal := gate.find_refusal(row, work.ledger.outbox_to(row.recipient), work.clock(), lambda other: words_of(work.ledger, other)):
                work.ledger.mark(row.key, refusal.state, error=refusal.why, not_before=refusal.not_before)
                report = replace(report, replaced=report.replaced + (refusal.state == "dropped"))
                continue
            allowance = find_allowance_now(work, row)
            if allowance.until_tomorrow:
                full.note(row, allowance)
                continue
            if not allowance.letters:
                if row.kind in TO_STRANGERS:
                    continue
                return replace(report, stopped=allowance.why)
            if handed:
                work.pause(work.settings.pacing.seconds_between)
            line = line or work.open_line()
            answer = hand_over(work, line, row)
            handed += 1
            report = count(report, row, answer)
            if not answer.known or answer.code == 421:
                line.close()
                line = None
            if stop := note_stop(work, answer, work.clock()):
                return replace(report, stopped=stop)
    finally:
        note_full(work, full)
        if line is not None:
            line.close()
    return replace(report, stopped=full.why)


@dataclass(slots=True)
class Full:
    """满额: which letters of a round wait for tomorrow: once one of a purse met the day's cap, those after it are not even looked at."""

    purses: set[Purse] = field(default_factory=set)
    waiting: int = 0
    why: str = ""

    def holds(self, row: OutboxRecord) -> bool:
        """True for a letter whose purse is empty."""
        held = kind_to_purse(row.kind) in self.purses
        self.waiting += held and row.kind not in TO_STRANGERS
        return held

    def note(self, row: OutboxRecord, allowance: Allowance) -> None:
        """This letter met the cap of its purse."""
        self.purses.add(kind_to_purse(row.kind))
        self.waiting += row.kind not in TO_STRANGERS
        self.why = self.why or allowance.why


def served_lately(work: Round, now: datetime) -> Counter[str]:
    """How many of our letters left for each address within a day."""
    sent = work.ledger.outbox_since(now - timedelta(days=1))
    return Counter(row.recipient.lower() for row in sent if row.sent_at is not None and now - timedelta(days=1) <= row.sent_at <= now)


def note_full(work: Round, full: Full) -> None:
    """For the digest: how many letters the day's own cap keeps until midnight. Staff may raise it while it still helps."""
    if full.waiting:
        until = day_start(work.clock(), work.campaign, days=1).isoformat()
        work.ledger.note_health(POST_FULL, f"{until} {work.settings.pacing.per_day} {full.waiting}")


def left_before_restore(work: Round, row: OutboxRecord) -> bool:
    """True for a letter composed before the books were restored that stands in 已发送 already: its Message-ID is derived, so it is the same."""
    restored = work.ledger.health_note(RESTORED)
    if not restored or work.find_sent is None or row.created_at > datetime.fromisoformat(restored):
        return False
    return bool(work.find_sent(row.message_id))


def words_of(ledger: Ledger, row: OutboxRecord) -> str:
    """What a letter of ours says; its bytes are fetched only when they are asked for."""
    whole = row if row.raw else ledger.one_outbox(row.key)
    return bytes_to_words(whole.raw) if whole else ""


def open_gate(work: Round) -> Gate:
    """The last look before the post, with what staff decided up to this moment."""
    decisions = work.ledger.decisions()
    return Gate(
        campaign=work.campaign,
        settings=work.settings,
        silenced=held_institutions(decisions),
        unreminded=held_institutions(decisions, "reminders"),
        blocked=blocked_addresses(work.ledger.bounced(), decisions),
    )


def find_allowance_now(work: Round, row: OutboxRecord) -> Allowance:
    """What the caps leave at this moment, by what the ledger says was sent."""
    now = work.clock()
    today = day_start(now, work.campaign)
    soon = now + AHEAD
    sent = work.ledger.sent_since(today, until=soon)
    quarter = work.ledger.sent_since(now - QUARTER, until=soon)
    strangers = sum(work.ledger.sent_since(today, kind, soon) for kind in TO_STRANGERS) if row.kind in TO_STRANGERS else 0
    kept = keep_for_who_must_act(row.kind, row.priority, work.campaign, work.settings.pacing, now)
    return find_allowance(work.settings, sent, quarter, row.kind, strangers, kept)


def hand_over(work: Round, line: Line, row: OutboxRecord) -> Answer:
    """One letter over the line, and its outcome into the ledger."""
    now = work.clock()
    work.ledger.mark(row.key, "sending", at=now, attempt=True)
    answer = line.deliver(row.recipient, row.raw)
    record_answer(work, row, answer, work.clock())
    return answer


def record_answer(work: Round, row: OutboxRecord, answer: Answer, now: datetime) -> None:
    """The letter's next state, by what the server's answer means."""
    ledger, said = work.ledger, f"{answer.code} {answer.text}"
    attempts = row.attempts + 1
    if not answer.known:
        ledger.mark(row.key, "sending", error=said, not_before=now + UNKNOWN_WAIT)
        return
    verdict = answer_to_verdict(answer)
    if verdict == "accepted":
        ledger.mark(row.key, "sent", at=now)
        ledger.note_health(LAST_OK, now.isoformat())
    elif verdict in ("recipient", "content"):
        ledger.mark(row.key, "failed", error=said)
    elif verdict == "an_hour" and attempts >= MAXIMUM_REFUSED_AS_SPAM:
        ledger.mark(row.key, "held", error=f"服务商两次以疑似垃圾邮件拒收，请修改文字后再批准发出。{said}")
    elif attempts >= MAXIMUM_ATTEMPTS and verdict != "configuration":
        ledger.mark(row.key, "failed", error=f"已试{attempts}次仍未发出。{said}")
    else:
        wait = stop_until(verdict, now, work.campaign) or next_try(attempts, now)
        ledger.mark(row.key, "queued", error=said, not_before=wait)


def stop_until(verdict: str, now: datetime, campaign: Campaign) -> datetime | None:
    """How long the whole queue waits, None when only this letter does."""
    if verdict == "an_hour":
        return now + timedelta(hours=1)
    if verdict == "quarter_hour":
        return now + QUARTER
    if verdict == "tomorrow":
        return day_start(now, campaign, days=1)
    return now + timedelta(minutes=30) if verdict == "configuration" else None


WHY = {
    "an_hour": "邮箱服务商疑为垃圾邮件（DT:SPM）拒收，发信暂停1小时",
    "quarter_hour": "邮箱服务商限制发信频率，发信暂停15分钟",
    "tomorrow": "今日发信额度已用完，明日续发",
    "configuration": "发信服务器拒绝了账号或发件人，请核对授权码与发件邮箱，30分钟后再试",
}


def note_stop(work: Round, answer: Answer, now: datetime) -> str:
    """Stop the queue when the answer was about us and not about the letter; gives the reason, empty when there is none."""
    verdict = answer_to_verdict(answer) if answer.known else "later"
    until = stop_until(verdict, now, work.campaign)
    if until is None:
        return ""
    why = f"{WHY[verdict]}：{answer.code} {answer.text}"
    work.ledger.note_health(STOPPED_UNTIL, until.isoformat())
    work.ledger.note_health(STOPPED_WHY, why)
    return why


def count(report: SendReport, row: OutboxRecord, answer: Answer) -> SendReport:
    """The report with one more outcome."""
    if not answer.known:
        return replace(report, unknown=report.unknown + 1)
    verdict = answer_to_verdict(answer)
    if verdict == "accepted":
        return replace(report, sent=report.sent + 1)
    if verdict in ("recipient", "content"):
        return replace(report, failed=report.failed + 1)
    return replace(report, retried=report.retried + 1)
