"""The fetch path against a server with NetEase's habits, and what it costs in commands."""

from __future__ import annotations

import logging
import math
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient

from intake.errors import MailboxRefused, PlainMailboxRefused, ServerRefusedLogin, UnsafeLogin
from intake.mailbox import answers, imap
from intake.mailbox.fetch import fetch_letters
from intake.mailbox.imap import Mailbox
from intake.mailbox.pipeline import Pipeline
from service.demo.mailbox import DemoMailbox, Netease
from tests.letters import MOMENT, NOW, books, deliver_all, kept_letters, plain_letter, settings_of
from tests.live.line import Line

HABITS_PER_CONNECTION = 6  # CAPABILITY (imaplib), LOGIN, CAPABILITY (after it), ID, LIST, LOGOUT


def fetch(mailbox: DemoMailbox, folder: Path, port: int = 0, **more: Any) -> Any:
    """One round."""
    settings = settings_of(mailbox, port, **more)
    ledger, vault = books(folder)
    with ledger, vault, Mailbox.open(settings) as box:
        return fetch_letters(box, ledger, vault, settings, NOW)


def test_without_id_the_folder_is_refused_and_the_sentence_names_both_causes(netease: DemoMailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Log-in succeeded, so nobody may be sent looking for a wrong code."""
    monkeypatch.setattr(imap, "say_who", lambda *_: None)
    with Mailbox.open(settings_of(netease)) as box, pytest.raises(UnsafeLogin) as caught:
        box.examine("INBOX")
    assert "ID" in str(caught.value)
    assert "异地" in str(caught.value)
    assert "授权码并没有错" in str(caught.value)


def test_id_is_said_on_every_connection_before_any_folder(netease: DemoMailbox, tmp_path: Path) -> None:
    """LOGIN, ID, and only then EXAMINE; never SELECT."""
    with Line(netease.imap_port) as line:
        for _ in range(2):
            fetch(netease, tmp_path, line.port)
    said = [c for c in line.commands if c in ("LOGIN", "ID", "EXAMINE", "SELECT")]
    assert said == ["LOGIN", "ID", *["EXAMINE"] * 4] * 2


def test_letters_of_every_configured_folder_come_in_with_their_own_folder_name(netease: DemoMailbox, tmp_path: Path) -> None:
    """University mail does land in 垃圾邮件 and 广告邮件."""
    for number, name in enumerate(("INBOX", "垃圾邮件", "广告邮件", "订阅邮件", "已删除")):
        netease.deliver(plain_letter(number), MOMENT, name)
    assert fetch(netease, tmp_path).new == 4
    ledger, _ = books(tmp_path)
    assert {letter.folder for letter in ledger.letters()} == {"INBOX", "垃圾邮件", "广告邮件", "订阅邮件"}
    assert {letter.received_at for letter in ledger.letters()} == {MOMENT}


def test_a_poll_leaves_recent_and_seen_alone(netease: DemoMailbox, tmp_path: Path) -> None:
    """Whoever opens the folder next for writing still finds the letters recent and unread."""
    deliver_all(netease, [plain_letter(n) for n in range(3)])
    fetch(netease, tmp_path)
    with IMAPClient("127.0.0.1", netease.imap_port, ssl=False, timeout=20) as person:
        person.login(netease.user, netease.secret)
        person.id_({"name": "webmail"})
        assert person.select_folder("INBOX")[b"RECENT"] == 3
        assert all(b"\\Seen" not in said[b"FLAGS"] for said in person.fetch(person.search("ALL"), ["FLAGS"]).values())


def test_an_idle_poll_costs_two_commands_a_folder_and_one_more_where_letters_are(netease: DemoMailbox, tmp_path: Path) -> None:
    """Round trips are what a far server charges for; the third one finds out UIDs given to other letters."""
    deliver_all(netease, [plain_letter(n) for n in range(3)])
    fetch(netease, tmp_path)
    with Line(netease.imap_port) as line:
        fetch(netease, tmp_path, line.port)
    assert len(line.commands) <= HABITS_PER_CONNECTION + 2 * 4 + 1


def test_new_letters_cost_one_listing_and_one_command_a_batch(netease: DemoMailbox, tmp_path: Path) -> None:
    """Thirty letters of 50 KB in batches of at most 200 KB."""
    raws = [plain_letter(n, filling=50_000) for n in range(30)]
    deliver_all(netease, raws)
    with Line(netease.imap_port) as line:
        assert fetch(netease, tmp_path, line.port, folders=("INBOX",), batch_bytes=200_000).new == 30
    most = HABITS_PER_CONNECTION + 3 + math.ceil(30 / (200_000 // len(raws[0])))
    assert len(line.commands) <= most


def test_letters_are_asked_for_by_number_and_imaplib_keeps_quiet(
    netease: DemoMailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Guards private attributes of imaplib against upgrades; no body ever reaches a log."""
    asked: list[Any] = []
    original = Pipeline.send

    def watched(self: Pipeline, name: str, *words: str | bytes) -> Any:
        ticket = original(self, name, *words)
        asked.append((words, self._imap.debug))  # its answer may have been taken by now
        return ticket

    monkeypatch.setattr(Pipeline, "send", watched)
    for name in (None, "intake.imap"):  # what other tests left set
        caplog.set_level(logging.DEBUG, logger=name)
    netease.deliver(plain_letter(1, filling=2 * answers.EARLY_BYTES).replace(b"letter 1", "身份证".encode()), MOMENT)
    fetch(netease, tmp_path)
    bodies = [words[1] for words, _ in asked if words[:1] == ("FETCH",) and "BODY.PEEK[]" in words[2]]
    assert bodies == [b"101"]
    assert {debug for _, debug in asked} == {0}
    ours = "".join(record.getMessage() for record in caplog.records if not record.name.startswith(("pymap", "mail.log", "asyncio")))
    assert "SEARCH" in ours
    assert "身份证" not in ours
    assert "Message-ID" not in ours
    assert netease.secret not in ours


class Stubborn(Netease):
    """Refuses any batch with its second letter in it."""

    async def do_fetch(self, cmd: Any) -> Any:
        """NO, if the letter is asked for with its body."""
        from pymap.parsing.response import ResponseNo

        wanted = cmd.sequence_set.flatten(10**4) if hasattr(cmd.sequence_set, "flatten") else ()
        if (102 if cmd.uid else 2) in wanted and any(b"BODY" in bytes(a) for a in cmd.attributes):
            return ResponseNo(cmd.tag, b"FETCH internal error"), None
        return await super().do_fetch(cmd)


def test_a_letter_the_server_will_not_give_holds_up_no_other(tmp_path: Path) -> None:
    """The batch is asked for again one by one; the refused one is named and asked for at every round."""
    with DemoMailbox(state=Stubborn) as mailbox:
        raws = [plain_letter(n) for n in range(4)]
        deliver_all(mailbox, raws)
        for _ in range(2):
            report = fetch(mailbox, tmp_path)
            assert len(report.refused) == 1
            assert " 102 " in report.refused[0]
    ledger, vault = books(tmp_path)
    assert sorted(kept_letters(ledger, vault)) == sorted(raws[:1] + raws[2:])
    assert " 102 " in ledger.health().values["refused_letters"]


def test_an_oversize_letter_is_recorded_by_its_head_and_stays_on_the_server(netease: DemoMailbox, tmp_path: Path) -> None:
    """Never silently dropped: its own state, its sender and subject for staff, and only once."""
    deliver_all(netease, [plain_letter(1), plain_letter(2, filling=300_000)])
    for expected in (2, 0):
        assert fetch(netease, tmp_path, maximum_letter_bytes=100_000).new == expected
    ledger, vault = books(tmp_path)
    (big,) = ledger.letters("oversize")
    assert big.size > 300_000
    assert b"Subject: letter 2" in vault.fetch(big.sha256)
    assert "人工" in big.error


def test_old_letters_before_the_campaign_are_left_alone(netease: DemoMailbox, tmp_path: Path) -> None:
    """A first start on a mailbox full of old mail takes only what can matter, with two days of margin."""
    netease.deliver(plain_letter(1), MOMENT.replace(month=1))
    netease.deliver(plain_letter(2), MOMENT)
    assert fetch(netease, tmp_path, since=MOMENT.date()).new == 1


def test_a_letter_of_ours_is_found_in_the_sent_folder_by_its_message_id(netease: DemoMailbox) -> None:
    """Compared here, because NetEase's header search answers nothing; a folded header is still found."""
    netease.deliver(plain_letter(7).replace(b"Message-ID: ", b"Message-ID:\r\n "), MOMENT, "已发送")
    with Mailbox.open(settings_of(netease)) as box:
        assert box.find_in_sent("<7@university.example>") is True
        assert box.find_in_sent("<8@university.example>") is False


def test_plain_connections_are_for_this_machine_alone(netease: DemoMailbox) -> None:
    """The code never crosses a network in the clear."""
    with pytest.raises(PlainMailboxRefused, match="tls"):
        Mailbox.open(settings_of(netease, host="imap.example.org"))
    Mailbox.open(settings_of(netease, host="localhost")).close()


@pytest.mark.parametrize("secret", ["wrong", "授权码"])
def test_a_refused_log_in_is_told_with_its_cure(netease: DemoMailbox, secret: str) -> None:
    """Also when a Chinese word was pasted for the code."""
    with pytest.raises(ServerRefusedLogin, match="授权码"):
        Mailbox.open(settings_of(netease, secret=secret))


def test_an_unknown_folder_is_a_refusal_not_a_crash(netease: DemoMailbox) -> None:
    """The server's own words are kept."""
    with Mailbox.open(settings_of(netease)) as box, pytest.raises(MailboxRefused):
        box.examine("没有这个文件夹")


def test_large_uids_are_ordinary(tmp_path: Path) -> None:
    """NetEase numbers letters in the thousand millions."""
    with DemoMailbox(first_uid=1_320_000_501) as mailbox:
        deliver_all(mailbox, [plain_letter(1)])
        assert fetch(mailbox, tmp_path).new == 1
    ledger, _ = books(tmp_path)
    assert ledger.sightings(mailbox.user, "INBOX", 1) == {1_320_000_501}
