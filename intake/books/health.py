"""Shell: the ledger's chapter of health - short notes of what the robot last managed, each under one of the names below."""

from __future__ import annotations

from collections.abc import Mapping

from intake.books.base import Base
from intake.records import Health

LAST_POLL_OK, LAST_POLL_ERROR = "last_poll_ok", "last_poll_error"
LETTERS_ON_SERVER, REFUSED_LETTERS, ABSENT_FOLDERS = "letters_on_server", "refused_letters", "absent_folders"
MAIL_SERVERS = "mail_servers"
RESTORED, DAMAGED_BLOBS, FOREIGN_SENT = "restored_at", "damaged_blobs", "foreign_sent"
WITNESS_ABSENT = "witness_absent"
LAST_CYCLE_ERROR, LAST_ASSESSED, RULES = "last_cycle_error", "last_assessed_at", "assessed_by_rules"
UNREAD, CONTACTS = "assessed_with_unread", "assessed_with_contacts"
READ_BY, CAMPAIGN_REFUSED = "read_by", "campaign_refused"
ENGINE_TROUBLE = "engine_trouble"
PAGES_TODAY, SCANS_WAITING, SCANS_SEEN = "scan_pages_today", "scans_waiting", "scans_seen"
"""RULES: by which campaign and rules the assessments were made; other ones mean that everything is derived anew."""


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

    def health_note(self, name: str) -> str:
        """One note, "" when there is none."""
        found = self._rows("SELECT value FROM health WHERE name = ?", [name])
        return str(found[0]["value"]) if found else ""

    def health_notes(self, beginning: str) -> Mapping[str, str]:
        """The notes whose names begin so, each under the rest of its name."""
        rows = self._rows("SELECT * FROM health WHERE substr(name, 1, ?) = ?", [len(beginning), beginning])
        return {r["name"][len(beginning) :]: r["value"] for r in rows}

    def taken_steps(self) -> tuple[tuple[str, str], ...]:
        """The steps that brought the books to their shape, in order: each with its name and when it was taken (ISO 8601, UTC)."""
        sql = "SELECT name, applied_at FROM _sqlite_migrations WHERE migration_set = 'ledger' ORDER BY id"
        return tuple((r["name"], r["applied_at"]) for r in self._rows(sql))
