"""Books of the first release open in today's program, are brought to today's shape, and say the same of everybody."""

from __future__ import annotations

import json
import lzma
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from config.load import DEFAULT_CAMPAIGN, load_campaign
from intake.belt.assess_station import assess_letters
from intake.belt.rebuilding import READINGS, _differences
from intake.books.ledger import Ledger
from intake.books.migrations import migrations
from intake.contract import assessment_to_contract

EARLIER = Path(__file__).parent / "earlier"
NOW = datetime.fromisoformat("2022-08-03T10:00:00+08:00")
CAMPAIGN = load_campaign(DEFAULT_CAMPAIGN)


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """The books as they lay on the disk."""
    path = tmp_path / "ledger.db"
    path.write_bytes(lzma.decompress((EARLIER / "ledger.db.xz").read_bytes()))
    return path


def matrix(ledger: Ledger) -> dict[str, Any]:
    """Studio by material of everybody who wrote, with the verdict."""
    said = {name: assessment_to_contract(a) for name, a in ledger.assessments().items() if a.submission.letters}
    return {name: _matrix_of(one) for name, one in said.items()}


def _matrix_of(said: dict[str, Any]) -> Any:
    return said["complete"], said["timeliness"], [(s["name"], s["category"], s["leader"], s["materials"]) for s in said["studios"]]


def test_the_earlier_books_are_those_of_the_very_first_schema(books: Path) -> None:
    """Nothing older was ever released: the chain begins where they stand, and opening takes them through all of it."""
    with closing(sqlite3.connect(books)) as database:
        before = [name for (name,) in database.execute("SELECT name FROM _sqlite_migrations")]
    chain = [step.name for step in migrations.pending(Database(memory=True))]
    assert before == chain[:1] == ["m001_first"]
    with Ledger.open(books):
        pass
    with closing(sqlite3.connect(books)) as database:
        assert [name for (name,) in database.execute("SELECT name FROM _sqlite_migrations ORDER BY id")] == chain


def test_earlier_books_open_with_the_assessments_they_hold(books: Path) -> None:
    """Before any round: what was written whole is read whole."""
    expected = json.loads((EARLIER / "matrix.json").read_text(encoding="utf-8"))
    with Ledger.open(books) as ledger:
        assert matrix(ledger) == {name: _matrix_of(said) for name, said in expected.items()}
        assert [d.kind for d in ledger.decisions()] == ["not_recommending", "undo", "paper"]
        assert len(ledger.outbox()) == 3


def test_earlier_books_are_derived_anew_and_give_the_same_matrix(books: Path, tmp_path: Path) -> None:
    """After a round: the same matrix, lines for every list, and equal to a derivation of everything."""
    expected = json.loads((EARLIER / "matrix.json").read_text(encoding="utf-8"))
    with Ledger.open(books) as ledger:
        assess_letters(ledger, CAMPAIGN, NOW)
        assert matrix(ledger) == {name: _matrix_of(said) for name, said in expected.items()}
        assert {line.institution for line in ledger.letter_lines()} - {""} == set(expected)
        assert ledger.glances().keys() == {i.name for i in CAMPAIGN.institutions}
        with ledger.copy_facts(tmp_path / "fresh.db", READINGS) as fresh:
            assess_letters(fresh, CAMPAIGN, NOW)
            assert not list(_differences(ledger, fresh))
