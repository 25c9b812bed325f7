"""Words: what an opener found in one container (容器内容)."""

from __future__ import annotations

from dataclasses import dataclass, field

from intake.message import AttachmentProblem, Volume


@dataclass(frozen=True, slots=True)
class Member:
    """成员: one file of a container; `name` may hold folders, as written there."""

    name: str
    payload: bytes = field(repr=False)
    media_type: str = ""
    problem: AttachmentProblem | None = None
    volume: Volume | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """容器内容: the members that could be taken out, and what kept the rest inside.

    With a `problem` the container itself is kept as a leaf beside its readable members. `text` is the text of a letter in Outlook's formats;
    `letter` = it is one, `wrapping` = nothing is lost when it holds no file.
    """

    members: tuple[Member, ...] = ()
    problem: AttachmentProblem | None = None
    reason: str = ""
    text: str = ""
    subject: str = ""
    sender: str = ""
    letter: bool = False
    wrapping: bool = False
