"""Pages of one form photographed one by one are read together; what does not belong to them stays what it is."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import permutations

import pytest

from config.campaign import Campaign
from config.settings import Scans
from intake.belt import assess_letters, read_scans, rebuild
from intake.belt import scan_station as station
from intake.belt.photographed import find_series, pictures_to_file, series_to_readings
from intake.books.ledger import Ledger
from intake.books.vault import Vault
from intake.message import Attachment
from intake.reading.engine import Inline
from intake.reading.tasks import Outcome, Task, task_to_outcome
from parsers.form import SUPPORTING, Form, Reading, Value
from tests.unit.intake.belt.test_scan_station import PICTURE, bring, newest
from tests.unit.intake.belt.test_stations import NOW, campaign, held

__all__ = ["campaign", "held"]
FIRST = Form(kind="basic_info", fields={"studio": Value("“海浪”创新工作室", "“海浪”创新工作室")}, absent=("leader.name",))
WHOLE = replace(
    FIRST, fields={**FIRST.fields, "leader.name": Value("王海", "王海")}, absent=(), rows=({"name": Value("李波", "李波")},), confidence=0.9
)


def page(name: str, *forms: Form, text: str = "看得见的字", **more: object) -> tuple[Attachment, Reading]:
    """A picture of a letter and what it says alone."""
    status = "read" if forms else "image"
    reading = Reading(sha256=name, reader="scan", status=status, pages=1, ocr=True, forms=forms, text=text)
    return Attachment(name, tuple(name.split("/")), 9, name), replace(reading, **more)  # type: ignore[arg-type]


def series_of(*pages: tuple[Attachment, Reading]) -> list[list[str]]:
    """The names of each series found."""
    leaves, readings = [p[0] for p in pages], {p[0].sha256: p[1] for p in pages}
    return [[photo.reading.sha256 for photo in series] for series in find_series(leaves, readings)]


def test_pages_follow_their_first_one_by_the_numbers_in_their_names_whatever_their_order() -> None:
    pages = [page("照片9.jpg", FIRST), page("照片10.jpg"), page("照片11.jpg"), page("照片12.jpg", replace(FIRST)), page("照片13.jpg")]
    for some in list(permutations(pages))[::17]:
        assert series_of(*some) == [["照片9.jpg", "照片10.jpg", "照片11.jpg"], ["照片12.jpg", "照片13.jpg"]]


@pytest.mark.parametrize(
    "other",
    [
        page("甲/2.jpg"), page("2.pdf", pages=2), page("2.docx", ocr=False), page("2.jpg", text="  "),
        page("2.jpg", Form(kind=SUPPORTING)), page("2.png", problems=("no_page_seen",)), page("0.jpg"),
    ],
    ids=["another folder", "a scan of two pages", "no picture", "no words", "a certificate", "a logo", "before the first"],
)  # fmt: skip
def test_what_is_no_page_of_the_form_is_no_part_of_it(other: tuple[Attachment, Reading]) -> None:
    assert series_of(page("1.jpg", FIRST), other) == []


def test_together_they_are_the_form_and_the_others_its_pages() -> None:
    (series,) = find_series(*zip_of(page("1.jpg", FIRST), page("2.jpg")))
    together = Reading(sha256="?", reader="scan", status="read", pages=2, ocr=True, forms=(WHOLE,))
    first, second = series_to_readings(series, together)
    assert (first.sha256, first.forms, first.pages) == ("1.jpg", (WHOLE,), 1)
    assert (second.sha256, second.status, second.forms[0].kind, second.forms[0].facts) == (
        "2.jpg",
        "read",
        SUPPORTING,
        {"page_of": "1.jpg"},
    )


@pytest.mark.parametrize("forms", [(), (FIRST,), (WHOLE, WHOLE)])
def test_pages_that_add_nothing_stay_a_person_s(forms: tuple[Form, ...]) -> None:
    (series,) = find_series(*zip_of(page("1.jpg", FIRST), page("2.jpg")))
    together = Reading(sha256="?", reader="scan", status="read" if forms else "image", ocr=True, forms=forms)
    assert list(series_to_readings(series, together)) == []


def zip_of(*pages: tuple[Attachment, Reading]) -> tuple[list[Attachment], dict[str, Reading]]:
    """The leaves and their readings."""
    return [p[0] for p in pages], {p[0].sha256: p[1] for p in pages}


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


def test_the_file_of_pictures_keeps_their_order() -> None:
    with zipfile.ZipFile(io.BytesIO(pictures_to_file([b"one", b"two", b"three"]))) as package:
        assert [package.read(name) for name in sorted(package.namelist())] == [b"one", b"two", b"three"]
