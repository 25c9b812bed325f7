"""An 申报材料 in several files is one; a copy, an excerpt and an edited version add nothing."""

from __future__ import annotations

import random
from dataclasses import replace

from intake.submission import Material, Version
from parsers.forms.narrative import text_to_fingerprint
from tests.generator.received import File, file, letter, narrative
from tests.unit.intake.matrix.desk import Union, assessed, codes

UNION = Union(categories=("employee",))
STUDIO = UNION.studios[0]["studio"]
LEADER = UNION.studios[0]["leader.name"]
SIGNS = [chr(c) for c in range(0x4E00, 0x5E00)]


def prose(characters: int, seed: int) -> str:
    """Invented text in which no two pieces have six characters in common."""
    return "".join(random.Random(seed).choices(SIGNS, k=characters))


def essay(name: str, text: str, **facts: object) -> File:
    made = narrative(STUDIO, LEADER, len(text))
    told = {**made.facts, "fingerprint": text_to_fingerprint(text), **facts}
    return file(name, replace(made, facts=told), seed=name)


def standing(*files: File) -> Version:
    found = assessed(letter("07-29 10:00", UNION.table("employee"), UNION.form(0), *files))
    current = found.submission.studios[0].materials[Material.NARRATIVE].current
    assert current is not None
    return current


def length(*files: File) -> int:
    form = standing(*files).form
    assert form is not None
    return int(form.facts["characters"])


PIECES = (essay("一、基本情况.docx", prose(900, 1)), essay("二、活动开展.docx", prose(850, 2)), essay("三、创新业绩.pdf", prose(950, 3)))


def test_pieces_of_one_letter_add_up_whatever_their_kinds_and_order() -> None:
    assert length(*PIECES) == length(*reversed(PIECES)) == 2700
    assert standing(*PIECES).parts == standing(*reversed(PIECES)).parts == tuple(p.sha256 for p in PIECES)
    assert not {"N01", "X12"} & set(codes(assessed(letter("07-29 10:00", UNION.table("employee"), UNION.form(0), *PIECES))))


def test_the_same_text_as_word_and_as_print_counts_once() -> None:
    text = prose(1500, 4)
    assert length(essay("申报材料.docx", text), essay("申报材料.pdf", text + "尾")) in (1500, 1501)


def test_an_excerpt_beside_the_whole_adds_nothing() -> None:
    text = prose(2400, 5)
    for name in ("简要事迹.docx", "事迹.docx", "摘要.docx", "内容提要.docx"):  # whichever digest comes first in order
        assert length(essay("申报材料.docx", text), essay(name, text[:1200])) == 2400


def test_a_draft_and_the_edited_text_are_two_versions() -> None:
    text = prose(1800, 6)
    edited = text[:1200] + prose(600, 7)
    assert length(essay("申报材料（初稿）.docx", text), essay("申报材料（定稿）.docx", edited)) == 1800
    assert standing(essay("申报材料（初稿）.docx", text), essay("申报材料（定稿）.docx", edited)).file == "申报材料（定稿）.docx"


def test_pieces_that_call_themselves_pieces_add_up_over_letters() -> None:
    first = letter("07-29 10:00", UNION.table("employee"), UNION.form(0), essay("申报材料（上）.docx", prose(1100, 8)))
    second = letter("07-30 10:00", essay("申报材料（下）.docx", prose(1200, 9)))
    current = assessed(first, second).submission.studios[0].materials[Material.NARRATIVE].current
    assert current is not None
    assert current.form is not None
    assert current.form.facts["characters"] == 2300


def test_another_text_in_a_later_letter_is_a_correction_not_a_piece() -> None:
    found = assessed(
        letter("07-29 10:00", UNION.table("employee"), UNION.form(0), essay("申报材料.docx", prose(2300, 10))),
        letter("07-30 10:00", essay("申报材料.docx", prose(900, 11))),
    )
    assert "N01" in codes(found)


def test_what_one_piece_treats_is_not_missed_in_the_other() -> None:
    one = essay(
        "上篇.docx", prose(1000, 12), missing_sections=("荣誉奖励", "人才培养"), sections=("工作室概况",), mentions={"ideology": True, "plans": False}
    )
    two = essay(
        "下篇.docx", prose(1000, 13), missing_sections=("工作室概况", "人才培养"), sections=("荣誉奖励",), mentions={"ideology": False, "plans": True}
    )
    form = standing(one, two).form
    assert form is not None
    assert form.facts["missing_sections"] == ("人才培养",)
    assert form.facts["mentions"] == {"ideology": True, "plans": True}
