"""认人: whose letter it is, with evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.doors import opens

if TYPE_CHECKING:
    from intake.claiming.clues import is_personal
    from intake.claiming.evidence import proves_return
    from intake.claiming.known_studios import STUDIO, studio_ties
    from intake.claiming.sender import Known, identify
    from intake.claiming.shares import letters_to_shares, letters_to_waiting
    from intake.claiming.ties import AUTHOR, CASE, COMPARED, LINKING, THREAD, message_ids_among, message_to_ties
    from intake.claiming.unread_letters import letters_to_addressees

__all__ = [
    "AUTHOR",
    "CASE",
    "COMPARED",
    "LINKING",
    "STUDIO",
    "THREAD",
    "Known",
    "identify",
    "is_personal",
    "letters_to_addressees",
    "letters_to_shares",
    "letters_to_waiting",
    "message_ids_among",
    "message_to_ties",
    "proves_return",
    "studio_ties",
]

__getattr__ = opens(
    {
        "intake.claiming.clues": ("is_personal",),
        "intake.claiming.evidence": ("proves_return",),
        "intake.claiming.known_studios": (
            "STUDIO",
            "studio_ties",
        ),
        "intake.claiming.sender": (
            "Known",
            "identify",
        ),
        "intake.claiming.shares": (
            "letters_to_shares",
            "letters_to_waiting",
        ),
        "intake.claiming.ties": (
            "AUTHOR",
            "CASE",
            "COMPARED",
            "LINKING",
            "THREAD",
            "message_ids_among",
            "message_to_ties",
        ),
        "intake.claiming.unread_letters": ("letters_to_addressees",),
    }
)
