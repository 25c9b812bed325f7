"""Shell: letters in from files (导入) - .eml, a Maildir, an mbox: history, tests, and mail that staff saved by hand.

There is no server to say when a letter came, so the newest Received header is believed (the last server that took it wrote it), else
the sender's Date, else the time of the file; which one it was is recorded with the letter.
"""

from __future__ import annotations

import mailbox as mailbox_files
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from intake.books import Ledger, Vault
from intake.records import LetterRecord, TimeSource

BATCH = 50
HEAD_BYTES = 256 << 10


@dataclass(frozen=True, slots=True)
class ImportReport:
    """导入结果: `new` letters recorded, `known` before, `unread` the files that could not be read (path and reason)."""

    new: int = 0
    known: int = 0
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    raw: bytes
    modified: datetime


def import_letters(paths: Sequence[Path], ledger: Ledger, vault: Vault, now: datetime) -> ImportReport:
    """Every letter in these files and folders, kept first and recorded then, in batches; a letter known before is only counted."""
    unread: list[str] = []
    new = total = 0
    for batch in _batches(_letters(paths, unread)):
        shas = vault.keep_all(found.raw for found in batch)
        records = [_record(found, sha, now) for found, sha in zip(batch, shas, strict=True)]
        new += ledger.record_fetched(records, ())
        total += len(batch)
    return ImportReport(new, total - new, tuple(unread))


def _record(found: _Found, sha: str, now: datetime) -> LetterRecord:
    received_at, source = received_time(found.raw, found.modified)
    return LetterRecord(
        sha256=sha, received_at=received_at, fetched_at=now, size=len(found.raw), state="new", folder="导入", time_source=source
    )


def received_time(raw: bytes, modified: datetime) -> tuple[datetime, TimeSource]:
    """When a letter without a server came, and whose word that is."""
    head = raw[:HEAD_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    lines = (line.partition(b":") for line in head.replace(b"\n ", b" ").replace(b"\n\t", b" ").split(b"\n"))
    fields = [(name.strip().lower(), text) for name, _, text in lines]
    for name, text in fields:
        if name == b"received" and (moment := _find_moment(text.rpartition(b";")[2])):
            return moment, "received_header"
    for name, text in fields:
        if name == b"date" and (moment := _find_moment(text)):
            return moment, "date_header"
    return modified, "file"


def _find_moment(text: bytes) -> datetime | None:
    """A date of RFC 5322, None when it is not one; a time without a zone counts as UTC."""
    try:
        moment = parsedate_to_datetime(text.decode("ascii", "replace").strip())
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _batches(found: Iterable[_Found]) -> Iterator[list[_Found]]:
    batch: list[_Found] = []
    for letter in found:
        batch.append(letter)
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _letters(paths: Iterable[Path], unread: list[str]) -> Iterator[_Found]:
    """Every letter below the paths; a file that cannot be read is noted and holds up no other."""
    for path in _files(paths):
        try:
            yield from _file_letters(path)
        except OSError as error:
            unread.append(f"{path}：{error.strerror or error}")


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if (path / "cur").is_dir() or (path / "new").is_dir():
            yield from sorted(p for folder in ("cur", "new") for p in (path / folder).glob("*") if p.is_file())
        elif path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.suffix.lower() in (".eml", ".mbox") and p.is_file())
        else:
            yield path


def _file_letters(path: Path) -> Iterator[_Found]:
    modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    with path.open("rb") as file:
        is_mbox = file.read(5) == b"From "
    if not is_mbox:
        yield _Found(path.read_bytes(), modified)
        return
    box = mailbox_files.mbox(path, create=False)
    try:
        for key in box.iterkeys():
            yield _Found(box.get_bytes(key), modified)
    finally:
        box.close()
