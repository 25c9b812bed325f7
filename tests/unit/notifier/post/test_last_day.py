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


@pytest.mark.parametrize(("kind", "priority"), [("supplement", ASKING), ("reminder_t1", 80), ("digest", 50), ("notice", 100)])
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


@pytest.mark.parametrize(
    ("today", "quarter", "letters", "tomorrow", "why"),
    [
        (38, 0, 1, False, ""),
        (39, 0, 0, True, "今日余下的额度留给还须补正的学校"),
        (43, 9, 0, True, "今日余下的额度留给还须补正的学校"),
        (44, 0, 0, True, "今日发信已达上限（每日50封）"),
        (44, 9, 0, True, "今日发信已达上限（每日50封）"),
        (0, 6, 1, False, ""),
        (0, 7, 0, False, "这15分钟余下的额度留给还须补正的学校"),
        (43, 7, 0, True, "今日余下的额度留给还须补正的学校"),
        (0, 9, 0, False, "这15分钟余下的额度留给还须补正的学校"),
        (0, 10, 0, False, "15分钟内发信已达10封"),
        (0, 0, 7, False, ""),
        (34, 0, 5, False, ""),
    ],
)
def test_staff_read_whether_a_cap_is_used_up_or_kept_and_until_when(today: int, quarter: int, letters: int, tomorrow: bool, why: str) -> None:
    found = find_allowance(settings(pacing=PACING), today, quarter, "complete", kept=Kept(5, 3))
    assert (found.letters, found.until_tomorrow) == (letters, tomorrow)
    assert why in found.why
    assert bool(found.why) is bool(why)


def test_where_nothing_is_kept_the_last_letter_of_a_cap_leaves() -> None:
    assert find_allowance(settings(pacing=PACING), 43, 0, "complete").letters == 1
    assert find_allowance(settings(pacing=PACING), 0, 9, "complete", kept=Kept(today=1)).letters == 1
    assert find_allowance(settings(pacing=PACING), 43, 0, "complete", kept=Kept(quarter=1)).letters == 1
    assert "留给还须补正的学校" in find_allowance(settings(pacing=PACING), 43, 9, "complete", kept=Kept(quarter=1)).why


def test_a_letter_that_asks_nothing_waits_from_just_below_the_asking_ones() -> None:
    hour = timedelta(hours=1)
    assert kept(hour, "complete", ASKING - 1) == Kept(16, 3)
    assert kept(hour, "complete", ASKING) == Kept()
    assert kept(timedelta(days=1, seconds=1)) == Kept()
    assert (kept(timedelta(minutes=15)), kept(timedelta(minutes=15, seconds=1))) == (Kept(10, 3), Kept(16, 3))


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
