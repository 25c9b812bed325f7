"""Core: what ties letters together (牵连) - two letters that share a tie may change one another's claim, two that share none never do.

Identification learns addresses from certain letters and follows threads; so a new letter can change what an older one was taken for.
The belt identifies anew everything that hangs together by these ties, and nothing else. Evidence that looks at other letters by
something new must add its tie here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from intake.claiming.clues import OWN_WORDS, clean_id, learning_addresses
from intake.claiming.evidence import address_of
from intake.message import MACHINES, Message
from intake.names import clean_text

AUTHOR, THREAD = "from:", "id:"
LINKING = (AUTHOR, THREAD)
"""The kinds of ties that link two letters; the others only say which fact of ours a letter waits for."""

CASE, SENT_TO, COMPARED = "case:", "to:", "compared:"
_NUMBER = re.compile(r"(\w{1,16})-(\d{4,})(?!\d)")


def message_to_ties(message: Message) -> frozenset[str]:
    """The ties of one letter: who wrote it, its thread, the case numbers it may name, and whom a bounce says it did not reach."""
    ties = {AUTHOR + address for address in (*learning_addresses(message), *_from(message))}
    ties |= {THREAD + clean for reference in _references(message) if (clean := clean_id(reference))}
    ties |= {CASE + number for text in (message.subject, message.text[:OWN_WORDS]) for number in _numbers(clean_text(text))}
    if message.kind == "bounce" and message.bounced:
        ties.add(SENT_TO + message.bounced.recipient.strip().lower())
    return frozenset(ties)


def message_ids_among(ties: Iterable[str]) -> frozenset[str]:
    """The Message-IDs that stand among these ties: those of the letters themselves and those they refer to."""
    return frozenset(tie.removeprefix(THREAD) for tie in ties if tie.startswith(THREAD))


def _from(message: Message) -> tuple[str, ...]:
    """The From address, on which proofs rest (`evidence`), also where somebody else is the author."""
    address = address_of(message)
    return (address,) if address and message.kind not in MACHINES else ()


def _references(message: Message) -> tuple[str, ...]:
    returned = message.bounced.message_id if message.bounced else ""
    return (message.message_id, message.in_reply_to or "", *message.references, returned)


def _numbers(subject: str) -> set[str]:
    """Every text that could be a case number: a word, a dash, four digits or more; the word's beginning is anybody's guess."""
    found = set()
    for match in _NUMBER.finditer(subject):
        found |= {f"{match[1][start:]}-{match[2]}" for start in range(len(match[1]))}
    return found
