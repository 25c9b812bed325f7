"""Core: what was written now, cut from the history below it - words are looked for only in the new text (china-mail.md c2, rule 7)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from intake.message import Address
from intake.opening.headers.addresses import header_to_addresses
from intake.opening.headers.dates import find_written_date, header_to_date

Lines = Sequence[tuple[str, bool]]

_DASHED = re.compile(
    r"^\s*[-_=*—－>\s]{2,}\s*(?:原始邮件|原邮件|原始信息|原始郵件|邮件原件|回复的?原?邮件|转发的?邮件|转发邮件信息|轉寄郵件|引用|"
    r"original message|forwarded message|original appointment|reply message|originalnachricht|forwarded by)",
    re.I,
)
_FORWARD = re.compile(r"转发|轉寄|轉發|forward", re.I)
_WROTE = re.compile(r"^.{0,200}(?:写道|寫道|编写|wrote|写到)\s*[:：]?\s*$", re.I)
_WROTE_START = re.compile(r"^[\s>]*(?:在|于|於|On|At|Le|发自|[\"“'\w\d].{0,80}(?:<|@|\d{4}))", re.I)
_ON_A_DAY = re.compile(r"^[\s>]*(?:在|On|At)\s.*\d{4}")
_FROM_LINE = re.compile(r"^[\s>*]*(?:发件人|寄件人|寄件者|发信人|From)\s*[\*]*\s*[:：]\s*(.*)$", re.I)
_OTHER_LINE = re.compile(
    r"^[\s>*]*(?:发送时间|发送日期|寄件日期|收件人|收件者|日期|时间|主题|主旨|Sent|Date|To|Subject)\s*[\*]*\s*[:：]\s*(.*)$", re.I
)
_DATE_LINE = re.compile(r"^[\s>*]*(?:发送时间|发送日期|寄件日期|日期|时间|Sent|Date)\s*[\*]*\s*[:：]\s*(.*)$", re.I)
FORWARD_SUBJECT = re.compile(r"^\s*(?:(?:回复|答复|re)\s*[:：]\s*)*(?:转发|轉寄|轉發|fw|fwd|forward(?:ed)?)\s*[:：]", re.I)


@dataclass(frozen=True, slots=True)
class Cut:
    """新旧文字: the new text, the quoted history, and the number of the first line of the history (or of the end)."""

    new: str
    quoted: str
    at: int
    forwarded_from: Address | None = None
    forwarded_date: datetime | None = None


def cut_history(lines: Lines, subject: str = "") -> Cut:
    """The new text and the old; a letter passed on inside another one tells from whom and when it first came."""
    at = _find_history(lines)
    new = [text for text, quoted in lines[:at] if not quoted and not text.lstrip().startswith(">")]
    old = [text for text, quoted in lines[:at] if quoted or text.lstrip().startswith(">")] + [text for text, _ in lines[at:]]
    forwarded = bool(FORWARD_SUBJECT.match(subject)) or (
        at < len(lines) and bool(_FORWARD.search(lines[at][0]) and _DASHED.match(lines[at][0]))
    )
    origin, moment = _origin(old) if forwarded else (None, None)
    return Cut(_join(new), _join(old), at, origin, moment)


def text_to_lines(text: str) -> list[tuple[str, bool]]:
    """Plain text as lines, none of them known to be quoted yet."""
    return [(line.rstrip(), False) for line in text.replace("\r\n", "\n").replace("\r", "\n").replace("\u200b", "").split("\n")]


def _find_history(lines: Lines) -> int:
    for number, (text, quoted) in enumerate(lines):
        if quoted or not text or len(text) > 400:
            continue
        if _DASHED.match(text) or _is_wrote(lines, number) or _is_head(lines, number):
            return number
    return len(lines)


def _is_wrote(lines: Lines, number: int) -> bool:
    """在 2022-08-04 16:20:01，张三 <a@b> 写道： - also when a client breaks that line in two."""
    text = lines[number][0]
    if _may_end_so(text) and _WROTE.match(text):
        before = lines[number - 1][0] if number else ""
        return bool(_WROTE_START.match(text) and re.search(r"\d|@|<", text)) or bool(
            re.search(r"\d{4}.*[<@]|@", before) and len(text) < 120
        )
    following = lines[number + 1][0] if number + 1 < len(lines) else ""
    return bool(_ON_A_DAY.match(text) and following and _may_end_so(following) and _WROTE.match(following) and len(following) < 120)


def _may_end_so(text: str) -> bool:
    """Cheap: whether 写道, 编写, wrote and the like stand in a line at all."""
    return "写" in text or "寫" in text or "wrote" in text.lower()


def _is_head(lines: Lines, number: int) -> bool:
    """发件人 followed within five lines by 发送时间, 收件人 or 主题: the head of an older letter."""
    if not _FROM_LINE.match(lines[number][0]):
        return False
    following = [text for text, _ in lines[number + 1 : number + 7] if text]
    return sum(bool(_OTHER_LINE.match(text)) for text in following) >= 2 or bool(
        re.search(r"(?:发送时间|日期|Sent|Date)\s*[:：].*(?:收件人|主题|To|Subject)\s*[:：]", lines[number][0], re.I)
    )


def _origin(old: Sequence[str]) -> tuple[Address | None, datetime | None]:
    sender: Address | None = None
    for text in old[:60]:
        found = _FROM_LINE.match(text)
        if found and sender is None:
            addresses = header_to_addresses(found[1].replace("[mailto:", "<").replace("]", ">").encode("utf-8", "replace"))
            sender = addresses[0] if addresses else None
        dated = _DATE_LINE.match(text)
        if dated and sender is not None:
            return sender, find_written_date(dated[1]) or header_to_date(dated[1].encode("utf-8", "replace"))
    return sender, None


def _join(lines: Sequence[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
