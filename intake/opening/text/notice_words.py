"""Core: a notice pasted into a letter as bare text, told from what the writer says around it.

A call has wishes and questions of its own words (已获命名的不再推荐申报, 是否, 多少): judged as the writer's they are a refusal nobody meant.
It is known by its build - a title …的通知, 通知如下, headings such as 推荐申报条件 - and ends where the writer speaks in the first person.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

Lines = Sequence[tuple[str, bool]]

_TITLE = re.compile(r"^[^，。；！？：:《》“”]{0,60}关于[^，。；！？：:《》“”]{4,80}的(?:通知|公告|通告)$")
_NUMBER = re.compile(r"^[^，。；！？：:]{2,24}[〔\[(（]\d{4}[〕\])）]第?\d{1,4}号$")
_HEREBY = re.compile(r"现将?(?:有关|相关|具体)?(?:事宜|事项|工作|要求|情况)?通知如下")
_HEADING = re.compile(
    r"^(?:第?[一二三四五六七八九十]{1,3}[、.．]|第[一二三四五六七八九十]{1,3}[章条部]\S{0,2})\s*(?:有关|相关|具体)?"
    r"(?:工作)?(?:推荐|申报|报送|评选|评审|命名|参评|名额|组织|工作|时间|材料|推荐申报|申报推荐|推荐命名)?(?:和|与|及)?"
    r"(?:条件|名额|程序|要求|范围|对象|数量|步骤|办法|方式|时间|安排|事项|申报要求|报送要求|时间安排)(?:和要求|及要求|与要求)?[。:：]?$"
)
_POINT = re.compile(
    r"^(?:第?[一二三四五六七八九十]{1,3}[、.．章节条]|[(（][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[、.．])|^附件?\s*[:：\d一二三四五]|"
    r"^(?:联系人|联系电话|电话|电子邮箱|邮箱|通讯地址|联系方式|报送邮箱|地址)[:：\s]"
)
_ANNEX = re.compile(r"^附件\s*[\d一二三四五][:：]?$")
_BLANK_FORM = re.compile(r"□|^序号|盖章[)）]?[:：]?$|^(?:填表人|填报人)[:：]?$|填表日期[:：]?年月日$")
_OBLIGES = re.compile(r"不得|不超过|原则上|不少于|必须|应当|须|请于|择优|各有关单位|各单位|各高校|直属高校")
# A notice commands and describes; only a person speaks of himself or to the office, or asks.
_PERSON = re.compile(
    r"我(?:校|院|们|单位|处|部门|会(?!员)|想|这边|工会|的|再|认为)|本[人校院]|贵[会处单]|您|你们|请问|咨询|请教|盼复|烦请|谢谢|感谢|此致|敬礼|[?？]|吗[。，！!]?$|"
    r"(?:老师|领导|主席|部长|处长|同志)(?:们)?(?:好|[:：,，])|以上(?:是|为|通知|内容|系)|通知(?:原文|全文|内容)"
)
LEAST_CHARACTERS = 150  # of a notice without its sentence 通知如下
LONGEST_NAME = 25  # a line of a sign-off; what is longer, or a sentence, goes on with the point above it
MOST_LINES = 4000


def mark_notice_lines(lines: Lines) -> list[tuple[str, bool]]:
    """The lines with those of a pasted notice flagged as quoted; a letter that only names the notice keeps every line."""
    marked, bare = list(lines), ["".join(text.lstrip("> ").split()) for text, _ in lines[:MOST_LINES]]
    place = 0
    while place < len(bare):
        if not _begins(bare[place]):
            place += 1
            continue
        person = _before_the_person(bare, place)
        # What begins further down before the same person says less still: each line is looked at once.
        end = place + _length(bare[place:person]) if _is_notice(bare[place:person]) else place
        marked[place:end] = [(text, True) for text, _ in lines[place:end]]
        place = max(end, person, place + 1)
    return marked


def _begins(text: str) -> bool:
    if "关于" in text and _TITLE.match(text):
        return True
    return bool((text.endswith("号") and _NUMBER.match(text)) or ("通知如下" in text and _HEREBY.search(text)) or _HEADING.match(text))


def _before_the_person(bare: Sequence[str], start: int) -> int:
    return next((place for place in range(start, len(bare)) if _PERSON.search(bare[place])), len(bare))


def _is_notice(body: Sequence[str]) -> bool:
    """True for 通知如下 with points under it, or for two of a call's headings over words that oblige; a title alone may stand over anybody's letter."""
    points = sum(bool(_POINT.match(line)) for line in body)
    if points and any(_HEREBY.search(line) for line in body):
        return True
    headings = sum(bool(_HEADING.match(line)) for line in body)
    return headings > 1 and sum(map(len, body)) >= LEAST_CHARACTERS and len(set(_OBLIGES.findall("".join(body)))) > 1


def _length(body: Sequence[str]) -> int:
    """How many of these lines the notice takes: to its last point, annex or blank form, and the lines that go on with it."""
    last = max(place for place, line in enumerate(body) if _begins(line) or any(p.search(line) for p in (_POINT, _ANNEX, _BLANK_FORM)))
    if _HEADING.match(body[last]):  # its words may stand below an empty line
        below = next((place for place in range(last + 1, len(body)) if body[place]), last)
        last = below if _goes_on(body[below]) else last
    while last + 1 < len(body) and _goes_on(body[last + 1]):
        last += 1
    return last + 1


def _goes_on(line: str) -> bool:
    return len(line) > LONGEST_NAME or bool(re.search(r"[，。；]", line))
