"""What is still to be said after staff decided and letters explained, and when a submission may be called 收齐."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from intake.decisions import Rulings
from intake.judging.settling import is_complete, settle
from intake.submission import MATERIALS, Finding, MaterialState, StudioSubmission, Submission, Version
from tests.generator.received import moment
from tests.unit.intake.matrix.desk import UNIT, campaign

ARRIVED = moment("07-30 10:00")
CLICKED = moment("07-31 10:00")


def finding(code: str = "F20", severity: Any = "conflict", key: str = "this", message: str = "请核对。", **more: Any) -> Finding:
    return Finding(code=code, severity=severity, audience="institution", message=message, key=key, **more)


def state(found: Finding, rulings: Rulings, explained: Mapping[str, str] | None = None) -> str:
    """The state of one finding when the last letter came before staff clicked."""
    [settled] = settle([found], rulings, explained or {}, ARRIVED)
    return settled.state


# --- what is still said --------------------------------------------------------------------------------------------------------------


def test_what_must_be_supplied_is_told_before_what_is_to_be_checked_and_tips_come_last() -> None:
    order = ("missing", "conflict", "manual", "note")
    findings = [finding(severity=severity, key=severity) for severity in reversed(order)]
    assert tuple(f.severity for f in settle(findings, Rulings())) == order


def test_the_same_question_is_asked_once_and_two_questions_twice() -> None:
    assert [f.message for f in settle([finding(message="甲"), finding(message="乙")], Rulings())] == ["甲"]
    assert [f.message for f in settle([finding(key="", message="甲"), finding(key="", message="乙")], Rulings())] == ["甲", "乙"]
    assert len(settle([finding(key="a"), finding(key="b")], Rulings())) == 2


@pytest.mark.parametrize(
    ("rulings", "explained", "expected"),
    [
        (Rulings(), {}, "open"),
        (Rulings(waived=frozenset({"this"})), {}, "waived"),
        (Rulings(explained=frozenset({"this"})), {}, "explained"),
        (Rulings(approved=frozenset({"this"})), {}, "approved"),
        (Rulings(), {"this": "letter"}, "explained"),
        (Rulings(refused=frozenset({"this"})), {"this": "letter"}, "open"),
        (Rulings(refused=frozenset({"other"})), {"this": "letter"}, "explained"),
        (Rulings(), {"other": "letter"}, "open"),
        (Rulings(approved=frozenset({"this"})), {"this": "letter"}, "explained"),
        (Rulings(waived=frozenset({"this"}), approved=frozenset({"this"})), {}, "waived"),
        (
            Rulings(waived=frozenset({"other"}), explained=frozenset({"other"}), approved=frozenset({"other"})),
            {},
            "open",
        ),
    ],
)
def test_a_question_is_closed_by_the_word_said_about_it_and_by_no_other(rulings: Rulings, explained: dict[str, str], expected: str) -> None:
    assert state(finding(), rulings, explained) == expected


def test_staff_can_read_by_which_letter_a_question_was_explained() -> None:
    [found] = settle([finding(facts={"n": 1})], Rulings(), {"this": "letter"})
    assert found.facts == {"n": 1, "explained_by": "letter"}


@pytest.mark.parametrize(("said", "expected"), [(True, "approved"), (False, "waived"), (None, "open")])
def test_the_word_about_the_quota_letter_settles_the_quota_and_nothing_else(said: bool | None, expected: str) -> None:
    rulings = Rulings(quota_letter=said, quota_decided_at=CLICKED)
    assert state(finding("Q01"), rulings) == state(finding("Q02"), rulings) == expected
    assert state(finding("F20"), rulings) == "open"


# --- 收齐 ----------------------------------------------------------------------------------------------------------------------------


def studio(*statuses: Any, **more: Any) -> StudioSubmission:
    """A studio whose row, form and narrative stand so."""
    name = f"{'|'.join(statuses)}创新工作室"
    return StudioSubmission(
        key=name, name=name, materials={m: MaterialState(s) for m, s in zip(MATERIALS, statuses, strict=True)}, **more
    )


FULL = studio("received", "received", "received")
EMPTY = studio("missing", "missing", "missing")


def complete(*studios: StudioSubmission, findings: tuple[Finding, ...] = (), **more: Any) -> bool:
    institution = campaign().institution(UNIT)
    assert institution is not None
    return is_complete(Submission(institution=institution, studios=studios, **more), findings)


@pytest.mark.parametrize(
    ("studios", "expected"),
    [
        ((FULL,), True),
        ((studio("received", "waived", "received"),), True),
        ((studio("received", "missing", "received"),), False),
        ((studio("received", "received_unread", "received"),), False),
        ((FULL, EMPTY), False),
        ((FULL, replace(EMPTY, withdrawn=True)), True),
        ((FULL, replace(EMPTY, superseded=True)), True),
        ((replace(FULL, withdrawn=True),), False),
        ((), False),
    ],
)
def test_complete_is_who_has_every_piece_of_every_standing_studio_and_at_least_one(
    studios: tuple[StudioSubmission, ...], expected: bool
) -> None:
    assert complete(*studios) is expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (finding("C04", "missing"), False),
        (finding("C04", "missing", state="approved"), False),
        (finding("C04", "missing", state="waived"), True),
        (finding("C04", "missing", state="explained"), True),
        (finding("C07", "missing"), True),
        (finding("M13", "conflict"), False),
        (finding("M13", "conflict", state="waived"), True),
        (finding("F20", "conflict"), True),
        (finding("C06", "note"), True),
    ],
)
def test_nobody_is_called_complete_who_must_still_send_something_by_mail_and_paper_is_another_matter(found: Finding, expected: bool) -> None:
    assert complete(FULL, findings=(finding("F20"), found)) is expected


@pytest.mark.parametrize(("may_be", "expected"), [((MATERIALS[1],), False), ((), True)])
def test_a_file_nobody_has_read_that_may_be_another_studios_form_keeps_from_complete(may_be: Any, expected: bool) -> None:
    scan = Version(
        number=1, status="received_unread", letter="l", attachment="a", file="s.pdf", path=("s.pdf",), received_at=ARRIVED, may_be=may_be
    )
    assert complete(FULL, unread=(scan,)) is expected
