"""Core: what the office itself wrote, told from what the writer wrote - our receipt mark, our subjects, our letters quoted whole.

The words of our own letters (请补正, 重新发送, 材料) are in every reply to them; judged as the writer's they are wishes nobody has.
A test composes every letter of the notifier and holds this module to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

Lines = Sequence[tuple[str, bool]]

_NUMBER = r"[A-Za-z][A-Za-z0-9]{0,11}(?:-[A-Za-z0-9]{1,8}){1,3}"
RECEIPT_MARK = re.compile(rf"[\[【]\s*(?:(?:回执|来信)\s*[:：]?\s*[A-Za-z0-9-]{{4,24}}|{_NUMBER})\s*[\]】]")
_OLD_MARK = re.compile(r"[\[【（(]?\s*编号\s*[:：]?\s*[A-Z]{2,6}\d{4}-?\d{2,6}|【已收到】|【收件】|【收悉】|【请补充】|【提醒】")
_PREFIX = re.compile(
    r"\s*(?:(?:re|fw|fwd|回复|答复|回覆|转发|轉寄|轉發|自动回复|自动答复|自動回覆)\s*(?:[\[(（]\d+[\])）])?\s*[:：]\s*)+", re.I
)
_OURS_BEGINS = re.compile(r"(?:re|fw|fwd|回复|答复|回覆|转发|轉寄|轉發)\s*(?:[\[(（]\d+[\])）])?\s*[:：]|【温馨提示】|【截止提醒】", re.I)
# The foot of every letter, the greeting of every letter and how its first sentence begins (config/campaigns/*/letters).
_FOOT = re.compile(r"本邮件由(?:材料接收系统|\S{1,12}系统(?:自动发送|拟写)[^。]{0,20}，仅就)")
_GREETING = re.compile(r"^([^，。；！？：:]{2,40}工会)(?:[（(][^：:]{2,60}[）)])?[:：]?\s*$")
_HELLO = re.compile(r"^您好[:：]?\s*$")
_OPENING = re.compile(
    r"^(?:贵校|贵单位|贵院|来信（\d|我会(?:已|此前|\d{1,2}月)|\d{4}年.{0,40}(?:推荐|申报|工作室).{0,40}截止|(?:创新工作室)?(?:推荐)?申报(?:材料报送)?(?:截止|将于))"
)
_RULE = re.compile(r"^[\s　]*[─—_-]{12,}\s*$")
_DATE = re.compile(r"^[\s　]*\d{4}年\d{1,2}月\d{1,2}日\s*$")
MOST_LETTERS = 50  # of ours quoted below one another
_LONGEST_LETTER = 160  # lines of ours above its foot


def cut_own_subject(subject: str) -> str:
    """What the writer put into the subject; of a reply to us only what stands before our own words."""
    mark = RECEIPT_MARK.search(subject) or _OLD_MARK.search(subject)
    if not mark:
        return _PREFIX.sub("", subject) if _PREFIX.match(subject) else subject
    places = [found.start() for found in _OURS_BEGINS.finditer(subject, 0, mark.start())]
    ahead = subject[: places[-1]] if places else ""
    return _PREFIX.sub("", ahead).strip() if _PREFIX.match(ahead) else ahead.strip()


def answers_us(subject: str) -> bool:
    """True when the subject carries our mark: the letter answers one of ours."""
    return bool(RECEIPT_MARK.search(subject) or _OLD_MARK.search(subject))


def mark_own_lines(lines: Lines) -> list[tuple[str, bool]]:
    """The lines with those of our own letters flagged as quoted, also where the client left no mark of quoting."""
    marked = list(lines)
    feet = 0
    for place, (text, _) in enumerate(lines):
        if feet < MOST_LETTERS and _FOOT.search(text):
            feet += 1
            first, last = _first_line(lines, place), _last_line(lines, place)
            marked[first : last + 1] = [(words, True) for words, _ in lines[first : last + 1]]
    return marked


def _first_line(lines: Lines, foot: int) -> int:
    """Where the letter begins that ends in this foot: at its greeting, else at its first sentence, else at the rule above the foot.

    A greeting that names the office under the foot is the writer's own to us; where the office was cut off, ours stands above our sentence.
    """
    office = "".join(_bare(lines, place) for place in range(foot + 1, min(len(lines), foot + 6)))
    sentence = rule = -1
    for place in range(foot - 1, max(-1, foot - _LONGEST_LETTER), -1):
        text = _bare(lines, place)
        greeting = _GREETING.match(text)
        if greeting and (greeting[1] not in office if office else place + 1 == sentence):
            return place
        if _OPENING.match(text):
            sentence = place
            above = next((row for row in range(place - 1, max(-1, place - 4), -1) if _bare(lines, row)), -1)
            if above >= 0 and _HELLO.match(_bare(lines, above)):
                return above
        elif _RULE.match(text):
            rule = place
    return sentence if sentence >= 0 else rule if rule >= 0 else foot


def _bare(lines: Lines, place: int) -> str:
    """A line without marks of quoting and blanks at its ends."""
    return lines[place][0].lstrip("> ").strip(" \u3000\t")


def _last_line(lines: Lines, foot: int) -> int:
    """The date under our name, or the foot itself when it was cut off."""
    below = range(foot + 1, min(len(lines), foot + 14))
    return next((place for place in below if _DATE.match(lines[place][0].lstrip("> "))), foot)
