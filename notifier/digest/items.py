"""Core: what staff must decide today (需您处理) - every open question once, with candidates, evidence and the way to settle it.

Each kind of item stands in the file of what it speaks of: letters that came, their senders, findings, files, letters of ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from notifier.digest.basis import DigestBasis, closed
from notifier.digest.file_items import unread_items, version_items
from notifier.digest.finding_items import finding_items
from notifier.digest.letter_items import quarantine_items, question_items, unclaimed_items, unreachable_items
from notifier.digest.outbox_items import outbox_items
from notifier.digest.sender_items import books_items, sender_items, unknown_items
from notifier.digest.volume_items import volume_items
from notifier.letter import DigestItem

OVERDUE_AFTER = timedelta(days=3)


def find_items(basis: DigestBasis) -> tuple[DigestItem, ...]:
    """Every decision that waits, most urgent first; each stays until somebody settles it, and says when it has waited too long."""
    return in_order(mark_overdue(item, basis.now) for item in open_items(basis))


def mark_overdue(item: DigestItem, now: datetime) -> DigestItem:
    """The item with how many days beyond the three that anything may wait."""
    days = (now - item.since - OVERDUE_AFTER).days + 1 if item.since and now - item.since > OVERDUE_AFTER else 0
    return replace(item, overdue=days) if days else item


def in_order(items: Iterable[DigestItem]) -> tuple[DigestItem, ...]:
    """Most urgent first, then by institution."""
    return tuple(sorted(items, key=lambda item: (item.urgency, item.institution, item.sentence)))


def open_items(basis: DigestBasis) -> list[DigestItem]:
    """Every decision that waits, each by itself."""
    return [
        *unclaimed_items(basis),
        *finding_items(basis),
        *sender_items(basis),
        *version_items(basis),
        *unread_items(basis),
        *volume_items(basis.assessments),
        *unreachable_items(basis),
        *question_items(basis),
        *outbox_items(basis),
        *quarantine_items(basis),
        *unknown_items(basis.unknown, closed(basis, "seen")),
        *books_items(basis.health.values, closed(basis, "seen")),
    ]
