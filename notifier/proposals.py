"""Words: what staff may answer to an item with one click (拟决定) - a decision as a value, and the command line that records the same."""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

SHORT, HANDLE, WHOLE = 10, 6, 64
UNIT_CLASS_WORDS: Mapping[str, str] = {"ordinary": "普通", "medical": "医科"}
MATERIAL_WORDS: Mapping[str, str] = {"summary_row": "汇总表", "basic_info": "基本情况表", "narrative": "申报材料"}
SOMEBODY, SOME_STUDIO, OLD_STUDIO, NEW_STUDIO = "单位全称", "工作室名称", "原工作室", "新工作室"


@dataclass(frozen=True, slots=True)
class Proposal:
    """拟决定: a decision that would settle an item: `kind` is a kind of decision (see `Decision`), or `letters` (approve these letters of
    ours, keys parted by blanks), `retry` (a letter in quarantine) `resend`, `show`, `drop` (a letter of ours by its key) and `look` (at one institution's findings), which record none.

    `institution` is empty while a person has yet to name it, `target` and `detail` are those of the decision; a blank is filled in by whoever decides.
    """

    kind: str
    institution: str = ""
    target: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


def proposal_to_command(proposal: Proposal) -> str:
    """What is typed on the terminal to do the same; blanks that only a person can fill stand there by their name."""
    words = _WORDS.get(proposal.kind)
    return f"intake {words(proposal)}".rstrip() if words else ""


def handle(key: str) -> str:
    """A short number for a finding, as people type it: its key is long and holds other codes and check sums."""
    return hashlib.sha256(key.encode()).hexdigest()[:HANDLE]


def quote(word: str) -> str:
    """A word as the terminal wants it."""
    if "'" in word:
        return shlex.quote(word)
    return f"'{word}'" if re.search(r"[\s|&;()<>$`\\\"*?!]", word) else word


def _decide(name: str, *more: Callable[[Proposal], str]) -> Callable[[Proposal], str]:
    return lambda p: " ".join([f"decide {name}", p.institution or SOMEBODY, *(word(p) for word in more)])


def _short(proposal: Proposal) -> str:
    return proposal.target[:SHORT]


def _studio(proposal: Proposal) -> str:
    return quote(proposal.target) if proposal.target else SOME_STUDIO


_WORDS: Mapping[str, Callable[[Proposal], str]] = {
    "claim": _decide("claim", _short),
    "split": lambda p: f"decide split {_short(p)}",
    "accept_late": _decide("accept-late"),
    "not_accept_late": _decide("not-accept-late"),
    "explain": _decide("explain", lambda p: handle(p.target)),
    "refuse": _decide("refuse", lambda p: handle(p.target)),
    "answered": lambda p: f"decide answered {_short(p)}",
    "seen": lambda p: f"decide seen {quote(p.target) if ':' in p.target else _short(p)}",
    "phoned": lambda p: f"decide phoned {_short(p) if len(p.target) == WHOLE else p.target}",
    "resend": lambda p: f"letters resend {p.target} 新地址",
    "show": lambda p: f"letters show {p.target}",
    "drop": lambda p: f"letters drop {p.target}",
    "waive": _decide("waive", lambda p: handle(p.target)),
    "approve": _decide("approve", lambda p: quote(p.target) if "@" in p.target else handle(p.target)),
    "category": _decide("unit-class", lambda p: UNIT_CLASS_WORDS.get(str(p.detail.get("unit_class", "")), "普通")),
    "withdraw_studio": _decide("withdraw", _studio),
    "replace_studio": _decide("replace", lambda p: p.target or OLD_STUDIO, lambda p: str(p.detail.get("by") or NEW_STUDIO)),
    "not_recommending": _decide("not-recommending"),
    "recommending": _decide("recommending"),
    "version": _decide("version", _short),
    "exclude_file": _decide("exclude", _short),
    "material": _decide(
        "material", _short,
        lambda p: MATERIAL_WORDS.get(str(p.detail.get("material", "")), "基本情况表"),
        lambda p: str(p.detail.get("studio") or SOME_STUDIO),
    ),
    "letters": lambda p: f"letters approve {p.target}",
    "retry": lambda p: f"retry {_short(p)}",
    "look": lambda p: f"status --institution {p.institution}",
}  # fmt: skip
