"""评估: Submission + decisions + checks -> Assessment; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.doors import opens

if TYPE_CHECKING:
    from intake.judging.assessment import across, assess, assess_all, assessment_fingerprint
    from intake.judging.keys import campaign_mark, contacts_mark, digest, institution_to_contact, next_edge, passed_edges
    from intake.judging.views import assessment_to_glance, complete_since, letter_to_line, open_counts

__all__ = [
    "across",
    "assess",
    "assess_all",
    "assessment_fingerprint",
    "assessment_to_glance",
    "campaign_mark",
    "complete_since",
    "contacts_mark",
    "digest",
    "institution_to_contact",
    "letter_to_line",
    "next_edge",
    "open_counts",
    "passed_edges",
]

__getattr__ = opens(
    {
        "intake.judging.assessment": (
            "across",
            "assess",
            "assess_all",
            "assessment_fingerprint",
        ),
        "intake.judging.keys": (
            "campaign_mark",
            "contacts_mark",
            "digest",
            "institution_to_contact",
            "next_edge",
            "passed_edges",
        ),
        "intake.judging.views": (
            "assessment_to_glance",
            "complete_since",
            "letter_to_line",
            "open_counts",
        ),
    }
)
