"""Shell: the scan station (识读扫描件) - scans and photos that the readers left alone, recognised as drafts when everything else is done.

A scan's reading is owed apart from the first one and recorded under a version of its own, so that it may come rounds later, is never made
twice, and a better recogniser reads kept scans again. Without the extra `ocr` nothing is owed and scans wait for a person, as they always did.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from config.campaign import Campaign
from config.settings import Scans
from intake.books import PAGES_TODAY, SCANS_SEEN, SCANS_WAITING, Ledger, Vault
from intake.errors import VaultDamaged
from intake.progress import Progress, no_progress
from intake.reading import Engine, Photo, Task, find_series, pictures_to_file, read_scan, series_to_readings
from parsers.form import Reading
from parsers.read import READER_VERSION
from parsers.scan.available import SCAN_READER_VERSION, scan_reader_available

SCAN_VERSION = f"{READER_VERSION}+{SCAN_READER_VERSION}"
LEFT_OUT = "scan_left_out"


@dataclass(frozen=True, slots=True)
class ScanReport:
    """识读结果: scans looked at in this round, of them those in which a form or an essay was recognised; `waiting` have their turn later."""

    looked_at: int = 0
    recognised: int = 0
    waiting: int = 0


def read_scans(
    ledger: Ledger, vault: Vault, engine: Engine, campaign: Campaign, limits: Scans, now: datetime, progress: Progress = no_progress
) -> ScanReport:
    """Recognise the scans that are owed it, within what a letter, a round and a day may cost; the rest waits."""
    if ledger.health_note(SCANS_SEEN) == _seen(ledger):
        return ScanReport()
    owed = ledger.owed_scans(READER_VERSION, SCAN_VERSION)
    if not scan_reader_available() or not owed:
        note_waiting(ledger, len(owed))
        return ScanReport(waiting=len(owed))
    spent_today, spent = pages_today(ledger, now), 0
    looked_at = recognised = 0
    for sha, name, letter in owed:
        if spent >= limits.pages_per_round or spent_today + spent >= limits.pages_per_day:
            break
        held = ledger.readings([sha], READER_VERSION)[sha]
        payload = _fetched(vault, sha)
        if payload is None:
            continue
        if ledger.scanned_pages(letter, SCAN_VERSION) >= limits.pages_per_letter:
            ledger.record_reading(replace(held, pages=0, problems=(*held.problems, LEFT_OUT)), SCAN_VERSION)
            continue
        reading = read_scan(Task(kind="scan", key=sha, payload=payload, name=name, forms=campaign.forms), held, engine)
        spent += max(reading.pages or 1, 1)
        joined = read_series(reading, letter, ledger, vault, engine, campaign)
        spent += len(joined)
        with ledger.immediate():
            ledger.record_reading(reading, SCAN_VERSION)
            for page in joined:
                ledger.record_reading(page, SCAN_VERSION, replace=True)
            ledger.note_health(PAGES_TODAY, f"{now.date().isoformat()} {spent_today + spent}")
        looked_at, recognised = looked_at + 1, recognised + bool(reading.forms)
        progress("识读扫描件", looked_at, len(owed))
    waiting = len(ledger.owed_scans(READER_VERSION, SCAN_VERSION))
    note_waiting(ledger, waiting)
    return ScanReport(looked_at, recognised, waiting)


def read_series(last: Reading, letter: str, ledger: Ledger, vault: Vault, engine: Engine, campaign: Campaign) -> tuple[Reading, ...]:
    """What the pages of a form photographed one by one say together, once the last picture of their letter was read alone."""
    owed = [sha for sha, _, brought in ledger.owed_scans(READER_VERSION, SCAN_VERSION) if brought == letter]
    if any(sha != last.sha256 for sha in owed):
        return ()
    found: list[Reading] = []
    for received in ledger.received([letter]):
        for series in find_series(received.message.leaves, {**received.readings, last.sha256: last}):
            payloads = [_fetched(vault, photo.reading.sha256) for photo in series]
            found += read_together(series, [p for p in payloads if p], engine, campaign)
    return tuple(found)


def read_together(series: tuple[Photo, ...], payloads: list[bytes], engine: Engine, campaign: Campaign) -> tuple[Reading, ...]:
    """The readings of one series of photographs, none where it says no more than its first page."""
    if len(payloads) != len(series):
        return ()
    first = series[0]
    task = Task(kind="scan", key=first.reading.sha256, payload=pictures_to_file(payloads), name=first.path[-1], forms=campaign.forms)
    return tuple(series_to_readings(series, read_scan(task, first.reading, engine)))


def note_waiting(ledger: Ledger, waiting: int) -> None:
    """For the digest: how many scans wait for their turn, or for somebody to install the recogniser."""
    noted = f"{'queued' if scan_reader_available() else 'absent'} {waiting}" if waiting else ""
    if ledger.health_note(SCANS_WAITING) != noted:
        ledger.note_health(SCANS_WAITING, noted)
    if not waiting or not scan_reader_available():
        ledger.note_health(SCANS_SEEN, _seen(ledger))


def _seen(ledger: Ledger) -> str:
    """By what, and up to which reading, scans were looked for: an idle round asks no more than this."""
    return f"{SCAN_VERSION if scan_reader_available() else 'absent'} {ledger.newest_reading()}"


def _fetched(vault: Vault, sha: str) -> bytes | None:
    """The bytes of a leaf; None while the disk has lost or damaged them: the scan stays owed."""
    try:
        return vault.fetch(sha)
    except (KeyError, VaultDamaged):
        return None


def pages_today(ledger: Ledger, now: datetime) -> int:
    """How many pages this day has cost so far."""
    day, _, pages = ledger.health_note(PAGES_TODAY).partition(" ")
    return int(pages) if day == now.date().isoformat() and pages.isdigit() else 0


def take_scan_readings(ledger: Ledger, fresh: Ledger) -> None:
    """What scans were found to say depends on what is installed: a rebuilding takes it as it is."""
    for reading in _scan_readings(ledger, fresh):
        fresh.record_reading(reading, SCAN_VERSION)


def _scan_readings(ledger: Ledger, fresh: Ledger) -> Iterator[Reading]:
    owed = [sha for sha, _, _ in fresh.owed_scans(READER_VERSION, SCAN_VERSION)]
    yield from ledger.readings(owed, SCAN_VERSION).values()
