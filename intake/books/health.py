"""Shell: the ledger's chapter of health - short notes of what the robot last managed, each under one of the names below."""

from __future__ import annotations

from intake.books.base import Base
from intake.records import Health

LAST_POLL_OK, LAST_POLL_ERROR = "last_poll_ok", "last_poll_error"
LETTERS_ON_SERVER, REFUSED_LETTERS, ABSENT_FOLDERS = "letters_on_server", "refused_letters", "absent_folders"
LAST_CYCLE_ERROR, LAST_ASSESSED = "last_cycle_error", "last_assessed_at"
PAGES_TODAY, SCANS_WAITING = "scan_pages_today", "scans_waiting"


class HealthNotes(Base):
    """健康."""

    def health(self) -> Health:
        """What the robot last managed to do."""
        return Health(values={r["name"]: r["value"] for r in self._rows("SELECT * FROM health ORDER BY name")})

    def note_health(self, name: str, value: str) -> None:
        """Remember a short text or ISO time under a name; the last one stands, an empty one clears it."""
        if value:
            self._write("INSERT OR REPLACE INTO health VALUES (?, ?)", [name, value[:1000]])
        else:
            self._write("DELETE FROM health WHERE name = ?", [name])
