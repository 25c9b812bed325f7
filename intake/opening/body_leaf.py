"""Core: is the letter's own text material (正文)? A form pasted into it or an essay written in it becomes a leaf that the readers read.

Decided by structure alone - a table whose cells are labels, or length with headings - so that no greeting becomes a file. History,
signature and our own words are cut first; the notice pasted back is nobody's form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from intake.opening.body import Body
from intake.opening.containers.contents import Member
from intake.opening.found import Text
from intake.opening.text.html_text import html_to_new_part
from intake.opening.text.new_text import cut_history
from intake.opening.text.notice_words import mark_notice_lines
from intake.opening.text.own_words import mark_own_lines
from parsers.formats.tabbed import find_tabbed, line_to_cells

NAME = "正文"
LEAST_LABELS = 3
LEAST_CELLS = 6
LONGEST_LABEL = 20
SHORTEST_ESSAY = 300  # characters, with headings; as long as the shortest text that the readers take for an essay
SHORTEST_PLAIN_ESSAY = 750  # without any
Rows = Sequence[Sequence[str]]

_LABELS = re.compile(
    r"姓名|性别|民族|职务|职称|学历|学位|出生|政治面貌|电话|手机|邮箱|单位|学校|序号|名称|年度?[)）]?$|万元|合计|荣誉|日期|时间|专业|人数|类别|类型|备注|"
    r"工作室|领衔人|负责人|填报人|推荐|成果|专利|奖|创收|节资|培训|成员|命名|效益"
)
_CORE = re.compile(r"工作室|领衔人|成果|专利|创收|节资|骨干成员|命名|效益|推荐单位")
_HEADING = re.compile(
    r"^[\s　]*(?:第?[一二三四五六七八九十]{1,3}[、.．章节部]|[(（][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[、.．])\s*[^，。；！？?：:]{2,30}[：:]?\s*$"
)
_COUNTED = re.compile(r"[\u3400-\u9fff\uff00-\uffef\u3000-\u303f]|[A-Za-z0-9]+")
_NOTICE = re.compile(r"现将有关事(?:宜|项)通知如下")
_NOTICE_PARTS = ("推荐申报条件", "推荐申报名额")
_TITLE = re.compile(r"^[^，。；！？：:]{4,40}(?:材料|事迹|报告|总结|工作室|简介|情况)[^，。；！？：:]{0,8}$")
_LONGEST_COVER = 6  # lines of greeting above the title of an essay


def texts_to_leaf(texts: Sequence[Text], body: Body, subject: str = "") -> Member | None:
    """The letter's text as a file, 正文.html or 正文.txt; None for an ordinary letter."""
    for text in texts:
        if text.html and text.text.count("<t") + text.text.count("<T") >= LEAST_CELLS:
            part = html_to_new_part(text.text, lambda lines: _new_lines(lines, subject))
            if any(is_form(rows) for rows in part.tables):
                return Member(f"{NAME}.html", part.payload, "text/html")
    lines = list(body.new)
    if is_notice("".join(lines)):
        return None
    if any(is_form([line_to_cells(line) for line in lines[first:after]]) for first, after in find_tabbed(lines)):
        return _text_leaf(lines)
    return _text_leaf(_without_cover(lines)) if is_essay(lines) else None


def _new_lines(lines: Sequence[tuple[str, bool]], subject: str) -> list[bool]:
    marked = mark_notice_lines(mark_own_lines(lines))
    at = cut_history(marked, subject).at
    return [place < at and not quoted for place, (_, quoted) in enumerate(marked)]


def _text_leaf(lines: Iterable[str]) -> Member:
    return Member(f"{NAME}.txt", ("\n".join(lines).strip() + "\n").encode("utf-8", "replace"), "text/plain")


def is_notice(text: str) -> bool:
    """True when the notice itself stands in the text, whole or in part: its forms are nobody's."""
    bare = re.sub(r"\s+", "", text)
    return bool(_NOTICE.search(bare)) or all(part in bare for part in _NOTICE_PARTS)


def is_form(rows: Rows) -> bool:
    """True for a table with a form's labels in its cells: at least two rows, six filled cells, three labels, one of them a studio's."""
    cells = [re.sub(r"\s+", "", cell) for row in rows for cell in row]
    labels = {cell for cell in cells if len(cell) <= LONGEST_LABEL and _LABELS.search(cell)}
    filled = sum(map(bool, cells))
    return len(rows) > 1 and filled >= LEAST_CELLS and len(labels) >= LEAST_LABELS and any(map(_CORE.search, labels))


def is_essay(lines: Sequence[str]) -> bool:
    """True for a text about a studio as long as an essay, with headings or much longer."""
    text = "\n".join(lines)
    if "工作室" not in text:
        return False
    characters = len(_COUNTED.findall(text))
    headings = sum(bool(_HEADING.match(line)) for line in lines)
    return characters >= SHORTEST_PLAIN_ESSAY or (characters >= SHORTEST_ESSAY and headings > 1)


def _without_cover(lines: Sequence[str]) -> Sequence[str]:
    """The essay from its title on, when a title stands below a few lines of greeting."""
    seen = 0
    for place, line in enumerate(lines):
        if not line.strip():
            continue
        if seen and _TITLE.match(line.strip()):
            return lines[place:]
        seen += 1
        if seen > _LONGEST_COVER or len(line) > 120 or _HEADING.match(line):
            break
    return lines
