"""Core: the MIME tree of raw bytes, walked once and bounded - never `email`, which needs minutes for 50 000 parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from intake.opening.containers.limits import DEEPEST_PART, Budget
from intake.opening.headers.head import Head, ends_lines_with_cr, split_head
from intake.opening.headers.parameters import find_parameter
from intake.opening.headers.transfer import decode_transfer

_TYPE = re.compile(r"[\w.+-]+/[\w.+*-]+|multipart\b")
_GUESSED_BOUNDARY = re.compile(rb"(?m)^--(\S[^\r\n]{0,100})\r*\n(?:Content-(?:Type|Transfer|Disp)|MIME-Version:)", re.I)
_GUESS_WITHIN = 64 * 1024
_BARE_CR = re.compile(rb"\r(?!\n)")


@dataclass(frozen=True, slots=True)
class Part:
    """部件: one node of a letter; `start:end` is its body in `raw`. `beyond` says why its inside was not walked.

    `outside` of a multipart: where its first part begins and its last one ends; what stands around them nobody displays.
    """

    raw: bytes = field(repr=False)
    head: Head
    start: int
    end: int
    media_type: str
    children: tuple[Part, ...] = ()
    closed: bool = True
    beyond: str = ""
    outside: tuple[int, int] = (0, 0)

    @property
    def body(self) -> bytes:
        """The body as it stands in the letter."""
        return self.raw[self.start : self.end]

    @property
    def payload(self) -> bytes:
        """The bytes the part carries, transfer encoding undone."""
        return decode_transfer(self.body, self.head.first("content-transfer-encoding"))

    @property
    def charset(self) -> str:
        """The charset its head claims, "" when none."""
        return find_parameter(self.head.first("content-type"), "charset")

    @property
    def disposition(self) -> str:
        """`attachment`, `inline` or ""."""
        first = re.split(rb"[;\s]", self.head.first("content-disposition").strip(), maxsplit=1)[0]
        return first.decode("ascii", "replace").strip("\"'").lower()

    def walk(self) -> Iterator[Part]:
        """This part and everything below it, in reading order."""
        waiting = [self]
        while waiting:
            part = waiting.pop()
            yield part
            waiting.extend(reversed(part.children))


def raw_to_part(raw: bytes, budget: Budget) -> Part:
    """The tree of a whole letter; any bytes give a tree."""
    if ends_lines_with_cr(raw):
        raw = _BARE_CR.sub(b"\r\n", raw)
    return _part(raw, (0, len(raw)), budget, 0, "text/plain")


def media_type(head: Head, otherwise: str = "text/plain") -> str:
    """The declared type in lower case, `otherwise` when absent or unreadable."""
    value = head.first("content-type")[:300].decode("ascii", "replace").strip().strip("\"'").lower()
    found = _TYPE.match(value)
    if found and found[0] == "multipart":
        return "multipart/mixed"
    return found[0] if found else otherwise


def _part(raw: bytes, span: tuple[int, int], budget: Budget, depth: int, otherwise: str) -> Part:
    start, end = span
    head, body = split_head(raw, start, end)
    head = _with_the_type_that_fits(head, raw, (body, end))
    kind = media_type(head, otherwise)
    if not kind.startswith("multipart/") and _has_parts(Part(raw, head, body, end, kind), depth):
        kind = "multipart/mixed"
    if not kind.startswith("multipart/"):
        return Part(raw, head, body, end, kind)
    if depth >= DEEPEST_PART:
        return Part(raw, head, body, end, kind, beyond=f"多层嵌套超过{DEEPEST_PART}层")
    return _multipart(Part(raw, head, body, end, kind), budget, depth)


def _with_the_type_that_fits(head: Head, raw: bytes, span: tuple[int, int]) -> Head:
    """Of several Content-Type lines the one whose boundary stands in the body: a gateway put its own above."""
    types = [field for field in head.fields if field[0] == "content-type"]
    if len(types) < 2:
        return head
    for declared in types:
        boundary = find_parameter(declared[1], "boundary").encode("utf-8", "replace").rstrip()
        if boundary and raw.find(b"--" + boundary, *span) >= 0:
            return replace(head, fields=(declared, *(other for other in head.fields if other is not declared)))
    return head


def _has_parts(part: Part, depth: int) -> bool:
    """True for a multipart that does not say so: it names a boundary and uses it, or its Content-Type was lost and parts stand in it."""
    if part.media_type.startswith("message/"):
        return False
    declared = _declared_boundary(part) if b"oundary" in part.head.first("content-type") else b""
    if declared:
        return next(_delimiters(part, b"--" + declared), None) is not None
    lost = depth == 0 and not _TYPE.match(part.head.first("content-type").decode("ascii", "replace").strip().strip("\"'"))
    return lost and _guess_boundary(part) != b""


def _multipart(part: Part, budget: Budget, depth: int) -> Part:
    boundary = _find_boundary(part)
    if not boundary:
        return Part(part.raw, part.head, part.start, part.end, "text/plain", closed=False)
    otherwise = "message/rfc822" if part.media_type == "multipart/digest" else "text/plain"
    children: list[Part] = []
    spans, closed = _spans(part, boundary)
    first = next((start for start, _, _ in _delimiters(part, b"--" + boundary)), part.start)
    outside = (first, spans[-1][1] if spans else part.end)
    for start, end in spans:
        if budget.parts <= 0:
            rest = Part(part.raw, Head(), start, part.end, "application/octet-stream", beyond="部件数量超过上限")
            children.append(rest)
            break
        budget.parts -= 1
        children.append(_part(part.raw, (start, end), budget, depth + 1, otherwise))
    return Part(part.raw, part.head, part.start, part.end, part.media_type, tuple(children), closed, outside=outside)


def _find_boundary(part: Part) -> bytes:
    """The declared boundary when it occurs, else the first line that looks like one."""
    declared = _declared_boundary(part)
    if declared and part.raw.find(b"--" + declared, part.start, part.end) >= 0:
        return declared
    return _guess_boundary(part)


def _guess_boundary(part: Part) -> bytes:
    guessed = _GUESSED_BOUNDARY.search(part.raw, part.start, min(part.end, part.start + _GUESS_WITHIN))
    return guessed[1].rstrip() if guessed else b""


def _declared_boundary(part: Part) -> bytes:
    value = part.head.first("content-type")
    return find_parameter(value, "boundary").encode("utf-8", "replace").rstrip() if value else b""


def _spans(part: Part, boundary: bytes) -> tuple[list[tuple[int, int]], bool]:
    """Where the parts of a multipart begin and end, and whether the closing line is there.

    What follows the closing line is skipped, but a part that begins after it is still taken: gateways append some.
    """
    spans: list[tuple[int, int]] = []
    opened = -1
    closed = False
    for start, after, closing in _delimiters(part, b"--" + boundary):
        if opened >= 0:
            spans.append((opened, max(opened, _before_newline(part.raw, start, opened))))
        opened = -1 if closing else after
        closed = closed or closing
        if len(spans) > 100_000:
            break
    if opened >= 0 and part.raw[opened : part.end].strip():
        spans.append((opened, part.end))
        closed = False
    return spans, closed


def _delimiters(part: Part, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """(start of the line, start of the next line, closing) of every delimiter line."""
    raw, at = part.raw, part.start
    while (found := raw.find(mark, at, part.end)) >= 0:
        newline = raw.find(b"\n", found, part.end)
        after = part.end if newline < 0 else newline + 1
        at = found + len(mark)
        if found > part.start and raw[found - 1] not in b"\r\n":
            continue
        rest = raw[at : min(after, at + 200)].strip()
        if rest in (b"", b"--"):
            yield found, after, rest == b"--"
            at = after


def _before_newline(raw: bytes, at: int, least: int) -> int:
    """The line break before a delimiter belongs to the delimiter."""
    if at - 2 >= least and raw[at - 2 : at] == b"\r\n":
        return at - 2
    return at - 1 if at - 1 >= least and raw[at - 1] in b"\r\n" else at
