"""The chaos of a mailbox on Dovecot itself: what a good server cannot do wrong is done by a bad line before it."""

from __future__ import annotations

import hashlib
import resource
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from config.settings import MailboxSettings
from intake.books.ledger import Ledger
from intake.books.vault import Vault
from intake.errors import MailboxUnavailable, World
from intake.mailbox.fetch import FetchReport, fetch_letters
from intake.mailbox.imap import Mailbox
from tests.letters import MOMENT, NOW, plain_letter
from tests.live.bad_line import BadLine
from tests.live.dovecot import SECRET, Dovecot

pytestmark = pytest.mark.live
LETTERS = 12
POISON = 5
Books = tuple[Ledger, Vault]


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    with Ledger.open(tmp_path / "ledger.db") as ledger, Vault.open(tmp_path / "vault.db") as vault:
        yield ledger, vault


@pytest.fixture
def line(dovecot: Dovecot) -> Iterator[BadLine]:
    """Twelve letters in the inbox (UIDs 1 to 12), two in Junk, and the line to them."""
    with dovecot.session() as person:
        for number in range(LETTERS):
            person.append("INBOX", raw(number), msg_time=MOMENT + timedelta(seconds=number))
        for number in range(2):
            person.append("Junk", plain_letter(f"junk {number}"), msg_time=MOMENT + timedelta(minutes=number))
    with BadLine(dovecot.port) as bad:
        yield bad


def raw(number: int) -> bytes:
    """A letter long enough that half of it is no estimate of its size."""
    return plain_letter(f"letter {number}") + (b"x" * 70 + b"\r\n") * 600


def settings_for(line: BadLine, server: Dovecot, since: date | None = None) -> MailboxSettings:
    return MailboxSettings(
        host="127.0.0.1", port=line.port, tls=False, user=server.user, secret=SECRET, folders=("INBOX", "Junk", "材料"), since=since
    )


def round_of(line: BadLine, server: Dovecot, books: Books, number: int = 0, minutes: int = 2) -> FetchReport | World:
    settings = settings_for(line, server)
    try:
        with Mailbox.open(settings) as mailbox:
            return fetch_letters(mailbox, *books, settings, NOW + timedelta(minutes=minutes * number))
    except World as refusal:
        return refusal


@pytest.mark.parametrize("how", ["break", "NIL", '""', "{0}", "nothing", "NO", "cut"])
def test_one_spoilt_letter_keeps_no_other_away_is_named_and_comes_once_it_is_given(
    how: str, line: BadLine, dovecot: Dovecot, books: Books
) -> None:
    line.how, line.uids = how, frozenset({POISON})
    for number in range(8):
        round_of(line, dovecot, books, number)
    sound = hashlib.sha256(raw(POISON - 1)).hexdigest()
    assert books[0].count_letters() == LETTERS + 1
    [unknown] = books[0].unknown_letters()
    assert (unknown.folder, unknown.uid, unknown.rounds >= 3) == ("INBOX", POISON, True)
    assert unknown.sender
    line.how = ""
    round_of(line, dovecot, books, 90)
    assert (books[0].count_letters(), books[0].unknown_letters()) == (LETTERS + 2, ())
    assert books[1].has(sound)


def test_a_folder_that_will_not_open_is_named_and_the_others_are_read(line: BadLine, dovecot: Dovecot, books: Books) -> None:
    line.refuse = frozenset({b"INBOX"})
    found = round_of(line, dovecot, books)
    assert isinstance(found, FetchReport)
    assert books[0].count_letters() == 2
    assert "文件夹“INBOX”打不开" in found.refused[0]
    line.refuse = frozenset()
    round_of(line, dovecot, books, 1)
    assert books[0].count_letters() == LETTERS + 2


def test_a_line_of_a_byte_at_a_time_is_given_up_at_the_deadline_and_what_came_is_kept(
    line: BadLine, dovecot: Dovecot, books: Books
) -> None:
    settings = settings_for(line, dovecot)
    with Mailbox.open(settings) as mailbox:
        line.drip = 0.05
        clock = threading.Timer(1.5, mailbox.abort)
        clock.start()
        began = time.monotonic()
        with pytest.raises(MailboxUnavailable):
            fetch_letters(mailbox, *books, settings, NOW)
        assert time.monotonic() - began < 60
    line.drip = 0.0
    round_of(line, dovecot, books, 1)
    assert books[0].count_letters() == LETTERS + 2


def test_a_folder_made_anew_with_its_letters_in_another_order_doubles_nothing(line: BadLine, dovecot: Dovecot, books: Books) -> None:
    """UIDVALIDITY changes, the UIDs belong to other letters, one is new."""
    with dovecot.session() as person:
        person.create_folder("材料")
        for number in range(4):
            person.append("材料", plain_letter(f"made {number}"), msg_time=MOMENT)
    round_of(line, dovecot, books)
    assert books[0].count_letters() == LETTERS + 6
    with dovecot.session() as person:
        before = person.select_folder("材料")[b"UIDVALIDITY"]
        person.unselect_folder()
        person.delete_folder("材料")
        person.create_folder("材料")
        for number in (3, 1, 0, 2, 9):
            person.append("材料", plain_letter(f"made {number}"), msg_time=MOMENT)
        assert person.select_folder("材料")[b"UIDVALIDITY"] != before
    round_of(line, dovecot, books, 1)
    assert books[0].count_letters() == LETTERS + 7


@pytest.mark.slow
def test_twenty_thousand_old_letters_come_batch_by_batch_in_bounded_memory(line: BadLine, dovecot: Dovecot, books: Books) -> None:
    """The line dies at a letter in the middle: what came before it stays, the next rounds go on from there, and then an idle round is short."""
    count = 20_000
    folder = dovecot.folder / "mail" / dovecot.user / "cur"
    for number in range(count):
        (folder / f"{1_600_000_000 + number}.M{number}P1.host:2,S").write_bytes(plain_letter(f"old {number}"))
        if number % 4000 == 0:
            time.sleep(0)
    for path in (folder, *folder.iterdir()):
        path.chmod(0o777)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    line.how, line.uids = "break", frozenset({LETTERS + 8000})
    first = round_of(line, dovecot, books)
    assert isinstance(first, MailboxUnavailable)
    came = books[0].count_letters()
    assert 2000 < came < count
    line.how = ""
    second = round_of(line, dovecot, books, 1)
    assert isinstance(second, FetchReport), second
    assert books[0].count_letters() == count + LETTERS + 2
    assert not books[0].unknown_letters()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150 << 10
    began = time.process_time()
    settings = settings_for(line, dovecot, since=date(2022, 7, 1))
    with Mailbox.open(settings) as mailbox:
        assert fetch_letters(mailbox, *books, settings, NOW).new == 0
    assert time.process_time() - began < 5
