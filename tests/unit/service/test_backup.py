"""A copy that can be trusted, and a way back that loses nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from service.backup import BackupRefused, backup, restore
from service.office import Office, open_office

NOW = datetime.fromisoformat("2022-08-01T02:30:00+08:00")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office with one kept payload and one decision in its books."""
    office = open_office(None, NOW)
    office = replace(office, settings=replace(office.settings, data=tmp_path / "data"))
    with office.books() as (ledger, vault):
        vault.keep(b"a letter")
        ledger.decide("note", by="test", at=NOW, reason="first")
    return office


def reasons(office: Office) -> list[str]:
    """The decisions' reasons as the books hold them now."""
    with office.books() as (ledger, _):
        return [d.reason for d in ledger.decisions()]


def test_a_backup_put_back_gives_the_books_of_that_moment(office: Office, tmp_path: Path) -> None:
    """What was decided after the copy is gone from the books but kept aside."""
    copy = backup(office, tmp_path / "copies", NOW)
    with office.books() as (ledger, _):
        ledger.decide("note", by="test", at=NOW, reason="second")
    aside = restore(office, copy, NOW)
    assert reasons(office) == ["first"]
    with office.books() as (_, vault):
        assert list(vault.shas())
    assert aside is not None
    assert (aside / "ledger.db").exists()


def test_books_and_copies_are_for_their_owner_only(office: Office, tmp_path: Path) -> None:
    """The letters hold personal data."""
    copy = backup(office, tmp_path / "copies", NOW)
    for path in (office.ledger_path, office.vault_path, copy / "ledger.db", copy / "vault.db"):
        assert path.stat().st_mode & 0o077 == 0


def test_nothing_to_back_up_is_said_plainly(tmp_path: Path) -> None:
    """A fresh office has no books yet."""
    office = open_office(None, NOW)
    empty = replace(office, settings=replace(office.settings, data=tmp_path / "none"))
    with pytest.raises(BackupRefused, match="没有可备份"):
        backup(empty, tmp_path / "copies", NOW)


def test_a_folder_that_is_no_backup_is_refused_before_anything_moves(office: Office, tmp_path: Path) -> None:
    """Pointing at the wrong folder leaves the books where they are."""
    with pytest.raises(BackupRefused, match="不是备份文件夹"):
        restore(office, tmp_path, NOW)
    assert reasons(office) == ["first"]
