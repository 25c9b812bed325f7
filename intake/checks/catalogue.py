"""Core: a code of the catalogue and its facts become one Finding - the sentence filled, personal data masked, the key stable."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from intake.checks.sentences import ENTRIES, Entry
from intake.submission import Finding, StudioSubmission
from parsers.form import Where

CATALOGUE: Mapping[str, Entry] = {entry.code: entry for entry in ENTRIES}

LONGEST_QUOTATION = 60
"""Longest text of a cell that a sentence repeats, in characters; a longer one is cut (a shifted column can hold a whole paragraph)."""

IDENTITIES = ("letter", "sha256")
"""Facts that name a letter or a file by its digest; they stand in no sentence and are never masked."""

NOWHERE = Where()

UNCLEAR = "填写不清"
"""The mark in a key that a box is asked about because of what stands in it, not because it is empty."""

DOUBT = "（机器识读把握不足，请先对照原件）"

# Mobile, landline with area code, identity card, e-mail: they turn up in file names and in cells of the wrong column.
_PERSONAL = re.compile(
    r"(?<![0-9])(?:\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9])"
    r"|(?<![0-9])0[0-9]{2,3}[- ]?[0-9]{7,8}(?![0-9])"
    r"|(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])"
    r"|[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
)


def clean_personal(text: str) -> str:
    """The text with phone numbers, identity numbers and e-mail addresses replaced by `…` (law 11)."""
    return _PERSONAL.sub("…", text)


def number_to_text(number: float | Decimal) -> str:
    """A figure as people write it: 5, 112.5, never 112.50000000000001 or 1e+05."""
    text = f"{Decimal(str(number)):.4f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def fact_to_text(fact: object) -> str:
    """A fact as it stands in a sentence: one line, no longer than a quotation should be, several joined by 、."""
    if isinstance(fact, tuple | list):
        return "、".join(fact_to_text(part) for part in fact)
    if isinstance(fact, int | float | Decimal) and not isinstance(fact, bool):
        return number_to_text(fact)
    text = " ".join(str(fact).split())
    return text if len(text) <= LONGEST_QUOTATION else text[:LONGEST_QUOTATION] + "…"


def finding(code: str, *, studio: StudioSubmission | str = "", where: Where = NOWHERE, doubtful: bool = False, unclear: bool = False, **facts: object) -> Finding:
    """The finding for a code: `facts` are the words of its sentence ({工作室} comes from `studio`) and what else identifies it.

    A doubtful one (recognised with low confidence) goes to staff, never to the institution; an unclear one quotes what is written ({值}).
    A missing fact is a KeyError: our own mistake.
    """
    entry = CATALOGUE[code]
    name = studio if isinstance(studio, str) else studio.name
    words = {word: _word(word, fact) for word, fact in (("工作室", name), *facts.items())}
    unclear = unclear and bool(entry.unclear)
    message = (entry.unclear if unclear else entry.sentence).format_map(words)
    doubt = doubtful and entry.audience != "staff"
    return Finding(
        code=code,
        severity="manual" if doubt else entry.severity,
        audience="staff" if doubt else entry.audience,
        message=DOUBT + message if doubt else message,
        studio=name,
        where=where,
        key=_key(entry, studio, words, doubt, unclear),
        facts=words,
    )


def staff_message(found: Finding) -> str:
    """A finding's sentence in the voice for staff: about the institution, without what it is asked to do."""
    entry = CATALOGUE.get(found.code)
    if entry is None:
        return found.message
    try:
        told = (entry.staff_unclear if UNCLEAR in found.key.split("|") else entry.staff_sentence).format_map(found.facts)
    except KeyError:
        # kept by an earlier version, whose facts had other names
        return found.message
    return DOUBT + told if found.message.startswith(DOUBT) else told


def _word(word: str, fact: object) -> str:
    return str(fact) if word in IDENTITIES else clean_personal(fact_to_text(fact))


def _key(entry: Entry, studio: StudioSubmission | str, words: Mapping[str, str], doubt: bool, unclear: bool) -> str:
    whose = studio if isinstance(studio, str) else studio.key
    asked = [f"{word}={words[word]}" for word in (*entry.asks, *(("项", "值") if unclear else ())) if word in words]
    return "|".join([entry.code, clean_personal(whose), *dict.fromkeys(asked), *([UNCLEAR] if unclear else []), *(["存疑"] if doubt else [])])
