"""The tree of a letter: every leaf a person would find, and nothing that only decorates."""

from __future__ import annotations

import base64
import binascii

import pytest

from tests.unit.intake.opening.letters import (
    DOCX,
    PDF,
    attachment,
    base64_lines,
    letter,
    multipart,
    names,
    opened,
    part,
    png,
    simple,
    text,
    with_files,
    word,
    zip_of,
)

INNER = letter(
    multipart([text("里面的正文"), attachment(word("附件4.docx"))], boundary=b"inner"),
    word("王堃工作室材料"),
    word("张三") + b" <zs@univ.example>",
)


def test_ordinary_letter_gives_its_files_with_their_bytes() -> None:
    message = opened(with_files(attachment(word("附件4.docx")), attachment(word("附件1.xlsx"), DOCX + b"1")))
    assert names(message) == ["附件4.docx", "附件1.xlsx"]
    assert message.attachments[0].payload == DOCX
    assert message.kind == "submission"
    assert message.answerable


def test_pdf_without_name_and_disposition_is_not_lost() -> None:
    message = opened(
        letter(multipart([text("见附件"), part(b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64", base64_lines(PDF))]))
    )
    assert names(message) == ["未命名附件1.pdf"]
    assert message.attachments[0].payload == PDF


def test_letter_that_is_one_file_alone_gives_that_file() -> None:
    message = opened(letter(attachment(word("附件4.docx"))))
    assert names(message) == ["附件4.docx"]


def test_text_with_a_file_name_is_an_attachment_and_text_without_is_not() -> None:
    message = opened(
        letter(
            multipart(
                [text("正文"), part(b'Content-Type: text/plain; name="a.txt"', b"file"), part(b"Content-Type: text/html", b"<p>more</p>")]
            )
        )
    )
    assert names(message) == ["a.txt"]
    assert "more" in message.text


def test_forwarded_letter_is_opened_and_its_path_is_kept() -> None:
    message = opened(letter(multipart([text("见附件邮件"), part(b"Content-Type: message/rfc822", INNER)])))
    assert [leaf.path for leaf in message.attachments] == [("王堃工作室材料.eml", "附件4.docx")]
    assert "里面的正文" in message.quoted
    assert "里面的正文" not in message.text


def test_forwarded_letter_in_illegal_base64_is_opened() -> None:
    head = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=" + word("材料.eml")
    message = opened(letter(multipart([text("见附件邮件"), part(head, base64_lines(INNER))])))
    assert [leaf.path for leaf in message.attachments] == [("材料.eml", "附件4.docx")]
    assert message.attachments[0].payload == DOCX


def test_eml_sent_as_an_ordinary_file_and_inside_a_zip_is_opened() -> None:
    assert [leaf.path for leaf in opened(with_files(attachment(word("转.eml"), INNER))).attachments] == [("转.eml", "附件4.docx")]
    packed = zip_of([("邮件/转.eml".encode("gbk"), INNER)])
    assert [leaf.path for leaf in opened(with_files(attachment(word("包.zip"), packed))).attachments] == [
        ("包.zip", "邮件", "转.eml", "附件4.docx")
    ]


def test_forwarded_letter_without_files_stays_a_leaf() -> None:
    message = opened(letter(multipart([text("请看"), part(b"Content-Type: message/rfc822", simple("我校三个工作室", "情况"))])))
    assert names(message) == ["情况.eml"]
    assert "我校三个工作室" in message.quoted


def test_files_inside_apple_alternatives_are_found() -> None:
    inner = multipart([text("<p>网页</p>", kind="html"), attachment(word("扫描件.pdf"), PDF, b"application/pdf")], boundary=b"in")
    message = opened(letter(multipart([text("正文"), inner], b"alternative")))
    assert names(message) == ["扫描件.pdf"]
    assert message.text == "正文"


def test_part_without_closing_line_is_kept_and_marked_as_cut_off() -> None:
    whole = with_files(attachment(word("附件4.docx"), DOCX * 50))
    message = opened(whole[: len(whole) - 400])
    assert names(message) == ["附件4.docx"]
    assert message.attachments[0].problem == "corrupt"
    assert {problem.code for problem in message.problems} >= {"M03", "open-truncated"}


def test_whole_file_in_a_letter_without_closing_line_is_not_called_damaged() -> None:
    message = opened(letter(multipart([text("见附件"), attachment(b"a.pdf", PDF, b"application/pdf")], close=False)))
    assert message.attachments[0].problem is None


def test_boundary_that_is_not_declared_or_declared_wrongly_is_found() -> None:
    raw = with_files(attachment(word("附件4.docx")))
    assert names(opened(raw.replace(b'boundary="=_Part_2022"', b'boundary="other"'))) == ["附件4.docx"]
    assert names(opened(raw.replace(b'; boundary="=_Part_2022"', b""))) == ["附件4.docx"]


def test_outer_boundary_that_begins_like_the_inner_one_is_told_apart() -> None:
    inner = multipart([text("正文"), text("<p>正文</p>", kind="html")], b"alternative", b"=_Part_20221")
    assert names(opened(letter(multipart([inner, attachment(b"a.docx")], boundary=b"=_Part_2022")))) == ["a.docx"]


def test_part_that_a_gateway_appended_after_the_end_is_taken() -> None:
    raw = with_files(attachment(b"a.docx")) + b"--=_Part_2022\r\n" + attachment(b"b.docx", DOCX + b"2") + b"\r\n--=_Part_2022--\r\n"
    assert names(opened(raw)) == ["a.docx", "b.docx"]


def test_uuencoded_file_in_the_text_becomes_an_attachment() -> None:
    lines = b"".join(binascii.b2a_uu(DOCX[at : at + 45]) for at in range(0, len(DOCX), 45))
    body = "请查收\r\n".encode() + b"begin 644 " + "附件4.docx".encode("gbk") + b"\r\n" + lines + b"`\r\nend\r\n"
    message = opened(letter(part(b"Content-Type: text/plain; charset=utf-8", body)))
    assert names(message) == ["附件4.docx"]
    assert message.attachments[0].payload == DOCX
    assert message.text == "请查收"


def test_uuencoded_part_without_begin_still_gives_the_file() -> None:
    lines = b"".join(binascii.b2a_uu(DOCX[at : at + 45]) for at in range(0, len(DOCX), 45))
    raw = with_files(part(b'Content-Type: application/octet-stream; name="a.docx"\nContent-Transfer-Encoding: x-uuencode', lines))
    assert [(leaf.name, leaf.payload) for leaf in opened(raw).attachments] == [("a.docx", DOCX)]


def test_file_of_no_bytes_is_told_from_a_damaged_one() -> None:
    message = opened(with_files(attachment(b"a.docx", b"")))
    assert [(leaf.size, leaf.problem) for leaf in message.attachments] == [(0, None)]
    assert [(problem.code, problem.message) for problem in message.problems] == [("open-empty", "《a.docx》是空文件")]


@pytest.mark.parametrize("damage", ["blanks", "footer", "no padding", "bang", "two pieces"])
def test_damaged_base64_still_gives_the_file(damage: str) -> None:
    payload = DOCX + b"1"
    lines = base64_lines(payload)
    damaged = {
        "blanks": lines.replace(b"\r\n", b" \r\n "),
        "footer": lines + b"\r\n_______________________\r\nThis message was scanned.\r\n",
        "no padding": lines.replace(b"=", b""),
        "bang": lines[:30] + b"!\r\n" + lines[30:],
        "two pieces": base64_lines(payload[:100]) + base64_lines(payload[100:]),
    }[damage]
    head = b"Content-Type: application/octet-stream; name=a.docx\nContent-Transfer-Encoding: base64"
    assert opened(letter(multipart([text("好"), part(head, damaged)]))).attachments[0].payload == payload


PAGE = '<p>材料见下图</p><img src="cid:logo@x"><img src="cid:scan@x">'


def picture(name: bytes, cid: bytes, payload: bytes, disposition: bytes = b"inline") -> bytes:
    head = (
        b"Content-Type: image/png"
        + (b"; name=" + name if name else b"")
        + b"\nContent-Transfer-Encoding: base64\nContent-ID: <"
        + cid
        + b">\nContent-Disposition: "
        + disposition
    )
    return part(head, base64_lines(payload))


def test_logo_in_the_signature_is_left_out_and_the_scan_in_the_text_is_kept() -> None:
    body = multipart(
        [text(PAGE, kind="html"), picture(b"logo.png", b"logo@x", png(120, 40)), picture(b"", b"scan@x", png(1200, 1700))], b"related"
    )
    message = opened(letter(body))
    assert names(message) == ["未命名附件1.png"]
    assert message.kind == "submission"


@pytest.mark.parametrize("written", ['src="{}"', "src='{}' alt=x", "src={} alt=x", 'style="background:url({})"'])
def test_a_scan_written_into_the_page_itself_is_kept_and_a_logo_so_written_is_left_out(written: str) -> None:
    """`data:` pictures: some programs paste so, and a letter of nothing else is no empty one."""
    scan, logo = ("data:image/png;base64," + base64.b64encode(png(*size)).decode() for size in ((1200, 1700), (120, 40)))
    message = opened(letter(text(f"<p>材料见下图</p><img {written.format(scan)}><img {written.format(logo)}>", kind="html")))
    assert names(message) == ["未命名附件1.png"]
    assert (message.attachments[0].inline, message.attachments[0].payload) == (True, png(1200, 1700))
    assert (message.kind, message.left_out, message.text) == ("submission", ("image/png",), "材料见下图")


def test_small_picture_that_the_text_does_not_show_is_kept() -> None:
    body = multipart([text("照片"), picture(b"photo.png", b"other@x", png(100, 100), b"attachment")])
    assert names(opened(letter(body))) == ["photo.png"]


def test_signature_parts_are_left_out() -> None:
    signed = multipart(
        [
            text("好"),
            part(b"Content-Type: application/pkcs7-signature; name=smime.p7s\nContent-Transfer-Encoding: base64", base64_lines(b"0\x80")),
        ],
        b"signed",
    )
    assert opened(letter(signed)).attachments == ()


def test_program_is_quarantined() -> None:
    message = opened(with_files(attachment(b"form.docx.exe", b"MZ" + bytes(100))))
    assert message.attachments[0].problem == "hostile"
    assert "M08" in {problem.code for problem in message.problems}


def test_every_path_ends_with_the_name_and_every_hash_is_of_the_payload() -> None:
    import hashlib

    for leaf in opened(with_files(attachment(word("a/b.docx")), attachment(word("c.zip"), zip_of([(b"d/e.txt", b"x")])))).attachments:
        assert leaf.path[-1] == leaf.name
        assert leaf.sha256 == hashlib.sha256(leaf.payload).hexdigest()
        assert leaf.size == len(leaf.payload)
