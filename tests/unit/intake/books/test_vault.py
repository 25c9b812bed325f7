"""The vault: bytes in, the same bytes out, for ever."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

import pytest

from intake.books.ledger import Ledger
from intake.books.vault import Vault
from intake.errors import DiskFull, VaultDamaged
from tests.letters import record_of


def test_bytes_come_back_exactly_by_their_sha256(tmp_path: Path) -> None:
    """NUL, 8-bit, nothing at all; the same bytes twice are kept once."""
    with Vault.open(tmp_path / "vault.db") as vault:
        for payload in (b"", b"\x00\xff\r\n", bytes(range(256)) * 4000):
            assert vault.keep(payload) == vault.keep(payload) == hashlib.sha256(payload).hexdigest()
            assert vault.fetch(hashlib.sha256(payload).hexdigest()) == payload
        assert len(list(vault.shas())) == 3


def test_unknown_bytes_are_a_key_error(tmp_path: Path) -> None:
    """Never an empty answer."""
    with Vault.open(tmp_path / "vault.db") as vault:
        assert not vault.has("0" * 64)
        with pytest.raises(KeyError):
            vault.fetch("0" * 64)


def test_what_the_disk_altered_is_told_not_believed(tmp_path: Path) -> None:
    """One flipped byte."""
    with Vault.open(tmp_path / "vault.db") as vault:
        sha = vault.keep(b"letter")
    with sqlite3.connect(tmp_path / "vault.db") as other:
        other.execute("UPDATE blob SET payload = ?", [b"lettes"])
    with Vault.open(tmp_path / "vault.db") as vault, pytest.raises(VaultDamaged, match="restore"):
        vault.fetch(sha)


def test_a_full_disk_is_one_sentence_and_nothing_is_half_kept(tmp_path: Path) -> None:
    """The batch is taken back as a whole; after room was made the same call succeeds."""
    with Vault.open(tmp_path / "vault.db") as vault:
        vault.keep(b"before")
        pages = vault._database.execute("PRAGMA page_count").fetchone()[0]
        vault._database.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(DiskFull, match="腾出空间"):
            vault.keep_all([b"small", b"x" * 100_000])
        assert len(list(vault.shas())) == 1
        vault._database.execute("PRAGMA max_page_count = 100000")
        assert len(vault.keep_all([b"small", b"x" * 100_000])) == 2


def test_a_full_disk_under_the_ledger_is_the_same_sentence(tmp_path: Path) -> None:
    """The letter stays on the server and is fetched again."""
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        pages = ledger._database.execute("PRAGMA page_count").fetchone()[0]
        ledger._database.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(DiskFull):
            ledger.record_fetched([record_of(f"{n:064d}") for n in range(500)], [])
        assert ledger.letters() == ()
