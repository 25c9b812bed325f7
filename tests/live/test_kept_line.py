"""The line the service keeps between its rounds: what an idle poll costs on it, what it hears, and what becomes of one that was hung up on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from config.settings import MailboxSettings
from intake.books.ledger import Ledger
from intake.books.vault import Vault
from intake.mailbox import KeptLine
from intake.mailbox.fetch import fetch_letters
from intake.mailbox.imap import Mailbox
from service.demo.mailbox import DemoMailbox
from tests.letters import MOMENT, NOW, books, deliver_all, plain_letter, settings_of
from tests.live.dovecot import Dovecot
from tests.live.line import LateTag, Line

FOLDERS = ("INBOX", "垃圾邮件", "广告邮件", "订阅邮件")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Ledger, Vault]]:
    ledger, vault = books(tmp_path)
    with ledger, vault:
        yield ledger, vault


def look(line: KeptLine, settings: MailboxSettings, pair: tuple[Ledger, Vault], minutes: int = 0) -> int:
    """One round on the kept line; how many letters were new."""
    with line.lend(settings) as mailbox:
        return fetch_letters(mailbox, *pair, settings, NOW + timedelta(minutes=minutes)).new


def test_an_idle_poll_of_four_folders_is_five_commands_where_uidnext_is_secret(netease: DemoMailbox, pair: tuple[Ledger, Vault]) -> None:
    """And what comes meanwhile is heard, in the inbox and elsewhere; after an hour everything is compared."""
    kept = KeptLine()
    deliver_all(netease, [plain_letter(n) for n in range(3)])
    with Line(netease.imap_port) as line:
        settings = settings_of(netease, line.port)
        assert look(kept, settings, pair) == 3
        line.commands.clear()
        assert look(kept, settings, pair, 2) == 0
        assert len(line.commands) <= 5
        netease.deliver(plain_letter(7), MOMENT)
        netease.deliver(plain_letter(8), MOMENT, "广告邮件")
        assert look(kept, settings, pair, 4) == 2
        line.commands.clear()
        assert look(kept, settings, pair, 70) == 0
        assert line.commands.count("SEARCH") == 4


def test_what_comes_late_of_a_round_is_no_good_bye(netease: DemoMailbox, pair: tuple[Ledger, Vault]) -> None:
    """Bodies that are all here are not waited for any longer; the word that they were all is read before the line is laid aside."""
    kept = KeptLine()
    netease.deliver(plain_letter(1), MOMENT)
    with LateTag(netease.imap_port) as line:
        settings = settings_of(netease, line.port)
        assert look(kept, settings, pair) == 1
        assert line.said.wait(20)
        assert look(kept, settings, pair, 2) == 0
        assert line.commands.count("LOGIN") == 1


def test_a_line_that_dies_as_the_round_ends_fails_no_round(netease: DemoMailbox, pair: tuple[Ledger, Vault]) -> None:
    """Everything asked for is here; the line is not kept."""
    kept = KeptLine()
    netease.deliver(plain_letter(1), MOMENT)
    settings = settings_of(netease)
    with kept.lend(settings) as mailbox:
        assert fetch_letters(mailbox, *pair, settings, NOW).new == 1
        mailbox._line.send("NOOP")
        mailbox.abort()
    assert kept._held is None


def test_a_letter_delivered_and_another_deleted_between_two_polls_is_found_at_once(netease: DemoMailbox, pair: tuple[Ledger, Vault]) -> None:
    """The number of letters is the same; the last one is another."""
    kept = KeptLine()
    deliver_all(netease, [plain_letter(n) for n in range(3)])
    assert look(kept, settings_of(netease), pair) == 3
    from imapclient import IMAPClient

    with IMAPClient("127.0.0.1", netease.imap_port, ssl=False, timeout=20) as person:
        person.login(netease.user, netease.secret)
        person.id_({"name": "webmail"})
        person.select_folder("INBOX")
        person.delete_messages([101])
        person.expunge()
    netease.deliver(plain_letter(9), MOMENT)
    assert look(kept, settings_of(netease), pair, 2) == 1


def test_a_line_hung_up_on_between_two_polls_is_replaced(netease: DemoMailbox, pair: tuple[Ledger, Vault]) -> None:
    """Nobody is told, nothing is done one by one afterwards."""
    kept = KeptLine()
    with Line(netease.imap_port) as line:
        settings = settings_of(netease, line.port)
        assert look(kept, settings, pair) == 0
        assert kept._held is not None
        kept._held.mailbox.abort()
        netease.deliver(plain_letter(1), MOMENT)
        assert look(kept, settings, pair, 2) == 1
        assert line.commands.count("LOGIN") == 2
    assert pair[0].health_note("last_poll_error") == ""


@pytest.mark.live
def test_dovecot_tells_of_all_folders_in_one_command_also_of_the_one_that_is_open(dovecot: Dovecot, pair: tuple[Ledger, Vault]) -> None:
    """LIST-STATUS on a line on which the inbox is open."""
    kept = KeptLine()
    for folder in FOLDERS:
        dovecot.deliver(plain_letter(len(folder)), MOMENT, folder)
    with Line(dovecot.port) as line:
        settings = dovecot.settings(host="127.0.0.1", port=line.port, tls=False, ca_file=None, folders=FOLDERS)
        look(kept, settings, pair)
        with kept.lend(settings) as mailbox:
            mailbox.examine("INBOX")
        dovecot.deliver(plain_letter(50), MOMENT)
        assert look(kept, settings, pair, 2) == 1
        line.commands.clear()
        assert look(kept, settings, pair, 4) == 0
        assert line.commands == ["UNSELECT", "LIST"]
        line.commands.clear()
        assert look(kept, settings, pair, 6) == 0
        assert line.commands == ["LIST"]


def test_a_server_that_does_not_bear_several_commands_is_asked_one_by_one_for_a_day(netease: DemoMailbox, pair: tuple[Ledger, Vault]) -> None:
    """After a line that broke nothing is sent ahead."""
    from intake.mailbox.standing import is_careful, note_broken

    note_broken(pair[0], NOW)
    assert is_careful(pair[0], NOW + timedelta(hours=23))
    assert not is_careful(pair[0], NOW + timedelta(hours=25))
    netease.deliver(plain_letter(1), MOMENT)
    settings = settings_of(netease)
    with Mailbox.open(settings) as mailbox:
        assert fetch_letters(mailbox, *pair, settings, NOW).new == 1
        assert mailbox._patient
