"""How long `intake rebuild` takes for 2 000 letters whose readings of this version are in the ledger (issue: under 20 s on one core).

Run `python -m benchmarks.rebuild [letters]`. Forms are invented (tests/generator/campaign.py); the ledger and the vault are real files.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from config.campaign import Campaign
from config.load import DEFAULT_CAMPAIGN, load_campaign
from intake.belt import assess_letters, rebuild
from intake.books.ledger import Ledger
from intake.books.vault import Vault
from intake.opening.open_letter import OPENER_VERSION
from intake.reading.engine import Inline
from intake.records import LetterRecord
from intake.submission import Received
from parsers.read import READER_VERSION
from tests.generator.campaign import make_campaign

NOW = datetime.fromisoformat("2022-08-06T09:00:00+08:00")
EACH = 400


def register(received: Received, ledger: Ledger, vault: Vault) -> None:
    """Put one read letter into the books, as the stations would have."""
    sha = vault.keep(received.sha256.encode())
    message = replace(received.message, sha256=sha)
    record = LetterRecord(sha256=sha, received_at=received.received_at, fetched_at=NOW, size=1, state="new")
    ledger.record_fetched([record], [])
    ledger.record_opening(sha, message, OPENER_VERSION)
    for reading in received.readings.values():
        ledger.record_reading(reading, READER_VERSION)


def fill(ledger: Ledger, vault: Vault, campaign: Campaign, count: int) -> int:
    """So many letters of several invented campaigns; gives how many readings they hold."""
    letters = [r for seed in range(-(-count // EACH)) for r in make_campaign(campaign, seed, letters=EACH)[0]][:count]
    for received in letters:
        register(received, ledger, vault)
    return sum(len(r.readings) for r in letters)


def main() -> None:
    """Print seconds for the first assessment and for a rebuild from cached readings."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    campaign = load_campaign(DEFAULT_CAMPAIGN)
    with (
        tempfile.TemporaryDirectory() as folder,
        Ledger.open(Path(folder) / "ledger.db") as ledger,
        Vault.open(Path(folder) / "vault.db") as vault,
    ):
        readings = fill(ledger, vault, campaign, count)
        assess_letters(ledger, campaign, NOW)
        begun = time.process_time(), time.perf_counter()
        rebuild(ledger, vault, Inline(), campaign, NOW, reread=False)
        print(
            f"{count} letters, {readings} readings: rebuild {time.perf_counter() - begun[1]:.1f} s ({time.process_time() - begun[0]:.1f} s CPU)"
        )


if __name__ == "__main__":
    main()
