"""邮局: finished bytes, when they may leave, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.doors import opens

if TYPE_CHECKING:
    from notifier.post.approval import Approval, approve_letters, drop_letters, edit_letter, hold_letters, resend_letter, split_text
    from notifier.post.dispatch import day_start, letter_to_record
    from notifier.post.mime import derive_message_id, wording_to_bytes
    from notifier.post.sending import STOPPED_UNTIL, STOPPED_WHY, Line, Round, send_round
    from notifier.post.smtp import open_post

__all__ = [
    "STOPPED_UNTIL",
    "STOPPED_WHY",
    "Approval",
    "Line",
    "Round",
    "approve_letters",
    "day_start",
    "derive_message_id",
    "drop_letters",
    "edit_letter",
    "hold_letters",
    "letter_to_record",
    "open_post",
    "resend_letter",
    "send_round",
    "split_text",
    "wording_to_bytes",
]

__getattr__ = opens(
    {
        "notifier.post.approval": (
            "Approval",
            "approve_letters",
            "drop_letters",
            "edit_letter",
            "hold_letters",
            "resend_letter",
            "split_text",
        ),
        "notifier.post.dispatch": (
            "day_start",
            "letter_to_record",
        ),
        "notifier.post.mime": (
            "derive_message_id",
            "wording_to_bytes",
        ),
        "notifier.post.sending": (
            "Line",
            "Round",
            "STOPPED_UNTIL",
            "STOPPED_WHY",
            "send_round",
        ),
        "notifier.post.smtp": ("open_post",),
    }
)
