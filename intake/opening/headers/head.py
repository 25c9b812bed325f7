"""Core: the head of a letter or of a part - raw header lines, bounded, never decoded twice.

A line that is no header does not end it: gateways write notes, lose folds and break lines, and a head that stops there loses the sender
and every file. It ends at the blank line, or where nothing that follows looks like a header.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_HEADERS = 1000
MOST_BYTES = 1 << 20
MOST_BAD_LINES = 200  # in one head; a text taken for a head must not be searched line by line
MOST_STRAYS = 20  # of the lines passed over, so many are kept to be shown
_AHEAD = 16 * 1024  # how far a bad line is looked over for the next header
_NAME = re.compile(rb"([!-9;-~]{1,998})[ \t]*:")
_FIRST_LINES = re.compile(rb"(?:[ \t]*\r*\n)+")
_BLANK = re.compile(rb"(?:\A|(?<=\n))[ \t]*\r*\n")
# Names that no text under a head begins its lines with by chance; a part's head is known by content-… alone.
_OF_PART = rb"content-[a-z-]{2,40}"
_OF_LETTER = (
    rb"from|to|cc|bcc|subject|date|sender|reply-to|message-id|mime-version|received|return-path|delivered-to|in-reply-to|references|"
    rb"x-[a-z0-9-]{2,80}|list-[a-z-]{2,40}|resent-[a-z-]{2,40}|(?:arc-)?authentication-results|dkim-signature|received-spf|auto-submitted|"
    rb"precedence|importance|priority|user-agent|thread-[a-z]{2,20}|disposition-notification-to"
)
_KNOWN_IN_PART = re.compile(rb"(?mi)^" + _OF_PART + rb"[ \t]*:")
_KNOWN = re.compile(rb"(?mi)^(" + _OF_LETTER + rb"|" + _OF_PART + rb")[ \t]*:")
_MIME_IN_LETTER = re.compile(rb"(?mi)^(?:content-type|mime-version)[ \t]*:")
_ONLY_OF_PART = re.compile(rb"(?mi)^(" + _OF_PART + rb")[ \t]*:")
_ONLY_PARTS_HEAD = re.compile(rb"(?i)(?:" + _OF_PART + rb"[ \t]*:[^\n]*\n(?:[ \t]+[^\s][^\n]*\n)*)+")
_PARAMETER = re.compile(
    rb"(?:boundary|charset|name|filename|type|report-type|start|format|delsp|smime-type|size)(?:\*\d{0,4}\*?)?[ \t]*=", re.I
)
_FOLDED_PARAMETER = re.compile(rb"^[ \t]*" + _PARAMETER.pattern, re.I | re.M)
_ADDRESSES = frozenset(("from", "sender", "reply-to", "to", "cc"))


@dataclass(frozen=True, slots=True)
class Head:
    """信头: (lower-case name, raw value) in order; `overflow` when lines beyond the bounds were not read.

    `strays` are the first of the lines that are no headers and were passed over.
    """

    fields: tuple[tuple[str, bytes], ...] = ()
    overflow: bool = False
    strays: tuple[bytes, ...] = ()

    def first(self, name: str) -> bytes:
        """The first value of that name that says anything, b"" when absent."""
        return next((value for key, value in self.fields if key == name and value), b"")

    def all(self, name: str) -> tuple[bytes, ...]:
        """Every value of that name, in order."""
        return tuple(value for key, value in self.fields if key == name)

    def has(self, name: str) -> bool:
        """True when such a header stands there, even empty."""
        return any(key == name for key, _ in self.fields)


def split_head(raw: bytes, start: int = 0, end: int | None = None) -> tuple[Head, int]:
    """The head that begins at `start` and the offset where the body begins.

    Tolerant: mbox "From ", notes above the first header, "Subject :", lost folds, lines that are no headers, bare CR, no blank line after
    the head. A letter (from 0) may have blank lines before its head; a part that begins with one has no head.
    """
    stop = len(raw) if end is None else end
    return _Reader(raw, start, stop).read()


def ends_lines_with_cr(raw: bytes) -> bool:
    """True when a letter was written with bare carriage returns: its head ends in two of them before any line feed."""
    feed = raw.find(b"\n", 0, MOST_BYTES)
    if raw.find(b"\r\r", 0, feed - 1 if feed >= 0 else MOST_BYTES) >= 0:
        return True
    return feed < 0 and b"\r" in raw[:_AHEAD] and len(_KNOWN.findall(raw[:_AHEAD].replace(b"\r", b"\n"))) > 1


class _Reader:
    """One pass over the lines of one head."""

    def __init__(self, raw: bytes, start: int, stop: int) -> None:
        self._raw, self._stop = raw, stop
        self._letter = start == 0
        self._known = _KNOWN if self._letter else _KNOWN_IN_PART
        self._fields: list[tuple[str, bytearray]] = []
        self._strays: list[bytes] = []
        self._resumed = -1
        self._bad = 0
        self._at = self._skip_prologue(start) if self._letter else start

    def read(self) -> tuple[Head, int]:
        raw, stop, at = self._raw, self._stop, self._at
        budget = at + MOST_BYTES
        while at < stop:
            newline = raw.find(b"\n", at, stop)
            after = stop if newline < 0 else newline + 1
            line = raw[at : min(after, at + MOST_BYTES)]
            if not line.strip(b"\r\n"):
                if not self._goes_on_below(after):
                    return self._head(), after
            elif not self._take(line, after):
                return self._head(), at
            at = after
            if len(self._fields) > MOST_HEADERS or at > budget:
                return self._head(overflow=True), _body_after(raw, at, stop)
        return self._head(), stop

    def _skip_prologue(self, start: int) -> int:
        """Where the first header stands: below blank lines, an mbox line, or a note that some program wrote above the letter."""
        blank = _FIRST_LINES.match(self._raw, start, self._stop)
        at = blank.end() if blank else start
        if self._raw.startswith((b"From ", b">From "), at) and not _NAME.match(self._raw, at, self._stop):
            newline = self._raw.find(b"\n", at, self._stop)
            return self._stop if newline < 0 else newline + 1
        if _NAME.match(self._raw, at, self._stop):
            return at
        first = _KNOWN.search(self._raw, at, min(self._stop, at + _AHEAD))
        block = _block(self._raw, first.start(), self._stop) if first else b""
        if first and len(set(map(bytes.lower, _KNOWN.findall(block)))) > 1:
            self._pass_over(self._raw[at : first.start()])
            return first.start()
        return start

    def _take(self, line: bytes, after: int) -> bool:
        """Take one line, or several that bare carriage returns part; False when the head has ended before it."""
        if line.find(b"\r", 0, len(line) - 2) < 0:
            return self._take_line(line) or self._take_stray(line, after)
        first, *rest = re.split(rb"\r+(?!\n)", line)
        if not (self._take_line(first) or self._take_stray(first, after)):
            return False
        for piece in rest:
            if not (self._known.match(piece) and self._take_line(piece)) and self._fields:
                self._fields[-1][1].extend(b" " + piece)
        return True

    def _take_line(self, line: bytes) -> bool:
        fields = self._fields
        if fields and line.startswith((b" ", b"\t")):
            fields[-1][1].extend(line)
            return True
        if not line:  # a bare carriage return at the very beginning
            return True
        name = _NAME.match(line)
        if name and b"=" not in name[1]:
            fields.append((name[1].decode("ascii").lower(), bytearray(line[name.end() :])))
            return True
        if fields and line.startswith(b"=?"):  # a continued encoded word whose leading blank was lost on the way
            fields[-1][1].extend(b" " + line)
            return True
        if _PARAMETER.match(line) and (field := self._content_field()) is not None:
            field.extend(b" " + line)
            return True
        return False

    def _take_stray(self, line: bytes, after: int) -> bool:
        """A line that is no header: passed over, or the lost end of the one before it, when headers follow; False when none do."""
        self._bad += 1
        if self._bad > MOST_BAD_LINES:
            return False
        if self._known.match(self._raw, after, self._stop) and not line.startswith(b"--"):
            self._resumed = after
        if after > self._resumed:
            block = _block(self._raw, after, self._stop)
            ahead = self._known.search(block) or (_FOLDED_PARAMETER.search(block) if self._content_field() is not None else None)
            if not ahead or (line.startswith(b"--") and self._has_parts() and _KNOWN_IN_PART.match(block)):
                return False
            self._resumed = after + ahead.start()
        if self._fields and self._misses_its_end(*self._fields[-1], line):
            self._fields[-1][1].extend(b" " + line)
        else:
            self._pass_over(line)
        return True

    def _content_field(self) -> bytearray | None:
        """The last header that takes parameters, also when a gateway put its own line between it and them."""
        return next((value for key, value in reversed(self._fields) if key.startswith("content-")), None)

    def _has_parts(self) -> bool:
        """True when the head is that of a multipart: two hyphens then begin its first part."""
        return any(key == "content-type" and value.lstrip()[:10].lower() == b"multipart/" for key, value in self._fields)

    def _misses_its_end(self, name: str, value: bytearray, line: bytes) -> bool:
        """True when the line before is empty, or names a sender without the address that stands here."""
        return not value.strip() or (name in _ADDRESSES and b"@" in line and b"@" not in value)

    def _goes_on_below(self, after: int) -> bool:
        """True when a blank line stands inside the head: what says how the rest is built follows it, and nothing above has said so."""
        if not self._known.match(self._raw, after, self._stop):
            return False
        block, has = _block(self._raw, after, self._stop), {key for key, _ in self._fields}
        if self._letter:
            return "content-type" not in has and bool(_MIME_IN_LETTER.search(block))
        names = {name.lower().decode("ascii") for name in _ONLY_OF_PART.findall(block)}
        return bool(_ONLY_PARTS_HEAD.fullmatch(block)) and not names & has

    def _pass_over(self, line: bytes) -> None:
        if line.strip() and len(self._strays) < MOST_STRAYS:
            self._strays.append(line[:200].strip())

    def _head(self, overflow: bool = False) -> Head:
        fields = tuple((name, bytes(value).strip(b"\r\n \t")) for name, value in self._fields)
        return Head(fields, overflow, tuple(self._strays))


def _block(raw: bytes, at: int, stop: int) -> bytes:
    """The lines from `at` to the next blank one, no further than a head is looked over."""
    window = raw[at : min(stop, at + _AHEAD)]
    blank = _BLANK.search(window)
    return window[: blank.start()] if blank else window


def _body_after(raw: bytes, at: int, stop: int) -> int:
    found = [place + len(mark) for mark in (b"\r\n\r\n", b"\n\n") if (place := raw.find(mark, at - 1, stop)) >= 0]
    return min(found, default=stop)
