"""Core: the net under the opener - marks of files in what was read as mere words: MIME heads, base64 blocks, uuencoded lines.

Whatever damage made a file into text, its marks still show; a letter with them is never called empty.
"""

from __future__ import annotations

import re

LEAST_LINES = 8  # of base64 in a row; a PGP signature has fewer, and armour says what it is
_HEAD_OF_PART = re.compile(
    r"(?mi)^[ \t>]*content-(?:type[ \t]*:[^\n]{3,200}(?:\n[ \t][^\n]{0,200}){0,3}?name[ \t]*\*?\d?\*?=|disposition[ \t]*:[ \t]*attachment|"
    r"transfer-encoding[ \t]*:[ \t]*(?:base64|x-uu|uu))"
)
_BASE64 = re.compile(rf"(?:^[A-Za-z0-9+/]{{56,1000}}\r?\n){{{LEAST_LINES - 1}}}" r"[A-Za-z0-9+/]{4,1000}={0,2}", re.M)
_UUENCODED = re.compile(r"(?m)(?:^M[!-`]{60}\r?\n){3}")
_ARMOUR = re.compile(r"(?m)^-----BEGIN [^\n]{3,60}-----[ \t]*\r?\n[\s\S]{1,20000}?^-----END ")


def shows_head_of_part(encoded: bytes) -> bool:
    """True when the lines of an encoded body hold the head of another part: its delimiter was damaged and two parts became one."""
    return b":" in encoded and bool(_HEAD_OF_PART.search(encoded.decode("latin-1")))


def find_hidden_files(text: str) -> str:
    """What in the text shows that a file was meant, in Chinese for staff; "" when nothing does."""
    plain = _ARMOUR.sub("", text) if "-----BEGIN " in text else text
    if _HEAD_OF_PART.search(plain):
        return "正文里有附件的编码头"
    if _BASE64.search(plain):
        return "正文里有成段的文件编码（base64）"
    return "正文里有成段的文件编码（uuencode）" if _UUENCODED.search(plain) else ""
