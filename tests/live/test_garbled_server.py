"""Whatever a server says, it is the world's doing and never our crash; no letter is kept that is none, and all come once it talks sense again."""

from __future__ import annotations

import hashlib
import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from imapclient import SocketTimeout

from config.settings import MailboxSettings
from intake.books.ledger import Ledger
from intake.books.vault import Vault
from intake.errors import MailboxUnavailable, World
from intake.mailbox import KeptLine, fetch_letters
from intake.mailbox.imap import Mailbox
from tests.letters import plain_letter
from tests.live.garbled import Garbled, lines_of
from tests.live.scripted import Scripted, whole

NOW = datetime(2022, 8, 1, 2, 0, tzinfo=UTC)
FOLDERS = ("INBOX", "垃圾邮件")
GARBLED_ROUNDS = 4


def settings_for(server: Scripted) -> MailboxSettings:
    return MailboxSettings(host="127.0.0.1", port=server.port, tls=False, user="a@b.example", secret="x", folders=FOLDERS)


def after_garbled_rounds(seed: int, folder: Path) -> None:
    """Some rounds with a server that garbles what it says, then some with one that does not: what is kept must be what is there."""
    chance = random.Random(seed)
    letters = {name: {uid: plain_letter(f"{name} {uid}") for uid in range(1, chance.randrange(2, 9))} for name in FOLDERS}
    true = {(name, uid): hashlib.sha256(raw).hexdigest() for name, held in letters.items() for uid, raw in held.items()}
    with Garbled(folders=letters, uidvalidity=chance.choice([1, 7])) as server, Ledger.open(folder / "ledger.db") as ledger, Vault.open(folder / "vault.db") as vault:
        line, settings = KeptLine(), settings_for(server)
        for number in range(GARBLED_ROUNDS + 4):
            server.chance = chance if number < GARBLED_ROUNDS else None
            with suppress(World), line.lend(settings) as mailbox:
                fetch_letters(mailbox, ledger, vault, settings, NOW + timedelta(minutes=65 * number))
        assert {letter.sha256 for letter in ledger.letters()} == set(true.values())
        assert not ledger.unknown_letters()
        met = {(name, uid): sha for name in FOLDERS for uid, sha in ledger.met(settings.user, name, server.uidvalidity).items()}
        assert met == true


@pytest.mark.parametrize("seeds", range(0, 30, 6))
def test_nonsense_is_the_servers_doing_and_costs_no_letter(seeds: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.mailbox.log_in.TIMEOUT", SocketTimeout(connect=1, read=0.3))
    for seed in range(seeds, seeds + 6):
        (tmp_path / str(seed)).mkdir()
        after_garbled_rounds(seed, tmp_path / str(seed))


@pytest.mark.parametrize("seed", [2078, 2121, 2214])
def test_what_a_sweep_once_found(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dead line at which a folder was opened was our crash; three letters kept long ago stayed unknown under a number nobody meant."""
    monkeypatch.setattr("intake.mailbox.log_in.TIMEOUT", SocketTimeout(connect=1, read=0.3))
    after_garbled_rounds(seed, tmp_path)


def test_lines_keep_their_literals() -> None:
    said = b"* 1 FETCH (UID 1 BODY[] {6}\r\na\r\nb\r\n)\r\n* OK x\r\nTAG OK done\r\n"
    assert lines_of(said) == [b"* 1 FETCH (UID 1 BODY[] {6}\r\na\r\nb\r\n)\r\n", b"* OK x\r\n", b"TAG OK done\r\n"]


def test_a_folder_whose_name_nobody_can_spell_hides_no_other() -> None:
    class Crude(Scripted):
        def _answer(self, command: bytes, folder: str) -> bytes | None:
            said = super()._answer(command, folder)
            return b'* LIST () "/" "&broken"\r\n* LIST () "/" "\xb2\xe2"\r\n' + said if said and command.startswith(b"LIST") else said

    with Crude(folders={"INBOX": {}, "垃圾邮件": {}}) as server, Mailbox.open(settings_for(server)) as mailbox:
        assert mailbox.folders() == (FOLDERS, ())


def test_the_numbers_of_a_hundred_thousand_letters_come_in_one_line() -> None:
    with Scripted(folders={"INBOX": dict.fromkeys(range(1_320_000_000, 1_320_100_000), b"")}) as server, Mailbox.open(settings_for(server)) as mailbox:
        mailbox.examine("INBOX")
        assert len(mailbox.uids(None)) == 100_000


def test_a_literal_of_gigabytes_asks_for_no_memory() -> None:
    with Scripted(folders={"INBOX": {1: b"a"}}, body=lambda uid, raw: b"BODY[] {9000000000}\r\nabc") as server, Mailbox.open(settings_for(server)) as mailbox:
        mailbox.examine("INBOX")
        with pytest.raises(MailboxUnavailable):
            mailbox.bodies([1])


def test_a_folder_left_out_of_the_names_once_is_looked_for_in_the_next_round(tmp_path: Path) -> None:
    class Forgetful(Scripted):
        forgets = True

        def _answer(self, command: bytes, folder: str) -> bytes | None:
            if command.startswith(b"LIST") and self.forgets:
                return b'* LIST () "/" "INBOX"\r\nTAG OK done\r\n'
            return super()._answer(command, folder)

    letters = {"INBOX": {1: plain_letter("a")}, "垃圾邮件": {2: plain_letter("b")}}
    with Forgetful(folders=letters, body=whole) as server, Ledger.open(tmp_path / "ledger.db") as ledger, Vault.open(tmp_path / "vault.db") as vault:
        line, settings = KeptLine(), settings_for(server)
        for number, forgets in enumerate((True, False)):
            server.forgets = forgets
            with line.lend(settings) as mailbox:
                fetch_letters(mailbox, ledger, vault, settings, NOW + timedelta(minutes=2 * number))
        assert (ledger.count_letters(), server.logins) == (2, 1)
