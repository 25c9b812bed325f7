"""Core: an unproven sender's own words - his file names - kept out of what we send (law 14).

Whoever can make our office repeat his words to a third party can phish under its name; sizes and check sums say as much to the honest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from intake.submission import Claim, Received
from notifier.letters.lines import letters_to_files

UNNAMED = "来信附件"
_KNOWN_ENDINGS = frozenset(
    {"doc", "docx", "wps", "xls", "xlsx", "et", "pdf", "zip", "rar", "7z", "jpg", "jpeg", "png", "ofd", "eml", "txt"}
)


def files_for_sender(letter: Received, claim: Claim) -> list[dict[str, object]]:
    """The letter's files with size and check sum; by name only when our server found the From address genuine."""
    files = letters_to_files((letter,))
    if claim.evidence.authentication == "pass":
        return files
    return [file | {"name": unnamed(number, str(file["name"]))} for number, file in enumerate(files, 1)]


def unnamed(number: int, name: str) -> str:
    """`文件1（docx）`: which file it is, without a word of the sender's."""
    ending = name.rpartition(".")[2].lower()
    return f"文件{number}" + (f"（{ending}）" if ending in _KNOWN_ENDINGS else "")


def without_names(facts: Mapping[str, Any], strange: Iterable[Received]) -> dict[str, Any]:
    """The facts of an ordinary letter with the file names of unproven senders taken out: it goes to the registered mailbox, not to them."""
    names = {part for letter in strange for a in letter.message.attachments for part in (a.name, *a.path) if part}
    names |= {cloud.name for letter in strange for cloud in letter.message.cloud_files if cloud.name}
    if not names:
        return dict(facts)
    quoted = re.compile("《(?:" + "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) + ")》")
    cleaned: dict[str, Any] = {key: _cleaned(value, quoted) for key, value in facts.items()}
    cleaned["files"] = [
        file | {"name": unnamed(number, str(file["name"])) if file["name"] in names else file["name"]}
        for number, file in enumerate(facts.get("files", ()), 1)
    ]
    return cleaned


def _cleaned(value: Any, quoted: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return quoted.sub(f"《{UNNAMED}》", value)
    if isinstance(value, (list, tuple)):
        return [_cleaned(item, quoted) for item in value]
    if isinstance(value, Mapping):
        return {key: _cleaned(item, quoted) for key, item in value.items()}
    return value
