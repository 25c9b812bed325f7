"""kill -9 at any moment of the demo's campaign: the mailbox lives on, the program is started again, and everything is there once."""

from __future__ import annotations

import email
import os
import random
import subprocess
import sys
import time
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from intake.books.ledger import Ledger
from service.demo.mailbox import DemoMailbox
from tests.crash.office import START, accepted, answers, deliver, recorded, settle, story

ROOT = Path(__file__).parents[2]
KILLS = 6
QUIET_CODES = (0, 1)  # done, or done and something needs a person

pytestmark = pytest.mark.slow


def start(config: Path, *words: str) -> subprocess.Popen[bytes]:
    """The console script, as a service manager starts it."""
    command = [sys.executable, "-m", "service", *words, "--config", str(config)]
    return subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def poll(config: Path, moment: datetime) -> subprocess.Popen[bytes]:
    """One round at a simulated moment."""
    return start(config, "poll", "--now", moment.isoformat())


def wait_quiet(config: Path, first: datetime) -> None:
    """Rounds until two in a row had nothing left to do."""
    for number in range(3):
        assert poll(config, first + timedelta(minutes=10 * number)).wait(120) in QUIET_CODES


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[tuple[str, str]], float]:
    """What is answered when nobody kills anything, and how long the first round takes."""
    with DemoMailbox() as mailbox:
        config = settle(tmp_path_factory.mktemp("undisturbed"), mailbox)
        deliver(mailbox, story())
        began = time.monotonic()
        assert poll(config, START).wait(120) in QUIET_CODES
        took = time.monotonic() - began
        wait_quiet(config, START + timedelta(minutes=10))
        assert recorded(config) == len(story())
        assert len(mailbox.sent) == len(answers(config)) > 8
    return answers(config), took


def test_killed_at_random_moments_every_letter_is_recorded_and_every_institution_answered_once(
    netease: DemoMailbox, tmp_path: Path, undisturbed: tuple[list[tuple[str, str]], float]
) -> None:
    """Six kills somewhere in the round, from loading the program to saying good-bye; then it is left alone."""
    expected, took = undisturbed
    config = settle(tmp_path, netease)
    deliver(netease, story())
    rng = random.Random(2022)
    killed = 0
    for number in range(KILLS):
        process = poll(config, START + timedelta(minutes=10 * number))
        try:
            process.wait(took * rng.uniform(0.2, 1.0))
        except subprocess.TimeoutExpired:
            process.kill()
            killed += 1
        process.wait(120)
    assert killed
    wait_quiet(config, START + timedelta(minutes=10 * KILLS))
    assert recorded(config) == len(story())
    assert answers(config) == expected
    assert set(accepted(netease).values()) == {1}
    assert len(netease.sent) == len(expected)
    assert start(config, "rebuild", "--check").wait(120) == 0


def test_the_demo_itself_may_be_killed_at_any_moment_and_run_again(tmp_path: Path) -> None:
    """`intake demo` with kill -9 three times: it goes on where it stopped, and SMTP took every letter once."""
    command = [sys.executable, "-m", "service", "demo", "--data", str(tmp_path / "out")]
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    moments = random.Random(os.environ.get("INTAKE_CRASH_SEED", "demo"))
    for _ in range(3):
        with (
            subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run,
            suppress(subprocess.TimeoutExpired),
        ):
            try:
                run.wait(moments.uniform(2.0, 9.0))
            finally:
                run.kill()
    finished = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300)
    assert finished.returncode == 0, finished.stderr
    letters = [email.message_from_bytes(p.read_bytes()) for p in (tmp_path / "out" / "sent").glob("*.eml")]
    ids = [letter["Message-ID"] for letter in letters]
    assert len(ids) == len(set(ids))
    with Ledger.open(tmp_path / "out" / "books" / "ledger.db") as ledger:
        assert len(ledger.letters()) == 18
        assert sorted(row.message_id for row in ledger.outbox("sent")) == sorted(ids)
