"""What clerks do to the forms: one named change at a time to a filled 附件4 or 附件2, each with what a person would still read.

`every_variation(seed)` gives about two hundred and fifty papers. A change may touch what is typed (dates, counts, ticks), what is printed (labels, columns), the rows
of a list, the page around the table, or lay something over a cell that is no text. A truth of `UNREAD` says: something is there, nobody can say what.
"""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Border, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from tests.generator.documents import (
    Block,
    Box,
    Cell,
    Sheet,
    basic_info_blocks,
    blocks_to_docx,
    blocks_to_xlsx,
    rows_to_sheet,
    summary_blocks,
)
from tests.generator.layouts import TICKS
from tests.generator.people import STUDIO_TYPES, make_head, make_row, make_studio
from tests.generator.wordparts import INSTRUCTIONS, with_parts

UNREAD = "<unread>"
INSTITUTION = "云栖示例大学"
CHINESE = "〇一二三四五六七八九"


@dataclass(slots=True)
class Paper:
    """One form on its way: what is printed, what is true, and what the page around it has (`parts`: see `wordparts`)."""

    name: str
    truth: dict[str, Any]
    blocks: list[Block]
    parts: dict[str, str] = field(default_factory=dict)
    workbook: bool = True
    word: bool = True

    @property
    def sheet(self) -> Sheet:
        """The first table."""
        return next(b for b in self.blocks if isinstance(b, Sheet))

    def set_sheet(self, sheet: Sheet) -> None:
        """Puts a table in the first one's place."""
        at = next(i for i, b in enumerate(self.blocks) if isinstance(b, Sheet))
        self.blocks[at] = sheet

    def reprint(self, change: Callable[[str], str]) -> None:
        """Changes every printed text, of cells and of lines."""
        for i, block in enumerate(self.blocks):
            if isinstance(block, str):
                self.blocks[i] = change(block)
            else:
                self.blocks[i] = Sheet(tuple(replace(b, text=change(b.text)) for b in block.boxes))

    def docx(self) -> bytes | None:
        """The paper as a Word file, None where the change is one of workbooks alone."""
        return None if not self.word else with_parts(blocks_to_docx(self.blocks), self.parts)

    def xlsx(self) -> bytes | None:
        """The paper as a workbook, None where the change is one of Word alone."""
        return blocks_to_xlsx(self.blocks) if self.workbook and not self.parts else None

    def printable(self) -> bytes | None:
        """The workbook as one that is meant to be printed: ruled, wrapped, one page wide."""
        payload = self.xlsx()
        if payload is None:
            return None
        book = openpyxl.load_workbook(io.BytesIO(payload))
        page, at = book.active, 1
        assert page is not None
        thin = Side(style="thin")
        wide = self.sheet.cols
        for block in self.blocks:
            rows = block.rows if isinstance(block, Sheet) else 1
            for line in page.iter_rows(at, at + rows - 1, 1, wide) if isinstance(block, Sheet) else ():
                page.row_dimensions[line[0].row].height = 52 if block.cols < 12 else 30
                for cell in line:
                    cell.border = Border(thin, thin, thin, thin)
                    cell.alignment = Alignment(wrap_text=True, vertical="center")
            at += rows
        for col in range(1, wide + 1):
            page.column_dimensions[get_column_letter(col)].width = 150 / wide
        page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
        page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        packed = io.BytesIO()
        book.save(packed)
        return packed.getvalue()


Change = Callable[[Paper], None]


def basic(seed: int, members: int = 6, **typed: str) -> Paper:
    """A filled 附件4; `typed` are what stands in some boxes instead of the plain value (keys with `__` for `.`)."""
    values = make_studio(random.Random(seed), INSTITUTION, members=members)
    truth = values | {"kind": "basic_info"}
    shown = values | {key.replace("__", "."): text for key, text in typed.items()}
    return Paper("", truth, basic_info_blocks(shown))


def summary(seed: int, count: int = 3) -> Paper:
    """A filled 附件2 of some rows."""
    rng = random.Random(seed)
    rows = [make_row(rng, make_studio(rng, INSTITUTION), i + 1) for i in range(count)]
    head = make_head(rng, INSTITUTION)
    kept = [{k: v for k, v in row.items() if k != "income_total"} for row in rows]
    return Paper("", head | {"kind": "summary_table", "category": "employee", "rows": kept}, summary_blocks("employee", head, rows))


def typed(seed: int, key: str, text: str, true: Any) -> Paper:
    """A 附件4 with one box typed otherwise."""
    paper = basic(seed, **{key.replace(".", "__"): text})
    paper.truth[key] = true
    return paper


# ---- what is typed

DAYS = (
    "2021.7.6", "2021-7-6", "2021/07/06", "2021 年 7 月 6 日", "二〇二一年七月六日", "二0二一年七月六日", "二О二一年七月六日", "二○二一年七月六日", "二零二一年七月六日",
    "20210706", "21年7月6日", "２０２１年７月６日", "2021年7月6号", "2021、7、6", "2021年7月6日起", "于2021年7月6日", "2021年07月06日（星期二）", "2021·7·6", "2021,7,6",
)  # fmt: skip
MONTHS = (
    "2019.5", "2019年5月", "2019-05", "自2019年5月起", "2019年5月至今", "2019年5月成立", "约2019年5月", "2019年5月份", "二〇一九年五月", "201905", "2019 . 5", "从2019年5月",
)  # fmt: skip
COUNTS = (
    "15人",
    "共15人",
    "共15名成员",
    "15名",
    "１５",
    "十五",
    "15 人",
    "15（含领衔人）",
    "15名成员",
    "15.0",
    "一十五人",
    "合计15人",
    "15\n人",
    "共计15名",
)
MONEY = (
    "69万元",
    "69.0",
    "690000元",
    "６９",
    "69 万",
    "人民币69万元",
    "¥69",
    "69.00",
    "六十九万元",
    "30+39=69",
    "69(万元)",
    " 69 ",
    "陆拾玖万元",
    "约69万元",
)
NOTHING = ("/", "—", "无", "零", "0万元", "-", "——", "／")
BLANK = ("", "　", "____", "单击或点击此处输入文字。", "请填写", "（盖章）", "        ")
PHONES = (
    "139-0000-1234",
    "139 0000 1234",
    "+86 13900001234",
    "１３９００００１２３４",
    "13900001234（手机）",
    "手机：13900001234",
    "0086-13900001234",
)


MORE = (
    ("leader.born_on", "1985年2月生", "1985-02"), ("leader.born_on", "85年2月", "1985-02"), ("leader.born_on", "一九八五年二月", "1985-02"), ("leader.born_on", "1985.02", "1985-02"),
    ("named_on", "2021年七月六日", "2021-07-06"), ("named_on", "2021-07-06 00:00:00", "2021-07-06"), ("named_on", "2021.07.06.", "2021-07-06"), ("named_on", "2021 / 7 / 6", "2021-07-06"),
    ("innovation.results", "8（其中发明2项）", 8), ("innovation.results", "共8", 8), ("benefit.2020.income", "1,560.10", 1560.1), ("benefit.2020.income", "1560.1 万", 1560.1),
    ("benefit.2020.income", "15601000元", 1560.1), ("benefit.2020.income", "０．５", 0.5), ("funding.2021.amount", "0.00", 0), ("member_count", "总计15人", 15), ("member_count", "15 名 成 员", 15),
    ("leader.gender", " 男 ", "男"), ("leader.email", "Ｑｉ@univ.example", "Qi@univ.example"), ("leader.honours", "2017年辽宁工匠\n2019年大连工匠", "2017年辽宁工匠2019年大连工匠"),
    ("founded_on", "2019年", "2019"), ("founded_on", "2020", "2020"), ("named_on", "2021 7 6", "2021-07-06"), ("named_on", "2 0 2 1 0 7 0 6", "2021-07-06"), ("leader.born_on", "1985 2", "1985-02"),
    ("innovation.results", "/", 0), ("patents.invention", "无", 0), ("awards.national", "—", 0), ("funding.2020.amount", "69w", 69), ("benefit.2020.income", "1 560.1", 1560.1),
    ("funding.2020.amount", "69 70", UNREAD), ("member_count", "15 16", UNREAD), ("named_on", "20 2107", UNREAD), ("benefit.2020.foreign_exchange", "10万元", UNREAD), ("funding.2021.amount", "$69", UNREAD),
    ("discipline", "桥梁\u200b检测", "桥梁检测"), ("organisation", "土木学院（桥梁系）", "土木学院（桥梁系）"), ("studio", "“匠心”创新工作室", "“匠心”创新工作室"),
)  # fmt: skip


def typings(seed: int) -> Iterator[Paper]:
    """Boxes typed as different people type them."""
    for text in DAYS:
        yield named(typed(seed, "named_on", text, "2021-07-06"), f"day {text}")
    for text in MONTHS:
        yield named(typed(seed, "founded_on", text, "2019-05"), f"month {text}")
    for text in COUNTS:
        yield named(typed(seed, "member_count", text, 15), f"count {text}")
    for text in MONEY:
        yield named(typed(seed, "funding.2020.amount", text, 69), f"money {text}")
    for text in NOTHING:
        yield named(typed(seed, "benefit.2021.foreign_exchange", text, 0), f"nothing {text}")
    for text in BLANK:
        yield named(typed(seed, "discipline", text, None), f"blank {text!r}")
    for text in PHONES:
        yield named(typed(seed, "leader.phone", text, text if text.endswith("）") else "13900001234"), f"phone {text}")
    yield named(typed(seed, "funding.2020.amount", "30+39", UNREAD), "sum left to the reader")
    yield named(typed(seed, "leader.name", "祁 云 桥", "祁云桥"), "name with blanks")
    yield named(typed(seed, "leader.email", "qi @univ.example", "qi@univ.example"), "address with a blank")
    yield named(typed(seed, "organisation", "土木学院\n桥梁系", "土木学院桥梁系"), "broken line")
    yield named(typed(seed, "social_benefit", "注：培训职工６０人次。", "注：培训职工60人次。"), "wide digits in a text")
    yield named(typed(seed, "named_by", "无", "无"), "无 in a text box")
    for key, text, true in MORE:
        yield named(typed(seed, key, text, true), f"{key} {text}")


LETTERS = {
    "V": "V", "v": "v", "wide V": "Ｖ", "box V": "□V", "triangle": "▲", "star": "★", "block": "█", "lost Wingdings": "ü", "bracket V": "（V）", "bold check": "✔", "heavy": "■", "dot": "●",
}  # fmt: skip


def ticks(seed: int) -> Iterator[Paper]:
    """Choices ticked in every way."""
    ways = {name: way for name, way in TICKS.items() if name != "private"}
    ways |= {name: (lambda w, on, mark=mark: (mark if on else "□") + w) for name, mark in LETTERS.items()}  # type: ignore[misc]
    for name, way in ways.items():
        for what, options in (("types", STUDIO_TYPES), ("category", ("劳模", "职工"))):
            paper = basic(seed)
            picked = paper.truth["studio_types"] if what == "types" else ["职工" if paper.truth["category"] == "employee" else "劳模"]
            line = "  ".join(way(o, o in picked) for o in options)

            def put(text: str, what: str = what, line: str = line) -> str:
                if what == "types":
                    return line if "技术开发" in text and "技术攻关" in text else text
                return f"申报类型：{line}" if text.startswith("申报类型") else text

            paper.reprint(put)
            yield named(paper, f"tick {name} {what}")


# ---- what is printed

SYNONYMS = {
    "工作室名称": "工作室全称", "创建日期": "成立时间", "所在单位": "所属单位", "命名单位": "命名机构", "专业领域": "专业方向", "命名日期": "命名时间", "工作室类型": "工作室类别",
    "成员总数": "工作室成员总数", "投入金额": "投入经费", "创新成果": "创新成果数量", "成果转化": "成果转化数", "社会效益": "社会效益情况", "学 历": "文化程度", "政治面貌": "政治面目",
    "联系电话": "手机号码", "E-mail": "电子邮箱", "填报人": "填表人", "电话：": "联系方式：", "填表日期": "填报时间", "主要分工": "承担任务", "出生年月": "出生日期", "专业/特长": "专业特长",
}  # fmt: skip
LABELS = (
    "工作室名称",
    "创建日期",
    "所在单位",
    "命名单位",
    "专业领域",
    "命名日期",
    "工作室类型",
    "成员总数",
    "社会效益",
    "出生年月",
    "政治面貌",
    "联系电话",
)
STYLES: Mapping[str, Callable[[str], str]] = {
    "spaced": " ".join, "wide spaces": "　".join, "broken": lambda t: f"{t[:2]}\n{t[2:]}", "upright": "\n".join, "colon": lambda t: f"{t}：", "starred": lambda t: f"*{t}",
    "numbered": lambda t: f"1.{t}", "bracketed": lambda t: f"{t}（必填）", "radicals": lambda t: t.replace("工", "⼯").replace("人", "⼈"), "quoted": lambda t: f"“{t}”",
}  # fmt: skip


def labels(seed: int) -> Iterator[Paper]:
    """Labels printed in other words or another way."""
    for word, other in SYNONYMS.items():
        paper = basic(seed)
        paper.reprint(lambda text, word=word, other=other: _relabelled(text, word, other))  # type: ignore[misc]
        yield named(paper, f"label {other}")
    for name, style in STYLES.items():
        paper = basic(seed)
        paper.reprint(lambda text, style=style: style(text) if text in LABELS else text)  # type: ignore[misc]
        yield named(paper, f"labels {name}")
    for key, label in (("organisation", "所在单位"), ("discipline", "专业领域"), ("studio", "工作室名称")):
        for joint in ("：", "\n", "： \n"):
            paper = basic(seed)
            paper.set_sheet(_merged_pair(paper.sheet, label, f"{label}{joint}{paper.truth[key]}"))
            yield named(paper, f"label and value in one cell {label} {joint!r}")


def _relabelled(text: str, word: str, other: str) -> str:
    """A text whose label, or whose label in the middle of the head line, is the other word."""
    if text == word or re.match(rf"{word}[：(（]", text):
        return other + text[len(word) :]
    return text.replace(word, other) if word == "填表日期" or (word.endswith("：") and text.startswith(word)) else text


def _merged_pair(sheet: Sheet, label: str, text: str) -> Sheet:
    """A label's cell and its value's cell as one."""
    one = next(b for b in sheet.boxes if b.text == label)
    two = next(b for b in sheet.boxes if b.row == one.row and b.col == one.col + one.colspan)
    whole = replace(one, text=text, colspan=one.colspan + two.colspan)
    return Sheet(tuple(whole if b is one else b for b in sheet.boxes if b is not two))


# ---- the rows of a list


def with_row(sheet: Sheet, at: int, cells: Sequence[Cell]) -> Sheet:
    """A sheet with one more row; cells that reach over the place reach over the new row too."""
    boxes = [
        replace(b, row=b.row + 1) if b.row >= at else replace(b, rowspan=b.rowspan + 1) if b.row + b.rowspan > at else b
        for b in sheet.boxes
    ]
    col = 0
    for text, colspan, rowspan in cells:
        boxes.append(Box(text, at, col, rowspan, colspan))
        col += colspan
    return Sheet(tuple(boxes))


MEMBER_WIDTHS = (3, 2, 2, 2, 3, 3, 3)


def one_in(widths: Sequence[int], at: int, text: str) -> list[Cell]:
    """A row with one written cell."""
    return [(text if i == at else "", w, 1) for i, w in enumerate(widths)]


NO_ENTRIES = (
    "以下空白", "（以下空白）", "——以下空白——", "此行以下空白", "无", "/", "／", "—", "注：以上为主要成员", "备注", "说明：按姓氏笔画排列", "※注：以上信息属实", "签字：", "审核人（签字）：", "盖章", "合计",
)  # fmt: skip
WIDE_ROWS = (
    ("学校工会意见", "同意推荐（盖章）"), ("推荐单位意见", "情况属实，同意申报。"), ("备注", "以上成员均为本校在职职工。"), ("专家评审意见", ""), ("党委意见\n（盖章）", "同意"),
)  # fmt: skip


def rows(seed: int) -> Iterator[Paper]:
    """Rows of a list that are no entry, columns in another order, lists that go on."""
    for text in NO_ENTRIES:
        paper = basic(seed)
        paper.set_sheet(with_row(paper.sheet, paper.sheet.rows, one_in(MEMBER_WIDTHS, 0, text)))
        yield named(paper, f"member row {text}")
        paper = summary(seed)
        at, widths = (0 if text in ("合计", "备注") else 1), (1,) * paper.sheet.cols
        paper.set_sheet(with_row(paper.sheet, paper.sheet.rows, one_in(widths, at, text)))
        yield named(paper, f"studio row {text}")
    for text in ("以下空白", "/", "注：以上数据由财务处核定", "——"):
        paper = basic(seed)
        paper.set_sheet(with_row(paper.sheet, paper.sheet.rows, [(text, 18, 1)]))
        yield named(paper, f"row over the width {text}")
        paper = summary(seed)
        paper.set_sheet(with_row(paper.sheet, paper.sheet.rows, [(text, paper.sheet.cols, 1)]))
        yield named(paper, f"summary row over the width {text}")
    for left, right in WIDE_ROWS:
        paper = basic(seed)
        paper.set_sheet(with_row(paper.sheet, paper.sheet.rows, [(left, 3, 1), (right, 15, 1)]))
        yield named(paper, f"member row and opinion {left}")
    paper = summary(seed)
    paper.set_sheet(with_row(paper.sheet, paper.sheet.rows, [("/", 1, 1)] * paper.sheet.cols))
    yield named(paper, "summary row of strokes")
    for text in ("例", "示例"):
        paper = summary(seed)
        paper.set_sheet(with_row(paper.sheet, 2, [(text, 1, 1), ("××创新工作室", 1, 1), ("××大学××学院", 1, 1), *([("", 1, 1)] * 6)]))
        yield named(paper, f"summary row {text}")
    yield from _lists(seed)


def _lists(seed: int) -> Iterator[Paper]:
    paper = basic(seed)
    for _ in range(3):
        paper.set_sheet(with_row(paper.sheet, paper.sheet.rows, [("", w, 1) for w in MEMBER_WIDTHS]))
    yield named(paper, "member rows left empty")
    paper = summary(seed)
    head, body = _header_and_rows(paper)
    paper.blocks[paper.blocks.index(paper.sheet)] = rows_to_sheet([*head, *body[:2]])
    at = next(i for i, b in enumerate(paper.blocks) if isinstance(b, Sheet)) + 1
    paper.blocks[at:at] = ["（接上页）", rows_to_sheet([*head, *body[2:]])]
    yield named(paper, "list split under 接上页")
    paper = summary(seed)
    paper.blocks[paper.blocks.index(paper.sheet)] = rows_to_sheet([*head, *body[:2]])
    at = next(i for i, b in enumerate(paper.blocks) if isinstance(b, Sheet)) + 1
    title = next(b for b in paper.blocks if isinstance(b, str) and "汇总表" in b)
    paper.blocks[at:at] = ["续表", title, rows_to_sheet([*head, *body[2:]])]
    yield named(paper, "list split under 续表 with its title again")
    paper = summary(seed)
    paper.blocks[paper.blocks.index(paper.sheet)] = rows_to_sheet([*head, *body[:2], *head, *body[2:]])
    yield named(paper, "titles printed again in the list")
    paper = summary(seed)
    paper.set_sheet(Sheet(tuple(replace(b, col=paper.sheet.cols - b.col - b.colspan) for b in paper.sheet.boxes)))
    yield named(paper, "columns the other way round")
    paper = summary(seed)
    more = [Box("备注", 0, paper.sheet.cols, 2), *(Box("", r, paper.sheet.cols) for r in range(2, paper.sheet.rows))]
    paper.set_sheet(Sheet((*paper.sheet.boxes, *more)))
    yield named(paper, "one column more")


def _header_and_rows(paper: Paper) -> tuple[list[list[Cell]], list[list[Cell]]]:
    """The sheet again as rows of cells: its two title rows, and the rest."""
    listed = [
        [(b.text, b.colspan, b.rowspan) for b in sorted((b for b in paper.sheet.boxes if b.row == r), key=lambda b: b.col)]
        for r in range(paper.sheet.rows)
    ]
    return listed[:2], listed[2:]


# ---- the page around the table


def pages(seed: int) -> Iterator[Paper]:
    """Covers, page heads and feet, frames, tables that a page cuts."""
    cover = [
        "辽宁省教科文卫体系统",
        "劳模（职工）创新工作室申报书",
        f"申报单位：{INSTITUTION}",
        "联 系 人：韦示例",
        "联系电话：13912345678",
        "2022年7月",
    ]
    paper = basic(seed)
    paper.blocks = [*cover, *paper.blocks]
    yield named(paper, "a cover with a telephone")
    paper = basic(seed)
    paper.blocks.append("附：工作室照片3张。")
    yield named(paper, "a remark behind the foot")
    for name, parts in INSTRUCTIONS.items():
        paper = basic(seed)
        paper.parts = dict(parts)
        yield named(paper, f"page {name}")
    for lines in range(1, 15):
        for kind in ("plain", "running head", "running foot"):
            paper = basic(seed)
            benefit = "".join(
                f"第{i}项：为示例县第{i}座公路桥提供免费检测，出具检测报告{i + 2}份，处理病害{i * 3}处；" for i in range(1, 2 * lines)
            )
            paper.truth["social_benefit"] = benefit
            paper.reprint(lambda text, paper=paper, benefit=benefit: benefit if text and text == _benefit(paper, seed) else text)  # type: ignore[misc]
            paper.parts = dict(INSTRUCTIONS[kind]) if kind in INSTRUCTIONS else {}
            yield named(paper, f"long text {lines} {kind}")
    for count in (25, 33, 41):
        for kind in ("plain", "running head", "head and foot", "narrow letters"):
            paper = basic(seed, members=count)
            paper.parts = dict(INSTRUCTIONS.get(kind, {}))
            yield named(paper, f"{count} members {kind}")
    for lines in (3, 6, 8, 10, 12):
        for kind in ("frame", "upright labels", "frame and running head"):
            yield named(_over_two_pages(seed, lines, kind), f"cut {kind} {lines}")
    paper = basic(seed)
    paper.set_sheet(_left_heading(paper.sheet))
    yield named(paper, "a heading down the left of the list")
    for name, rows_of in (("one row", 1), ("rows of their own", 3)):
        paper = basic(seed)
        foot = [str(b) for b in paper.blocks[-3:]]
        paper.blocks = paper.blocks[:-3]
        cells: list[list[Cell]] = [[("    ".join(foot), 18, 1)]] if rows_of == 1 else [[(line, 18, 1)] for line in foot]
        for row in cells:
            paper.set_sheet(with_row(paper.sheet, paper.sheet.rows, row))
        yield named(paper, f"foot in the table in {name}")
    paper = basic(seed)
    paper.blocks[paper.blocks.index(paper.sheet)] = Sheet((Box("", 0, 0, colspan=18, inner=(paper.sheet,)),))
    paper.workbook = False
    yield named(paper, "a frame round the table")
    paper = basic(seed)
    at = next(b.row for b in paper.sheet.boxes if b.text.startswith("工 作 室 领 衔 人"))
    upper, lower = _cut(paper.sheet, at)
    paper.blocks[paper.blocks.index(paper.sheet)] = upper
    paper.blocks.insert(paper.blocks.index(upper) + 1, lower)
    yield named(paper, "two tables, one under the other")
    paper = basic(seed)
    paper.set_sheet(_with_year(paper.sheet))
    yield named(paper, "a year more than asked")


def _cut(sheet: Sheet, at: int) -> tuple[Sheet, Sheet]:
    """A sheet as two, cut above a row that nothing reaches over."""
    return Sheet(tuple(b for b in sheet.boxes if b.row < at)), Sheet(tuple(replace(b, row=b.row - at) for b in sheet.boxes if b.row >= at))


def _with_year(sheet: Sheet) -> Sheet:
    """The funding table with a row for 2019."""
    at = next(b.row for b in sheet.boxes if b.text == "2020 年")
    more = with_row(sheet, at, [("2019 年", 3, 1), ("7", 4, 1), ("学校自筹", 8, 1)])
    return Sheet(tuple(replace(b, col=b.col + 3) if b.row == at and b.text in ("2019 年", "7", "学校自筹") else b for b in more.boxes))


def _over_two_pages(seed: int, lines: int, kind: str) -> Paper:
    """A form whose long text takes its table over the page, inside a frame or with labels written downwards."""
    paper = basic(seed)
    benefit = "".join(f"第{i}项：为示例县第{i}座公路桥提供免费检测，出具检测报告{i + 2}份；" for i in range(1, 3 * lines))
    paper.reprint(lambda text: benefit if text and text == paper.truth["social_benefit"] else text)
    paper.truth["social_benefit"] = benefit
    upright = ("社会效益", "技术创新", "培养人才", "工作室名称", "所在单位")
    if kind == "upright labels":
        paper.reprint(lambda text: "\n".join(text) if text in upright else text)
    else:
        paper.blocks[paper.blocks.index(paper.sheet)] = Sheet((Box("", 0, 0, colspan=18, inner=(paper.sheet,)),))
        paper.workbook = False
        paper.parts = dict(INSTRUCTIONS["running head"]) if kind.endswith("head") else {}
    return paper


def _benefit(paper: Paper, seed: int) -> str:
    return str(make_studio(random.Random(seed), INSTITUTION, members=6)["social_benefit"])


def _left_heading(sheet: Sheet) -> Sheet:
    """The list's heading as one upright cell at its left instead of a row over it."""
    at = next(b.row for b in sheet.boxes if b.text.startswith("工作室骨干成员情况"))
    above = [b for b in sheet.boxes if b.row < at]
    below = [replace(b, row=b.row - 1, col=b.col + 2, colspan=b.colspan - (2 if b.col == 15 else 0)) for b in sheet.boxes if b.row > at]
    below = [replace(b, colspan=18 - b.col) if b.col == 17 else b for b in below]
    return Sheet((*above, Box("骨\n干\n成\n员", at, 0, sheet.rows - at - 1, 2), *below))


# ---- what is no text

PICTURE, FLOATING, OBJECT_ = "⟦inline⟧", "⟦floating⟧", "⟦object⟧"


def pictures(seed: int) -> Iterator[Paper]:
    """A picture where a value should be, a signature on the foot lines, a seal beside a name."""
    for key in ("organisation", "discipline", "founded_on", "leader.honours", "social_benefit", "member_count", "leader.name"):
        for mark in (PICTURE, FLOATING, OBJECT_):
            paper = typed(seed, key, mark, UNREAD)
            paper.parts = {"pictures": "1"}
            yield named(paper, f"{mark} for {key}")
    for key in ("responsible", "filled_by"):
        paper = typed(seed, key, PICTURE, UNREAD)
        paper.parts = {"pictures": "1"}
        yield named(paper, f"signature for {key}")
    for key in ("union", "organisation"):
        paper = basic(seed)
        true = str(paper.truth[key])
        paper = typed(seed, key, f"{true}{FLOATING}", true)
        paper.parts = {"pictures": "1"}
        yield named(paper, f"seal beside {key}")
    for key in ("founded_on", "member_count", "organisation", "leader.title"):
        plain = str(basic(seed).truth[key])
        for mark in ("⟦struck:待定9⟧", "⟦deleted:待定9⟧", "⟦hidden:待定9⟧"):
            paper = typed(seed, key, f"{mark}{plain}", basic(seed).truth[key])
            paper.parts = {"pictures": "1"}
            yield named(paper, f"{mark} before {key}")


# ---- what only a workbook has


def workbooks(seed: int) -> Iterator[Paper]:
    """Cells of a workbook: real dates, formulas with and without a value, errors, a date over several cells."""
    day, month = date(2021, 7, 6), date(2019, 5, 1)
    for name, key, value, code, true in (
        ("a real date", "named_on", day, "yyyy-mm-dd", "2021-07-06"), ("a Chinese date", "named_on", day, 'yyyy"年"m"月"d"日"', "2021-07-06"),
        ("a month", "founded_on", month, 'yyyy"年"m"月"', "2019-05"), ("a date as a number", "named_on", 44383, "General", "2021-07-06"),
        ("eight digits", "named_on", 20210706, "General", "2021-07-06"), ("a number with a comma", "benefit.2020.income", 1234.5, "#,##0.00", 1234.5),
        ("a number in words", "member_count", 15, '0"人"', 15), ("a sum", "member_count", "=7+8", "General", 15), ("a phone as a number", "leader.phone", 13900001234, "0", "13900001234"),
        ("another sheet's cell", "member_count", "=底稿!B2", "General", UNREAD), ("a look-up", "organisation", "=VLOOKUP(A1,底稿!A:B,2,0)", "General", UNREAD),
        ("WPS picture", "discipline", '=DISPIMG("ID_1",1)', "General", UNREAD), ("an error", "funding.2020.amount", "#REF!", "General", UNREAD),
        ("not a number", "benefit.2021.savings", "#DIV/0!", "General", UNREAD),
    ):  # fmt: skip
        yield named(_workbook(seed, key, value, code, true), f"workbook {name}")
    for pieces in (("2022", "年", "7", "月", "26", "日"), ("2022年", "7月", "26日"), ("2022", ".", "7", ".", "26"), ("2022年7月", "26日")):
        paper = summary(seed)
        line = [("填表日期：", 1, 1), *((piece, 1, 1) for piece in pieces)]
        line += [("", 1, 1)] * max(0, paper.sheet.cols - len(line))
        paper.blocks = [b for b in paper.blocks if not (isinstance(b, str) and b.startswith("填表日期"))]
        paper.blocks.insert(len(paper.blocks) - 3, rows_to_sheet([line]))
        paper.truth["filled_on"] = "2022-07-26"
        yield named(paper, f"date over cells {' '.join(pieces)}")


def _workbook(seed: int, key: str, value: Any, code: str, true: Any) -> Paper:
    paper = typed(seed, key, "⟦here⟧", true)
    paper.set_sheet(
        Sheet(tuple(replace(b, text="", typed=value, number_format=code) if b.text == "⟦here⟧" else b for b in paper.sheet.boxes))
    )
    paper.word = False
    return paper


def named(paper: Paper, name: str) -> Paper:
    """The paper with its name."""
    paper.name = re.sub(r"\s+", " ", name)
    return paper


def every_variation(seed: int = 1) -> list[Paper]:
    """Every change, each on the same invented studio."""
    return [paper for family in (typings, ticks, labels, rows, pages, pictures, workbooks) for paper in family(seed)]
