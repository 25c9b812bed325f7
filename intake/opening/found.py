"""Words: what is gathered while a letter is walked (所得)."""

from __future__ import annotations

from dataclasses import dataclass, field

from intake.message import Attachment, Problem
from intake.opening.mime import Part


@dataclass(frozen=True, slots=True)
class Text:
    """正文片段: one displayed text; `group` > 0 joins the alternatives of the same words."""

    text: str
    html: bool
    group: int


@dataclass(frozen=True, slots=True)
class Nested:
    """随附邮件: a letter inside the letter, as far as its head and text go."""

    raw: bytes = field(repr=False)
    part: Part
    texts: tuple[Text, ...]
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Enclosed:
    """随附的 Outlook 邮件: the head and the words of a .msg."""

    head: str
    text: str
    path: tuple[str, ...]


@dataclass(slots=True)
class Found:
    """所得: everything gathered while walking one letter."""

    leaves: list[Attachment] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    nested: list[Nested] = field(default_factory=list)
    enclosed: list[Enclosed] = field(default_factory=list)
    reports: list[tuple[str, bytes]] = field(default_factory=list)
    returned: list[bytes] = field(default_factory=list)
    pictures: list[tuple[int, str]] = field(default_factory=list)
    media_types: set[str] = field(default_factory=set)
    left_out: list[str] = field(default_factory=list)
    grown_together: bool = False

    def note(self, code: str, where: str, message: str) -> None:
        """Record something staff should see, once."""
        problem = Problem(code, where[:200], message)
        if problem not in self.problems and len(self.problems) < 100:
            self.problems.append(problem)


@dataclass(frozen=True, slots=True)
class Place:
    """位置: the way to where we are, how many containers deep, and inside which alternative."""

    path: tuple[str, ...] = ()
    depth: int = 0
    group: int = 0
    report: bool = False
    related: bool = False
