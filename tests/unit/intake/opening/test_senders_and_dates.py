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


FOUND = [
    ("渤海大学工会,吴老师 <wu@univ.example>".encode(), "wu@univ.example"),
    ("渤海大学工会，吴老师 <wu@univ.example>".encode("gbk"), "wu@univ.example"),
    ('工会, "吴,老师" <wu@univ.example>'.encode(), "wu@univ.example"),
    ('"工会" <>, "吴" <wu@univ.example>'.encode(), "wu@univ.example"),
    (b"[??????]\r\nFrom: wu@univ.example", "wu@univ.example"),
    (b"wu@univ.example\r\nFrom: <wu@univ.example>", "wu@univ.example"),
    ("吴老师 wu@univ.example".encode(), "wu@univ.example"),
    ("吴老师wu@univ.example".encode(), "wu@univ.example"),
    (b'"wu@univ.example" <wu@univ.example>', "wu@univ.example"),
    (b'"Wu" wu@univ.example', "wu@univ.example"),
    (b"'Wu' <wu@univ.example>", "wu@univ.example"),
    (b"w.u.x@univ.example", "w.u.x@univ.example"),
]


@pytest.mark.parametrize(("sender", "address"), FOUND)
def test_address_is_found_where_there_is_exactly_one(sender: bytes, address: str) -> None:
    message = opened(simple("请问可以延期吗？", sender=sender))
    assert (message.sender.address, message.answerable) == (address, True)


@pytest.mark.parametrize("sender", [b"wu.@univ.example", b".wu@univ.example", b"w..u@univ.example", b"wu@@univ.example", b"wu@univ"])
def test_address_out_of_order_is_kept_and_not_answered(sender: bytes) -> None:
    message = opened(simple("请问可以延期吗？", sender=sender))
    assert message.sender.address.strip("@") or message.sender.name
    assert message.unanswerable


TRICKS = [
    b'"v1@third.example, v2@third.example" <d@evil.example>',
    b"v3@third.example,v4@third.example",
    b"v6@third.example\r\n\tBcc: z@z.example",
    b"undisclosed:v7@third.example,v8@third.example;",
    b"v9@third.example%0aRCPT",
    b'"v10@third.example>"@evil.example',
    b'<"v10@third.example>"@evil.example>',
    b"v11%third.example@relay.example",
    b"relay.example!v12",
    b"v13@third.example v14@third.example",
    "v15@third.example，v16@third.example".encode(),
    b"<v17@third.example> <v18@third.example>",
    b"postmaster@third.example",
    b"mailer-daemon@third.example",
    b"list-subscribe@lists.third.example",
    b"shoujian@example.cn",
    b"v19@[203.0.113.9]",
    b"@third.example",
    b"v20@third.example\r\nReply-To: v21@third.example",
]


@pytest.mark.parametrize("reply_to", TRICKS)
def test_reply_address_that_is_a_trick_is_never_written_to(reply_to: bytes) -> None:
    message = opened(simple("请问可以延期吗？", extra=b"Reply-To: " + reply_to + b"\r\n"))
    assert message.unanswerable, message.reply_to


@pytest.mark.parametrize(
    ("reply_to", "elsewhere"),
    [
        (b"<other@univ.edu.cn>", False),
        (b"<other@mail.univ.edu.cn>", False),
        (b"<ghb@UNIV.edu.cn>", False),
        (b"<ghb@else.edu.cn>", True),
        (b"<ghb@qq.example>", True),
        (b"", False),
    ],
)
def test_answer_that_would_go_to_another_domain_is_a_fact_for_a_person(reply_to: bytes, elsewhere: bool) -> None:
    extra = b"Reply-To: " + reply_to + b"\r\n" if reply_to else b""
    assert opened(simple("好", sender=b"ghb@univ.edu.cn", extra=extra)).reply_to_elsewhere is elsewhere


@pytest.mark.parametrize(
    "absurd",
    [
        b"10:20407080403080105:00 +0800",
        b"99:99:99 +9999",
        b"1 Jan 0001 00:00:00 +0800",
        b"31 Dec 9999 23:59:59 -1200",
        "２０２２年９９月".encode(),
    ],
)
def test_no_date_costs_the_letter(absurd: bytes) -> None:
    raw = simple("请问？").replace(b"Thu, 4 Aug 2022 11:20:00 +0800", b"Fri, " + absurd)
    message = opened(raw)
    assert message.sender.address == "ghb@univ.example"
    assert message.date is None or message.date.astimezone(UTC).year > 1969
