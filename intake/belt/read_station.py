"""Shell: the reading station (读件) - files out of letters in, readings out; LibreOffice is asked only for what our readers leave alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from config.campaign import Campaign
from intake.books.ledger import Ledger
from intake.books.vault import Vault
from intake.errors import ConversionFailed
from intake.progress import Progress, no_progress
from intake.reading.engine import Engine
from intake.reading.tasks import Died, Failed, Outcome, Task
from parsers.form import Reading
from parsers.read import READER_VERSION


class Converter(Protocol):
    """转换程序: turns an old format into one our readers know (intake.reading.libreoffice does it with LibreOffice)."""

    def convert(self, payload: bytes, name: str) -> tuple[bytes, str]:
        """The new bytes and the new name; raises ConversionFailed."""


CONVERTED, CONVERSION_FAILED = "converted", "conversion_failed"


@dataclass(frozen=True, slots=True)
class ReadReport:
    """读件结果: files read, of them those at which the reader died or failed, and those that LibreOffice had to convert first."""

    read: int = 0
    died: int = 0
    converted: int = 0


def read_documents(
    ledger: Ledger,
    vault: Vault,
    engine: Engine,
    campaign: Campaign,
    converter: Converter | None = None,
    progress: Progress = no_progress,
) -> ReadReport:
    """Read every file that is owed it; what nobody can read is recorded as unreadable (kept, for a person), never as absent."""
    owed = ledger.unread(READER_VERSION)
    read = died = 0
    for task, outcome in engine.run(_reading_tasks(owed, vault, campaign)):
        reading = outcome_to_reading(task, outcome)
        ledger.record_reading(reading, READER_VERSION)
        read, died = read + 1, died + (not isinstance(outcome, Reading))
        progress("读件", read, len(owed))
    converted = _convert_unread(ledger, vault, engine, campaign, converter) if converter else 0
    return ReadReport(read, died, converted)


def _reading_tasks(owed: Iterable[tuple[str, str]], vault: Vault, campaign: Campaign) -> Iterator[Task]:
    for sha, name in owed:
        payload = vault.fetch(sha) if vault.has(sha) else b""
        yield Task(kind="read", key=sha, payload=payload, name=name, forms=campaign.forms)


def outcome_to_reading(task: Task, outcome: Outcome) -> Reading:
    """A reading in any case: what killed or confused the reader is kept as unreadable with the reason, for a person to look at."""
    if isinstance(outcome, Reading):
        return outcome
    if isinstance(outcome, Died):
        return Reading(sha256=task.key, reader="", status="unreadable", problems=("reader_died", outcome.reason))
    last_line = outcome.traceback.strip().splitlines()[-1] if isinstance(outcome, Failed) else "unexpected answer"
    return Reading(sha256=task.key, reader="", status="unreadable", problems=("reader_failed", last_line[:300]))


def _convert_unread(ledger: Ledger, vault: Vault, engine: Engine, campaign: Campaign, converter: Converter) -> int:
    """Old formats that our own readers leave alone go through LibreOffice once; the original stays the identity."""
    converted = 0
    for sha, name in ledger.unconverted(READER_VERSION):
        held = ledger.readings([sha], READER_VERSION)[sha]
        if not wants_conversion(held):
            continue
        better = read_converted(
            Task(kind="read", key=sha, payload=vault.fetch(sha), name=name, forms=campaign.forms), held, engine, converter
        )
        ledger.record_reading(better, READER_VERSION, replace=True)
        converted += CONVERTED in better.problems
    return converted


def wants_conversion(reading: Reading) -> bool:
    """True where LibreOffice may do better: old formats that say so, and office files that are damaged; never films, archives or the unknown."""
    refused = reading.status == "unreadable" and "reader_died" not in reading.problems
    return refused or "needs_conversion" in reading.problems


def read_converted(task: Task, held: Reading, engine: Engine, converter: Converter) -> Reading:
    """The reading of the converted file under the original's SHA-256, or the one held with a note that conversion did not help."""
    try:
        payload, name = converter.convert(task.payload, task.name)
    except ConversionFailed:
        return replace(held, problems=(*held.problems, CONVERSION_FAILED))
    ((_, outcome),) = engine.run([replace(task, payload=payload, name=name)])
    reading = outcome_to_reading(task, outcome)
    if reading.status in ("unsupported", "unreadable"):
        return replace(held, problems=(*held.problems, CONVERSION_FAILED))
    return replace(reading, problems=(*reading.problems, CONVERTED))
