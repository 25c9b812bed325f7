"""Files that are only links: found in every provider's markup, counted once, and never in style sheets or ordinary links."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from intake.message import CloudFile, Message
from intake.opening.text.cloud import find_expiry, find_size
from tests.unit.intake.opening.letters import attachment, letter, multipart, opened, simple, text, with_files, word

KEY = "9d99e661d02acf1eafea4861"


def cloud(html: str) -> tuple[CloudFile, ...]:
    return opened(simple(html, html=True)).cloud_files


def only(html: str) -> CloudFile:
    (file,) = cloud(html)
    return file


QQ_OLD = f"""<div>请查收</div><div id="QQMailBigAttach" class="qqmail_bigattach"><div>从QQ邮箱发来的超大附件</div>
<div class="bigatt_bt" title="申报材料.zip&#10;&#10;文件大小：20.61M&#10;&#10;到期时间：2022年09月12日 19:18"><a href="http://mail.qq.com/cgi-bin/ftnExs_download?t=exs_ftn_download&amp;k={KEY}&amp;code=1"><img src="x.gif"></a>
<div><a href="http://mail.qq.com/cgi-bin/ftnExs_download?t=exs_ftn_download&amp;k={KEY}&amp;code=1">申报材料.zip</a>
<span class="qqmailbgattach" expiretime="1662981480" downloadlink="http://mail.qq.com/cgi-bin/ftnExs_download?k={KEY}&amp;code=1">(20.61M, 2022年09月12日 19:18 到期)</span></div>
<a href="http://mail.qq.com/cgi-bin/ftnExs_download?t=exs_ftn_download&amp;k={KEY}&amp;code=1">进入下载页面</a></div></div>"""
NETEASE = f"""<div>您好</div><div id="divNeteaseBigAttach"><div><b>从网易163邮箱发来的云附件</b></div>
<div style="clear:both;height:36px;padding:6px 4px"><a href="https://fs.163.com/fs/preview/?file={KEY}"><img src="i.png"></a>
<div><a class="bigattach-mailmaster-download" href="https://mail.163.com/large-attachment-download/index.html?p=X-NETEASE-HUGE-ATTACHMENT&amp;file={KEY}&amp;title=%E6%9D%90%E6%96%99.rar"
 download="https://mail.163.com/x" filename="材料.rar" filesize="3785359" expiretime="1669354500000">材料.rar</a>
<span>(3.61M, 2022年11月25日 13:35 到期)</span></div>
<a href="https://mail.163.com/large-attachment-download/index.html?p=X-NETEASE-HUGE-ATTACHMENT&amp;file={KEY}&amp;title=%E6%9D%90%E6%96%99.rar">下载</a></div></div>"""
SIRIUS = """<div id="divNeteaseSiriusCloudAttach"><div>从网易企业邮箱发来的云附件</div>
<a class="divNeteaseSiriusCloudAttachItem" href="https://edisk.qiye.163.com/api/biz/attachment/download?identity=abc&amp;title=x" file-name="附件4.docx" file-size="20982" expired="1722786480000">
<div>附件4.docx</div><div>20.49K | 过期时间：2024年8月4日 23:48</div><span>下载</span></a></div>"""
FOXMAIL_OLD = """<div class="foxmail_hugeattachment"><div class="foxmail_hugeattachment_item"><a class="foxmail_hugeattachment_filename" href="http://mail.qq.com/cgi-bin/ftnExs_download?k=1&amp;code=2">视频.mp4</a>
<span>(356.2M, 2022-09-02 09:02 到期)</span></div></div>"""


def test_old_qq_markup_with_its_four_links_is_one_file() -> None:
    file = only(QQ_OLD)
    assert (file.name, file.provider, file.quoted) == ("申报材料.zip", "qq", False)
    assert file.size == round(20.61 * (1 << 20))
    assert file.expires_at is not None
    assert file.expires_at.isoformat()[:16] == "2022-09-12T19:18"


@pytest.mark.parametrize("host", ["wx.mail.qq.com", "iwx.mail.qq.com"])
def test_new_qq_link_without_end_has_no_expiry(host: str) -> None:
    file = only(
        f'<div title="材料.zip&#10;&#10;文件大小：1.2G&#10;&#10;到期时间：无限期"><a href="https://{host}/ftn/download?func=3&amp;key=1">材料.zip</a><span>(1.2G, 无限期)</span></div>'
    )
    assert (file.name, file.provider, file.expires_at) == ("材料.zip", "qq", None)


def test_netease_markup_with_preview_and_download_is_one_file() -> None:
    file = only(NETEASE)
    assert (file.name, file.provider, file.size) == ("材料.rar", "netease", 3785359)
    assert file.expires_at is not None
    assert file.expires_at.astimezone(UTC) == datetime(2022, 11, 25, 5, 35, tzinfo=UTC)
    assert "large-attachment-download" in file.url or "fs.163.com" in file.url


def test_netease_enterprise_markup_is_read_from_its_attributes() -> None:
    file = only(SIRIUS)
    assert (file.name, file.provider, file.size) == ("附件4.docx", "netease_enterprise", 20982)
    assert file.expires_at is not None
    assert file.expires_at.isoformat()[:16] == "2024-08-04T23:48"


def test_foxmail_markup_is_foxmails_although_the_link_is_qqs() -> None:
    file = only(FOXMAIL_OLD)
    assert (file.name, file.provider) == ("视频.mp4", "foxmail")
    assert file.expires_at is not None
    assert file.expires_at.isoformat()[:16] == "2022-09-02T09:02"


def test_two_files_in_one_block_are_two() -> None:
    rows = "".join(
        f'<div style="clear:both"><a href="https://mail.163.com/large-attachment-download/index.html?file=key{n}{n}{n}&amp;title=a" filename="{name}" filesize="{n}000">{name}</a>'
        f'<a href="https://mail.163.com/large-attachment-download/index.html?file=key{n}{n}{n}&amp;title=a">下载</a></div>'
        for n, name in ((1, "一.docx"), (2, "二.docx"))
    )
    assert [(file.name, file.size) for file in cloud(f'<div id="divNeteaseBigAttach">{rows}</div>')] == [
        ("一.docx", 1000),
        ("二.docx", 2000),
    ]


@pytest.mark.parametrize(
    ("words", "name", "provider"),
    [
        ("通过百度网盘分享的文件：申报材料.zip\n链接: https://pan.baidu.com/s/1AbC?pwd=8888 提取码: 8888", "申报材料.zip", "baidu"),
        ("链接：https://pan.baidu.com/s/1AbC 提取码：8888", "", "baidu"),
        ("材料在腾讯文档 https://docs.qq.com/doc/DABC", "", "other"),
        ("微云 https://share.weiyun.com/abc 材料.rar", "材料.rar", "other"),
        ("飞书：https://univ.feishu.cn/file/boxcn123", "", "other"),
        ("https://1drv.ms/u/s!Abc", "", "other"),
        ("超大附件 https://mail.univ.example/coremail/s?func=lp:downloadLargeAttach&key=1 材料.zip", "材料.zip", "other"),
        ("天翼云盘 https://cloud.189.cn/t/abc 材料.7z", "材料.7z", "other"),
    ],
)
def test_links_in_plain_text_are_found(words: str, name: str, provider: str) -> None:
    (file,) = opened(simple(words)).cloud_files
    assert (file.name, file.provider) == (name, provider)


def test_plain_text_of_a_qq_letter_names_the_file_before_the_link() -> None:
    words = "请查收\n\n从QQ邮箱发来的超大附件\n\n申报材料.zip (80.96M, 2022年09月12日 19:18 到期)\n进入下载页面：http://mail.qq.com/cgi-bin/ftnExs_download?k=1&code=2\n"
    (file,) = opened(simple(words)).cloud_files
    assert file.name == "申报材料.zip"
    assert "ftnExs_download" in file.url
    assert file.expires_at is not None


def test_plain_text_without_any_link_still_tells_of_the_file() -> None:
    (file,) = opened(simple("从网易163邮箱发来的超大附件\n材料.zip (80.96M, 2022年9月3日 11:00 到期)")).cloud_files
    assert (file.name, file.url) == ("材料.zip", "")
    assert file.size


def test_both_alternatives_of_one_letter_count_the_file_once() -> None:
    plain = "从QQ邮箱发来的超大附件\n申报材料.zip (20.61M, 2022年09月12日 19:18 到期)\n进入下载页面：http://mail.qq.com/cgi-bin/ftnExs_download?k=other\n"
    message = opened(letter(multipart([text(plain), text(QQ_OLD, kind="html")], b"alternative")))
    assert [file.name for file in message.cloud_files] == ["申报材料.zip"]


def test_unknown_server_is_believed_when_the_page_says_large_attachment_with_an_end() -> None:
    html = (
        '<div class="bigattach"><b>超大附件</b> <a href="https://mail.univ.example/x/y?z=1">材料.zip</a> (80M, 有效期至2022年9月3日)</div>'
    )
    file = only(html)
    assert (file.name, file.provider) == ("材料.zip", "other")


@pytest.mark.parametrize(
    "html",
    [
        '<style id="cloudAttachStyle">#divNeteaseBigAttach, #divNeteaseBigAttach_bak{display:none;}</style><div>材料见普通附件</div>',
        '<p>请登录 <a href="https://www.univ.example/notice.html">学校网站</a></p>',
        '<p>邮箱：<a href="mailto:a@univ.example">a@univ.example</a></p>',
        "<p>材料太大，超大附件发不出去，改日邮寄</p>",
    ],
)
def test_ordinary_letters_hold_no_cloud_file(html: str) -> None:
    assert cloud(html) == ()


@pytest.mark.parametrize(
    "wrapping",
    [
        '<blockquote id="isReplyContent">{}</blockquote>',
        "<div>------------------ 原始邮件 ------------------</div>{}",
        "<includetail>{}</includetail>",
    ],
)
def test_file_of_the_older_letter_is_marked_as_quoted(wrapping: str) -> None:
    message = opened(simple("<div>收到，谢谢</div>" + wrapping.format(QQ_OLD), "Re: 材料", html=True))
    assert [file.quoted for file in message.cloud_files] == [True]
    assert message.kind != "submission"


def test_letter_with_a_cloud_file_alone_is_a_submission() -> None:
    assert opened(simple(NETEASE, html=True)).kind == "submission"


def test_cloud_file_of_an_attached_letter_counts_as_sent() -> None:
    inner = simple(NETEASE, "里面", html=True)
    message: Message = opened(with_files(attachment(word("转.eml"), inner)))
    assert [file.name for file in message.cloud_files] == ["材料.rar"]


def test_sizes_and_ends_are_read_in_all_notations() -> None:
    assert [find_size(t) for t in ("20.49K", "3.6MB", "(1.2G, 无限期)", "512 B", "")] == [20982, 3774874, 1288490189, 512, None]
    assert find_expiry("无限期") is None


def test_advertisement_inside_the_block_is_no_file() -> None:
    promotion = '<div><b>从网易163邮箱发来的云附件</b> <a class="bigattach-mailmaster-download" href="https://u.163.com/abc">用邮箱大师下载</a></div>'
    files = cloud(NETEASE.replace("<div><b>从网易163邮箱发来的云附件</b></div>", promotion))
    assert [file.name for file in files] == ["材料.rar"]


def test_attributes_on_the_row_around_the_link_are_read() -> None:
    row = '<div class="divNeteaseSiriusCloudAttachItem" file-name="附件4.docx" file-size="20982" expired="1722786480000"><a href="https://edisk.qiye.163.com/api/biz/attachment/download?identity=a">下载</a></div>'
    file = only(f'<div id="divNeteaseSiriusCloudAttach">{row}</div>')
    assert (file.name, file.size) == ("附件4.docx", 20982)
