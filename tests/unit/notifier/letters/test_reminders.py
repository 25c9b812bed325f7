"""The reminders: three days and one day before the deadline, to whoever lacks something at that very moment, once each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from config.campaign import Deadline
from intake.books.ledger import Ledger
from intake.submission import Assessment, Submission
from notifier.letters.reminders import find_due_reminder
from notifier.post.approval import approve_letters
from tests.unit.notifier.letters.cases import HILL, LAKE, SEA, at, campaign, complete_case, finding, letter, partial_case
from tests.unit.notifier.letters.desk import Office


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
