"""Headers: what a person would read, whatever the sender's program claimed about the bytes."""

from __future__ import annotations

import pytest

from intake.opening.headers.charset import bytes_to_text
from intake.opening.headers.encoded_words import header_to_text
from tests.unit.intake.opening.letters import DOCX, OWN, attachment, letter, multipart, names, opened, simple, text, with_files, word

CHINESE = "辽河理工大学工会报送材料"
RARE = "王堃、孙喆、朱镕"


@pytest.mark.parametrize("label", ["gb2312", "GB2312", "gbk", "x-gbk", "MS936", "gb_2312-80", "euc-cn", "cp936", "iso-gb2312", "gb18030"])
def test_every_gb_label_is_read_as_gb18030(label: str) -> None:
    assert header_to_text(word(RARE, "gb18030", label)) == RARE


@pytest.mark.parametrize("encoding", ["B", "Q"])
@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "big5"])
def test_encoded_words_are_decoded_in_either_encoding(encoding: str, charset: str) -> None:
    words = "報送材料" if charset == "big5" else CHINESE
    assert header_to_text(word(words, charset, encoding=encoding)) == words


def test_four_byte_gb18030_characters_survive_a_gbk_label() -> None:
    assert header_to_text(word("䶮㛃工作室", "gb18030", "GBK")) == "䶮㛃工作室"


def test_gbk_bytes_labelled_iso_8859_1_are_chinese() -> None:
    assert header_to_text(word(CHINESE, "gbk", "ISO-8859-1")) == CHINESE


@pytest.mark.parametrize("western", ["Die Hasen und die Frösche", "Formação e Verão"])
def test_latin_words_stay_latin_with_and_without_a_label(western: str) -> None:
    assert bytes_to_text(western.encode("cp1252"), "iso-8859-1") == western
    assert bytes_to_text(western.encode("cp1252"), "") == western


def test_utf8_bytes_under_a_gb_label_are_utf8() -> None:
    assert header_to_text(word(CHINESE, "utf-8", "gb2312")) == CHINESE


@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
def test_characters_cut_between_two_words_are_joined_before_decoding(charset: str) -> None:
    payload = CHINESE.encode(charset)
    import base64

    pieces = [b"=?" + charset.encode() + b"?B?" + base64.b64encode(payload[at : at + 5]) + b"?=" for at in range(0, len(payload), 5)]
    assert header_to_text(b"\r\n ".join(pieces)) == CHINESE


def test_words_glued_together_without_a_blank_are_both_decoded() -> None:
    assert header_to_text(word("报送") + word("材料")) == "报送材料"


def test_blank_between_word_and_plain_text_stays() -> None:
    assert header_to_text(b"Re: " + word("报送") + b" 2022 " + word("材料")) == "Re: 报送 2022 材料"


def test_word_with_a_fold_inside_its_base64_is_decoded() -> None:
    whole = word(CHINESE)
    assert header_to_text(whole[:30] + b"\r\n " + whole[30:]) == CHINESE


def test_base64_without_padding_is_decoded() -> None:
    assert header_to_text(word("报送材料呈1").replace(b"=?=", b"?=")) == "报送材料呈1"


def test_q_word_with_raw_blanks_is_decoded() -> None:
    assert header_to_text(b"=?GB2312?Q?=B1=A8=CB=CD 2022 =B2=C4=C1=CF?=") == "报送 2022 材料"


def test_word_that_was_encoded_twice_is_decoded_twice() -> None:
    assert header_to_text(word(word("汇总表").decode())) == "汇总表"


@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
def test_raw_bytes_in_subject_and_name_are_read(charset: str) -> None:
    message = opened(
        letter(
            text("好"), CHINESE.encode(charset), b'"' + RARE.encode("gb18030" if charset == "gbk" else charset) + b'" <ghb@univ.example>'
        )
    )
    assert (message.subject, message.sender.name, message.sender.address) == (CHINESE, RARE, "ghb@univ.example")


def test_subject_that_lost_the_fold_before_its_second_word_keeps_both() -> None:
    message = opened(letter(text("好"), word("报送") + b"\r\n" + word("材料")))
    assert message.subject == "报送材料"


def test_nul_and_line_breaks_leave_the_subject_and_are_noted() -> None:
    message = opened(letter(text("好"), word("材料\r\nBcc: evil@example.com\0")))
    assert message.subject == "材料 Bcc: evil@example.com"
    assert any(problem.where == "主题" for problem in message.problems)


def test_letter_without_subject_and_name_is_opened() -> None:
    message = opened(b"From: ghb@univ.example\r\n" + multipart([attachment(word("新建 文档.docx"))]))
    assert (message.subject, message.sender.name, names(message)) == ("", "", ["新建 文档.docx"])


def test_letter_with_bare_line_feeds_is_opened() -> None:
    message = opened(with_files(attachment(word("附件4.docx"))).replace(b"\r\n", b"\n"))
    assert names(message) == ["附件4.docx"]
    assert message.attachments[0].payload == DOCX


def test_mbox_line_and_blank_lines_before_the_head_are_passed_over() -> None:
    raw = b"\r\n\r\nFrom ghb@univ.example Thu Aug  4 11:20:00 2022\r\n" + simple("您好", "问候")
    assert opened(raw).subject == "问候"
    assert opened(b"\r\n" + simple("您好", "问候")).subject == "问候"


def test_unknown_and_dangerous_charset_labels_fall_back_to_evidence() -> None:
    for label in ("iso-gb2312", "x-nonsense", "punycode", "unicode_escape", "zlib", "gb2312\0"):
        assert bytes_to_text("汇总表".encode("gbk"), label) == "汇总表", label


def test_own_addresses_are_matched_without_case() -> None:
    message = opened(simple("转一份", sender=OWN.upper().encode()))
    assert message.kind == "notice"
    assert not message.answerable
