"""The fetch path against a real Dovecot over TLS: everything recorded, nothing on the server changed."""

from __future__ import annotations

import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from intake.errors import MailboxNotTrusted, MailboxUnavailable, ServerRefusedLogin
from intake.mailbox.fetch import fetch_letters
from intake.mailbox.imap import Mailbox
from tests.letters import MOMENT, NOW, books, kept_letters, plain_letter
from tests.live.dovecot import Dovecot

pytestmark = pytest.mark.live


def fetch(server: Dovecot, folder: Path, **more: Any) -> Any:
    """One round against the server."""
    ledger, vault = books(folder)
    with ledger, vault, Mailbox.open(server.settings(**more)) as mailbox:
        return fetch_letters(mailbox, ledger, vault, server.settings(**more), NOW)


def test_letters_arrive_byte_for_byte_with_the_server_s_time(dovecot: Dovecot, tmp_path: Path) -> None:
    """Twenty letters over TLS: the very bytes, and INTERNALDATE as an aware moment."""
    raws = [plain_letter(n) for n in range(20)]
    for raw in raws:
        dovecot.deliver(raw, MOMENT)
    assert fetch(dovecot, tmp_path).new == 20
    ledger, vault = books(tmp_path)
    assert sorted(kept_letters(ledger, vault)) == sorted(raws)
    assert {letter.received_at for letter in ledger.letters()} == {MOMENT}
    assert fetch(dovecot, tmp_path).new == 0


def test_a_poll_leaves_every_flag_and_the_recent_count_as_they_were(dovecot: Dovecot, tmp_path: Path) -> None:
    """\\Seen, \\Flagged, \\Answered and \\Recent before and after a poll are the same, as another program sees them."""
    for number in range(5):
        dovecot.deliver(plain_letter(number), MOMENT)
    with dovecot.session() as person:
        person.select_folder("INBOX")
        uids = person.search("ALL")
        person.add_flags(uids[:2], [rb"\Seen", rb"\Flagged"])
        person.add_flags(uids[2:3], [rb"\Answered", "$Important"])
    for number in range(5, 8):
        dovecot.deliver(plain_letter(number), MOMENT)
    before = what_others_see(dovecot)
    assert before["recent"] == 3
    assert fetch(dovecot, tmp_path).new == 8
    assert what_others_see(dovecot) == before


def what_others_see(server: Dovecot) -> dict[str, Any]:
    """All flags, the order and number of letters, and \\Recent, by a session that itself changes nothing."""
    with server.session() as other:
        status = other.folder_status("INBOX", ["MESSAGES", "RECENT", "UNSEEN", "UIDNEXT"])
        other.select_folder("INBOX", readonly=True)
        flags = other.fetch(other.search("ALL"), ["FLAGS", "INTERNALDATE", "RFC822.SIZE"])
        return {"recent": status[b"RECENT"], "status": status, "flags": flags}


def test_a_letter_read_by_staff_first_is_fetched_all_the_same(dovecot: Dovecot, tmp_path: Path) -> None:
    """State never depends on \\Seen."""
    dovecot.deliver(plain_letter(1), MOMENT)
    with dovecot.session() as person:
        person.select_folder("INBOX")
        person.fetch(person.search("ALL"), ["BODY[]"])
    assert fetch(dovecot, tmp_path).new == 1


def test_a_folder_is_found_by_its_flag_when_its_name_is_another(dovecot: Dovecot, tmp_path: Path) -> None:
    """垃圾邮件 is configured, the server calls it Junk; 广告邮件 does not exist and is only reported."""
    dovecot.deliver(plain_letter(1), MOMENT, "Junk")
    report = fetch(dovecot, tmp_path)
    assert (report.new, report.folders) == (1, ("INBOX", "Junk"))
    assert report.absent == ("广告邮件", "订阅邮件")


def test_a_chinese_folder_name_is_spoken_both_ways(dovecot: Dovecot, tmp_path: Path) -> None:
    """Modified UTF-7 is for the wire only."""
    dovecot.deliver(plain_letter(1), MOMENT, "广告邮件")
    assert "广告邮件" in fetch(dovecot, tmp_path).folders
    ledger, _ = books(tmp_path)
    assert [letter.folder for letter in ledger.letters()] == ["广告邮件"]


def test_letters_expunged_between_list_and_fetch_are_not_missed_by_anyone(
    dovecot: Dovecot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two of six vanish in the middle of a poll: four are recorded, nothing is raised, the next round is clean."""
    for number in range(6):
        dovecot.deliver(plain_letter(number), MOMENT)
    original = Mailbox.bodies

    def late(self: Mailbox, uids: Any) -> Any:
        monkeypatch.setattr(Mailbox, "bodies", original)
        with dovecot.session() as person:
            person.select_folder("INBOX")
            person.delete_messages(person.search("ALL")[2:4])
            person.expunge()
        return original(self, uids)

    monkeypatch.setattr(Mailbox, "bodies", late)
    report = fetch(dovecot, tmp_path)
    assert (report.new, report.vanished) == (4, 2)
    assert fetch(dovecot, tmp_path).new == 0


def test_a_wrong_authorisation_code_is_told_as_such(dovecot: Dovecot) -> None:
    """The sentence names the 授权码."""
    with pytest.raises(ServerRefusedLogin, match="授权码"):
        Mailbox.open(dovecot.settings(secret="wrong"))


def test_a_certificate_nobody_vouches_for_ends_the_connection_before_the_password(dovecot: Dovecot) -> None:
    """There is no switch to turn verification off."""
    with pytest.raises(MailboxNotTrusted, match="证书"):
        Mailbox.open(dovecot.settings(ca_file=None))
    assert ssl.create_default_context().verify_mode == ssl.CERT_REQUIRED


def test_a_server_that_is_not_there_is_told_as_such(dovecot: Dovecot) -> None:
    """The sentence names host and port."""
    with pytest.raises(MailboxUnavailable, match="host、port"):
        Mailbox.open(replace(dovecot.settings(), port=1))
