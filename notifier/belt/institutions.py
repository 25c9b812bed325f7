"""Shell: the notifier's stations - each asks the ledger what is owed, composes or sends it, and records it in one transaction.

No station calls another; the service runs them on its timetable. All may be run again at any time: what is done is not done twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from config.campaign import Campaign
from config.settings import Settings
from intake.books.ledger import Ledger
from intake.books.work import POST
from intake.judging.assessment import assessment_fingerprint
from intake.records import OutboxRecord
from intake.submission import Assessment, Claim, Received
from notifier.belt.agenda import find_due, note_looked
from notifier.belt.staff import compose_digest, queue_digest, queue_digests_due, queue_final_report, queue_heartbeat
from notifier.letter import ANSWERS, REMINDERS, Enclosure, Letter, Occasion, Owed, SendReport
from notifier.letters.compose import approvable, compose_answer, compose_approved
from notifier.letters.facts import finding_key
from notifier.letters.history import History, blocked_addresses, count_today, held_institutions, outbox_to_histories
from notifier.letters.owed import EMPTY_HISTORY, find_owed, find_unclaimed, is_answerable, is_told, letter_to_address
from notifier.letters.reminders import (
    answer_served,
    compose_deadline_change,
    compose_reminder,
    deadline_change_key,
    find_due_reminder,
    find_pardoned,
    owes_answer,
    reminder_key,
    wants_deadline_change,
    wants_reminder,
)
from notifier.letters.staleness import find_staleness
from notifier.letters.strangers import compose_stranger, compose_unclaimed
from notifier.post.dispatch import day_start, letter_to_record
from notifier.post.sending import Line, Round, send_round
from notifier.standing import silent
from notifier.templates.templates import fillable_templates

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

REPLACED = "已由更新的来信回执替代。"
MOST_TO_A_STRANGER = 2
ASKED = ("submission", "question", "withdrawal")


@dataclass(frozen=True, slots=True)
class Desk:
    """案头: everything a composing station reads from the ledger, once."""

    ledger: Ledger
    campaign: Campaign
    settings: Settings
    now: datetime
    assessments: Mapping[str, Assessment]
    outbox: tuple[OutboxRecord, ...]
    histories: Mapping[str, History]
    blocked: frozenset[str]
    kept_back: frozenset[str]

    def history(self, institution: str) -> History:
        """What was said to an institution so far."""
        return self.histories.get(institution, EMPTY_HISTORY)

    def staff_addresses(self) -> frozenset[str]:
        """Our own people: a letter they forward is answered to whoever wrote it, and only after a click."""
        return frozenset(person.address.lower() for person in self.settings.staff)


def open_desk(
    ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime, hold_target: str = "", names: Collection[str] | None = None
) -> Desk:
    """The desk as the ledger has it now; with `names` only these institutions lie on it ("" = strangers), beside all that left today."""
    decisions = ledger.decisions()
    own = ledger.outbox(raw=False) if names is None else tuple(row for name in names for row in ledger.outbox_of(name))
    today = () if names is None else ledger.outbox_since(day_start(now, campaign))
    return Desk(
        ledger=ledger,
        campaign=campaign,
        settings=settings,
        now=now,
        assessments=ledger.assessments(names),
        outbox=tuple({row.key: row for row in (*own, *today)}.values()),
        histories=outbox_to_histories(own, settings.mode),
        blocked=blocked_addresses(ledger.bounced(), decisions),
        kept_back=held_institutions(decisions, hold_target),
    )


def compose_owed(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime) -> int:
    """Compose answers and reminders for whoever something changed for or time made due, and look at nobody else; gives how many letters."""
    due = find_due(ledger, campaign, settings, now)
    if not due.names:
        return 0
    made = compose_letters(ledger, campaign, settings, now, due.names) + compose_reminders(ledger, campaign, settings, now, due.names)
    note_looked(ledger, due, campaign, settings, now)
    return made


def compose_letters(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime, names: Collection[str] | None = None) -> int:
    """Compose every answer owed now, the letters that wait for a click, and the question to strangers; gives how many. `names` limits
    the look to these institutions ("" = strangers)."""
    desk = open_desk(ledger, campaign, settings, now, names=names)
    if drop_outdated(desk):
        desk = open_desk(ledger, campaign, settings, now, names=names)
    templates = cache(lambda: enclosed_templates(campaign))
    made = sum(answer_institution(desk, owed, templates) for owed in find_owed(desk.assessments, desk.histories, campaign, now))
    if made:
        desk = open_desk(ledger, campaign, settings, now, names=names)
    made += sum(prepare_approved(desk, assessment) for assessment in desk.assessments.values())
    made += sum(announce_deadline(desk, assessment) for assessment in desk.assessments.values())
    return made + (ask_strangers(desk) if names is None or "" in names else 0)


def compose_reminders(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime, names: Collection[str] | None = None) -> int:
    """Compose the reminders due now for whoever still lacks something; those that time or new mail overtook are dropped."""
    kind = find_due_reminder(campaign, now)
    desk = open_desk(ledger, campaign, settings, now, "reminders", names)
    if any(row.kind in REMINDERS for history in desk.histories.values() for row in history.waiting):
        drop_overtaken(desk)
        desk = open_desk(ledger, campaign, settings, now, "reminders", names)
    if kind is None:
        return 0
    key = reminder_key(kind, campaign, now)
    made = 0
    for institution in campaign.institutions:
        if names is not None and institution.name not in names:
            continue
        assessment = desk.assessments.get(institution.name) or silent(institution)
        history = desk.history(institution.name)
        if institution.name in desk.kept_back or answer_served(history, kind, campaign, now):
            continue
        if not wants_reminder(assessment, history, key, remind_silent=settings.remind_silent):
            continue
        occasion = make_occasion(desk, assessment, recipient=find_recipient(desk, assessment, assessment.submission.letters))
        if occasion.recipient and not owes_answer(occasion, history):
            made += keep_letter(desk, compose_reminder(kind, occasion, campaign))
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
        names = tuple(ledger.marked(POST))
        compose_letters(ledger, campaign, settings, clock(), names)
        compose_reminders(ledger, campaign, settings, clock(), names)
    return report


def answer_institution(desk: Desk, owed: Owed, templates: Callable[[], tuple[Enclosure, ...]]) -> int:
    """The one cumulative answer to an institution; it takes the place of answers that have not left yet. A sender who has proven nothing
    gets a neutral word of his own, and the real answer goes to the institution's proven address."""
    assessment = desk.assessments[owed.institution]
    strange = tuple(letter for letter in owed.letters if not is_trusted(desk, assessment, letter))
    made = sum(acknowledge_stranger(desk, assessment, letter) for letter in strange)
    letters = tuple(letter for letter in owed.letters if letter not in strange or brings_material(assessment, letter))
    recipient = find_recipient(desk, assessment, tuple(letter for letter in owed.letters if letter not in strange))
    others = [row for row in desk.outbox if row.key not in owed.replaces]
    if not letters or not recipient:
        return made
    if count_today(others, recipient, desk.campaign, desk.now) >= desk.settings.pacing.per_address_per_day:
        return made
    occasion = replace(make_occasion(desk, assessment, recipient=recipient), answers=letters, affiliate=find_affiliate(desk, owed))
    letter = compose_answer(occasion, desk.campaign, templates)
    if letter is None:
        return made
    forwarded = any(letter_to_address(r.message).lower() in desk.staff_addresses() for r in owed.letters[-1:])
    return made + keep_letter(desk, replace(letter, needs_approval=letter.needs_approval or forwarded), owed.replaces)


def is_trusted(desk: Desk, assessment: Assessment, letter: Received) -> bool:
    """True when the sender may be told everything: he has proven himself, or one of us passed the letter on (then a click comes first)."""
    return is_told(assessment, letter) or letter.message.sender.address.lower() in desk.staff_addresses()


def brings_material(assessment: Assessment, letter: Received) -> bool:
    """True when an unproven letter is worth the registered mailbox's attention: it has files, and its sender was not found forged."""
    claim = assessment.submission.claims.get(letter.sha256)
    return bool(letter.message.attachments) and not (claim and claim.evidence.authentication == "fail")


def acknowledge_stranger(desk: Desk, assessment: Assessment, letter: Received) -> int:
    """The neutral word to an unproven sender, once a letter and not to addresses that are blocked or had their share of the day."""
    history, address = desk.history(assessment.institution.name), letter_to_address(letter.message)
    claim = assessment.submission.claims[letter.sha256]
    if letter.sha256 in history.acknowledged or not address or address.lower() in desk.blocked or claim.evidence.authentication == "fail":
        return 0
    if count_today(desk.outbox, address, desk.campaign, desk.now) >= MOST_TO_A_STRANGER:
        return 0
    return keep_letter(desk, compose_stranger(letter, claim, make_occasion(desk, assessment, recipient=address), desk.campaign))


def prepare_approved(desk: Desk, assessment: Assessment) -> int:
    """The letter about quota and eligibility, kept ready for a click; made anew when what it asks has changed."""
    history = desk.history(assessment.institution.name)
    waiting = [row for row in history.waiting if row.kind == "approved"]
    stale = [row for row in waiting if find_staleness(row, assessment, desk.campaign, desk.now)]
    current = [row for row in waiting if row not in stale]
    findings = [f for f in approvable(assessment) if finding_key(f) not in history.told | settled_keys(history)]
    clicked = any(finding.state == "approved" for finding in findings)
    told = {key for row in current for key in row.told}
    if {finding_key(f) for f in findings} <= told and not (clicked and any(row.state == "held" for row in current)):
        findings = []
    if not findings:
        return drop_rows(desk, stale)
    recipient = find_recipient(desk, assessment, assessment.submission.letters)
    occasion = make_occasion(desk, assessment, recipient=recipient)
    occasion = replace(occasion, told=occasion.told | settled_keys(history), answers=newest_answerable(assessment))
    letter = compose_approved(occasion, desk.campaign, desk.settings.pacing.approval_delay_minutes)
    # It threads to the newest letter but does not answer it: the receipt does.
    held = [row.key for row in waiting if row.state == "held" or row in stale]
    return keep_letter(desk, replace(letter, answers=()), tuple(held)) if letter else 0


def settled_keys(history: History) -> frozenset[str]:
    """What staff chose not to say, or could not be delivered: not prepared a second time."""
    return frozenset(key for row in history.settled for key in row.told)


def announce_deadline(desk: Desk, assessment: Assessment) -> int:
    """The notice of a moved deadline to an open case or to who was called late, before staff's eyes first."""
    key = deadline_change_key(desk.campaign, desk.now)
    history = desk.history(assessment.institution.name)
    if not wants_deadline_change(assessment, history, key):
        return 0
    recipient = find_recipient(desk, assessment, assessment.submission.letters)
    occasion = replace(make_occasion(desk, assessment, recipient=recipient), answers=newest_answerable(assessment))
    letter = compose_deadline_change(occasion, desk.campaign, find_pardoned(assessment, history))
    return keep_letter(desk, replace(letter, answers=())) if recipient else 0


def ask_strangers(desk: Desk) -> int:
    """One neutral question to every sender nobody could place."""
    claims = desk.ledger.claims_of("")
    received = find_strangers(desk.ledger, claims, desk.history(""))
    letters = find_unclaimed(received, claims, desk.history(""), desk.campaign, desk.now)
    made = 0
    for letter in letters:
        address = letter_to_address(letter.message)
        if address.lower() not in desk.blocked | desk.staff_addresses():
            made += keep_letter(desk, compose_unclaimed(letter, desk.campaign, desk.now, address))
    return made


def find_strangers(ledger: Ledger, claims: Mapping[str, Claim], history: History) -> tuple[Received, ...]:
    """The opened letters of nobody, oldest first; those whose sender was asked already are not opened again."""
    asked = {row.recipient.lower() for row in history.rows if row.kind == "unclaimed" and row.state != "dropped"}
    known = {line.sha256 for line in ledger.letter_lines(institution="") if line.sender.lower() in asked or line.kind not in ASKED}
    records = (ledger.one_letter(sha) for sha in claims if sha not in known)
    opened = ((record, ledger.opening(record.sha256)) for record in records if record is not None)
    found = (Received(message, record.received_at) for record, message in opened if message is not None)
    return tuple(sorted(found, key=lambda letter: (letter.received_at, letter.sha256)))


def keep_letter(desk: Desk, letter: Letter, replaces: tuple[str, ...] = ()) -> int:
    """Put a letter into the outbox and drop those it replaces, in one transaction; gives 1 when it is new."""
    record = letter_to_record(letter, desk.campaign, desk.settings.mode, held=letter.institution in desk.kept_back)
    with desk.ledger.immediate():
        for key in replaces:
            desk.ledger.mark(key, "dropped", error=REPLACED)
        return int(desk.ledger.enqueue(record))


def drop_rows(desk: Desk, rows: list[OutboxRecord]) -> int:
    """Drop letters that are no longer true; composes nothing."""
    for row in rows:
        desk.ledger.mark(row.key, "dropped", error=find_staleness(row, desk.assessments.get(row.institution), desk.campaign, desk.now))
    return 0


def drop_outdated(desk: Desk) -> int:
    """Drop waiting answers that are no longer true, so that they are composed anew; gives how many."""
    dropped = 0
    for name, history in desk.histories.items():
        rows = [row for row in history.waiting if row.kind in ANSWERS]
        stale = [row for row in rows if find_staleness(row, desk.assessments.get(name), desk.campaign, desk.now)]
        drop_rows(desk, stale)
        dropped += len(stale)
    return dropped


def drop_overtaken(desk: Desk) -> None:
    """Drop waiting reminders whose day is over or whose institution has sent something since."""
    for name, history in desk.histories.items():
        rows = [row for row in history.waiting if row.kind in REMINDERS]
        drop_rows(desk, [row for row in rows if find_staleness(row, desk.assessments.get(name), desk.campaign, desk.now)])


def make_occasion(desk: Desk, assessment: Assessment, *, recipient: str) -> Occasion:
    """The occasion of a letter to this institution, with its number and all that was said before."""
    name = assessment.institution.name
    history = desk.history(name)
    return Occasion(
        assessment=assessment,
        case_number=desk.ledger.case_number(name, desk.campaign.case_prefix),
        recipient=recipient,
        now=desk.now,
        told=history.told,
        first=not history.has_answered_material,
        sequence=len(history.rows) + 1,
        last_answer_at=history.last_answer_at,
        basis=assessment_fingerprint(assessment),
        strange=tuple(letter for letter in assessment.submission.letters if not is_trusted(desk, assessment, letter)),
    )


def find_recipient(desk: Desk, assessment: Assessment, letters: tuple[Received, ...]) -> str:
    """The address of record: of the newest letter a person with proof wrote, else the registered one; empty when our mail came back from
    both. A stranger's letter never moves it (law 14)."""
    candidates = []
    proven = [r for r in (*assessment.submission.letters, *letters) if is_answerable(r.message) and is_trusted(desk, assessment, r)]
    for letter in reversed(proven):
        address = letter_to_address(letter.message)
        forwarded = letter.message.forwarded_from
        if address.lower() in desk.staff_addresses():
            address = forwarded.address if forwarded else ""
        candidates.append(address)
    candidates.append(assessment.institution.email)
    return next((a for a in candidates if a and a.lower() not in desk.blocked), "")


def newest_answerable(assessment: Assessment) -> tuple[Received, ...]:
    """The newest letter a person wrote, to thread to; none for who never wrote."""
    letters = [letter for letter in assessment.submission.letters if is_answerable(letter.message)]
    return tuple(letters[-1:])


def find_affiliate(desk: Desk, owed: Owed) -> str:
    """The hospital's name when all letters answered came from one hospital writing for its parent."""
    claims: Mapping[str, Any] = desk.ledger.claims(r.sha256 for r in owed.letters)
    names = {claims[r.sha256].affiliate if r.sha256 in claims else "" for r in owed.letters}
    return names.pop() if len(names) == 1 else ""


def enclosed_templates(campaign: Campaign) -> tuple[Enclosure, ...]:
    """The fillable forms that go with every request for missing material."""
    return tuple(Enclosure(name, payload) for name, payload in fillable_templates(campaign))
