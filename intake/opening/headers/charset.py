"""Core: bytes and a claimed charset to text - a label never beats the evidence (china-mail.md c2, rule 2)."""

from __future__ import annotations

import codecs
import re

GB_LABELS = frozenset(
    [
        "gb2312",
        "gb_2312-80",
        "gb_2312",
        "gb2312-80",
        "gb-2312",
        "gbk",
        "cp936",
        "ms936",
        "x-gbk",
        "euc-cn",
        "euccn",
        "gb18030",
        "chinese",
        "936",
        "windows-936",
        "x-cp20936",
        "csgb2312",
        "iso-gb2312",
        "iso-ir-58",
        "csiso58gb231280",
        "x-euc-cn",
        "x-mac-chinesesimp",
    ]
)
WEAK_LABELS = frozenset(
    [
        "us-ascii",
        "ascii",
        "iso-8859-1",
        "latin-1",
        "latin1",
        "windows-1252",
        "cp1252",
        "unknown-8bit",
        "unknown",
        "none",
        "default",
        "x-unknown",
        "8bit",
        "binary",
    ]
) | {""}
LATIN_LABELS = frozenset(["iso-8859-1", "latin-1", "latin1", "windows-1252", "cp1252"])
STATEFUL = frozenset(["hz", "hz-gb-2312", "iso-2022-cn", "iso-2022-jp", "iso-2022-kr", "utf-7", "utf-16", "utf-16le", "utf-16be", "utf-32"])
SYNONYMS = {
    "big5": "big5hkscs",
    "utf8": "utf-8",
    "hz-gb-2312": "hz",
    "unicode-1-1-utf-7": "utf-7",
    "ks_c_5601-1987": "cp949",
    "iso-8859-8-i": "iso-8859-8",
}
# Python codecs that are no charsets: quadratic or able to write escapes of their own.
NO_CHARSET = frozenset(["idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"])
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_LETTER = re.compile(rb"[A-Za-z]")
_WORD_GOES_ON = re.compile(rb"[a-z]")


def count_cjk(text: str) -> int:
    """How many characters of Chinese writing stand in a text, full-width marks included."""
    return sum("\u3400" <= c <= "\u9fff" or "\uff00" <= c <= "\uffef" or "\u3000" <= c <= "\u303f" or ord(c) > 0x1FFFF for c in text)


def bytes_to_text(payload: bytes, label: str = "") -> str:
    """Text of some bytes under the charset the sender claims; total - undecodable bytes become U+FFFD.

    Any GB label is read as GB18030, an absent or Western label as UTF-8 when it is valid, else as what the bytes look like.
    """
    if not label and payload.isascii():
        return payload.decode("ascii")
    name = clean_label(label)
    if payload.isascii() and name not in STATEFUL:
        return payload.decode("ascii")
    if name in ("utf-8", "utf8"):
        return _utf8(payload) or _gb_or_replaced(payload)
    if name in GB_LABELS or name in WEAK_LABELS:
        return _undeclared(payload, name)
    known = _labelled(payload, name)
    return known if known is not None else _undeclared(payload, "")


def clean_label(label: str) -> str:
    """A charset label without quotes, blanks and capitals."""
    return label.strip().strip("\"'").strip().lower().split("*")[0][:40]


def _utf8(payload: bytes) -> str | None:
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _undeclared(payload: bytes, name: str) -> str:
    utf8 = _utf8(payload)
    if utf8 is not None and (count_cjk(utf8) or (name in WEAK_LABELS and not _is_rather_gb(payload, utf8))):
        return utf8
    if name in WEAK_LABELS and _looks_western(payload):
        return payload.decode("cp1252", "replace")
    if name in LATIN_LABELS and not _looks_paired(payload):
        return payload.decode("cp1252", "replace")
    try:
        return payload.decode("gb18030")
    except UnicodeDecodeError:
        return _gb_or_replaced(payload)


def _gb_or_replaced(payload: bytes) -> str:
    """Damaged UTF-8 or GB: whichever reading loses less; lone high bytes in Western words are Latin-1."""
    candidates = [payload.decode("utf-8", "replace"), payload.decode("gb18030", "replace")]
    if not _looks_paired(payload):
        candidates.append(payload.decode("cp1252", "replace"))
    return min(candidates, key=lambda text: text.count("\ufffd"))


def _is_rather_gb(payload: bytes, utf8: str) -> bool:
    """Short GB text may happen to be valid UTF-8 of another alphabet: 一一 is һһ there. Two-byte letters after a Latin one are accents."""
    foreign = [c for c in utf8 if c > "\x7f"]
    if any(c > "\u07ff" for c in foreign) or any(
        run.start() and _LETTER.match(payload, run.start() - 1) for run in _HIGH_RUN.finditer(payload)
    ):
        return False
    if len(foreign) > 3 and any(0x80 <= byte < 0xA1 for byte in payload):
        return False
    try:
        return all("\u3400" <= c <= "\u9fff" or "\u3000" <= c <= "\u303f" or c >= "\uff00" for c in payload.decode("gb18030") if c > "\x7f")
    except UnicodeDecodeError:
        return False


def _looks_western(payload: bytes) -> bool:
    """True when every high byte stands inside a Latin word: Frösche, Formação. Chinese hardly ever stands so."""
    runs = list(_HIGH_RUN.finditer(payload[:20_000]))
    if not runs or runs[0].start() == 0:
        return False
    return all(len(run[0]) <= 2 and _LETTER.match(payload, run.start() - 1) and _WORD_GOES_ON.match(payload, run.end()) for run in runs)


def _looks_paired(payload: bytes) -> bool:
    """True when the high bytes stand together as in Chinese, not alone between Latin letters, and mean something there."""
    head = payload[:20_000]
    runs = [len(run) for run in _HIGH_RUN.findall(head)]
    if sum(length for length in runs if length > 1) * 2 < sum(runs):
        return False
    return not any("\ue000" <= c <= "\uf8ff" for c in head.decode("gb18030", "replace"))


def _labelled(payload: bytes, name: str) -> str | None:
    wanted = SYNONYMS.get(name, name)
    try:
        info = codecs.lookup(wanted)
        if info.name.replace("-", "_") in NO_CHARSET:
            return None
        return payload.decode(wanted)
    except (LookupError, ValueError):
        return _labelled_with_losses(payload, wanted)


def _labelled_with_losses(payload: bytes, wanted: str) -> str | None:
    """A true but damaged label (a letter cut in the middle of a character) still beats a guess."""
    utf8 = _utf8(payload)
    if utf8 is not None:
        return utf8
    try:
        text = payload.decode(wanted, "replace")
    except (LookupError, ValueError):
        return None
    return text if text.count("\ufffd") * 20 < len(text) else None
