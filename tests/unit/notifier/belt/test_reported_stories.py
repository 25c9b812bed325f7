"""Five stories that once went wrong in what we say, each told anew and played on the real stations: letters, answers and the page.

Where the reported inputs lie beside the project they are played as well.
"""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from intake.records import OutboxRecord
from notifier.belt.staff import compose_digest
from notifier.letter import DigestItem
from notifier.letters.letter_kinds import TO_STAFF
from notifier.post.mime import bytes_to_text, bytes_to_words
from tests.corpus.play import HERE, Play, Union
from tests.generator.demo_letters import letter as letter_bytes
from tests.generator.received import moment

SHARED = Path(os.environ.get("INTAKE_SHARED", HERE.parents[1] / "../shared")) / "samples/reported"
reported = pytest.mark.skipif(not SHARED.exists(), reason="no shared samples/reported beside the project")
NAME = "滨海理工大学"


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Play]:
    story = Play(tmp_path)
    yield story
    story.close()


def letters(play: Play, *states: str) -> list[OutboxRecord]:
    """Our letters to institutions in order, of these states or all that were not given up."""
    rows = [row for row in play.ledger.outbox() if row.kind not in TO_STAFF and (row.state in states if states else row.state != "dropped")]
    return sorted(rows, key=lambda row: (row.created_at, row.key))


def page(play: Play) -> tuple[DigestItem, ...]:
    """What the page asks now; it leaves nothing out that a person must do."""
    digest = compose_digest(play.ledger, play.campaign, play.settings, play.now, "")
    assert all(item.decision or item.otherwise for item in digest.items)
    return digest.items


def rounds(play: Play, when: str, count: int) -> None:
    """Nothing happens, and the program looks every two minutes."""
    start = moment(when)
    for number in range(count):
        play.work(start + timedelta(minutes=2 * number))


# --- one click, one letter --------------------------------------------------------------------------------------------------------------


def test_one_click_of_two_gives_one_letter_however_many_rounds_follow(play: Play) -> None:
    union = Union(NAME, "职职职职")
    play.mail("07-29 10:00", union, union.everything())
    play.until("07-29 10:15")
    asked = [item for item in page(play) if item.label == "待审"]
    assert len(asked) == 1  # quota questions wait in one letter
    play.decide("07-29 10:16", "approve", union, play.key_of("Q01", union))
    rounds(play, "07-29 10:18", 8)
    sent = [row for row in letters(play, "sent") if row.kind == "approved"]
    assert len(sent) == 1
    said = [(row.recipient, bytes_to_words(row.raw)) for row in letters(play, "sent")]
    assert len(said) == len(set(said))
    assert [row.kind for row in letters(play, "queued")] == []


# --- same name, other bytes --------------------------------------------------------------------------------------------------------------


def tell_same_names(play: Play, *raws: bytes) -> None:
    for hour, raw in enumerate(raws, 10):
        play.post(f"07-29 {hour}:00", raw)
        play.until(f"07-29 {hour}:20")


def same_names() -> list[bytes]:
    union = Union(NAME, "职")
    first = [("附件2.docx", union.table("职")[1]), ("附件4.docx", union.form(0)[1]), ("申报材料.docx", union.narrative(0)[1])]
    other = [("附件4.docx", union.form(0, **{"member_count": 23})[1])]
    sender = ("工会", "gh@bhlg.example")
    return [letter_bytes("报送", sender, f"2022-07-29T{hour}:00:00+08:00", f"请查收\n{NAME}工会 {hour}", files) for hour, files in ((10, first), (11, first), (12, other))]


SAME = "与此前报送内容相同，不重复登记"


def test_only_equal_bytes_are_called_the_same_and_a_correction_is_told_as_the_second_version(play: Play) -> None:
    raws = same_names()
    tell_same_names(play, *raws)
    first, second = letters(play, "sent")  # the copies wait for the correction: one receipt within a day is enough
    assert SAME not in bytes_to_text(first.raw)
    text = bytes_to_text(second.raw)
    assert len(second.answers) == 2
    assert re.search(r"基本情况表（第2版，替换7月29日版本；原版本留存备查）。更新内容：", text)
    correction = max(play.ledger.received(), key=lambda r: r.received_at).message.attachments[0].sha256[:12]
    marked = [line for line in text.splitlines() if "校验码" in line and SAME in line]
    assert len(marked) == 3
    assert correction in text
    assert not [line for line in marked if correction in line]


def test_a_cumulative_answer_to_all_three_marks_only_the_copies(play: Play) -> None:
    """Nothing left until all three were here: one answer, seven files, three of them copies."""
    play.settings = replace(play.settings, mode="approve")
    tell_same_names(play, *same_names())
    [row] = letters(play, "held")
    text = bytes_to_text(row.raw)
    assert "文末清单（本次收到文件7个）" in text
    assert text.count(SAME) == 3
    assert "（第2版，" in text


@reported
def test_the_reported_letters_of_the_same_names_come_out_so(play: Play) -> None:
    tell_same_names(play, *(path.read_bytes() for path in sorted((SHARED / "runs/same-name-files").glob("dup-*.eml"))))
    texts = [bytes_to_text(row.raw) for row in letters(play, "sent", "held")]
    assert texts
    assert all(text.count(SAME) <= 3 for text in texts)


# --- words that are no material ------------------------------------------------------------------------------------------------------------


def tell_thanks(play: Play, text: str) -> None:
    union = Union(NAME, "职")
    play.mail("07-29 09:00", union, [union.table("职")])
    play.until("07-29 09:20")
    play.reply("07-29 09:30", union, [], text=text)
    play.until("07-29 10:00")


@pytest.mark.parametrize("text", ["收到，我们尽快补齐。", "好的，谢谢！", "已收悉，感谢贵会提醒。"])
def test_thanks_for_our_letter_are_not_answered_and_our_own_subject_is_not_the_writers_word(play: Play, text: str) -> None:
    tell_thanks(play, text)
    assert [row.kind for row in letters(play)] == ["supplement"]
    assert [f.code for f in play.ledger.assessments()[NAME].findings if f.code in ("M02", "M16")] == []
    assert {item.label for item in page(play)} & {"撤回", "更换", "不推荐", "咨询"} == set()


def tell_robot(play: Play, times: int = 4) -> None:
    union = Union(NAME, "职")
    play.mail("07-29 09:00", union, [union.table("职")])
    play.until("07-29 09:20")
    for n in range(times):
        ours = [r for r in play.ledger.outbox(institution=union.name) if r.state == "sent"][-1]
        headers = {"In_Reply_To": ours.message_id, "References": ours.message_id}
        text = f"您好，\n\n您的来信我们已经收到，工单编号 {117900 + n}，我们将尽快与您联系。\n\n信息服务台"
        play.mail(f"07-29 {10 + n}:00", union, [], author="信息服务台", subject=f"已受理 - [#{117900 + n}] {ours.subject}", text=text, headers=headers)
        play.until(f"07-29 {10 + n}:30")


def test_a_help_desks_receipts_without_any_mark_are_answered_once_at_most_and_ask_nothing_of_staff(play: Play) -> None:
    tell_robot(play)
    assert [row.kind for row in letters(play)] == ["supplement"]
    assert {item.label for item in page(play)} & {"撤回", "更换", "不推荐", "咨询"} == set()


@reported
@pytest.mark.parametrize("name", ["thanks-for-our-letter", "robot-acknowledgement"])
def test_the_reported_words_come_out_so(play: Play, name: str) -> None:
    spec = importlib.util.spec_from_file_location("reported_case", SHARED / "submissions" / name / "case.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.tell(play)
    assert [row.kind for row in letters(play)] == ["supplement"]
    assert "撤回" not in {item.label for item in page(play)}


# --- an address nobody can write to ----------------------------------------------------------------------------------------------------------


def odd_sender(address: str = "gh.@bhlg.example") -> bytes:
    union = Union(NAME, "职")
    return letter_bytes(f"{NAME}工会报送创新工作室申报材料", ("gh", address), "2022-07-29T09:00:00+08:00", f"请查收。\n{NAME}工会", [union.table("职")])


@pytest.mark.parametrize("address", ["gh.@bhlg.example", "no-reply@bhlg.example"])
def test_files_from_an_address_that_cannot_be_answered_are_answered_to_the_registered_mailbox(play: Play, address: str) -> None:
    play.post("07-29 09:00", odd_sender(address))
    play.until("07-29 09:20")
    assert [(row.kind, row.recipient) for row in letters(play, "sent")] == [("supplement", "gh@bhlg.example")]
    assert "未告知" not in {item.label for item in page(play)}


def test_where_no_mailbox_is_registered_staff_are_told_that_the_school_was_not_and_a_call_settles_it(play: Play) -> None:
    schools = tuple(replace(i, email="") if i.name == NAME else i for i in play.campaign.institutions)
    play.campaign = replace(play.campaign, institutions=schools)
    sha = play.post("07-29 09:00", odd_sender())
    play.until("07-29 09:20")
    assert letters(play) == []
    [told] = [item for item in page(play) if item.label == "未告知"]
    assert "尚未告知学校" in told.sentence
    play.decide("07-29 10:00", "seen", NAME, sha)
    assert "未告知" in {item.label for item in page(play)}
    play.decide("07-29 10:05", "phoned", NAME, sha)
    assert "未告知" not in {item.label for item in page(play)}


@reported
def test_the_reported_malformed_sender_comes_out_so(play: Play) -> None:
    play.post("07-29 09:00", (SHARED / "submissions/malformed-sender/letter.eml").read_bytes())
    play.until("07-29 09:20")
    assert [row.recipient for row in letters(play, "sent")] == ["gh@bhlg.example"]
