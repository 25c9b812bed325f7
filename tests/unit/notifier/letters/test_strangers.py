"""What a stranger is told, and what he cannot bring about: law 14 at the writing desk."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from intake.books.ledger import Ledger
from intake.message import Address
from intake.submission import Assessment, Claim, Evidence, Finding, Submission
from tests.unit.notifier.letters.cases import HILL, SEA, at, complete_case, letter
from tests.unit.notifier.letters.desk import Office


@pytest.fixture
def office(ledger: Ledger) -> Office:
    return Office(ledger)


def with_letters(case: Assessment, *more: object) -> Assessment:
    letters = (*case.submission.letters, *more)
    return replace(case, submission=replace(case.submission, letters=letters))  # type: ignore[arg-type]


def text_of(raw: bytes) -> str:
    mail = message_from_bytes(raw, policy=default)
    return f"{mail['Subject']}\n{mail.get_body(('plain',)).get_content()}"


STRANGE = Claim(SEA.name, codes=("M15",), evidence=Evidence(()))


def strange_case(claim: Claim = STRANGE, **more: Any) -> Assessment:
    """The complete case, sent by a mailbox that has proven nothing."""
    case = complete_case()
    original = case.submission.letters[0]
    message = replace(original.message, sender=Address("", "li@qq.example"), **more)
    letters = (replace(original, message=message),)
    return replace(case, submission=replace(case.submission, letters=letters, claims={message.sha256: claim}))


def test_a_stranger_is_answered_neutrally_and_the_registered_mailbox_is_told(office: Office) -> None:
    office.lay_in(strange_case())
    assert office.compose(at(29, 16, 0)) == 2
    office.send(at(29, 16, 1))
    assert [(row.kind, row.recipient) for row in office.rows()] == [("complete", SEA.email), ("stranger", "li@qq.example")]
    to_him, to_them = (text_of(next(raw for to, raw in office.line.taken if to == address)) for address in ("li@qq.example", SEA.email))
    names = [a.name for a in strange_case().submission.letters[0].message.attachments]
    assert not [name for name in names if name in to_him or f"《{name}》" in to_them]
    assert SEA.name not in to_him
    assert not [studio.name for studio in strange_case().submission.studios if studio.name in to_him]
    assert "未在我会登记的邮箱" in to_them
    assert office.compose(at(29, 16, 2)) == 0


def test_once_staff_confirm_the_mailbox_of_a_university_without_address_it_gets_the_real_answer(office: Office) -> None:
    nowhere = strange_case()
    nowhere = replace(nowhere, institution=replace(nowhere.institution, email=""))
    office.lay_in(nowhere)
    assert (office.compose(at(29, 16, 0)), office.compose(at(29, 16, 1))) == (1, 0)
    office.send(at(29, 16, 1))
    proven = replace(STRANGE, evidence=Evidence(("decision",)))
    office.lay_in(replace(nowhere, submission=replace(nowhere.submission, claims=dict.fromkeys(nowhere.submission.claims, proven))))
    assert office.compose(at(29, 16, 5)) == 1
    assert [row.kind for row in office.rows("queued")] == ["complete"]


def test_a_forged_sender_gets_nothing_and_moves_nothing(office: Office) -> None:
    forged = Claim(SEA.name, codes=("M15",), evidence=Evidence((), "fail"))
    office.lay_in(strange_case(forged, reply_to=(Address("", "attacker@evil.example"),)))
    assert office.compose(at(29, 16, 0)) == 0


def test_a_reply_address_in_another_domain_is_never_written_to(office: Office) -> None:
    proven = replace(STRANGE, evidence=Evidence(("confirmed",)))
    for wanted in ("victim@third.example", '"v@third.example>"@evil.example', "other@qq.example%0aRCPT"):
        office.lay_in(strange_case(proven, reply_to=(Address("", wanted),)))
        office.compose(at(29, 16, 0))
    assert {row.recipient for row in office.rows()} == {"li@qq.example"}


def test_a_forged_refusal_to_recommend_keeps_nobody_from_being_reminded(office: Office) -> None:
    silent = letter("no", at(28, 9, 0), sender="x@qq.example", kind="question", intents=("not_recommending",))
    submission = Submission(institution=HILL, letters=(silent,), claims={silent.sha256: replace(STRANGE, institution=HILL.name)})
    finding = Finding(code="C01", severity="missing", audience="institution", message="尚未收到汇总表。", key="C01")
    office.lay_in(Assessment(institution=HILL, submission=submission, findings=(finding,)))
    office.compose(at(2, 9, 30, month=8))
    assert [(row.kind, row.recipient) for row in office.rows() if row.recipient == HILL.email] == [("reminder_t3", HILL.email)]


def test_strangers_wait_behind_every_receipt_and_have_a_budget_of_their_own(office: Office) -> None:
    office.settings = replace(office.settings, pacing=replace(office.settings.pacing, per_day=50, per_quarter_hour=50))
    for number in range(60):
        stray = letter(f"who-{number}", at(27, 20, 0), files=("附件.zip",), sender=f"some{number}@mail.example")
        office.lay_letter(stray, Claim(None))
    office.compose(at(27, 20, 15))
    office.lay_in(complete_case())
    office.compose(at(29, 16, 0))
    office.send(at(29, 16, 1))
    assert office.line.taken[0][0] == complete_case().submission.letters[0].message.sender.address
    assert len(office.line.taken) == 1 + office.settings.pacing.strangers_per_day
    office.send(at(30, 9, 1))
    assert len(office.line.taken) == 1 + 2 * office.settings.pacing.strangers_per_day


def test_a_machine_that_does_not_say_so_is_answered_twice_at_most(office: Office) -> None:
    case = complete_case(at(29, 8, 0))
    for day in range(29, 32):
        for hour in range(9, 17):
            echo = letter(
                f"echo-{day}-{hour}", at(day, hour, 0), kind="question", intents=("question",), text=f"您好，来信已收到，编号{day}{hour}。"
            )
            case = with_letters(case, echo)
            office.lay_in(case)
            office.compose(at(day, hour, 30))
            office.send(at(day, hour, 31))
    assert [row.kind for row in office.rows("sent")] == ["complete", "question"]
