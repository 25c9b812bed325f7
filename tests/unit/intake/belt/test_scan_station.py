"""Scans are recognised last, once, within what they may cost - and what cannot be recognised stays what it was."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from config.campaign import Campaign
from config.settings import Scans
from intake.belt import assess_letters, open_letters, read_documents, read_scans, rebuild
from intake.belt import scan_station as station
from intake.books.health import SCANS_WAITING
from intake.books.ledger import Ledger
from intake.books.vault import Vault
from intake.reading.engine import Inline
from intake.reading.outcome import SCAN_FAILED
from intake.reading.tasks import Died, Outcome, Task, task_to_outcome
from intake.submission import Material
from parsers.form import Form, Reading, Value
from tests.unit.intake.belt.test_stations import NOW, UNIVERSITY, campaign, form, held, keep, letter_with
from tests.unit.intake.opening.letters import png

__all__ = ["campaign", "held"]
PICTURE = b"\xff\xd8\xff\xe0" + b"a photographed form"


class Recogniser(Inline):
    """An engine that recognises every scan as the same form, or dies at it as often as it is told."""

    def __init__(self, deaths: int = 0, pages: int = 1, forms: tuple[Form, ...] | None = None) -> None:
        self.asked: list[str] = []
        self.deaths, self.pages = deaths, pages
        self.forms = (recognised(),) if forms is None else forms

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Outcome]]:
        """The made-up answer to a scan, the real one to everything else."""
        for task in tasks:
            yield task, self.scan(task) if task.kind == "scan" else task_to_outcome(task)

    def scan(self, task: Task) -> Outcome:
        """One scan."""
        self.asked.append(task.key)
        if self.deaths:
            self.deaths -= 1
            return Died("crash")
        status = "read" if self.forms else "image"
        return Reading(
            sha256=task.key, reader="scan", status=status, pages=self.pages, ocr=True, seals=1, forms=self.forms, text="看得见的字"
        )  # type: ignore[arg-type]


def recognised() -> Form:
    """附件4 of an invented studio, one value doubtful."""
    fields = {"studio": "“海浪”创新工作室", "leader.name": "王海", "union": f"{UNIVERSITY}工会", "organisation": UNIVERSITY}
    return Form(kind="basic_info", fields={n: Value(v, v) for n, v in fields.items()}, doubtful=("leader.name",))


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the extra were there."""
    monkeypatch.setattr(station, "scan_reader_available", lambda: True)


def bring(ledger: Ledger, vault: Vault, engine: Inline, campaign: Campaign, *names: str) -> list[str]:
    """A letter with a picture for each name, read the ordinary way; the pictures' digests."""
    payloads = [PICTURE + name.encode() for name in names]
    keep(ledger, vault, letter_with(zip(names, payloads, strict=True)))
    open_letters(ledger, vault, engine, campaign)
    read_documents(ledger, vault, engine, campaign)
    return [hashlib.sha256(p).hexdigest() for p in payloads]


def newest(ledger: Ledger, sha: str) -> Reading:
    """What the house believes a file to say."""
    return next(letter.readings[sha] for letter in ledger.received() if sha in letter.readings)


def test_a_scan_is_first_kept_for_a_person_and_later_a_form(held: tuple[Ledger, Vault], campaign: Campaign) -> None:
    """The first reading does not wait for the second, and the second is the one believed."""
    ledger, vault = held
    engine = Recogniser()
    (sha,) = bring(ledger, vault, engine, campaign, "附件4（盖章）.jpg")
    assert (newest(ledger, sha).status, newest(ledger, sha).ocr) == ("image", False)
    report = read_scans(ledger, vault, engine, campaign, Scans(), NOW)
    assert (report.looked_at, report.recognised, report.waiting) == (1, 1, 0)
    assert (newest(ledger, sha).status, newest(ledger, sha).ocr, newest(ledger, sha).seals) == ("read", True, 1)


def pasted(*, in_the_page: bool, **pictures: bytes) -> bytes:
    """A letter whose only contents are pictures shown in its text, as parts beside it or written into the page itself."""
    letter = EmailMessage(policy=SMTP)
    letter["From"], letter["Subject"], letter["Message-ID"] = "union@dlut.edu.cn", f"{UNIVERSITY}工会报送材料", "<p@dlut.edu.cn>"
    sources = {name: f"data:image/png;base64,{base64.b64encode(p).decode()}" if in_the_page else f"cid:{name}@x" for name, p in pictures.items()}
    letter.set_content("<p>基本情况表见下图。</p>" + "".join(f'<img src="{source}">' for source in sources.values()), subtype="html")
    for name, payload in pictures.items() if not in_the_page else ():
        letter.add_related(payload, "image", "png", cid=f"<{name}@x>")
    return bytes(letter)


@pytest.mark.parametrize("in_the_page", [False, True], ids=["shown by cid", "written into the page"])
def test_a_form_pasted_into_the_text_is_a_form_and_logos_beside_it_are_never_looked_at(
    in_the_page: bool, held: tuple[Ledger, Vault], campaign: Campaign
) -> None:
    """From the letter to the matrix: received, as a scan."""
    ledger, vault = held
    engine = Recogniser()
    photo = png(1080, 1527)
    keep(ledger, vault, pasted(in_the_page=in_the_page, badge=png(100, 100), photo=photo, banner=png(800, 140), dot=png(1, 1)))
    open_letters(ledger, vault, engine, campaign)
    read_documents(ledger, vault, engine, campaign)
    read_scans(ledger, vault, engine, campaign, Scans(), NOW)
    assess_letters(ledger, campaign, NOW)
    assert engine.asked == [hashlib.sha256(photo).hexdigest()]
    assessment = ledger.assessment(UNIVERSITY)
    assert assessment is not None
    (studio,) = assessment.submission.studios
    sent = studio.materials[Material.BASIC_INFO]
    assert (studio.leader, sent.status, sent.current and sent.current.recognised) == ("王海", "received", True)
    assert not assessment.submission.unread


def test_a_scan_is_recognised_once(held: tuple[Ledger, Vault], campaign: Campaign) -> None:
    """The next round, and the same bytes in another letter, cost nothing."""
    ledger, vault = held
    engine = Recogniser()
    bring(ledger, vault, engine, campaign, "附件4.jpg")
    read_scans(ledger, vault, engine, campaign, Scans(), NOW)
    read_scans(ledger, vault, engine, campaign, Scans(), NOW)
    assert len(engine.asked) == 1


class Stopped(Recogniser):
    """An engine in a service that is killed while it reads the scan of this number."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at

    def scan(self, task: Task) -> Outcome:
        """Killed in mid-page."""
        if len(self.asked) == self.at:
            raise SystemExit
        return super().scan(task)


def test_a_killed_batch_goes_on_where_it_was(held: tuple[Ledger, Vault], campaign: Campaign) -> None:
    """What was read before the kill is not read again: readings are kept one by one, by file and by version."""
    ledger, vault = held
    engine, after = Stopped(2), Recogniser()
    shas = bring(ledger, vault, engine, campaign, "1.jpg", "2.jpg", "3.jpg", "4.jpg")
    with pytest.raises(SystemExit):
        read_scans(ledger, vault, engine, campaign, Scans(), NOW)
    assert read_scans(ledger, vault, after, campaign, Scans(), NOW).waiting == 0
    assert (engine.asked, after.asked) == (shas[:2], shas[2:])


def test_a_form_in_word_is_never_sent_to_the_recogniser(held: tuple[Ledger, Vault], campaign: Campaign) -> None:
    """Only what shows pictures of pages is owed it."""
    ledger, vault = held
    engine = Recogniser()
    keep(ledger, vault, letter_with([("附件4.docx", form())]))
    open_letters(ledger, vault, engine, campaign)
    read_documents(ledger, vault, engine, campaign)
    assert read_scans(ledger, vault, engine, campaign, Scans(), NOW).looked_at == 0


def test_a_round_and_a_day_are_bounded_and_the_rest_waits(held: tuple[Ledger, Vault], campaign: Campaign) -> None:
    """Three files of five pages: one a round, two a day, the third tomorrow."""
    ledger, vault = held
    engine = Recogniser(pages=5)
    bring(ledger, vault, engine, campaign, "1.jpg", "2.jpg", "3.jpg")
    limits = Scans(pages_per_letter=99, pages_per_round=4, pages_per_day=10)
    assert [read_scans(ledger, vault, engine, campaign, limits, NOW).waiting for _ in range(3)] == [2, 1, 1]
    assert ledger.health().values[SCANS_WAITING] == "queued 1"
    assert read_scans(ledger, vault, engine, campaign, limits, NOW + timedelta(days=1)).waiting == 0
    assert SCANS_WAITING not in ledger.health().values


def test_a_letter_is_bounded_and_what_is_over_is_a_persons(held: tuple[Ledger, Vault], campaign: Campaign) -> None:
    """A letter with a hundred photographs does not hold up the others."""
    ledger, vault = held
    engine = Recogniser(pages=5)
    shas = bring(ledger, vault, engine, campaign, "1.jpg", "2.jpg", "3.jpg")
    report = read_scans(ledger, vault, engine, campaign, Scans(pages_per_letter=10, pages_per_round=99), NOW)
    assert (report.looked_at, report.waiting) == (2, 0)
    assert newest(ledger, shas[2]).status == "image"
    assert station.LEFT_OUT in newest(ledger, shas[2]).problems


@pytest.mark.parametrize(("deaths", "status"), [(1, "read"), (2, "image")])
def test_a_child_killed_in_mid_page_is_asked_once_more(deaths: int, status: str, held: tuple[Ledger, Vault], campaign: Campaign) -> None:
    """Its death costs one document at most, and that one stays kept for a person."""
    ledger, vault = held
    engine = Recogniser(deaths)
    (sha,) = bring(ledger, vault, engine, campaign, "附件4.jpg")
    read_scans(ledger, vault, engine, campaign, Scans(), NOW)
    assert newest(ledger, sha).status == status
    assert (SCAN_FAILED in newest(ledger, sha).problems) == (deaths > 1)


def test_what_nobody_recognises_stays_a_picture_with_its_words(held: tuple[Ledger, Vault], campaign: Campaign) -> None:
    """Kept, unread, and its text helps to tell whose it is."""
    ledger, vault = held
    engine = Recogniser(forms=())
    (sha,) = bring(ledger, vault, engine, campaign, "IMG_1.jpg")
    read_scans(ledger, vault, engine, campaign, Scans(), NOW)
    reading = newest(ledger, sha)
    assert (reading.status, reading.ocr, reading.text) == ("image", True, "看得见的字")


def test_without_the_extra_everything_is_as_it_was(held: tuple[Ledger, Vault], campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    """The digest is told how many wait for a person."""
    monkeypatch.setattr(station, "scan_reader_available", lambda: False)
    ledger, vault = held
    engine = Recogniser()
    (sha,) = bring(ledger, vault, engine, campaign, "附件4.jpg")
    assert read_scans(ledger, vault, engine, campaign, Scans(), NOW).waiting == 1
    assert (engine.asked, newest(ledger, sha).status) == ([], "image")
    assert ledger.health().values[SCANS_WAITING] == "absent 1"


def test_a_rebuilding_takes_scans_as_they_were_read(held: tuple[Ledger, Vault], campaign: Campaign, tmp_path: Path) -> None:
    """What a scan said depends on what is installed; deriving everything anew finds nothing different and asks no engine."""
    ledger, vault = held
    engine = Recogniser()
    bring(ledger, vault, engine, campaign, "附件4.jpg")
    read_scans(ledger, vault, engine, campaign, Scans(), NOW)
    assess_letters(ledger, campaign, NOW)
    assert rebuild(ledger, vault, engine, campaign, NOW, check=True) == ()
    assert len(engine.asked) == 1
