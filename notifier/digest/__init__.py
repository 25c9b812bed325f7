"""日报: the staff's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.doors import opens

if TYPE_CHECKING:
    from notifier.digest.basis import DigestBasis
    from notifier.digest.final_letter import compose_final_report, final_report_key, is_final_report_due
    from notifier.digest.items import in_order, open_items
    from notifier.digest.page import compose_digest_page, digest_facts
    from notifier.digest.workdays import AFTERNOON, MORNING, find_due_slot

__all__ = [
    "AFTERNOON",
    "MORNING",
    "DigestBasis",
    "compose_digest_page",
    "compose_final_report",
    "digest_facts",
    "final_report_key",
    "find_due_slot",
    "in_order",
    "is_final_report_due",
    "open_items",
]

__getattr__ = opens(
    {
        "notifier.digest.final_letter": (
            "compose_final_report",
            "final_report_key",
            "is_final_report_due",
        ),
        "notifier.digest.basis": ("DigestBasis",),
        "notifier.digest.items": (
            "in_order",
            "open_items",
        ),
        "notifier.digest.page": (
            "compose_digest_page",
            "digest_facts",
        ),
        "notifier.digest.workdays": (
            "AFTERNOON",
            "MORNING",
            "find_due_slot",
        ),
    }
)
