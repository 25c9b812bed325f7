"""Ticks in all their forms; none, two, or a mark that may belong to either neighbour is no answer."""

from __future__ import annotations

import pytest

from config.schema import Option
from parsers.forms.checkboxes import text_to_choice

CATEGORY = (Option(key="M", words=("劳模",)), Option(key="E", words=("职工",)))
TYPES = tuple(Option(key=w, words=(w,)) for w in ("技术开发", "技术攻关", "技能传授", "技术协作", "培训服务", "其他"))


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("□劳模 ☑职工", "E"), ("☑劳模 □职工", "M"), ("劳模□ 职工☑", "E"), ("√劳模 □职工", "M"), ("□劳模 √职工", "E"), ("劳模√ 职工", "M"), ("劳模 √职工", "E"),
        ("劳模 职工√", "E"), ("√劳模职工", "M"), ("（√）劳模 （ ）职工", "M"), ("劳模（√） 职工（ ）", "M"), ("劳模( ) 职工(√)", "E"), ("□√劳模 □职工", "M"),
        ("□劳模 □√职工", "E"), ("□劳模√ □职工", "M"), ("□劳模√□职工", "M"), ("□劳模□职工√", "E"), ("■劳模□职工", "M"), ("劳模■职工□", "M"), ("□劳 模  ☑职 工", "E"),
        ("R劳模 £职工", "M"), ("[x]劳模 [ ]职工", "M"), ("☐劳模 ☒职工", "E"), ("●劳模 ○职工", "M"), ("劳模（×） 职工（√）", "E"), ("□劳模\n☑职工", "E"),
        ("劳模  □   职工  ☑", "E"), ("□ 劳模   ☑ 职工", "E"), ("□ 劳模 √  □ 职工", "M"), ("□ 劳模 √ □ 职工", "M"), ("□劳模 √□职工", "E"), ("劳模", "M"), ("☑职工", "E"),
        ("\uf052劳模 \uf0a3职工", "M"),
    ],
)  # fmt: skip
def test_one_ticked_option_is_found(text: str, chosen: str) -> None:
    assert text_to_choice(text, CATEGORY).keys == (chosen,)


@pytest.mark.parametrize(
    "text", ["□劳模 □职工", "劳模 职工", "劳模√职工", "×劳模 □职工", "劳模（职工）", "□职工", "", "（ ）劳模（ ）职工"]
)
def test_nothing_is_chosen_when_the_paper_does_not_say(text: str) -> None:
    assert text_to_choice(text, CATEGORY).keys == ()


@pytest.mark.parametrize("text", ["☑劳模 ☑职工", "√劳模√职工", "■劳模 ■职工"])
def test_two_ticks_are_both_reported(text: str) -> None:
    assert text_to_choice(text, CATEGORY).keys == ("M", "E")


@pytest.mark.parametrize("text", ["劳模√职工", "×劳模 □职工"])
def test_marks_that_do_not_decide_are_told_from_no_marks(text: str) -> None:
    assert not text_to_choice(text, CATEGORY).decided
    assert text_to_choice("□劳模 □职工", CATEGORY).decided


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("□技术开发 □技术攻关√ □技能传授 □技术协作 □培训服务 □其他", "技术攻关"),
        ("技术开发☑ 技术攻关□ 技能传授☑\n技术协作□ 培训服务□ 其他□", "技术开发 技能传授"),
        ("技术开发☑技术攻关□技能传授☑技术协作□培训服务□其他□", "技术开发 技能传授"),
        ("√技术开发 □技术攻关 □技能传授\n√技术协作 □培训服务 □其他", "技术开发 技术协作"),
        ("技术攻关、培训服务", "技术攻关 培训服务"),
        ("□√技术开发□√技术攻关□技能传授□技术协作□培训服务□其他", "技术开发 技术攻关"),
        ("□技术开发√\n□技术攻关 □技能传授√\n□技术协作 □培训服务 □其他√", "技术开发 技能传授 其他"),
        ("技术开发（）技术攻关（√）技能传授（）技术协作（）培训服务（）其他（√）", "技术攻关 其他"),
        ("□技术开发□技术攻关□技能传授□技术协作□培训服务☑其他（请注明）", "其他"),
        ("□技术开发 □技术攻关 □技能传授 □技术协作 □培训服务 □其他", ""),
    ],
)
def test_several_options_may_be_ticked(text: str, chosen: str) -> None:
    assert text_to_choice(text, TYPES).keys == tuple(chosen.split())
