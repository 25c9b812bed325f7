"""What happens to a round while it works: somebody decides, one letter or one school breaks it, a disk has altered a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from config.load import DEFAULT_CAMPAIGN, load_campaign
from config.settings import Settings
from intake.belt import assess_station, claim_station
from intake.belt.assess_station import assess_letters
from intake.belt.read_station import read_documents
from intake.books.ledger import Ledger
from intake.books.vault import Vault
from intake.books.work import DECISION, INSTITUTION, POST
from intake.reading.engine import Inline
from intake.records import LetterRecord
from intake.submission import Received
from notifier.belt.agenda import find_due
from notifier.belt.institutions import compose_owed
from tests.generator.campaign import make_campaign

NOW = datetime.fromisoformat("2022-08-01T09:00:00+08:00")
BASE = load_campaign(DEFAULT_CAMPAIGN)
CAMPAIGN = replace(BASE, institutions=BASE.institutions[:4])
LETTERS = make_campaign(CAMPAIGN, 5, institutions=3, letters=6)[0]
SETTINGS = Settings(campaign=DEFAULT_CAMPAIGN, data=Path(), mode="automatic")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Books with a few opened letters, not assessed."""
    with Ledger.open(tmp_path / "ledger.db") as opened:
        for letter in LETTERS:
            put(opened, letter)
        yield opened


def put(ledger: Ledger, letter: Received) -> None:
    """A letter, opened and read."""
    ledger.record_fetched([LetterRecord(sha256=letter.sha256, received_at=letter.received_at, fetched_at=NOW, size=1, state="new")], [])
    ledger.record_opening(letter.sha256, letter.message, "test")
    for reading in letter.readings.values():
        ledger.record_reading(reading, "1")


def in_the_middle(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None], times: int = 1) -> None:
    """Something another process does while the station thinks about an institution."""
    kept, left = assess_station.assess, [times]

    def thinking(*words: Any) -> Any:
        found = kept(*words)
        if left[0]:
            left[0] -= 1
            act()
        return found

    monkeypatch.setattr(assess_station, "assess", thinking)


def owner(ledger: Ledger) -> str:
    """An institution that has written."""
    return next(name for name, a in sorted(ledger.assessments().items()) if a.submission.letters)


def test_a_decision_made_while_a_round_thinks_is_in_what_the_round_writes(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assess_letters(ledger, CAMPAIGN, NOW)
    name = owner(ledger)
    ledger.mark_work(INSTITUTION, [name])
    ledger._write("UPDATE assessment SET key = ''")

    def decide() -> None:
        with Ledger.open(tmp_path / "ledger.db") as other:
            other.decide("not_recommending", by="郝老师", at=NOW, institution=name)

    in_the_middle(monkeypatch, decide)
    assess_letters(ledger, CAMPAIGN, NOW)
    assert ledger.assessments()[name].submission.not_recommending
    assert not ledger.has_work(DECISION, INSTITUTION)


def test_who_decides_without_end_ends_no_round_and_loses_no_decision(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After three disturbances the round writes; what was decided since is marked, and nothing is composed before it is assessed."""
    assess_letters(ledger, CAMPAIGN, NOW)
    name = owner(ledger)
    ledger.mark_work(INSTITUTION, [name])
    ledger._write("UPDATE assessment SET key = ''")

    def decide() -> None:
        with Ledger.open(tmp_path / "ledger.db") as other:
            other.decide("paper", by="郝老师", at=NOW, institution=name, detail={"copies": other.newest_decision() + 1})

    in_the_middle(monkeypatch, decide, times=9)
    assess_letters(ledger, CAMPAIGN, NOW)
    assert ledger.has_work(DECISION)
    assert find_due(ledger, CAMPAIGN, SETTINGS, NOW).names == ()
    monkeypatch.undo()
    assess_letters(ledger, CAMPAIGN, NOW)
    assert ledger.assessments()[name].submission.paper["copies"] == ledger.newest_decision()


def test_a_click_is_in_force_in_the_next_letter_composed(ledger: Ledger) -> None:
    """Decided, not yet assessed: nothing leaves; assessed: the letter rests on it."""
    assess_letters(ledger, CAMPAIGN, NOW)
    compose_owed(ledger, CAMPAIGN, SETTINGS, NOW)
    name = owner(ledger)
    ledger.decide("hold", by="郝老师", at=NOW, institution=name)
    later = LETTERS[0]
    put(ledger, replace(later, message=replace(later.message, sha256="f" * 64, content_key="another", message_id="<another@x>")))
    assert compose_owed(ledger, CAMPAIGN, SETTINGS, NOW) == 0
    assess_letters(ledger, CAMPAIGN, NOW)
    compose_owed(ledger, CAMPAIGN, SETTINGS, NOW)
    assert not [row for row in ledger.outbox("queued") if row.institution == name and row.created_at > NOW]


def test_one_school_that_breaks_the_assessment_keeps_no_other_waiting(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = assess_station.assess

    def breaks(institution: Any, *words: Any) -> Any:
        if institution.name == CAMPAIGN.institutions[0].name:
            raise ZeroDivisionError("ours")
        return kept(institution, *words)

    monkeypatch.setattr(assess_station, "assess", breaks)
    with pytest.raises(ZeroDivisionError):
        assess_letters(ledger, CAMPAIGN, NOW)
    assert set(ledger.assessments()) == {i.name for i in CAMPAIGN.institutions[1:]}
    assert set(ledger.marked(INSTITUTION)) == {CAMPAIGN.institutions[0].name}
    assert CAMPAIGN.institutions[0].name not in find_due(ledger, CAMPAIGN, SETTINGS, NOW).names
    monkeypatch.undo()
    assess_letters(ledger, CAMPAIGN, NOW)
    assert set(ledger.assessments()) == {i.name for i in CAMPAIGN.institutions}


def test_one_letter_that_breaks_identification_is_set_aside_and_the_others_are_claimed(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, bad = claim_station.identify, LETTERS[0].sha256

    def breaks(received: Any, *words: Any) -> Any:
        if any(letter.sha256 == bad for letter in received):
            raise KeyError("ours")
        return kept(received, *words)

    monkeypatch.setattr(claim_station, "identify", breaks)
    assess_letters(ledger, CAMPAIGN, NOW)
    assert [r.sha256 for r in ledger.letters("quarantined")] == [bad]
    assert set(ledger.claims()) == {r.sha256 for r in LETTERS} - {bad}


def test_an_idle_round_writes_nothing_and_looks_at_nobody(ledger: Ledger) -> None:
    for _ in range(3):
        assess_letters(ledger, CAMPAIGN, NOW)
        compose_owed(ledger, CAMPAIGN, SETTINGS, NOW)
    before = ledger._database.conn.total_changes
    assert assess_letters(ledger, CAMPAIGN, NOW) == 0
    assert compose_owed(ledger, CAMPAIGN, SETTINGS, NOW) == 0
    assert ledger._database.conn.total_changes == before
    assert not ledger.marked(POST)


def test_one_more_letter_touches_its_own_institution(ledger: Ledger) -> None:
    assess_letters(ledger, CAMPAIGN, NOW)
    name = owner(ledger)
    own = next(r for r in ledger.letters_of(name) if r.message.attachments)
    before = {row["institution"]: dict(row) for row in ledger._rows("SELECT * FROM assessment")}
    put(ledger, replace(own, message=replace(own.message, sha256="e" * 64, content_key="again", message_id="<again@x>")))
    made = assess_letters(ledger, CAMPAIGN, NOW)
    after = {row["institution"]: dict(row) for row in ledger._rows("SELECT * FROM assessment")}
    changed = {n for n in after if after[n] != before[n]}
    assert name in changed
    assert made < len(CAMPAIGN.institutions)


def test_a_file_the_disk_has_altered_stops_no_reading_and_is_read_once_whole(ledger: Ledger, tmp_path: Path) -> None:
    with Vault.open(tmp_path / "vault.db") as vault:
        good, bad = vault.keep(b"good,1"), vault.keep(b"bad,2")
        vault._database.execute("UPDATE blob SET payload = x'00' WHERE sha256 = ?", [bad])
        vault._database.conn.commit()
        letter = LETTERS[0]
        files = tuple(replace(letter.message.attachments[0], sha256=sha, name="a.csv", problem=None) for sha in (bad, good))
        put(ledger, Received(replace(letter.message, sha256="d" * 64, attachments=files, content_key="files"), NOW))
        report = read_documents(ledger, vault, Inline(), CAMPAIGN, among={good, bad})
        assert (report.read, report.damaged) == (1, 1)
        vault._database.execute("UPDATE blob SET payload = ? WHERE sha256 = ?", [b"bad,2", bad])
        vault._database.conn.commit()
        assert read_documents(ledger, vault, Inline(), CAMPAIGN, among={good, bad}).damaged == 0


@pytest.mark.parametrize("schools", [40, 160])
def test_what_waits_is_not_listed_anew_for_each_of_those_who_wait(schools: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Books of 36 000 institutions spent seven tenths of their first round on the list of marks."""
    first = BASE.institutions[0]
    many = replace(BASE, institutions=tuple(replace(first, name=f"无名{n:03}大学", aliases=(), domains=(), email="") for n in range(schools)))
    listed: list[str] = []
    original = Ledger.marked

    def watched(self: Ledger, what: str, most: int = -1) -> Any:
        listed.append(what)
        return original(self, what, most)

    with Ledger.open(tmp_path / "ledger.db") as books:
        books.mark_work(INSTITUTION, [institution.name for institution in many.institutions])
        monkeypatch.setattr(Ledger, "marked", watched)
        assert assess_letters(books, many, NOW) == schools
    assert listed.count(INSTITUTION) <= 4


def test_one_school_that_cannot_be_written_takes_none_of_those_written_with_it(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them share a transaction; what breaks in it costs the one that broke it."""
    kept, bad = assess_station.across, CAMPAIGN.institutions[1].name

    def breaks(assessment: Any, *words: Any) -> Any:
        if assessment.institution.name == bad:
            raise ZeroDivisionError("ours")
        return kept(assessment, *words)

    monkeypatch.setattr(assess_station, "across", breaks)
    with pytest.raises(ZeroDivisionError):
        assess_letters(ledger, CAMPAIGN, NOW)
    assert set(ledger.assessments()) == {i.name for i in CAMPAIGN.institutions} - {bad}
    assert set(ledger.marked(INSTITUTION)) == {bad}
    monkeypatch.undo()
    assess_letters(ledger, CAMPAIGN, NOW)
    assert set(ledger.assessments()) == {i.name for i in CAMPAIGN.institutions}


def test_in_a_backlog_no_school_is_assessed_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Schools that share traces are compared with what all of them leave, and not with what those before them left."""
    times: list[str] = []
    kept = assess_station.assess

    def counted(institution: Any, *words: Any) -> Any:
        times.append(institution.name)
        return kept(institution, *words)

    monkeypatch.setattr(assess_station, "assess", counted)
    for seed in range(8):
        with Ledger.open(tmp_path / f"{seed}.db") as books:
            for letter in make_campaign(CAMPAIGN, seed, institutions=4, letters=8)[0]:
                put(books, letter)
            times.clear()
            assess_letters(books, CAMPAIGN, NOW)
            assert sorted(times) == sorted(i.name for i in CAMPAIGN.institutions)
