"""The ledger: facts are added and never changed, everything else may be made again."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.campaign import Institution
from intake.books.ledger import Ledger, Sighting
from intake.case_numbers import number_without_check
from intake.errors import LedgerUnwritable
from intake.message import Attachment, Message
from intake.records import DigestRecord, OutboxRecord
from intake.submission import Assessment, Claim, Submission
from parsers.form import Form, Reading
from tests.letters import MOMENT, NOW, record_of

A, B, C = "a" * 64, "b" * 64, "c" * 64


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A fresh ledger."""
    with Ledger.open(tmp_path / "ledger.db") as held:
        yield held


def leaf(sha: str, problem: Any = None) -> Attachment:
    """One leaf."""
    return Attachment(f"{sha[0]}.docx", (f"{sha[0]}.docx",), 3, sha, problem=problem)


def opened(ledger: Ledger, sha: str, received_at: datetime = MOMENT, version: str = "1", **more: Any) -> None:
    """A letter recorded and opened."""
    ledger.record_fetched([record_of(sha, received_at)], [])
    ledger.record_opening(sha, Message(sha256=sha, **more), version)


def outgoing(key: str = "k", **more: Any) -> OutboxRecord:
    """A letter of ours."""
    held = {
        "kind": "receipt",
        "institution": "甲大学",
        "recipient": "a@university.example",
        "subject": "回执",
        "message_id": f"<{key}@office.example>",
        "raw": b"x",
        "state": "queued",
        "created_at": NOW,
    }
    return OutboxRecord(key=key, **(held | more))  # type: ignore[arg-type]


def test_a_letter_is_recorded_once_and_every_place_it_was_met(ledger: Ledger) -> None:
    """The first record stands; sightings gather."""
    first = [Sighting("office", "INBOX", 1, 5, A, MOMENT)]
    assert ledger.record_fetched([record_of(A)], first) == 1
    again = [Sighting("office", "垃圾邮件", 7, 9, A, MOMENT)]
    assert ledger.record_fetched([record_of(A, MOMENT + timedelta(1))], again) == 0
    assert ledger.letters() == (record_of(A),)
    assert ledger.sightings("office", "INBOX", 1) == {5}
    assert ledger.sightings("office", "INBOX", 2) == set()
    assert ledger.sightings("office", "垃圾邮件", 7) == {9}


def test_a_sighting_of_a_letter_nobody_kept_is_refused(ledger: Ledger) -> None:
    """Otherwise the letter would never be fetched again; the whole batch is taken back."""
    with pytest.raises(sqlite3.IntegrityError):
        ledger.record_fetched([record_of(A)], [Sighting("office", "INBOX", 1, 5, B, MOMENT)])
    assert ledger.letters() == ()


def test_a_moment_without_a_zone_is_refused(ledger: Ledger) -> None:
    """It would silently be local time, eight hours off on most servers."""
    with pytest.raises(ValueError, match="time zone"):
        ledger.record_fetched([record_of(A, MOMENT.replace(tzinfo=None))], [])


def test_letters_come_in_order_of_receipt_whatever_their_zone(ledger: Ledger) -> None:
    """Stored as UTC text of one width."""
    times = [MOMENT, NOW, MOMENT - timedelta(microseconds=1)]
    ledger.record_fetched([record_of(sha, when) for sha, when in zip((A, B, C), times, strict=True)], [])
    assert [letter.sha256 for letter in ledger.letters()] == [C, A, B]


def test_a_new_opener_owes_every_letter_again_and_the_old_one_none(ledger: Ledger) -> None:
    """A better program tomorrow re-reads yesterday's letters."""
    ledger.record_fetched([record_of(A), record_of(B), record_of(C)], [])
    ledger.note_attempt(B, "1")
    ledger.quarantine(B, "boom")
    ledger.record_opening(A, Message(sha256=A), "1")
    assert [letter.sha256 for letter in ledger.unopened("1")] == [C]
    assert {letter.sha256 for letter in ledger.unopened("2")} == {A, B, C}


def test_attempts_count_within_a_version_and_end_with_success(ledger: Ledger) -> None:
    """A letter that takes the program down is found out by its attempts."""
    ledger.record_fetched([record_of(A)], [])
    assert [ledger.note_attempt(A, "1"), ledger.note_attempt(A, "1"), ledger.note_attempt(A, "2")] == [1, 2, 1]
    ledger.record_opening(A, Message(sha256=A), "2")
    assert ledger.letters()[0].attempts == 0


def test_retry_brings_back_only_what_is_in_quarantine(ledger: Ledger) -> None:
    """An opened letter stays opened."""
    opened(ledger, A)
    ledger.record_fetched([record_of(B)], [])
    ledger.quarantine(B, "boom")
    assert (ledger.retry(A), ledger.retry(B), ledger.retry(C)) == (False, True, False)
    assert [letter.state for letter in ledger.letters()] == ["opened", "new"]


def test_a_copy_by_another_way_is_folded_into_the_one_opened_first(ledger: Ledger) -> None:
    """One letter in three copies: one Received, all three times, the earliest counts."""
    for sha, minutes in ((B, 5), (A, 0), (C, 9)):
        opened(ledger, sha, MOMENT + timedelta(minutes=minutes), content_key="same")
    (received,) = ledger.received()
    assert received.sha256 == B
    assert received.received_at == MOMENT
    assert received.seen_at == tuple(MOMENT + timedelta(minutes=m) for m in (0, 5, 9))
    assert {letter.same_as for letter in ledger.letters()} == {"", B}


def test_letters_without_a_content_key_are_never_folded(ledger: Ledger) -> None:
    """An empty key says nothing."""
    opened(ledger, A)
    opened(ledger, B)
    assert len(ledger.received()) == 2


def test_the_same_bytes_met_twice_count_from_the_earliest_time(ledger: Ledger) -> None:
    """Delivered to two folders, or twice in panic on the last night."""
    seen = [Sighting("office", "INBOX", 1, 5, A, MOMENT), Sighting("office", "垃圾邮件", 1, 2, A, MOMENT - timedelta(minutes=3))]
    ledger.record_fetched([record_of(A)], seen)
    ledger.record_opening(A, Message(sha256=A), "1")
    assert ledger.received()[0].seen_at == (MOMENT - timedelta(minutes=3), MOMENT)


def test_leaves_are_owed_a_reading_by_each_version_but_not_the_hostile_ones(ledger: Ledger) -> None:
    """What is hostile or was not carried is never read."""
    opened(ledger, A, attachments=(leaf(B), leaf("d" * 64, "hostile"), leaf("e" * 64, "too_large"), leaf(C, "encrypted")))
    assert ledger.unread("1") == ((B, "b.docx"), (C, "c.docx"))
    ledger.record_reading(Reading(sha256=B, reader="docx", status="read"), "1")
    assert ledger.unread("1") == ((C, "c.docx"),)
    assert len(ledger.unread("2")) == 2


def test_received_carries_the_newest_reading_of_its_own_leaves(ledger: Ledger) -> None:
    """A re-reading replaces the old one for everybody; `readings` still gives each version its own."""
    opened(ledger, A, attachments=(leaf(B),))
    for version, kind in (("1", "unrecognised"), ("2", "basic_info")):
        ledger.record_reading(Reading(sha256=B, reader="docx", status="read", forms=(Form(kind=kind),)), version)
    ledger.record_reading(Reading(sha256=C, reader="docx", status="read"), "2")
    (received,) = ledger.received()
    assert {sha: r.forms[0].kind for sha, r in received.readings.items()} == {B: "basic_info"}
    assert ledger.readings([B], "1")[B].forms[0].kind == "unrecognised"


def test_what_no_reader_could_read_is_offered_for_conversion_once(ledger: Ledger) -> None:
    """And not again after the conversion failed."""
    opened(ledger, A, attachments=(leaf(B), leaf(C)))
    ledger.record_reading(Reading(sha256=B, reader="", status="unsupported"), "1")
    ledger.record_reading(Reading(sha256=C, reader="docx", status="read"), "1")
    assert ledger.unconverted("1") == ((B, "b.docx"),)
    ledger.record_reading(Reading(sha256=B, reader="", status="unsupported", problems=("conversion_failed",)), "1", replace=True)
    assert ledger.unconverted("1") == ()


def test_decisions_are_numbered_and_cannot_be_edited_or_removed(ledger: Ledger, tmp_path: Path) -> None:
    """Not even by another program with the file open."""
    made = ledger.decide("claim", by="郝老师", at=NOW, target=A, institution="甲大学", detail={"份数": 2, "日期": NOW}, reason="电话核实")
    assert made.number == 1
    assert ledger.decisions() == (made,)
    with sqlite3.connect(tmp_path / "ledger.db") as other:
        for sql in ("UPDATE decision SET kind = 'waive'", "DELETE FROM decision"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                other.execute(sql)


def test_claims_and_assessments_are_replaced_as_a_whole(ledger: Ledger) -> None:
    """What is no longer derived is no longer there; what comes back is equal."""
    first = Assessment(institution=Institution("甲大学"), submission=Submission(institution=Institution("甲大学")), assessed_at=NOW)
    ledger.record_claims({A: Claim("甲大学"), B: Claim(None)})
    ledger.record_assessments({"甲大学": first})
    ledger.record_claims({A: Claim("乙大学", split=("甲大学", "乙大学"))})
    second = Assessment(institution=Institution("乙大学"), submission=Submission(institution=Institution("乙大学")))
    ledger.record_assessments({"乙大学": second})
    assert ledger.claims() == {A: Claim("乙大学", split=("甲大学", "乙大学"))}
    assert ledger.assessments() == {"乙大学": second}


def test_an_assessment_that_says_the_same_keeps_its_time(ledger: Ledger) -> None:
    """A poll every two minutes writes nothing when nothing changed."""
    first = Assessment(institution=Institution("甲大学"), submission=Submission(institution=Institution("甲大学")), assessed_at=NOW)
    ledger.record_assessments({"甲大学": first})
    ledger.record_assessments({"甲大学": replace(first, assessed_at=NOW + timedelta(1))})
    assert ledger.assessments()["甲大学"].assessed_at == NOW
    ledger.record_assessments({"甲大学": replace(first, assessed_at=NOW + timedelta(1), complete=True)})
    assert ledger.assessments()["甲大学"].assessed_at == NOW + timedelta(1)


def test_a_case_number_is_given_once_and_for_good(ledger: Ledger) -> None:
    """A year's own sequence."""
    given = [ledger.case_number(name, "LN2022") for name in ("甲大学", "乙大学", "甲大学")]
    assert [number_without_check(number) for number in given] == ["LN2022-0001", "LN2022-0002", "LN2022-0001"]
    assert given[0] == given[2]
    assert number_without_check(ledger.case_number("甲大学", "LN2023")) == "LN2023-0001"
    assert ledger.case_numbers()[given[1]] == "乙大学"
    assert ledger.case_numbers_among(["ln2022-0002", "ln2022-0003"]) == {given[1]: "乙大学"}


def test_the_check_part_of_a_number_is_every_office_s_own_and_says_nothing_of_the_next(tmp_path: Path) -> None:
    """Before: who was given LN2022-0001 knew his neighbours' numbers. Two ledgers give the same number different check parts."""
    parts = set()
    for office in ("a", "b"):
        with Ledger.open(tmp_path / f"{office}.db") as ledger:
            given = [ledger.case_number(f"大学{number}", "LN2022") for number in range(40)]
        assert len({number.rpartition("-")[2] for number in given}) > 30
        assert all(number_without_check(number.lower()) == f"ln2022-{n + 1:04d}" for n, number in enumerate(given))
        parts |= set(given)
    assert len(parts) > 70
    with Ledger.open(tmp_path / "a.db") as ledger:
        assert ledger.case_number("大学0", "LN2022") in parts


def test_the_same_answer_cannot_be_queued_twice(ledger: Ledger) -> None:
    """The key is the promise; what is queued stays as it was."""
    assert ledger.enqueue(outgoing())
    assert not ledger.enqueue(outgoing(subject="另一封", raw=b"y"))
    assert ledger.outbox() == (outgoing(),)


def test_the_outbox_goes_by_urgency_then_age(ledger: Ledger) -> None:
    """And can be asked for one state and one institution."""
    for key, priority, state, name in (("a", 0, "queued", "甲大学"), ("b", 5, "queued", "乙大学"), ("c", 0, "held", "甲大学")):
        ledger.enqueue(outgoing(key, priority=priority, state=state, institution=name))
    assert [row.key for row in ledger.outbox()] == ["b", "a", "c"]
    assert [row.key for row in ledger.outbox("queued", "甲大学")] == ["a"]


def test_marks_follow_a_letter_from_queue_to_bounce(ledger: Ledger) -> None:
    """Attempts are counted, the time of sending is kept, the first bounce stands."""
    ledger.enqueue(outgoing(answers=(A,), told=("C04",)))
    ledger.mark("k", "sending", attempt=True, at=NOW)
    assert ledger.sent_since(NOW) == 1
    ledger.mark("k", "queued", error="450 busy", not_before=NOW + timedelta(minutes=5))
    (row,) = ledger.outbox()
    assert (row.attempts, row.error, row.not_before) == (1, "450 busy", NOW + timedelta(minutes=5))
    assert ledger.sent_since(NOW) == 0
    ledger.mark("k", "sending", attempt=True, at=NOW + timedelta(minutes=5))
    ledger.mark("k", "sent", at=NOW + timedelta(minutes=6))
    assert (ledger.sent_since(NOW + timedelta(minutes=6)), ledger.sent_since(NOW + timedelta(minutes=7))) == (1, 0)
    assert ledger.mark_bounced("<k@office.example>", NOW)
    ledger.mark_bounced("<k@office.example>", NOW + timedelta(1))
    assert ledger.outbox()[0] == replace(
        outgoing(answers=(A,), told=("C04",)), state="sent", attempts=2, sent_at=NOW + timedelta(minutes=6), bounced_at=NOW
    )


def test_a_bounce_that_proves_nothing_gives_way_to_one_that_does(ledger: Ledger) -> None:
    """It is told to staff, and the letter counts as arrived until something better comes; nothing weaker takes its place again."""
    ledger.enqueue(outgoing())
    ledger.mark("k", "sent", at=NOW)
    seen = []
    for days, proven in ((1, False), (2, False), (3, True), (4, False)):
        ledger.mark_bounced("<k@office.example>", NOW + timedelta(days), proven)
        [row] = ledger.bounced()
        seen.append((row.bounced_at, row.came_back))
    assert seen == [(NOW + timedelta(1), False)] * 2 + [(NOW + timedelta(3), True)] * 2


def test_a_letter_found_in_the_sent_folder_keeps_the_time_it_was_tried(ledger: Ledger) -> None:
    """The daily limit must count it although nobody saw it leave."""
    ledger.enqueue(outgoing())
    ledger.mark("k", "sending", attempt=True, at=NOW)
    ledger.mark("k", "sent")
    assert ledger.outbox()[0].sent_at == NOW


def test_marks_and_bounces_of_unknown_letters_are_not_swallowed(ledger: Ledger) -> None:
    """A key that does not exist is our mistake; a bounce of somebody else's letter is not."""
    with pytest.raises(KeyError):
        ledger.mark("nobody", "sent")
    ledger.enqueue(outgoing(message_id=""))
    assert not ledger.mark_bounced("<x@elsewhere.example>", NOW)
    assert not ledger.mark_bounced("", NOW)


def test_a_digest_is_recorded_once_a_day_and_slot(ledger: Ledger) -> None:
    """A service that was down at 8:30 can ask whether it still owes one."""
    first = DigestRecord(day="2022-08-05", slot="08:30", composed_at=NOW, key="d1")
    ledger.record_digest(first)
    ledger.record_digest(replace(first, key="d2"))
    assert ledger.digests() == (first,)


def test_health_is_the_last_word_and_can_be_cleared(ledger: Ledger) -> None:
    """Names and short texts."""
    for value in ("one", "two"):
        ledger.note_health("last_poll_ok", value)
    ledger.note_health("gone", "x")
    ledger.note_health("gone", "")
    assert ledger.health().values == {"last_poll_ok": "two"}


def test_several_calls_can_be_one_transaction(ledger: Ledger) -> None:
    """The assessment and the letter that answers it are recorded together or not at all."""

    class Stop(Exception):
        pass

    with pytest.raises(Stop), ledger.immediate():  # noqa: PT012
        ledger.record_claims({A: Claim("甲大学")})
        ledger.enqueue(outgoing())
        raise Stop
    assert (ledger.claims(), ledger.outbox()) == ({}, ())


def test_two_writers_wait_for_each_other(tmp_path: Path) -> None:
    """Read-then-write from two threads, 200 times each: no `database is locked`, no lost count."""
    path = tmp_path / "ledger.db"
    Ledger.open(path).close()
    failures: list[BaseException] = []

    def count() -> None:
        try:
            with Ledger.open(path) as own:
                for _ in range(200):
                    with own.immediate():
                        own.note_health("count", str(int(own.health().values.get("count", "0")) + 1))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with Ledger.open(path) as ledger:
        assert ledger.health().values["count"] == "400"


def test_a_file_that_is_no_ledger_is_told_with_the_cure(tmp_path: Path) -> None:
    """Restore a backup, the sentence says."""
    (tmp_path / "ledger.db").write_bytes(b"this is not a database, not even nearly" * 100)
    with pytest.raises(LedgerUnwritable, match="restore"):
        Ledger.open(tmp_path / "ledger.db")


@pytest.mark.parametrize("letters", [1, 10, 100])
def test_letters_asked_for_by_name_are_looked_up_not_searched_for(ledger: Ledger, letters: int) -> None:
    """From ten names on SQLite went through all letters there are, by the index of copies: a sixth of a second each time at 100 000."""
    asked: list[str] = []
    ledger._database.conn.set_trace_callback(asked.append)
    ledger.received(f"{number:064x}" for number in range(letters))
    ledger._database.conn.set_trace_callback(None)
    plans = [row[3] for statement in asked if statement.startswith("SELECT") for row in ledger._database.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert [plan for plan in plans if "letter" in plan.split()[1:2]] != []
    assert [plan for plan in plans if plan.startswith("SCAN") or "letter_same_as (same_as=?)" in plan] == []
