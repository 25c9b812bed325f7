"""Core: where a judgement can be looked up - the cell of the file it speaks of, the letter it rests on, the times it was made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from urllib.parse import quote

from config.campaign import Campaign
from intake.submission import Assessment, Finding, Received, Version
from service.desk.shown.sheets import Box, area_to_box, where_to_anchor
from service.desk.shown.words import moment_to_text

PICTURED = frozenset({".pdf", ".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".gif", ".webp"})
"""Files whose pages the desk can show as pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """出处: a link to the place, in words; `picture` and `box` when that place can be shown at once."""

    words: str
    link: str
    picture: str = ""
    box: Box | None = None


def is_pictured(name: str) -> bool:
    """Whether a file of this name has pages that can be shown."""
    return PurePosixPath(name.lower()).suffix in PICTURED


def finding_sources(finding: Finding, assessment: Assessment) -> tuple[Source, ...]:
    """Where a finding can be checked: its cell, its file, its letter."""
    return tuple(_sources(finding, assessment))


def _sources(finding: Finding, assessment: Assessment) -> Iterator[Source]:
    where, sha = finding.where, str(finding.facts.get("sha256") or "")
    sha = sha or (find_file_named(finding.where.file, assessment) if where.file else "")
    if sha:
        anchor, box = where_to_anchor(where), area_to_box(where.area)
        place = " ".join(part for part in (where.place, where.cell) if part)
        seen = box is not None and is_pictured(where.file)
        yield Source(
            words=f"《{where.file}》{place}" if where.file else "那个文件",
            link=f"/file/{sha}" + (f"#{'m-' if seen else ''}{quote(anchor)}" if anchor else ""),
            picture=f"/file/{sha}/page/{box.page}.png" if box and seen else "",
            box=box if seen else None,
        )
    letter = str(finding.facts.get("letter") or "")
    if letter in {r.sha256 for r in assessment.submission.letters}:
        yield Source(words="那封来信", link=f"/letter/{letter}")


def find_file_named(name: str, assessment: Assessment) -> str:
    """The file a finding means by its name: the version in force before earlier ones, then the newest leaf of that name; "" when there is none."""
    submission = assessment.submission
    states = [state for studio in submission.studios for state in studio.materials.values()]
    current = [state.current for state in states if state.current]
    every: list[Version] = [*current, *submission.summaries.values(), *submission.unread, *submission.unplaced, *submission.summary_versions]
    every += [version for state in states for version in reversed(state.versions)]
    leaves = [leaf for letter in reversed(submission.letters) for leaf in letter.message.leaves]
    found = next((v.attachment for v in every if v.file == name and v.attachment), "")
    return found or next((leaf.sha256 for leaf in leaves if leaf.name == name), "")


def time_lines(assessment: Assessment, campaign: Campaign, now: datetime) -> tuple[str, ...]:
    """How the letters after the deadline came: the server's time against the deadline, beside what the sender states."""
    submission = assessment.submission
    asked = {*submission.late_letters, *submission.borderline_letters, *submission.accepted_late}
    return tuple(_time_line(letter, campaign, now) for letter in submission.letters if letter.sha256 in asked)


def _time_line(letter: Received, campaign: Campaign, now: datetime) -> str:
    deadline = campaign.deadline_at(now).at
    parts = [f"“{letter.message.subject or '（无主题）'}” {moment_to_text(letter.arrived_at, campaign)} 到达"]
    parts.append(f"截止 {moment_to_text(deadline, campaign)}，{_gap(letter.arrived_at - deadline)}")
    if letter.message.received:
        parts.append(f"邮件头最后一跳 {moment_to_text(letter.message.received[0], campaign)}")
    if letter.message.date:
        parts.append(f"发件人声明 {moment_to_text(letter.message.date, campaign)} 发出")
    return "；".join(parts)


def _gap(late: timedelta) -> str:
    minutes = max(1, -(-abs(int(late.total_seconds())) // 60))
    words = f"{minutes} 分钟" if minutes < 120 else f"{minutes // 60} 小时" if minutes < 2880 else f"{minutes // 1440} 天"
    return f"晚 {words}" if late > timedelta() else f"早 {words}"


