"""Letters from files: every kind of box, the same letter once, and whose word the time of receipt is."""

from __future__ import annotations

import mailbox
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake.books.ledger import Ledger
from intake.books.vault import Vault
from intake.mailbox.files import import_letters, received_time
from tests.letters import NOW, books, kept_letters, plain_letter

MODIFIED = datetime(2022, 8, 9, tzinfo=UTC)
RECEIVED = (
    b"Received: from b.example\r\n\tby c.example with ESMTP; Fri, 5 Aug 2022 23:59:58 +0800 (CST)\r\n"
    b"Received: from a.example by b.example; Fri, 5 Aug 2022 23:50:00 +0800\r\n"
)


@pytest.fixture
def held(tmp_path: Path) -> Iterator[tuple[Ledger, Vault]]:
    """A fresh ledger and vault."""
    ledger, vault = books(tmp_path / "books")
    with ledger, vault:
        yield ledger, vault


def test_files_folders_maildir_and_mbox_all_give_their_letters(held: tuple[Ledger, Vault], tmp_path: Path) -> None:
    """Byte for byte, each once however often it is met."""
    raws = [plain_letter(n) for n in range(6)]
    (tmp_path / "saved" / "deep").mkdir(parents=True)
    (tmp_path / "saved" / "a.eml").write_bytes(raws[0])
    (tmp_path / "saved" / "deep" / "b.EML").write_bytes(raws[1])
    (tmp_path / "saved" / "notes.txt").write_bytes(b"not a letter")
    (tmp_path / "single").write_bytes(raws[2])
    for name in ("cur", "new", "tmp"):
        (tmp_path / "maildir" / name).mkdir(parents=True)
    (tmp_path / "maildir" / "cur" / "1:2,S").write_bytes(raws[3])
    (tmp_path / "maildir" / "new" / "2").write_bytes(raws[0])
    box = mailbox.mbox(tmp_path / "old.mbox")
    for raw in raws[4:]:
        box.add(raw)
    box.close()
    paths = [tmp_path / name for name in ("saved", "single", "maildir", "old.mbox")]
    ledger, vault = held
    report = import_letters(paths, ledger, vault, NOW)
    assert (report.new, report.known, report.unread) == (6, 1, ())
    normal = {raw.replace(b"\r\n", b"\n") for raw in raws}
    assert {raw.replace(b"\r\n", b"\n") for raw in kept_letters(ledger, vault)} == normal
    assert import_letters(paths, ledger, vault, NOW).new == 0


def test_a_file_that_cannot_be_read_is_named_and_holds_up_no_other(held: tuple[Ledger, Vault], tmp_path: Path) -> None:
    """A mistyped path, for one."""
    (tmp_path / "a.eml").write_bytes(plain_letter(1))
    ledger, vault = held
    report = import_letters([tmp_path / "nowhere.eml", tmp_path / "a.eml"], ledger, vault, NOW)
    assert report.new == 1
    assert len(report.unread) == 1
    assert "nowhere.eml" in report.unread[0]


@pytest.mark.parametrize(
    ("raw", "moment", "source"),
    [
        (RECEIVED + plain_letter(1), datetime(2022, 8, 5, 15, 59, 58, tzinfo=UTC), "received_header"),
        ((RECEIVED + plain_letter(1)).replace(b"\r\n", b"\n"), datetime(2022, 8, 5, 15, 59, 58, tzinfo=UTC), "received_header"),
        (plain_letter(1), datetime(2022, 8, 5, 2, 0, tzinfo=UTC), "date_header"),
        (b"Received: from a by b; some time ago\r\n" + plain_letter(1), datetime(2022, 8, 5, 2, 0, tzinfo=UTC), "date_header"),
        (b"Date: 2022-8-5 23:58\r\n\r\nx", MODIFIED, "file"),
        (b"Subject: x\r\n\r\nReceived: by c; Fri, 5 Aug 2022 23:59:58 +0800\r\n", MODIFIED, "file"),
        (b"Date: Fri, 05 Aug 2022 10:00:00 -0000\r\n\r\n", datetime(2022, 8, 5, 10, 0, tzinfo=UTC), "date_header"),
        (b"Date: \xff\xfe 99 Xxx 99999 25:61\r\n\r\n", MODIFIED, "file"),
        (b"", MODIFIED, "file"),
    ],
)
def test_the_newest_received_header_is_believed_then_the_date_then_the_file(raw: bytes, moment: datetime, source: str) -> None:
    """And only the head is looked at, never the text."""
    assert received_time(raw, MODIFIED) == (moment, source)


def test_the_word_behind_the_time_is_recorded_with_the_letter(held: tuple[Ledger, Vault], tmp_path: Path) -> None:
    """An importer without any header takes the time of the file."""
    (tmp_path / "a.eml").write_bytes(b"Subject: x\r\n\r\n")
    os.utime(tmp_path / "a.eml", (MODIFIED.timestamp(), MODIFIED.timestamp()))
    ledger, vault = held
    import_letters([tmp_path / "a.eml"], ledger, vault, NOW)
    (letter,) = ledger.letters()
    assert (letter.received_at, letter.time_source, letter.fetched_at) == (MODIFIED, "file", NOW)
