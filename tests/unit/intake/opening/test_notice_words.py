"""A notice pasted into a letter is never judged as the writer's words, and what the writer says around it always is."""

from __future__ import annotations

import re

import pytest

from tests.unit.intake.opening.letters import opened, simple

NOTICE = """东海省教育工会文件
东教工发〔2031〕7号
关于推荐2031年度创新工作室的通知
各高校工会：
为贯彻落实有关部署，决定开展本年度创建工作。
现将有关事宜通知如下：
一、推荐申报条件
1. 已被省、市总工会命名的创新工作室不再推荐申报，是否符合条件由各高校工会审核。
2. 与其他单位合办、领衔人更换或退出申报的，须重新报送，此前材料作废。
二、推荐申报名额
每校原则上不超过两个，多少由各校根据情况确定；放弃推荐的，不影响下一年度。
三、有关工作要求
（一）材料如有修改，以最后一次报送为准，撤回材料的须加盖公章。
联系人：陶示例
电话：024-00000000
附件：1. 推荐汇总表
2. 基本情况表
附件 1
推荐汇总表
序号\t创新工作室名称\t所在单位\t成果数量\t领衔人\t荣誉
填表人：
联系电话："""
PARTS = re.split(r"\n(?=二、)", NOTICE)


def page(words: str) -> str:
    return "".join(f"<p>{line}</p>" for line in words.split("\n"))


@pytest.mark.parametrize("html", [False, True])
@pytest.mark.parametrize(
    ("words", "wishes", "kind"),
    [
        (f"请问附属医院的名额能否单列？通知如下。\n\n{NOTICE}", ("question",), "question"),
        (f"{NOTICE}\n\n以上为通知，我校今年不推荐。", ("not_recommending",), "empty"),
        (f"{NOTICE}\n我校撤回甲创新工作室。\n临江示例学院工会", ("withdrawal",), "withdrawal"),
        (f"转上通知，供参考。\n{NOTICE}", (), "empty"),
        (NOTICE, (), "empty"),
        (f"转上通知，供参考。\n{PARTS[0]}", (), "empty"),
        (f"转上通知，供参考。\n二、推荐申报名额\n{PARTS[1].partition(chr(10))[2]}\n四、其他事项", (), "empty"),
        (f"{NOTICE.partition('（一）')[0]}如有变化另行通知。\n\n临江示例学院工会", (), "empty"),
        (f"老师好，按下文办理即可。\n{PARTS[0][PARTS[0].index('现将') :]}\n{PARTS[1]}", (), "empty"),
    ],
)
def test_only_the_writers_own_words_are_wishes(words: str, wishes: tuple[str, ...], kind: str, html: bool) -> None:
    message = opened(simple(page(words) if html else words, "关于通知", html=html))
    assert (message.intents, message.kind) == (wishes, kind)
    assert "不再推荐" not in message.text
    assert "推荐申报名额" in message.quoted or PARTS[1] not in words
    assert message.body_leaves == ()


@pytest.mark.parametrize(
    ("words", "wishes"),
    [
        ("一、推荐名额\n附属医院是否单列？\n二、报送时间\n能否推迟到8日？", ("question",)),
        (
            "关于我校创新工作室推荐情况的说明：\n一、申报条件\n我校今年没有符合条件的，不推荐。\n二、工作要求\n将继续培育。",
            ("not_recommending",),
        ),
        ("关于撤回工作室的通知\n一、撤回甲创新工作室。\n二、其余不变。", ("withdrawal",)),
        ("郝老师：\n《关于推荐创新工作室的通知》收悉，本校今年不推荐。", ("not_recommending",)),
        ("关于推荐创新工作室的通知\n收悉。经研究，临江示例学院放弃推荐。", ("not_recommending",)),
    ],
)
def test_a_letter_with_a_title_or_headings_of_its_own_keeps_every_line(words: str, wishes: tuple[str, ...]) -> None:
    message = opened(simple(words, "来信"))
    assert message.text == words
    assert set(wishes) <= set(message.intents)


@pytest.mark.parametrize(
    "words",
    [
        "通知规定“已被省、市总工会命名的创新工作室不再推荐申报”，请按此办理。",
        "按通知，已被省总工会命名的创新工作室不再推荐申报，材料已照此准备。",
        "通知中「材料撤回的须加盖公章，更换领衔人的重新报送」一条已知悉，会照办。",
    ],
)
def test_a_rule_that_is_cited_is_nobodys_wish(words: str) -> None:
    assert not {"not_recommending", "withdrawal", "replacement", "supersede"} & set(opened(simple(words, "来信")).intents)


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("甲创新工作室已被省总工会命名，不再推荐。", "not_recommending"),
        ("已被命名的甲创新工作室我校不再推荐。", "not_recommending"),
        ("我校党委决定：“本校今年不推荐申报创新工作室”。", "not_recommending"),
        ("现撤回“甲数控加工与智能制造创新工作室”。", "withdrawal"),
        ("今年“零申报”。", "not_recommending"),
    ],
)
def test_a_wish_beside_a_rule_or_a_quoted_name_is_one(words: str, wish: str) -> None:
    assert wish in opened(simple(words, "来信")).intents


@pytest.mark.parametrize("words", ["我们会尽快报送。", "您提交的请求已登记，工单号 88。", "材料待盖章后报送，预计下周。", "将于8月3日前提交。"])
def test_who_will_send_or_speaks_of_what_we_sent_sends_nothing(words: str) -> None:
    message = opened(simple(words, "来信"))
    assert "submission" not in message.intents
    assert "M02" not in {problem.code for problem in message.problems}


@pytest.mark.parametrize("words", ["现将我校材料报送如下。", "材料已于昨日报送，请查收。", "工会已提交，见附件。"])
def test_who_sends_says_so(words: str) -> None:
    assert "submission" in opened(simple(words, "来信")).intents


def test_an_essay_beside_the_notice_is_material() -> None:
    sentence = "工作室围绕数控加工开展技术攻关，培训职工，形成了一批可推广的成果，得到了师生的认可。"
    essay = "\n".join(["甲创新工作室申报材料", "一、工作室概况", sentence * 6, "二、创新业绩", sentence * 6, "三、示范效应", sentence * 6])
    message = opened(simple(f"{NOTICE}\n\n以上为通知，按要求报送我校材料如下。\n\n{essay}"))
    (leaf,) = message.body_leaves
    assert sentence in leaf.payload.decode()
    assert "不超过两个" not in leaf.payload.decode()
