"""Core: the name of an attachment - the best of all candidates, made harmless (china-mail.md c2, rule 5; public-corpora.md)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from intake.opening.headers.charset import bytes_to_text, count_cjk
from intake.opening.headers.head import Head
from intake.opening.headers.parameters import header_to_parameters, parameter_to_texts

KNOWN_EXTENSIONS = frozenset(
    [
        "pdf",
        "doc",
        "docx",
        "docm",
        "dot",
        "dotx",
        "xls",
        "xlsx",
        "xlsm",
        "xlsb",
        "wps",
        "et",
        "dps",
        "wpt",
        "ett",
        "ofd",
        "odt",
        "ods",
        "odp",
        "rtf",
        "txt",
        "csv",
        "tsv",
        "ppt",
        "pptx",
        "zip",
        "rar",
        "7z",
        "tar",
        "gz",
        "tgz",
        "bz2",
        "xz",
        "jpg",
        "jpeg",
        "png",
        "gif",
        "bmp",
        "tif",
        "tiff",
        "heic",
        "webp",
        "eml",
        "msg",
        "mht",
        "mhtml",
        "htm",
        "html",
        "xml",
        "json",
        "mp4",
        "mp3",
        "avi",
        "mov",
        "wmv",
        "wav",
        "caj",
        "ceb",
        "vsd",
        "pages",
        "numbers",
        "key",
        "ics",
        "vcf",
    ]
)
LONGEST_NAME = 200
_PLACEHOLDER = re.compile(r"(?i)(att\d{3,}|noname|unnamed|untitled|attachment\d*|part[\d.]*|file\d*|mime-attachment)(\.\w+)?$")
_HIDDEN = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_REVERSED = re.compile("[\u202a-\u202e\u2066-\u2069\x00]")
_DRIVE = re.compile(r"^[A-Za-z]:(?=[\\/])")
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9]|conin\$|conout\$)(\.|$)")
_COMBINING = re.compile("[\u0300-\u036f]")


def find_name(head: Head) -> str:
    """The most credible name among filename and name in all their forms; "" when the part has none."""
    disposition = header_to_parameters(head.first("content-disposition"))
    content_type = header_to_parameters(head.first("content-type"))
    filed, named = disposition.get("filename", []), content_type.get("name", [])
    candidates = parameter_to_texts(filed) + (parameter_to_texts(named) if named != filed else [])  # most programs write one name twice
    return repair_mojibake(best_name([name for name in candidates if name.strip()]))


def repair_mojibake(name: str) -> str:
    """UTF-8 that some gateway took for GBK and encoded again: 闄勪欢 is 附件."""
    if not _is_mojibake(name):
        return name
    return name.encode("gb18030", "replace").decode("utf-8", "replace")


def _is_mojibake(name: str) -> bool:
    """Natural Chinese is never valid UTF-8 once written in GB18030 (1.6 million strings tried)."""
    if name.isascii():
        return False
    try:
        return count_cjk(name.encode("gb18030").decode("utf-8")) > 1
    except UnicodeError:
        return False


def best_name(candidates: Sequence[str]) -> str:
    """The candidate that looks most like a name a person gave; the first wins a tie."""
    return max(candidates, key=score_name) if len(candidates) > 1 else next(iter(candidates), "")


def score_name(name: str) -> int:
    """How credible a decoded name is: a known extension and Chinese speak for it, U+FFFD, ???? and ATT00001 against."""
    score = (4 if extension(name) in KNOWN_EXTENSIONS else 0) + min(count_cjk(name), 3)
    if "\ufffd" in name or name.count("?") > 1 or "=?" in name:
        score -= 9
    if _is_mojibake(name):
        score -= 4
    return score - 5 if _PLACEHOLDER.match(name.strip()) else score


def extension(name: str) -> str:
    """The last extension in lower case without the dot, "" when none."""
    stem, dot, last = name.strip().rpartition(".")
    return last.strip().lower() if dot and len(last) <= 12 and stem is not None else ""


def clean_path(name: str) -> tuple[str, ...]:
    """A sender's name or a member's path as harmless pieces, folders first; empty when nothing is left."""
    pieces = re.split(r"[\\/]", _DRIVE.sub("", name.strip()))
    return tuple(piece for piece in map(clean_name, pieces) if piece)


def clean_name(piece: str) -> str:
    """One piece of a path without control, bidirectional and zero-width characters, device names, trailing dots or excess length."""
    text = _HIDDEN.sub("", piece).strip()
    text = unicodedata.normalize("NFC", text) if _COMBINING.search(text) else text
    text = text.strip(" ") if text.strip(". ") else ""
    text = text.rstrip(". ")
    if _DEVICE.match(text):
        text = "_" + text
    return _shorten(text)


def is_hostile(name: str) -> bool:
    """True for names meant to leave the folder or to deceive the eye: ../, absolute, device, NUL, right-to-left override."""
    pieces = re.split(r"[\\/]", name)
    climbing = ".." in (piece.strip() for piece in pieces)
    absolute = name[:1] in ("/", "\\") or bool(_DRIVE.match(name))
    return climbing or absolute or bool(_REVERSED.search(name)) or any(_DEVICE.match(piece.strip()) for piece in pieces)


def member_to_name(raw: bytes) -> str:
    """The name of an archive member whose charset is not declared: UTF-8 when valid, else GB18030 (china-mail.md e)."""
    return bytes_to_text(raw)


def _shorten(text: str) -> str:
    if len(text) <= LONGEST_NAME:
        return text
    last = extension(text)
    return text[: LONGEST_NAME - len(last) - 1].rstrip(". ") + ("." + last if last else "")
