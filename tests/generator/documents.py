"""Plain writers of the files that universities send, in the notice's own layout: hand-made OOXML and openpyxl, no reader of ours."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from xml.sax.saxutils import escape

import openpyxl

from tests.generator.people import STUDIO_TYPES, make_head, make_row, make_studio, person, phone

__all__ = [
    "Box", "Sheet", "basic_info_blocks", "basic_info_docx", "blocks_to_docx", "blocks_to_xlsx", "compose_narrative", "make_head", "make_row",
    "make_studio", "member_list_blocks", "member_list_docx", "narrative_docx", "person", "phone", "rows_to_sheet", "summary_blocks", "summary_docx",
    "summary_xlsx",
]  # fmt: skip

SYSTEM = "辽宁省教科文卫体系统"
CATEGORY_TITLES = {"model_worker": "劳模", "employee": "职工"}
ANNEX = {"model_worker": "附件 1", "employee": "附件 2"}
MEMBER_KEYS = ("name", "gender", "birth_year", "education", "title", "organisation", "duties")
MEMBER_TITLES = ("姓 名", "性别", "出生年份", "学 历", "专业技术职务", "所在单位", "主要分工")
RANKS = {"professor": "教 授", "associate_professor": "副 教 授", "lecturer": "讲 师", "assistant": "助 教", "other": "其 他"}
HONOURED = {"national_model": "全 国 劳 模", "provincial_model": "省 部 级 劳 模", "municipal_model": "地 市 级 劳 模"}
AWARDS = {"international": "国际", "national": "国家", "provincial": "省部", "municipal": "地市"}
LEADER = (
    ("leader.name", "姓 名"), ("leader.gender", "性 别"), ("leader.born_on", "出生年月"),
    ("leader.education", "学 历"), ("leader.ethnicity", "民 族"), ("leader.political_status", "政治面貌"),
    ("leader.specialty", "专业/特长"), ("leader.title", "专业技术职务"), ("leader.phone", "联系电话"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Box:
    """One printed cell of a sheet, at its top-left grid position from 0.

    `typed` is what a workbook holds there instead of the text (with `number_format`); `inner` are blocks nested in the cell.
    """

    text: str
    row: int
    col: int
    rowspan: int = 1
    colspan: int = 1
    typed: Any = None
    number_format: str = ""
    inner: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A merged-cell table; every grid position is covered by exactly one box."""

    boxes: tuple[Box, ...]

    @property
    def rows(self) -> int:
        return max((b.row + b.rowspan for b in self.boxes), default=0)

    @property
    def cols(self) -> int:
        return max((b.col + b.colspan for b in self.boxes), default=0)


Block = str | Sheet
Cell = tuple[str, int, int]  # text, colspan, rowspan


def rows_to_sheet(rows: Iterable[Sequence[Cell]]) -> Sheet:
    """Rows written the way HTML writes them (covered positions left out) to a sheet of boxes."""
    boxes: list[Box] = []
    covered: set[tuple[int, int]] = set()
    for r, row in enumerate(rows):
        c = 0
        for text, colspan, rowspan in row:
            while (r, c) in covered:
                c += 1
            boxes.append(Box(text, r, c, rowspan, colspan))
            covered |= {(r + i, c + j) for i in range(rowspan) for j in range(colspan)}
            c += colspan
    return Sheet(tuple(boxes))


def date_text(value: object) -> str:
    """An ISO date at its own precision as the notice prints dates; anything else unchanged."""
    text = "" if value is None else str(value)
    parts = text.split("-")
    if len(parts) in (2, 3) and len(parts[0]) == 4 and all(p.isdigit() for p in parts):
        return "".join(f"{int(p)}{u}" for p, u in zip(parts, "年月日", strict=False))
    return text


def shown(values: Mapping[str, Any], key: str) -> str:
    """A value as a careful person types it; nothing for a missing or blank one."""
    value = values.get(key)
    return date_text(value) if key.endswith("_on") else "" if value is None else str(value)


def with_unit(values: Mapping[str, Any], key: str, unit: str) -> str:
    """A count followed by the unit that the form prints; the unit stays when the count is blank."""
    return f"{shown(values, key)} {unit}".strip()


def ticked(chosen: Iterable[str], options: Iterable[str]) -> str:
    """Options with a box before each, ticked or not."""
    picked = set(chosen)
    return " ".join(("☑" if o in picked else "□") + o for o in options)


def basic_info_blocks(values: Mapping[str, Any], years: Sequence[int] = (2020, 2021)) -> list[Block]:
    """附件4 filled with contract keys and `members`, in the notice's own layout."""
    chosen = [CATEGORY_TITLES[values["category"]]] if values.get("category") else []
    return [
        "附件 4",
        "申报类型：" + ticked(chosen, ("劳模", "职工")),
        f"{SYSTEM}劳模（职工）创新工作室基本情况表",
        f"省总直属高校工会：{shown(values, 'union')}（盖章）    填表日期：{shown(values, 'filled_on') or '   年  月  日'}",
        rows_to_sheet([*_studio_rows(values), *_figure_rows(values, years), *_leader_rows(values), *_member_rows(values)]),
        f"省总直属高校工会负责人：{shown(values, 'responsible')}",
        f"填报人：{shown(values, 'filled_by')}",
        f"电话：{shown(values, 'phone')}",
    ]


def _studio_rows(values: Mapping[str, Any]) -> list[list[Cell]]:
    pairs = (
        ("studio", "工作室名称", "founded_on", "创建日期"),
        ("organisation", "所在单位", "named_by", "命名单位"),
        ("discipline", "专业领域", "named_on", "命名日期"),
    )
    rows: list[list[Cell]] = [
        [(left, 3, 1), (shown(values, a), 7, 1), (right, 3, 1), (shown(values, b), 5, 1)] for a, left, b, right in pairs
    ]
    types = ticked(values.get("studio_types") or (), STUDIO_TYPES)
    return [*rows, [("工作室类型", 3, 1), (types, 7, 1), ("成员总数", 3, 1), (shown(values, "member_count"), 5, 1)]]


def _figure_rows(values: Mapping[str, Any], years: Sequence[int]) -> list[list[Cell]]:
    money = [[(f"{y} 年", 3, 1), (shown(values, f"funding.{y}.amount"), 4, 1), (shown(values, f"funding.{y}.source"), 8, 1)] for y in years]
    keys = ("income", "savings", "foreign_exchange", "total")
    gain = [[(f"{y} 年", 3, 1), *((shown(values, f"benefit.{y}.{k}"), 3, 1) for k in keys)] for y in years]
    widths = (2, 2, 2, 1, 1, 1, 1, 2)
    people = [*RANKS.items(), *HONOURED.items()]
    return [
        [("经费投入\n(万元)", 3, 1 + len(years)), ("年 度", 3, 1), ("投入金额", 4, 1), ("经费来源", 8, 1)],
        *money,
        [("技术创新", 3, 3), ("创新成果", 3, 1), (with_unit(values, "innovation.results", "项"), 4, 1), ("专利类别", 2, 2), ("实用新型", 3, 1),
         (with_unit(values, "patents.utility_model", "个"), 3, 1)],
        [("成果转化", 3, 1), (with_unit(values, "innovation.conversions", "项"), 4, 1), ("发明", 3, 1), (with_unit(values, "patents.invention", "个"), 3, 1)],
        [("获奖等级", 3, 1), *((f"{title} {with_unit(values, f'awards.{k}', '个')}", 3, 1) for k, title in AWARDS.items())],
        [("经济效益\n(万元)", 3, 1 + len(years)), ("年 度", 3, 1), *((t, 3, 1) for t in ("创收金额", "节资金额", "创收外汇(美元)", "合 计"))],
        *gain,
        [("培养人才", 3, 3), ("总 数", 3, 2), ("专业技术职务等级", 8, 1), ("荣誉", 4, 1)],
        [(title, w, 1) for (_, title), w in zip(people, widths, strict=True)],
        [(shown(values, "training.total"), 3, 1), *((shown(values, f"training.{k}"), w, 1) for (k, _), w in zip(people, widths, strict=True))],
        [("社会效益", 3, 1), (shown(values, "social_benefit"), 15, 1)],
    ]  # fmt: skip


def _leader_rows(values: Mapping[str, Any]) -> list[list[Cell]]:
    rows: list[list[Cell]] = [[("工 作 室 领 衔 人 情 况", 18, 1)]]
    for start in range(0, len(LEADER), 3):
        rows.append([cell for key, title in LEADER[start : start + 3] for cell in ((title, 3, 1), (shown(values, key), 3, 1))])
    tail: list[Cell] = [
        ("何年获市级（含）以上劳模等荣誉称号", 5, 1),
        (shown(values, "leader.honours"), 5, 1),
        ("E-mail", 3, 1),
        (shown(values, "leader.email"), 5, 1),
    ]
    return [*rows, tail]


def member_rows(members: Iterable[Mapping[str, Any]], blank: int = 0) -> list[list[Cell]]:
    """The header of 骨干成员 and a row for each, then so many empty rows."""
    widths = (3, 2, 2, 2, 3, 3, 3)
    header = [(title, w, 1) for title, w in zip(MEMBER_TITLES, widths, strict=True)]
    filled = [[(shown(m, k), w, 1) for k, w in zip(MEMBER_KEYS, widths, strict=True)] for m in members]
    return [header, *filled, *([[("", w, 1) for w in widths]] * blank)]


def _member_rows(values: Mapping[str, Any]) -> list[list[Cell]]:
    members = values.get("members") or ()
    return [[("工作室骨干成员情况（可附表）", 18, 1)], *member_rows(members, blank=0 if members else 3)]


def member_list_blocks(studio: str, leader: str, members: Iterable[Mapping[str, Any]]) -> list[Block]:
    """A stand-alone 附表 of members."""
    return ["附表", "工作室骨干成员情况表", f"工作室名称：{studio}    领衔人：{leader}", rows_to_sheet(member_rows(members))]


def summary_blocks(
    category: str,
    head: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    *,
    split: bool | None = None,
    blank: int = 0,
    years: Sequence[int] = (2020, 2021),
) -> list[Block]:
    """附件1 or 附件2 in the notice's own layout: 附件2 prints the two years apart, 附件1 their total (`split` overrides)."""
    apart = category == "employee" if split is None else split
    short = [f"{y % 100}年" for y in years]
    money = [f"income_{y}" for y in years] if apart else ["income_total"]
    heading = f"{''.join(short)}\n创收与节资\n合计(万元)"
    top: list[Cell] = [("序号", 1, 2), ("创新工作室名称", 1, 2), ("所在单位", 1, 2), ("成果转化数量\n(个)", 1, 2)]
    top += [(heading, len(money), 1 if apart else 2), ("领衔人", 3, 1)]
    under: list[Cell] = [*((s, 1, 1) for s in short if apart), ("姓名", 1, 1), ("职务", 1, 1), ("荣誉基础", 1, 1)]
    keys = ["number", "studio", "organisation", "conversions", *money, "leader_name", "leader_post", "leader_honours"]
    body = [[(shown(row, k), 1, 1) for k in keys] for row in rows] + [[("", 1, 1) for _ in keys]] * blank
    return [
        ANNEX[category],
        f"{SYSTEM}{CATEGORY_TITLES[category]}创新工作室推荐汇总表",
        f"省总工会直属高校工会(盖章)：{shown(head, 'union')}",
        f"填表日期：{shown(head, 'filled_on') or '   年  月  日'}",
        rows_to_sheet([top, under, *body]),
        f"填表人：{shown(head, 'filled_by')}",
        f"联系电话(手机)：{shown(head, 'phone')}",
    ]


# ---- formats

_CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _runs(text: str) -> str:
    lines = text.split("\n")
    return "<w:r><w:br/></w:r>".join(f'<w:r><w:t xml:space="preserve">{escape(line)}</w:t></w:r>' for line in lines)


def _paragraph(text: str) -> str:
    return f"<w:p>{_runs(text)}</w:p>"


def _docx_cell(box: Box, first: bool) -> str:
    span = f'<w:gridSpan w:val="{box.colspan}"/>' if box.colspan > 1 else ""
    merge = "" if box.rowspan == 1 else '<w:vMerge w:val="restart"/>' if first else "<w:vMerge/>"
    return f'<w:tc><w:tcPr><w:tcW w:w="{420 * box.colspan}" w:type="dxa"/>{span}{merge}</w:tcPr>{_docx_content(box) if first else "<w:p/>"}</w:tc>'


def _docx_content(box: Box) -> str:
    text = "".join(_paragraph(line) for line in box.text.split("\f"))
    nested = "".join(sheet_to_wordml(b) if isinstance(b, Sheet) else _paragraph(b) for b in box.inner)
    return text + nested + ("<w:p/>" if box.inner else "")


def sheet_to_wordml(sheet: Sheet) -> str:
    """A sheet as a WordprocessingML table with gridSpan and vMerge."""
    rows = []
    for r in range(sheet.rows):
        here = sorted((b for b in sheet.boxes if b.row <= r < b.row + b.rowspan), key=lambda b: b.col)
        rows.append("<w:tr>" + "".join(_docx_cell(b, b.row == r) for b in here) + "</w:tr>")
    grid = '<w:gridCol w:w="420"/>' * sheet.cols
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return f"<w:tbl><w:tblPr><w:tblBorders>{borders}</w:tblBorders></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def wordml_to_docx(body: str) -> bytes:
    """A docx around a WordprocessingML body."""
    document = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document {_W}><w:body>{body}<w:sectPr/></w:body></w:document>'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("[Content_Types].xml", _CONTENT_TYPES), ("_rels/.rels", _RELATIONS), ("word/document.xml", document)):
            archive.writestr(zipfile.ZipInfo(name, (2022, 7, 29, 12, 0, 0)), text)
    return packed.getvalue()


def blocks_to_docx(blocks: Iterable[Block]) -> bytes:
    """Paragraphs and tables as one docx; the same blocks always give the same bytes."""
    return wordml_to_docx("".join(_paragraph(b) if isinstance(b, str) else sheet_to_wordml(b) + "<w:p/>" for b in blocks))


def blocks_to_xlsx(blocks: Iterable[Block], numbers: bool = True, sheet_name: str = "Sheet1") -> bytes:
    """The blocks under one another on a worksheet, paragraphs in column A; whole figures become numbers when asked."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = sheet_name
    at = 1
    for block in blocks:
        if isinstance(block, str):
            sheet.cell(at, 1, block)
            at += 1
            continue
        for box in block.boxes:
            _put(sheet, box, at, numbers)
        at += block.rows
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _put(sheet: Any, box: Box, at: int, numbers: bool) -> None:
    value: Any = box.text.replace("\f", "\n") if box.typed is None else box.typed
    bare = box.text.replace(".", "", 1)
    if box.typed is None and numbers and bare.isdigit() and len(bare) < 11:
        value = float(box.text) if "." in box.text else int(box.text)
    cell = sheet.cell(at + box.row, box.col + 1, None if value == "" else value)
    if box.number_format:
        cell.number_format = box.number_format
    if box.rowspan > 1 or box.colspan > 1:
        sheet.merge_cells(
            start_row=at + box.row, start_column=box.col + 1, end_row=at + box.row + box.rowspan - 1, end_column=box.col + box.colspan
        )


# ---- whole files


def basic_info_docx(values: Mapping[str, Any], years: Sequence[int] = (2020, 2021)) -> bytes:
    """附件4 as a docx; `values` are contract keys and `members`; a missing key is a blank. No values: the blank template."""
    return blocks_to_docx(basic_info_blocks(values, years))


def summary_docx(category: str, head: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], **layout: Any) -> bytes:
    """附件1 (`model_worker`) or 附件2 (`employee`) as a docx; `layout`: split, blank, years."""
    return blocks_to_docx(summary_blocks(category, head, rows, **layout))


def summary_xlsx(category: str, head: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], **layout: Any) -> bytes:
    """附件1 or 附件2 as a workbook; figures are numbers, the phone is text."""
    return blocks_to_xlsx(summary_blocks(category, head, rows, **layout))


def member_list_docx(studio: str, leader: str, members: Iterable[Mapping[str, Any]]) -> bytes:
    """A stand-alone list of members (附表) as a docx."""
    return blocks_to_docx(member_list_blocks(studio, leader, members))


OUTLINE = (
    ("一、创新工作室基本情况", ("1.工作室概况", "2.创新团队", "3.创新条件")),
    ("二、活动开展情况", ("1.制度建设", "2.日常运行", "3.承担任务")),
    ("三、创新业绩情况", ("1.创新业绩", "2.人才培养", "3.示范效应", "4.荣誉奖励")),
)
SENTENCES = (
    "工作室坚持以技术攻关为主线，围绕生产一线的实际难题开展创新活动。", "团队定期召开研讨会，交流课题进展，分工明确，配合紧密。",
    "建立了活动开展、学习研究、成果转化和奖励激励等制度，并张贴上墙。", "工作室有固定的活动场所一百二十平方米，配套设备齐全，经费有保障。",
    "年度工作计划由全体成员讨论确定，每月检查一次执行情况。", "积极推进思政建设，落实立德树人根本任务，开展主题教育活动。",
    "近年来承担多项创新课题，按期完成研究任务，成果在本行业得到推广。", "通过师徒结对培养了一批青年骨干，多人获得职称晋升。",
    "当地媒体多次报道工作室的事迹，在职工群众中有良好口碑。", "取得发明专利和实用新型专利多项，获得省部级科技奖励。",
)  # fmt: skip


def compose_narrative(
    studio: str, leader: str, characters: int = 2400, *, missing: Iterable[str] = (), without: Iterable[str] = (), seed: int = 1
) -> list[str]:
    """The paragraphs of an 申报材料 of about so many characters; `missing` outline titles are left out, sentences holding a word of `without` too."""
    rng = random.Random(seed)
    skipped, unwanted = set(missing), tuple(without)
    pool = [s for s in SENTENCES if not any(w in s for w in unwanted)]
    kept = [(part, [t for t in titles if t.split(".")[1] not in skipped]) for part, titles in OUTLINE]
    paragraphs = [f"{studio}申报材料", f"{studio}由{leader}领衔。"]
    each = max(40, (characters - 150) // max(1, sum(len(t) for _, t in kept)))
    for part, titles in kept:
        paragraphs.append(part)
        for title in titles:
            text = ""
            while len(text) < each:
                text += rng.choice(pool)
            paragraphs += [title, text]
    return paragraphs


def narrative_docx(
    studio: str, leader: str, characters: int = 2400, *, missing: Iterable[str] = (), without: Iterable[str] = (), seed: int = 1
) -> bytes:
    """An 申报材料 as a docx (see `compose_narrative`)."""
    return blocks_to_docx(compose_narrative(studio, leader, characters, missing=missing, without=without, seed=seed))


def blank_basic_info_docx() -> bytes:
    """The notice's own 附件4, not filled in."""
    return basic_info_docx({})


def without_values(values: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """The same values with these keys left blank."""
    return {k: v for k, v in values.items() if k not in keys}


def moved(sheet: Sheet, down: int = 0, right: int = 0) -> Sheet:
    """The same sheet, starting lower or further right."""
    return Sheet(tuple(replace(b, row=b.row + down, col=b.col + right) for b in sheet.boxes))
