"""The essay: its length as Word counts, the outline it treats, whom it names, and how alike two essays are."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from parsers.form import BLANK_TEMPLATE, NARRATIVE, Form
from parsers.forms.narrative import find_leader, find_studio, similarity, text_to_fingerprint, word_count
from tests.generator.documents import OUTLINE, SENTENCES, Block, compose_narrative

FormsOf = Callable[[list[Block]], tuple[Form, ...]]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("创新工作室", 5),
        ("创新，工作。", 6),
        ("开展33场次", 5),
        ("ABC def", 2),
        ("采用 5G-A 技术", 5),
        ("", 0),
        ("“三全育人”", 6),
        ("a，b", 3),
    ],
)
def test_characters_are_counted_as_word_does(text: str, count: int) -> None:
    assert word_count(text) == count


def test_an_essay_is_found_with_its_length_studio_leader_and_outline(forms_of: FormsOf) -> None:
    paragraphs = compose_narrative("张三机器人创新工作室", "张三", 2400, missing=("示范效应",), without=("思政",))
    (form,) = forms_of(list(paragraphs))
    assert form.kind == NARRATIVE
    assert (form.value("studio"), form.value("leader")) == ("张三机器人创新工作室", "张三")
    assert form.facts["characters"] == word_count("\n".join(paragraphs))
    assert form.facts["missing_sections"] == ("示范效应",)
    assert len(form.facts["sections"]) == 9
    assert form.facts["mentions"] == {"ideology": False, "systems": True, "places": True, "plans": True}


def test_the_outline_sent_back_is_a_blank_template(forms_of: FormsOf, schemas: tuple[object, ...]) -> None:
    prompts = next(s.prompts for s in schemas if s.kind == "narrative")  # type: ignore[attr-defined]
    blocks: list[Block] = [
        "附件3",
        "创新工作室申报材料参考提纲",
        *(f"{i}.{t}：{p}" for i, (t, p) in enumerate(zip([x for _, t in OUTLINE for x in t], prompts, strict=False))),
    ]
    (form,) = forms_of(blocks)
    assert (form.kind, form.facts["of"]) == (BLANK_TEMPLATE, NARRATIVE)


def test_two_essays_in_one_file_are_two(forms_of: FormsOf) -> None:
    forms = forms_of([*compose_narrative("甲创新工作室", "张三", seed=1), *compose_narrative("乙创新工作室", "李四", seed=2)])
    assert [f.value("studio") for f in forms] == ["甲创新工作室", "乙创新工作室"]


def test_a_short_note_and_the_notice_itself_are_no_essays(forms_of: FormsOf) -> None:
    assert all(f.kind != NARRATIVE for f in forms_of(["关于报送材料的说明", "现报送创新工作室材料，请查收。"]))
    notice: list[Block] = ["关于创建创新工作室的通知", "现将有关事宜通知如下：", *SENTENCES * 20]
    assert all(f.kind != NARRATIVE for f in forms_of(notice))


def test_who_an_essay_speaks_of() -> None:
    assert find_studio(["王芳劳模创新工作室申报材料"]) == "王芳劳模创新工作室"
    assert find_studio(["申报材料", "近年来，本创新工作室成绩显著。", "李明创新工作室成立于2015年。"]) == "李明创新工作室"
    assert find_leader("工作室由王芳教授领衔，") == "王芳"
    assert find_leader("领衔人：李明，男，教授。") == "李明"
    assert find_leader("工作室成绩显著。") == ""


def test_near_copies_are_alike_and_others_are_not() -> None:
    rng = random.Random(5)
    one = "".join(rng.choice(SENTENCES) + str(rng.randrange(999)) for _ in range(80))
    other = "".join(rng.choice(SENTENCES) + str(rng.randrange(999)) for _ in range(80))
    print_one, edited = text_to_fingerprint(one), text_to_fingerprint(one.replace("技术攻关", "科研攻关", 3) + "补充一句。")
    assert similarity(print_one, text_to_fingerprint(one)) == 1.0
    assert similarity(print_one, edited) > 0.85
    assert similarity(print_one, text_to_fingerprint("完全不同的文字，讲的是别的事情。" * 30)) < 0.2
    assert similarity((), print_one) == 0.0
    assert len(print_one) == len(text_to_fingerprint(other)) == 64


@pytest.mark.parametrize("length", [6, 20, 60, 200, 1500])
def test_the_fingerprint_of_two_texts_together_is_the_less_of_both_place_by_place(length: int) -> None:
    """What is put together of several files is compared as if it had been one, however little a piece holds."""
    rng = random.Random(length)
    whole = "".join(chr(0x4E00 + rng.randrange(3000)) for _ in range(length))
    for cut in (max(6, length // 5), max(6, length // 2), length):
        pieces = [text_to_fingerprint(whole), text_to_fingerprint(whole[:cut])]
        assert tuple(map(min, *pieces)) == pieces[0]


@pytest.mark.parametrize("length", [310, 1500])
def test_the_fingerprint_tells_how_many_runs_of_six_two_texts_share(length: int) -> None:
    """Against counting them: on average right, and seldom more than a tenth off."""
    rng = random.Random(length)
    errors = []
    for share in (0.0, 0.5, 0.8, 0.9, 0.95, 1.0) * 20:
        one = [chr(0x4E00 + rng.randrange(3000)) for _ in range(length)]
        other = [c if rng.random() < share ** (1 / 6) else "改" for c in one]
        runs = [{"".join(text[at : at + 6]) for at in range(length - 5)} for text in (one, other)]
        alike = similarity(text_to_fingerprint("".join(one)), text_to_fingerprint("".join(other)))
        errors.append(alike - len(runs[0] & runs[1]) / len(runs[0] | runs[1]))
    assert abs(sum(errors)) / len(errors) < 0.02
    assert sum(abs(error) > 0.1 for error in errors) <= len(errors) // 20
