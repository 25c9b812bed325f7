"""A wrong 授权码 is not knocked at the door again and again: providers lock such a mailbox for a day."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from config.load import DEFAULT_CAMPAIGN, load_campaign
from config.settings import MailboxSettings, Settings
from intake.errors import World
from intake.mailbox import kept
from service.office import Office
from service.rounds import fetch_patiently
from tests.live.scripted import Scripted

START = datetime(2022, 8, 2, 4, tzinfo=UTC)
WRONG = "NO [AUTHENTICATIONFAILED] wrong code"
Tried = Callable[[Scripted, float, float], list[int]]


@pytest.fixture
def tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tried:
    """Polls every two minutes between two minutes of the trial, each on a line of its own; gives those at which the server was knocked at."""
    monkeypatch.setattr(kept, "MOST_SILENCE", 0.0)
    shutil.copytree(DEFAULT_CAMPAIGN, tmp_path / "campaign")
    (tmp_path / "secret").write_text("x")
    (tmp_path / "secret").chmod(0o600)

    def poll(server: Scripted, first: float, last: float) -> list[int]:
        mailbox = MailboxSettings(host="127.0.0.1", port=server.port, tls=False, user="a@b.example", secret="x", folders=("INBOX",))
        office = Office(Settings(campaign=tmp_path / "campaign", data=tmp_path / "data", mailbox=mailbox), load_campaign(tmp_path / "campaign"), lambda: START)
        knocked = []
        for minute in range(int(first), int(last), 2):
            now, before = START + timedelta(minutes=minute), server.logins
            office = replace(office, clock=lambda now=now: now)
            with office.books() as (ledger, vault), suppress(World):
                fetch_patiently(office, ledger, vault)
            knocked += [minute] * (server.logins > before)
        return knocked

    return poll


def test_a_refused_code_is_tried_after_two_ten_thirty_minutes_and_then_every_hour(tried: Tried) -> None:
    """Before: every two minutes, thirty times an hour."""
    with Scripted(login=WRONG) as server:
        knocked = tried(server, 0, 250)
        assert [b - a for a, b in pairwise(knocked)] == [2, 10, 30, 60, 60, 60]
        server.login = ""
        again = tried(server, 250, 330)
        assert again[0] == knocked[-1] + 60
        assert again == list(range(again[0], 330, 2))  # and nothing is remembered against it
        server.login = WRONG
        assert tried(server, 330, 350) == [330, 332, 342]


def test_a_server_too_busy_to_let_anybody_in_is_asked_every_round(tried: Tried) -> None:
    with Scripted(login="NO [UNAVAILABLE] try again later") as server:
        assert tried(server, 0, 20) == list(range(0, 20, 2))


def test_a_wait_noted_by_a_clock_that_ran_ahead_binds_nobody(tried: Tried) -> None:
    with Scripted(login=WRONG) as server:
        assert tried(server, 3 * 24 * 60, 3 * 24 * 60 + 2) == [3 * 24 * 60]
        assert tried(server, 0, 2) == [0]
