"""An opened letter comes back whole from the reading child: its files, its own text, and what is known of either."""

from __future__ import annotations

import hashlib
import random

import pytest

from intake.codec import json_to_value, value_to_json
from intake.message import Message
from intake.opening.open_letter import raw_to_message
from intake.reading.tasks import Task, task_to_outcome
from tests.unit.intake.opening.damage import damaged, sound_letter
from tests.unit.intake.opening.letters import attachment, html_table, letter, multipart, simple, text, with_files, word

TABLE = html_table([["工作室名称", "领衔人", "成果转化"], ["甲工作室", "李四", "3"], ["乙工作室", "王五", "4"]])
LETTERS = {
    "a file": with_files(attachment(word("附件4.docx"))),
    "a volume": with_files(attachment(b"a.7z.002", b"rest")),
    "its own text and a file": letter(multipart([text(TABLE, kind="html"), attachment(b"a.docx")])),
    "the server's word": simple("好", extra=b"Authentication-Results: mx.example.net; spf=fail\r\nReply-To: a@else.example\r\n"),
    "nothing": b"",
    "damage": damaged(sound_letter(random.Random(5)), random.Random(5), 4),
}


@pytest.mark.parametrize("name", sorted(LETTERS))
def test_letter_comes_back_from_the_child_with_every_payload(name: str) -> None:
    raw = LETTERS[name]
    outcome = task_to_outcome(Task(kind="open", key=hashlib.sha256(raw).hexdigest(), payload=raw))
    assert isinstance(outcome, Message)
    expected = raw_to_message(raw)
    assert outcome == expected
    assert [leaf.payload for leaf in outcome.leaves] == [leaf.payload for leaf in expected.leaves]


@pytest.mark.parametrize("name", sorted(LETTERS))
def test_letter_comes_back_from_the_ledger_equal(name: str) -> None:
    message = raw_to_message(LETTERS[name])
    assert json_to_value(value_to_json(message), Message) == message


def test_letter_opened_by_an_earlier_version_still_comes_back() -> None:
    """Openings in old ledgers know nothing of volumes, texts that are material, or the server's word."""
    old = (
        '{"sha256":"ab","subject":"test","sender":{"address":"ghb@univ.example"},"kind":"submission","intents":["submission"],"answerable":true,'
        '"attachments":[{"name":"a.docx","path":["a.docx"],"size":2,"sha256":"cd","problem":"corrupt"}]}'
    )
    message = json_to_value(old, Message)
    assert (message.leaves, message.body_leaves) == (message.attachments, ())
    assert (message.attachments[0].volume, message.authentication.server, message.reply_to_elsewhere) == (None, "", False)
