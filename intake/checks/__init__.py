"""Core: Checks 核对 - everything there is to say about one institution's submission, all at once, each with its place and its cure.

This room holds one small function an idea, one file a group: letters M, deadline D, quota Q, completeness C, summary_table T,
basic_info F, narrative N, agreement X. It sees submissions, forms and the campaign, and touches nothing: no clock, no files.
What a form schema can state (blank, pattern, limit, sum, order) stands in the schema with its code; `stated` says it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.doors import opens

if TYPE_CHECKING:
    from intake.checks.across import Neighbours, Print, Traces, bands, check_across, submission_to_traces
    from intake.checks.catalogue import CATALOGUE, finding, staff_message
    from intake.checks.dates import deadline_to_text
    from intake.checks.letters import claim_to_findings
    from intake.checks.order import CHECKS, CROSS_CHECKS, Check, CrossCheck
    from intake.checks.sentences import Label

__all__ = [
    "CATALOGUE",
    "CHECKS",
    "CROSS_CHECKS",
    "Check",
    "CrossCheck",
    "Label",
    "Neighbours",
    "Print",
    "Traces",
    "bands",
    "check_across",
    "claim_to_findings",
    "deadline_to_text",
    "finding",
    "staff_message",
    "submission_to_traces",
]

__getattr__ = opens(
    {
        "intake.checks.across": (
            "Neighbours",
            "Print",
            "Traces",
            "bands",
            "check_across",
            "submission_to_traces",
        ),
        "intake.checks.catalogue": (
            "CATALOGUE",
            "finding",
            "staff_message",
        ),
        "intake.checks.dates": ("deadline_to_text",),
        "intake.checks.letters": ("claim_to_findings",),
        "intake.checks.order": (
            "CHECKS",
            "CROSS_CHECKS",
            "Check",
            "CrossCheck",
        ),
        "intake.checks.sentences": ("Label",),
    }
)
