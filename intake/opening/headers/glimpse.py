"""Core: what a head tells of a letter that nobody could open or fetch (信头一瞥) - who wrote it and about what."""

from __future__ import annotations

from intake.opening.headers.addresses import header_to_addresses
from intake.opening.headers.encoded_words import header_to_text
from intake.opening.headers.head import split_head

_HEAD = 1 << 16
_LONGEST = 300


def sender_and_subject(raw: bytes) -> tuple[str, str]:
    """The From address and the subject as far as the head tells, each "" when it does not."""
    try:
        head, _ = split_head(raw[:_HEAD])
        addresses = header_to_addresses(head.first("from") or b"")
        sender = next((a.address for a in addresses if a.address), "")
        return sender[:_LONGEST], header_to_text(head.first("subject") or b"")[:_LONGEST]
    except Exception:  # a head that breaks our reader too tells nothing: the letter may then be anybody's
        return "", ""
