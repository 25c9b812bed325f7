"""Shell: the ledger's chapter of what we said - finished letters, what became of them, and the digests composed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from intake.books.base import Base, batched, marks
from intake.books.rows import OUTBOX_COLUMNS, moment_to_text, outbox_to_row, row_to_outbox, text_to_moment
from intake.records import UNPROVEN_BOUNCE, DigestRecord, OutboxRecord, OutboxState


class Outbox(Base):
    """待发信."""

    def enqueue(self, record: OutboxRecord) -> bool:
        """Put a finished letter into the outbox; False (and nothing changes) when its key is already there."""
        sql = f"INSERT OR IGNORE INTO outbox ({', '.join(OUTBOX_COLUMNS)}) VALUES ({marks(OUTBOX_COLUMNS)})"  # noqa: S608
        return self._write(sql, outbox_to_row(record)) > 0

    def outbox(self, state: OutboxState | None = None, institution: str | None = None, *, raw: bool = True) -> tuple[OutboxRecord, ...]:
        """The letters we composed, urgent ones first, then oldest first; all, or of one state, or to one institution; without `raw` no bytes."""
        names = OUTBOX_COLUMNS if raw else [name for name in OUTBOX_COLUMNS if name != "raw"]
        asked = {"state": state, "institution": institution}
        where = " AND ".join(f"{name} = ?" for name, value in asked.items() if value is not None) or "1"
        sql = f"SELECT {', '.join(names)} FROM outbox WHERE {where} ORDER BY priority DESC, number"  # noqa: S608
        return tuple(row_to_outbox(r) for r in self._rows(sql, [value for value in asked.values() if value is not None]))

    def outbox_of(self, institution: str) -> tuple[OutboxRecord, ...]:
        """All that was composed for one institution, without the bytes."""
        return self.outbox(institution=institution, raw=False)

    def one_outbox(self, key: str) -> OutboxRecord | None:
        """One letter of ours, whole; None when there is none of this key."""
        found = self._rows("SELECT * FROM outbox WHERE key = ?", [key])
        return row_to_outbox(found[0]) if found else None

    def count_outbox(self, *states: OutboxState) -> int:
        """How many letters of ours are in one of these states."""
        return int(self._rows(f"SELECT count(*) AS n FROM outbox WHERE state IN ({marks(states)})", states)[0]["n"])  # noqa: S608

    def outbox_states(self) -> Mapping[str, int]:
        """How many letters of ours are in each state."""
        return {r["state"]: r["n"] for r in self._rows("SELECT state, count(*) AS n FROM outbox GROUP BY state")}

    def mark(
        self,
        key: str,
        state: OutboxState,
        *,
        error: str = "",
        at: datetime | None = None,
        not_before: datetime | None = None,
        attempt: bool = False,
        raw: bytes | None = None,
        approved: datetime | None = None,
    ) -> None:
        """Note what became of a letter of ours; `at` is when (kept as the time of sending once it is `sent`); raises KeyError if unknown.

        `approved` is when a person let it go; holding it back takes that away again.
        """
        moment = moment_to_text(at) if at else None
        changed = self._write(
            "UPDATE outbox SET state = ?1, error = ?2, not_before = ?3, attempts = attempts + ?4, raw = coalesce(?5, raw),"
            " tried_at = CASE WHEN ?4 THEN ?6 ELSE tried_at END, sent_at = CASE ?1 WHEN 'sent' THEN coalesce(?6, tried_at) ELSE sent_at END,"
            " approved_at = CASE WHEN ?1 = 'held' THEN NULL ELSE coalesce(?8, approved_at) END WHERE key = ?7",
            [state, error, _optional(not_before), int(attempt), raw, moment, key, _optional(approved)],
        )
        if not changed:
            raise KeyError(key)

    def ours_among(self, clean_ids: Iterable[str]) -> tuple[OutboxRecord, ...]:
        """The letters of ours to an institution that these Message-IDs (without brackets, lower case) name, without the bytes."""
        names = ", ".join(name for name in OUTBOX_COLUMNS if name != "raw")
        found: list[OutboxRecord] = []
        for part in batched(clean_ids):
            sql = f"SELECT {names} FROM outbox WHERE institution <> '' AND lower(trim(message_id, '<> ')) IN ({marks(part)}) ORDER BY number"  # noqa: S608
            found += [row_to_outbox(r) for r in self._rows(sql, part)]
        return tuple(found)

    def find_ours(self, message_id: str, recipient: str, before: datetime) -> tuple[str, str]:
        """Message-ID and subject of the letter of ours a bounce is about: the one it names, else the last sent to that address before; two
        empty texts when there is none."""
        wanted = recipient.strip().lower()
        sql = "SELECT message_id, subject FROM outbox WHERE lower(recipient) = ? AND sent_at <= ? ORDER BY sent_at DESC, message_id DESC LIMIT 1"
        found = self._rows("SELECT message_id, subject FROM outbox WHERE message_id = ?", [message_id]) if message_id else []
        found = found or (self._rows(sql, [wanted, moment_to_text(before)]) if wanted else [])
        return (str(found[0]["message_id"]), str(found[0]["subject"])) if found else ("", "")

    def outbox_since(self, moment: datetime) -> tuple[OutboxRecord, ...]:
        """All that was composed or left at or after a moment, without the bytes."""
        names = ", ".join(name for name in OUTBOX_COLUMNS if name != "raw")
        sql = f"SELECT {names} FROM outbox WHERE created_at >= ?1 UNION SELECT {names} FROM outbox WHERE sent_at >= ?1"  # noqa: S608
        return tuple(row_to_outbox(r) for r in self._rows(sql, [moment_to_text(moment)]))

    def outbox_kind(self, kind: str) -> tuple[OutboxRecord, ...]:
        """All letters of one kind, without the bytes."""
        return tuple(row for row in self.outbox_of("") if row.kind == kind)

    def bounced(self) -> tuple[OutboxRecord, ...]:
        """The letters of ours that came back, without the bytes."""
        names = ", ".join(name for name in OUTBOX_COLUMNS if name != "raw")
        return tuple(row_to_outbox(r) for r in self._rows(f"SELECT {names} FROM outbox WHERE bounced_at IS NOT NULL ORDER BY number"))  # noqa: S608

    def outbox_to(self, recipient: str) -> tuple[OutboxRecord, ...]:
        """All that was composed for one address, whoever it stands for, without the bytes."""
        names = ", ".join(name for name in OUTBOX_COLUMNS if name != "raw")
        rows = self._rows(f"SELECT {names} FROM outbox WHERE lower(recipient) = ? ORDER BY number", [recipient.lower()])  # noqa: S608
        return tuple(row_to_outbox(r) for r in rows)

    def mark_bounced(self, message_id: str, at: datetime, proven: bool = True) -> bool:
        """Note that a letter of ours did not arrive; False when no letter of ours has this Message-ID, or it is known. The first time stands,
        but for a bounce that proved nothing and was followed by one that does."""
        standing = f"(bounced_at IS NULL{' OR error = ?4' if proven else ''})"
        values = [moment_to_text(at), message_id, "" if proven else UNPROVEN_BOUNCE, UNPROVEN_BOUNCE]
        sql = f"UPDATE outbox SET bounced_at = ?1, error = CASE WHEN ?3 <> '' OR error = ?4 THEN ?3 ELSE error END WHERE message_id = ?2 AND {standing}"  # noqa: S608
        return bool(message_id) and self._write(sql, values) > 0

    def not_ours(self, message_ids: Iterable[str]) -> frozenset[str]:
        """Those of these Message-IDs that no letter in these books bears."""
        wanted = sorted(message_ids)
        known = {r["message_id"] for part in batched(wanted) for r in self._rows(f"SELECT message_id FROM outbox WHERE message_id IN ({marks(part)})", part)}  # noqa: S608
        return frozenset(wanted) - known

    def sent_since(self, moment: datetime, kind: str = "", until: datetime | None = None) -> int:
        """How many letters left at or after this moment (of one kind when asked), those of unknown fate included: the provider counts them
        too. What a clock that ran ahead dated after `until` is no letter of today."""
        sql = (
            "SELECT count(*) AS n FROM outbox WHERE ((state = 'sent' AND sent_at >= ?1 AND (?3 IS NULL OR sent_at <= ?3))"
            " OR (state = 'sending' AND tried_at >= ?1 AND (?3 IS NULL OR tried_at <= ?3))) AND (?2 = '' OR kind = ?2)"
        )
        return int(self._rows(sql, [moment_to_text(moment), kind, moment_to_text(until) if until else None])[0]["n"])

    def last_sent(self, most: int, before: datetime) -> tuple[str, ...]:
        """The Message-IDs of the last letters the server took for certain before a moment, the newest first."""
        sql = "SELECT message_id FROM outbox WHERE state = 'sent' AND sent_at < ? ORDER BY sent_at DESC, number DESC LIMIT ?"
        return tuple(str(r["message_id"]) for r in self._rows(sql, [moment_to_text(before), most]))

    def digests(self) -> tuple[DigestRecord, ...]:
        """The digests composed so far, oldest first."""
        rows = self._rows("SELECT * FROM digest ORDER BY day, slot")
        return tuple(DigestRecord(day=r["day"], slot=r["slot"], composed_at=text_to_moment(r["composed_at"]), key=r["key"]) for r in rows)

    def record_digest(self, record: DigestRecord) -> None:
        """Record a digest; the first of a day and slot stands."""
        self._write(
            "INSERT OR IGNORE INTO digest VALUES (?, ?, ?, ?)", [record.day, record.slot, moment_to_text(record.composed_at), record.key]
        )


def _optional(moment: datetime | None) -> str | None:
    return moment_to_text(moment) if moment else None
