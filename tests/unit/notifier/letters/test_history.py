"""What was said to a school before: nobody is told twice, nobody forgotten, and a wrong address not written to again."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import timedelta
from typing import Any

import pytest

from intake.records import OutboxRecord
from intake.submission import Decision
from notifier.letters.history import (
    SAID_ALREADY,
    STAFF_DROPPED,
    History,
    blocked_addresses,
    count_left_today,
    count_today,
    held_institutions,
    is_superseded,
    outbox_to_histories,
)
from tests.unit.notifier.letters.cases import HILL, LAKE, SEA, at, campaign, outbox_row

NOW = at(30, 16, 0)
FATES: dict[str, dict[str, Any]] = {
    "sent": {"state": "sent"},
    "may have left": {"state": "sending"},
    "came back": {"state": "sent", "bounced_at": NOW},
    "refused": {"state": "failed"},
    "draft": {"state": "draft"},
    "queued": {"state": "queued"},
    "held": {"state": "held"},
    "dropped by staff": {"state": "dropped", "error": STAFF_DROPPED},
    "same words left": {"state": "dropped", "error": f"{SAID_ALREADY}（已发的一封编号x）。"},
    "overtaken": {"state": "dropped", "error": "情况已变。"},
    "called back, then let go after all": {"state": "queued", "error": STAFF_DROPPED},
    "once taken for a repetition, then let go after all": {"state": "queued", "error": SAID_ALREADY},
}


def row(**more: Any) -> OutboxRecord:
    """A letter that left, answers the letter `asked` and states the gap `C03`."""
    return outbox_row(**({"state": "sent", "created_at": NOW, "answers": ("asked",), "told": ("C03",)} | more))


def fate(name: str, mode: Any = "automatic", **more: Any) -> History:
    """The history of one letter that came to this end."""
    return History((row(**(FATES[name] | more)),), mode)


def decided(kind: str, target: str = "", unit: str = HILL.name, number: int = 1, **when: Any) -> Decision:
    return Decision(number, kind, when.get("when", NOW), "赵值班", unit, target)


# --- nobody is told twice, nobody forgotten ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FATES)
def test_a_gap_is_told_only_by_a_letter_that_left(name: str) -> None:
    assert fate(name).told == ({"C03"} if name in ("sent", "may have left") else set())


@pytest.mark.parametrize("name", FATES)
def test_a_letter_is_answered_once_ours_left_or_its_fate_is_before_the_staff(name: str) -> None:
    over = ("sent", "may have left", "came back", "refused", "dropped by staff", "same words left")
    assert fate(name).answered == ({"asked"} if name in over else set())


@pytest.mark.parametrize("name", FATES)
def test_nothing_is_composed_again_while_it_stands_or_waits_and_everything_once_it_was_overtaken(name: str) -> None:
    again = name in ("draft", "overtaken")
    assert fate(name).ever == (set() if again else {"C03"})
    assert fate(name).covered == (set() if again else {"asked"})


def test_a_draft_counts_as_told_only_while_rehearsing() -> None:
    assert fate("draft", "rehearsal").told == {"C03"}
    assert fate("draft", "approve").told == set()
    assert fate("overtaken", "rehearsal").told == set()


@pytest.mark.parametrize("name", ["sent", "queued", "dropped by staff"])
def test_the_neutral_word_to_a_stranger_is_no_answer_and_is_said_once(name: str) -> None:
    neutral, real = fate(name, kind="stranger"), fate(name)
    assert (neutral.covered, neutral.acknowledged) == (set(), {"asked"})
    assert (real.covered, real.acknowledged) == ({"asked"}, set())


def test_an_overtaken_word_to_a_stranger_is_said_anew() -> None:
    assert fate("overtaken", kind="stranger").acknowledged == set()


@pytest.mark.parametrize("name", FATES)
def test_only_what_neither_left_nor_was_settled_gives_way_to_a_better_letter(name: str) -> None:
    assert bool(fate(name).waiting) is (FATES[name]["state"] in ("queued", "held"))


@pytest.mark.parametrize("name", FATES)
def test_staff_see_as_overtaken_only_what_nobody_decided_against(name: str) -> None:
    assert is_superseded(row(**FATES[name])) is (name == "overtaken")


def test_our_last_answer_is_the_latest_that_left_and_a_reminder_is_none() -> None:
    early, late = NOW - timedelta(days=2), NOW - timedelta(days=1)
    first, second = row(created_at=early, sent_at=late), row(created_at=early, state="sending")
    reminder = row(kind="reminder_t3", sent_at=NOW)
    assert History((first, second, reminder)).last_answer_at == late
    assert History((second, reminder)).last_answer_at == early
    assert History((reminder,)).last_answer_at is None


@pytest.mark.parametrize(("kind", "material"), [("supplement", True), ("question", False)])
def test_a_first_look_at_the_material_stays_the_first_after_an_answered_question(kind: str, material: bool) -> None:
    assert fate("sent", kind=kind).has_answered_material is material
    assert not fate("queued", kind=kind).has_answered_material


def test_each_school_has_its_own_history() -> None:
    ours, theirs = row(), row(institution=SEA.name)
    found = outbox_to_histories([ours, theirs], "automatic")
    assert {name: history.rows for name, history in found.items()} == {HILL.name: (ours,), SEA.name: (theirs,)}


# --- addresses our mail came back from ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decisions", "blocked"),
    [
        ([], True),
        ([decided("note", "GH@qingshan.example", when=NOW + timedelta(hours=1))], False),
        ([decided("approve", HILL.email, when=NOW + timedelta(hours=1))], False),
        ([decided("note", HILL.email, when=NOW)], False),
        ([decided("note", HILL.email, when=NOW - timedelta(seconds=1))], True),
        ([decided("seen", HILL.email, when=NOW + timedelta(hours=1))], True),
        ([decided("note", SEA.email, when=NOW + timedelta(hours=1))], True),
    ],
)
def test_a_bounced_address_is_written_to_again_only_after_staff_said_something_of_it(decisions: list[Decision], blocked: bool) -> None:
    came_back = row(recipient="gh@Qingshan.example", bounced_at=NOW)
    assert blocked_addresses([came_back, row(recipient=SEA.email)], decisions) == ({HILL.email} if blocked else set())


# --- how much on one day, and what staff keep back -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "composed", "left"),
    [
        ({"state": "sent", "sent_at": NOW}, 1, 1),
        ({"state": "sent", "sent_at": NOW, "recipient": "GH@Qingshan.example"}, 1, 1),
        ({"state": "sent", "sent_at": NOW, "recipient": SEA.email}, 0, 0),
        ({"state": "sent", "sent_at": at(30, 0, 0), "created_at": at(29, 23, 0)}, 1, 1),
        ({"state": "sent", "sent_at": at(29, 23, 59), "created_at": at(29, 23, 0)}, 0, 0),
        ({"state": "sending"}, 1, 1),
        ({"state": "sending", "created_at": at(29, 23, 0)}, 0, 0),
        ({"state": "queued"}, 1, 0),
        ({"state": "held"}, 1, 0),
        ({"state": "dropped"}, 0, 0),
        ({"state": "failed"}, 0, 0),
    ],
)
def test_a_letter_counts_on_the_day_it_leaves_in_beijing(more: dict[str, Any], composed: int, left: int) -> None:
    twice = [row(**more), row(**more)]
    assert count_today(twice, HILL.email.upper(), campaign(), NOW) == 2 * composed
    assert count_left_today(twice, HILL.email.upper(), campaign(), NOW) == 2 * left


@pytest.mark.parametrize(
    ("target", "letters", "reminders"), [("", True, True), ("letters", True, True), ("reminders", False, True), ("别的", False, False)]
)
def test_a_hold_on_the_reminders_alone_keeps_no_receipt_back(target: str, letters: bool, reminders: bool) -> None:
    decisions = [decided("hold", target), decided("note", target, LAKE.name, number=2)]
    assert held_institutions(decisions) == ({HILL.name} if letters else set())
    assert held_institutions(decisions, "reminders") == ({HILL.name} if reminders else set())


def test_a_hold_taken_back_holds_nothing() -> None:
    assert held_institutions([decided("hold"), decided("undo", "1", number=2)]) == set()


def test_what_was_said_cannot_be_unsaid() -> None:
    with pytest.raises(FrozenInstanceError):
        History(()).rows = (row(),)  # type: ignore[misc]
