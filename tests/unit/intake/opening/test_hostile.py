"""Hostile letters end quickly, in little memory, with a Problem for staff and nothing lost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.message import Message
from intake.opening.open_letter import raw_to_message
from tests.unit.intake.opening.letters import DOCX, attachment, letter, multipart, opened, part, simple, text, zip_of
from tests.unit.intake.opening.opened import open_container

HEAD = b"From: a@univ.example\r\nTo: x@163.com\r\nSubject: t\r\nMIME-Version: 1.0\r\n"
MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"

HOSTILE = {
    "deep multiparts": HEAD
    + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(2000))
    + b"\r\nx",
    "many parts": HEAD + MIXED + b'--b\r\nContent-Type: application/msword; name="a.doc"\r\n\r\nx\r\n' * 50_000 + b"--b--\r\n",
    "letters in letters": (HEAD + b"Content-Type: message/rfc822\r\n\r\n") * 500 + b"\r\nx",
    "long header": HEAD + b"X-A: " + b"a" * (8 << 20) + b"\r\n\r\nx",
    "many headers": HEAD + b"Received: x\r\n" * 200_000 + b"\r\nx",
    "long list of addresses": HEAD.replace(b"x@163.com", b", ".join(b'"u%d" <u%d@x.cn>' % (i, i) for i in range(50_000))) + b"\r\nx",
    "many encoded words": HEAD.replace(b"Subject: t", b"Subject: " + b"\r\n ".join([b"=?GBK?B?1cXI/Q==?="] * 20_000)) + b"\r\nx",
    "many name pieces": HEAD
    + b"Content-Type: application/pdf;\r\n"
    + b";\r\n".join(b" name*%d*=%%E5%%BC%%A0" % i for i in range(20_000))
    + b"\r\n\r\nx",
    "endless tag": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div " * 200_000,
    "deep page": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 100_000 + b"x",
    "many links": HEAD + b"Content-Type: text/html\r\n\r\n" + b'<div><a href="https://pan.baidu.com/s/1">x</a>' * 20_000,
    "unclosed quotes": HEAD + b'Content-Type: application/pdf; name="' + b"\xb1\xed" * 30_000 + b"\r\n\r\nx",
    "brackets in From": HEAD.replace(b"a@univ.example", b"(" * 60_000) + b"\r\nx",
    "angles in From": HEAD.replace(b"a@univ.example", b"<a@" * 20_000) + b"\r\nx",
    "question marks": HEAD.replace(b"Subject: t", b"Subject: " + b"=?a?B?" * 10_000) + b"\r\nx",
    "boundary lines": HEAD + MIXED + b"--b x\r\n" * 200_000,
    "uuencode begins": HEAD + b"\r\n" + b"begin 644 a\r\n" * 50_000,
    "greater signs": HEAD + b"\r\n" + "在 2022 发件人：>".encode() * 50_000,
    "one long line": HEAD + b"\r\n" + "写道".encode() * 300_000,
    "bad lines in every head": HEAD
    + MIXED
    + (b"--b\r\nContent-Type: text/plain\r\n" + b"bad line\r\nContent-Id: y\r\n" * 100 + b"\r\nx\r\n") * 900
    + b"--b--\r\n",
    "one bad line after another": HEAD + b"bad line\r\n" * 50_000 + b"Date: x\r\n\r\nx",
    "commas in From": HEAD.replace(b"a@univ.example", b"a," * 30_000) + b"\r\nx",
    "our foot again and again": HEAD + b"\r\n" + "本邮件由材料接收系统自动发送，仅就\r\n".encode() * 30_000,
    "the notice again and again": HEAD + b"\r\n" + "工作室推荐申报条件\r\n".encode() * 50_000,
    "tabs": HEAD + b"\r\n" + "工作室\t甲\t乙\r\n".encode() * 60_000,
    "tables in tables": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<table><tr><td>" * 30_000,
    "a deep page with a table": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 60_000 + b"<table><tr><td>1<td>2" * 3,
    "base64 without an end": HEAD + b"\r\n" + b"QUJD" * 400_000,
    "quotation marks": HEAD + b"\r\n" + "《“".encode() * 200_000,
    "sizes": HEAD + b"\r\n" + "超大附件 材料 (1M, ".encode() * 50_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_letter_ends_in_time_and_staff_are_told_or_nothing_is_wrong(kind: str) -> None:
    started = time.process_time()
    message = raw_to_message(HOSTILE[kind])
    assert time.process_time() - started < 5
    assert message.problems or kind in TAME


TAME = {
    "one bad line after another",
    "commas in From",
    "our foot again and again",
    "the notice again and again",
    "tabs",
    "tables in tables",
    "a deep page with a table",
    "base64 without an end",
    "quotation marks",
    "deep page",
    "many links",
    "unclosed quotes",
    "question marks",
    "boundary lines",
    "uuencode begins",
    "greater signs",
    "one long line",
    "sizes",
}


def test_what_was_not_walked_is_kept_as_a_leaf_for_a_person() -> None:
    message = raw_to_message(HOSTILE["many parts"])
    assert message.attachments[-1].problem == "hostile"
    assert sum(leaf.size for leaf in message.attachments) > len(HOSTILE["many parts"]) * 0.9
    assert raw_to_message(HOSTILE["deep multiparts"]).attachments[-1].problem == "hostile"


def test_large_letter_stays_within_a_gigabyte() -> None:
    code = (
        "from tests.unit.intake.opening.letters import *;"
        "m = opened(with_files(*[attachment(b'%d.bin' % i, bytes(14_000_000)) for i in range(3)]));"
        "print(len(m.attachments), open('/proc/self/status').read().partition('VmHWM:')[2].split()[0])"  # ru_maxrss is that of whoever started us
    )
    root = Path(__file__).parents[4]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, check=True
    )
    count, peak = done.stdout.split()
    assert (count, int(peak) < 1_000_000) == ("3", True)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=3000))
def test_any_bytes_give_a_message(raw: bytes) -> None:
    assert isinstance(raw_to_message(raw), Message)


PIECES = st.sampled_from(
    [
        b"From: ", b"Subject: ", b"Date: ", b"Content-Type: ", b"multipart/mixed; boundary=b", b"message/rfc822", b"text/html", b"application/zip; name=",
        b"Content-Transfer-Encoding: base64", b"Content-Disposition: attachment; filename*0*=gb2312''", b"=?gb2312?B?", b"=?utf-8?Q?=E4", b"?=", b"\r\n", b"\r\n\r\n",
        b"--b\r\n", b"--b--\r\n", b"\r\n ", b'"', b"<a@b.cn>", b"%E4%", b"\xb1\xed", b"\xe5\xbc\xa0", b"\0", b"PK\x03\x04", b"PK\x05\x06", b"\x78\x9f\x3e\x22",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"Rar!\x1a\x07\x00", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"begin 644 a\r\n", b"end\r\n", b"<a href=", b"pan.baidu.com/s/",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(PIECES, st.binary(max_size=12)), max_size=60))
def test_any_pile_of_letter_pieces_gives_a_message(pieces: list[bytes]) -> None:
    message = raw_to_message(b"".join(pieces))
    assert message.answerable is not bool(message.unanswerable)
    message.subject.encode()
    message.text.encode()


MAGIC = st.sampled_from(
    [
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"Rar!\x1a\x07\x00",
        b"Rar!\x1a\x07\x01\x00",
        b"7z\xbc\xaf\x27\x1c",
        b"\x1f\x8b\x08",
        b"BZh9",
        b"\xfd7zXZ\x00",
        b"\x78\x9f\x3e\x22",
    ]
)


@settings(max_examples=200, deadline=None)
@given(MAGIC, st.binary(max_size=400))
def test_any_bytes_behind_a_container_mark_give_leaves(magic: bytes, rest: bytes) -> None:
    assert open_container(magic + rest, "a.bin")


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 600), st.binary(min_size=1, max_size=4))
def test_a_damaged_zip_always_gives_leaves(at: int, change: bytes) -> None:
    whole = zip_of([("附件4.docx".encode("gbk"), DOCX), (b"b.txt", b"x" * 100)], method=8)
    place = at % len(whole)
    assert open_container(whole[:place] + change + whole[place + len(change) :], "a.zip")


def test_cutting_a_letter_anywhere_gives_a_message() -> None:
    whole = letter(multipart([text("好"), attachment(b"a.docx"), part(b"Content-Type: message/rfc822", simple("里面"))]))
    for at in range(0, len(whole), 7):
        assert opened(whole[:at]).sha256
