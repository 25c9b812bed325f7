"""Senders and dates: whom to answer, and what the sender claims about the time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from intake.message import Address
from intake.opening.headers.addresses import header_to_addresses
from intake.opening.headers.dates import find_written_date, header_to_date
from tests.unit.intake.opening.letters import letter, opened, simple, text, word

CASES = [
    (b'"=?gb18030?B?wO7LxA==?=" <100@qq.example>', "李四", "100@qq.example"),
    (b"=?UTF-8?B?5p2O5Zub?= <a@univ.example>", "李四", "a@univ.example"),
    (b"a@univ.example", "", "a@univ.example"),
    (b"<a@univ.example>", "", "a@univ.example"),
    (b"a@univ.example (=?UTF-8?B?5p2O5Zub?=)", "李四", "a@univ.example"),
    ("李四 <a@univ.example>".encode("gbk"), "李四", "a@univ.example"),
    ('"李四" <a@univ.example>'.encode(), "李四", "a@univ.example"),
    (b'"=?utf-8?B?5p2O5ZubLOW3peS8mg==?=" <a@univ.example>', "李四,工会", "a@univ.example"),
    (b'"=?gb2312?B?z7XNs7ncwO3UsQ==?="(x) <Postmaster@corp.example>', "系统管理员", "Postmaster@corp.example"),
    (b"'Li Si' <a@univ.example>", "Li Si", "a@univ.example"),
    (b'"Li, Si" <a@univ.example>', "Li, Si", "a@univ.example"),
    (b"<a@univ.example> Li Si", "Li Si", "a@univ.example"),
    (b"Pete(A \\) chap) <pete(his account)@silly.test(his host)>", "Pete", "pete@silly.test"),
]


@pytest.mark.parametrize(("raw", "name", "address"), CASES)
def test_sender_is_read_as_written_by_real_clients(raw: bytes, name: str, address: str) -> None:
    assert header_to_addresses(raw) == (Address(name, address),)


def test_several_recipients_are_cut_at_commas_and_semicolons_outside_quotes() -> None:
    raw = b'"a, b" <a@x.example>, c@x.example; "d" <d@x.example>'
    assert [each.address for each in header_to_addresses(raw)] == ["a@x.example", "c@x.example", "d@x.example"]


@pytest.mark.parametrize(
    "sender",
    [
        b"",
        b"\xc0\xee\xcb\xc4",
        b"li si at univ",
        b"a@univ.example <evil@else.example>",
        b"a@univ.example, b@univ.example",
        "李四@大学.example".encode(),
    ],
)
def test_letter_with_a_doubtful_sender_is_never_answered(sender: bytes) -> None:
    message = opened(simple("请问可以延期吗？", sender=sender))
    assert not message.answerable
    assert message.unanswerable


@pytest.mark.parametrize("reply_to", [b"a@x.cn, b@x.cn", b"shoujian@example.cn", b"noreply@x.cn", b"nobody", b"a@b.cn <c@d.cn>"])
def test_letter_with_a_doubtful_reply_address_is_never_answered(reply_to: bytes) -> None:
    message = opened(simple("请问可以延期吗？", extra=b"Reply-To: " + reply_to + b"\r\n"))
    assert not message.answerable
    assert any(problem.code == "open-address" for problem in message.problems)


def test_ordinary_senders_are_answerable() -> None:
    for sender in (CASES[0][0], CASES[1][0], CASES[5][0], b"=?UTF-8?B?" + b"5p2O5Zub" * 20 + b"?= <a@univ.example>"):
        assert opened(simple("请问可以延期吗？", sender=sender)).answerable, sender
    assert opened(simple("请问？", extra=b"Reply-To: <other@univ.example>\r\n")).answerable


BEFORE_MIDNIGHT = datetime(2022, 8, 5, 15, 59, 58, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        b"Fri, 5 Aug 2022 23:59:58 +0800",
        b"Fri, 5 Aug 2022 23:59:58 +0800 (CST)",
        b"Fri, 5 Aug 2022 23:59:58 CST",
        b"Fri, 5 Aug 2022 23:59:58 +0800 (GMT+08:00)",
        b"Fri, 5 Aug 2022 23:59:58 +0800 (\xd6\xd0\xb9\xfa\xb1\xea\xd7\xbc\xca\xb1\xbc\xe4)",
        b"5 Aug 2022 15:59:58 GMT",
        b"2022-8-5 23:59:58",
        b"2022-08-05T23:59:58+08:00",
        "2022年8月5日 23:59:58".encode(),
        "2022年8月5日(星期五) 晚上11:59:58".encode("gbk"),
    ],
)
def test_date_is_read_in_every_notation_and_without_zone_as_beijing_time(raw: bytes) -> None:
    moment = header_to_date(raw)
    assert moment is not None
    assert moment.astimezone(UTC) == BEFORE_MIDNIGHT


@pytest.mark.parametrize(
    "raw", [b"", b"yesterday", b"Fri, 99 Foo 2022 99:99:99", b"0000-00-00", b"9" * 300, b"Thu, 1 Jan 99999 00:00:00 +9999"]
)
def test_unreadable_date_is_none(raw: bytes) -> None:
    assert header_to_date(raw) is None


def test_written_date_without_time_is_midnight() -> None:
    moment = find_written_date("到期时间：2022年9月2日")
    assert moment is not None
    assert moment.isoformat() == "2022-09-02T00:00:00+08:00"


def test_received_times_are_kept_newest_first() -> None:
    hops = (
        b"Received: from b by c; Thu, 04 Aug 2022 16:11:45 +0800 (CST)\r\nReceived: from a by b; Thu, 04 Aug 2022 16:11:40 +0800 (CST)\r\n"
    )
    message = opened(letter(text("好"), extra=hops))
    assert [moment.second for moment in message.received] == [45, 40]
    assert all(moment.tzinfo for moment in message.received)


def test_two_readings_of_the_subject_are_noted_only_when_both_are_sound() -> None:
    assert not [p for p in opened(simple("好", "王堃材料")).problems if p.code == "open-disagree"]
    assert not [p for p in opened(letter(text("好"), word("王堃", "gbk", "gb2312"))).problems if p.code == "open-disagree"]


def test_second_opinion_never_writes_a_letters_words_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        opened(simple("好", sender=b"=?utf-8?B?=?utf-8?B?" * 20 + b"<a@univ.example>"))
    assert caplog.records == []
