"""Small phrases, and the mask that keeps private data out of letters."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.checks.sentences import ENTRIES
from notifier.post.dispatch import Answer, answer_to_verdict, letter_to_record
from notifier.post.mime import clean_message_ids, derive_message_id
from notifier.wording import (
    clean_change,
    clean_line,
    clean_private,
    clean_punctuation,
    clean_sentence,
    deadline_to_phrase,
    moments_to_phrase,
    plain_words,
    silence_to_phrase,
    size_to_phrase,
)
from tests.unit.notifier.letters.cases import ZONE, at, campaign
from tests.unit.notifier.letters.golden_cases import CAMPAIGN, GOLDEN


@pytest.mark.parametrize(
    "text", ["张三13912345678.docx", "+86 139-1234-5678", "联系 024-86123456", "210103197510101234", "21010319751010123X", "139 1234 5678"]
)
def test_phone_and_identity_numbers_are_blotted_out(text: str) -> None:
    assert "＊＊＊" in clean_private(text)
    assert not [digits for digits in ("12345678", "1234-5678", "86123456", "19751010", "1234 5678") if digits in clean_private(text)]


@pytest.mark.parametrize("text", ["LN2022-0017", "120.5万元", "2022年8月5日", "331e0be85723", "订单123456789012345678901"])
def test_ordinary_numbers_stay(text: str) -> None:
    assert clean_private(text) == text


@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.sampled_from(["", "电话", "（", "：", " "]),
    st.sampled_from(["", "）", "，", ".docx"]),
)
def test_no_mobile_number_survives_whatever_stands_round_it(number: str, before: str, after: str) -> None:
    assert number not in clean_private(before + number + after)


@pytest.mark.parametrize(
    ("said", "clean"),
    [
        ("“张三工作室”领衔人“出生年月”“1875-10”请核对。", "“张三工作室”领衔人“出生年月请核对。"),
        ("附件1联系电话“12345”似非有效手机号码，请核实。", "附件1联系电话似非有效手机号码，请核实。"),
        ("尚缺《职工创新工作室推荐汇总表》(附件2)。", "尚缺《职工创新工作室推荐汇总表》（附件2）。"),
        ("附件《材料(1),最终.zip》设有打开密码,烦请发送未加密版本。", "附件《材料(1),最终.zip》设有打开密码，烦请发送未加密版本。"),
    ],
)
def test_a_findings_sentence_is_made_fit_for_a_letter(said: str, clean: str) -> None:
    assert clean_sentence(said) == clean


def test_figures_keep_their_commas() -> None:
    assert clean_punctuation("合计1,234.5万元,请核对(万元)。") == "合计1,234.5万元，请核对（万元）。"


def test_private_fields_that_changed_are_named_but_never_quoted() -> None:
    assert clean_change("领衔人出生年月：1975-10→1976-10") == "领衔人出生年月已更新"
    assert clean_change("2021年合计：120.5→112.5") == "2021年合计：120.5→112.5"


def test_the_last_second_of_a_day_is_called_twenty_four_hours() -> None:
    zone = campaign()
    assert deadline_to_phrase(datetime(2022, 8, 5, 23, 59, 59, tzinfo=ZONE), zone) == "8月5日24时"
    assert deadline_to_phrase(datetime(2022, 8, 6, 0, 0, tzinfo=ZONE), zone) == "8月5日24时"
    assert deadline_to_phrase(datetime(2022, 8, 5, 17, 0, tzinfo=ZONE), zone) == "8月5日17时"


def test_several_letters_are_told_with_every_time() -> None:
    assert moments_to_phrase([at(29, 15, 50), at(29, 15, 42)], campaign()) == "2022年7月29日15时42分、15时50分，共2封"


@pytest.mark.parametrize(("size", "phrase"), [(812, "812字节"), (20480, "20.0KB"), (3 << 20, "3.0MB")])
def test_sizes_read_as_people_say_them(size: int, phrase: str) -> None:
    assert size_to_phrase(size) == phrase


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (Answer(250, "OK"), "accepted"),
        (Answer(450, "4.2.0 busy"), "later"),
        (Answer(421, "HL:REP"), "later"),
        (Answer(451, "DT:SPM please try again"), "an_hour"),
        (Answer(451, "MI:SFQ"), "quarter_hour"),
        (Answer(451, "RP:QRC"), "quarter_hour"),
        (Answer(554, "DT:SPM 163"), "an_hour"),
        (Answer(550, "DT:SPM 126"), "an_hour"),
        (Answer(554, "MI:STC"), "tomorrow"),
        (Answer(550, "RP:TRC"), "tomorrow"),
        (Answer(550, "Invalid User"), "recipient"),
        (Answer(550, "5.1.1", "recipient"), "recipient"),
        (Answer(552, "Illegal Attachment"), "content"),
        (Answer(535, "authentication failed"), "configuration"),
        (Answer(553, "Mail from must equal authorized user", "sender"), "configuration"),
    ],
)
def test_netease_codes_mean_what_its_table_says(answer: Answer, verdict: str) -> None:
    assert answer_to_verdict(answer) == verdict


def test_composing_the_same_letter_twice_gives_the_same_bytes() -> None:
    for name in ("supplement", "complete", "unclaimed"):
        first, second = (letter_to_record(GOLDEN[name](), CAMPAIGN, "automatic") for _ in range(2))
        assert first == second


def test_the_headers_thread_the_letter_and_keep_two_machines_from_talking() -> None:
    record = letter_to_record(GOLDEN["supplement"](), CAMPAIGN, "automatic")
    mail = message_from_bytes(record.raw, policy=default)
    assert mail["In-Reply-To"] == mail["References"] == "<partial-1@binhai.example>"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert "Precedence" not in mail
    assert mail["Message-ID"] == record.message_id
    assert mail["From"].addresses[0].addr_spec == CAMPAIGN.mailbox
    assert mail["Subject"] == record.subject
    assert [part.get_content_type() for part in mail.walk() if not part.is_multipart()][:2] == ["text/plain", "text/html"]
    assert [part.get_filename() for part in mail.iter_attachments()] == ["附件4 基本情况表（空白）.docx"]


def test_damaged_message_ids_of_a_sender_cannot_break_our_headers() -> None:
    assert clean_message_ids(("<a@b>\r\nBcc: x@y", "no brackets", "<two words@b>", "<ok@b.example>")) == ("<a@b>", "<ok@b.example>")


@given(st.text())
def test_a_subject_line_is_always_one_line(text: str) -> None:
    assert not set(clean_line(text)) & set("\r\n\x00\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")


def test_message_ids_differ_between_ledgers_composed_at_other_times() -> None:
    assert derive_message_id("LN2022-0001-01", at(29), "a@b.example") != derive_message_id("LN2022-0001-01", at(30), "a@b.example")


def test_no_sentence_of_the_catalogue_brings_a_forbidden_word_into_a_letter() -> None:
    for entry in ENTRIES:
        if entry.audience != "staff":
            assert not [word for word in ("受理", "不合格", "拒收", "错误", "逾期") if word in clean_sentence(entry.sentence)], entry.code


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2022-08-02T12:00:00+08:00 连不上收信服务器，或连接中途断开：请检查 host（[Errno 111] refused）", "连不上收信服务器，或连接中途断开"),
        ("邮箱服务商疑为垃圾邮件（DT:SPM）拒收，发信暂停1小时：554 DT:SPM 163", "邮箱服务商疑为垃圾邮件拒收，发信暂停1小时"),
        ("群发邮件（Precedence：bulk）", "群发邮件"),
        ("Auto-Submitted：auto-generated", "别的话"),
        ("", "别的话"),
    ],
)
def test_a_servers_own_words_are_left_out_of_what_staff_read(text: str, said: str) -> None:
    assert plain_words(text, "别的话") == said


def test_a_letter_that_may_be_answered_gives_no_reason() -> None:
    assert (silence_to_phrase(""), silence_to_phrase("Precedence：auto_reply")) == ("", "系统自动发出的邮件")
