"""Core: the displayed words of one letter - of its alternatives the right one - cut into new and old, with cloud files and shown pictures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from intake.message import CloudFile
from intake.opening.found import Text
from intake.opening.text.cloud import Line, add_unseen, links_to_cloud_files, text_to_cloud_files
from intake.opening.text.html_text import Page, html_to_page
from intake.opening.text.new_text import Cut, cut_history, text_to_lines
from intake.opening.text.notice_words import mark_notice_lines
from intake.opening.text.own_words import mark_own_lines

_SIGNATURE = re.compile(
    r"^(?:--|—{2,}|发自我?的?\s?\S{2,20}|发自\S{0,12}(?:邮箱|手机|iPhone|客户端)\S{0,8}|sent from my .{2,30}|获取 ?outlook.{0,20})\s*$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Body:
    """正文: the displayed text of one letter, cut into new and old, with its cloud files and shown pictures.

    `spoken` is the whole without what we wrote ourselves; `new` are the new lines without the signature below them.
    """

    cut: Cut
    whole: str
    spoken: str
    new: tuple[str, ...]
    cloud_files: tuple[CloudFile, ...]
    pictures: frozenset[str]
    overflow: str


def texts_to_body(texts: Sequence[Text], subject: str) -> Body:
    """The words a person sees: of alternatives the plain one, unless it is blank; links always from the HTML one."""
    plain_groups = {text.group for text in texts if text.group and not text.html and text.text.strip()}
    lines: list[tuple[str, bool]] = []
    cloud: list[CloudFile] = []
    pictures: set[str] = set()
    overflow = ""
    for text in texts:
        page = html_to_page(text.text) if text.html else Page(tuple(text_to_lines(text.text)))
        overflow = overflow or page.overflow
        if text.html:
            if page.links:
                cloud = add_unseen(cloud, links_to_cloud_files(page.links, cut_history(page.lines, subject).at))
            pictures |= page.pictures
        if not (text.html and text.group in plain_groups):
            lines += page.lines
    ours = mark_own_lines(lines)
    marked = mark_notice_lines(ours)
    cut = cut_history(marked, subject)
    spoken = [Line(text, quoted or place >= cut.at or text.lstrip().startswith(">")) for place, (text, quoted) in enumerate(marked)]
    return Body(
        cut=cut,
        whole="\n".join(text for text, _ in lines).strip(),
        spoken="\n".join(text for (text, before), (_, now) in zip(lines, ours, strict=True) if before or not now).strip(),
        new=_without_signature([line.text for line in spoken if not line.quoted]),
        cloud_files=tuple(add_unseen(cloud, text_to_cloud_files(spoken))),
        pictures=frozenset(pictures),
        overflow=overflow,
    )


def _without_signature(lines: Sequence[str]) -> tuple[str, ...]:
    """The lines above the mark of a signature, when something stands above it."""
    for place, text in enumerate(lines):
        if _SIGNATURE.match(text.strip()) and len(lines) - place <= 12 and any(line.strip() for line in lines[:place]):
            return tuple(lines[:place])
    return tuple(lines)
