"""Shell: the ledger's chapter of unknown letters (未知来信) - listed by the server and not in our hands: refused, empty, cut, or the line breaks.

While one stands here, nobody may be told that something is missing which it may hold (law 13). A row goes when the letter was kept, or
when the server lists it no more (staff moved or deleted it).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from intake.books.base import Base, batched, marks
from intake.books.rows import moment_to_text, text_to_moment
from intake.records import UnknownLetter

KEPT = "kept:"


class UnknownLetters(Base):
    """未知来信."""

    def note_unknown(self, letter: UnknownLetter, account: str, now: datetime) -> None:
        """One more round in which this letter was listed and not got; the first time stands, a head once seen is kept."""
        self._write(
            "INSERT INTO unknown_letter (account, folder, uidvalidity, uid, received_at, size, sender, subject, reason, rounds, since, tried_at)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1, ?10, ?10) ON CONFLICT (account, folder, uidvalidity, uid) DO UPDATE SET"
            " reason = ?9, rounds = rounds + 1, tried_at = ?10, sender = CASE ?7 WHEN '' THEN sender ELSE ?7 END,"
            " subject = CASE ?8 WHEN '' THEN subject ELSE ?8 END",
            [
                account, letter.folder, letter.uidvalidity, letter.uid, moment_to_text(letter.received_at) if letter.received_at else None,
                letter.size, letter.sender[:300], letter.subject[:300], letter.reason[:300], moment_to_text(now),
            ],
        )  # fmt: skip

    def forget_unknown(self, account: str, folder: str, uids: Iterable[int]) -> None:
        """These were kept, or are no longer listed."""
        for batch in batched(uids):
            self._write(
                f"DELETE FROM unknown_letter WHERE account = ? AND folder = ? AND uid IN ({marks(batch)})",  # noqa: S608
                [account, folder, *batch],
            )

    def note_unread(self, sha: str, letter: UnknownLetter, now: datetime) -> None:
        """A letter that is kept and could not be opened: its head, so that it can be said whose it may be."""
        self.note_unknown(letter, f"{KEPT}{sha}", now)

    def unknown_letters(self, account: str = "") -> tuple[UnknownLetter, ...]:
        """Every letter known to be in the mailbox, or in that of one account alone, whose contents nobody here knows, oldest first."""
        return self._unknown("account = ?" if account else "account NOT LIKE ?", [account or f"{KEPT}%"])

    def unread_letters(self) -> tuple[UnknownLetter, ...]:
        """Those, and every letter that is kept and in quarantine: nobody knows what they bring."""
        standing = "account NOT LIKE ?1 OR substr(account, length(?2) + 1) IN (SELECT sha256 FROM letter WHERE state = 'quarantined')"
        return self._unknown(standing, [f"{KEPT}%", KEPT])

    def _unknown(self, where: str, values: list[str]) -> tuple[UnknownLetter, ...]:
        rows = self._rows(f"SELECT * FROM unknown_letter WHERE {where} ORDER BY since, folder, uid", values)  # noqa: S608
        return tuple(
            UnknownLetter(
                folder=r["folder"], uidvalidity=r["uidvalidity"], uid=r["uid"], size=r["size"], sender=r["sender"], subject=r["subject"],
                received_at=text_to_moment(r["received_at"]) if r["received_at"] else None, reason=r["reason"], rounds=r["rounds"],
                since=text_to_moment(r["since"]), tried_at=text_to_moment(r["tried_at"]),
            )
            for r in rows
        )  # fmt: skip
