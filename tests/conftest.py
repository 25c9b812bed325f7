"""Real servers for every test that asks for one: the NetEase-like mailbox inside this process, and Dovecot where it is installed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from service.demo.mailbox import DemoMailbox
from tests.live.dovecot import Dovecot, find_dovecot


@pytest.fixture
def netease() -> Iterator[DemoMailbox]:
    """A mailbox with NetEase's habits, empty, for one test."""
    with DemoMailbox() as mailbox:
        yield mailbox


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[Dovecot]:
    """One private Dovecot for the whole run; skipped by name where dovecot is not installed."""
    if not find_dovecot():
        pytest.skip("dovecot is not installed on this machine")
    with Dovecot() as server:
        yield server


@pytest.fixture
def dovecot(dovecot_server: Dovecot) -> Dovecot:
    """The private Dovecot with an empty mailbox of its own for this test."""
    dovecot_server.new_user()
    return dovecot_server
