"""A Message keeps the contract's keys."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from intake.contract import message_to_contract
from tests.unit.intake.opening.letters import attachment, html_table, letter, multipart, opened, simple, text, with_files, word


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


def test_text_that_is_material_is_no_attachment_of_the_contract() -> None:
    table = html_table([["工作室名称", "领衔人", "成果转化"], ["甲工作室", "李四", "3"], ["乙工作室", "王五", "4"]])
    contract = message_to_contract(opened(simple(table, html=True)), "x.eml")
    assert contract["attachments"] == []
    assert [(leaf["name"], leaf["path"]) for leaf in contract["body_leaves"]] == [("正文.html", ["正文.html"])]
    assert contract["kind"] == "submission"


def test_volume_says_its_set_and_number() -> None:
    contract = message_to_contract(opened(with_files(attachment(b"a.7z.002", b"rest"))), "x.eml")
    (leaf,) = contract["attachments"]
    assert (leaf["problem"], leaf["volume"]) == ("volume", {"archive": "a.7z", "number": 2, "last": False})
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
