"""Shell: the kept originals held against their check sums (校验), and damaged ones brought anew - from the server, or out of their letter."""

from __future__ import annotations

from datetime import datetime

from intake.books import DAMAGED_BLOBS, Ledger, Vault

HEX = "0123456789abcdef"
SHARES = 6


def share_of(now: datetime) -> str:
    """Which originals are due today, by the first digit of their SHA-256: a sixth a day, all within a week, nothing to remember."""
    return "".join(digit for digit in HEX if int(digit, 16) % SHARES == now.toordinal() % SHARES)


def scrub(ledger: Ledger, vault: Vault, prefixes: str = HEX) -> tuple[str, ...]:
    """The damaged originals among those that begin so; each is asked for again, and those that cannot be are left for staff in the digest."""
    damaged = vault.damaged(prefixes)
    lost = [sha for sha in damaged if not ledger.ask_again(sha)]
    before = [sha for sha in ledger.health_note(DAMAGED_BLOBS).split() if sha[0] not in prefixes]
    ledger.note_health(DAMAGED_BLOBS, " ".join(sorted({*before, *(sha[:12] for sha in lost)})))
    return damaged
