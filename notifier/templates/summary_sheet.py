"""Core: 附件1 and 附件2 as workbooks to be filled in - headings locked, blanks open, each cell saying what it expects.

The two years stand in columns of their own (附件2's layout, accepted in both annexes: domain.md 0.9), so a sum can be checked by year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from openpyxl.worksheet.datavalidation import DataValidation

from config.campaign import Campaign
from config.forms import FieldSchema, FormSchema
from notifier.tables import Heading, write_headings
from notifier.workbook import (
    ANNEX_MARK,
    CENTRED,
    HEAD_LINE,
    SMALL,
    TITLE,
    Look,
    add_sheet,
    book_to_bytes,
    new_book,
    set_page,
    set_widths,
    tag_book,
    write_cell,
    write_merged,
)

OPEN = Look(locked=False, across="center")
LINE = Look(locked=False, border=False, ruled=True, wrap=False)
WIDTHS = {"number": 6, "studio": 26, "organisation": 24, "conversions": 13, "leader_name": 11, "leader_post": 16, "leader_honours": 32}
REMARK = "填写说明：只填白色空格；数量、金额如无请填0，荣誉如无请填“无”；一名领衔人一行；表样请勿增删栏目。"
HEADING_ROW = 4
LARGEST = 1e12


def summary_workbook(schema: FormSchema, campaign: Campaign, tag: tuple[str, str]) -> bytes:
    """One summary annex, with as many rows as the largest quota allows."""
    headings = sheet_headings(schema)
    last, rows = len(headings), max((q.total for q in campaign.quotas.values()), default=5)
    book = new_book()
    tag_book(book, *tag)
    sheet = add_sheet(book, schema.annex)
    set_widths(sheet, [h.width for h in headings])
    write_merged(sheet, (1, 1, 1, last), schema.annex, ANNEX_MARK)
    write_merged(sheet, (2, 1, 2, last), schema.title, TITLE)
    _write_head(sheet, schema, last)
    write_headings(sheet, headings, HEADING_ROW)
    first = HEADING_ROW + 2
    for row in range(first, first + rows):
        for column, heading in enumerate(headings, start=1):
            number = row - first + 1 if heading.key == "number" else None
            write_cell(sheet, (row, column), number, CENTRED if heading.key == "number" else OPEN)
        sheet.row_dimensions[row].height = 36
    _write_foot(sheet, schema, first + rows, last)
    columns = {column.name: column for column in schema.rows.columns} if schema.rows else {}
    for number, heading in enumerate(headings, start=1):
        _add_validation(sheet, columns.get(heading.key), (first, number, first + rows - 1, number))
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = sheet.protection.formatCells = False
    for height, row in ((32, 2), (26, 3)):
        sheet.row_dimensions[row].height = height
    sheet.freeze_panes = sheet.cell(first, 1).coordinate
    set_page(sheet, (HEADING_ROW, HEADING_ROW + 1), last)
    return book_to_bytes(book)


def sheet_headings(schema: FormSchema) -> tuple[Heading, ...]:
    """The columns as printed: years under the heading of their total, which is then not printed itself; 领衔人姓名 as 姓名 under 领衔人."""
    columns = schema.rows.columns if schema.rows else ()
    yearly = [column for column in columns if column.year is not None]
    headings = []
    for column in columns:
        total = find_total(column, columns)
        if column.year is not None and total is not None:
            headings.append(Heading(column.name, column.labels[0], 13, OPEN, f"{total.title}({total.unit})"))
        elif not any(find_total(y, columns) is column for y in yearly):
            group = column.title.removesuffix(column.labels[0]) if column.title != column.labels[0] else ""
            unit = f"\n({column.unit})" if column.unit else ""
            headings.append(Heading(column.name, f"{column.labels[0]}{unit}", WIDTHS.get(column.name, 16), OPEN, group))
    return tuple(headings)


def find_total(column: FieldSchema, columns: Sequence[FieldSchema]) -> FieldSchema | None:
    """The column that holds the sum over the years of this one (income_2020 → income_total)."""
    stem = column.name.rpartition("_")[0]
    return next((c for c in columns if c.year is None and c.name == f"{stem}_total"), None)


def _write_head(sheet: Any, schema: FormSchema, last: int) -> None:
    """The union at the left, the date at the right: label locked, place open."""
    for name, label, place in (("union", (1, 2), (3, 4)), ("filled_on", (last - 2, last - 2), (last - 1, last))):
        field = schema.field(name)
        if field:
            seal = "(盖章)" if field.format == "unit_name" else ""
            write_merged(sheet, (3, label[0], 3, label[1]), f"{field.labels[0]}{seal}：", HEAD_LINE)
            write_merged(sheet, (3, place[0], 3, place[1]), None, _line(field))
            _add_validation(sheet, field, (3, place[0], 3, place[0]))


def _line(field: FieldSchema) -> Look:
    """A ruled place to write on; telephones stay text, dates are shown the Chinese way."""
    shown = 'yyyy"年"m"月"d"日"' if field.type == "date" else "@" if field.format == "phone" else "General"
    return replace(LINE, number_format=shown)


def _write_foot(sheet: Any, schema: FormSchema, row: int, last: int) -> None:
    """Who filled it in and the telephone, then the remark."""
    for name, column in (("filled_by", 1), ("phone", 4)):
        field = schema.field(name)
        if field:
            write_merged(sheet, (row, column, row, column + 1), f"{field.title}：", HEAD_LINE)
            write_merged(sheet, (row, column + 2, row, column + 2), None, _line(field))
            _add_validation(sheet, field, (row, column + 2, row, column + 2))
    sheet.row_dimensions[row].height = 26
    write_merged(sheet, (row + 1, 1, row + 1, last), REMARK, SMALL)
    sheet.row_dimensions[row + 1].height = 20


def _add_validation(sheet: Any, field: FieldSchema | None, area: tuple[int, int, int, int]) -> None:
    """What a cell accepts and what it says when it is entered; a warning may be overruled, so that nobody is locked out."""
    if field is None or field.name == "number":
        return
    rule = _rule(field)
    rule.promptTitle, rule.showInputMessage = field.title[:32], True
    rule.errorTitle, rule.showErrorMessage, rule.errorStyle, rule.allow_blank = "请核对", True, "warning", True
    sheet.add_data_validation(rule)
    top, left, bottom, right = area
    rule.add(f"{sheet.cell(top, left).coordinate}:{sheet.cell(bottom, right).coordinate}")


def _rule(field: FieldSchema) -> DataValidation:
    """The rule for a field's type, with its prompt."""
    most = field.constraints.maximum
    if field.type == "integer":
        return DataValidation(
            "whole", operator="greaterThanOrEqual", formula1="0", prompt="请填整数，如无请填0。", error="请填写整数，如无请填0。"
        )
    if field.type == "number":
        words = f"请填数字，单位{field.unit}，如无请填0。"
        return DataValidation("decimal", operator="between", formula1="0", formula2=f"{most or LARGEST:.0f}", prompt=words, error=words)
    if field.type == "date":
        words = "请按“年-月-日”填写日期。"
        return DataValidation("date", operator="greaterThan", formula1="36526", prompt=words, error=words)
    if field.format == "phone":
        return DataValidation("textLength", operator="equal", formula1="11", prompt="请填11位手机号码。", error="手机号码应为11位。")
    return DataValidation(None, prompt="如无请填“无”。" if "荣誉" in field.title else f"请填写{field.labels[0]}。")
