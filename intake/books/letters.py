"""Shell: the ledger's chapter of letters - where each was met, what became of it, and what was found when it was opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from intake.books.base import Base
from intake.books.migrations import BRINGS_VOLUMES
from intake.books.rows import LETTER_COLUMNS, letter_to_row, moment_to_text, row_to_letter, text_to_moment
from intake.codec import json_to_value, value_to_json
from intake.message import Message
from intake.records import LetterRecord

NOT_READ = ("hostile", "too_large")


class Sighting(NamedTuple):
    """所见: one place on a server (or a disk) where a letter was met, with the server's time there."""

    account: str
    folder: str
    uidvalidity: int
    uid: int
    sha256: str
    received_at: datetime


class Letters(Base):
    """来信."""

    def sightings(self, account: str, folder: str, uidvalidity: int) -> set[int]:
        """The UIDs already met in this folder of this account."""
        return set(self.sighting_times(account, folder, uidvalidity))

    def sighting_times(self, account: str, folder: str, uidvalidity: int) -> Mapping[int, datetime]:
        """The same with the server's time of each, by which a reused UID is found out."""
        sql = "SELECT uid, received_at FROM sighting WHERE account = ? AND folder = ? AND uidvalidity = ?"
        return {r["uid"]: text_to_moment(r["received_at"]) for r in self._rows(sql, [account, folder, uidvalidity])}

    def sighted(self, account: str, folder: str, uidvalidity: int) -> tuple[int, int]:
        """How many letters were met in this folder of this account, and the highest UID among them (0 when none was)."""
        sql = "SELECT count(*) AS n, coalesce(max(uid), 0) AS top FROM sighting WHERE account = ? AND folder = ? AND uidvalidity = ?"
        found = self._rows(sql, [account, folder, uidvalidity])[0]
        return int(found["n"]), int(found["top"])

    def has_met(self, account: str, folder: str) -> bool:
        """True when any letter was ever met in this folder of this account, whatever its UIDs were worth."""
        return bool(self._rows("SELECT 1 FROM sighting WHERE account = ? AND folder = ? LIMIT 1", [account, folder]))

    def met(self, account: str, folder: str, uidvalidity: int) -> dict[int, str]:
        """Which letter was met under which UID of this folder, by SHA-256."""
        sql = "SELECT uid, sha256 FROM sighting WHERE account = ? AND folder = ? AND uidvalidity = ?"
        return {r["uid"]: r["sha256"] for r in self._rows(sql, [account, folder, uidvalidity])}

    def record_fetched(self, records: Iterable[LetterRecord], sightings: Iterable[Sighting]) -> int:
        """Record kept letters and where they were met; gives how many letters are new. Known letters are left as they are."""
        marks = ", ".join("?" * len(LETTER_COLUMNS))
        new = 0
        with self.immediate():
            for record in records:
                new += self._write(f"INSERT OR IGNORE INTO letter ({', '.join(LETTER_COLUMNS)}) VALUES ({marks})", letter_to_row(record))  # noqa: S608
            for seen in sightings:
                self._write("INSERT OR REPLACE INTO sighting VALUES (?, ?, ?, ?, ?, ?)", [*seen[:5], moment_to_text(seen.received_at)])
        return new

    def letters(self, state: str | None = None) -> tuple[LetterRecord, ...]:
        """Every letter, or those in one state, in order of receipt."""
        where, asked = ("WHERE state = ?", [state]) if state else ("", [])
        return tuple(row_to_letter(r) for r in self._rows(f"SELECT * FROM letter {where} ORDER BY received_at, number", asked))  # noqa: S608

    def one_letter(self, sha: str) -> LetterRecord | None:
        """One letter as registered, None when it was never kept."""
        found = self._rows("SELECT * FROM letter WHERE sha256 = ?", [sha])
        return row_to_letter(found[0]) if found else None

    def letter_shas(self) -> tuple[str, ...]:
        """The SHA-256 of every letter, in order of receipt."""
        return tuple(r["sha256"] for r in self._rows("SELECT sha256 FROM letter ORDER BY received_at, number"))

    def count_letters(self, state: str | None = None) -> int:
        """How many letters there are, in all or in one state."""
        where, values = ("", []) if state is None else (" WHERE state = ?", [state])
        return int(self._rows(f"SELECT count(*) AS n FROM letter{where}", values)[0]["n"])  # noqa: S608

    def unopened(self, version: str, new_only: bool = False) -> tuple[LetterRecord, ...]:
        """The letters an opener of this version still owes: new ones, and those another version opened or failed at; copies come last.
        `new_only` leaves out what is opened: right as long as the version is the one that opened all of it."""
        old = "" if new_only else " OR (state = 'opened' AND version <> ?1)"
        sql = (
            f"SELECT letter.* FROM letter LEFT JOIN opening USING (sha256) WHERE state = 'new'{old}"  # noqa: S608
            " OR (state = 'oversize' AND version IS NOT ?1) OR (state = 'quarantined' AND tried_version <> ?1)"
            " ORDER BY same_as <> '', received_at, letter.number"
        )
        return tuple(row_to_letter(r) for r in self._rows(sql, [version]))

    def note_attempt(self, sha: str, version: str) -> int:
        """Count an attempt before it is made, so that a letter that takes the whole program down is found out; gives the count."""
        sql = "UPDATE letter SET attempts = CASE WHEN tried_version = ? THEN attempts + 1 ELSE 1 END, tried_version = ? WHERE sha256 = ?"
        self._write(sql, [version, version, sha])
        return int(self._rows("SELECT attempts FROM letter WHERE sha256 = ?", [sha])[0]["attempts"])

    def record_opening(self, sha: str, message: Message, version: str) -> None:
        """Record what was found in a letter; its leaves are owed a reading, but for the hostile and those that were not carried.

        The same letter by another way (same content key) points to the one opened first by `same_as`.
        """
        leaves = [(sha, at, leaf.sha256, leaf.name) for at, leaf in enumerate(message.leaves) if leaf.problem not in NOT_READ]
        with self.immediate():
            same_as = self._first_with(message.content_key, sha)
            self._write(
                "INSERT INTO opening (sha256, version, content_key, message) VALUES (?, ?, ?, ?) ON CONFLICT (sha256) DO UPDATE SET"
                " version = excluded.version, content_key = excluded.content_key, message = excluded.message",
                [sha, version, message.content_key, value_to_json(message)],
            )
            self._write("DELETE FROM leaf WHERE letter = ?", [sha])
            for leaf in leaves:
                self._write("INSERT INTO leaf VALUES (?, ?, ?, ?)", leaf)
            self._write(
                "UPDATE letter SET state = CASE state WHEN 'oversize' THEN state ELSE 'opened' END, same_as = ?, attempts = 0,"
                " error = CASE state WHEN 'oversize' THEN error ELSE '' END WHERE sha256 = ?",
                [same_as, sha],
            )

    def _first_with(self, content_key: str, sha: str) -> str:
        """The letter with this content that was opened first, "" when it is this one or there is none."""
        sql = (
            "SELECT sha256 FROM opening JOIN letter USING (sha256) WHERE opening.content_key = ? AND content_key <> '' AND same_as = ''"
            " ORDER BY sha256 = ? DESC, opening.number LIMIT 1"
        )
        found = self._rows(sql, [content_key, sha])
        return "" if not found or found[0]["sha256"] == sha else str(found[0]["sha256"])

    def quarantine(self, sha: str, error: str) -> None:
        """Set a letter aside with the reason; staff see it, `retry` gives it another chance, and so does a newer opener."""
        self._write("UPDATE letter SET state = 'quarantined', error = ? WHERE sha256 = ?", [error[:8000], sha])

    def retry(self, sha: str) -> bool:
        """Take a letter out of quarantine to be opened again; False when it is not in quarantine."""
        return (
            self._write(
                "UPDATE letter SET state = 'new', attempts = 0, tried_version = '' WHERE sha256 = ? AND state = 'quarantined'", [sha]
            )
            > 0
        )

    def opening(self, sha: str) -> Message | None:
        """What was found in a letter (without payloads), None while it is unopened."""
        found = self._rows("SELECT message FROM opening WHERE sha256 = ?", [sha])
        return json_to_value(found[0]["message"], Message) if found else None

    def openings_with_volumes(self) -> tuple[tuple[str, Message], ...]:
        """The letters that brought volumes of split archives, in order of receipt, with what was found in each; copies are left out."""
        sql = (
            f"WITH brought AS MATERIALIZED (SELECT sha256, message FROM opening WHERE {BRINGS_VOLUMES}) SELECT sha256, message"  # noqa: S608
            " FROM brought JOIN letter USING (sha256) WHERE same_as = '' AND state = 'opened' ORDER BY received_at, sha256"
        )
        return tuple((r["sha256"], json_to_value(r["message"], Message)) for r in self._rows(sql, []))

    def ask_again(self, sha: str) -> str:
        """Have damaged bytes brought anew: a letter is forgotten where it was met, so that the next round fetches it again; a file is taken
        anew out of its letter. Gives `server`, `letter`, or "" when neither way is open."""
        with self.immediate():
            if self._write("DELETE FROM sighting WHERE sha256 = ?", [sha]):
                return "server"
            letters = [r["letter"] for r in self._rows("SELECT letter FROM leaf WHERE sha256 = ?", [sha])]
            for letter in letters:
                self._write("UPDATE letter SET state = 'new', attempts = 0, tried_version = '' WHERE sha256 = ? AND state = 'opened'", [letter])
            return "letter" if letters else ""
