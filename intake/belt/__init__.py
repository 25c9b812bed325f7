"""Shell: the stations of the belt (工位) behind one door - each asks the ledger what is owed to it and records it in one transaction (law 3).

fetch_letters and import_letters bring letters in, open_letters opens them, read_documents reads their files, read_scans recognises scans last of all, assess_letters says whose
they are and what is still to be said, rebuild derives everything again, retry gives a quarantined letter another chance. No station calls
the next; a crash anywhere means: do that piece again.
"""

from __future__ import annotations

from collections.abc import Sequence

from intake.belt.assess_station import assess_letters
from intake.belt.open_station import OpenReport, open_letters
from intake.belt.read_station import ReadReport, read_documents
from intake.belt.rebuilding import rebuild
from intake.belt.scan_station import ScanReport, read_scans
from intake.books.ledger import Ledger
from intake.mailbox.fetch import FetchReport, fetch_letters
from intake.mailbox.files import ImportReport, import_letters


def retry(ledger: Ledger, shas: Sequence[str] = ()) -> int:
    """Let quarantined letters be opened again: these, or all of them; gives how many."""
    return sum(ledger.retry(sha) for sha in shas or [letter.sha256 for letter in ledger.letters("quarantined")])


__all__ = [
    "FetchReport",
    "ImportReport",
    "OpenReport",
    "ReadReport",
    "ScanReport",
    "assess_letters",
    "fetch_letters",
    "import_letters",
    "open_letters",
    "read_documents",
    "read_scans",
    "rebuild",
    "retry",
]
