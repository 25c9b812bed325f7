"""What the digest needs while it is composed grows with the letters by little, and nothing of it stays."""

from __future__ import annotations

import gc
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.rebuild import register
from config.load import DEFAULT_CAMPAIGN, load_campaign
from config.settings import Settings
from intake.belt import assess_letters
from intake.books import Ledger, Vault
from notifier.belt.staff import compose_digest
from tests.generator.campaign import make_campaign
from tests.unit.notifier.letters.cases import at

MOST_BYTES_A_LETTER = 48 << 10
MOST_BYTES_LEFT = 96 << 10
NOW = at(4, 8, 30, month=8)
pytestmark = pytest.mark.slow


def composed_with(folder: Path, letters: int) -> tuple[int, int]:
    """The most that was held while composing the third digest of a campaign of so many letters, and what stayed of it afterwards, in bytes."""
    campaign = load_campaign(DEFAULT_CAMPAIGN)
    settings = Settings(campaign=DEFAULT_CAMPAIGN, data=folder)
    with Ledger.open(folder / f"{letters}.db") as ledger, Vault.open(folder / f"{letters}.vault") as vault:
        for received in make_campaign(campaign, 7, institutions=20, letters=letters)[0][:letters]:
            register(received, ledger, vault)
        assess_letters(ledger, campaign, NOW)
        for _ in range(2):  # what is loaded and remembered once is there
            compose_digest(ledger, campaign, replace(settings), NOW, "08:30")
        gc.collect()
        tracemalloc.start(1)
        try:
            compose_digest(ledger, campaign, settings, NOW, "08:30")
            most = tracemalloc.get_traced_memory()[1]
            gc.collect()
            return most, tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()


def test_the_digest_holds_little_of_each_letter_and_keeps_nothing(tmp_path: Path) -> None:
    (few, _), (many, left) = composed_with(tmp_path, 40), composed_with(tmp_path, 120)
    assert (many - few) / 80 < MOST_BYTES_A_LETTER, f"{(many - few) / 80 / 1024:.0f} KB a letter"
    assert left < MOST_BYTES_LEFT, f"{left >> 10} KB"
