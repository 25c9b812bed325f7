"""Core: the merged 附件1 and 附件2 (合并汇总表) in the notice's own layout, for the reviewers to print.

One sheet a category, numbered through, institutions in roster order. A column 推荐单位 stands beside the notice's own, on every row and
unmerged, because a sheet with merged body cells cannot be sorted. What a university wrote is passed on unchanged: a blank stays blank
and no sum is worked out for it. What could not be merged is told on a sheet of its own, never left out in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook

from config.campaign import Campaign, Category
from intake.submission import Assessment, Material, StudioSubmission
from notifier.standing import Standing, assessment_to_standing, everyone, material
from notifier.workbook import (
    ANNEX_MARK,
    CENTRED,
    HEAD_LINE,
    HEAD_LINE_RIGHT,
    HEADING,
    TEXT,
    TITLE,
    Column,
    Listing,
    Look,
    add_listing,
    add_sheet,
    book_to_bytes,
    new_book,
    set_page,
    set_row_height,
    set_widths,
    write_cell,
    write_merged,
)
from parsers.form import Value

NUMBER = Look(across="center")
HEADING_ROWS = (4, 5)


@dataclass(frozen=True, slots=True)
class Heading:
    """表头栏: `group` is the heading above (领衔人), empty when the heading spans both rows."""

    key: str
    title: str
    width: float
    look: Look = TEXT
    group: str = ""


@dataclass(frozen=True, slots=True)
class MergedRow:
    """合并行: one studio and the row its institution wrote for it."""

    institution: str
    studio: StudioSubmission

    def written(self, key: str) -> Any:
        """The value in force under this key, as typed when it could be typed, else as written; None for a blank."""
        return find_written(self.studio.summary_row or {}, key)


def find_written(row: Mapping[str, Any], key: str) -> Any:
    """What stands in a summary row under a key; a value the reader could not type is passed on as written."""
    value = row.get(key)
    if isinstance(value, Value):
        value = value.raw.strip() if value.value is None else value.value
    if isinstance(value, list | tuple):
        value = "、".join(str(part) for part in value)
    return None if value == "" else value


def merged_workbook(assessments: Mapping[str, Assessment], campaign: Campaign) -> bytes:
    """合并汇总表.xlsx: the active studios of every institution, one sheet for each annex, and what staff must still add by hand."""
    book = new_book()
    people = everyone(assessments, campaign)
    for category in campaign.categories:
        _add_annex(book, category, tuple(_rows_of(people, category)), campaign)
    remarks = tuple(check_merging(people, campaign))
    if remarks:
        add_listing(book, _remarks_listing(remarks))
    return book_to_bytes(book)


def _rows_of(people: Sequence[Assessment], category: Category) -> Iterator[MergedRow]:
    """The rows of one annex: active studios of the category that stand in a summary table."""
    for assessment in people:
        for studio in assessment.submission.active_studios:
            if studio.category == category.key and studio.summary_row:
                yield MergedRow(assessment.institution.name, studio)


def annex_title(category: Category, campaign: Campaign) -> str:
    """The annex's title as the notice prints it, after the year; the short title when no form schema states the long one."""
    printed = next((form.title for form in campaign.forms if form.category == category.key), category.summary_title)
    return f"{campaign.year}年{printed}"


def years_headings(rows: Sequence[MergedRow], campaign: Campaign) -> tuple[Heading, ...]:
    """The money column as one 合计, as two years, or as all three, whichever holds every figure that was written (domain.md 0.9)."""
    years = [y for y in campaign.data_years if any(r.written(f"income_{y}") is not None for r in rows)]
    totals = any(r.written("income_total") is not None for r in rows)
    title = "".join(f"{y % 100}年" for y in campaign.data_years)
    if not years:
        return (Heading("income_total", f"{title}\n创收与节资合计\n(万元)", 15, NUMBER),)
    group = f"{title}创收与\n节资合计(万元)"
    split = [Heading(f"income_{y}", f"{y % 100}年", 10, NUMBER, group) for y in campaign.data_years]
    return (*split, Heading("income_total", "合计", 9, NUMBER, group)) if totals else tuple(split)


def annex_headings(money: Sequence[Heading]) -> tuple[Heading, ...]:
    """The columns of 附件1 and 附件2 in the notice's order, with 推荐单位 after the number."""
    return (
        Heading("number", "序号", 5, CENTRED),
        Heading("institution", "推荐单位", 17),
        Heading("studio", "创新工作室名称", 23),
        Heading("organisation", "所在单位", 18),
        Heading("conversions", "成果转化\n数量(个)", 10, NUMBER),
        *money,
        Heading("leader_name", "姓名", 9, CENTRED, "领衔人"),
        Heading("leader_post", "职务", 13, TEXT, "领衔人"),
        Heading("leader_honours", "荣誉基础", 26, TEXT, "领衔人"),
    )


def _add_annex(book: Workbook, category: Category, rows: Sequence[MergedRow], campaign: Campaign) -> None:
    """One annex: mark, title, head line, two-row heading, numbered rows."""
    sheet = add_sheet(book, f"{category.annex}（{category.title}）")
    headings = annex_headings(years_headings(rows, campaign))
    last = len(headings)
    set_widths(sheet, [h.width for h in headings])
    write_merged(sheet, (1, 1, 1, last), category.annex, ANNEX_MARK)
    write_merged(sheet, (2, 1, 2, last), annex_title(category, campaign), TITLE)
    sheet.row_dimensions[2].height = 36
    sheet.row_dimensions[3].height = 24
    units = len({row.institution for row in rows})
    write_merged(sheet, (3, 1, 3, 4), f"汇总单位：{campaign.office}", HEAD_LINE)
    write_merged(sheet, (3, 5, 3, last), f"推荐单位{units}个，工作室{len(rows)}个", HEAD_LINE_RIGHT)
    write_headings(sheet, headings, HEADING_ROWS[0])
    for number, row in enumerate(rows, start=1):
        values = [_cell(row, heading, number) for heading in headings]
        for column, (heading, value) in enumerate(zip(headings, values, strict=True), start=1):
            write_cell(sheet, (HEADING_ROWS[1] + number, column), value, heading.look)
        set_row_height(sheet, HEADING_ROWS[1] + number, zip(values, (h.width for h in headings), strict=True), least=30)
    sheet.freeze_panes = sheet.cell(HEADING_ROWS[1] + 1, 4).coordinate
    set_page(sheet, HEADING_ROWS, last)


def write_headings(sheet: Any, headings: Sequence[Heading], top: int) -> None:
    """A heading of two rows: a group over its columns, a lone heading over both rows."""
    column = 1
    while column <= len(headings):
        heading = headings[column - 1]
        span = sum(1 for h in headings[column - 1 :] if h.group == heading.group) if heading.group else 1
        if heading.group:
            write_merged(sheet, (top, column, top, column + span - 1), heading.group, HEADING)
            for offset in range(span):
                write_cell(sheet, (top + 1, column + offset), headings[column - 1 + offset].title, HEADING)
        else:
            write_merged(sheet, (top, column, top + 1, column), heading.title, HEADING)
        column += span
    sheet.row_dimensions[top].height = sheet.row_dimensions[top + 1].height = 30


def _cell(row: MergedRow, heading: Heading, number: int) -> Any:
    """One value of a merged row: the running number, the institution, else what was written."""
    own: Mapping[str, Callable[[], Any]] = {
        "number": lambda: number,
        "institution": lambda: row.institution,
        "studio": lambda: row.written("studio") or row.studio.name,
        "leader_name": lambda: row.written("leader_name") or row.studio.leader or None,
    }
    return own[heading.key]() if heading.key in own else row.written(heading.key)


@dataclass(frozen=True, slots=True)
class Remark:
    """待核: one studio or institution that the merged annexes cannot show as it should be, and what to do."""

    institution: str
    studio: str
    leader: str
    sentence: str


def check_merging(people: Sequence[Assessment], campaign: Campaign) -> Iterator[Remark]:
    """Everything the reviewers would miss, or should know, if they had the annex sheets alone."""
    for assessment in people:
        name = assessment.institution.name
        standing = assessment_to_standing(assessment)
        if standing in (Standing.LATE, Standing.UNDECIDED) and assessment.submission.active_studios:
            yield Remark(name, "", "", f"材料{standing.value}，已列入汇总，是否采用请工作人员决定。")
        for version in assessment.submission.unread:
            yield Remark(name, "", "", f"《{version.file}》已收到，程序未能读取，如为汇总表请人工补录。")
        for studio in assessment.submission.active_studios:
            sentence = _why_not_merged(studio, campaign)
            if sentence:
                yield Remark(name, studio.name, studio.leader, sentence)
        for studio in assessment.submission.studios:
            if studio.superseded and not studio.withdrawn:
                yield Remark(name, studio.name, studio.leader, "曾列入汇总表，最新汇总表未再列，未列入汇总，请核对。")


def _why_not_merged(studio: StudioSubmission, campaign: Campaign) -> str:
    """Why a studio stands on no annex sheet, or stands there doubtfully; nothing when all is well."""
    if material(studio, Material.SUMMARY_ROW).status == "received_unread":
        return "汇总表已收到，程序未能读取，未列入汇总，请人工补录。"
    if not studio.summary_row:
        return "未见于汇总表，未列入汇总，请核对。"
    category = campaign.category(studio.category)
    if category is None:
        return "申报类型未确定，未列入汇总，请确定后补入。"
    elsewhere = [c.annex for c in campaign.categories if c.key in studio.summary_categories and c != category]
    if elsewhere:
        return f"列在{'、'.join(elsewhere)}，现按申报类型“{category.title}”列入{category.annex}，请核对。"
    return ""


def _remarks_listing(remarks: Sequence[Remark]) -> Listing:
    columns = (Column("序号", 6, CENTRED), Column("推荐单位", 22), Column("工作室", 28), Column("领衔人", 12, CENTRED), Column("情况", 60))
    rows = [(n, r.institution, r.studio, r.leader, r.sentence) for n, r in enumerate(remarks, start=1)]
    return Listing(name="待核", title="合并汇总表待核事项", columns=columns, rows=rows, remark="本页供工作人员使用，交评审前请逐项处理。")
