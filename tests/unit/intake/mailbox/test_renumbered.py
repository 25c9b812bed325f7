"""A mailbox whose UIDs belong to other letters now, while neither UIDVALIDITY nor the seconds of arrival say so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from intake.claiming import message_ids_among
from intake.errors import MailboxUnavailable
from intake.mailbox import look_at_numbers
from intake.mailbox.imap import Mailbox
from intake.reading.engine import Inline
from service.demo.mailbox import DemoMailbox
from service.office import Office, open_office
from service.rounds import after_fetching, fetch
from tests.letters import MOMENT, plain_letter, settings_of

NOW = datetime.fromisoformat("2022-08-06T09:00:00+08:00")


def office_at(folder: Path, mailbox: DemoMailbox, hours: float = 0) -> Office:
    """The office at this mailbox, so many hours on."""
    now = NOW + timedelta(hours=hours)
    office = open_office(None, now)
    return replace(office, filed=None, settings=replace(office.settings, data=folder, mailbox=settings_of(mailbox)))


@contextmanager
def holding(letters: list[int]) -> Iterator[DemoMailbox]:
    """A mailbox with these letters, numbered from its first UID on, all of the same second."""
    with DemoMailbox() as mailbox:
        for number in letters:
            mailbox.deliver(plain_letter(number), MOMENT)
        yield mailbox


def fetched(folder: Path, mailbox: DemoMailbox, hours: float) -> int:
    """One round of the mailbox and of the belt; how many letters are recorded after it."""
    office = office_at(folder, mailbox, hours)
    with office.books() as (ledger, vault):
        fetch(office, ledger, vault)
        after_fetching(office, ledger, vault, engine=Inline())
        return ledger.count_letters()


@pytest.mark.parametrize(
    ("then", "recorded"),
    [([1, 2, 3, 14, 15, 16], 9), ([14, 15, 16, 17, 18, 19], 12), ([6, 5, 4, 3, 2, 1], 6), ([2, 3, 4, 5, 6], 6), ([11, 1, 2, 3, 4, 5], 7)],
    ids=["half of them others", "all of them others", "turned round", "moved up", "a new one first"],
)  # fmt: skip
def test_letters_under_known_numbers_are_found_out_by_their_message_id(then: list[int], recorded: int, tmp_path: Path) -> None:
    """Before: the others were never fetched, and nothing said so."""
    with holding([1, 2, 3, 4, 5, 6]) as before:
        assert fetched(tmp_path, before, 0) == 6
    with holding(then) as after:
        assert fetched(tmp_path, after, 1.1) == recorded
        assert fetched(tmp_path, after, 2.2) == recorded


def test_a_mailbox_that_is_what_it_was_costs_one_question_an_hour_and_no_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with holding([1, 2, 3]) as mailbox:
        assert fetched(tmp_path, mailbox, 0) == 3
        assert fetched(tmp_path, mailbox, 1.1) == 3
        asked: list[str] = []
        for name in ("message_ids", "bodies"):
            monkeypatch.setattr(Mailbox, name, lambda self, uids, name=name: asked.append(name) or {})
        for hours in (1.2, 1.9, 2.2):
            assert fetched(tmp_path, mailbox, hours) == 3
        assert asked == ["message_ids"]  # one folder holds letters, one hour has passed


def test_a_head_the_server_writes_differently_means_no_other_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with holding([1, 2, 3]) as mailbox:
        assert fetched(tmp_path, mailbox, 0) == 3
        monkeypatch.setattr(Mailbox, "message_ids", lambda self, uids: dict.fromkeys(uids, "<tencent_OTHER@qq.example>"))
        office = office_at(tmp_path, mailbox, 1.1)
        with office.books() as (ledger, _), Mailbox.open(office.mailbox_settings()) as box:
            assert look_at_numbers(box, ledger, office.settings.mailbox, office.clock(), lambda sha: message_ids_among(ledger.ties_of([sha]))) == 0
            assert len(ledger.sightings(mailbox.user, "INBOX", 1)) == 3


def test_a_line_that_breaks_at_the_hourly_question_breaks_one_round_an_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(self: Mailbox, uids: object) -> dict[int, str]:
        raise MailboxUnavailable("EOF")

    monkeypatch.setattr(Mailbox, "message_ids", cut)
    with holding([1, 2]) as mailbox:
        outcomes = []
        for minutes in (0, 2, 4, 70):
            try:
                outcomes.append(fetched(tmp_path, mailbox, minutes / 60))
            except MailboxUnavailable:
                outcomes.append(-1)
    assert outcomes == [-1, 2, 2, -1]
