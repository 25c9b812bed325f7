"""Bodies asked for together with the list, before their sizes are known: few, small, only where nothing speaks against it, and whole or asked for anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from config.settings import MailboxSettings
from intake.books.ledger import Ledger
from intake.books.vault import Vault
from intake.mailbox import KeptLine, answers, imap
from intake.mailbox.fetch import FetchReport, fetch_letters
from intake.mailbox.pipeline import Pipeline
from intake.records import UnknownLetter
from tests.letters import MOMENT, NOW, books, kept_letters, plain_letter
from tests.live.dovecot import Dovecot

pytestmark = pytest.mark.live
PIECE = "<0."
FEW, SMALL = 4, 3000
SIZES = (0, SMALL - 400, 2 * SMALL, 10 * SMALL)
"""Fillings: of letters that come whole in one piece, and of those that do not."""


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Ledger, Vault]]:
    """Books, and a program to which four letters are few and 3000 bytes small."""
    monkeypatch.setattr(imap, "EARLY_LETTERS", FEW)
    monkeypatch.setattr(answers, "EARLY_BYTES", SMALL)
    ledger, vault = books(tmp_path)
    with ledger, vault:
        yield ledger, vault


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every command sent, with its words."""
    said: list[str] = []
    original = Pipeline.send

    def watched(self: Pipeline, name: str, *words: str | bytes) -> Any:
        said.append(" ".join([name, *(word if isinstance(word, str) else word.decode() for word in words)]))
        return original(self, name, *words)

    monkeypatch.setattr(Pipeline, "send", watched)
    return said


def settings_for(dovecot: Dovecot, **more: Any) -> MailboxSettings:
    """The inbox over a plain line."""
    return dovecot.settings(host="127.0.0.1", port=dovecot.port, tls=False, ca_file=None, folders=("INBOX",), **more)


def look(line: KeptLine, settings: MailboxSettings, pair: tuple[Ledger, Vault], minutes: int = 0) -> FetchReport:
    """One round on the kept line."""
    with line.lend(settings) as mailbox:
        return fetch_letters(mailbox, *pair, settings, NOW + timedelta(minutes=minutes))


def edge_letters(first: int) -> list[bytes]:
    """Letters of one byte less than a piece, of exactly a piece, and of one byte more."""
    return [plain + b"z" * (SMALL + more - len(plain)) for more in (-1, 0, 1) for plain in (plain_letter(first + more),)]


@pytest.mark.parametrize("count", [1, FEW - 1, FEW, FEW + 1, 3 * FEW])
def test_every_letter_comes_whole_at_the_first_look_and_at_the_next(count: int, dovecot: Dovecot, pair: tuple[Ledger, Vault]) -> None:
    """Small and large ones, more and fewer than were asked for early; a folder with too few refuses the question, and nothing is lost."""
    kept, settings = KeptLine(), settings_for(dovecot)
    raws: list[bytes] = []
    for turn in range(3):
        more = [plain_letter(100 * turn + n, filling=SIZES[n % len(SIZES)]) for n in range(count)] + edge_letters(100 * turn + 50)
        for raw in more:
            dovecot.deliver(raw, MOMENT)
        raws += more
        assert look(kept, settings, pair, 2 * turn).new == len(more)
        assert sorted(kept_letters(*pair)) == sorted(raws)
    assert not pair[0].unknown_letters()


def test_a_letter_that_comes_between_two_polls_is_here_after_two_flights(dovecot: Dovecot, pair: tuple[Ledger, Vault], asked: list[str]) -> None:
    """How all folders stand, then everything else at once; no command waits for a size."""
    kept, settings = KeptLine(), settings_for(dovecot)
    for number in range(2 * FEW):
        dovecot.deliver(plain_letter(number), MOMENT)
    look(kept, settings, pair)
    asked.clear()
    dovecot.deliver(plain_letter(50), MOMENT)
    assert look(kept, settings, pair, 2).new == 1
    assert [words.split()[0] for words in asked] == ["UNSELECT", "LIST", "EXAMINE", "UID", "UID", "UID"]
    assert PIECE in asked[-1]


def test_what_is_known_is_not_asked_for_again_when_everything_is_compared(dovecot: Dovecot, pair: tuple[Ledger, Vault], asked: list[str]) -> None:
    """Once an hour sizes are listed from the first letter on; bodies are not."""
    kept, settings = KeptLine(), settings_for(dovecot)
    dovecot.deliver(plain_letter(1), MOMENT)
    look(kept, settings, pair)
    asked.clear()
    assert look(kept, settings, pair, 70).new == 0
    assert any(words.startswith("FETCH 1:*") for words in asked)
    assert not any("BODY" in words for words in asked)


def test_where_a_letter_did_not_come_before_none_is_asked_for_early(dovecot: Dovecot, pair: tuple[Ledger, Vault], asked: list[str]) -> None:
    """It may be the one at which the line breaks."""
    kept, settings = KeptLine(), settings_for(dovecot)
    dovecot.deliver(plain_letter(1), MOMENT)
    look(kept, settings, pair)
    dovecot.deliver(plain_letter(2), MOMENT)
    pair[0].note_unknown(UnknownLetter(folder="INBOX", uidvalidity=1, uid=2, size=10, received_at=None, reason="x", sender="", subject=""), settings.user, NOW)
    asked.clear()
    assert look(kept, settings, pair, 2).new == 1
    assert not any(PIECE in words and "HEADER" not in words for words in asked)


def test_an_oversize_letter_is_told_and_at_most_a_piece_of_it_comes(dovecot: Dovecot, pair: tuple[Ledger, Vault], asked: list[str]) -> None:
    """Also where it comes among small ones."""
    kept, settings = KeptLine(), settings_for(dovecot, maximum_letter_bytes=2 * SMALL)
    for turn in range(2):
        dovecot.deliver(plain_letter(10 * turn), MOMENT)
        dovecot.deliver(plain_letter(10 * turn + 1, filling=50 * SMALL), MOMENT)
        report = look(kept, settings, pair, 2 * turn)
        assert (report.new, report.oversize) == (2, 1)
    whole = {uid for words in asked if "BODY.PEEK[])" in words for uid in words.split()[2].split(",")}
    assert whole <= {"1", "3"}  # the small ones
