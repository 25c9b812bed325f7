"""账册: what is remembered - raw letters and leaves in the vault, facts and decisions in the ledger; the only room that speaks SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.doors import opens

if TYPE_CHECKING:
    from intake.books.database import world_errors
    from intake.books.health import (
        CAMPAIGN_REFUSED,
        CONTACTS,
        DAMAGED_BLOBS,
        ENGINE_TROUBLE,
        FOREIGN_SENT,
        LAST_ASSESSED,
        LAST_CYCLE_ERROR,
        MAIL_SERVERS,
        PAGES_TODAY,
        READ_BY,
        RESTORED,
        RULES,
        SCANS_SEEN,
        SCANS_WAITING,
        UNREAD,
        WITNESS_ABSENT,
    )
    from intake.books.ledger import Ledger, Sighting
    from intake.books.lock import sole_process
    from intake.books.vault import Vault
    from intake.books.work import DECISION, INSTITUTION, LETTER, POST, READ, TODO

__all__ = [
    "CAMPAIGN_REFUSED",
    "CONTACTS",
    "DAMAGED_BLOBS",
    "DECISION",
    "ENGINE_TROUBLE",
    "FOREIGN_SENT",
    "INSTITUTION",
    "LAST_ASSESSED",
    "LAST_CYCLE_ERROR",
    "LETTER",
    "MAIL_SERVERS",
    "PAGES_TODAY",
    "POST",
    "READ",
    "READ_BY",
    "RESTORED",
    "RULES",
    "SCANS_SEEN",
    "SCANS_WAITING",
    "TODO",
    "UNREAD",
    "WITNESS_ABSENT",
    "Ledger",
    "Sighting",
    "Vault",
    "sole_process",
    "world_errors",
]

__getattr__ = opens(
    {
        "intake.books.database": ("world_errors",),
        "intake.books.health": (
            "CAMPAIGN_REFUSED",
            "CONTACTS",
            "DAMAGED_BLOBS",
            "ENGINE_TROUBLE",
            "FOREIGN_SENT",
            "LAST_ASSESSED",
            "LAST_CYCLE_ERROR",
            "MAIL_SERVERS",
            "PAGES_TODAY",
            "READ_BY",
            "RESTORED",
            "RULES",
            "SCANS_SEEN",
            "SCANS_WAITING",
            "UNREAD",
            "WITNESS_ABSENT",
        ),
        "intake.books.ledger": (
            "Ledger",
            "Sighting",
        ),
        "intake.books.lock": ("sole_process",),
        "intake.books.vault": ("Vault",),
        "intake.books.work": (
            "DECISION",
            "INSTITUTION",
            "LETTER",
            "POST",
            "READ",
            "TODO",
        ),
    }
)
