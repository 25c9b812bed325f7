"""SMTP goes wrong at every stage, in every way, with every kind of witness: what is lost, what leaves twice, what staff see."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from config.settings import SmtpSettings
from intake.books import WITNESS_ABSENT
from intake.books.ledger import Ledger
from intake.records import OutboxRecord
from notifier.belt.institutions import compose_letters, send_letters
from notifier.post import smtp
from tests.unit.notifier.letters.cases import at, campaign, complete_case, partial_case, settings
from tests.unit.notifier.letters.desk import Office
from tests.unit.notifier.post.scripted_post import STAGES, WAYS, ScriptedPost

START = at(30, 16, 0)
ROUNDS = (0, 3, 10, 25, 60, 100, 150, 220, 400, 700)
"""Minutes after the start; the last lies in the next day, when daily quotas are new."""
WITNESSES = ("on", "off", "useless", "no folder")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine, made here."""
    folder = tmp_path_factory.mktemp("tls")
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650"]
    subprocess.run([*command, *files, *names], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> tuple[OutboxRecord, ...]:
    """Two letters as the stations compose them."""
    with Ledger.open(tmp_path_factory.mktemp("composed") / "ledger.db") as ledger:
        office = Office(ledger)
        office.lay_in(complete_case(), partial_case())
        compose_letters(ledger, campaign(), settings(), START)
        return tuple(row for row in map(ledger.one_outbox, [row.key for row in ledger.outbox("queued")]) if row)


@pytest.fixture
def office(ledger: Ledger, composed: tuple[OutboxRecord, ...], monkeypatch: pytest.MonkeyPatch) -> Office:
    """The two letters in the queue; nobody waits longer for a silent server than a fifth of a second."""
    monkeypatch.setattr(smtp, "TIMEOUT_SECONDS", 0.2)
    office = Office(ledger)
    office.lay_in(complete_case(), partial_case())
    for row in composed:
        ledger.enqueue(row)
    return office


def line_to(server: ScriptedPost, office: Office, witness: str, folder: Path | None) -> SmtpSettings:
    """The office's settings for this server."""
    found = SmtpSettings(host="localhost" if folder else "127.0.0.1", port=server.port, tls=folder is not None, user="intake@office.example", secret="x")
    return replace(found, sent_folder_witness=witness != "off", ca_file=folder / "cert.pem" if folder else None)


def asked_of(server: ScriptedPost, witness: str) -> Callable[[str], bool | None]:
    """What 已发送 says of a Message-ID."""
    return lambda message_id: None if witness == "no folder" else message_id in server.sent_folder


def play(server: ScriptedPost, office: Office, witness: str, folder: Path | None = None) -> tuple[int, int]:
    """All the rounds; gives how many letters nobody got and nobody was told of, and how many copies left too many."""
    office.settings = replace(office.settings, smtp=line_to(server, office, witness, folder))
    for minutes in ROUNDS:
        moment = START + timedelta(minutes=minutes)
        send_letters(office.ledger, office.settings, office.campaign, lambda moment=moment: moment, lambda _s: None, find_sent=asked_of(server, witness))
    rows = office.ledger.outbox(raw=False)
    assert not [row for row in rows if row.state == "sent" and not server.taken[row.message_id]], "said to be sent and never was"
    lost = sum(row.state not in ("failed", "held", "queued") for row in rows if not server.taken[row.message_id])
    return lost, sum(times - 1 for times in server.taken.values())


CASES = [
    (stage, way)
    for stage in STAGES
    for way in WAYS
    if not (stage in ("connect", "body") and way not in ("drop", "hang")) and not (stage == "starttls" and way == "nonsense")
]


@pytest.mark.parametrize("witness", WITNESSES)
@pytest.mark.parametrize(("stage", "way"), CASES)
def test_once_wrong_at_any_stage_nothing_is_lost_and_only_a_blind_gap_repeats_a_letter(
    stage: str, way: str, witness: str, office: Office, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = request.getfixturevalue("certificate") if stage == "starttls" else None
    tls = None
    if folder is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    with ScriptedPost((stage, way), keeps=witness == "on", tls=tls) as server:
        monkeypatch.setattr(smtp, "STARTTLS_PORTS", (server.port,))
        lost, doubled = play(server, office, witness, folder)
    assert lost == 0
    unsure = stage == "taken" and (witness != "on" or way in ("451", "421"))  # a server that takes a letter and says later: nobody can know
    assert doubled == (1 if unsure and way != "554" else 0)
    refused = [row for row in office.ledger.outbox(raw=False) if row.state in ("failed", "held")]
    assert len(refused) <= (way == "554" or (stage in ("taken", "dot", "data") and way == "nonsense"))


@pytest.mark.parametrize("witness", WITNESSES)
@pytest.mark.parametrize("way", ["drop", "hang"])
@pytest.mark.parametrize("stage", ["mail", "data", "body", "dot", "taken"])
def test_wrong_for_ever_ends_before_staff_and_never_in_a_third_copy(stage: str, way: str, witness: str, office: Office) -> None:
    with ScriptedPost((stage, way), times=10_000, keeps=witness == "on") as server:
        lost, _ = play(server, office, witness)
    assert lost == 0
    assert max(server.taken.values(), default=0) <= (1 if witness == "on" else 2)
    assert not office.ledger.count_outbox("sending")


@pytest.mark.parametrize(("witness", "told"), [("on", False), ("off", False), ("useless", True), ("no folder", True)])
def test_a_witness_that_was_never_seen_to_keep_copies_proves_nothing_and_staff_are_told(witness: str, told: bool, office: Office) -> None:
    with ScriptedPost(("taken", "drop"), keeps=witness == "on") as server:
        play(server, office, witness)
    assert bool(office.ledger.health_note(WITNESS_ABSENT)) is told
