"""信函: what is owed to whom, and in which words; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.doors import opens

if TYPE_CHECKING:
    from notifier.letters.agenda import next_look
    from notifier.letters.compose import BUILT_IN, compose_reply
    from notifier.letters.correspondence import Correspondence, Step, desk_to_letters, desk_to_reminders
    from notifier.letters.facts import Requests, campaign_to_facts, finding_key, occasion_to_facts
    from notifier.letters.history import (
        HELD_BY_HAND,
        KEPT_BACK,
        SAID_ALREADY,
        STAFF_DROPPED,
        History,
        blocked_addresses,
        count_left_today,
        held_institutions,
        is_said_already,
        is_superseded,
        outbox_to_histories,
    )
    from notifier.letters.letter_kinds import ASKING, KINDS, REMINDERS, ROWS, TO_STAFF, TO_STRANGERS
    from notifier.letters.lines import TITLES
    from notifier.letters.owed import (
        EMPTY_HISTORY,
        find_foreign_reply,
        is_answerable,
        is_owed_words,
        is_unreachable,
        letter_to_address,
    )
    from notifier.letters.reminders import (
        DAYS_BEFORE,
        deadline_change_key,
        find_due_reminder,
        reminder_key,
        reminder_moment,
        wants_deadline_change,
    )
    from notifier.letters.render import PLAIN_RULE, lines_to_blocks, render_frame, render_letter, render_pair, text_to_lines, unknown_words
    from notifier.letters.staleness import find_staleness

__all__ = [
    "ASKING",
    "BUILT_IN",
    "DAYS_BEFORE",
    "EMPTY_HISTORY",
    "HELD_BY_HAND",
    "KEPT_BACK",
    "KINDS",
    "PLAIN_RULE",
    "REMINDERS",
    "ROWS",
    "SAID_ALREADY",
    "STAFF_DROPPED",
    "TITLES",
    "TO_STAFF",
    "TO_STRANGERS",
    "Correspondence",
    "History",
    "Requests",
    "Step",
    "blocked_addresses",
    "campaign_to_facts",
    "compose_reply",
    "count_left_today",
    "deadline_change_key",
    "desk_to_letters",
    "desk_to_reminders",
    "find_due_reminder",
    "find_foreign_reply",
    "find_staleness",
    "finding_key",
    "held_institutions",
    "is_answerable",
    "is_owed_words",
    "is_said_already",
    "is_superseded",
    "is_unreachable",
    "letter_to_address",
    "lines_to_blocks",
    "next_look",
    "occasion_to_facts",
    "outbox_to_histories",
    "reminder_key",
    "reminder_moment",
    "render_frame",
    "render_letter",
    "render_pair",
    "text_to_lines",
    "unknown_words",
    "wants_deadline_change",
]

__getattr__ = opens(
    {
        "notifier.letters.agenda": ("next_look",),
        "notifier.letters.compose": ("BUILT_IN", "compose_reply"),
        "notifier.letters.correspondence": (
            "Correspondence",
            "Step",
            "desk_to_letters",
            "desk_to_reminders",
        ),
        "notifier.letters.facts": (
            "Requests",
            "campaign_to_facts",
            "finding_key",
            "occasion_to_facts",
        ),
        "notifier.letters.history": (
            "HELD_BY_HAND",
            "History",
            "KEPT_BACK",
            "SAID_ALREADY",
            "STAFF_DROPPED",
            "blocked_addresses",
            "count_left_today",
            "held_institutions",
            "is_said_already",
            "is_superseded",
            "outbox_to_histories",
        ),
        "notifier.letters.letter_kinds": (
            "ASKING",
            "KINDS",
            "REMINDERS",
            "ROWS",
            "TO_STAFF",
            "TO_STRANGERS",
        ),
        "notifier.letters.lines": ("TITLES",),
        "notifier.letters.owed": (
            "EMPTY_HISTORY",
            "find_foreign_reply",
            "is_answerable",
            "is_owed_words",
            "is_unreachable",
            "letter_to_address",
        ),
        "notifier.letters.reminders": (
            "DAYS_BEFORE",
            "deadline_change_key",
            "find_due_reminder",
            "reminder_key",
            "reminder_moment",
            "wants_deadline_change",
        ),
        "notifier.letters.render": (
            "PLAIN_RULE",
            "lines_to_blocks",
            "render_frame",
            "render_letter",
            "render_pair",
            "text_to_lines",
            "unknown_words",
        ),
        "notifier.letters.staleness": ("find_staleness",),
    }
)
