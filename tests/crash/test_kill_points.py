"""The matrix of kill points: the program dies at each of them, is started again, and everything is there exactly once.

SMTP cannot be exactly-once by itself (RFC 1047): between the server's yes and our note of it lies a gap. With the witness of 已发送 nothing
is sent twice; without it that one letter may go out again, byte for byte the same and under the same Message-ID.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from config.campaign import Campaign
from config.load import load_campaign
from intake.belt import rebuild
from intake.reading.engine import Inline
from service.demo.mailbox import DemoMailbox
from tests.crash.office import START, accepted, answers, deliver, recorded, settle, story
from tests.crash.worker import KILLED, Point, run_round
from tests.letters import books

LETTERS = ("01", "05", "06", "10")
POINTS = [
    Point("letters listed", "Mailbox.listing", "after"),
    Point("bodies fetched", "Mailbox.bodies", "after"),
    Point("in the vault, not in the ledger", "Vault.keep_all", "after"),
    Point("in the middle of recording them", "Ledger._write", "before", 3, within="Ledger.record_fetched"),
    Point("recorded", "Ledger.record_fetched", "after"),
    Point("an attempt noted", "Ledger.note_attempt", "after", 2),
    Point("a letter opened, not recorded", "Ledger.record_opening", "before", 2),
    Point("in the middle of recording an opening", "Ledger._write", "before", 2, within="Ledger.record_opening"),
    Point("an opening recorded", "Ledger.record_opening", "after", 2),
    Point("a file read, not recorded", "Ledger.record_reading", "before", 3),
    Point("a reading recorded", "Ledger.record_reading", "after", 3),
    Point("in the middle of the claims", "Ledger.record_claim", "after", 2),
    Point("claims written, assessments not", "Ledger.record_assessment", "before"),
    Point("in the middle of the assessments", "Ledger._write", "after", 1, within="Ledger.record_assessment"),
    Point("an assessment written, its marks not taken off", "Ledger.record_glance", "after", 2),
    Point("one institution assessed, others not", "Ledger.record_assessment", "before", 3),
    Point("an answer composed, not queued", "Ledger.enqueue", "before", 2),
    Point("an answer queued", "Ledger.enqueue", "after", 2),
    Point("about to send", "Ledger.mark", "before", 1, word="sending"),
    Point("marked as being sent", "Ledger.mark", "after", 2, word="sending"),
    Point("accepted by the server, not noted", "Ledger.mark", "before", 2, word="sent"),
    Point("noted as sent, QUIT not said", "Ledger.mark", "after", 2, word="sent"),
]
GAP = "accepted by the server, not noted"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """What is answered when nothing dies."""
    with DemoMailbox() as mailbox:
        config = settle(tmp_path_factory.mktemp("undisturbed"), mailbox)
        deliver(mailbox, story(*LETTERS))
        assert run_round(config, START) == 0
        assert run_round(config, START + timedelta(minutes=10)) == 0
        assert recorded(config) == len(LETTERS)
        assert len(mailbox.sent) == len(answers(config)) > 2
    return answers(config)


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.says)
def test_killed_there_and_started_again_everything_is_there_once(
    point: Point, netease: DemoMailbox, tmp_path: Path, undisturbed: list[tuple[str, str]]
) -> None:
    """Every letter recorded once, every institution answered once, and all of it can be derived again."""
    config = settle(tmp_path, netease)
    deliver(netease, story(*LETTERS))
    assert run_round(config, START, point) == KILLED
    for minutes in (10, 20):
        assert run_round(config, START + timedelta(minutes=minutes)) == 0
    assert recorded(config) == len(LETTERS)
    assert answers(config) == undisturbed
    assert set(accepted(netease).values()) == {1}
    assert len(netease.sent) == len(undisturbed)
    assert_derived(config)


def test_without_a_witness_only_the_gap_repeats_a_letter_and_then_the_very_same(
    netease: DemoMailbox, tmp_path: Path, undisturbed: list[tuple[str, str]]
) -> None:
    """The one ambiguous moment: one duplicate, same Message-ID, same bytes."""
    netease.copy_to_sent = False
    config = settle(tmp_path, netease, witness=False)
    deliver(netease, story(*LETTERS))
    (gap,) = [point for point in POINTS if point.says == GAP]
    assert run_round(config, START, gap) == KILLED
    for minutes in (10, 20):
        assert run_round(config, START + timedelta(minutes=minutes)) == 0
    assert answers(config) == undisturbed
    assert sorted(accepted(netease).values()) == [1] * (len(undisturbed) - 1) + [2]
    assert len({taken.raw for taken in netease.sent}) == len(undisturbed)


@pytest.mark.parametrize("fault", ["drop", "drop_after"])
def test_a_line_that_dies_at_the_last_dot_sends_the_letter_exactly_once(
    fault: str, netease: DemoMailbox, tmp_path: Path, undisturbed: list[tuple[str, str]]
) -> None:
    """Taken or not taken, the client sees the same; 已发送 tells."""
    config = settle(tmp_path, netease)
    deliver(netease, story(*LETTERS))
    netease.faults.append(fault)
    for minutes in (0, 10, 20):
        assert run_round(config, START + timedelta(minutes=minutes)) == 0
    assert answers(config) == undisturbed
    assert set(accepted(netease).values()) == {1}


def assert_derived(config: Path) -> None:
    """`rebuild --check` finds nothing."""
    campaign: Campaign = load_campaign(config.parent / "campaign")
    ledger, vault = books(config.parent / "books")
    with ledger, vault:
        assert rebuild(ledger, vault, Inline(), campaign, START, check=True) == ()
