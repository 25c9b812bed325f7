"""The last day before the deadline under the caps: whoever must still act hears of it in time, whoever need not waits a little."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from config.settings import Pacing
from intake.books.ledger import Ledger
from notifier.letters import ASKING
from notifier.post.dispatch import STAFF_RESERVE, Kept, find_allowance, keep_for_who_must_act
from tests.unit.notifier.letters.cases import HILL, SEA, campaign, complete_case, partial_case, settings
from tests.unit.notifier.letters.desk import Office

DEADLINE = campaign().deadlines[0].at
PACING = Pacing(seconds_between=0.0)


def kept(before: timedelta, kind: str = "complete", priority: int = 50) -> Kept:
    return keep_for_who_must_act(kind, priority, campaign(), PACING, DEADLINE - before)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(48, Kept()), (24, Kept(16, 3)), (2, Kept(16, 3)), (0.5, Kept(16, 3)), (0.25, Kept(10, 3)), (0.01, Kept(10, 3)), (0, Kept()), (-1, Kept())],
)
def test_a_third_is_kept_in_the_last_day_and_never_more_than_could_still_leave(hours: float, expected: Kept) -> None:
    assert kept(timedelta(hours=hours)) == expected


@pytest.mark.parametrize(("kind", "priority"), [("supplement", ASKING), ("reminder_t1", 80), ("digest", 90), ("notice", 100)])
def test_nothing_is_kept_from_who_must_act_nor_from_staff(kind: str, priority: int) -> None:
    assert kept(timedelta(hours=1), kind, priority) == Kept()


def test_the_day_ends_for_who_has_nothing_to_do_before_it_ends_for_who_must_act() -> None:
    """At the shipped caps: 28 receipts that ask nothing, and 16 letters more that do."""
    most = PACING.per_day - STAFF_RESERVE
    for sent in range(most + 1):
        receipt = find_allowance(settings(pacing=PACING), sent, 0, "complete", kept=kept(timedelta(hours=3)))
        asking = find_allowance(settings(pacing=PACING), sent, 0, "supplement", kept=kept(timedelta(hours=3), "supplement", ASKING))
        assert bool(receipt.letters) is (sent < most - 16), sent
        assert bool(asking.letters) is (sent < most), sent
    for sent in range(11):
        receipt = find_allowance(settings(pacing=PACING), 0, sent, "complete", kept=kept(timedelta(hours=3)))
        assert bool(receipt.letters) is (sent < 7), sent


def test_an_evening_of_receipts_keeps_no_fault_that_can_still_be_mended_until_tomorrow(ledger: Ledger) -> None:
    """Before: the receipts of the day had used up its cap, and the letter that asks for something left after the deadline."""
    office = Office(ledger, settings=settings(mode="automatic", pacing=replace(PACING, per_day=6, per_quarter_hour=6)))
    evening = DEADLINE - timedelta(hours=3)
    office.lay_in(complete_case(evening))
    office.compose(evening + timedelta(minutes=1))
    [receipt] = office.rows("queued")
    for number in range(3):  # of six, one is kept for staff and two for who must act
        other = replace(receipt, institution="", answers=(), recipient=f"gh{number}@u.example")
        ledger.enqueue(replace(other, key=f"before-{number}", message_id=f"<{number}@x.example>"))
        ledger.mark(f"before-{number}", "sent", at=evening)
    office.send(evening + timedelta(minutes=2))
    assert [row.recipient for row in office.rows("queued")] == [SEA.email]
    office.lay_in(partial_case(evening))
    office.compose(evening + timedelta(minutes=20))
    office.send(evening + timedelta(minutes=21))
    assert [to for to, _ in office.line.taken] == [HILL.email]
    after = DEADLINE + timedelta(minutes=1)
    office.compose(after)
    office.send(after)
    assert [to for to, _ in office.line.taken] == [HILL.email, SEA.email]
