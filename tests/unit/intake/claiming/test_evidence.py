"""What proves a sender, and what only pretends to: the three rights of law 14."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from intake.claiming.evidence import may_replace
from intake.claiming.sender import Known, identify
from intake.message import Address
from intake.submission import Claim, Decision, Evidence, Received
from tests.generator.received import file, letter
from tests.unit.intake.matrix.desk import UNIT, Union, campaign, decision

SCAN = file("b.pdf", status="scanned")


def claim(received: Received, *others: Received, decisions: Sequence[Decision] = (), **known: Any) -> Claim:
    return identify([received, *others], campaign(), decisions, Known(**known))[received.sha256]


def proofs(received: Received, *others: Received, **more: Any) -> tuple[str, ...]:
    return claim(received, *others, **more).evidence.proofs


def test_the_rosters_domain_proves_and_a_lookalike_of_it_does_not() -> None:
    assert proofs(letter("07-29 10:00", Union().form(0), sender="gh@dlut.edu.cn")) == ("domain",)
    for forged in ("gh@dlut.edu.cn.evil.example", "gh@xdlut.edu.cn", "gh@dlut-edu.cn"):
        assert proofs(letter("07-29 10:00", Union().form(0), sender=forged)) == ()


def test_forms_names_and_numbers_alone_prove_nothing() -> None:
    told = letter(
        "07-29 10:00", Union().form(0), sender="x@qq.com", subject="大连理工大学工会 LN2022-0017-K7XQ", text="我校大连理工大学现报送材料"
    )
    found = claim(told, case_numbers={"LN2022-0017-K7XQ": UNIT})
    assert (found.institution, found.evidence, found.codes) == (UNIT, Evidence(()), ("M15",))
    assert not found.evidence.may_replace
    assert not found.evidence.may_be_told


@pytest.mark.parametrize(("passed_on_by", "proven"), [("x@qq.com", ()), (campaign().mailbox, ("confirmed",))])
def test_a_click_confirms_who_wrote_and_whom_we_passed_on_not_whom_a_stranger_names(passed_on_by: str, proven: tuple[str, ...]) -> None:
    """The head of a forwarded letter is its writer's word: else he would have anybody confirmed who is in it."""
    first = letter("07-29 10:00", Union().form(0), sender=passed_on_by, forwarded_from=Address("", "evil@qq.com"))
    named = letter("07-30 10:00", Union().form(0, phone="13900001111"), sender="evil@qq.com")
    confirmed = [decision("claim", first.sha256, 1, UNIT)]
    assert proofs(named, first, decisions=confirmed) == proven
    again = letter("07-31 10:00", Union().form(0, phone="13900002222"), sender="x@qq.com")
    assert ("confirmed" in proofs(again, first, decisions=confirmed)) is (passed_on_by == "x@qq.com")


def test_a_mailbox_staff_confirmed_once_proves_from_then_on() -> None:
    first = letter("07-29 10:00", SCAN, sender="someone@163.com", subject="附件")
    second = letter("07-30 10:00", SCAN, sender="SomeOne@163.com", subject="补充")
    confirmed = [decision("claim", first.sha256, 1, UNIT)]
    assert proofs(first, second, decisions=confirmed) == ("decision", "confirmed")
    assert proofs(second, first, decisions=confirmed) == ("confirmed",)


def test_a_reply_proves_only_when_our_letter_went_to_a_proven_address() -> None:
    reply = letter("07-29 10:00", SCAN, sender="a@qq.com", subject="回复", in_reply_to="<r17@office.example>")
    sent = {"r17@office.example": UNIT}
    assert proofs(reply, sent=sent, recipients={"<r17@office.example>": "gh@dlut.edu.cn"}) == ("thread",)
    assert proofs(reply, sent=sent, recipients={"<r17@office.example>": "a@qq.com"}) == ()


def test_what_an_inline_forwarded_head_says_proves_nothing() -> None:
    passed_on = letter("07-29 10:00", Union().form(0), sender="x@qq.com", forwarded_from=Address("", "gh@dlut.edu.cn"))
    assert proofs(passed_on) == ()


def test_our_own_mailbox_passing_a_letter_on_proves() -> None:
    assert proofs(letter("07-29 10:00", Union().form(0), sender=campaign().mailbox)) == ("office",)


def test_an_unclaimed_letter_and_none_of_identify_stays_unweighed() -> None:
    for name in ("gh@dlut.edu.cn", "x@qq.com", "x@elsewhere.example"):
        found = claim(letter("07-29 10:00", Union().form(0), sender=name))
        assert "unweighed" not in found.evidence.proofs


@pytest.mark.parametrize(("sender", "earlier", "allowed"), [("a@qq.com", "A@qq.com", True), ("b@qq.com", "a@qq.com", False)])
def test_a_strangers_file_replaces_only_what_the_same_mailbox_brought(sender: str, earlier: str, allowed: bool) -> None:
    before = letter("07-29 10:00", Union().form(0), sender=earlier)
    after = letter("07-30 10:00", Union().form(0), sender=sender)
    assert may_replace(after, claim(after, before), before) is allowed
    forged = replace(claim(after, before), evidence=Evidence((), "fail"))
    assert not may_replace(after, forged, before)
