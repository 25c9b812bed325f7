"""Whose letter it is, and when to ask instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from intake.claiming.sender import Known, identify, split_files
from intake.message import Address, Bounce
from intake.submission import Claim, Decision, Received
from tests.generator.received import File, file, letter, narrative
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


@pytest.mark.parametrize("address", ["someone@163.com", "office@unknown.example"])
def test_a_mailbox_whose_forms_were_clear_is_known_in_its_later_letters_and_only_there(address: str) -> None:
    silent = letter("07-29 10:00", file("b.pdf", status="scanned"), sender=address, subject="补充")
    clear = letter("07-30 10:00", Union().form(0), sender=address, subject="附件")
    later = letter("07-31 10:00", file("c.pdf", status="scanned"), sender=address, subject="补充")
    assert claim(later, clear, silent).institution == claim(later, silent, clear).institution == UNIT
    before = claim(silent, clear, later)
    assert (before.institution, [c.institution for c in before.candidates]) == (None, [UNIT])


def test_a_later_letter_of_a_known_mailbox_that_says_otherwise_is_a_question() -> None:
    clear = letter("07-30 10:00", Union().form(0), sender="someone@163.com", subject="附件")
    other = letter("07-31 10:00", file("c.pdf", status="scanned"), sender="someone@163.com", subject="东北大学工会报送材料")
    assert claim(other, clear).institution is None
    assert claim(letter("07-31 10:00", Union("东北大学").form(0), sender="someone@163.com"), clear).institution == "东北大学"


def test_a_mailbox_that_wrote_for_two_is_known_for_none() -> None:
    for_one = letter("07-29 10:00", Union().form(0), sender="someone@163.com", subject="附件")
    for_two = letter("07-30 10:00", Union("东北大学").form(0), sender="someone@163.com", subject="附件")
    assert (
        claim(
            letter("07-31 10:00", file("c.pdf", status="scanned"), sender="someone@163.com", subject="补充"), for_one, for_two
        ).institution
        is None
    )


def test_a_name_in_the_subject_alone_makes_no_mailbox_known() -> None:
    named = letter("07-29 10:00", sender="someone@163.com", subject=f"{UNIT}工会咨询", intents=("question",))
    found = claim(letter("07-30 10:00", file("c.pdf", status="scanned"), sender="someone@163.com", subject="补充"), named)
    assert (found.institution, [c.institution for c in found.candidates]) == (None, [UNIT])


# --- compared with what is on the books -------------------------------------------------------------------------------------------


def stranger(*files: File, **more: Any) -> Received:
    return letter("07-30 10:00", *files, **({"sender": "u1@qq.com", "subject": "补充材料"} | more))


def test_an_essay_of_a_studio_on_the_books_with_its_leader_is_that_institution_s() -> None:
    found = claim(stranger(file("材料.docx", narrative("土壤改良创新工作室", "谢喆洋"))), books("土壤改良创新工作室", "谢喆洋"))
    assert (found.institution, found.evidence.proofs) == (UNIT, ())
    assert "与其已报材料一致" in found.candidates[0].evidence[0]


def test_an_essay_that_names_only_the_studio_finds_it_by_the_leader_its_name_begins_with() -> None:
    found = claim(stranger(file("正文.txt", narrative("赵桂涛智能制造创新工作室", ""))), books("赵桂涛智能制造创新工作室", "赵桂涛"))
    assert found.institution == UNIT


def books(studio: str, leader: str, unit: str = UNIT, address: str = "gh@dlut.edu.cn") -> Received:
    union = Union(unit, categories=("employee",))
    union.rows[id(union.studios[0])] |= {"studio": studio, "leader_name": leader}
    return letter("07-28 10:00", union.table("employee"), sender=address)


@pytest.mark.parametrize(("studio", "leader"), [("土壤改良创新工作室", ""), ("", "谢喆洋"), ("别的创新工作室", "谢喆洋")])
def test_less_than_both_is_only_a_candidate(studio: str, leader: str) -> None:
    found = claim(stranger(file("材料.docx", narrative(studio, leader))), books("土壤改良创新工作室", "谢喆洋"))
    assert (found.institution, found.codes, [c.institution for c in found.candidates]) == (None, ("M01",), [UNIT])


def test_the_same_studio_and_leader_at_two_institutions_is_only_a_candidate_of_both() -> None:
    here, there = books("土壤改良创新工作室", "谢喆洋"), books("土壤改良创新工作室", "谢喆洋", "东北大学", "gh@neu.edu.cn")
    found = claim(stranger(file("材料.docx", narrative("土壤改良创新工作室", "谢喆洋"))), here, there)
    assert (found.institution, {c.institution for c in found.candidates}) == (None, {UNIT, "东北大学"})


def test_a_scan_named_after_a_leader_on_the_books_is_a_candidate_s() -> None:
    found = claim(stranger(file("江强附件4.jpg", status="image")), books("土壤改良创新工作室", "江强"))
    assert (found.institution, [c.institution for c in found.candidates]) == (None, [UNIT])
    assert (
        claim(
            stranger(file("江强东附件4.jpg", status="image")),
            books("甲创新工作室", "江强"),
            books("乙创新工作室", "江强东", "东北大学", "gh@neu.edu.cn"),
        )
        .candidates[0]
        .institution
        == "东北大学"
    )


def test_an_essay_that_names_the_institution_again_and_again_and_a_studio_it_has_is_its_own() -> None:
    text = f"{UNIT}的教师团队。{UNIT}支持。{UNIT}的土壤改良创新工作室成立于2018年。"
    essay = file("材料.docx", narrative("", ""), text=text)
    assert claim(stranger(essay), books("土壤改良创新工作室", "谢喆洋")).institution == UNIT
    assert claim(stranger(essay), books("儿童视光创新工作室", "董博芳")).institution is None


def test_a_letter_that_says_whose_it_is_is_never_compared_with_the_books_of_others() -> None:
    """A partner's essay in a university's own letter must not make the letter the partner's."""
    essay = file("材料.docx", narrative("土壤改良创新工作室", "谢喆洋"))
    own = letter("07-30 10:00", essay, sender="gh@neu.edu.cn", subject="补充材料")
    found = claim(own, books("土壤改良创新工作室", "谢喆洋"))
    assert (found.institution, found.compared) == ("东北大学", False)
    assert claim(stranger(essay), books("土壤改良创新工作室", "谢喆洋")).compared


def test_what_a_machine_brings_back_is_nobodys_new_submission() -> None:
    returned = stranger(file("材料.docx", narrative("土壤改良创新工作室", "谢喆洋")), kind="auto_reply")
    found = claim(returned, books("土壤改良创新工作室", "谢喆洋"))
    assert (found.institution, found.compared, found.codes) == (None, False, ("M11",))


def test_what_staff_called_noise_is_compared_with_nothing_and_leaves_the_list() -> None:
    essay = stranger(file("材料.docx", narrative("土壤改良创新工作室", "谢喆洋")))
    later = letter("07-31 10:00", Union().form(0), sender="u1@qq.com")
    assert claim(essay, books("土壤改良创新工作室", "谢喆洋"), later, decisions=[claimed_as("", essay)]) == Claim(None, ())


def test_the_studios_of_a_letter_that_staff_split_are_known_to_none_of_its_universities_as_a_whole() -> None:
    mixed = books("土壤改良创新工作室", "谢喆洋")
    parts = {mixed.message.leaves[0].sha256: "东北大学", "other": UNIT}
    essay = stranger(file("材料.docx", narrative("土壤改良创新工作室", "谢喆洋")))
    assert claim(essay, mixed).institution == UNIT
    assert claim(essay, mixed, decisions=[decision("split", mixed.sha256, unit="", parts=parts)]).institution is None


def test_our_number_in_the_writer_s_own_words_counts_and_in_the_quoted_letter_does_not() -> None:
    scan = file("c.pdf", status="scanned")
    numbers = {"case_numbers": {"LN2022-0001-K7XQ": UNIT}}
    assert claim(stranger(scan, text="补充 LN2022-0001-K7XQ 的材料"), **numbers).institution == UNIT
    assert claim(stranger(scan, text="补充材料", quoted="回执编号 LN2022-0001-K7XQ"), **numbers).institution is None
    assert claim(stranger(scan, text="补充 LN2022-00012-K7XQ 的材料"), **numbers).institution is None


# --- names, words, domains --------------------------------------------------------------------------------------------------------


def test_forms_are_not_outweighed_by_a_partner_named_beside_the_sender_s_home() -> None:
    """Just enough: the forms' institution is disputed only by another name that the sender's own address does not settle."""
    at_home = letter("07-29 10:00", Union().form(0), sender="gh@dlut.edu.cn", subject="东北大学工会转来的材料")
    elsewhere = letter("07-29 10:00", Union().form(0), sender="someone@qq.com", subject="东北大学工会转来的材料")
    assert (claim(at_home).institution, claim(elsewhere).institution) == (UNIT, None)


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
        letter("07-29 10:00", file("b.pdf", status="scanned"), sender="a@qq.com", subject="回复:【回执 ｌｎ2022-0017-k7xq】"),
        case_numbers={"LN2022-0017-K7XQ": UNIT},
    )
    assert found.institution == UNIT


@pytest.mark.parametrize("said", ["LN2022-0017", "LN2022-0017-K7XR", "LN2022-0017-01", "ln2022-0017-k7x"])
def test_a_counted_up_number_without_its_check_part_is_a_hint_and_proves_nothing(said: str) -> None:
    """Before: LN2022-0001 told anybody that 0002 exists, and made a stranger's letter that institution's."""
    told = letter("07-29 10:00", file("b.pdf", status="scanned"), sender="a@qq.com", subject=f"回复：【回执 {said}】")
    found = claim(told, case_numbers={"LN2022-0017-K7XQ": UNIT})
    assert found.institution is None
    assert [c.institution for c in found.candidates] == [UNIT]
    assert "校验字符" in found.candidates[0].evidence[0]


def test_a_case_number_is_not_found_inside_a_longer_one() -> None:
    found = claim(
        letter("07-29 10:00", file("b.pdf", status="scanned"), sender="a@qq.com", subject="LN2022-00171-K7XQ"),
        case_numbers={"LN2022-0017-K7XQ": UNIT},
    )
    assert found.institution is None


def test_a_case_number_against_the_forms_is_a_question() -> None:
    found = claim(
        letter("07-29 10:00", Union("东北大学").form(0), sender="a@qq.com", subject="LN2022-0017-K7XQ"), case_numbers={"LN2022-0017-K7XQ": UNIT}
    )
    assert found.institution is None


def test_a_case_number_from_another_universitys_own_mailbox_is_a_question() -> None:
    found = claim(
        letter("07-29 10:00", file("b.pdf", status="scanned"), sender="gh@neu.edu.cn", subject="LN2022-0017-K7XQ"),
        case_numbers={"LN2022-0017-K7XQ": UNIT},
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


@pytest.mark.parametrize("parts", [{"a": "东北大学", "b": UNIT, "c": UNIT}, {}])
def test_a_letter_staff_split_is_several_universities_by_their_word_else_by_its_forms(parts: dict[str, str]) -> None:
    mixed = letter("07-29 10:00", Union().form(0), Union("大连海事大学", seed=2).form(1), sender="a@qq.com")
    found = claim(mixed, decisions=[decision("split", mixed.sha256, unit="", parts=parts)])
    assert (found.institution, found.codes) == (None, ())
    assert set(found.split) == (set(parts.values()) or {UNIT, "大连海事大学"})


def scan(path: str) -> File:
    return file(path, status="scanned")


def owners(*files: File) -> list[str | None]:
    """Whose each file of a mixed letter is."""
    mixed = letter("07-29 10:00", *files, sender="a@qq.com")
    found = split_files(mixed, campaign())
    return [found.get(leaf.sha256) for leaf in mixed.message.leaves]


def test_a_file_of_a_mixed_letter_is_whose_name_is_printed_in_it_before_whose_folder_it_lies_in() -> None:
    assert owners(Union().form(0, "东北大学/附件4.docx"), scan("东北大学/a.jpg")) == [UNIT, "东北大学"]


def test_a_nameless_scan_lies_with_the_papers_around_it_however_deep_and_never_with_two() -> None:
    ours, theirs = Union().form(0, "材料/甲/附件4.docx"), Union("东北大学", seed=2).form(1, "材料/乙/附件4.docx")
    assert owners(ours, scan("材料/甲/照片/页/a.jpg")) == [UNIT, UNIT]
    assert owners(ours, scan("材料/b.jpg")) == [UNIT, UNIT]
    assert owners(ours, theirs, scan("材料/甲/a.jpg"), scan("材料/乙/照片/b.jpg")) == [UNIT, "东北大学", UNIT, "东北大学"]
    assert owners(ours, theirs, scan("材料/c.jpg"), scan("材料/丙/d.jpg"), scan("e.jpg")) == [UNIT, "东北大学", None, None, None]


def test_a_file_named_after_two_universities_is_whose_folder_it_lies_in() -> None:
    assert owners(scan("东北大学/大连理工大学与东北大学合影.jpg"), scan("大连理工大学与东北大学.jpg")) == ["东北大学", None]
    assert owners(scan("东北大学/大连理工大学.jpg")) == [UNIT]


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


def test_an_executable_beside_a_name_or_a_letter_without_files_is_laid_before_staff() -> None:
    """Put aside unasked, the mail of a university that was broken into would be lost."""
    executable = file("发票.exe", problem="hostile")
    named = letter("07-29 10:00", executable, sender="x@nowhere.example", subject="发票", text="我们参照东北大学的做法整理了材料。")
    assert claim(named).codes == ("M01",)
    assert claim(letter("07-29 10:00", executable, scan("b.pdf"), sender="x@nowhere.example", subject="发票")).codes == ("M01",)
    assert claim(letter("07-29 10:00", sender="x@nowhere.example", subject="发票")).codes == ("M01",)


def test_a_clear_letter_is_not_put_in_doubt_by_what_its_mailbox_sends_later() -> None:
    clear = letter("07-29 10:00", Union().form(0), sender="someone@163.com", subject="附件")
    later = letter("07-30 10:00", Union("东北大学", seed=2).form(0), sender="someone@163.com", subject="附件")
    found = claim(clear, later)
    assert (found.institution, [c.institution for c in found.candidates]) == (UNIT, [UNIT])


def test_a_machines_answer_is_not_the_first_letter_of_a_mailbox_nor_marked_as_one() -> None:
    sent = {"r17@office.example": UNIT}
    away = letter("07-29 10:00", sender="a@qq.com", subject="自动回复", kind="auto_reply", in_reply_to="<r17@office.example>")
    first = letter("07-30 10:00", Union().form(0), sender="a@qq.com", subject="附件")
    assert (claim(away, first, sent=sent).institution, claim(away, first, sent=sent).codes) == (UNIT, ("M11",))
    assert claim(first, away, sent=sent).codes == ("M15",)


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
