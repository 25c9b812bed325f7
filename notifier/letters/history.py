"""Core: what was said to an institution before, read from the outbox - so that nobody is told twice and nobody is forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from config.campaign import Campaign
from config.settings import Mode
from intake.decisions import decisions_in_force
from intake.records import OutboxRecord
from intake.submission import Decision
from notifier.letters.letter_kinds import ANSWERS, MATERIAL_ANSWERS, NEUTRAL

# How a staff decision not to send is told from a letter replaced by a better one: only the first settles the matter.
STAFF_DROPPED = "工作人员决定不发。"
# Why a letter that would repeat one that left did not leave: what it says has been told, so it settles the matter too.
SAID_ALREADY = "与已发出的信文字相同，不再发出"
# Why a letter waits whatever its mode: staff keep the whole institution back.
KEPT_BACK = "这所学校设了暂停，信暂不发出。"
# What staff called back or held by hand; only they let it go again.
HELD_BY_HAND = "工作人员暂停。"


@dataclass(frozen=True, slots=True)
class History:
    """往来: one institution's rows of the outbox; `mode` decides whether a draft counts (only while rehearsing)."""

    rows: tuple[OutboxRecord, ...]
    mode: Mode = "automatic"

    @property
    def left(self) -> tuple[OutboxRecord, ...]:
        """Rows that reached, or may have reached, the institution; a bounced one did not."""
        states = {"sent", "sending"} | ({"draft"} if self.mode == "rehearsal" else set())
        return tuple(r for r in self.rows if r.state in states and not r.came_back)

    @property
    def waiting(self) -> tuple[OutboxRecord, ...]:
        """Rows that have not left yet and may still be replaced by a better letter."""
        return tuple(r for r in self.rows if r.state in ("queued", "held"))

    @property
    def settled(self) -> tuple[OutboxRecord, ...]:
        """Rows that are before the staff and no longer the program's to repeat: failed, bounced, or dropped by a person."""
        return tuple(r for r in self.rows if r.state == "failed" or r.came_back or is_dropped_by_staff(r) or is_said_already(r))

    @property
    def answered(self) -> frozenset[str]:
        """Letters that need no other answer: told already, or the answer is before the staff. The neutral word to a stranger is none:
        once staff confirm his mailbox, he is owed the real one."""
        return frozenset(sha for row in (*self.left, *self.settled) if row.kind not in NEUTRAL for sha in row.answers)

    @property
    def covered(self) -> frozenset[str]:
        """Letters some standing row answers, waiting ones included."""
        return self.answered | {sha for row in self.waiting if row.kind not in NEUTRAL for sha in row.answers}

    @property
    def acknowledged(self) -> frozenset[str]:
        """Letters a stranger was told neutrally of, or is about to be, or staff chose not to."""
        rows = (*self.left, *self.waiting, *self.settled)
        return frozenset(sha for row in rows if row.kind in NEUTRAL for sha in row.answers)

    @property
    def told(self) -> frozenset[str]:
        """Keys of findings, reminders and deadlines stated in letters that left."""
        return frozenset(key for row in self.left for key in row.told)

    @property
    def ever(self) -> frozenset[str]:
        """Keys stated in any row that stands or waits: what must not be composed a second time."""
        return self.told | {key for row in (*self.waiting, *self.settled) for key in row.told}

    @property
    def last_answer_at(self) -> datetime | None:
        """When our last answer left."""
        times = [r.sent_at or r.created_at for r in self.left if r.kind in ANSWERS]
        return max(times, default=None)

    @property
    def has_answered_material(self) -> bool:
        """True once a letter about the material itself has left: the next one is about what changed."""
        return any(row.kind in MATERIAL_ANSWERS for row in self.left)


def is_dropped_by_staff(row: OutboxRecord) -> bool:
    """True when a person decided that this letter is not to be sent."""
    return row.state == "dropped" and row.error == STAFF_DROPPED


def is_said_already(row: OutboxRecord) -> bool:
    """True when the letter was kept from leaving because one with the same words had left."""
    return row.state == "dropped" and row.error.startswith(SAID_ALREADY)


def is_superseded(row: OutboxRecord) -> bool:
    """True when a newer letter, or the course of things, took this one's place: nobody decided against it."""
    return row.state == "dropped" and not is_dropped_by_staff(row) and not is_said_already(row)


def outbox_to_histories(outbox: Iterable[OutboxRecord], mode: Mode) -> dict[str, History]:
    """The outbox by institution; rows for staff and for unclaimed senders stand under the empty name."""
    rows: dict[str, list[OutboxRecord]] = {}
    for row in outbox:
        rows.setdefault(row.institution, []).append(row)
    return {name: History(tuple(found), mode) for name, found in rows.items()}


def blocked_addresses(outbox: Iterable[OutboxRecord], decisions: Sequence[Decision]) -> frozenset[str]:
    """Addresses our mail came back from, until staff decide something about them afterwards (kinds `note` and `approve`)."""
    cleared = {}
    for decision in decisions:
        if decision.kind in ("note", "approve"):
            cleared[decision.target.lower()] = decision.decided_at
    blocked = set()
    for row in outbox:
        address = row.recipient.lower()
        if row.came_back and row.bounced_at is not None and (address not in cleared or cleared[address] < row.bounced_at):
            blocked.add(address)
    return frozenset(blocked)


def count_today(outbox: Iterable[OutboxRecord], address: str, campaign: Campaign, now: datetime) -> int:
    """Letters to one address on this calendar day, left or still to leave."""
    return _count_of_day((row for row in outbox if row.state not in ("dropped", "failed")), address, campaign, now)


def count_left_today(outbox: Iterable[OutboxRecord], address: str, campaign: Campaign, now: datetime) -> int:
    """Letters that left for one address on this calendar day, or may have: the limit that trusts no classification."""
    return _count_of_day((row for row in outbox if row.state in ("sent", "sending")), address, campaign, now)


def _count_of_day(rows: Iterable[OutboxRecord], address: str, campaign: Campaign, now: datetime) -> int:
    moments = [now, *(row.sent_at or row.created_at for row in rows if row.recipient.lower() == address.lower())]
    today, *days = (moment.astimezone(campaign.zone).date() for moment in moments)
    return days.count(today)


def held_institutions(decisions: Sequence[Decision], target: str = "") -> frozenset[str]:
    """Institutions whose letters (or only reminders, with target `reminders`) staff keep back."""
    return frozenset(d.institution for d in decisions_in_force(decisions) if d.kind == "hold" and d.target in ("", "letters", target))
