"""What every letter and every page is held to, whatever story brought it about: it agrees with the matrix, and it is written for people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from config.campaign import Campaign
from intake.records import OutboxRecord
from intake.submission import Assessment, Received
from notifier.letters.letter_kinds import KINDS
from notifier.letters.lines import TITLES
from notifier.post.mime import bytes_to_text, bytes_to_words
from notifier.standing import is_paper_complete
from notifier.wording import clean_sentence

COUNTED = re.compile(r"推荐工作室(\d+)个")
# Letters that end with what is still to be sent: none of it may be left out.
ASKING_KINDS = ("supplement", "correction", "complete", "reminder_t3", "reminder_t1", "deadline_change")
# What stands under one of the three headings that ask for something, up to the next line that is no item.
ASKED = re.compile(r"(?:请补正（|请核实（|请补发可|尚待补正：|事项：)[^\n]*\n((?:　*\d+\. [^\n]*\n?)+)")
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


def contradictions(row: OutboxRecord, assessment: Assessment | None, campaign: Campaign, now: datetime) -> Iterator[str]:
    """What a letter that leaves at this moment says against the matrix as it stands."""
    kind = KINDS[row.kind]
    if kind.to_staff or kind.to_strangers or assessment is None or row.kind == "retracted":
        return
    text, submission = bytes_to_words(row.raw), assessment.submission
    for found in COUNTED.findall(text):
        if int(found) != len(submission.active_studios):
            yield f"says {found} studios of {len(submission.active_studios)}"
    if re.search("电子版材料已收齐|已收齐$", f"{text}\n{row.subject}", re.M) and not assessment.complete:
        yield "says complete"
    yield from _about_files(text, row, assessment)
    yield from _about_studios(text, assessment)
    yield from _about_requests(text, row, assessment)
    yield from _about_versions(text, row, assessment)
    yield from _about_paper(text, assessment, campaign)
    yield from _about_time(text, row, assessment, campaign, now)


def _answered(row: OutboxRecord, assessment: Assessment) -> list[Received]:
    return [letter for letter in assessment.submission.letters if letter.sha256 in row.answers]


def _about_files(text: str, row: OutboxRecord, assessment: Assessment) -> Iterator[str]:
    """The number of files, told twice and listed, against what these letters brought; and which of them came before."""
    came = [leaf.sha256[:12] for letter in _answered(row, assessment) for leaf in letter.message.leaves]
    listed = re.findall(r"，校验码 (\w+)）", text)
    for told in re.findall(r"本次收到文件(\d+)个", text):
        if int(told) != len(came):
            yield f"says {told} files of {len(came)}"
    if listed and sorted(listed) != sorted(came):
        yield "lists other files than came"
    repeated = {sha[:12] for letter, sha in assessment.submission.repeats if letter in row.answers}
    for check in re.findall(r"校验码 (\w+)）：与此前报送内容相同", text):
        if check not in repeated:
            yield f"says {check} was sent before"


def _about_studios(text: str, assessment: Assessment) -> Iterator[str]:
    """Every mark of the list of studios, and every material called 已收妥, against its cell."""
    studios = {s.name: s for s in assessment.submission.active_studios}
    for name, marks in re.findall(r"\d+\. ([^\n：]+?)(?:（[^（）]*）)?：(汇总表[^\n]*)", text):
        for material, title in TITLES.items():
            told = re.search(rf"{title}(√|尚缺|[^ ]+)", marks)
            status = studios[name].materials[material].status if name in studios else "absent"
            if told is None or (told[1].startswith("√")) != (status == "received") or (told[1] == "尚缺") != (status == "missing"):
                yield f"marks {name} {title} {told and told[1]}: {status}"
    for name, kept in re.findall(
        r"“([^”]+)”((?:基本情况表|申报材料)(?:及申报材料)?)", "".join(re.findall(r"已收妥(?:材料)?：([^。]*)", text))
    ):
        for material, title in TITLES.items():
            if title in kept and studios[name].materials[material].status not in ("received", "received_unread"):
                yield f"calls {title} of {name} 收妥"


def _about_requests(text: str, row: OutboxRecord, assessment: Assessment) -> Iterator[str]:
    """尚缺 and 未填写: nothing that is in, and nothing left out by a letter that asks."""
    still = [f for f in assessment.findings if f.is_open and f.audience != "staff"]
    missing = {squeeze(f.message) for f in still if f.severity == "missing" and f.audience == "institution"}
    known = {squeeze(clean_sentence(f.message)) for f in still} | missing
    asked = {squeeze(line) for part in ASKED.findall(text) for line in re.findall(r"^　*\d+\. (.*)$", part, re.M)}
    yield from (f"says {line}" for line in asked - known)
    if row.kind in ASKING_KINDS:
        yield from (f"forgets {line}" for line in missing if line.startswith("尚缺") and line not in squeeze(text))


def squeeze(text: str) -> str:
    """A sentence without blanks, small marks and names of files, as two writers spell it alike."""
    return re.sub(r"《[^》]*》|[\s。.,，()（）:：]", "", text)


def _about_versions(text: str, row: OutboxRecord, assessment: Assessment) -> Iterator[str]:
    """Every numbered version is the version of that number of that very material, and came in a letter that is answered."""
    studios = {s.name: s for s in assessment.submission.active_studios}
    for name, title, number in re.findall(r"“([^”\n]+)”(基本情况表|申报材料)（第(\d+)版，", text):
        material = next(m for m, t in TITLES.items() if t == title)
        versions = studios[name].materials[material].versions if name in studios else ()
        if not any(v.number == int(number) and v.letter in row.answers for v in versions):
            yield f"says version {number} of {name} {title}"
    numbers = {v.number for s in studios.values() for m in s.materials.values() for v in m.versions}
    numbers |= {v.number for v in assessment.submission.summary_versions}
    for found in VERSION.findall(text):
        if int(found) not in numbers:
            yield f"says version {found}"


def _about_paper(text: str, assessment: Assessment, campaign: Campaign) -> Iterator[str]:
    """Copies registered, copies wanted still, the seal."""
    paper = assessment.submission.paper
    got = int(paper.get("copies", 0) or 0)
    if "纸质版已登记" in text and not is_paper_complete(paper, campaign):
        yield "says the paper is registered"
    if "纸质版（加盖公章" in text and "尚未登记" in text and paper:
        yield "says the paper is not registered"
    if "纸质" in text and not campaign.paper_copies:
        yield "speaks of paper nobody wants"
    for told in re.findall(r"纸质版已收到(\d+)份", text):
        if int(told) != got:
            yield f"says {told} copies of {got}"
    for told in re.findall(r"补送(\d+)份", text):
        if int(told) != campaign.paper_copies - got:
            yield f"asks for {told} copies"
    for told in re.findall(r"一式(.)份", text):
        if told != "零一两三四"[campaign.paper_copies]:
            yield f"wants {told} copies"


def _about_time(text: str, row: OutboxRecord, assessment: Assessment, campaign: Campaign, now: datetime) -> Iterator[str]:
    """When the letters came, whether that was in time, and until when."""
    deadline = campaign.deadline_at(now).at
    answered = _answered(row, assessment)
    if "，在规定时限内" in text and any(letter.arrived_at > deadline for letter in answered):
        yield "says in time"
    if "晚于通知规定的" in text and "不再适用" not in text and all(letter.arrived_at <= deadline for letter in answered):
        yield "says late"
    for told in re.findall(r"收到时间：?为?(\d[^（]*)（北京时间）", text):
        moments = [letter.arrived_at.astimezone(campaign.zone) for letter in answered]
        clocks = {f"{m.hour}时{m.minute:02d}分" for m in moments}
        said = set(re.findall(r"\d+时\d\d分", told))
        if (row.answers and not said <= clocks) or ("……" not in told and said != clocks and row.answers):
            yield f"says it came {told}"
        if len(moments) > 1 and f"共{len(moments)}封" not in told and row.answers:
            yield f"says {told} of {len(moments)} letters"
    last = deadline.astimezone(campaign.zone)
    for month, day, hour in re.findall(r"请于(\d+)月(\d+)日(?:(\d+)时)?", text):
        ends = (last.month, last.day, 24 if (last.hour, last.minute) == (23, 59) else last.hour)
        if (int(month), int(day), int(hour or ends[2])) != ends or now > deadline:
            yield f"asks until {month}-{day} {hour}"


EMPTY_NAME = re.compile(r"《\s*》|“\s*”")
"""A name in marks with nothing in it: a sentence was filled with what was not there."""


def stains(text: str) -> list[str]:
    """Codes, keys, English words, half-width marks and empty names in a text for people; names of files, addresses and commands are no words of ours."""
    plain = NO_WORDS.sub("〇", text)
    # a line of the list of files is the sender's own spelling
    plain = "\n".join(line for line in plain.splitlines() if "校验码" not in line)
    words = [word for word in ENGLISH.findall(plain) if word not in ALLOWED]
    return [*MARK.findall(plain), *LONG_KEY.findall(plain), *words, *HALF_WIDTH.findall(plain), *EMPTY_NAME.findall(text)]


def letter_stains(row: OutboxRecord) -> list[str]:
    """The same for a finished letter, subject and text."""
    return stains(f"{row.subject}\n{bytes_to_text(row.raw)}")
