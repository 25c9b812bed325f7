"""Every call of the ledger while another process writes: who asks is answered, who would write is told in a sentence, and nothing is half done.

A new public call has to be entered in one of the two lists.
"""

from __future__ import annotations

import inspect
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config.campaign import Institution
from intake.books import database
from intake.books.ledger import Ledger, Sighting
from intake.errors import LedgerBusy
from intake.message import Message
from intake.records import DigestRecord, Glance, LetterLine, LetterRecord, OutboxRecord, UnknownLetter
from intake.submission import Assessment, Claim, Submission
from parsers.form import Reading

NOW = datetime(2022, 8, 1, 4, tzinfo=UTC)
SHA = "a" * 64
NAME = "甲大学"


def _assessment() -> Assessment:
    return Assessment(institution=Institution(NAME), submission=Submission(institution=Institution(NAME)), assessed_at=NOW)


def _outgoing() -> OutboxRecord:
    return OutboxRecord(key="k", kind="complete", institution=NAME, recipient="a@example.org", subject="回执", message_id="<k@example.org>", raw=b"", state="queued", created_at=NOW)


WRITERS: dict[str, Callable[[Ledger], object]] = {
    "ask_again": lambda b: b.ask_again(SHA),
    "case_number": lambda b: b.case_number(NAME, "2022"),
    "decide": lambda b: b.decide("note", by="郝老师", at=NOW),
    "drop_assessment": lambda b: b.drop_assessment(NAME),
    "enqueue": lambda b: b.enqueue(_outgoing()),
    "forget_unknown": lambda b: b.forget_unknown("a", "INBOX", [1]),
    "mark": lambda b: b.mark("k", "dropped"),
    "mark_bounced": lambda b: b.mark_bounced("<k@example.org>", NOW),
    "mark_everything": lambda b: b.mark_everything([NAME]),
    "mark_work": lambda b: b.mark_work("letter", [SHA]),
    "note_attempt": lambda b: b.note_attempt(SHA, "1"),
    "note_health": lambda b: b.note_health("x", "y"),
    "note_unknown": lambda b: b.note_unknown(UnknownLetter(folder="INBOX", uidvalidity=1, uid=1), "a", NOW),
    "note_unread": lambda b: b.note_unread(SHA, UnknownLetter(folder="INBOX", uidvalidity=1, uid=1), NOW),
    "quarantine": lambda b: b.quarantine(SHA, "打不开"),
    "record_assessment": lambda b: b.record_assessment(_assessment()),
    "record_assessments": lambda b: b.record_assessments({NAME: _assessment()}),
    "record_claim": lambda b: b.record_claim(SHA, Claim(NAME)),
    "record_claims": lambda b: b.record_claims({SHA: Claim(NAME)}),
    "record_digest": lambda b: b.record_digest(DigestRecord(day="2022-08-01", slot="morning", composed_at=NOW, key="d")),
    "record_fetched": lambda b: b.record_fetched([LetterRecord(sha256="b" * 64, received_at=NOW, fetched_at=NOW, size=1, state="new")], [Sighting("a", "INBOX", 1, 1, "b" * 64, NOW)]),
    "record_glance": lambda b: b.record_glance(Glance(institution=NAME)),
    "record_line": lambda b: b.record_line(LetterLine(sha256=SHA, received_at=NOW)),
    "record_opening": lambda b: b.record_opening(SHA, Message(sha256=SHA), "1"),
    "record_parties": lambda b: b.record_parties(SHA, [(NAME, "own")]),
    "record_reading": lambda b: b.record_reading(Reading(sha256="c" * 64, reader="docx", status="read"), "1"),
    "record_ties": lambda b: b.record_ties(SHA, ["id:x"]),
    "record_todo": lambda b: b.record_todo(NAME, [(1, "{}")]),
    "record_traces": lambda b: b.record_traces(NAME, ["mark:x"], []),
    "retry": lambda b: b.retry(SHA),
    "set_agenda": lambda b: b.set_agenda(NAME, NOW),
    "unmark": lambda b: b.unmark("letter", {SHA: 10**6}),
}  # fmt: skip
READERS: dict[str, tuple[Any, ...]] = {
    "agenda_due": (NOW,), "assessment": (NAME,), "assessment_key": (NAME,), "assessment_mark": (NAME,), "assessments": (), "bounced": (), "case_numbers": (),
    "case_numbers_among": (["x"],), "claims": (), "claims_of": (NAME,), "count_letters": (), "count_outbox": ("held",), "count_todo": (), "count_unclaimed": (), "decisions": (),
    "decisions_of": (NAME,), "derived_rows": ("glance",), "digests": (), "due_assessments": (NOW,), "find_ours": ("<x>", "a@example.org", NOW), "glances": (), "has_work": ("letter",),
    "health": (), "health_note": ("x",), "health_notes": ("x",), "holders": (["mark:x"], NAME), "last_sent": (3, NOW), "letter_lines": (), "letter_marks": ([SHA],), "letter_shas": (), "letters": (), "letters_for": (NAME,),
    "has_met": ("a", "INBOX"), "letters_of": (NAME,), "letters_that_brought": (SHA,), "letters_with": (["id:x"],), "mark_of": ("letter", SHA), "marked": ("letter",), "met": ("a", "INBOX", 1), "newest_decision": (), "newest_mark": (), "newest_reading": (),
    "not_ours": (["<x>"],), "one_claim": (SHA,), "one_letter": (SHA,), "one_outbox": ("k",), "one_reading": (SHA,), "opening": (SHA,), "openings_with_volumes": (), "ours_among": (["x"],),
    "outbox": (), "outbox_kind": ("notice",), "outbox_of": (NAME,), "outbox_since": (NOW,), "outbox_states": (), "outbox_to": ("a@example.org",), "owed_scans": ("1", "1+1"),
    "parties_of": ([SHA],), "prints_of": ([NAME],), "readings": ([SHA], "1"), "received": (), "scanned_pages": (SHA, "1+1"), "sent_since": (NOW,), "sighting_times": ("a", "INBOX", 1),
    "sighted": ("a", "INBOX", 1), "sightings": ("a", "INBOX", 1), "still_marked": ("letter", {SHA: 1}), "studios_on_books": ([], "studio:"), "taken_steps": (), "ties_of": ([SHA],), "todo": (), "todo_institutions": (), "traces_of": (NAME,),
    "unconverted": ("1",), "unknown_letters": (), "unopened": ("1",), "unread": ("1",), "unread_letters": (), "views_stamp": (), "wrote_for": (["a@example.org"],),
}  # fmt: skip
ELSEWHERE = {"open", "close", "immediate", "copy_facts", "snapshot", "take_derived"}
"""The file itself, and copies of it: their own tests."""


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """Books with a letter on which another process has the write lock, and nobody waits for it."""
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.0)
    path = tmp_path / "ledger.db"
    with Ledger.open(path) as books:
        books.record_fetched([LetterRecord(sha256=SHA, received_at=NOW, fetched_at=NOW, size=1, state="new")], [])
        books.enqueue(_outgoing())
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            before = list(books._database.conn.iterdump())
            yield books
            assert list(books._database.conn.iterdump()) == before


def test_every_public_call_is_in_one_of_the_lists() -> None:
    public = {name for name, _ in inspect.getmembers(Ledger, callable) if not name.startswith("_")}
    assert public == WRITERS.keys() | READERS.keys() | ELSEWHERE
    assert not WRITERS.keys() & READERS.keys()


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_who_would_write_is_told_that_the_books_are_busy(locked: Ledger, name: str) -> None:
    with pytest.raises(LedgerBusy):
        WRITERS[name](locked)


@pytest.mark.parametrize("name", sorted(READERS))
def test_who_asks_is_answered_meanwhile(locked: Ledger, name: str) -> None:
    getattr(locked, name)(*READERS[name])
