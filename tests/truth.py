"""What every letter and every page is held to, whatever story brought it about: it agrees with the matrix, and it is written for people."""

from __future__ import annotations

import re
from collections.abc import Iterator

from config.campaign import Campaign
from intake.records import OutboxRecord
from intake.submission import Assessment
from notifier.letters.letter_kinds import KINDS
from notifier.post.mime import bytes_to_text, bytes_to_words
from notifier.standing import is_paper_complete

COUNTED = re.compile(r"推荐工作室(\d+)个")
VERSION = re.compile(r"（第(\d+)版，")
MARK = re.compile(r"(?<![A-Za-z0-9-])[A-Z]\d{2}(?![0-9A-Za-z])")
LONG_KEY = re.compile(r"[0-9a-f]{16,}")
ENGLISH = re.compile(r"[A-Za-z]{2,}")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff”》）][,;:?!]|[,;:?!][\u4e00-\u9fff“《（]|[\u4e00-\u9fff]\(|\)[\u4e00-\u9fff]")
# Names of programs and formats that Chinese itself uses, and what is no word: addresses, file names, commands to be typed, numbers of ours.
ALLOWED = {"Word", "Excel", "PDF", "SPF", "DKIM", "docx", "xlsx", "KB", "MB", "UTF"}
NO_WORDS = re.compile(
    r"intake [^；。）\n]*|《[^》\n]*》|“[^”\n]*”|[\w.+-]+@[\w.-]+|LN\d{4}-\d{4}(?:-[\w-]+)?|(?:ask|stranger)-\w+|【来信 [0-9A-F]+】"
)


def contradictions(row: OutboxRecord, assessment: Assessment | None, campaign: Campaign) -> Iterator[str]:
    """What a letter that leaves at this moment says against the matrix as it stands."""
    kind = KINDS[row.kind]
    if kind.to_staff or kind.to_strangers or assessment is None or row.kind == "retracted":
        return
    text, submission = bytes_to_words(row.raw), assessment.submission
    for found in COUNTED.findall(text):
        if int(found) != len(submission.active_studios):
            yield f"says {found} studios of {len(submission.active_studios)}"
    if "材料已收齐" in text and not assessment.complete:
        yield "says complete"
    missing = [f.message for f in assessment.findings if f.is_open and f.severity == "missing"]
    for line in re.findall(r"\d+\. (尚缺[^\n]*)", text):
        if line not in missing:
            yield f"says {line}"
    listed = re.search(r"本次收到文件(\d+)个）", text)
    files = re.findall(r"，校验码 ", text)
    if listed and int(listed[1]) != len(files):
        yield f"says {listed[1]} files of {len(files)}"
    yield from _about_files(text, row, assessment)
    yield from _about_paper(text, assessment, campaign)
    yield from _about_time(text, row, assessment, campaign)


def _about_files(text: str, row: OutboxRecord, assessment: Assessment) -> Iterator[str]:
    repeated = {sha[:12] for letter, sha in assessment.submission.repeats if letter in row.answers}
    for check in re.findall(r"校验码 (\w+)）：与此前报送内容相同", text):
        if check not in repeated:
            yield f"says {check} was sent before"
    numbers = {v.number for s in assessment.submission.studios for m in s.materials.values() for v in m.versions}
    numbers |= {v.number for v in assessment.submission.summary_versions}
    for found in VERSION.findall(text):
        if int(found) not in numbers:
            yield f"says version {found}"


def _about_paper(text: str, assessment: Assessment, campaign: Campaign) -> Iterator[str]:
    paper = assessment.submission.paper
    if "纸质版已登记" in text and not is_paper_complete(paper, campaign):
        yield "says the paper is registered"
    if "纸质版（加盖公章" in text and "尚未登记" in text and paper:
        yield "says the paper is not registered"
    if "纸质" in text and not campaign.paper_copies:
        yield "speaks of paper nobody wants"


def _about_time(text: str, row: OutboxRecord, assessment: Assessment, campaign: Campaign) -> Iterator[str]:
    deadline = campaign.deadline_at(row.created_at).at
    answered = [letter for letter in assessment.submission.letters if letter.sha256 in row.answers]
    if "，在规定时限内" in text and any(letter.arrived_at > deadline for letter in answered):
        yield "says in time"
    if "晚于通知规定" in text and all(letter.arrived_at <= deadline for letter in answered):
        yield "says late"


def stains(text: str) -> list[str]:
    """Codes, keys, English words and half-width marks in a text for people; names of files, addresses and commands are no words of ours."""
    plain = NO_WORDS.sub("〇", text)
    # a line of the list of files is the sender's own spelling
    plain = "\n".join(line for line in plain.splitlines() if "校验码" not in line)
    words = [word for word in ENGLISH.findall(plain) if word not in ALLOWED]
    return [*MARK.findall(plain), *LONG_KEY.findall(plain), *words, *HALF_WIDTH.findall(plain)]


def letter_stains(row: OutboxRecord) -> list[str]:
    """The same for a finished letter, subject and text."""
    return stains(f"{row.subject}\n{bytes_to_text(row.raw)}")
