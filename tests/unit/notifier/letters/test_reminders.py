"""The reminders: three days and one day before the deadline, to whoever lacks something at that very moment, once each."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from config.campaign import Deadline
from intake.books.ledger import Ledger
from intake.records import UnknownLetter
from intake.submission import Assessment, Claim, Evidence, Submission
from notifier.letters.history import History
from notifier.letters.reminders import (
    answer_served,
    compose_reminder,
    deadline_change_key,
    find_due_reminder,
    find_pardoned,
    owes_answer,
    wants_deadline_change,
    wants_reminder,
)
from notifier.post.approval import approve_letters
from tests.unit.notifier.letters.cases import (
    HILL,
    LAKE,
    SEA,
    at,
    campaign,
    complete_case,
    finding,
    letter,
    occasion,
    outbox_row,
    partial_case,
)
from tests.unit.notifier.letters.desk import Office

DEADLINE = campaign().deadlines[0].at
T3 = at(2, 9, 0, month=8)
NOTHING_SAID = History(())


@pytest.fixture
def office(ledger: Ledger) -> Office:
    """One complete, one partial, one silent institution; the first answers have left."""
    office = Office(ledger)
    office.lay_in(complete_case(), partial_case())
    office.compose(at(30, 16, 0))
    office.send(at(30, 16, 1))
    return office


@pytest.mark.parametrize(
    ("moment", "kind"),
    [
        (at(2, 8, 59, month=8), None),
        (at(2, 9, 0, month=8), "reminder_t3"),
        (at(4, 8, 59, month=8), "reminder_t3"),
        (at(4, 9, 0, month=8), "reminder_t1"),
        (at(5, 23, 59, month=8), "reminder_t1"),
        (DEADLINE - timedelta(seconds=1), "reminder_t1"),
        (DEADLINE, None),
        (at(6, 0, 0, month=8), None),
    ],
)
def test_reminders_are_due_from_nine_on_their_day_until_the_next_or_the_deadline(moment: object, kind: str | None) -> None:
    assert find_due_reminder(campaign(), moment) == kind  # type: ignore[arg-type]


def test_only_who_lacks_something_is_reminded_and_each_reminder_once(office: Office) -> None:
    assert office.compose(at(2, 9, 0, month=8)) == 1
    assert office.compose(at(2, 9, 10, month=8)) == 0
    office.send(at(2, 9, 11, month=8))
    assert office.compose(at(3, 9, 0, month=8)) == 0
    assert office.compose(at(4, 9, 0, month=8)) == 1
    office.send(at(4, 9, 1, month=8))
    assert office.compose(at(5, 9, 0, month=8)) == 0
    assert [row.institution for row in office.rows() if row.kind.startswith("reminder")] == [HILL.name, HILL.name]


def test_a_service_that_was_down_on_the_day_reminds_the_day_after_with_the_true_number_of_days(office: Office) -> None:
    office.compose(at(3, 14, 0, month=8))
    [row] = office.rows("queued")
    assert row.kind == "reminder_t3"


def test_who_sent_the_missing_piece_meanwhile_is_not_reminded(office: Office) -> None:
    office.compose(at(2, 9, 0, month=8))
    office.lay_in(replace(partial_case(), findings=(), complete=True))
    office.send(at(2, 9, 1, month=8))
    assert not [row for row in office.rows("sent", "queued") if row.kind == "reminder_t3"]


def test_who_sent_another_piece_meanwhile_is_reminded_of_the_rest_only(office: Office) -> None:
    office.compose(at(2, 9, 0, month=8))
    less = replace(partial_case(), findings=partial_case().findings[1:])
    office.lay_in(less)
    office.send(at(2, 9, 1, month=8))
    office.send(at(2, 9, 2, month=8))
    [row] = [row for row in office.rows("sent") if row.kind == "reminder_t3"]
    import email
    from email.policy import default

    text = email.message_from_bytes(row.raw, policy=default).get_body(("plain",)).get_content()
    assert "赵六" not in text
    assert "联系电话" in text


def test_who_has_just_written_is_answered_and_that_answer_is_the_reminder(office: Office) -> None:
    case = partial_case()
    more = letter("more", at(2, 8, 55, month=8), files=("补.docx",), sender=HILL.email)
    office.lay_in(replace(case, submission=replace(case.submission, letters=(*case.submission.letters, more))))
    assert office.compose(at(2, 9, 0, month=8)) == 0
    office.compose(at(2, 9, 6, month=8))
    assert [row.kind for row in office.rows("queued")] == ["correction"]
    office.send(at(2, 9, 7, month=8))
    assert office.compose(at(2, 12, 0, month=8)) == 0
    assert office.compose(at(4, 9, 0, month=8)) == 1


def test_a_reminder_nobody_approved_in_time_is_dropped_for_the_later_one(office: Office) -> None:
    office.mode("approve")
    office.compose(at(2, 9, 0, month=8))
    office.compose(at(4, 9, 0, month=8))
    assert {row.kind: row.state for row in office.rows() if row.kind.startswith("reminder")} == {
        "reminder_t3": "dropped",
        "reminder_t1": "held",
    }


def test_a_reminder_approved_only_after_the_deadline_never_leaves(office: Office) -> None:
    office.mode("approve")
    office.compose(at(5, 9, 0, month=8))
    [row] = office.rows("held")
    approve_letters(office.ledger, [row.key], office.settings, at(5, 23, 58, month=8))
    assert office.send(at(6, 0, 1, month=8)).sent == 0


def test_the_silent_are_reminded_only_when_the_office_wishes_and_the_roster_row_is_confirmed(office: Office) -> None:
    assert office.compose(at(2, 9, 0, month=8)) == 1
    office.settings = replace(office.settings, remind_silent=True)
    assert office.compose(at(2, 9, 10, month=8)) == 1
    [silent] = [row for row in office.rows("queued") if row.kind == "reminder_silent"]
    assert silent.recipient == LAKE.email
    office.campaign = replace(office.campaign, institutions=(SEA, HILL, replace(LAKE, confirmed=False)))
    office.ledger.mark(silent.key, "dropped")
    assert office.compose(at(2, 9, 20, month=8)) == 0


def test_who_recommends_nobody_this_year_is_left_in_peace(office: Office) -> None:
    office.settings = replace(office.settings, remind_silent=True)
    declined = Assessment(institution=LAKE, submission=Submission(institution=LAKE, not_recommending=True))
    office.lay_in(declined)
    assert {row.institution for row in office.rows("queued")} == set()
    office.compose(at(2, 9, 0, month=8))
    assert {row.institution for row in office.rows("queued")} == {HILL.name}


def test_staff_can_stop_the_reminders_of_one_institution(office: Office) -> None:
    office.ledger.decide("hold", by="赵值班", at=at(1, month=8), institution=HILL.name, target="reminders")
    assert office.compose(at(2, 9, 0, month=8)) == 0


def test_a_moved_deadline_is_reminded_of_anew(office: Office) -> None:
    office.compose(at(2, 9, 0, month=8))
    office.send(at(2, 9, 1, month=8))
    moved = Deadline(at(12, 23, 59, month=8), at(3, 8, 0, month=8), "依补充通知")
    office.campaign = replace(office.campaign, deadlines=(*office.campaign.deadlines, moved))
    office.compose(at(4, 9, 0, month=8))
    assert not [row for row in office.rows() if row.kind == "reminder_t1"]
    office.compose(at(9, 9, 0, month=8))
    assert len([row for row in office.rows() if row.kind == "reminder_t3"]) == 2


def test_who_wrote_that_it_recommends_nobody_is_not_reminded_while_staff_have_yet_to_confirm(office: Office) -> None:
    office.settings = replace(office.settings, remind_silent=True)
    wish = letter("declines", at(30, 9, 0), intents=("not_recommending",), sender=LAKE.email)
    asked = finding("Q03", "missing", "暂未从来件中识别到推荐的工作室。")
    office.lay_in(Assessment(institution=LAKE, submission=Submission(institution=LAKE, letters=(wish,)), findings=(asked,)))
    office.compose(at(30, 17, 0))
    office.send(at(30, 17, 1))
    office.compose(at(2, 9, 0, month=8))
    assert {row.institution for row in office.rows("queued")} == {HILL.name}


@pytest.mark.parametrize("more", [{"files": ("汇总表.xls",)}, {}])
def test_a_letter_that_is_owed_no_answer_keeps_nobody_from_being_reminded(office: Office, more: dict[str, Any]) -> None:
    case = partial_case()
    again = letter("again", at(30, 20, 0), sender=HILL.email, content="partial-1", **more)
    letters = (*case.submission.letters, again)
    office.lay_in(replace(case, submission=replace(case.submission, letters=letters)))
    assert office.compose(at(30, 21, 0)) == 0
    assert office.compose(at(2, 9, 0, month=8)) == 1
    assert [(row.kind, row.institution) for row in office.rows("queued")] == [("reminder_t3", HILL.name)]


# --- who is reminded, and what already is the reminder -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "row", "served"),
    [
        ("reminder_t3", {"state": "held"}, True),
        ("reminder_t3", {"state": "queued", "kind": "reminder_t1"}, False),
        ("reminder_t3", {"state": "dropped"}, False),
        ("reminder_t3", {"state": "sent", "sent_at": at(1, 21, 0, month=8)}, True),
        ("reminder_t3", {"state": "sent", "sent_at": at(1, 20, 59, month=8)}, False),
        ("reminder_t1", {"state": "sent", "sent_at": at(1, 21, 0, month=8)}, False),
        ("reminder_t1", {"state": "sent", "sent_at": at(3, 21, 0, month=8)}, True),
        ("reminder_t1", {"state": "sent", "sent_at": at(3, 20, 59, month=8)}, False),
    ],
)
def test_an_answer_of_the_evening_before_is_the_reminder_and_an_older_one_is_not(kind: str, row: dict[str, Any], served: bool) -> None:
    assert answer_served(History((outbox_row(**row),)), kind, outbox_row(**row).recipient, campaign(), at(4, 9, 0, month=8)) is served
    assert not answer_served(NOTHING_SAID, kind, "", campaign(), at(4, 9, 0, month=8))


def wanted(case: Assessment, history: History = NOTHING_SAID, *, silent: bool = False) -> bool:
    return wants_reminder(case, history, "reminder:t3:2022-08-05", remind_silent=silent)


def of(case: Assessment, **more: Any) -> Assessment:
    """The case with some of its submission changed."""
    return replace(case, submission=replace(case.submission, **more))


NO_LETTER = Assessment(institution=LAKE, submission=Submission(institution=LAKE))
LOST_ON_THE_WAY = UnknownLetter(folder="INBOX", uidvalidity=1, uid=7)


@pytest.mark.parametrize(
    ("case", "reminded"),
    [
        (NO_LETTER, True),
        (replace(NO_LETTER, institution=replace(LAKE, confirmed=False)), False),
        (replace(NO_LETTER, institution=replace(LAKE, email="")), False),
        (of(NO_LETTER, unread_letters=(LOST_ON_THE_WAY,)), False),
        (of(NO_LETTER, not_recommending=True), False),
    ],
)
def test_nobody_is_told_that_nothing_came_unless_that_is_sure_and_the_address_is_too(case: Assessment, reminded: bool) -> None:
    assert wanted(case, silent=True) is reminded
    assert not wanted(case, silent=False)


def test_who_lacks_something_is_reminded_and_who_lacks_nothing_or_was_reminded_is_not() -> None:
    case = partial_case()
    assert wanted(case)
    assert not wanted(replace(case, findings=tuple(f for f in case.findings if f.severity != "missing")))
    assert not wanted(of(case, not_recommending=True))
    assert not wanted(case, History((outbox_row(kind="reminder_t3", state="sent", told=("reminder:t3:2022-08-05",)),)))
    assert wanted(case, History((outbox_row(kind="reminder_t3", state="sent", told=("reminder:t3:2022-08-02",)),)))


def test_a_refusal_to_recommend_counts_when_its_sender_is_proven_and_no_studio_speaks_against_it() -> None:
    case = partial_case()
    wish = letter("declines", at(30, 9, 0), intents=("not_recommending",), sender=HILL.email)
    stranger = {wish.sha256: Claim(HILL.name, evidence=Evidence(()))}
    assert wanted(of(case, letters=(*case.submission.letters, wish)))
    assert not wanted(of(case, letters=(wish,), studios=()))
    assert wanted(of(case, letters=(wish,), studios=(), claims=stranger))
    assert wanted(of(case, studios=()))


def owed(*letters: Any, history: History = NOTHING_SAID, **more: Any) -> bool:
    """True when an answer to these letters is still to come."""
    return owes_answer(occasion(of(partial_case(), letters=letters, **more), T3), history)


def test_a_reminder_waits_for_the_answer_that_says_the_same_and_for_no_other() -> None:
    files = letter("more", at(2, 8, 55, month=8), files=("补.docx",), sender=HILL.email)
    asks = letter("asks", at(2, 8, 55, month=8), kind="question", intents=("question",), sender=HILL.email)
    thanks = letter("thanks", at(2, 8, 55, month=8), sender=HILL.email)
    away = letter("away", at(2, 8, 55, month=8), files=("签名.docx",), kind="auto_reply", sender=HILL.email)
    assert owed(files)
    assert owed(asks)
    assert not owed(thanks)
    assert not owed(away)
    assert not owed()
    answered = History((outbox_row(state="sent", answers=(files.sha256,)),))
    assert not owed(files, history=answered)
    assert owed(files, asks, history=answered)


def test_a_strangers_question_holds_no_reminder_up_but_his_files_do() -> None:
    asks = letter("asks", at(2, 8, 55, month=8), kind="question", intents=("question",), sender="x@qq.example")
    files = letter("files", at(2, 8, 55, month=8), files=("补.docx",), sender="x@qq.example")
    strange = Claim(HILL.name, evidence=Evidence(()))
    assert not owed(asks, claims={asks.sha256: strange})
    assert owed(files, claims={files.sha256: strange})


@pytest.mark.parametrize(("kind", "key"), [("reminder_t3", "reminder:t3:2022-08-05"), ("reminder_t1", "reminder:t1:2022-08-05")])
def test_a_reminder_is_known_again_by_the_books_of_the_version_before(kind: str, key: str) -> None:
    """The key stands in the books: written otherwise, everybody would be reminded a second time after an update."""
    assert compose_reminder(kind, occasion(partial_case(), T3), campaign()).told == (key,)


# --- a moved deadline ----------------------------------------------------------------------------------------------------------------

MOVED = Deadline(at(12, 23, 59, month=8), at(4, 8, 0, month=8), "依补充通知")
KEY = "deadline:2022-08-12T23:59:00+08:00"


@pytest.mark.parametrize(("now", "key"), [(at(4, 7, 59, month=8), ""), (at(4, 8, 0, month=8), KEY)])
def test_only_a_deadline_that_moved_is_told_and_not_before_it_is_in_force(now: datetime, key: str) -> None:
    moved = replace(campaign(), deadlines=(*campaign().deadlines, MOVED))
    assert deadline_change_key(moved, now) == key
    assert deadline_change_key(campaign(), now) == ""


WANTED_AGAIN = finding("M13", "conflict", "请用今年的表样重新填报。")


@pytest.mark.parametrize(
    ("case", "hears"),
    [
        (partial_case(), True),
        (replace(partial_case(), findings=(WANTED_AGAIN,)), True),
        (replace(partial_case(), findings=()), False),
        (replace(partial_case(), timeliness="none"), False),
        (replace(partial_case(), complete=True), False),
        (of(partial_case(), not_recommending=True), False),
        (complete_case(), False),
    ],
)
def test_more_time_is_told_to_whoever_can_use_it_and_once(case: Assessment, hears: bool) -> None:
    assert wants_deadline_change(case, NOTHING_SAID, KEY) is hears
    assert not wants_deadline_change(case, NOTHING_SAID, "")
    assert not wants_deadline_change(case, History((outbox_row(kind="deadline_change", state="held", told=(KEY,)),)), KEY)


@pytest.mark.parametrize(
    ("kind", "more", "pardoned"),
    [
        ("late", {}, True),
        ("late_correction", {}, True),
        ("borderline", {}, False),
        ("complete", {}, False),
        ("late", {"late_letters": "this"}, False),
        ("late", {"borderline_letters": "this"}, False),
        ("late", {"accepted_late": "this"}, False),
    ],
)
def test_whoever_was_called_late_and_is_no_longer_hears_so(kind: str, more: dict[str, str], pardoned: bool) -> None:
    case = complete_case(at(6, 9, 12, month=8))
    [sha] = [received.sha256 for received in case.submission.letters]
    case = of(case, **dict.fromkeys(more, (sha,)))
    history = History((outbox_row(kind=kind, state="sent", answers=(sha,)),))
    assert find_pardoned(case, history) == (case.submission.letters if pardoned else ())
    assert wants_deadline_change(case, history, KEY) is pardoned
