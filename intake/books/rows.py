"""Core: rows of the ledger to words and back; moments are stored as UTC text of one width, so that text order is time order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from intake.codec import json_to_value, value_to_json
from intake.records import LetterLine, LetterRecord, OutboxRecord
from intake.submission import Decision

OUTBOX_COLUMNS = [
    "key",
    "kind",
    "institution",
    "recipient",
    "subject",
    "message_id",
    "raw",
    "state",
    "created_at",
    "case_number",
    "basis",
    "answers",
    "told",
    "priority",
    "attempts",
    "not_before",
    "sent_at",
    "error",
    "bounced_at",
    "approved_at",
]
LETTER_COLUMNS = ["sha256", "received_at", "fetched_at", "size", "state", "folder", "same_as", "error", "attempts", "time_source"]
LINE_COLUMNS = [
    "sha256", "received_at", "institution", "sender", "subject", "kind", "state", "same_as", "folder", "files", "codes", "candidates", "split",
]  # fmt: skip
_MOMENTS = {"created_at", "not_before", "sent_at", "bounced_at", "approved_at", "received_at", "fetched_at", "decided_at"}
_TUPLES = {"answers", "told", "codes", "candidates", "split"}


def moment_to_text(moment: datetime) -> str:
    """An aware moment as UTC text; raises ValueError for a naive one, which would silently be local time."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def text_to_moment(text: str) -> datetime:
    """The moment, in UTC."""
    return datetime.fromisoformat(text)


def letter_to_row(record: LetterRecord) -> list[Any]:
    """The values of LETTER_COLUMNS."""
    return [_column(name, getattr(record, name)) for name in LETTER_COLUMNS]


def row_to_letter(row: Mapping[str, Any]) -> LetterRecord:
    """A letter row as the word."""
    return LetterRecord(**{name: _value(name, row[name]) for name in LETTER_COLUMNS})


def outbox_to_row(record: OutboxRecord) -> list[Any]:
    """The values of OUTBOX_COLUMNS."""
    return [_column(name, getattr(record, name)) for name in OUTBOX_COLUMNS]


def row_to_outbox(row: Mapping[str, Any]) -> OutboxRecord:
    """An outbox row as the word; bytes that were not asked for are empty."""
    return OutboxRecord(
        **{name: _value(name, row[name]) for name in OUTBOX_COLUMNS if name in row} | ({} if "raw" in row else {"raw": b""})
    )


def line_to_row(line: LetterLine) -> list[Any]:
    """The values of LINE_COLUMNS; lone surrogates of a damaged head are replaced, a list needs no exact copy."""
    values = (_column(name, getattr(line, name)) for name in LINE_COLUMNS)
    return [v.encode("utf-8", "replace").decode() if isinstance(v, str) else v for v in values]


def row_to_line(row: Mapping[str, Any]) -> LetterLine:
    """A line of the list of letters as the word."""
    return LetterLine(**{name: _value(name, row[name]) for name in LINE_COLUMNS})


def row_to_decision(row: Mapping[str, Any]) -> Decision:
    """A decision row as the word."""
    held = {name: row[name] for name in ("number", "kind", "decided_by", "institution", "target", "reason")}
    detail = json_to_value(row["detail"], dict[str, Any])
    return Decision(decided_at=text_to_moment(row["decided_at"]), detail=detail, **held)


def _column(name: str, value: Any) -> Any:
    if name in _MOMENTS:
        return None if value is None else moment_to_text(value)
    return value_to_json(value, tuple[str, ...]) if name in _TUPLES else value


def _value(name: str, held: Any) -> Any:
    if name in _MOMENTS:
        return None if held is None else text_to_moment(held)
    return json_to_value(held, tuple[str, ...]) if name in _TUPLES else held
