"""Letters of other projects: what we read of them, measured against what their projects say they hold."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from intake.message import Message
from intake.opening.open_letter import raw_to_message

pytestmark = pytest.mark.samples

# Where the truth of the corpus is itself wrong or contradicts the contract: (end of the path, why).
DAMAGED_TRUTH = {
    "legacy/010.eml": "raw Latin-1 öl written as U+FFFD",
    "legacy/020.eml": "raw Latin-1 written as U+FFFD",
    "legacy/022.eml": "raw Latin-1 written as U+FFFD",
    "legacy/027.eml": "raw Latin-1 written as U+FFFD",
    "legacy/052.eml": "raw Latin-1 written as U+FFFD",
    "invalid_subject_characters.eml": "raw Latin-1 letters dropped",
    "rfc2822/example14.eml": "the blank before the first encoded word dropped",
    "mix_caps_content_type.eml": "display name taken into the address",
}


def cases(shared: Path) -> list[tuple[dict[str, Any], Message]]:
    folder = shared / "samples/public"
    rows = [json.loads(line) for line in (folder / "mail-truth.jsonl").read_text(encoding="utf-8").splitlines()]
    return [(row, raw_to_message((folder / row["path"]).read_bytes())) for row in rows]


def plain(text: str | None) -> str:
    return " ".join((text or "").replace("\0", "").split())


def excused(path: str) -> bool:
    return any(path.endswith(end) for end in DAMAGED_TRUTH)


def test_subject_and_sender_are_right_in_98_of_100(shared: Path) -> None:
    judged = [(row, message) for row, message in cases(shared) if not excused(row["path"])]
    subjects = sum(plain(message.subject) == plain(row["subject"]) for row, message in judged)
    senders = sum(message.sender.address.lower() == (row["addr"] or "").lower() for row, message in judged)
    assert subjects >= 0.98 * len(judged)
    assert senders >= 0.98 * len(judged)


def test_attachment_names_are_right_in_95_of_100(shared: Path) -> None:
    """Every named file is listed, or named among what the contract leaves out (logos, signatures); names that hold U+FFFD are wrong truth."""
    right = total = 0
    for row, message in cases(shared):
        found = {plain(piece) for leaf in message.attachments for piece in leaf.path} | {plain(name) for name in message.left_out}
        for file in row["atts"]:
            name = plain(file["name"]).rsplit("/", 1)[-1]
            if not name or "\ufffd" in name:
                continue
            total += 1
            right += name in found
    assert total > 100
    assert right >= 0.95 * total, (right, total)


def test_no_bounce_of_the_flufl_collection_is_ever_answered(shared: Path) -> None:
    files = sorted((shared / "samples/public/mail/flufl").iterdir())
    assert len(files) > 100
    assert [path.name for path in files if raw_to_message(path.read_bytes()).answerable] == []


def test_ordinary_letters_are_seldom_withheld(shared: Path) -> None:
    """Ordinary: has a From in a domain of the net and none of the marks that RFC 3834 asks a program to respect."""
    marks = (
        b"precedence:",
        b"list-",
        b"auto-submitted:",
        b"feedback-id:",
        b"multipart/report",
        b"x-auto-response-suppress:",
        b"text/calendar",
        b"mailing-list:",
    )
    withheld = []
    total = 0
    for path in sorted((shared / "samples/public/mail").rglob("*")):
        if not path.is_file() or "flufl" in path.parts:
            continue
        raw = path.read_bytes()
        message = raw_to_message(raw)
        if "." not in message.sender.address.rpartition("@")[2] or any(mark in raw.lower() for mark in marks):
            continue
        total += 1
        withheld += [] if message.answerable else [path.name]
    assert total > 250
    assert len(withheld) <= 0.05 * total, withheld


def test_no_letter_that_shows_a_file_comes_out_with_nothing(shared: Path) -> None:
    """Parts, or a problem: a declared attachment or an encoded part never ends in silence."""
    silent, shown = [], 0
    for path in sorted((shared / "samples/public/mail").rglob("*")):
        raw = path.read_bytes() if path.is_file() else b""
        if re.search(rb"(?mi)^content-disposition[ \t]*:[ \t]*attachment|^content-transfer-encoding[ \t]*:[ \t]*base64", raw):
            message = raw_to_message(raw)
            shown += 1
            found = message.attachments or message.left_out or message.problems or message.text or message.quoted or message.bounced
            silent += [] if found or message.kind in ("bounce", "read_receipt", "auto_reply") else [path.name]
    assert shown > 100
    assert silent == []


def test_every_letter_of_every_collection_is_opened(shared: Path) -> None:
    files = [path for path in (shared / "samples/public/mail").rglob("*") if path.is_file()]
    assert len(files) > 500
    for path in files:
        assert raw_to_message(path.read_bytes()).sha256, path
