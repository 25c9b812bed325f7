"""Letters as gateways leave them: sound ones built from a seed, and the damage that changes bytes and no meaning."""

from __future__ import annotations

import base64
import hashlib
import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from intake.message import Message

JUNK = (
    b"score 0.2 total of 5 tests",
    b"X-Mailer Version 5: abc",
    b"---- Original email message ----",
    b"[EXTERNAL] caution",
    b"*** virus scanned by gateway ***",
    b"by mx.example.com with SMTP; Fri, 05 Aug 2022 10:00:01 +0800",
    "本邮件来自外部，请注意".encode("gbk"),
    "本邮件来自外部，请注意".encode(),
    b">From MAILER Fri Aug 5",
    b"=20=20",
    b"<html>",
    b"(comment)",
)
SENDER, SUBJECT = "ghb@univ.example", "报送创新工作室申报材料"
NAMES = ("附件1 推荐汇总表.xlsx", "附件4基本情况表（李四）.docx", "申报材料.doc", "说明.pdf")


@dataclass(frozen=True, slots=True)
class Plan:
    """A sound letter, its head lines apart from what is below them, and what must be read in it."""

    head: tuple[bytes, ...]
    parts: tuple[tuple[tuple[bytes, ...], bytes], ...]
    boundary: bytes
    digests: tuple[str, ...]

    def to_bytes(self, newline: bytes = b"\r\n") -> bytes:
        """The letter as it would be sent."""
        lines = [*self.head, b""]
        for head, body in self.parts:
            lines += [b"--" + self.boundary, *head, b"", body]
        lines += [b"--" + self.boundary + b"--", b""]
        return newline.join(b"\r\n".join(lines).split(b"\r\n")) if newline != b"\r\n" else b"\r\n".join(lines)


def word(text: str, charset: str = "utf-8") -> bytes:
    """One encoded word."""
    return b"=?" + charset.encode() + b"?B?" + base64.b64encode(text.encode(charset)) + b"?="


def base64_lines(payload: bytes) -> bytes:
    """Base64 in lines, without the last line break."""
    return base64.encodebytes(payload).strip().replace(b"\n", b"\r\n")


def sound_letter(rng: random.Random) -> Plan:
    """An ordinary letter of one text and up to three files, its parameters on folded lines."""
    boundary = rng.choice([b"=_b1", b"----=_NextPart_1", b"----=_001_x", b"b"])
    head = [
        b"Received: from mail.univ.example by mx.example with SMTP; Fri, 05 Aug 2022 10:00:02 +0800",
        b"From: " + rng.choice([word("李四"), b'"' + word("李四", "gb18030") + b'"', b""]) + b" <" + SENDER.encode() + b">",
        b"To: <shoujian@example.cn>",
        b"Subject: " + word(SUBJECT, rng.choice(["utf-8", "gb18030"])),
        b"Date: Fri, 05 Aug 2022 10:00:00 +0800",
        b"Message-ID: <1@univ.example>",
        b"MIME-Version: 1.0",
        b"X-Mailer: Foxmail 7.2",
    ]
    rng.shuffle(head)
    kind = rng.choice([b"multipart/mixed", b"multipart/related", b"Multipart/Mixed", b"multipart/*"])
    at = rng.randrange(1, len(head) + 1)
    head[at:at] = [b"Content-Type: " + kind + b";", b'\tboundary="' + boundary + b'"']
    words = base64_lines("材料见附件，请查收。".encode())
    parts = [((b'Content-Type: text/plain; charset="utf-8"', b"Content-Transfer-Encoding: base64"), words)]
    digests = []
    for number in range(rng.randrange(1, 4)):
        payload = b"%PDF-1.4\n" + rng.randbytes(rng.randrange(40, 300)) + b"\n%%EOF" + bytes([10]) * number
        name = word(rng.choice(NAMES))
        head_of_part = [b"Content-Type: application/octet-stream;", b' name="' + name + b'"', b"Content-Transfer-Encoding: base64"]
        head_of_part += [b"Content-Disposition: attachment;", b' filename="' + name + b'"']
        parts.append((tuple(head_of_part), base64_lines(payload)))
        digests.append(hashlib.sha256(payload).hexdigest())
    return Plan(tuple(head), tuple(parts), boundary, tuple(digests))


# --- damage to one head; each keeps what the head means


def junk(lines: list[bytes], rng: random.Random) -> None:
    """A line that is no header, above the last header; a note above a letter's first one too."""
    lines.insert(rng.randrange(0 if lines[0].startswith((b"Rec", b"From", b"Sub")) else 1, len(lines)), rng.choice(JUNK))


def long_name(lines: list[bytes], rng: random.Random) -> None:
    """A header whose name is longer than any program writes."""
    at = rng.choice([place for place, line in enumerate(lines) if not line.startswith((b" ", b"\t"))])
    lines.insert(at, b"X-Gateway" + b"-Inspection-Result" * rng.randrange(5, 45) + b": pass")


def lost_fold(lines: list[bytes], rng: random.Random) -> None:
    """A parameter on a line of its own that lost its blank."""
    lines[:] = [line.lstrip() for line in lines]


def twice(lines: list[bytes], rng: random.Random) -> None:
    """A header that stands there twice."""
    at = rng.choice([place for place, line in enumerate(lines) if b":" in line and not line.endswith(b";")])
    lines.insert(at, lines[at])


def blank_before_colon(lines: list[bytes], rng: random.Random) -> None:
    """`Subject :`."""
    whole = [place for place, line in enumerate(lines) if re.match(rb"[A-Za-z-]+:", line)]
    if whole:
        at = rng.choice(whole)
        lines[at] = lines[at].replace(b":", rng.choice([b" :", b"\t:"]), 1)


def other_case(lines: list[bytes], rng: random.Random) -> None:
    """`SUBJECT:` and `subject:`."""
    change = rng.choice([bytes.upper, bytes.lower])
    lines[:] = [
        change(name) + mark + value if mark and not line.startswith((b" ", b"\t")) else line
        for line in lines
        for name, mark, value in [line.partition(b":")]
    ]


def absurd_date(lines: list[bytes], rng: random.Random) -> None:
    """A date no calendar knows."""
    absurd = rng.choice([b"10:20407080403080105:00 +0800", b"99:99:99 +9999", b"1 Jan 0001 00:00:00 -2359", b"31 Dec 9999 23:59:59 -1200"])
    lines[:] = [b"Date: Fri, " + absurd if line.lower().startswith(b"date") else line for line in lines]


OF_ANY_HEAD: tuple[Callable[[list[bytes], random.Random], None], ...] = (
    junk,
    long_name,
    lost_fold,
    twice,
    blank_before_colon,
    other_case,
    absurd_date,
)


def damaged(plan: Plan, rng: random.Random, wounds: int) -> bytes:
    """The letter with some damage to its heads and its line ends."""
    heads = [list(plan.head), *(list(head) for head, _ in plan.parts)]
    for _ in range(wounds):
        rng.choice(OF_ANY_HEAD)(rng.choice([heads[0], rng.choice(heads)]), rng)
    parts = tuple((tuple(head), body) for head, (_, body) in zip(heads[1:], plan.parts, strict=True))
    newline = rng.choice([b"\r\n", b"\r\n", b"\n", b"\r", b"\r\r\n"])
    above = rng.choice([b"", b"", b"", newline * 2, b"From x@y.example Fri Aug  5 10:00:00 2022" + newline])
    return above + Plan(tuple(heads[0]), parts, plan.boundary, plan.digests).to_bytes(newline)


def is_read(message: Message, plan: Plan) -> bool:
    """True when the letter says what the sound one says."""
    found = tuple(leaf.sha256 for leaf in message.attachments)
    return (message.subject, message.sender.address, found, message.kind) == (SUBJECT, SENDER, plan.digests, "submission")
