"""What a receipt calls 收妥, and what it says of a version that replaced nothing: a false receipt costs an institution its nomination."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake.submission import Material, MaterialState, StudioSubmission, Submission, Version
from notifier.letters.lines import studio_to_in_hand, studio_to_line, submission_to_updates
from tests.unit.notifier.letters.cases import SEA, at, campaign, letter, narrative, state, studio, summary, version

FILES = ("附件4.docx", "申报材料.zip")
LETTER = letter("in-hand", at(29), files=FILES)
FORM = version(LETTER, FILES[0])
CLOSED = version(LETTER, FILES[1], status="received_unread", problem="encrypted", may_be=(Material.NARRATIVE,))
SCAN = version(LETTER, FILES[1], status="received_unread", problem="scanned")


def with_text(text: MaterialState) -> StudioSubmission:
    return studio("张三创新工作室", "employee", basic=state(FORM), text=text)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        (MaterialState("received_unread", (CLOSED,), CLOSED, "may_be"), "申报材料待人工查看"),
        (MaterialState("received_unread", (CLOSED,), CLOSED, "cloud_link"), "申报材料仅收到链接"),
        (MaterialState("received_unread", note="unclaimed"), "申报材料待人工查看"),
        (MaterialState("received_unread", (CLOSED,), CLOSED), "申报材料已收存（待人工查看）"),
        (MaterialState(), "申报材料尚缺"),
    ],
)
def test_what_only_may_be_in_or_cannot_be_opened_is_never_acknowledged(text: MaterialState, mark: str) -> None:
    assert studio_to_in_hand(with_text(text)) == "“张三创新工作室”基本情况表"
    assert studio_to_line(with_text(text), campaign()).endswith(mark)


@pytest.mark.parametrize("kept", [state(FORM), MaterialState("received_unread", (SCAN,), SCAN)])
def test_what_was_read_or_is_a_placed_scan_is_acknowledged(kept: MaterialState) -> None:
    assert studio_to_in_hand(with_text(kept)) == "“张三创新工作室”基本情况表及申报材料"


def updates(*versions: Version, current: Version) -> tuple[str, ...]:
    basic = MaterialState("received", versions, current)
    letters = (LATER,)
    submission = Submission(institution=SEA, letters=letters, studios=(studio("张三创新工作室", "employee", basic=basic),))
    return submission_to_updates(submission, letters, campaign())


LATER = letter("later", at(6, month=8), files=("附件4（更新版）.docx", "附件2.xlsx"))
SECOND = version(LATER, "附件4（更新版）.docx", 2, changes=("成员总数：5→25",))


def test_a_late_version_is_kept_apart_and_replaces_nothing() -> None:
    [line] = updates(FORM, replace(SECOND, late=True), current=FORM)
    assert line == "“张三创新工作室”基本情况表（第2版，截止后收到，另存；截止前版本仍有效）。更新内容：成员总数：5→25"


def test_a_late_version_staff_chose_replaces_the_earlier_one() -> None:
    chosen = replace(SECOND, late=True)
    [line] = updates(FORM, chosen, current=chosen)
    assert "替换7月29日版本；原版本留存备查" in line


def test_a_scan_beside_the_word_file_replaces_nothing() -> None:
    [line] = updates(FORM, replace(SECOND, status="received_unread", problem="scanned", changes=()), current=FORM)
    assert line == "“张三创新工作室”基本情况表（第2版，另存；现采用7月29日版本）"


@pytest.mark.parametrize("in_force", ["first", "second"])
def test_while_staff_must_choose_the_letter_says_only_that_it_came(in_force: str) -> None:
    doubted = replace(SECOND, unsettled="claimed_date"), replace(FORM, unsettled="claimed_date")
    [line] = updates(doubted[1], doubted[0], current=doubted[0] if in_force == "second" else doubted[1])
    assert line == "“张三创新工作室”基本情况表（已收到）"


def test_a_late_summary_table_replaces_nothing() -> None:
    first = version(LETTER, FILES[0], form=summary("employee"))
    late = version(LATER, "附件2.xlsx", 2, form=summary("employee"), late=True)
    submission = Submission(institution=SEA, letters=(LETTER, LATER), summaries={"employee": first}, summary_versions=(first, late))
    [line] = submission_to_updates(submission, (LATER,), campaign())
    assert line == "附件2（职工创新工作室推荐汇总表）（第2版，截止后收到，另存；截止前版本仍有效）"


def test_the_length_of_a_narrative_stands_only_with_one_that_was_read() -> None:
    read = version(LETTER, FILES[1], form=narrative(2411))
    assert studio_to_line(with_text(state(read)), campaign()).endswith("申报材料√（约2411字）")
