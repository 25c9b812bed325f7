"""表册: what the office takes away - merged tables, the ledger workbook, folders, the final report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.doors import opens

if TYPE_CHECKING:
    from notifier.tables.final_report import final_report_workbook
    from notifier.tables.folders import export
    from notifier.tables.ledger_workbook import make_ledger_workbook
    from notifier.tables.merged import Heading, merged_workbook, write_headings

__all__ = [
    "Heading",
    "export",
    "final_report_workbook",
    "make_ledger_workbook",
    "merged_workbook",
    "write_headings",
]

__getattr__ = opens(
    {
        "notifier.tables.final_report": ("final_report_workbook",),
        "notifier.tables.folders": ("export",),
        "notifier.tables.ledger_workbook": ("make_ledger_workbook",),
        "notifier.tables.merged": (
            "Heading",
            "merged_workbook",
            "write_headings",
        ),
    }
)
