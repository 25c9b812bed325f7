"""The last look before the post, one letter at a time: who is let go, who waits, and what the server's words mean for whom."""

from __future__ import annotations

import email
from dataclasses import FrozenInstanceError, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from config.settings import Pacing
from intake.books.ledger import Ledger
from intake.records import OutboxRecord
from notifier.letter import Letter, Wording
from notifier.letters import KEPT_BACK, SAID_ALREADY
from notifier.post.dispatch import (
    Allowance,
    Answer,
    Gate,
    Refusal,
    answer_to_verdict,
    day_start,
    find_allowance,
    find_due,
    find_twin,
    letter_to_record,
    next_try,
)
from tests.unit.notifier.letters.cases import HILL, SEA, at, campaign, outbox_row, partial_case, settings
from tests.unit.notifier.letters.desk import Office

NOW = at(30, 16, 0)


def row(words: str = "", **more: Any) -> OutboxRecord:
    """A letter to HILL in the queue that says `words`, or what no other says."""
    return outbox_row(**({"raw": words.encode()} if words else {}), **more)


def refusal(letter: OutboxRecord, *others: OutboxRecord, mode: str = "automatic", now: datetime = NOW, **known: Any) -> Refusal | None:
    """What the gate says of a letter beside all that was composed for its address, at the shipped pacing."""
    gate = Gate(campaign=campaign(), settings=settings(mode=mode, pacing=Pacing()), **known)
    return gate.find_refusal(letter, (letter, *others), now, lambda other: other.raw.decode())


# --- who is let go ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mode", "approved", "leaves"), [("approve", None, False), ("approve", NOW, True), ("automatic", None, True)])
def test_once_every_letter_is_to_be_approved_none_leaves_that_nobody_approved(mode: str, approved: datetime | None, leaves: bool) -> None:
    found = refusal(row(approved_at=approved), mode=mode)
    assert (found is None) is leaves
    assert found is None or found.state == "dropped"


def test_the_staffs_own_page_leaves_whatever_holds_the_letters_to_schools() -> None:
    page = row(kind="digest", institution=HILL.name)
    silenced: dict[str, Any] = {"mode": "approve", "silenced": frozenset({HILL.name}), "blocked": frozenset({HILL.email})}
    assert refusal(page, **silenced) is None
    assert refusal(row(), **silenced) is not None


@pytest.mark.parametrize(
    ("kind", "known", "waits"),
    [
        ("supplement", {"silenced": frozenset({HILL.name})}, True),
        ("reminder_t3", {"silenced": frozenset({HILL.name})}, True),
        ("reminder_t3", {"unreminded": frozenset({HILL.name})}, True),
        ("supplement", {"unreminded": frozenset({HILL.name})}, False),
        ("reminder_t3", {"silenced": frozenset({SEA.name}), "unreminded": frozenset({SEA.name})}, False),
    ],
)
def test_who_is_to_get_no_reminders_still_gets_receipts_and_who_is_kept_back_gets_nothing(
    kind: str, known: dict[str, Any], waits: bool
) -> None:
    found = refusal(row(kind=kind), **known)
    assert (found and (found.state, found.why)) == (("held", KEPT_BACK) if waits else None)


def test_an_address_our_mail_came_back_from_waits_for_staff_however_it_is_spelt() -> None:
    found = refusal(row(recipient="GH@Qingshan.example"), blocked=frozenset({HILL.email}))
    assert found is not None
    assert found.state == "held"
    assert refusal(row(recipient=SEA.email), blocked=frozenset({HILL.email})) is None


@pytest.mark.parametrize(
    ("more", "repeats"),
    [
        ({"state": "sent"}, True),
        ({"state": "sending"}, True),
        ({"state": "sent", "recipient": "GH@Qingshan.example"}, True),
        ({"state": "queued"}, False),
        ({"state": "dropped"}, False),
        ({"state": "sent", "bounced_at": NOW}, False),
        ({"state": "sent", "recipient": SEA.email}, False),
        ({"state": "sent", "kind": "reminder_t3"}, False),
        ({"state": "sent", "words": "别的话"}, False),
    ],
)
def test_the_same_words_reach_nobody_twice_and_keep_nothing_else_back(more: dict[str, Any], repeats: bool) -> None:
    earlier = row(**({"words": "尚缺附件4。"} | more))
    found = refusal(row("尚缺附件4。"), earlier)
    assert (found is not None) is repeats
    if found is not None:
        assert found.state == "dropped"
        assert found.why.startswith(SAID_ALREADY)
        assert earlier.key in found.why


def test_a_letter_tried_before_is_no_repetition_of_itself() -> None:
    """`sending` is what a broken line leaves behind; the same bytes are to go once more."""
    assert refusal(row("尚缺附件4。", state="sending")) is None


def test_words_are_fetched_for_nobody_who_got_no_letter_of_the_kind() -> None:
    asked: list[str] = []
    letter = row()
    assert find_twin(letter, [row(recipient=SEA.email, state="sent")], lambda other: asked.append(other.key) or "") is None  # type: ignore[func-returns-value]
    assert asked == []


def test_one_address_gets_four_letters_a_day_and_the_fifth_at_midnight() -> None:
    left = [row(state="sent", sent_at=NOW - timedelta(minutes=n)) for n in range(1, 5)]
    assert refusal(row(), *left[:3]) is None
    found = refusal(row(), *left)
    assert found is not None
    assert (found.state, found.not_before) == ("queued", at(31, 0, 0))
    assert refusal(row(), *left, now=at(31, 0, 0)) is None


# --- how a letter enters the outbox ---------------------------------------------------------------------------------------------------


def composed(mode: str, **more: Any) -> OutboxRecord:
    """The outbox row of a letter; `held` when staff keep the institution back."""
    back = {"held": more.pop("held")} if "held" in more else {}
    fields: dict[str, Any] = {"key": "k", "kind": "supplement", "institution": HILL.name, "recipient": HILL.email, "composed_at": NOW}
    letter = Letter(wording=Wording("回执", "文字", "<p>文字</p>"), **(fields | more))
    return letter_to_record(letter, campaign(), mode, **back)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mode", "more", "state"),
    [
        ("rehearsal", {}, "draft"),
        ("rehearsal", {"held": True}, "draft"),
        ("rehearsal", {"clicked": True}, "draft"),
        ("approve", {}, "held"),
        ("approve", {"clicked": True}, "queued"),
        ("approve", {"clicked": True, "held": True}, "held"),
        ("automatic", {}, "queued"),
        ("automatic", {"held": True}, "held"),
        ("automatic", {"needs_approval": True}, "held"),
        ("automatic", {"needs_approval": True, "clicked": True}, "held"),
    ],
)
def test_nothing_is_queued_that_staff_have_not_let_go(mode: str, more: dict[str, Any], state: str) -> None:
    assert composed(mode, **more).state == state


@pytest.mark.parametrize(
    ("mode", "held", "told"),
    [("automatic", True, KEPT_BACK), ("approve", True, KEPT_BACK), ("rehearsal", True, ""), ("automatic", False, "")],
)
def test_staff_see_why_a_letter_waits_and_a_draft_waits_for_nothing(mode: str, held: bool, told: str) -> None:
    assert composed(mode, held=held).error == told


def test_only_a_click_is_on_record_as_an_approval() -> None:
    assert composed("approve", clicked=True).approved_at == NOW
    assert composed("automatic").approved_at is None


@pytest.mark.parametrize(("answers", "word"), [(("0" * 64,), "auto-replied"), ((), "auto-generated")])
def test_other_machines_are_told_that_ours_wrote_and_whether_in_answer(answers: tuple[str, ...], word: str) -> None:
    assert email.message_from_bytes(composed("automatic", answers=answers).raw)["Auto-Submitted"] == word


# --- what the server's words mean -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "text", "stage", "verdict"),
    [
        (200, "", "content", "accepted"),
        (250, "OK", "content", "accepted"),
        (251, "User not local; will forward", "recipient", "accepted"),
        (400, "", "content", "later"),
        (421, "closing", "content", "later"),
        (450, "4.2.1 try later", "sender", "later"),
        (451, "4.3.0 try later", "recipient", "later"),
        (451, "MI:SFQ 163 smtp5", "sender", "quarter_hour"),
        (451, "RP:QRC 163 smtp5", "recipient", "quarter_hour"),
        (451, "dt:spm 163", "content", "an_hour"),
        (554, "DT:SPM 163", "sender", "an_hour"),
        (451, "MI:STC daily", "content", "tomorrow"),
        (554, "RP:TRC daily", "recipient", "tomorrow"),
        (530, "", "content", "configuration"),
        (534, "", "content", "configuration"),
        (535, "", "content", "configuration"),
        (553, "Mail from must equal authorized user", "content", "configuration"),
        (550, "Local user only", "recipient", "configuration"),
        (500, "", "sender", "configuration"),
        (550, "policy", "sender", "configuration"),
        (500, "", "content", "content"),
        (554, "5.7.1 not this one", "content", "content"),
        (550, "no", "recipient", "recipient"),
        (550, "Invalid User", "content", "recipient"),
        (550, "5.1.1 gone", "content", "recipient"),
        (554, "Mailbox unavailable", "content", "recipient"),
    ],
)
def test_a_reply_stops_the_letter_the_queue_or_nothing(code: int, text: str, stage: Any, verdict: str) -> None:
    """Taken for the letter's fault, a school hears nothing; taken for ours, forty others wait with it."""
    assert answer_to_verdict(Answer(code, text, stage)) == verdict


def test_a_letter_is_tried_again_after_one_five_thirty_minutes_and_then_every_two_hours() -> None:
    assert [(next_try(n, NOW) - NOW) // timedelta(minutes=1) for n in (1, 2, 3, 4, 5, 12)] == [1, 5, 30, 120, 120, 120]


@pytest.fixture
def office(ledger: Ledger) -> Office:
    """One letter in the queue, to HILL."""
    office = Office(ledger)
    office.lay_in(partial_case())
    office.compose(NOW)
    return office


def try_until(office: Office, answer: Answer) -> list[tuple[str, int]]:
    """State and tries after each of a day's attempts that the server answers so."""
    moment = NOW
    seen: list[tuple[str, int]] = []
    for _ in range(13):
        office.line.answers[:] = [answer]
        office.send(moment)
        [left] = office.rows()
        seen.append((left.state, left.attempts))
        moment += timedelta(hours=2)
    return seen


def test_a_letter_the_server_never_takes_is_laid_before_staff_after_twelve_tries(office: Office) -> None:
    tries = try_until(office, Answer(451, "4.3.0 try later"))
    assert tries[10:] == [("queued", 11), ("failed", 12), ("failed", 12)]


def test_a_letter_twice_taken_for_spam_is_tried_no_third_time(office: Office) -> None:
    assert try_until(office, Answer(554, "DT:SPM 163"))[:3] == [("queued", 1), ("held", 2), ("held", 2)]


# --- whose turn it is -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "leaves"),
    [
        (None, True),
        (timedelta(0), True),
        (timedelta(seconds=1), False),
        (timedelta(hours=25), False),
        (timedelta(hours=25, seconds=1), True),
    ],
)
def test_a_letter_leaves_at_its_time_and_none_waits_for_a_time_no_clock_of_ours_can_have_meant(
    after: timedelta | None, leaves: bool
) -> None:
    waiting = row(not_before=None if after is None else NOW + after)
    assert find_due([waiting], NOW) == ((waiting,) if leaves else ())


@pytest.mark.parametrize("state", ["draft", "held", "sending", "sent", "failed", "dropped"])
def test_only_what_is_queued_is_sent(state: Any) -> None:
    assert find_due([row(state=state)], NOW) == ()


def test_urgent_letters_go_first_then_those_to_whoever_heard_least_then_the_oldest() -> None:
    old, new = row(created_at=NOW - timedelta(hours=2)), row(recipient=SEA.email)
    assert find_due([new, old], NOW) == (old, new)
    assert find_due([new, old], NOW, {HILL.email: 1}) == (new, old)
    assert find_due([new, replace(old, priority=1)], NOW, {HILL.email: 1})[0].key == old.key


def test_the_day_begins_at_midnight_in_beijing() -> None:
    assert day_start(NOW, campaign()) == at(30, 0, 0)
    assert day_start(NOW, campaign(), days=1) == at(31, 0, 0)


def allowance(today: int = 0, quarter: int = 0, kind: str = "supplement", *strangers: int, **pacing: Any) -> Allowance:
    return find_allowance(settings(pacing=replace(Pacing(), **pacing)), today, quarter, kind, *strangers)


def test_six_letters_of_the_day_are_kept_for_the_staffs_page_and_a_fifth_where_the_day_is_small() -> None:
    assert allowance(43).letters == 1
    full = allowance(44)
    assert (full.letters, full.until_tomorrow) == (0, True)
    assert "今日发信已达上限（每日50封）" in full.why
    assert (allowance(15, per_day=20).letters, allowance(16, per_day=20).letters) == (1, 0)
    assert (allowance(49, kind="digest").letters, allowance(50, kind="digest").letters) == (1, 0)


def test_the_quarter_hours_cap_is_over_soon_and_never_told_as_the_days() -> None:
    assert allowance(quarter=9).letters == 1
    full = allowance(quarter=10)
    assert (full.letters, full.until_tomorrow) == (0, False)
    assert "15分钟内发信已达10封" in full.why


def test_strangers_use_up_their_own_ten_letters_and_nothing_of_the_schools() -> None:
    assert allowance(0, 0, "unclaimed", 9).letters
    full = allowance(0, 0, "unclaimed", 10)
    assert (full.letters, full.until_tomorrow) == (0, False)
    assert allowance(0, 0, "supplement", 10).letters
    assert allowance(0, 0, "unclaimed", strangers_per_day=1).letters


@pytest.mark.parametrize("value", [Answer(250, "OK"), Allowance(1), Refusal("held", ""), Gate(campaign=campaign(), settings=settings())])
def test_what_was_judged_of_a_letter_cannot_change_on_its_way(value: Any) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(value, next(iter(type(value).__slots__)), None)
