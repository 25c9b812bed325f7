"""One bad thing stops one thing: a scripted server does the wrong thing to one letter or one folder, and everything else comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.settings import MailboxSettings
from intake.books.ledger import Ledger
from intake.books.vault import Vault
from intake.errors import MailboxUnavailable, ServerRefusedLogin, World
from intake.mailbox.fetch import FetchReport, fetch_letters
from intake.mailbox.imap import Mailbox
from intake.mailbox.round import SHORT
from tests.letters import plain_letter
from tests.live.scripted import Body, Scripted, whole

NOW = datetime(2022, 8, 1, 2, 0, tzinfo=UTC)
POISON = 105


@pytest.fixture
def server() -> Iterator[Scripted]:
    """Twelve letters in the inbox, two in the folder of junk."""
    with Scripted() as scripted:
        scripted.folders["INBOX"] = {100 + n: plain_letter(f"letter {n}") for n in range(12)}
        scripted.folders["垃圾邮件"] = {200 + n: plain_letter(f"junk {n}") for n in range(2)}
        yield scripted


@pytest.fixture
def books(tmp_path: Path) -> Iterator[tuple[Ledger, Vault]]:
    with Ledger.open(tmp_path / "ledger.db") as ledger, Vault.open(tmp_path / "vault.db") as vault:
        yield ledger, vault


def round_of(server: Scripted, books: tuple[Ledger, Vault], number: int = 0, minutes: int = 2, most: int = 80 << 20) -> FetchReport | World:
    settings = MailboxSettings(
        host="127.0.0.1", port=server.port, tls=False, user="a@b.example", secret="x", folders=("INBOX", "垃圾邮件"), maximum_letter_bytes=most
    )
    try:
        with Mailbox.open(settings) as mailbox:
            return fetch_letters(mailbox, *books, settings, NOW + timedelta(minutes=minutes * number))
    except World as refusal:
        return refusal


def kept(books: tuple[Ledger, Vault]) -> int:
    return books[0].count_letters()


def test_a_letter_at_which_the_line_always_breaks_keeps_no_other_away_and_is_named(server: Scripted, books: tuple[Ledger, Vault]) -> None:
    server.body = lambda uid, raw: None if uid == POISON else whole(uid, raw)
    rounds = [round_of(server, books, number) for number in range(8)]
    assert kept(books) == 13
    assert isinstance(rounds[-1], FetchReport)
    [unknown] = books[0].unknown_letters()
    assert (unknown.folder, unknown.uid, unknown.rounds >= 3) == ("INBOX", POISON, True)
    asked = len(server.asked)
    round_of(server, books, 9)
    assert not [words for words in server.asked[asked:] if "BODY.PEEK[]" in words.upper()]
    server.body = whole
    round_of(server, books, 60)
    assert (kept(books), books[0].unknown_letters()) == (14, ())


WRONG: dict[str, Callable[[int, bytes], bytes]] = {
    "NIL": lambda uid, raw: b"BODY[] NIL" if uid == POISON else whole(uid, raw),
    "an empty string": lambda uid, raw: b'BODY[] ""' if uid == POISON else whole(uid, raw),
    "an empty literal": lambda uid, raw: b"BODY[] {0}\r\n" if uid == POISON else whole(uid, raw),
    "nothing": lambda uid, raw: b"" if uid == POISON else whole(uid, raw),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_body_never_given_is_remembered_and_asked_for_again(name: str, server: Scripted, books: tuple[Ledger, Vault]) -> None:
    server.body = WRONG[name]
    for number in range(4):
        round_of(server, books, number)
    assert kept(books) == 13
    [unknown] = books[0].unknown_letters()
    assert (unknown.folder, unknown.uid, unknown.rounds) == ("INBOX", POISON, 4 if unknown.rounds == 4 else 3)
    server.body = whole
    round_of(server, books, 60)
    assert (kept(books), books[0].unknown_letters()) == (14, ())


def head_given(uid: int, raw: bytes) -> bytes:
    """The three lines alone, as servers give them under the words they were asked with."""
    head = b"From: gh@dlut.example\r\nSubject: =?utf-8?b?5oql6YCB5p2Q5paZ?=\r\n\r\n"
    return b"BODY[HEADER.FIELDS (FROM SUBJECT DATE)]<0> {%d}\r\n" % len(head) + head


def cut(uid: int, raw: bytes) -> bytes | None:
    """The line breaks at the poison."""
    return None if uid == POISON else whole(uid, raw)


@pytest.mark.parametrize("body", [*WRONG.values(), cut, "no"])
def test_a_letter_that_never_comes_is_known_by_its_head(body: Body | str, server: Scripted, books: tuple[Ledger, Vault]) -> None:
    """Before: nothing was known of it, and near the deadline nobody at all was told what is missing."""
    server.heads = head_given
    if isinstance(body, str):
        server.no = frozenset({POISON})
    else:
        server.body = body
    for number in range(4):
        round_of(server, books, number)
    assert kept(books) == 13
    [unknown] = books[0].unknown_letters()
    assert (unknown.uid, unknown.sender, unknown.subject) == (POISON, "gh@dlut.example", "报送材料")
    round_of(server, books, 90)
    assert sum("FROM SUBJECT DATE" in words and str(POISON) in words for words in server.asked) == 1


@pytest.mark.parametrize("heads", [lambda uid, raw: None, lambda uid, raw: b"", lambda uid, raw: b"BODY[HEADER.FIELDS (FROM SUBJECT DATE)]<0> NIL"])
def test_a_head_that_does_not_come_either_keeps_no_letter_away(heads: Body, server: Scripted, books: tuple[Ledger, Vault]) -> None:
    server.heads = heads
    server.body = WRONG["NIL"]
    for number in range(4):
        round_of(server, books, number)
    assert kept(books) == 13
    assert [letter.uid for letter in books[0].unknown_letters()] == [POISON]
    server.body = whole
    round_of(server, books, 60)
    assert (kept(books), books[0].unknown_letters()) == (14, ())


@pytest.mark.parametrize("how", ["none", "NO", "break", "RFC822.SIZE NIL", "RFC822.SIZE abc", "RFC822.SIZE -1", "FLAGS ()"])
@pytest.mark.parametrize("given", [True, False])
def test_a_letter_of_which_not_even_the_size_is_told_hides_no_other_and_is_asked_for_or_unknown(
    how: str, given: bool, server: Scripted, books: tuple[Ledger, Vault]
) -> None:
    server.sizes = lambda uid: how if uid == POISON else ""
    server.body = lambda uid, raw: whole(uid, raw) if given or uid != POISON else b""
    for number in range(8):
        round_of(server, books, number)
    assert kept(books) == 13 + given
    assert [(letter.folder, letter.uid) for letter in books[0].unknown_letters()] == ([] if given else [("INBOX", POISON)])


@pytest.mark.parametrize("how", ["none", "NO", "break"])
@pytest.mark.parametrize("dated", [True, False])
def test_a_letter_that_comes_late_over_the_line_came_when_it_was_first_known(how: str, dated: bool, server: Scripted, books: tuple[Ledger, Vault]) -> None:
    """Its size, hence its time, is not told and its body not given until the deadline is over: it was in the mailbox before."""
    server.sizes, server.dated = (lambda uid: how if uid == POISON else ""), dated
    server.body = lambda uid, raw: whole(uid, raw) if uid != POISON else b""
    for number in range(6):
        round_of(server, books, number)
    [unknown] = books[0].unknown_letters()
    server.body = whole
    round_of(server, books, 300)
    [late] = [letter for letter in books[0].letters() if letter.fetched_at == NOW + timedelta(minutes=600)]
    sent = datetime(2022, 7, 29, 2, 0, POISON % 60, tzinfo=UTC)
    assert (late.received_at, late.time_source) == ((sent, "server") if dated else (unknown.since, "poll"))
    assert unknown.since is not None
    assert unknown.since <= NOW + timedelta(minutes=12)


@pytest.mark.parametrize("held_before", [True, False])
def test_a_folder_at_which_the_line_always_breaks_keeps_no_other_away(held_before: bool, server: Scripted, books: tuple[Ledger, Vault]) -> None:
    if held_before:
        round_of(server, books)
        server.folders["垃圾邮件"][300] = plain_letter("late")
    server.breaks = frozenset({"INBOX"})
    for number in range(1, 4):
        assert isinstance(round_of(server, books, number), MailboxUnavailable)
    assert kept(books) == (15 if held_before else 2)
    server.breaks = frozenset()
    round_of(server, books, 4)
    assert kept(books) == (15 if held_before else 14)


@pytest.mark.parametrize("head", [b"NO", None, b"NIL"])
def test_a_letter_too_big_whose_head_does_not_come_keeps_no_other_away(head: bytes | None, server: Scripted, books: tuple[Ledger, Vault]) -> None:
    server.folders["INBOX"][POISON] = plain_letter("big") + b"x" * 5000
    server.no = frozenset({POISON}) if head == b"NO" else frozenset()
    server.body = lambda uid, raw: whole(uid, raw) if uid != POISON else head and b"BODY[HEADER]<0> NIL"
    for number in range(6):
        round_of(server, books, number, most=4000)
    assert kept(books) == 13 + (head is not None)
    assert [letter.uid for letter in books[0].unknown_letters()] == ([] if head is not None else [POISON])


def test_what_lay_in_a_folder_that_is_gone_is_no_longer_unknown(server: Scripted, books: tuple[Ledger, Vault]) -> None:
    server.body = lambda uid, raw: whole(uid, raw) if uid != 200 else b""
    round_of(server, books)
    assert [letter.uid for letter in books[0].unknown_letters()] == [200]
    del server.folders["垃圾邮件"]
    round_of(server, books, 1)
    assert not books[0].unknown_letters()


def test_half_a_letter_is_never_kept_for_the_whole(server: Scripted, books: tuple[Ledger, Vault]) -> None:
    given = {"n": 0}

    def body(uid: int, raw: bytes) -> bytes:
        if uid != POISON:
            return whole(uid, raw)
        given["n"] += 1
        return whole(uid, raw[: len(raw) // 2]) if given["n"] == 1 else whole(uid, raw)

    server.body = body
    round_of(server, books)
    assert kept(books) == 14
    assert books[1].has(__import__("hashlib").sha256(server.folders["INBOX"][POISON]).hexdigest())


def test_a_letter_cut_every_time_at_another_place_is_unknown_not_kept(server: Scripted, books: tuple[Ledger, Vault]) -> None:
    given = {"n": 10}

    def body(uid: int, raw: bytes) -> bytes:
        given["n"] += 1
        return whole(uid, raw[: given["n"]]) if uid == POISON else whole(uid, raw)

    server.body = body
    round_of(server, books)
    assert kept(books) == 13
    assert [letter.uid for letter in books[0].unknown_letters()] == [POISON]


def test_half_a_letter_given_again_and_again_is_no_estimate_of_its_size(server: Scripted, books: tuple[Ledger, Vault]) -> None:
    """Before: the same half twice was kept for the whole, and nobody knew of the other half."""
    large = plain_letter("large") + (b"x" * 70 + b"\r\n") * 600
    server.folders["INBOX"][POISON] = large
    server.body = lambda uid, raw: whole(uid, raw[: len(raw) // 2]) if uid == POISON else whole(uid, raw)
    for number in range(4):
        round_of(server, books, number)
    assert kept(books) == 13
    [unknown] = books[0].unknown_letters()
    assert (unknown.uid, unknown.reason) == (POISON, SHORT)
    server.body = whole
    round_of(server, books, 60)
    assert (kept(books), books[0].unknown_letters()) == (14, ())


def test_sizes_that_are_only_estimates_cost_one_more_request_and_no_letter(server: Scripted, books: tuple[Ledger, Vault]) -> None:
    server.body = lambda uid, raw: whole(uid, raw[:-2])
    round_of(server, books)
    assert (kept(books), books[0].unknown_letters()) == (14, ())


def test_a_refused_letter_is_named_and_remembered(server: Scripted, books: tuple[Ledger, Vault]) -> None:
    server.no = frozenset({POISON})
    found = round_of(server, books)
    assert isinstance(found, FetchReport)
    assert kept(books) == 13
    assert f"INBOX 第 {POISON} 号" in found.refused[0]
    assert [letter.uid for letter in books[0].unknown_letters()] == [POISON]


def test_a_folder_that_will_not_open_is_named_and_the_others_are_read(server: Scripted, books: tuple[Ledger, Vault]) -> None:
    server.refuse = frozenset({"INBOX"})
    found = round_of(server, books)
    assert isinstance(found, FetchReport)
    assert kept(books) == 2
    assert "文件夹“INBOX”打不开" in found.refused[0]


def test_a_folder_taken_away_between_list_and_look_costs_nothing_but_a_word(server: Scripted, books: tuple[Ledger, Vault]) -> None:
    server.refuse = frozenset({"垃圾邮件"})
    found = round_of(server, books)
    assert isinstance(found, FetchReport)
    assert (kept(books), len(found.refused)) == (12, 1)
    del server.folders["垃圾邮件"]
    again = round_of(server, books, 1)
    assert isinstance(again, FetchReport)
    assert (kept(books), again.refused, again.absent) == (12, (), ("垃圾邮件",))


def test_what_staff_took_away_is_no_longer_unknown(server: Scripted, books: tuple[Ledger, Vault]) -> None:
    server.body = WRONG["NIL"]
    round_of(server, books)
    del server.folders["INBOX"][POISON]
    round_of(server, books, 1)
    assert books[0].unknown_letters() == ()


@pytest.mark.parametrize("validity", [1, 7])
def test_a_mailbox_built_anew_costs_a_download_and_doubles_nothing(validity: int, server: Scripted, books: tuple[Ledger, Vault]) -> None:
    server.uidvalidity = validity
    round_of(server, books)
    letters = list(server.folders["INBOX"].values())
    server.uidvalidity = validity if validity == 1 else 8
    server.folders["INBOX"] = {100 + n: raw for n, raw in enumerate(reversed(letters))} | {150: plain_letter("new")}
    round_of(server, books, 1)
    assert kept(books) == 15


@pytest.mark.parametrize(
    ("login", "kind"),
    [
        ("NO [AUTHENTICATIONFAILED] wrong", ServerRefusedLogin),
        ("NO Login error or password error", ServerRefusedLogin),
        ("NO [UNAVAILABLE] try later", MailboxUnavailable),
        ("NO [INUSE] somebody is in", MailboxUnavailable),
        ("NO [LIMIT] too many connections", MailboxUnavailable),
        ("BAD internal server error", MailboxUnavailable),
    ],
)
def test_only_a_wrong_code_is_called_a_wrong_code(login: str, kind: type[World], server: Scripted, books: tuple[Ledger, Vault]) -> None:
    server.login = login
    assert type(round_of(server, books)) is kind


def test_a_server_that_says_good_bye_at_once_is_unavailable(server: Scripted, books: tuple[Ledger, Vault]) -> None:
    server.greeting = b"* BYE too busy\r\n"
    assert type(round_of(server, books)) is MailboxUnavailable


def test_a_server_of_one_byte_a_second_is_given_up_at_the_deadline(server: Scripted, books: tuple[Ledger, Vault]) -> None:
    import threading
    import time

    settings = MailboxSettings(host="127.0.0.1", port=server.port, tls=False, user="a@b.example", secret="x", folders=("INBOX",))
    with Mailbox.open(settings) as mailbox:
        server.drip = 0.2
        clock = threading.Timer(1.0, mailbox.abort)
        clock.start()
        began = time.monotonic()
        with pytest.raises(MailboxUnavailable):
            fetch_letters(mailbox, *books, settings, NOW)
        assert time.monotonic() - began < 60


def test_a_second_service_on_one_mailbox_is_noticed_and_nothing_leaves_by_itself(server: Scripted, tmp_path: Path) -> None:
    from dataclasses import replace

    from service.office import open_office
    from service.rounds import fetch

    ours = f"<{'ab' * 16}@b.example>"
    server.folders["Sent"] = {1: f"Message-ID: {ours}\r\n\r\n".encode(), 2: b"Message-ID: <by-hand@b.example>\r\n\r\n"}
    server.body = lambda uid, raw: (
        b"BODY[HEADER.FIELDS (MESSAGE-ID)] {%d}\r\n" % len(raw) + raw if raw.startswith(b"Message-ID") else whole(uid, raw)
    )
    settings = MailboxSettings(host="127.0.0.1", port=server.port, tls=False, user="a@b.example", secret="x", folders=("INBOX",))
    office = open_office(None, NOW)
    office = replace(
        office,
        filed=None,
        settings=replace(
            office.settings, data=tmp_path, mode="automatic", mailbox=settings, smtp=replace(office.settings.smtp, host="127.0.0.1")
        ),
    )
    with office.books() as (ledger, vault):
        fetch(office, ledger, vault)
        assert ledger.health_note("foreign_sent") == "1"
        assert office.as_decided(ledger.decisions()).settings.mode == "approve"


@pytest.mark.parametrize(("copies", "told"), [(1, False), (0, True)])
def test_a_sent_folder_without_what_surely_left_is_no_witness_and_staff_are_told(
    copies: int, told: bool, server: Scripted, tmp_path: Path
) -> None:
    from dataclasses import replace

    from intake.books import WITNESS_ABSENT
    from intake.records import OutboxRecord
    from service.office import open_office
    from service.rounds import fetch

    ours = f"<{'ab' * 16}@b.example>"
    server.folders["Sent"] = {1: f"Message-ID: {ours}\r\n\r\n".encode()} if copies else {}
    server.body = lambda uid, raw: b"BODY[HEADER.FIELDS (MESSAGE-ID)] {%d}\r\n" % len(raw) + raw if raw.startswith(b"Message-ID") else whole(uid, raw)
    settings = MailboxSettings(host="127.0.0.1", port=server.port, tls=False, user="a@b.example", secret="x", folders=("INBOX",))
    office = open_office(None, NOW)
    smtp = replace(office.settings.smtp, host="127.0.0.1")
    office = replace(office, filed=None, settings=replace(office.settings, data=tmp_path, mode="automatic", mailbox=settings, smtp=smtp))
    with office.books() as (ledger, vault):
        left = NOW - timedelta(hours=1)
        row = OutboxRecord(
            key="k", kind="complete", institution="", recipient="gh@u.example", subject="回执", message_id=ours, raw=b"", state="queued", created_at=left
        )  # fmt: skip
        ledger.enqueue(row)
        ledger.mark("k", "sent", at=left)
        fetch(office, ledger, vault)
        assert bool(ledger.health_note(WITNESS_ABSENT)) is told


@pytest.mark.slow
def test_twenty_thousand_old_letters_come_batch_by_batch_in_bounded_memory(server: Scripted, books: tuple[Ledger, Vault]) -> None:
    """The line dies in the middle of them: what came before stays, and the next round goes on from there."""
    import resource

    count = 20_000
    server.folders["INBOX"] = {1000 + n: plain_letter(f"old {n}") for n in range(count)}
    poison = 1000 + count // 2
    server.body = lambda uid, raw: None if uid == poison else whole(uid, raw)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert isinstance(round_of(server, books), MailboxUnavailable)
    assert 2000 < kept(books) < count
    server.body = whole
    assert isinstance(round_of(server, books, 1), FetchReport)
    assert (kept(books), books[0].unknown_letters()) == (count + 2, ())
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150 << 10
