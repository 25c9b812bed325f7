"""Shell: the notifier's stations - each asks the ledger what is owed, composes or sends it, and records it in one transaction.

No station calls another; the service runs them on its timetable. All may be run again at any time: what is done is not done twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from itertools import islice

from config.campaign import Campaign
from config.settings import Settings
from intake.books import POST, Ledger
from intake.records import OutboxRecord
from intake.submission import Claim, Received
from notifier.belt.agenda import find_due, note_looked
from notifier.belt.staff import compose_digest, queue_digest, queue_digests_due, queue_final_report, queue_heartbeat
from notifier.letter import Enclosure, SendReport
from notifier.letters import (
    EMPTY_HISTORY,
    REMINDERS,
    Correspondence,
    History,
    Step,
    blocked_addresses,
    desk_to_letters,
    desk_to_reminders,
    find_due_reminder,
    held_institutions,
    outbox_to_histories,
)
from notifier.post import Line, Round, day_start, letter_to_record, send_round
from notifier.templates import templates_with_failures

__all__ = [
    "compose_digest",
    "compose_letters",
    "compose_owed",
    "compose_reminders",
    "queue_digest",
    "queue_digests_due",
    "queue_final_report",
    "queue_heartbeat",
    "send_letters",
]

ENCLOSURE_FAILED, BROKEN = "enclosure_failed", "letters_broken"
NOBODY = "未确认来信人"
ASKED = ("submission", "question", "withdrawal")
TOGETHER = 32
"""So many steps are carried out in one transaction."""
log = logging.getLogger("intake.notifier")


def open_desk(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime, names: Collection[str] | None = None) -> Correspondence:
    """Everything composing looks at, as the ledger has it now; with `names` only these institutions ("" = strangers), beside all that left today."""
    decisions = ledger.decisions()
    own = ledger.outbox(raw=False) if names is None else tuple(row for name in names for row in ledger.outbox_of(name))
    today = own if names is None else ledger.outbox_since(day_start(now, campaign))
    histories = outbox_to_histories(own, settings.mode)
    nobodys = ledger.claims_of("") if names is None or "" in names else {}
    return Correspondence(
        campaign=campaign,
        settings=settings,
        now=now,
        assessments=ledger.assessments(names),
        histories=histories,
        today=today,
        case_number=lambda name: ledger.case_number(name, campaign.case_prefix),
        templates=cache(lambda: enclosed_templates(ledger, campaign, now)),
        claims=ledger.claims() if names is None else {sha: c for name in {*names, ""} for sha, c in ledger.claims_of(name).items()},
        decisions=decisions,
        strangers=find_strangers(ledger, nobodys, histories.get("", EMPTY_HISTORY)),
        blocked=blocked_addresses(ledger.bounced(), decisions),
        silenced=held_institutions(decisions),
        unreminded=held_institutions(decisions, "reminders"),
        names=names,
    )


def find_strangers(ledger: Ledger, claims: Mapping[str, Claim], history: History) -> tuple[Received, ...]:
    """The opened letters of nobody, oldest first; those whose sender was asked already are not opened again."""
    asked = {row.recipient.lower() for row in history.rows if row.kind == "unclaimed" and row.state != "dropped"}
    known = {line.sha256 for line in ledger.letter_lines(institution="") if line.sender.lower() in asked or line.kind not in ASKED}
    records = (ledger.one_letter(sha) for sha in claims if sha not in known)
    opened = ((record, ledger.opening(record.sha256)) for record in records if record is not None)
    found = (Received(message, record.received_at) for record, message in opened if message is not None)
    return tuple(sorted(found, key=lambda letter: (letter.received_at, letter.sha256)))


def compose_owed(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime) -> int:
    """Compose answers and reminders for whoever something changed for or time made due, and look at nobody else; gives how many letters."""
    due = find_due(ledger, campaign, settings, now)
    if not due.names:
        return 0
    note_broken(ledger, (), {name or NOBODY for name in due.names})
    made = compose_letters(ledger, campaign, settings, now, due.names) + compose_reminders(ledger, campaign, settings, now, due.names)
    note_looked(ledger, due, campaign, settings, now)
    return made


def compose_letters(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime, names: Collection[str] | None = None) -> int:
    """Compose every answer owed now, the letters that wait for a click, and the question to strangers; gives how many. `names` limits
    the look to these institutions ("" = strangers)."""
    return keep_steps(ledger, campaign, settings, desk_to_letters(open_desk(ledger, campaign, settings, now, names)))


def compose_reminders(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime, names: Collection[str] | None = None) -> int:
    """Compose the reminders due now for whoever still lacks something; those that time or new mail overtook are dropped."""
    if find_due_reminder(campaign, now) is None and not any(row.kind in REMINDERS for row in waiting_rows(ledger, names)):
        return 0
    return keep_steps(ledger, campaign, settings, desk_to_reminders(open_desk(ledger, campaign, settings, now, names)))


def waiting_rows(ledger: Ledger, names: Collection[str] | None) -> tuple[OutboxRecord, ...]:
    """The letters that wait, of these institutions only when they are named; without their bytes."""
    found = ledger.outbox(raw=False) if names is None else tuple(row for name in names for row in ledger.outbox_of(name))
    return tuple(row for row in found if row.state in ("queued", "held"))


def keep_steps(ledger: Ledger, campaign: Campaign, settings: Settings, steps: Iterable[Step]) -> int:
    """Carry out what was decided, some steps in one transaction; gives how many letters are new. Whose could not be written is noted for staff."""
    made, broken = 0, []
    silenced = held_institutions(ledger.decisions())
    left, taken = iter(steps), TOGETHER
    while taken == TOGETHER:
        taken = 0
        with ledger.immediate():  # also round what is composed meanwhile: a case number is given with the letter that first bears it
            for step in islice(left, TOGETHER):
                taken += 1
                try:
                    row = step_to_row(step, campaign, settings, silenced)
                except Exception as error:
                    log.error("%s的信未能拟写", step.to or NOBODY, exc_info=error)
                    broken.append(step.to or NOBODY)
                    continue
                for key, state, reason in step.marks:
                    ledger.mark(key, state, error=reason)
                made += int(row is not None and ledger.enqueue(row))
    note_broken(ledger, broken)
    return made


def step_to_row(step: Step, campaign: Campaign, settings: Settings, silenced: Collection[str]) -> OutboxRecord | None:
    """The outbox row of a step's letter, None when it has none; raises what kept the letter from being written."""
    if step.broken is not None:
        raise step.broken
    if step.letter is None:
        return None
    return letter_to_record(step.letter, campaign, settings.mode, held=step.letter.institution in silenced)


def note_broken(ledger: Ledger, broken: Collection[str], looked_at: Collection[str] = ()) -> None:
    """Whose letters could not be written; who is looked at again leaves the list first."""
    held = ledger.health_note(BROKEN)
    names = "、".join(dict.fromkeys((*(name for name in held.split("、") if name and name not in looked_at), *broken)))
    if names != held:
        ledger.note_health(BROKEN, names)


def send_letters(
    ledger: Ledger,
    settings: Settings,
    campaign: Campaign,
    clock: Callable[[], datetime],
    pause: Callable[[float], None],
    *,
    find_sent: Callable[[str], bool | None] | None = None,
    connect: Callable[[], Line] | None = None,
    waits: Callable[[OutboxRecord], bool] | None = None,
) -> SendReport:
    """Send what may leave now; what was overtaken is composed anew at once and leaves with the next round."""
    report = send_round(Round(ledger, settings, campaign, clock, pause, find_sent, connect, waits))
    if report.replaced:
        names = tuple(ledger.marked(POST))
        compose_letters(ledger, campaign, settings, clock(), names)
        compose_reminders(ledger, campaign, settings, clock(), names)
    return report


def enclosed_templates(ledger: Ledger, campaign: Campaign, now: datetime) -> tuple[Enclosure, ...]:
    """The fillable forms that go with every request for missing material; one that cannot be made is left out and told to staff: neither
    the letter nor the other forms wait for it."""
    found, failed = templates_with_failures(campaign)
    for name, error in failed.items():
        log.error("空白表样%s未能生成", name, exc_info=error)
    named = "、".join(f"《{name}》" for name in failed)
    ledger.note_health(ENCLOSURE_FAILED, f"{now.isoformat()} {named}" if failed else "")
    return tuple(Enclosure(name, payload) for name, payload in found)
