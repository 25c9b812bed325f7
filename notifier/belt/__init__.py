"""工位: asks what is owed, composes, records; Shell only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.doors import opens

if TYPE_CHECKING:
    from notifier.belt.institutions import compose_owed, send_letters
    from notifier.belt.staff import compose_digest, queue_digest, queue_digests_due, queue_heartbeat, queue_to_staff
    from notifier.belt.todo import find_stale_todo, read_todo, write_todo_owed
    from notifier.belt.trial import kept_from, try_campaign

__all__ = [
    "compose_digest",
    "compose_owed",
    "find_stale_todo",
    "kept_from",
    "queue_digest",
    "queue_digests_due",
    "queue_heartbeat",
    "queue_to_staff",
    "read_todo",
    "send_letters",
    "try_campaign",
    "write_todo_owed",
]

__getattr__ = opens(
    {
        "notifier.belt.institutions": (
            "compose_owed",
            "send_letters",
        ),
        "notifier.belt.staff": (
            "compose_digest",
            "queue_digest",
            "queue_digests_due",
            "queue_heartbeat",
            "queue_to_staff",
        ),
        "notifier.belt.todo": (
            "find_stale_todo",
            "read_todo",
            "write_todo_owed",
        ),
        "notifier.belt.trial": ("kept_from", "try_campaign"),
    }
)
