"""The day's cap: whom it keeps back, whom it must not, and what becomes of it once the provider speaks of his own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from config.settings import Pacing
from intake.books.ledger import Ledger
from notifier.post.dispatch import STAFF_RESERVE, Answer
from tests.unit.notifier.letters.cases import SEA, campaign, complete_case, settings
from tests.unit.notifier.letters.desk import Office

MORNING = campaign().deadlines[0].at + timedelta(hours=9)
PACING = Pacing(seconds_between=0.0, per_quarter_hour=1000)


def office_with(ledger: Ledger, kinds: list[str], left: int, pacing: Pacing = PACING) -> Office:
    """An office that has sent so many letters today; one of each of these kinds waits, composed in this order."""
    office = Office(ledger, settings=settings(mode="automatic", pacing=pacing))
    office.lay_in(complete_case(MORNING))
    office.compose(MORNING + timedelta(minutes=31))
    [receipt] = office.rows("queued")
    other = replace(receipt, institution="", answers=())
    for number in range(left):
        ledger.enqueue(replace(other, recipient=f"gh{number}@u.example", key=f"left-{number}", message_id=f"<{number}@x.example>"))
        ledger.mark(f"left-{number}", "sent", at=MORNING)
    for at, kind in enumerate(kinds):
        moment = receipt.created_at + timedelta(seconds=at + 1)
        ledger.enqueue(replace(other, kind=kind, recipient=f"{kind}@v.example", key=kind, message_id=f"<{kind}@x.example>", created_at=moment))
    return office


def left_of(office: Office, moment: datetime = MORNING + timedelta(hours=1)) -> set[str]:
    """The addresses that got a letter by then."""
    office.send(moment)
    return {to for to, _ in office.line.taken}


@pytest.mark.parametrize("beyond", [0, 50])
def test_a_receipt_that_waits_for_tomorrow_keeps_no_page_from_staff(ledger: Ledger, beyond: int) -> None:
    """Before: the first letter that met the cap ended the round, and the six kept for staff stayed where they were."""
    office = office_with(ledger, ["complete", "digest", "notice"], PACING.per_day + beyond - STAFF_RESERVE, replace(PACING, answers_beyond=beyond))
    assert left_of(office) == {"digest@v.example", "notice@v.example"}


def test_answers_go_beyond_the_days_cap_and_nothing_else_does(ledger: Ledger) -> None:
    office = office_with(ledger, ["reminder_t3", "deadline_change", "unclaimed", "complete", "question", "reply"], PACING.per_day)
    assert left_of(office) == {SEA.email, "complete@v.example", "question@v.example", "reply@v.example"}


def test_not_all_day(ledger: Ledger) -> None:
    office = office_with(ledger, ["complete", "question"], 2 * PACING.per_day - STAFF_RESERVE - 1)
    assert len(left_of(office)) == 1


def test_never_more_beyond_a_small_cap_than_the_cap_itself(ledger: Ledger) -> None:
    office = office_with(ledger, ["complete", "question"], 8, replace(PACING, per_day=5))
    assert len(left_of(office)) == 1


@pytest.mark.parametrize("words", ["550 MI:STC", "554 DT:SPM"])
def test_once_the_provider_spoke_of_a_limit_the_cap_is_the_cap_for_a_month(ledger: Ledger, words: str) -> None:
    office = office_with(ledger, ["complete"], PACING.per_day)
    office.line.answers.append(Answer(int(words[:3]), words[4:]))
    assert len(left_of(office)) <= 1
    for days, leaves in ((1, False), (29, False), (30, True)):
        moment = MORNING + timedelta(days=days, hours=1, minutes=1)
        for number in range(PACING.per_day):
            ledger.mark(f"left-{number}", "sent", at=moment - timedelta(minutes=20))
        before = len(office.line.taken)
        assert (len(left_of(office, moment)) > before) is leaves, days
