"""Core: which letters each institution has a share in, and which nobody has claimed yet but may be its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from config.campaign import Campaign
from intake.claiming.sender import split_files
from intake.decisions import fold
from intake.submission import Claim, Decision, Received


def letters_to_shares(
    received: Sequence[Received], claims: Mapping[str, Claim], decisions: Sequence[Decision], campaign: Campaign
) -> dict[str, tuple[Received, ...]]:
    """The letters of each institution; of a letter that staff split, each gets its own files only."""
    splits = fold(decisions).splits
    shares: dict[str, list[Received]] = {}
    for letter in received:
        claim = claims.get(letter.sha256, Claim(None))
        if letter.sha256 in splits:
            parts = splits[letter.sha256] or split_files(letter, campaign)
            for name in sorted(set(parts.values())):
                shares.setdefault(name, []).append(_share(letter, parts, name))
        elif claim.institution:
            shares.setdefault(claim.institution, []).append(letter)
    return {name: tuple(letters) for name, letters in shares.items()}


def letters_to_waiting(
    received: Sequence[Received], claims: Mapping[str, Claim], decisions: Sequence[Decision]
) -> dict[str, tuple[Received, ...]]:
    """The letters nobody has claimed yet, with every institution they may be from: its gaps are not called gaps meanwhile."""
    settled = fold(decisions)
    waiting: dict[str, list[Received]] = {}
    for letter in received:
        claim = claims.get(letter.sha256, Claim(None))
        if claim.institution is None and _UNDECIDED & set(claim.codes) and letter.sha256 not in settled.splits:
            for name in dict.fromkeys((*claim.split, *(c.institution for c in claim.candidates))):
                waiting.setdefault(name, []).append(letter)
    return {name: tuple(letters) for name, letters in waiting.items()}


def _share(letter: Received, parts: Mapping[str, str], name: str) -> Received:
    # A file that nothing assigns goes with every part: better seen twice than called missing once.
    files, texts = (
        tuple(a for a in some if parts.get(a.sha256, name) == name) for some in (letter.message.attachments, letter.message.body_leaves)
    )
    return replace(letter, message=replace(letter.message, attachments=files, body_leaves=texts, cloud_files=()))


_UNDECIDED = frozenset({"M01", "M10"})
