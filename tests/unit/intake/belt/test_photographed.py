"""A form photographed page by page comes through the belt as one form, over rounds and through a rebuilding."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator

from config.campaign import Campaign
from config.settings import Scans
from intake.belt import assess_letters, read_scans, rebuild
from intake.belt import scan_station as station
from intake.books.ledger import Ledger
from intake.books.vault import Vault
from intake.reading.engine import Inline
from intake.reading.tasks import Outcome, Task, task_to_outcome
from parsers.form import Form, Reading
from tests.unit.intake.belt.test_scan_station import PICTURE, _installed, bring, newest
from tests.unit.intake.belt.test_stations import NOW, campaign, held
from tests.unit.intake.reading.test_photographed import FIRST, WHOLE

__all__ = ["_installed", "campaign", "held"]


class Photographs(Inline):
    """An engine that knows a title page, says nothing of other pictures, and reads several together as the whole form."""

    def __init__(self) -> None:
        self.together: list[list[bytes]] = []

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Outcome]]:
        """The made-up answer to a scan, the real one to everything else."""
        for task in tasks:
            yield task, self.scan(task) if task.kind == "scan" else task_to_outcome(task)

    def scan(self, task: Task) -> Outcome:
        """One picture, or several in one file."""
        forms: tuple[Form, ...] = (FIRST,) if b"1.jpg" in task.payload[-40:] else ()
        if zipfile.is_zipfile(io.BytesIO(task.payload)):
            with zipfile.ZipFile(io.BytesIO(task.payload)) as package:
                self.together.append([package.read(name) for name in package.namelist()])
            forms = (WHOLE,)
        return Reading(sha256=task.key, reader="scan", status="read" if forms else "image", pages=1, ocr=True, forms=forms, text="字")


def test_three_photographs_of_one_form_in_one_letter_are_one_form(held: tuple[Ledger, Vault], campaign: Campaign) -> None:
    """Also when they are read over several rounds, and a rebuilding finds the same."""
    ledger, vault = held
    engine = Photographs()
    shas = bring(ledger, vault, engine, campaign, "1.jpg", "2.jpg", "3.jpg")
    for _ in range(3):
        read_scans(ledger, vault, engine, campaign, Scans(pages_per_round=1), NOW)
    assert engine.together == [[PICTURE + name.encode() for name in ("1.jpg", "2.jpg", "3.jpg")]]
    assert newest(ledger, shas[0]).forms == (WHOLE,)
    assert [newest(ledger, sha).forms[0].facts["page_of"] for sha in shas[1:]] == [shas[0]] * 2
    assert ledger.owed_scans(station.READER_VERSION, station.SCAN_VERSION) == ()
    assess_letters(ledger, campaign, NOW)
    assert rebuild(ledger, vault, engine, campaign, NOW, check=True) == ()
    assert len(engine.together) == 1
