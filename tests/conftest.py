"""Real servers for every test that asks for one: the NetEase-like mailbox inside this process, and Dovecot where it is installed.

`--quick` does not even load the modules of tests/slow_modules.txt (benchmarks/quick.py writes that list from a run's own times).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.demo.mailbox import DemoMailbox
from tests.live.dovecot import Dovecot, find_dovecot

HERE = Path(__file__).parent
SLOW = frozenset((HERE / "slow_modules.txt").read_text(encoding="utf-8").split())


def pytest_addoption(parser: pytest.Parser) -> None:
    """The switch of `make quick`."""
    parser.addoption("--quick", action="store_true", help="leave out the modules of tests/slow_modules.txt")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """True for a module that `--quick` leaves out; None leaves the answer to others."""
    return True if config.getoption("quick") and collection_path.relative_to(HERE.parent).as_posix() in SLOW else None


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
