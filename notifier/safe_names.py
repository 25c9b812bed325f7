"""Core: names from strangers as names a file may safely have on any machine - they never choose where a file goes."""

from __future__ import annotations

import re
import unicodedata

LONGEST_NAME = 120  # bytes of UTF-8, the extension included (runtime.md 7)
NAMELESS = "未命名"
# Names that Windows gives to devices, alone or before any extension; the superscript digits count too.
DEVICES = re.compile(r"(?:CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])$", re.I)
FORBIDDEN = re.compile(r'[/\\:*?"<>|⁄∕⧵]')
# What Windows runs on a double click; such a file keeps its bytes but not its power.
RUNNING = re.compile(r"\.(?:exe|scr|com|bat|cmd|pif|jse?|vb[se]|ws[fh]|hta|ps1|msi|lnk|jar|reg|cpl|chm|url)$")
DISARMED = ".请勿打开"
EXTENSION = re.compile(rf"\.[0-9A-Za-z]{{1,10}}(?:{re.escape(DISARMED)})?$")


def clean_file_name(name: str, limit: int = LONGEST_NAME) -> str:
    """One safe path component of at most `limit` bytes: no way out, no device, no hidden or turned-round letters, nothing that runs."""
    stem, extension = split_extension(clean_letters(name))
    if RUNNING.match(extension):
        extension += DISARMED
    stem = cut_bytes(stem, limit - len(extension.encode()) - 1).rstrip(" .") or NAMELESS
    if DEVICES.match(stem.split(".")[0].strip()) or stem[0] in "-~":
        stem = f"_{stem}"
    return stem + extension


def clean_letters(name: str) -> str:
    """The name in one line of visible letters: controls, bidirectional marks, zero widths and separators are gone."""
    # First out with the invisible, then compose and close the gaps: what stood apart may only now stand together.
    visible = "".join(c for c in name if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cn", "Co", "Cs"))
    spaced = re.sub(r"\s+", " ", unicodedata.normalize("NFC", visible))
    return re.sub(r"\.{2,}", "_", FORBIDDEN.sub("_", spaced).strip(" ."))


def split_extension(name: str) -> tuple[str, str]:
    """Stem and extension (".docx", lower case); a tail that is no plain extension stays in the stem."""
    found = EXTENSION.search(name)
    if not found:
        return name, ""
    return name[: found.start()].rstrip(" ."), found[0].lower()


def cut_bytes(text: str, limit: int) -> str:
    """The longest beginning of the text that fits into `limit` bytes of UTF-8."""
    return text.encode()[: max(limit, 0)].decode(errors="ignore")


def unique_name(name: str, taken: set[str]) -> str:
    """The name, or "name（2）…" when a name that a careless file system takes for the same is taken; remembers what it gives."""
    stem, extension = split_extension(name)
    candidate, number = name, 1
    while _folded(candidate) in taken:
        number += 1
        mark = f"（{number}）"
        candidate = cut_bytes(stem, LONGEST_NAME - len((mark + extension).encode())) + mark + extension
    taken.add(_folded(candidate))
    return candidate


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
