"""Shell: the stations of the belt (工位) behind one door - each asks the ledger what is owed to it and records it in one transaction (law 3).

open_letters opens what the mailbox's room has kept, read_documents reads the files, assess_letters says whose the letters are and what is
still to be said, read_scans recognises scans last of all, rebuild derives everything again, retry gives a quarantined letter another
chance. No station calls the next; a crash anywhere means: do that piece again.

The door opens station by station: who only assesses (`intake decide`) need not load every reader and the mailbox.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.doors import opens

if TYPE_CHECKING:
    from intake.belt.assess_station import assess_letters
    from intake.belt.open_station import OpenReport, open_letters
    from intake.belt.read_station import ReadReport, read_documents
    from intake.belt.rebuilding import NOT_DERIVED, rebuild, retry
    from intake.belt.scan_station import ScanReport, read_scans
    from intake.belt.selfcheck import check_files, read_one

__all__ = [
    "NOT_DERIVED",
    "OpenReport",
    "ReadReport",
    "ScanReport",
    "assess_letters",
    "check_files",
    "open_letters",
    "read_documents",
    "read_one",
    "read_scans",
    "rebuild",
    "retry",
]

__getattr__ = opens(
    {
        "intake.belt.assess_station": ("assess_letters",),
        "intake.belt.open_station": (
            "OpenReport",
            "open_letters",
        ),
        "intake.belt.read_station": (
            "ReadReport",
            "read_documents",
        ),
        "intake.belt.rebuilding": (
            "NOT_DERIVED",
            "rebuild",
            "retry",
        ),
        "intake.belt.scan_station": (
            "ScanReport",
            "read_scans",
        ),
        "intake.belt.selfcheck": (
            "check_files",
            "read_one",
        ),
    }
)
