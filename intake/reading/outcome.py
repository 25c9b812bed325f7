"""Core: what came of reading one file - a reading in any case - and when another program is asked to convert it first."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from intake.errors import ConversionFailed
from intake.reading.engine import Engine
from intake.reading.tasks import Died, Failed, Outcome, Task
from parsers.form import Reading


class Converter(Protocol):
    """转换程序: turns an old format into one our readers know (intake.reading.libreoffice does it with LibreOffice)."""

    def convert(self, payload: bytes, name: str) -> tuple[bytes, str]:
        """The new bytes and the new name; raises ConversionFailed."""


NEVER_CONVERTED = frozenset({"hostile", "too_large", "too_deep", "reader_died"})
CONVERTED, CONVERSION_FAILED = "converted", "conversion_failed"


def outcome_to_reading(task: Task, outcome: Outcome) -> Reading:
    """A reading in any case: what killed or confused the reader is kept as unreadable with the reason, for a person to look at."""
    if isinstance(outcome, Reading):
        return outcome
    if isinstance(outcome, Died):
        return Reading(sha256=task.key, reader="", status="unreadable", problems=("reader_died", outcome.reason))
    last_line = outcome.traceback.strip().splitlines()[-1] if isinstance(outcome, Failed) else "unexpected answer"
    return Reading(sha256=task.key, reader="", status="unreadable", problems=("reader_failed", last_line[:300]))


def wants_conversion(reading: Reading) -> bool:
    """True where LibreOffice may do better: old formats that say so, and office files that are damaged; never films, archives or the unknown,
    and never what a reader refused as hostile or too large: a refusal that only moves the bytes to a bigger program is none."""
    if NEVER_CONVERTED & set(reading.problems):
        return False
    return reading.status == "unreadable" or "needs_conversion" in reading.problems


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


SCAN_FAILED = "scan_reader_died"
_UNSEEN = ("scanned", "image")
_PARTLY = {"pages_scanned", "text_garbled"}


def wants_scan(reading: Reading) -> bool:
    """True for a file that shows pictures of pages, whole or in part."""
    return reading.status in _UNSEEN or bool(_PARTLY & set(reading.problems))


def read_scan(task: Task, held: Reading, engine: Engine) -> Reading:
    """The reading of a scan, or the one held with what could be seen on it: a scan that cannot be recognised stays what it was.

    A child that died is asked once more (it may have been killed from outside); after that the file is a person's.
    """
    reading = _asked(task, engine) or _asked(task, engine)
    if reading is None:
        return replace(held, problems=(*held.problems, SCAN_FAILED))
    if reading.status == "read" and len(reading.forms) >= len(held.forms):
        return reading
    problems = tuple(dict.fromkeys((*held.problems, *reading.problems)))
    pages, text = held.pages or reading.pages, held.text or reading.text
    return replace(held, ocr=True, seals=reading.seals, seal_words=reading.seal_words, pages=pages, text=text, problems=problems)


def _asked(task: Task, engine: Engine) -> Reading | None:
    ((_, outcome),) = engine.run([task])
    return outcome if isinstance(outcome, Reading) else None
