"""Core: the demo's letters in order, and how one of them becomes a reply to a letter of ours."""

from __future__ import annotations

import re
import tomllib
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

FOLDER = Path(__file__).parent
OUR_ID = b"@@OUR-MESSAGE-ID@@"


@dataclass(frozen=True, slots=True)
class Arrival:
    """来信: one letter of the story - when the server takes it, into which folder, what it shows, and whose letter of ours it answers."""

    file: str
    arrives: datetime
    tells: str
    folder: str
    reply_to: str
    reply_prefix: str
    raw: bytes


def load_story() -> tuple[Arrival, ...]:
    """The shipped letters in order of arrival."""
    letters = FOLDER / "letters"
    table = tomllib.loads((letters / "story.toml").read_text(encoding="utf-8"))
    return tuple(Arrival(**row, raw=(letters / row["file"]).read_bytes()) for row in table["letters"])


def raw_to_reply(raw: bytes, subject: str, message_id: str) -> bytes:
    """The letter as an answer to ours: a bounce gets our Message-ID, any other the given subject and the threading headers."""
    if OUR_ID in raw:
        return raw.replace(OUR_ID, message_id.encode())
    head, _, body = raw.partition(b"\r\n\r\n")
    thread = f"In-Reply-To: {message_id}\r\nReferences: {message_id}".encode()
    head = re.sub(rb"(?m)^Subject:.*(?:\r\n[ \t].*)*", lambda _: b"Subject: " + encoded(subject) + b"\r\n" + thread, head, count=1)
    return head + b"\r\n\r\n" + body


def encoded(text: str) -> bytes:
    """Text as encoded-words of at most 39 bytes each, one a line."""
    pieces = [text[i : i + 12] for i in range(0, len(text), 12)]
    return b"\r\n ".join(b"=?UTF-8?B?" + b64encode(p.encode()) + b"?=" for p in pieces)
