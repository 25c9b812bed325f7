"""A click that was recorded stands, whatever dies between its record and the belt's next round."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from tests.unit.service.desk.campaign import SCANNED
from tests.unit.service.desk.conftest import House

ROOT = Path(__file__).parents[4]
KILLED = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from service.decisions import record_decision
from service.office import open_office
from tests.unit.service.desk.campaign import NOW

office = open_office(Path(sys.argv[1]), NOW)
office = replace(office, poke=lambda: os.kill(os.getpid(), signal.SIGKILL))
record_decision(office, "claim", {"institution": sys.argv[2], "letter": sys.argv[3]}, "郝老师")
"""


def test_a_kill_between_the_record_and_the_assessment_loses_nothing(house: House) -> None:
    """The process dies at the very ring of the bell; the next round, in another process, has the decision in force."""
    with house.ledger() as ledger:
        sha = next(line.sha256 for line in ledger.letter_lines() if line.subject == "附件")
    ran = subprocess.run([sys.executable, "-c", KILLED, str(house.folder / "intake.toml"), SCANNED, sha], cwd=ROOT, check=False)
    assert ran.returncode == -signal.SIGKILL
    with house.ledger() as ledger:
        assert [d.kind for d in ledger.decisions()] == ["claim"]
    house.work()
    with house.ledger() as ledger:
        claim = ledger.one_claim(sha)
    assert claim is not None
    assert claim.institution == SCANNED
