"""Core: small phrases every letter needs - Beijing times, sizes, counts - and the mask that keeps private data out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from config.campaign import Campaign
from intake.checks import deadline_to_text

_PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}[-－—]\d{7,8}(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)\d{6}(?:19|20)\d{2}[01]\d[0-3]\d\d{3}[\dXx](?![\dXx])")
_PRIVATE_LABEL = re.compile(
    r"出生(?:年月|年份|日期)?|民族|政治面貌|联系电话(?:（手机）|\(手机\))?|手机(?:号码?)?|电话|身份证号?码?|E-?mail|邮箱", re.I
)
LONGEST_LABEL = 20
_QUOTED_VALUE = re.compile(r"[“\"][^”\"]*[”\"]")


def clean_private(text: str) -> str:
    """Text with phone and identity numbers blotted out: law 11, whatever a file name or a cell carried."""
    for pattern in (_IDENTITY, _PHONE, _LANDLINE):
        text = pattern.sub("＊＊＊", text)
    return text


def clean_punctuation(text: str) -> str:
    """Chinese marks in place of ASCII ones next to Chinese text; what stands in 《》 or “” is a name and stays as written."""
    parts = re.split(r"(《[^》]*》|“[^”]*”)", text)
    return "".join(part if part.startswith(("《", "“")) else _widen(part) for part in parts)


def _widen(text: str) -> str:
    for narrow, wide in (",，", ":：", ";；", "?？"):
        text = re.sub(rf"(?<=[^\x00-\x7f]){re.escape(narrow)}\s?|{re.escape(narrow)}(?=[^\x00-\x7f])", wide, text)
    # a name in 《》 was cut off before: a mark at the very edge of a part stands next to it
    text = re.sub(r"^[,，]|[,，]$", "，", text)
    return re.sub(r"\(([^()]*)\)", r"（\1）", text)


def clean_sentence(text: str) -> str:
    """A finding's sentence fit for a letter: a value quoted right after a private label is left out (T06, F28, F29)."""
    text = clean_punctuation(clean_private(" ".join(text.split())))
    return re.sub(rf"({_PRIVATE_LABEL.pattern})[”]?\s*[:：为]?\s*{_QUOTED_VALUE.pattern}", r"\1", text, flags=re.I)


def clean_change(text: str) -> str:
    """One field's change as it may be told: of private fields only that they changed, never what they say."""
    found = _PRIVATE_LABEL.search(text)
    if not found:
        return clean_sentence(text)
    label = text[: found.end()] if found.start() <= LONGEST_LABEL else found.group()
    return f"{clean_private(label)}已更新"


def clean_line(text: str) -> str:
    """Text on one line, for subjects and file names: no line break can smuggle in a header."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f\u2028\u2029\u200b-\u200f\u202a-\u202e\ufeff]", " ", text).split())


def moment_to_day(moment: datetime, campaign: Campaign) -> str:
    """`7月29日` in the campaign's zone."""
    local = moment.astimezone(campaign.zone)
    return f"{local.month}月{local.day}日"


def moment_to_date(moment: datetime, campaign: Campaign) -> str:
    """`2022年7月29日` in the campaign's zone."""
    local = moment.astimezone(campaign.zone)
    return f"{local.year}年{local.month}月{local.day}日"


def moment_to_clock(moment: datetime, campaign: Campaign) -> str:
    """`15时42分` in the campaign's zone."""
    local = moment.astimezone(campaign.zone)
    return f"{local.hour}时{local.minute:02d}分"


def moments_to_phrase(moments: Sequence[datetime], campaign: Campaign) -> str:
    """`2022年7月29日15时42分` or, for several letters, every time with their number: the proof the institution keeps."""
    times: list[str] = []
    day = ""
    for moment in sorted(moments):
        this_day = moment_to_date(moment, campaign)
        times.append((this_day if this_day != day else "") + moment_to_clock(moment, campaign))
        day = this_day
    times = list(dict.fromkeys(times))
    if len(times) > 4:
        times = [times[0], "……", times[-1]]
    return "、".join(times) + (f"，共{len(moments)}封" if len(moments) > 1 else "")


def deadline_to_phrase(at: datetime, campaign: Campaign) -> str:
    """`8月5日24时` for the last second of a day (民法典 203), else `8月5日17时`: one spelling in letters, findings and digest."""
    return deadline_to_text(at, campaign.zone)


def deadline_day(at: datetime, campaign: Campaign) -> date:
    """The calendar day that counts as the last one."""
    return (at.astimezone(campaign.zone) - timedelta(seconds=1)).date()


def size_to_phrase(size: int) -> str:
    """`812字节`, `43.5KB`, `2.1MB`."""
    if size < 1024:
        return f"{size}字节"
    return f"{size / 1024:.1f}KB" if size < 1 << 20 else f"{size / (1 << 20):.1f}MB"


def words_to_list(words: Iterable[str], most: int = 0) -> str:
    """Words joined with 、; beyond `most` the rest is counted."""
    unique = list(dict.fromkeys(w for w in words if w))
    if most and len(unique) > most:
        return "、".join(unique[:most]) + f"等{len(unique)}项"
    return "、".join(unique)


def folder_to_phrase(folder: str) -> str:
    """A folder as staff know it."""
    return "收件箱" if folder.upper() == "INBOX" else folder


def plain_words(text: str, otherwise: str) -> str:
    """The first clause of a sentence that carries a server's or a header's own words, without them; `otherwise` when nothing else is left."""
    bare = re.sub(r"^\d{4}-\d\d-\d\dT\S+ ", "", text.strip())
    clause = re.split("[：。]", re.sub(r"[（(][^（）()]*[A-Za-z][^（）()]*[）)]", "", bare))[0].strip()
    return clause if re.search("[\u4e00-\u9fff]", clause) and not re.search("[A-Za-z]{2,}", clause) else otherwise


def silence_to_phrase(reason: str) -> str:
    """Why a letter may not be answered, as staff understand it; empty when nothing forbids it."""
    return plain_words(reason, "系统自动发出的邮件") if reason else ""
