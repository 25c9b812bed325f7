"""Shell: the reading station (读件) - files out of letters in, readings out; LibreOffice is asked only for what our readers leave alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from config.campaign import Campaign
from intake.books import Ledger, Vault
from intake.errors import VaultDamaged
from intake.progress import Progress, no_progress
from intake.reading import CONVERTED, Converter, Engine, Task, outcome_to_reading, read_converted, wants_conversion
from parsers.form import Reading
from parsers.read import READER_VERSION

TOGETHER = 32
"""So many readings are recorded in one transaction."""


@dataclass(frozen=True, slots=True)
class ReadReport:
    """读件结果: files read, of them those at which the reader died or failed, and those that LibreOffice had to convert first;
    `damaged` could not be read because the disk altered their bytes."""

    read: int = 0
    died: int = 0
    converted: int = 0
    damaged: int = 0


def read_documents(
    ledger: Ledger,
    vault: Vault,
    engine: Engine,
    campaign: Campaign,
    converter: Converter | None = None,
    progress: Progress = no_progress,
    among: Collection[str] | None = None,
) -> ReadReport:
    """Read every file that is owed it (or these); what nobody can read is recorded as unreadable (kept, for a person), never as absent.

    A file whose bytes the disk has damaged is left owed and counted: it stops nothing, and is read once it is whole again.
    """
    owed = ledger.unread(READER_VERSION, among)
    read = died = 0
    held: list[Reading] = []
    for task, outcome in engine.run(_reading_tasks(owed, vault, campaign)):
        held.append(outcome_to_reading(task, outcome))
        read, died = read + 1, died + (not isinstance(outcome, Reading))
        if len(held) >= TOGETHER:
            _record(held, ledger)
        progress("读件", read, len(owed))
    _record(held, ledger)
    converted = _convert_unread(ledger, vault, engine, campaign, converter, among) if converter else 0
    return ReadReport(read, died, converted, damaged=len(owed) - read)


def _record(held: list[Reading], ledger: Ledger) -> None:
    """These readings in one transaction, and none held any more: what a stop cuts off is read again."""
    with ledger.immediate():
        for reading in held:
            ledger.record_reading(reading, READER_VERSION)
    held.clear()


def _reading_tasks(owed: Iterable[tuple[str, str]], vault: Vault, campaign: Campaign) -> Iterator[Task]:
    for sha, name in owed:
        try:
            payload = vault.fetch(sha) if vault.has(sha) else b""
        except VaultDamaged:
            continue
        yield Task(kind="read", key=sha, payload=payload, name=name, forms=campaign.forms)


def _convert_unread(
    ledger: Ledger, vault: Vault, engine: Engine, campaign: Campaign, converter: Converter, among: Collection[str] | None
) -> int:
    """Old formats that our own readers leave alone go through LibreOffice once; the original stays the identity."""
    converted = 0
    for sha, name in ledger.unconverted(READER_VERSION, among):
        held = ledger.readings([sha], READER_VERSION)[sha]
        if not wants_conversion(held):
            continue
        task = next(_reading_tasks([(sha, name)], vault, campaign), None)
        if task is None:
            continue
        better = read_converted(task, held, engine, converter)
        ledger.record_reading(better, READER_VERSION, replace=True)
        converted += CONVERTED in better.problems
    return converted


