"""What doctor says of the books after an upgrade: which steps were taken, and that nothing is owed."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from config.load import DEFAULT_CAMPAIGN
from intake.books import Ledger
from service.keeping.doctor import examine_ledger
from service.office import open_office


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "intake.toml").write_text(f'campaign = "{DEFAULT_CAMPAIGN}"\ndata = "books"\n', encoding="utf-8")
    return tmp_path / "intake.toml"


def test_books_of_an_earlier_release_are_told_to_be_brought_up(config: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert "还没有账册" in examine_ledger(open_office(config)).message
    office = open_office(config)
    with office.books():
        pass
    with closing(sqlite3.connect(office.ledger_path)) as database, database:
        database.execute("DROP INDEX opening_brings_volumes")
        database.execute("DELETE FROM _sqlite_migrations WHERE name = 'm_volumes_among_openings'")
    with caplog.at_level(logging.INFO, "intake.books"), Ledger.open(office.ledger_path):
        pass
    assert "已升级到本版，原有数据不变：m_volumes_among_openings" in caplog.text
    found = examine_ledger(office)
    assert (found.verdict, "都已做完" in found.message) == ("good", True)
    assert "m_volumes_among_openings" in found.message


def test_new_books_are_no_upgrade(config: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "intake.books"), open_office(config).books():
        pass
    assert "升级" not in caplog.text
