"""What is owed to whom, and when: once an institution, never a machine, never twice, nothing that is no longer true."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from config.campaign import Deadline
from intake.books.ledger import Ledger
from intake.errors import DiskFull
from intake.message import Address
from intake.records import OutboxRecord
from intake.submission import Assessment, Candidate, Claim, Submission
from notifier.belt import institutions
from notifier.letter import Letter
from notifier.post.approval import approve_letters, drop_letters, edit_letter, hold_letters
from notifier.post.mime import bytes_to_text
from tests.unit.notifier.letters.cases import COMPLETE_FILES, HILL, SEA, at, complete_case, corrected_case, finding, letter, partial_case
from tests.unit.notifier.letters.desk import Office

MINUTE = timedelta(minutes=1)


@pytest.fixture
def office(ledger: Ledger) -> Office:
    return Office(ledger)


def with_letters(case: Assessment, *more: object) -> Assessment:
    letters = (*case.submission.letters, *more)
    return replace(case, submission=replace(case.submission, letters=letters))  # type: ignore[arg-type]


def over_quota() -> Assessment:
    ask = finding("Q01", "conflict", "贵校共推荐4个工作室，超出通知规定的3个。", audience="institution_after_approval")
    return replace(partial_case(), findings=(*partial_case().findings, ask))


def test_nothing_is_answered_before_the_quiet_window_is_over(office: Office) -> None:
    office.lay_in(complete_case(at(29, 15, 42)))
    assert office.compose(at(29, 15, 51)) == 0
    assert office.compose(at(29, 15, 52)) == 1


def test_on_deadline_day_the_answer_is_composed_at_once(office: Office) -> None:
    office.lay_in(complete_case(at(5, 15, 42, month=8)))
    assert office.compose(at(5, 15, 42, month=8)) == 1


def test_two_letters_within_the_quiet_window_get_one_answer_naming_both(office: Office) -> None:
    second = letter("part-2", at(29, 15, 48), files=("证书.jpg",))
    office.lay_in(with_letters(complete_case(at(29, 15, 42)), second))
    assert office.compose(at(29, 15, 53)) == 0
    assert office.compose(at(29, 15, 58)) == 1
    [row] = office.rows()
    assert len(row.answers) == 2
    assert row.state == "queued"


def test_composing_again_writes_nothing_new(office: Office) -> None:
    office.lay_in(complete_case(), partial_case())
    assert office.compose(at(30, 16, 0)) == 2
    assert [office.compose(at(30, 16, m)) for m in (1, 2, 3)] == [0, 0, 0]
    office.send(at(30, 16, 4))
    assert office.compose(at(30, 16, 5)) == 0
    assert len(office.line.taken) == 2


def test_a_machine_is_never_answered(office: Office) -> None:
    robot = letter("robot", at(29, 9, 0), kind="auto_reply", answerable=False)
    bounce = letter("bounce", at(29, 9, 1), kind="bounce", answerable=False)
    office.lay_in(Assessment(institution=SEA, submission=Submission(institution=SEA, letters=(robot, bounce))))
    assert office.compose(at(29, 12, 0)) == 0


def test_a_bare_thank_you_is_not_answered(office: Office) -> None:
    office.lay_in(Assessment(institution=SEA, submission=Submission(institution=SEA, letters=(letter("thanks", at(29, 9, 0)),))))
    assert office.compose(at(29, 12, 0)) == 0


def test_the_second_answer_tells_only_what_changed_and_what_is_still_missing(office: Office) -> None:
    office.lay_in(partial_case())
    office.compose(at(30, 10, 20))
    office.send(at(30, 10, 21))
    case, _ = corrected_case()
    office.lay_in(case)
    office.compose(at(1, 9, 30, month=8))
    [row] = office.rows("queued")
    assert row.kind == "correction"
    assert row.answers == (case.submission.letters[1].sha256,)
    assert not [key for key in row.told if key.startswith(("F20", "X05"))]


def test_an_unsent_answer_is_replaced_by_one_that_covers_the_newer_letter_too(office: Office) -> None:
    office.mode("approve")
    office.lay_in(partial_case())
    office.compose(at(30, 10, 20))
    office.lay_in(corrected_case()[0])
    office.compose(at(1, 9, 30, month=8))
    assert [row.state for row in sorted(office.rows(), key=lambda r: r.key)] == ["dropped", "held"]
    assert len(office.rows("held")[0].answers) == 2


def test_a_letter_overtaken_by_new_material_is_recomputed_at_the_moment_of_sending(office: Office) -> None:
    office.lay_in(partial_case())
    office.compose(at(30, 10, 20))
    done = replace(partial_case(), findings=(), complete=True)
    office.lay_in(done)
    report = office.send(at(30, 10, 21))
    assert (report.sent, report.replaced) == (0, 1)
    assert office.send(at(30, 10, 22)).sent == 1
    assert [row.kind for row in office.rows("sent")] == ["complete"]


def test_rehearsal_writes_drafts_and_sends_nothing(office: Office) -> None:
    office.mode("rehearsal")
    office.lay_in(complete_case())
    assert office.compose(at(29, 16, 0)) == 1
    assert office.compose(at(29, 16, 1)) == 0
    assert office.send(at(29, 16, 2)).sent == 0
    assert [row.state for row in office.rows()] == ["draft"]


def test_what_was_only_rehearsed_is_answered_once_the_office_goes_live(office: Office) -> None:
    office.mode("rehearsal")
    office.lay_in(complete_case())
    office.compose(at(29, 16, 0))
    office.mode("automatic")
    assert office.compose(at(29, 17, 0)) == 1


def test_in_approve_mode_a_letter_waits_until_a_person_lets_it_go(office: Office) -> None:
    office.mode("approve")
    office.lay_in(complete_case())
    office.compose(at(29, 16, 0))
    assert office.send(at(29, 16, 1)).sent == 0
    [row] = office.rows("held")
    assert len(approve_letters(office.ledger, [row.key], office.settings, at(29, 16, 2)).done) == 1
    assert office.send(at(29, 16, 6)).sent == 0
    assert office.send(at(29, 16, 7)).sent == 1


def test_a_letter_staff_dropped_is_not_composed_again(office: Office) -> None:
    office.mode("approve")
    office.lay_in(complete_case())
    office.compose(at(29, 16, 0))
    assert drop_letters(office.ledger, [office.rows()[0].key], office.settings, at(29, 16, 1)) == 1
    assert office.compose(at(29, 17, 0)) == 0


def test_the_quota_letter_waits_for_a_click_even_when_everything_else_goes_by_itself(office: Office) -> None:
    office.lay_in(over_quota())
    assert office.compose(at(30, 10, 20)) == 2
    assert {row.kind: row.state for row in office.rows()} == {"supplement": "queued", "approved": "held"}
    assert not [key for row in office.rows("queued") for key in row.told if key.startswith("Q01")]
    assert office.compose(at(30, 10, 21)) == 0


def test_an_approved_quota_letter_can_be_called_back_for_five_minutes(office: Office) -> None:
    office.lay_in(over_quota())
    office.compose(at(30, 10, 20))
    office.send(at(30, 10, 21))
    [row] = office.rows("held")
    approve_letters(office.ledger, [row.key], office.settings, at(30, 11, 0))
    assert office.send(at(30, 11, 4)).sent == 0
    assert hold_letters(office.ledger, [row.key], office.settings, at(30, 11, 4)) == 1
    assert office.send(at(30, 11, 6)).sent == 0
    approve_letters(office.ledger, [row.key], office.settings, at(30, 12, 0))
    assert office.send(at(30, 12, 5)).sent == 1


def test_a_decision_on_the_finding_lets_the_quota_letter_go_after_five_minutes(office: Office) -> None:
    case = over_quota()
    office.lay_in(case)
    office.compose(at(30, 10, 20))
    office.send(at(30, 10, 21))
    clicked = replace(case, findings=tuple(replace(f, state="approved") if f.code == "Q01" else f for f in case.findings))
    office.lay_in(clicked)
    assert office.compose(at(30, 11, 0)) == 1
    assert office.compose(at(30, 11, 1)) == 0
    assert office.send(at(30, 11, 4)).sent == 0
    assert office.send(at(30, 11, 5)).sent == 1
    assert office.compose(at(30, 11, 6)) == 0


def test_a_quota_letter_about_what_was_put_right_meanwhile_never_leaves(office: Office) -> None:
    office.lay_in(over_quota())
    office.compose(at(30, 10, 20))
    office.send(at(30, 10, 21))
    [row] = office.rows("held")
    approve_letters(office.ledger, [row.key], office.settings, at(30, 11, 0))
    office.lay_in(partial_case())
    assert office.send(at(30, 11, 6)).sent == 0
    assert office.compose(at(30, 11, 7)) == 0


def test_a_withdrawal_is_acknowledged_only_after_a_click_and_told_as_settled_once_staff_registered_it(office: Office) -> None:
    asks = letter("withdraw", at(31, 9, 0), kind="withdrawal", intents=("withdrawal",))
    case = Assessment(institution=SEA, submission=Submission(institution=SEA, letters=(asks,)))
    wish = finding("M16", "manual", "来信已收悉。", audience="institution_after_approval", facts={"letter": asks.sha256})
    office.lay_in(replace(case, findings=(wish,)))
    office.compose(at(31, 9, 30))
    assert [(row.kind, row.state) for row in office.rows()] == [("withdrawal", "held")]
    office.lay_in(case)
    office.compose(at(31, 10, 0))
    assert [(row.kind, row.state) for row in office.rows("held", "queued")] == [("wish_settled", "queued")]


def test_the_same_files_sent_again_in_panic_get_no_second_receipt(office: Office) -> None:
    case = complete_case(at(5, 23, 57, month=8))
    office.lay_in(case)
    office.compose(at(5, 23, 58, month=8))
    office.send(at(5, 23, 58, month=8))
    again = letter("again", at(5, 23, 59, month=8), files=COMPLETE_FILES, content="complete-1")
    submission = replace(case.submission, letters=(*case.submission.letters, again))
    office.lay_in(replace(case, submission=submission))
    assert office.compose(at(6, 0, 30, month=8)) == 0
    assert office.compose(at(8, 0, 30, month=8)) == 0


def test_who_sends_the_same_again_days_later_is_answered_because_our_receipt_may_be_lost(office: Office) -> None:
    case = complete_case(at(28, 9, 0))
    office.lay_in(case)
    office.compose(at(28, 9, 30))
    office.send(at(28, 9, 31))
    again = letter("again", at(1, 9, 0, month=8), files=COMPLETE_FILES, content="complete-1")
    submission = replace(case.submission, letters=(*case.submission.letters, again))
    office.lay_in(replace(case, submission=submission))
    assert office.compose(at(1, 9, 30, month=8)) == 1


def test_a_held_answer_is_written_anew_when_what_it_says_has_changed(office: Office) -> None:
    office.mode("approve")
    office.lay_in(partial_case())
    office.compose(at(30, 10, 20))
    office.lay_in(replace(partial_case(), findings=(), complete=True))
    office.compose(at(30, 11, 0))
    assert [row.kind for row in office.rows("held")] == ["complete"]


def test_an_address_our_mail_came_back_from_gets_no_more_until_staff_act(office: Office) -> None:
    case = complete_case()
    personal = replace(
        case.submission.letters[0], message=replace(case.submission.letters[0].message, sender=Address("", "old@binhai.example"))
    )
    office.lay_in(replace(case, submission=replace(case.submission, letters=(personal,))))
    office.compose(at(29, 16, 0))
    office.send(at(29, 16, 1))
    [row] = office.rows("sent")
    office.ledger.mark_bounced(row.message_id, at(29, 16, 3))
    more = letter("more", at(30, 9, 0), files=("补充.docx",), sender="old@binhai.example")
    office.lay_in(replace(case, submission=replace(case.submission, letters=(personal, more))))
    office.compose(at(30, 9, 30))
    [queued] = office.rows("queued")
    assert queued.recipient == SEA.email
    office.ledger.decide("note", by="赵值班", at=at(30, 10, 0), target="old@binhai.example")
    last = letter("last", at(31, 9, 0), files=("再补.docx",), sender="old@binhai.example")
    office.lay_in(replace(case, submission=replace(case.submission, letters=(personal, more, last))))
    office.compose(at(31, 9, 30))
    assert office.rows("queued")[0].recipient == "old@binhai.example"


def test_no_address_gets_more_letters_a_day_than_the_limit_whatever_comes_from_it(office: Office) -> None:
    case = complete_case(at(29, 8, 0))
    for number in range(8):
        case = with_letters(case, letter(f"again-{number}", at(29, 9 + number, 0), files=(f"更新{number}.docx",)))
        office.lay_in(case)
        office.compose(at(29, 9 + number, 30))
        office.send(at(29, 9 + number, 31))
    assert len(office.line.taken) == office.settings.pacing.per_address_per_day
    office.compose(at(30, 9, 0))
    office.send(at(30, 9, 1))
    assert len(office.line.taken) == office.settings.pacing.per_address_per_day + 1


def test_a_stranger_is_asked_the_full_name_once(office: Office) -> None:
    unknown = Claim(None, (Candidate(HILL.name, 0.5, ("附件落款",)),))
    office.lay_letter(letter("who-1", at(27, 20, 0), files=("附件.zip",), sender="some@mail.example"), unknown)
    assert office.compose(at(27, 20, 15)) == 1
    office.lay_letter(letter("who-2", at(28, 9, 0), files=("附件2.zip",), sender="Some@mail.example"), unknown)
    assert office.compose(at(28, 9, 30)) == 0
    assert office.rows()[0].institution == ""


@pytest.mark.parametrize("claim", [Claim(None, split=(SEA.name, HILL.name)), Claim(SEA.name)])
def test_letters_of_several_institutions_or_of_a_known_one_are_not_asked_about(office: Office, claim: Claim) -> None:
    office.lay_letter(letter("who-1", at(27, 20, 0), files=("附件.zip",), sender="some@mail.example"), claim)
    assert office.compose(at(27, 20, 15)) == 0


def test_advertisements_from_strangers_are_left_alone(office: Office) -> None:
    office.lay_letter(letter("ad", at(27, 20, 0), kind="notice", sender="ad@shop.example"), Claim(None))
    office.lay_letter(letter("spam", at(27, 20, 0), kind="empty", sender="spam@shop.example"), Claim(None))
    assert office.compose(at(27, 20, 15)) == 0


def test_what_staff_forward_is_answered_to_whoever_wrote_it_and_only_after_a_click(office: Office) -> None:
    case = complete_case()
    original = case.submission.letters[0]
    forwarded = replace(
        original,
        message=replace(original.message, sender=Address("赵", "zhao@office.example"), forwarded_from=Address("", "li@binhai.example")),
    )
    office.lay_in(replace(case, submission=replace(case.submission, letters=(forwarded,))))
    office.compose(at(29, 16, 0))
    assert [(row.recipient, row.state) for row in office.rows()] == [("li@binhai.example", "held")]


def test_an_institution_staff_hold_back_gets_only_held_letters(office: Office) -> None:
    office.ledger.decide("hold", by="赵值班", at=at(28), institution=SEA.name)
    office.lay_in(complete_case(), partial_case())
    office.compose(at(30, 16, 0))
    assert {row.institution: row.state for row in office.rows()} == {SEA.name: "held", HILL.name: "queued"}


def test_a_moved_deadline_is_told_once_to_open_cases_and_only_after_a_click(office: Office) -> None:
    office.lay_in(complete_case(), partial_case())
    office.compose(at(30, 16, 0))
    office.send(at(30, 16, 1))
    moved = Deadline(at(12, 23, 59, month=8), at(3, 8, 0, month=8), "依补充通知")
    office.campaign = replace(office.campaign, deadlines=(*office.campaign.deadlines, moved))
    assert office.compose(at(3, 9, 0, month=8)) == 1
    assert office.compose(at(3, 10, 0, month=8)) == 0
    assert [(row.kind, row.institution) for row in office.rows("held")] == [("deadline_change", HILL.name)]


def test_who_was_called_late_hears_of_the_deadline_that_makes_the_letter_on_time_but_only_after_a_click(office: Office) -> None:
    case = complete_case(at(6, 9, 12, month=8))
    [sha] = [letter.sha256 for letter in case.submission.letters]
    office.lay_in(replace(case, submission=replace(case.submission, late_letters=(sha,)), timeliness="late"))
    office.compose(at(6, 9, 30, month=8))
    office.send(at(6, 9, 31, month=8))
    moved = Deadline(at(12, 23, 59, month=8), at(7, 8, 0, month=8), "依补充通知")
    office.campaign = replace(office.campaign, deadlines=(*office.campaign.deadlines, moved))
    assert office.compose(at(7, 9, 0, month=8)) == 0
    office.lay_in(case)
    assert office.compose(at(7, 9, 1, month=8)) == 1
    assert office.compose(at(7, 9, 30, month=8)) == 0
    assert [(row.kind, row.institution) for row in office.rows("held")] == [("deadline_change", SEA.name)]


def test_staff_may_change_the_words_of_a_letter_that_has_not_left(office: Office) -> None:
    office.mode("approve")
    office.lay_in(complete_case())
    office.compose(at(29, 16, 0))
    [row] = office.rows("held")
    assert edit_letter(office.ledger, row.key, "滨海示例大学工会：\n　　改过的话。\n", office.campaign)
    approve_letters(office.ledger, [row.key], office.settings, at(29, 16, 5))
    office.send(at(29, 16, 10))
    from email import message_from_bytes
    from email.policy import default

    mail = message_from_bytes(office.line.taken[0][1], policy=default)
    assert mail["Message-ID"] == row.message_id
    assert "改过的话" in mail.get_body(("plain",)).get_content()
    assert "改过的话" in mail.get_body(("html",)).get_content()
    assert not edit_letter(office.ledger, row.key, "太晚了", office.campaign)


# Just enough and just not: the three places where a small change of the letters' rules once went unnoticed.


def test_what_a_person_clicked_leaves_in_the_mode_of_review_and_what_nobody_clicked_waits(office: Office) -> None:
    office.mode("approve")
    case = over_quota()
    office.lay_in(case)
    office.compose(at(30, 10, 20))
    assert {row.kind: row.state for row in office.rows("held", "queued")} == {"supplement": "held", "approved": "held"}
    clicked = replace(case, findings=tuple(replace(f, state="approved") if f.code == "Q01" else f for f in case.findings))
    office.lay_in(clicked)
    office.compose(at(30, 11, 0))
    assert {row.kind: row.state for row in office.rows("held", "queued")} == {"supplement": "held", "approved": "queued"}
    assert office.send(at(30, 11, 5)).sent == 1


@pytest.mark.parametrize(("bounced", "kind"), [(False, "correction"), (True, "supplement")])
def test_a_letter_that_came_back_has_told_nobody_anything(office: Office, bounced: bool, kind: str) -> None:
    office.lay_in(partial_case())
    office.compose(at(30, 10, 20))
    office.send(at(30, 10, 21))
    [row] = office.rows("sent")
    if bounced:
        office.ledger.mark_bounced(row.message_id, at(30, 10, 30))
        office.ledger.decide("note", by="赵值班", at=at(30, 11, 0), target=row.recipient)
    office.lay_in(corrected_case()[0])
    office.compose(at(1, 9, 30, month=8))
    [queued] = office.rows("queued")
    assert queued.kind == kind


@pytest.mark.parametrize(("answered_at", "reminded"), [(at(1, 20, 59, month=8), 1), (at(1, 21, 0, month=8), 0)])
def test_an_answer_serves_as_the_reminder_for_twelve_hours_and_not_a_minute_longer(office: Office, answered_at: datetime, reminded: int) -> None:
    office.lay_in(partial_case(at(1, 20, 0, month=8)))
    office.compose(answered_at)
    office.send(answered_at)
    assert [row.kind for row in office.rows("sent")] == ["supplement"]
    assert office.compose(at(2, 9, 0, month=8)) == reminded


# Once


def test_one_click_of_two_gives_one_letter_however_often_the_program_looks(office: Office) -> None:
    office.mode("approve")
    case = over_quota()
    second = finding("Q02", "conflict", "贵校推荐职工创新工作室4个，超出通知规定的2个。", audience="institution_after_approval")
    case = replace(case, findings=(*case.findings, second))
    office.lay_in(replace(case, findings=tuple(replace(f, state="approved") if f.code == "Q01" else f for f in case.findings)))
    for minute in range(20, 30):
        office.compose(at(30, 10, minute))
    assert len([row for row in office.rows() if row.kind == "approved"]) == 1


def test_the_same_words_never_leave_twice_for_one_address(office: Office) -> None:
    office.lay_in(complete_case())
    office.compose(at(29, 16, 0))
    [row] = office.rows("queued")
    office.ledger.enqueue(replace(row, key="twin", message_id="<twin@x>"))
    assert office.send(at(29, 16, 1)).sent == 1
    assert [(r.state, "文字相同" in r.error) for r in office.rows() if r.state == "dropped"] == [("dropped", True)]


def test_a_hold_keeps_what_waits_already_and_approving_says_why_not(office: Office) -> None:
    office.mode("approve")
    office.lay_in(complete_case())
    office.compose(at(29, 16, 0))
    [row] = office.rows("held")
    made = office.ledger.decide("hold", by="赵值班", at=at(29, 16, 5), institution=SEA.name)
    approval = approve_letters(office.ledger, [row.key], office.settings, at(29, 16, 6))
    assert approval.done == ()
    assert "设了暂停" in approval.refused[0][1]
    office.ledger.decide("undo", by="赵值班", at=at(29, 16, 7), institution=SEA.name, target=str(made.number))
    assert len(approve_letters(office.ledger, [row.key], office.settings, at(29, 16, 8)).done) == 1


def test_a_queued_letter_is_held_by_a_hold_and_written_anew_when_it_is_lifted(office: Office) -> None:
    office.lay_in(complete_case())
    office.compose(at(29, 16, 0))
    made = office.ledger.decide("hold", by="赵值班", at=at(29, 16, 1), institution=SEA.name)
    assert office.send(at(29, 16, 2)).sent == 0
    assert [row.state for row in office.rows()] == ["held"]
    office.ledger.decide("undo", by="赵值班", at=at(29, 16, 5), institution=SEA.name, target=str(made.number))
    office.compose(at(29, 16, 6))
    assert office.send(at(29, 16, 7)).sent == 1


def test_who_got_a_letter_meant_for_another_is_told_so_once_after_a_click(office: Office) -> None:
    stray = letter("stray", at(28, 9, 0), files=("附件.docx",), sender="someone@mail.example")
    wrong = with_letters(complete_case(), stray)
    office.lay_in(wrong)
    office.compose(at(29, 16, 0))
    office.send(at(29, 16, 1))
    office.lay_in(complete_case())
    office.lay_letter(stray, Claim(None, codes=("M01",)))
    for minute in range(3):
        office.compose(at(29, 17, minute))
    [row] = [row for row in office.rows("held") if row.kind == "retracted"]
    assert row.institution == SEA.name
    assert "滨海示例大学" not in bytes_to_text(row.raw)


def test_files_of_a_sender_who_may_not_be_written_to_are_answered_to_the_registered_address(office: Office) -> None:
    case = complete_case()
    odd = replace(case.submission.letters[0], message=replace(case.submission.letters[0].message, answerable=False, unanswerable="发件地址写法异常"))
    office.lay_in(replace(case, submission=replace(case.submission, letters=(odd,))))
    assert office.compose(at(29, 16, 0)) == 1
    assert [row.recipient for row in office.rows("queued")] == [SEA.email]


def test_a_letter_changed_by_hand_keeps_greeting_and_foot(office: Office) -> None:
    office.mode("approve")
    office.lay_in(complete_case())
    office.compose(at(29, 16, 0))
    [row] = office.rows("held")
    assert edit_letter(office.ledger, row.key, "　　只有这一句。", office.campaign)
    text = bytes_to_text(office.rows("held")[0].raw)
    assert text.startswith(f"{SEA.name}工会：\n　　只有这一句。\n")
    assert "不代表审核、评审意见" in text
    assert "现将接收情况告知如下" not in text


def test_a_letter_that_cannot_be_put_into_bytes_costs_no_other_and_staff_are_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters are recorded in groups; what cannot be written is left out of them."""
    office.lay_in(complete_case(), partial_case())
    bad = partial_case().institution.name
    kept = institutions.letter_to_record

    def breaks(letter: Letter, *words: Any, **named: Any) -> OutboxRecord:
        if letter.institution == bad:
            raise ZeroDivisionError("ours")
        return kept(letter, *words, **named)

    monkeypatch.setattr(institutions, "letter_to_record", breaks)
    assert office.compose(at(30, 16, 0)) == 1
    assert [row.institution for row in office.rows()] == [complete_case().institution.name]
    assert office.ledger.health_note(institutions.BROKEN) == bad


def test_a_full_disk_is_nobodys_broken_letter(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it stops is composed once there is room again, with the same case numbers."""
    office.lay_in(complete_case(), partial_case())
    kept, given = office.ledger.case_number, []

    def full(name: str, prefix: str) -> str:
        given.append(kept(name, prefix))
        if len(given) == 2:
            raise DiskFull("no space")
        return given[-1]

    monkeypatch.setattr(office.ledger, "case_number", full)
    with pytest.raises(DiskFull):
        office.compose(at(30, 16, 0))
    assert office.rows() == ()
    assert not office.ledger.health_note(institutions.BROKEN)
    monkeypatch.undo()
    assert office.compose(at(30, 16, 1)) == 2
    assert sorted(row.case_number for row in office.rows()) == sorted(given)
