"""A Message goes through JSON and back, and keeps the contract's keys."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from intake.message import Address, Attachment, Bounce, CloudFile, Message, Problem
from intake.opening.message_json import json_to_message, message_to_contract, message_to_json
from tests.unit.intake.opening.letters import attachment, letter, multipart, opened, simple, text, with_files, word

MOMENTS = st.none() | st.datetimes(timezones=st.just(UTC))
TEXTS = st.text(max_size=20)
MESSAGES = st.builds(
    Message,
    sha256=TEXTS,
    message_id=TEXTS,
    in_reply_to=st.none() | TEXTS,
    references=st.lists(TEXTS, max_size=2).map(tuple),
    subject=TEXTS,
    sender=st.builds(Address, TEXTS, TEXTS),
    to=st.lists(st.builds(Address, TEXTS, TEXTS), max_size=2).map(tuple),
    date=MOMENTS,
    received=st.lists(st.datetimes(timezones=st.just(UTC)), max_size=2).map(tuple),
    text=TEXTS,
    attachments=st.lists(
        st.builds(Attachment, TEXTS, st.tuples(TEXTS, TEXTS), st.integers(0, 9), TEXTS, TEXTS, st.booleans()), max_size=2
    ).map(tuple),
    cloud_files=st.lists(st.builds(CloudFile, TEXTS, TEXTS, TEXTS, st.none() | st.integers(0, 9), MOMENTS, st.booleans()), max_size=2).map(
        tuple
    ),
    bounced=st.none() | st.builds(Bounce, TEXTS, TEXTS, TEXTS),
    forwarded_from=st.none() | st.builds(Address, TEXTS, TEXTS),
    forwarded_date=MOMENTS,
    problems=st.lists(st.builds(Problem, TEXTS, TEXTS, TEXTS), max_size=2).map(tuple),
)


@settings(max_examples=100, deadline=None)
@given(MESSAGES)
def test_any_message_comes_back_equal(message: Message) -> None:
    assert json_to_message(json.loads(json.dumps(message_to_json(message)))) == message


def test_opened_letter_comes_back_equal_without_its_payloads() -> None:
    message = opened(with_files(attachment(word("附件4.docx"))))
    back = json_to_message(message_to_json(message))
    assert back == message
    assert back.attachments[0].payload == b""


def test_contract_has_its_keys() -> None:
    contract = message_to_contract(opened(with_files(attachment(word("附件4.docx")))), "x.eml")
    assert {
        "file",
        "sha256",
        "message_id",
        "in_reply_to",
        "references",
        "subject",
        "from",
        "date",
        "kind",
        "answerable",
        "text",
        "attachments",
        "cloud_files",
        "problems",
    } <= set(contract)
    assert contract["from"] == {"name": "", "address": "ghb@univ.example"}
    assert contract["date"] == "2022-08-04T11:20:00+08:00"
    (leaf,) = contract["attachments"]
    assert set(leaf) >= {"name", "path", "size", "sha256", "media_type", "inline", "problem"}
    assert contract["bounced"] is None
    json.dumps(contract, allow_nan=False)


def test_older_rows_without_newer_keys_are_read() -> None:
    assert json_to_message({"sha256": "a"}) == Message(sha256="a")


def test_same_letter_by_another_route_has_the_same_content_key() -> None:
    raw = letter(multipart([text("好"), attachment(b"a.docx")]))
    other = b"Received: from a by b; Thu, 4 Aug 2022 12:00:00 +0800\r\nX-Spam: no\r\n" + raw.replace(b"=_Part_2022", b"=_other_boundary")
    assert opened(raw).sha256 != opened(other).sha256
    assert opened(raw).content_key == opened(other).content_key


def test_different_letters_have_different_content_keys() -> None:
    one = opened(simple("一"))
    assert len({one.content_key, opened(simple("二")).content_key, opened(simple("一", "别的主题")).content_key}) == 3
    assert replace(one, date=datetime.now(UTC)).content_key == one.content_key
