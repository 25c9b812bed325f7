"""The letter's own text is material when it is a form or an essay, and never when it is a greeting, a notice or our own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.load import load_campaign
from intake.message import Attachment, Message
from parsers.form import Reading
from parsers.read import read
from tests.unit.intake.opening.letters import OWN, attachment, html_table, letter, multipart, opened, simple, text, with_files, word

CAMPAIGN = load_campaign(Path(__file__).parents[4] / "config/campaigns/liaoning-2022")
TITLE = "辽宁省教科文卫体系统职工创新工作室推荐汇总表"
HEAD = ["序号", "创新工作室名称", "所在单位", "成果转化数量", "创收与节资合计", "姓名", "职务", "荣誉基础"]
ROWS = [HEAD, ["1", "李四创新工作室", "辽河理工大学机械学院", "6", "326", "李四", "科长", "2020年某市工匠"]]
FORM = [
    ["工作室名称", "李四创新工作室"],
    ["创建日期", "2019年5月"],
    ["所在单位", "辽河理工大学"],
    ["专业领域", "数控加工"],
    ["成员总数", "9"],
    ["姓名", "李四"],
    ["性别", "男"],
]
SENTENCE = "工作室围绕数控加工开展技术攻关，培训职工，形成了一批可推广的成果，得到了师生的认可。"
ESSAY = "\n".join(["李四创新工作室申报材料", "一、工作室概况", SENTENCE * 6, "二、创新业绩", SENTENCE * 6, "三、示范效应", SENTENCE * 6])


def leaf(message: Message) -> Attachment:
    (found,) = message.body_leaves
    return found


def reading(found: Attachment) -> Reading:
    return read(found.payload, found.name, CAMPAIGN.forms)


def tabbed(rows: list[list[str]]) -> str:
    return "\n".join("\t".join(row) for row in rows)


def page(rows: list[list[str]], before: str = "", after: str = "") -> str:
    return f"<p>郝老师：附件2如下。</p>{before}<p>{TITLE}</p>{html_table(rows)}<p>填表人：王五</p>{after}"


@pytest.mark.parametrize(
    ("raw", "name", "kind"),
    [
        (simple(page(ROWS), html=True), "正文.html", "summary_table"),
        (simple(f"附件2如下：\n{TITLE}\n{tabbed(ROWS)}\n填表人：王五"), "正文.txt", "summary_table"),
        (simple(f"<p>附件4</p>{html_table(FORM)}", html=True), "正文.html", "basic_info"),
        (simple(f"附件4 基本情况表\n{tabbed(FORM)}"), "正文.txt", "basic_info"),
        (simple(f"各位老师：\n申报材料正文如下。\n\n{ESSAY}"), "正文.txt", "narrative"),
        (simple("".join(f"<p>{line}</p>" for line in ESSAY.split("\n")), html=True), "正文.txt", "narrative"),
        (
            letter(multipart([text(f"{TITLE}\n{' '.join(HEAD)}"), text(page(ROWS), kind="html")], b"alternative")),
            "正文.html",
            "summary_table",
        ),
    ],
)
def test_form_or_essay_in_the_text_is_read_as_what_it_is(raw: bytes, name: str, kind: str) -> None:
    message = opened(raw)
    found = leaf(message)
    assert (found.name, found.path) == (name, (name,))
    assert kind in [form.kind for form in reading(found).forms]
    assert (message.kind, message.attachments) == ("submission", ())
    assert "M02" not in {problem.code for problem in message.problems}


def test_values_of_a_pasted_table_are_read() -> None:
    for raw in (simple(page(ROWS), html=True), simple(f"{TITLE}\n{tabbed(ROWS)}")):
        (form,) = [form for form in reading(leaf(opened(raw))).forms if form.kind == "summary_table"]
        assert [(row["studio"].value, row["leader_name"].value, row["conversions"].value) for row in form.rows] == [
            ("李四创新工作室", "李四", 6)
        ]


@pytest.mark.parametrize(
    "words",
    [
        "您好，现报送我校李四创新工作室申报材料，请查收。",
        "请问：\n一、工作室名称可以更改吗？\n二、成员总数是否含领衔人？\n三、成果如何统计？",
        "联系人\t李四\t电话\t024-00000000\n单位\t辽河理工大学\t邮箱\ta@univ.example",
        "附件清单：\n1\t汇总表\n2\t基本情况表",
        SENTENCE * 3,
    ],
)
def test_ordinary_letter_is_no_material(words: str) -> None:
    message = opened(simple(words))
    assert message.body_leaves == ()
    assert message.kind != "submission"


def test_signature_laid_out_as_a_table_is_no_material() -> None:
    card = html_table([["姓名", "李四"], ["单位", "辽河理工大学工会"], ["电话", "024-00000000"], ["邮箱", "a@univ.example"]])
    assert opened(simple(f"<p>请问能否延期？</p>{card}", html=True)).body_leaves == ()


def test_quoted_table_is_the_older_letters() -> None:
    old = f'<blockquote id="isReplyContent">{page(ROWS)}</blockquote>'
    assert opened(simple(f"<p>收到</p>{old}", html=True)).body_leaves == ()
    assert opened(simple(f"收到\n\n----- 原始邮件 -----\n{TITLE}\n{tabbed(ROWS)}")).body_leaves == ()


def test_quoted_history_is_cut_from_the_leaf() -> None:
    old = '<blockquote id="isReplyContent"><p>旧的话</p>' + html_table([["工作室名称", "别人的"], *FORM]) + "</blockquote>"
    found = leaf(opened(simple(page(ROWS, after=old), html=True)))
    assert "旧的话" not in found.payload.decode()
    assert "别人的" not in found.payload.decode()


def test_notice_pasted_back_is_nobodys_form() -> None:
    notice = "各有关单位：\n现将有关事宜通知如下：\n一、推荐申报条件\n" + SENTENCE * 20 + "\n二、推荐申报名额\n工作室每校两个。"
    assert opened(simple(f"请问通知中的第二条如何理解？\n{notice}")).body_leaves == ()


def test_text_of_an_enclosed_letter_is_material_too() -> None:
    inner = simple(ESSAY, "李四创新工作室申报材料", b"teacher@univ.example")
    message = opened(with_files(attachment(word("来信.eml"), inner, b"message/rfc822")))
    assert leaf(message).path == ("来信.eml", "正文.txt")
    assert [form.kind for form in reading(leaf(message)).forms] == ["narrative"]


def test_machine_has_no_material_in_its_text() -> None:
    assert opened(simple(ESSAY, sender=b"MAILER-DAEMON@mx.example")).body_leaves == ()
    assert opened(simple(ESSAY, sender=OWN.encode())).body_leaves == ()


def test_signature_mark_ends_the_essay() -> None:
    assert "李四手机" not in leaf(opened(simple(f"{ESSAY}\n发自我的iPhone\n李四手机 1"))).payload.decode()
