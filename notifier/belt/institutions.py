"""Shell: the notifier's stations - each asks the ledger what is owed, composes or sends it, and records it in one transaction.

No station calls another; the service runs them on its timetable. All may be run again at any time: what is done is not done twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache

from config.campaign import Campaign
from config.settings import Settings
from intake.books.ledger import Ledger
from intake.submission import Received
from notifier.belt.staff import compose_digest, queue_digest, queue_digests_due, queue_final_report, queue_heartbeat
from notifier.letter import Enclosure, SendReport
from notifier.letters.correspondence import Correspondence, Step, desk_to_letters, desk_to_reminders
from notifier.letters.history import blocked_addresses, held_institutions, outbox_to_histories
from notifier.letters.letter_kinds import REMINDERS
from notifier.letters.reminders import find_due_reminder
from notifier.post.dispatch import letter_to_record
from notifier.post.sending import Line, Round, send_round
from notifier.templates.templates import fillable_templates

__all__ = [
    "compose_digest",
    "compose_letters",
    "compose_reminders",
    "queue_digest",
    "queue_digests_due",
    "queue_final_report",
    "queue_heartbeat",
    "send_letters",
]

ENCLOSURE_FAILED = "enclosure_failed"
log = logging.getLogger("intake.notifier")


def open_desk(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime) -> Correspondence:
    """Everything composing looks at, as the ledger has it now."""
    outbox, decisions, claims = ledger.outbox(), ledger.decisions(), ledger.claims()
    return Correspondence(
        campaign=campaign,
        settings=settings,
        now=now,
        assessments=ledger.assessments(),
        histories=outbox_to_histories(outbox, settings.mode),
        case_number=lambda name: ledger.case_number(name, campaign.case_prefix),
        templates=cache(lambda: enclosed_templates(ledger, campaign, now)),
        claims=claims,
        decisions=decisions,
        strangers=find_strangers(ledger, {sha for sha, claim in claims.items() if claim.institution is None}),
        blocked=blocked_addresses(outbox, decisions),
        silenced=held_institutions(decisions),
        unreminded=held_institutions(decisions, "reminders"),
    )


def find_strangers(ledger: Ledger, unclaimed: set[str]) -> tuple[Received, ...]:
    """The opened letters nobody could be found for."""
    if not unclaimed:
        return ()
    opened = ((record, ledger.opening(record.sha256)) for record in ledger.letters() if record.sha256 in unclaimed)
    return tuple(Received(message, record.received_at) for record, message in opened if message is not None)


def compose_letters(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime) -> int:
    """Compose every answer owed now, the letters that wait for a click, and the question to strangers; gives how many."""
    return keep_steps(ledger, campaign, settings, desk_to_letters(open_desk(ledger, campaign, settings, now)))


def compose_reminders(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime) -> int:
    """Compose the reminders due now for whoever still lacks something; those that time or new mail overtook are dropped."""
    waiting = [row for row in (*ledger.outbox("queued"), *ledger.outbox("held")) if row.kind in REMINDERS]
    if find_due_reminder(campaign, now) is None and not waiting:
        return 0
    return keep_steps(ledger, campaign, settings, desk_to_reminders(open_desk(ledger, campaign, settings, now)))


def keep_steps(ledger: Ledger, campaign: Campaign, settings: Settings, steps: Iterable[Step]) -> int:
    """Carry out what was decided, each step in one transaction; gives how many letters are new."""
    made = 0
    silenced = held_institutions(ledger.decisions())
    for step in steps:
        with ledger.immediate():
            for key, state, reason in step.marks:
                ledger.mark(key, state, error=reason)
            if step.letter is not None:
                held = step.letter.institution in silenced
                made += int(ledger.enqueue(letter_to_record(step.letter, campaign, settings.mode, held=held)))
    return made


def send_letters(
    ledger: Ledger,
    settings: Settings,
    campaign: Campaign,
    clock: Callable[[], datetime],
    pause: Callable[[float], None],
    *,
    find_sent: Callable[[str], bool] | None = None,
    connect: Callable[[], Line] | None = None,
) -> SendReport:
    """Send what may leave now; what was overtaken is composed anew at once and leaves with the next round."""
    report = send_round(Round(ledger, settings, campaign, clock, pause, find_sent, connect))
    if report.replaced:
        compose_letters(ledger, campaign, settings, clock())
        compose_reminders(ledger, campaign, settings, clock())
    return report


def enclosed_templates(ledger: Ledger, campaign: Campaign, now: datetime) -> tuple[Enclosure, ...]:
    """The fillable forms that go with every request for missing material; none when they cannot be made: a letter never waits for them."""
    try:
        found = tuple(Enclosure(name, payload) for name, payload in fillable_templates(campaign))
    except Exception as error:
        log.exception("空白表样未能生成")
        ledger.note_health(ENCLOSURE_FAILED, f"{now.isoformat()} {type(error).__name__}")
        return ()
    ledger.note_health(ENCLOSURE_FAILED, "")
    return found
