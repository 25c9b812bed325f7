"""The service's threads: none waits for another, a stop waits for nobody for long, and files that change are taken up or refused."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.load import DEFAULT_CAMPAIGN, load_campaign
from config.settings import MailboxSettings, Settings
from intake.books.health import CAMPAIGN_REFUSED
from intake.errors import MailboxUnavailable
from service import rounds, worker
from service.office import Office
from service.renewal import Renewal
from service.rounds import Stations, poll
from service.worker import Duty, TooLong, serve, within

NOW = datetime(2022, 8, 2, 4, tzinfo=UTC)
SOON = 20.0
"""Seconds after which a thread that should have moved counts as hung; nothing waits that long when all is well."""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    folder = tmp_path / "campaign"
    shutil.copytree(DEFAULT_CAMPAIGN, folder)
    settings = Settings(campaign=folder, data=tmp_path / "data", mailbox=MailboxSettings(host="127.0.0.1", user="x@example.org"), poll_seconds=3600)
    return Office(settings, load_campaign(folder), lambda: NOW)


def duty(office: Office) -> Duty:
    return Duty(Renewal(office), threading.Event())


def test_a_mailbox_that_hangs_keeps_nobody_from_work_and_no_stop_waiting(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """IMAP at one byte a second: the belt, the post and the digest run all the same; SIGTERM ends the service."""
    stop, never = threading.Event(), threading.Event()
    went = {name: threading.Event() for name in ("belt", "post", "staff", "scan", "mail")}

    def hangs(_office: Office) -> None:
        went["mail"].set()
        never.wait(SOON)

    def marks(name: str) -> Callable[[Office], None]:
        return lambda _office: went[name].set()

    monkeypatch.setattr(worker, "mail_cycle", hangs)
    monkeypatch.setattr(worker, "GRACE_SECONDS", 0.1)
    for name in ("belt", "post", "staff", "scan"):
        monkeypatch.setattr(worker, f"{name}_cycle", marks(name))
    thread = threading.Thread(target=serve, args=(office, stop), daemon=True)
    thread.start()
    assert all(event.wait(SOON) for event in went.values())
    stop.set()
    thread.join(SOON)
    assert not thread.is_alive()
    never.set()


def test_a_cycle_beyond_its_time_is_told_and_not_begun_a_second_time(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(worker.LIMITS, "收信", timedelta(milliseconds=1))
    on_duty, free = duty(office), threading.Event()
    with pytest.raises(TooLong):
        within(on_duty, "收信", lambda: free.wait(SOON) and None)
    with pytest.raises(TooLong):
        within(on_duty, "收信", lambda: pytest.fail("a second one beside it"))
    free.set()
    on_duty.running["收信"].join(SOON)
    monkeypatch.setitem(worker.LIMITS, "收信", timedelta(seconds=SOON))
    done: list[str] = []
    within(on_duty, "收信", lambda: done.append("again"))
    assert done == ["again"]


def test_what_a_cycle_raises_reaches_whoever_guards_it(office: Office) -> None:
    def breaks() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        within(duty(office), "核对", breaks)


def test_a_mailbox_that_cannot_be_reached_keeps_no_letter_in_the_books_from_being_answered(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    worked: list[str] = []

    def unreachable(*_words: object) -> int:
        raise MailboxUnavailable("no line")

    monkeypatch.setattr(rounds, "fetch", unreachable)
    monkeypatch.setattr(rounds, "work_through", lambda *_words: worked.append("read, assessed, answered"))
    monkeypatch.setattr(rounds, "send", lambda *_words: worked.append("sent"))
    with pytest.raises(MailboxUnavailable):
        poll(office)
    assert worked == ["read, assessed, answered", "sent"]


def test_each_station_stands_on_its_own_feet() -> None:
    stations, worked = Stations(), []

    def breaks() -> None:
        raise KeyError("ours")

    stations.run("拆信", breaks)
    stations.run("核对", lambda: worked.append("assessed"))
    assert worked == ["assessed"]
    assert [name for name, _ in stations.failures] == ["拆信"]
    with pytest.raises(KeyError):
        stations.raise_first()


def test_a_changed_campaign_is_taken_up_and_a_broken_one_refused_with_a_word(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    renewal, text = Renewal(office), office.settings.campaign / "campaign.toml"
    assert renewal.office() is office
    whole = text.read_text(encoding="utf-8")
    text.write_text(whole.replace("grace_minutes = 10", "grace_minutes = 25") + "\n", encoding="utf-8")
    with caplog.at_level(logging.INFO, "intake.campaign"):
        changed = renewal.office()
    assert changed is not office
    assert "已按新的内容重新核对" in caplog.text
    text.write_text("这不是 TOML", encoding="utf-8")
    assert renewal.office().campaign == changed.campaign
    with office.books() as (ledger, _):
        assert "仍按改动前的办" in ledger.health_note(CAMPAIGN_REFUSED)
    text.write_text(whole, encoding="utf-8")
    assert renewal.office().campaign == office.campaign
    with office.books() as (ledger, _):
        assert ledger.health_note(CAMPAIGN_REFUSED) == ""


def test_a_roster_row_that_changes_is_seen_too(office: Office) -> None:
    renewal, roster = Renewal(office), office.settings.campaign / "roster.csv"
    lines = roster.read_text(encoding="utf-8").splitlines()
    roster.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    assert len(renewal.office().campaign.institutions) == len(office.campaign.institutions) - 1


def test_what_was_decided_of_the_office_stands_over_changed_files(office: Office) -> None:
    with office.books() as (ledger, _):
        ledger.decide("mode", by="郝老师", at=NOW, detail={"mode": "automatic"})
    on_duty = duty(replace(office))
    assert on_duty.office.settings.mode == "automatic"
