"""Whose letter it is, and when to ask instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from intake.claiming.sender import Known, identify, split_files
from intake.message import Address, Bounce
from intake.submission import Claim, Decision, Received
from tests.generator.received import file, letter, narrative
from tests.unit.intake.matrix.desk import UNIT, Union, campaign, decision

CITY = "大连理工大学城市学院"


def claim(received: Received, *others: Received, decisions: Sequence[Decision] = (), **known: Any) -> Claim:
    return identify([received, *others], campaign(), decisions, Known(**known))[received.sha256]


def claimed_as(unit: str, target: Received, number: int = 1) -> Decision:
    return decision("claim", target.sha256, number, unit)


def test_the_name_printed_in_the_forms_identifies_a_personal_mailbox_and_says_so() -> None:
    found = claim(letter("07-29 10:00", Union().form(0), sender="someone@qq.com", subject="附件"))
    assert (found.institution, found.codes) == (UNIT, ("M15",))
    assert "省总直属高校工会" in found.candidates[0].evidence[0]


def test_a_personal_mailbox_with_nothing_inside_is_a_question() -> None:
    found = claim(letter("07-29 10:00", file("附件.pdf", status="scanned"), sender="someone@163.com", subject="附件"))
    assert (found.institution, found.codes) == (None, ("M01",))


def test_a_personal_mailbox_is_remembered_once_staff_confirmed_it() -> None:
    first = letter("07-29 10:00", file("a.pdf", status="scanned"), sender="someone@163.com", subject="附件")
    second = letter("07-30 10:00", file("b.pdf", status="scanned"), sender="SomeOne@163.com", subject="补充")
    assert claim(second, first).institution is None
    confirmed = claim(second, first, decisions=[claimed_as(UNIT, first)])
    assert (confirmed.institution, confirmed.codes) == (UNIT, ())


def test_a_personal_mailbox_whose_forms_were_clear_is_still_not_remembered() -> None:
    first = letter("07-29 10:00", Union().form(0), sender="someone@163.com", subject="附件")
    second = letter("07-30 10:00", file("b.pdf", status="scanned"), sender="someone@163.com", subject="补充")
    found = claim(second, first)
    assert found.institution is None
    assert [c.institution for c in found.candidates] == [UNIT]


def test_an_office_address_is_learned_from_a_letter_with_clear_forms_in_any_order() -> None:
    clear = letter("07-30 10:00", Union().form(0), sender="office@unknown.example", subject="附件")
    silent = letter("07-29 10:00", file("b.pdf", status="scanned"), sender="office@unknown.example", subject="补充")
    assert claim(silent, clear).institution == claim(silent, clear).institution == UNIT


def test_the_domain_alone_identifies_and_the_longest_suffix_wins() -> None:
    scan = file("b.pdf", status="scanned")
    assert claim(letter("07-29 10:00", scan, sender="gh@dlut.edu.cn", subject="附件")).institution == UNIT
    assert claim(letter("07-29 10:00", scan, sender="gh@city.dlut.edu.cn", subject="附件")).institution == CITY


def test_forms_outrank_the_domain_and_staff_are_told() -> None:
    found = claim(letter("07-29 10:00", Union(CITY).form(0), sender="gh@dlut.edu.cn", subject="附件"))
    assert (found.institution, found.codes) == (CITY, ("T02", "M15"))


def test_the_subject_against_the_domain_without_forms_is_a_question() -> None:
    found = claim(letter("07-29 10:00", file("b.pdf", status="scanned"), sender="gh@neu.edu.cn", subject="大连理工大学工会报送材料"))
    assert found.institution is None
    assert {c.institution for c in found.candidates} == {UNIT, "东北大学"}


def test_forms_against_the_subject_without_any_third_witness_are_a_question() -> None:
    assert claim(letter("07-29 10:00", Union().form(0), sender="a@qq.com", subject="东北大学工会报送材料")).institution is None


def test_our_case_number_in_the_subject_identifies() -> None:
    found = claim(
        letter("07-29 10:00", file("b.pdf", status="scanned"), sender="a@qq.com", subject="回复:【回执 ｌｎ2022-0017】"),
        case_numbers={"LN2022-0017": UNIT},
    )
    assert found.institution == UNIT


def test_a_case_number_is_not_found_inside_a_longer_one() -> None:
    found = claim(
        letter("07-29 10:00", file("b.pdf", status="scanned"), sender="a@qq.com", subject="LN2022-00171"),
        case_numbers={"LN2022-0017": UNIT},
    )
    assert found.institution is None


def test_a_case_number_against_the_forms_is_a_question() -> None:
    found = claim(
        letter("07-29 10:00", Union("东北大学").form(0), sender="a@qq.com", subject="LN2022-0017"), case_numbers={"LN2022-0017": UNIT}
    )
    assert found.institution is None


def test_a_case_number_from_another_universitys_own_mailbox_is_a_question() -> None:
    found = claim(
        letter("07-29 10:00", file("b.pdf", status="scanned"), sender="gh@neu.edu.cn", subject="LN2022-0017"),
        case_numbers={"LN2022-0017": UNIT},
    )
    assert found.institution is None


def test_a_reply_to_our_letter_identifies() -> None:
    reply = letter("07-29 10:00", file("b.pdf", status="scanned"), sender="a@qq.com", subject="回复", in_reply_to="<r17@office.example>")
    assert claim(reply, sent={"r17@office.example": UNIT}).institution == UNIT


def test_a_staff_decision_outranks_everything() -> None:
    clear = letter("07-29 10:00", Union().form(0), sender="gh@dlut.edu.cn")
    assert claim(clear, decisions=[claimed_as("东北大学", clear)]).institution == "东北大学"


def test_an_undone_decision_counts_no_more() -> None:
    clear = letter("07-29 10:00", Union().form(0), sender="gh@dlut.edu.cn")
    decisions = [claimed_as("东北大学", clear), decision("undo", "1", 2)]
    assert claim(clear, decisions=decisions).institution == UNIT


def test_a_letter_declared_noise_belongs_to_nobody_and_asks_nothing() -> None:
    clear = letter("07-29 10:00", Union().form(0), sender="gh@dlut.edu.cn")
    assert claim(clear, decisions=[claimed_as("", clear)]) == Claim(None, ())


def test_the_ambiguous_alias_gives_ranked_candidates_and_a_question() -> None:
    found = claim(letter("07-29 10:00", file("b.pdf", status="scanned"), sender="a@qq.com", subject="医大工会报送材料"))
    assert found.institution is None
    assert {c.institution for c in found.candidates} == {"中国医科大学", "大连医科大学", "锦州医科大学"}


def test_a_partner_mentioned_in_the_text_is_not_the_sender() -> None:
    found = claim(
        letter("07-29 10:00", file("b.pdf", status="scanned"), sender="a@qq.com", subject="附件", text="我们参照东北大学的做法整理了材料。")
    )
    assert found.institution is None
    assert found.candidates[0].institution == "东北大学"


@pytest.mark.parametrize("text", ["请查收。\n\n大连理工大学工会\n2022年7月29日", "我校大连理工大学现报送材料", "落款：大工工会"])
def test_a_signature_or_the_first_person_identifies(text: str) -> None:
    assert claim(letter("07-29 10:00", file("b.pdf", status="scanned"), sender="a@qq.com", subject="附件", text=text)).institution == UNIT


def test_a_hospital_that_writes_alone_is_its_parent_and_marked() -> None:
    union = Union("中国医科大学附属盛京医院", ("employee",))
    found = claim(letter("07-29 10:00", *union.everything(), sender="gh@sj-hospital.org", subject="盛京医院工会材料"))
    assert (found.institution, found.affiliate) == ("中国医科大学", "中国医科大学附属盛京医院")
    assert "Q05" in found.codes


def test_a_university_that_recommends_its_hospitals_studio_is_not_the_hospital() -> None:
    union = Union("中国医科大学", ("employee",))
    union.studios[0]["organisation"] = "中国医科大学附属第一医院"
    found = claim(letter("07-29 10:00", union.form(0), sender="gh@cmu.edu.cn", subject="材料"))
    assert (found.institution, found.affiliate, found.codes) == ("中国医科大学", "", ())


def test_two_unions_in_one_letter_are_proposed_for_splitting() -> None:
    first, second = Union(UNIT), Union("东北大学", seed=2)
    mixed = letter(
        "07-29 10:00",
        first.form(0, "大工/附件4.docx"),
        first.story(0, "大工/材料.docx"),
        second.form(1, "东大/附件4.docx"),
        sender="a@qq.com",
    )
    found = claim(mixed)
    assert (found.institution, set(found.split), found.codes) == (None, {UNIT, "东北大学"}, ("M10",))
    owners = split_files(mixed, campaign())
    assert [owners[a.sha256] for a in mixed.message.attachments] == [UNIT, UNIT, "东北大学"]


def test_a_forwarded_letter_is_judged_by_its_first_writer_not_by_the_one_who_forwards() -> None:
    forwarded = letter(
        "07-29 10:00",
        file("b.pdf", status="scanned"),
        sender="staff@qq.com",
        subject="转发：材料",
        forwarded_from=Address("", "gh@neu.edu.cn"),
    )
    assert claim(forwarded).institution == "东北大学"


@pytest.mark.parametrize("kind", ["auto_reply", "bounce", "read_receipt", "notice"])
def test_machines_ask_nothing_of_staff(kind: str) -> None:
    assert claim(letter("07-29 10:00", sender="x@nowhere.example", subject="自动回复", kind=kind)).codes == ("M11",)


def test_an_executable_from_nobody_is_put_aside_without_a_question() -> None:
    assert claim(letter("07-29 10:00", file("发票.exe", problem="hostile"), sender="x@nowhere.example", subject="发票")).codes == ("M08",)


def test_a_union_name_read_with_doubt_is_not_enough_to_outvote_the_subject() -> None:
    form = Union("东北大学").form(0)
    doubted = file(
        form.path[0], type(form.forms[0])(kind=form.forms[0].kind, fields={"union": form.forms[0].fields["union"]}, doubtful=("union",))
    )
    found = claim(letter("07-29 10:00", doubted, sender="a@qq.com", subject="大连理工大学工会材料"))
    assert found.institution == UNIT


def test_a_later_letter_in_the_same_thread_belongs_to_the_same_union() -> None:
    first = letter("07-29 10:00", Union().form(0), sender="a@qq.com", subject="附件", message_id="<one@qq.com>")
    second = letter("07-30 10:00", file("s.pdf", status="scanned"), sender="a@qq.com", subject="Re: 附件", references=("<one@qq.com>",))
    assert claim(second, first).institution == UNIT


def test_names_in_a_narrative_do_not_identify() -> None:
    story = file("正文.docx", narrative("张三创新工作室", "张三"), text="与东北大学、大连海事大学合作")
    assert claim(letter("07-29 10:00", story, sender="a@qq.com", subject="附件")).institution is None


def test_only_the_first_letter_of_a_personal_mailbox_is_marked() -> None:
    union = Union()
    first = letter("07-29 10:00", union.form(0), sender="a@qq.com")
    second = letter("07-30 10:00", union.form(1), sender="a@qq.com")
    assert (claim(first, second).codes, claim(second, first).codes) == (("M15",), ())


def test_a_bounce_belongs_to_whom_our_letter_did_not_reach() -> None:
    back = letter(
        "07-29 10:00", sender="postmaster@163.com", subject="系统退信", kind="bounce", bounced=Bounce("a@b.example", "<r17@office.example>")
    )
    found = claim(back, sent={"r17@office.example": UNIT})
    assert (found.institution, found.codes) == (UNIT, ("M11",))
