"""Core: rows of a list that are no entry of it - 以下空白, notes, examples, strokes, signatures, totals, opinions - told by their kind.

A row may be a remark about the list (passed over), or belong to what follows (it ends the list). Neither is ever a studio or a member.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from parsers.document import Cell
from parsers.forms.labels import compact

# What stands in a cell only so that the cell is not left empty.
_STROKE = re.compile(
    r"[/／\\\-—–―－~～﹣_＿.。…·*※×xX○〇]+|无|没有|暂无|暂缺|略|空|完|以[下上]空白?|以下(?:为空|无|无内容|无正文|此页空白|均空|为空行)|此[行栏](?:空白|以下空白)|空白|(?:本页)?以下空白(?:此行)?|n/?a|none|nil",
    re.IGNORECASE,
)
_MARGIN = re.compile(r"[-—–―－~～*※.。…·()【】\[\]<>《》/／\\\s:;,]+")
_EXAMPLE = re.compile(r"(?:例|示例|样例|范例|举例|例如|如|填写(?:示例|范例|样例|样式)|参考)[:：一二三四五12345]?")
_MADE_UP = re.compile(r"(?:[×xX*＊○〇□]{2,}|[某]{2}|…+).*")
_NOTE = re.compile(
    r"[(（【\[*※]*(?:注|备注|附注|说明|注意|提示|填表?说明|填写说明|填报说明|填写要求|注意事项|备考)(?:\d|[一二三四五①②③])?(?:[:：.、)）】\]\s].*|$)"
)
_SIGNED = re.compile(
    r"(?:.{0,10}(?:签字|签名|签章|盖章|公章|手签)[(（]?[^:：]{0,6}[)）]?[:：]?.{0,20}|.{0,10}(?:审核人?|审批人?|经办人?|制表人?|复核人?|校对人?|日期|年月日)[:：].{0,20})"
)
_OPINION = re.compile(r".{0,16}(?:意见|批示|审批|审核|评语|结论)(?:[(（].*[)）])?[:：]?")


def is_stroke(text: str) -> bool:
    """True for what is written only so that a box is not left empty: /, —, 无, 以下空白, with dashes or brackets around it."""
    bare = compact(text)
    return bool(bare) and bool(_STROKE.fullmatch(bare) or _STROKE.fullmatch(_MARGIN.sub("", bare) or "/"))


def is_remark(text: str) -> bool:
    """True for a cell that speaks about the list: 注：…, 备注, 说明."""
    return bool(_NOTE.match(compact(text)))


def is_example(texts: Mapping[str, str], rank: str, key: str) -> bool:
    """True for the row that shows how to fill in the others: 例 for a number, ××创新工作室 for a name."""
    number, named = compact(texts.get(rank, "")), compact(texts.get(key, ""))
    return bool(
        _EXAMPLE.fullmatch(number)
        or _EXAMPLE.fullmatch(named)
        or re.match(r"(?:例|示例|样例|范例)[:：]", named)
        or _MADE_UP.fullmatch(named)
    )


def is_no_entry(texts: Mapping[str, str], rank: str, key: str) -> bool:
    """True for a row under the titles that is no entry; `texts` are its cells by column, `rank` and `key` the columns of number and name."""
    filled = {name: text for name, text in texts.items() if compact(text)}
    if not filled:
        return False
    if is_example(texts, rank, key) or all(is_stroke(t) for name, t in filled.items() if name != rank or len(filled) == 1):
        return True
    first = next(iter(filled.values()))
    named = texts.get(key, "")
    if any(is_remark(text) for text in (first, named, texts.get(rank, ""))):
        return True
    others = [text for name, text in filled.items() if name not in (rank, key) and not is_stroke(text)]
    if is_stroke(named) and re.search(r"空白?$|^空", compact(named)) and not others:
        return True
    return not others and any(_SIGNED.fullmatch(compact(text)) for text in (first, named) if text)


def ends_list(cells: Sequence[Cell], titles: Iterable[Cell]) -> bool:
    """True for a row of another make than the list: one text lies across several of its titled columns, or it is headed 学校工会意见."""
    own = [cell for cell in cells if cell.unread or (cell.text and not cell.text.isspace())]
    edges = [(title.col, title.col + title.colspan) for title in titles]
    spread = max([sum([c.col < end and start < c.col + c.colspan for start, end in edges]) for c in own], default=0)
    if spread >= 3 or (spread == 2 and len(own) <= 2):
        return True
    first = compact(own[0].text) if own else ""
    return len(own) <= 2 and len(first) >= 4 and bool(_OPINION.fullmatch(first))
