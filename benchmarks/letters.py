"""How many ordinary letters of 150 KB one core opens a second, and the ratio to mail-parser alone.

usage: python -m benchmarks.letters [COUNT]
Exits 1 when fewer than 60 a second.
"""

from __future__ import annotations

import base64
import random
import sys
import time
import zipfile
from io import BytesIO

import mailparser

from intake.opening.open_letter import raw_to_message

WANTED = 60.0


def office_file(seed: int, size: int) -> bytes:
    """A file shaped like an office document: a package whose parts hardly compress."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/media/image1.png", random.Random(seed).randbytes(size))
    return stream.getvalue()


def ordinary_letter(seed: int) -> bytes:
    """A letter as QQ Mail writes it: two alternatives and two attachments, about 150 KB."""
    words = f"省教科文卫体工会：现将我校第{seed}号推荐申报材料报送贵处，请查收。\r\n联系人：李四\r\n"

    def encoded(payload: bytes) -> bytes:
        return base64.encodebytes(payload).replace(b"\n", b"\r\n")

    def word(text: str) -> bytes:
        return b'"=?gb18030?B?' + base64.b64encode(text.encode("gb18030")) + b'?="'

    head = [
        b"Received: from mail.univ.example (unknown [203.0.113.9]) by mx26 (Coremail) with SMTP id 1; Thu, 04 Aug 2022 16:11:45 +0800 (CST)",
        b"From: " + word("辽河理工大学工会") + b" <ghb@univ.example>",
        b"To: <shoujian@example.cn>",
        b"Subject: " + word(f"报送材料{seed}").strip(b'"'),
        b"Date: Thu, 4 Aug 2022 16:11:44 +0800",
        b"Message-ID: <tencent_%d@qq.example>" % seed,
        b'Content-Type: multipart/mixed; boundary="----=_NextPart_1"',
    ]
    lines = [b"\r\n".join(head), b"", b"------=_NextPart_1", b'Content-Type: multipart/alternative; boundary="----=_NextPart_2"', b""]
    for kind, text in (("plain", words), ("html", f"<div>{words}</div>" * 10)):
        lines += [
            b"------=_NextPart_2",
            f'Content-Type: text/{kind}; charset="gb18030"'.encode(),
            b"Content-Transfer-Encoding: base64",
            b"",
            encoded(text.encode("gb18030")),
        ]
    lines += [b"------=_NextPart_2--", b""]
    for name, size in (("附件1推荐汇总表.xlsx", 48_000), ("附件4基本情况表.docx", 60_000)):
        file = word(name)
        lines += [b"------=_NextPart_1", b"Content-Type: application/octet-stream; name=" + file, b"Content-Transfer-Encoding: base64"]
        lines += [b"Content-Disposition: attachment; filename=" + file, b"", encoded(office_file(seed, size))]
    return b"\r\n".join([*lines, b"------=_NextPart_1--", b""])


def main() -> int:
    """Print the figures; 1 when too slow."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    letters = [ordinary_letter(seed) for seed in range(count)]
    started = time.process_time()
    for raw in letters:
        mailparser.parse_from_bytes(raw)
    theirs = time.process_time() - started
    started = time.process_time()
    files = sum(len(raw_to_message(raw).attachments) for raw in letters)
    ours = time.process_time() - started
    if files != 2 * count:
        raise SystemExit(f"lost files: {files} of {2 * count}")
    size = sum(map(len, letters)) // count // 1000
    print(f"{count} letters of {size} KB: {count / ours:.0f} a second ({1000 * ours / count:.2f} ms each)")
    print(f"mail-parser alone: {1000 * theirs / count:.2f} ms each; ratio {ours / theirs:.2f}")
    return 0 if count / ours >= WANTED else 1


if __name__ == "__main__":
    raise SystemExit(main())
