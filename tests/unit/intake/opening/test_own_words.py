"""What we wrote ourselves is never judged as the writer's: held to every letter that the notifier composes."""

from __future__ import annotations

import re

import pytest

from intake.opening.text.own_words import RECEIPT_MARK, cut_own_subject, mark_own_lines
from tests.unit.intake.opening.letters import attachment, letter, multipart, names, opened, simple, text, with_files
from tests.unit.notifier.letters.golden_cases import GOLDEN

COMPOSED = {name: make().wording for name, make in GOLDEN.items()}
KINDS = sorted(COMPOSED)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("prefix", ["", "Re: ", "回复：", "答复: Re: ", "Re[2]: "])
def test_nothing_of_our_subject_is_the_writers(name: str, prefix: str) -> None:
    assert RECEIPT_MARK.search(COMPOSED[name].subject)
    assert cut_own_subject(prefix + COMPOSED[name].subject) == ""


@pytest.mark.parametrize("name", KINDS)
def test_words_before_our_subject_are_the_writers(name: str) -> None:
    subject = COMPOSED[name].subject
    ours = subject if subject.startswith(("回复：", "【")) else f"回复：{subject}"
    assert cut_own_subject(f"更正附件4 {ours}") == "更正附件4"


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("mark", ["", "> "])
def test_our_letter_quoted_whole_without_a_clients_mark_is_cut(name: str, mark: str) -> None:
    """Only the foot tells it: some clients put our words below theirs and say nothing."""
    quoted = "\n".join(mark + line for line in COMPOSED[name].text.splitlines())
    message = opened(simple(f"收到，我们尽快。\n联系人：李四\n\n{quoted}\n\n又及：电话未变。", f"Re: {COMPOSED[name].subject}"))
    assert re.sub(r"\n+", "\n", message.text) == "收到，我们尽快。\n联系人：李四\n又及：电话未变。"
    assert message.intents == ()
    assert not [problem for problem in message.problems if problem.code == "M02"]


@pytest.mark.parametrize("name", KINDS)
def test_our_letter_quoted_as_html_is_cut(name: str) -> None:
    message = opened(simple(f"<div>收到，谢谢</div>{COMPOSED[name].html}", f"回复：{COMPOSED[name].subject}", html=True))
    assert (message.text, message.intents) == ("收到，谢谢", ())
    assert message.body_leaves == ()


@pytest.mark.parametrize("name", KINDS)
def test_reply_that_says_nothing_new_wants_nothing(name: str) -> None:
    message = opened(simple(COMPOSED[name].text, f"Re: {COMPOSED[name].subject}"))
    assert (message.text, message.intents) == ("", ())


@pytest.mark.parametrize("name", KINDS)
def test_letter_of_ours_enclosed_in_theirs_is_no_material_of_theirs(name: str) -> None:
    ours = letter(multipart([text(COMPOSED[name].text), text(COMPOSED[name].html, kind="html")]), sender=b"shoujian@example.cn")
    message = opened(with_files(attachment(b"r.eml", ours, b"message/rfc822"), words="转上贵处来信。"))
    assert message.body_leaves == ()
    assert names(message) == ["r.eml"]


def test_writers_own_greeting_is_not_taken_for_ours() -> None:
    theirs = ["省教科文卫体工会：", "　　现补充材料。"]
    ours = ["　　本邮件由材料接收系统自动发送，仅就材料接收情况予以提示", "辽宁省教科文卫体工会", "2022年7月30日"]
    for kept in (1, 3):
        lines = [(line, False) for line in [*theirs, *ours[:kept]]]
        assert [quoted for _, quoted in mark_own_lines(lines)] == [False, False, *[True] * kept]


@pytest.mark.parametrize(
    "words",
    ["附《关于如何组织推荐的通知》。", "“是否推荐”一栏已填“是”。", "链接：https://pan.baidu.com/s/1a?pwd=ab12", "《能否延期的请示》随附"],
)
def test_question_words_in_titles_quotations_and_links_ask_nothing(words: str) -> None:
    assert "question" not in opened(simple(words, "材料")).intents


def test_question_beside_a_title_is_one() -> None:
    assert "question" in opened(simple("《通知》中的截止时间能否推迟？", "咨询")).intents
