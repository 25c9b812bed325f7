"""Shell: the reading station (读件) - files out of letters in, readings out; LibreOffice is asked only for what our readers leave alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from config.campaign import Campaign
from intake.books.ledger import Ledger
from intake.books.vault import Vault
from intake.progress import Progress, no_progress
from intake.reading.engine import Engine
from intake.reading.outcome import CONVERTED, Converter, outcome_to_reading, read_converted, wants_conversion
from intake.reading.tasks import Task
from parsers.form import Reading
from parsers.read import READER_VERSION


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


