"""What waits for a person, kept ready for pages: the digest's own items, each by itself, as they stood when they were written."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from config.load import DEFAULT_CAMPAIGN, load_campaign
from config.settings import Settings
from intake.books.ledger import Ledger
from intake.records import LetterRecord, OutboxRecord
from notifier.belt.todo import find_stale_todo, read_todo, write_todo, write_todo_owed
from notifier.proposals import Proposal

NOW = datetime(2022, 8, 2, 4, tzinfo=UTC)
CAMPAIGN = load_campaign(DEFAULT_CAMPAIGN)
SEA = CAMPAIGN.institutions[0].name
SETTINGS = Settings(campaign=DEFAULT_CAMPAIGN, data=Path())


def test_items_come_back_as_they_were_written_and_go_when_they_are_settled(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        ledger.record_fetched([LetterRecord(sha256="a" * 64, received_at=NOW, fetched_at=NOW, size=1, state="new")], [])
        ledger.quarantine("a" * 64, "打不开")
        failed = OutboxRecord(
            key="k-1",
            kind="complete",
            institution=SEA,
            recipient="x@example.org",
            subject="s",
            message_id="<1@x>",
            raw=b"",
            state="failed",
            created_at=NOW,
        )
        ledger.enqueue(failed)
        write_todo(ledger, CAMPAIGN, SETTINGS, NOW)
        decisions = [item.decision for item in read_todo(ledger)]
        assert decisions == [Proposal("retry", target="a" * 64), Proposal("letters", SEA, "k-1")]
        assert [item.institution for item in read_todo(ledger, SEA)] == [SEA]
        ledger.mark("k-1", "dropped")
        ledger.retry("a" * 64)
        write_todo(ledger, CAMPAIGN, SETTINGS, NOW)
        assert read_todo(ledger) == ()


def test_a_list_that_says_something_else_than_the_books_is_found_unless_it_is_owed_anyway(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        ledger.record_fetched([LetterRecord(sha256="a" * 64, received_at=NOW, fetched_at=NOW, size=1, state="new")], [])
        ledger.quarantine("a" * 64, "打不开")
        assert find_stale_todo(ledger, CAMPAIGN, SETTINGS, NOW) == ()  # owed: the letter's trigger marked it
        write_todo_owed(ledger, CAMPAIGN, SETTINGS, NOW)
        assert find_stale_todo(ledger, CAMPAIGN, SETTINGS, NOW) == ()
        ledger.record_todo("", [])
        assert find_stale_todo(ledger, CAMPAIGN, SETTINGS, NOW) == ("待办 不属于任何单位：与重新推出的不同",)
