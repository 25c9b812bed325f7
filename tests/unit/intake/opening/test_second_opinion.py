"""What mail-parser is not asked about is what it reads as we do: over generated heads, plain and odd ones, its whole view is the one we take."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.opening.headers.dates import header_to_date
from intake.opening.headers.head import Head, split_head
from intake.opening.open_letter import raw_to_message
from intake.opening.senders import second_opinion
from intake.opening.senders.second_opinion import Opinion, head_to_opinion

SEEN = ("received", "from", "reply-to", "subject", "date")
ODD = (
    b"=?utf-8?b?5bel5Lya?=", b"=?gbk?Q?=B9=A4?=", b"\r\n ", b"\r\n\t", b"\xb9\xa4", "会".encode(), b'"', b"\\", b"(", b")", b"<", b">", b",", b";", b":",
    b"@", b"%", b"!", b"[", b"]", b"..", b" ", b"  ", b"\t", b"=", b"?=", b"=?", b"\x00", b"'", b"-", b"--", b".", b"_", b"+", b"/",
)  # fmt: skip
WORDS = (b"gonghui", b"Li", b"Wu Laoshi", b"u1", b"a-b", b"x.y", b"univ.example", b"mail.univ.edu.cn", b"a@b.example", b"gh_2@univ.example", b"UNIV.Example", b"Re", b"RE: hello", b"0", b"1.2.3.4")
DATES = (b"Fri, 05 Aug 2022 10:00:00 +0800", b"05 Aug 2022 10:00:00 -0000", b"Fri, 31 Feb 2022 10:00:00 +0800", b"5 Aug 22 10:00 CST", b"Mon, 05 Aug 2022 24:61:00 +0800", b"2022-08-05", b"Thu, 01 Jan 1970 00:00:00 +1300", b"Xxx, 05 Aug 2099 10:00:00 +0860")
pieces = st.one_of(st.sampled_from(WORDS), st.sampled_from(WORDS), st.sampled_from(ODD))
messes = st.lists(pieces, min_size=0, max_size=6).map(b"".join)
names = st.lists(st.sampled_from((b"Wu", b"Laoshi", b"office", b"2", b"J.", b"O'Neil")), min_size=0, max_size=3).map(b" ".join)
addresses = st.from_regex(rb"[A-Za-z0-9._-]{1,8}@[A-Za-z0-9.-]{1,8}\.[a-z]{1,4}", fullmatch=True)
people = st.one_of(addresses, st.builds(lambda name, gap, address: name + gap + b"<" + address + b">", names, st.sampled_from((b" ", b"", b"  ")), addresses))
subjects = st.one_of(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=0, max_size=30).map(str.encode), messes)
dates = st.one_of(st.sampled_from(DATES), st.datetimes().map(lambda moment: moment.strftime("%a, %d %b %Y %H:%M:%S +0800").encode()), messes)
fields = st.one_of(
    st.tuples(st.just("from"), st.one_of(people, messes)),
    st.tuples(st.just("reply-to"), st.one_of(people, messes)),
    st.tuples(st.just("subject"), subjects),
    st.tuples(st.just("date"), dates),
    st.tuples(st.just("received"), dates.map(lambda date: b"from a.example by b.example with SMTP id 1; " + date) | messes),
)
heads = st.lists(fields, max_size=6).map(lambda held: Head(tuple((name, value.strip(b"\r\n \t")) for name, value in held)))


def whole(head: Head) -> Opinion:
    """Mail-parser's view of everything that is compared, of the whole head at once."""
    try:
        return second_opinion._by_head([(name, value) for name, value in head.fields if name in SEEN])
    except Exception:  # its own errors on what no letter should be
        return Opinion()


def compared(head: Head, opinion: Opinion) -> tuple[object, ...]:
    """What the opener makes use of."""
    date = header_to_date(head.first("date")) or opinion.date
    return opinion.given, opinion.subject, opinion.sender, opinion.received, opinion.address_defects, date


@settings(max_examples=600, deadline=None)
@given(heads)
def test_what_is_not_asked_is_what_would_have_been_answered(head: Head) -> None:
    """Sender, subject, hops, defects and date, whichever lines were left out of the question."""
    if whole(head).given:
        assert compared(head, head_to_opinion(head)) == compared(head, whole(head))


@settings(max_examples=200, deadline=None)
@given(people, st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20))
def test_a_plain_line_is_read_by_us_as_by_the_other_reader(person: bytes, subject: str) -> None:
    """And that reading is the opener's own."""
    raw = b"From: " + person + b"\r\nSubject: " + subject.encode() + b"\r\n\r\nx\r\n"
    head = split_head(raw)[0]
    message = raw_to_message(raw)
    if head_to_opinion(head) == Opinion(given=True, subject=subject, sender=message.sender.address):
        assert whole(head).sender == message.sender.address
        assert whole(head).subject == message.subject


def test_a_plain_head_is_not_asked_about_and_an_odd_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each oddity by itself brings the other reader in."""
    asked: list[object] = []
    monkeypatch.setattr(second_opinion, "_ask", lambda held: asked.append(held) or Opinion())
    plain = (("from", b"Wu Laoshi <wu@univ.example>"), ("subject", b"letter 1"), ("date", DATES[0]))
    head_to_opinion(Head((*plain, ("to", b"anybody, at all <x@y.example>"))))
    assert asked == []
    odd = [
        ("from", b"wu@univ.example, li@univ.example"), ("from", b'"Wu" <wu@univ.example>'), ("from", b"wu@univ.example (Wu)"), ("from", b"wu@evil.example <wu@univ.example>"),
        ("from", b"wu%evil.example@univ.example"), ("from", b"=?utf-8?b?5bel?= <wu@univ.example>"), ("from", b"Wu\r\n <wu@univ.example>"), ("from", b""),
        ("subject", b"=?utf-8?b?5bel?="), ("subject", b"a\r\n b"), ("subject", "会".encode()), ("reply-to", b"a@b.example,c@d.example"), ("date", b"2022-08-05"), ("received", b"; x"),
    ]  # fmt: skip
    for number, field in enumerate(odd, 1):
        head_to_opinion(Head((*(held for held in plain if held[0] != field[0]), field)))
        assert len(asked) == number, field
    for twice in plain:
        head_to_opinion(Head((*plain, twice)))
        assert asked.pop() == [twice, twice]
