"""Core: the head of a letter or of a part - raw header lines, bounded, never decoded twice."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_HEADERS = 1000
MOST_BYTES = 1 << 20
_NAME = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
_FIRST_LINES = re.compile(rb"(?:[ \t]*\r?\n)+")


@dataclass(frozen=True, slots=True)
class Head:
    """信头: (lower-case name, raw value) in order; `overflow` when lines beyond the bounds were not read."""

    fields: tuple[tuple[str, bytes], ...] = ()
    overflow: bool = False

    def first(self, name: str) -> bytes:
        """The first value of that name, b"" when absent."""
        return next((value for key, value in self.fields if key == name), b"")

    def all(self, name: str) -> tuple[bytes, ...]:
        """Every value of that name, in order."""
        return tuple(value for key, value in self.fields if key == name)

    def has(self, name: str) -> bool:
        """True when such a header stands there, even empty."""
        return any(key == name for key, _ in self.fields)


def split_head(raw: bytes, start: int = 0, end: int | None = None) -> tuple[Head, int]:
    """The head that begins at `start` and the offset where the body begins.

    Tolerant: mbox "From ", "Subject :", an encoded word that lost its fold, no blank line after the head. A letter (from 0) may have
    blank lines before its head; a part that begins with one has no head.
    """
    stop = len(raw) if end is None else end
    at = _skip_prologue(raw, start, stop) if start == 0 else start
    fields: list[tuple[str, bytearray]] = []
    budget = at + MOST_BYTES
    while at < stop:
        newline = raw.find(b"\n", at, stop)
        after = stop if newline < 0 else newline + 1
        line = raw[at : min(after, at + MOST_BYTES)]
        if not line.strip(b"\r\n"):
            return _head(fields), after
        if not _take_line(fields, line):
            return _head(fields), at
        at = after
        if len(fields) > MOST_HEADERS or at > budget:
            return _head(fields, overflow=True), _body_after(raw, at, stop)
    return _head(fields), stop


def _skip_prologue(raw: bytes, start: int, stop: int) -> int:
    blank = _FIRST_LINES.match(raw, start, stop)
    at = blank.end() if blank else start
    if raw.startswith((b"From ", b">From "), at):
        newline = raw.find(b"\n", at, stop)
        return stop if newline < 0 else newline + 1
    return at if _NAME.match(raw, at, stop) else start


def _take_line(fields: list[tuple[str, bytearray]], line: bytes) -> bool:
    if line[:1] in b" \t" and fields:
        fields[-1][1].extend(line)
        return True
    name = _NAME.match(line)
    if name and not line.startswith(b"=?"):
        fields.append((name[1].decode("ascii").lower(), bytearray(line[name.end() :])))
        return True
    if fields and line.startswith(b"=?"):  # a continued encoded word whose leading blank was lost on the way
        fields[-1][1].extend(b" " + line)
        return True
    return False


def _head(fields: list[tuple[str, bytearray]], overflow: bool = False) -> Head:
    return Head(tuple((name, bytes(value).strip(b"\r\n \t")) for name, value in fields), overflow)


def _body_after(raw: bytes, at: int, stop: int) -> int:
    found = [place + len(mark) for mark in (b"\r\n\r\n", b"\n\n") if (place := raw.find(mark, at - 1, stop)) >= 0]
    return min(found, default=stop)
