"""What the runtime costs: fetching, the reading child, recording, deriving again. Run `python -m benchmarks.runtime [LETTERS]`."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from config.load import DEFAULT_CAMPAIGN, load_campaign
from intake.belt import assess_letters, open_letters, read_documents, rebuild
from intake.mailbox import import_letters
from intake.mailbox.fetch import fetch_letters
from intake.mailbox.imap import Mailbox
from intake.reading.engine import Child, Inline
from service.demo.mailbox import DemoMailbox
from service.demo.story import FOLDER
from tests.letters import MOMENT, books, plain_letter, settings_of

NOW = datetime(2022, 8, 9, tzinfo=UTC)


def timed(what: str, work: Callable[[], object], per: int = 0) -> None:
    """Do it and print how long it took, in all and for each letter."""
    began = time.perf_counter()
    work()
    took = time.perf_counter() - began
    each = f"{took / per * 1000:8.2f} ms a letter" if per else ""
    print(f"{what:<50} {took:7.2f} s {each}")


def main(letters: int) -> None:
    """Plain letters of 160 KB for the line and the child, the demo's letters for everything else."""
    campaign = load_campaign(DEFAULT_CAMPAIGN, FOLDER / "roster.csv")
    with tempfile.TemporaryDirectory() as folder, DemoMailbox() as mailbox, Child() as child:
        ledger, vault = books(Path(folder) / "plain")
        for number in range(letters):
            mailbox.deliver(plain_letter(number, filling=160_000), MOMENT)

        def fetch() -> None:
            settings = settings_of(mailbox)
            with Mailbox.open(settings) as box:
                fetch_letters(box, ledger, vault, settings, NOW)

        timed(f"fetch {letters} letters of 160 KB", fetch, letters)
        timed("an idle poll", fetch)
        timed("open them in the reading child and record", lambda: open_letters(ledger, vault, child, campaign), letters)
        ledger, vault = books(Path(folder) / "story")
        story = import_letters([FOLDER / "letters"], ledger, vault, NOW).new
        timed(f"open the {story} letters of the demo", lambda: open_letters(ledger, vault, child, campaign), story)
        timed("read their files", lambda: read_documents(ledger, vault, child, campaign), story)
        timed("assess", lambda: assess_letters(ledger, campaign, NOW))
        timed("rebuild --check", lambda: rebuild(ledger, vault, Inline(), campaign, NOW, check=True), story)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
