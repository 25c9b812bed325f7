"""A Message keeps the contract's keys."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from intake.contract import message_to_contract
from tests.unit.intake.opening.letters import attachment, letter, multipart, opened, simple, text, with_files, word


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


def test_same_letter_by_another_route_has_the_same_content_key() -> None:
    raw = letter(multipart([text("好"), attachment(b"a.docx")]))
    other = b"Received: from a by b; Thu, 4 Aug 2022 12:00:00 +0800\r\nX-Spam: no\r\n" + raw.replace(b"=_Part_2022", b"=_other_boundary")
    assert opened(raw).sha256 != opened(other).sha256
    assert opened(raw).content_key == opened(other).content_key


def test_different_letters_have_different_content_keys() -> None:
    one = opened(simple("一"))
    assert len({one.content_key, opened(simple("二")).content_key, opened(simple("一", "别的主题")).content_key}) == 3
    assert replace(one, date=datetime.now(UTC)).content_key == one.content_key
