"""The new text: what was written now, without the history below it."""

from __future__ import annotations

import pytest

from intake.opening.text.html_text import html_to_page
from tests.unit.intake.opening.letters import letter, multipart, opened, part, simple, text, word

HEADS = [
    '------------------ 原始邮件 ------------------\n发件人: "李四" <a@univ.example>;\n发送时间: 2022年8月4日(星期四) 上午9:02',
    "-------- 转发邮件信息 --------\n发件人：李四 <a@univ.example>\n日期：2022年8月4日",
    "----- 回复的原邮件 -----",
    '在 2022-08-04 16:20:01，"收件台" <shoujian@example.cn> 写道：\n> 已收到',
    'At 2022-08-04 16:20:01, "x" <a@b.example> wrote:\n>old',
    "On Thu, Aug 4, 2022 at 4:20 PM 收件台 <shoujian@example.cn>\nwrote:\n> old",
    "发件人： 收件台\n发送时间： 2022年8月4日 16:20\n收件人： 李四\n主题： 回执",
    "From: x <a@b.example>\nSent: Thursday\nTo: y\nSubject: z",
    "-----Original Message-----",
    "发自我的iPhone\n\n在 2022年8月4日，16:20，收件台 <shoujian@example.cn> 写道：",
    "> 已收到",
]


@pytest.mark.parametrize("head", HEADS)
def test_history_is_cut_off_at_every_clients_mark(head: str) -> None:
    message = opened(simple(f"新写的话\n第二行\n\n{head}\n旧的话", "回复：材料"))
    assert message.text.startswith("新写的话\n第二行")
    assert "16:20" not in message.text
    assert "旧的话" in message.quoted or head.startswith(">")


WRAPPERS = [
    '<blockquote id="isReplyContent">{}</blockquote>',
    '<div id="isForwardContent">{}</div>',
    '<div class="gmail_quote">{}</div>',
    '<blockquote type="cite">{}</blockquote>',
    "<includetail><div>{}</div></includetail>",
    '<div id="divRplyFwdMsg"></div><div>{}</div>',
    '<div id="ntes-pcmail-quote">{}</div>',
    "<div>------------------&nbsp;原始邮件&nbsp;------------------</div><div>{}</div>",
]


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_history_in_html_is_cut_off_by_its_element(wrapper: str) -> None:
    message = opened(simple("<div>新写的话</div>" + wrapper.format("<p>旧的话</p>"), html=True))
    assert message.text == "新写的话"
    assert "旧的话" in message.quoted


def test_words_written_below_a_quoted_element_are_new() -> None:
    assert opened(simple('<blockquote type="cite">旧</blockquote><p>新</p>', html=True)).text == "新"


@pytest.mark.parametrize(
    "words", ["发件人已经换了，请注意。", "李四写道路交通方向的工作室", "收件人：张三\n我校材料见附件", "2022年8月4日\n辽河理工大学"]
)
def test_ordinary_words_are_not_taken_for_history(words: str) -> None:
    assert opened(simple(words)).text == words


def test_forwarded_letter_tells_from_whom_and_when() -> None:
    words = '请收\n\n-------- 转发邮件信息 --------\n发件人："李四" <lisi@univ.example>\n发送日期：2022年8月4日 09:02\n收件人：x@y.example\n主题：材料\n\n见附件'
    message = opened(simple(words, "转发：材料"))
    assert message.forwarded_from is not None
    assert (message.forwarded_from.name, message.forwarded_from.address) == ("李四", "lisi@univ.example")
    assert message.forwarded_date is not None
    assert message.forwarded_date.isoformat() == "2022-08-04T09:02:00+08:00"


def test_reply_is_not_a_forward() -> None:
    assert opened(simple("好\n\n" + HEADS[0], "回复：材料")).forwarded_from is None


def test_plain_text_leads_and_html_takes_over_when_it_is_blank() -> None:
    assert opened(letter(multipart([text("字"), text("<b>网页</b>", kind="html")], b"alternative"))).text == "字"
    assert opened(letter(multipart([text("  \n"), text("<b>网页</b>", kind="html")], b"alternative"))).text == "网页"


def test_text_before_and_after_a_file_is_one_text() -> None:
    message = opened(letter(multipart([text("前"), part(b"Content-Type: application/pdf; name=a.pdf", b"%PDF"), text("后")])))
    assert message.text == "前\n后"


@pytest.mark.parametrize("charset", ["gb2312", "gbk", "utf-8"])
def test_charset_declared_only_inside_the_html_is_believed(charset: str) -> None:
    html = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"></head><body>王老师材料</body></html>'
    raw = letter(part(b"Content-Type: text/html", html.encode(charset)))
    assert opened(raw).text == "王老师材料"


def test_body_with_a_false_charset_is_read_by_evidence() -> None:
    assert opened(letter(text("王堃 孙喆 朱镕", "gb18030", label="GB2312"))).text == "王堃 孙喆 朱镕"
    assert opened(letter(text("报送材料", "gbk", label="us-ascii"))).text == "报送材料"
    assert opened(letter(text("报送材料", "gbk", label=""))).text == "报送材料"


def test_html_gives_lines_without_styles_scripts_and_comments() -> None:
    html = "<style>p{x}</style><script>y()</script><!-- z --><p>一</p><div>二<br>三</div><table><tr><td>四</td><td>五</td></tr></table>&nbsp;六"
    assert [line for line, _ in html_to_page(html).lines if line] == ["一", "二", "三", "四 五", "六"]


@pytest.mark.parametrize(
    ("words", "passwords"),
    [
        ("压缩包密码：123456", ("123456",)),
        ("解压密码是 abc@2022，请查收", ("abc@2022",)),
        ("密码为“LNgh8”", ("LNgh8",)),
        ("请查收", ()),
        ("忘记密码请联系", ()),
    ],
)
def test_passwords_in_the_text_are_shown_to_staff(words: str, passwords: tuple[str, ...]) -> None:
    assert opened(simple(words)).passwords == passwords


def test_subject_is_kept_as_written() -> None:
    assert opened(simple("x", "回复：Re: 转发: 材料")).subject == "回复：Re: 转发: 材料"
    assert opened(letter(text("x"), word("Re:") + b" " + word("材料"))).subject == "Re:材料"
