"""Loaded once by the server that forks the crash tests' processes: readers and checks with their patterns compiled, so that a round is quick."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from config.load import DEFAULT_CAMPAIGN, load_campaign
from intake.belt import assess_letters, open_letters, read_documents
from intake.mailbox import import_letters
from intake.reading.engine import Inline
from service.demo.story import FOLDER
from tests.crash import worker
from tests.letters import books

__all__ = ["worker"]


def warm_up() -> None:
    """Two letters of the demo through every station, thrown away afterwards."""
    campaign = load_campaign(DEFAULT_CAMPAIGN, FOLDER / "roster.csv")
    moment = datetime(2022, 8, 9, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        ledger, vault = books(Path(folder))
        with ledger, vault:
            import_letters([FOLDER / "letters" / f"{name}.eml" for name in ("01-complete-zip", "05-sum-wrong")], ledger, vault, moment)
            open_letters(ledger, vault, Inline(), campaign)
            read_documents(ledger, vault, Inline(), campaign)
            assess_letters(ledger, campaign, moment)


warm_up()
