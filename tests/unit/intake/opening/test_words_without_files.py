"""What a letter without files says of files: that they are in it (M02), or something else that uses the same words."""

from __future__ import annotations

import pytest

from intake.opening.text.intents import asks_change, claims_files, find_intents


@pytest.mark.parametrize(
    "text",
    [
        "附件4里领衔人的职务写错了，应为教授，请帮忙改一下。", "附件2第二行填错了，烦请代为更改。", "请将2021年创收金额改为120万元。", "纸质材料已于今日通过顺丰寄出，请查收。",
        "一式两份已邮寄，快递单号0000，敬请查收。", "附件2中的9项是正确的。", "我们核对过了，附件4无误，以附件2为准。", "申报材料还在盖章，下周一补交。", "明天上午把附件4补报。", "基本情况表随后报送。",
    ],
)  # fmt: skip
def test_words_about_other_files_promise_none_in_this_letter(text: str) -> None:
    assert not claims_files(text)
    assert "submission" not in find_intents("", text)


@pytest.mark.parametrize(
    "text",
    [
        "见附件。", "我校工会报送申报材料一份，请查收。", "我校将申报材料报送给您，请查收。", "附件4写错了，更正后的见附件。", "纸质版已寄出，电子版见附件，请查收。", "现将申报材料报送如下，请查收。", "附件为修改后的基本情况表。", "随信附上更正后的附件4，请查收。",
        "纸质材料下周寄出。现将电子版报送给您，请查收。", "请修改后的附件4以本次为准，见附件。",
    ],
)  # fmt: skip
def test_a_promise_of_files_stays_one(text: str) -> None:
    assert claims_files(text)


@pytest.mark.parametrize(("text", "asks"), [("附件4里职务写错了，应为教授。", True), ("请帮忙改一下联系电话。", True), ("附件4写错了，更正后的见附件。", False), ("收到，谢谢。", False), ("修改后的材料随后报送。", False)])
def test_who_asks_for_a_change_without_a_file(text: str, asks: bool) -> None:
    assert asks_change(text) is asks


def test_what_was_checked_is_an_explanation_and_no_other_version() -> None:
    intents = find_intents("", "我们核对过了，附件2中的9项是正确的。以附件2为准。")
    assert "explanation" in intents
    assert "supersede" not in intents
    assert "supersede" in find_intents("", "以附件为准，见附件。")
