"""Workbooks: values with their type, format and address; nothing invented, nothing hidden read, no far cell fatal."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from parsers.document import Document
from parsers.formats.door import bytes_to_document
from parsers.formats.formula import formula_to_value
from parsers.formats.number_format import value_to_text
from tests.unit.parsers.formats.builders import odf, rows, texts, xlsx

STYLES = (
    '<numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/></numFmts><fonts><font><name val="宋体"/></font>'
    '<font><name val="Wingdings 2"/></font></fonts><cellXfs><xf numFmtId="0" fontId="0"/><xf numFmtId="170" fontId="0"/>'
    '<xf numFmtId="2" fontId="0"/><xf numFmtId="0" fontId="1"/><xf numFmtId="57" fontId="0"/></cellXfs>'
)


def cell(document: Document, address: str) -> object:
    return next(c for t in document.tables for c in t.cells if c.address == address)


def test_a_sheet_is_one_table_with_merged_cells_as_spans() -> None:
    content = rows(["序号", "领衔人", None], [None, "姓名", "职务"], [1, "张三", "院长"]) + (
        '<mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="B1:C1"/></mergeCells>'
    )
    document = bytes_to_document(xlsx({"附件1": content}))
    assert document.tables[0].place == "附件1"
    assert texts(document)[:4] == [(0, 0, 2, 1, "序号"), (0, 1, 1, 2, "领衔人"), (1, 1, 1, 1, "姓名"), (1, 2, 1, 1, "职务")]


def test_a_phone_number_is_no_float() -> None:
    document = bytes_to_document(xlsx({"a": rows([13900001234.0, 1.0, 0.30000000000000004])}))
    assert [c.text for c in document.tables[0].cells] == ["13900001234", "1", "0.3"]
    assert document.tables[0].cells[0].value == 13900001234


@pytest.mark.parametrize("written", ["1e999", "-1e999", "nan", "INF"])
def test_a_number_that_is_none_is_neither_a_value_nor_a_blank(written: str) -> None:
    """Before: an infinite figure was read as a blank box, and one under a date's label ended the whole reading."""
    document = bytes_to_document(xlsx({"a": rows(["出生年月", 2.5]).replace("2.5", written)}), "a.xlsx")
    cell = document.tables[0].cells[-1]
    assert (cell.text, cell.value, cell.unread) == ("", None, "error")


@pytest.mark.parametrize("style", [1, 4])
def test_a_date_shows_the_precision_it_is_written_in(style: int) -> None:
    sheet = f'<sheetData><row r="1"><c r="A1" s="{style}"><v>43586</v></c></row></sheetData>'
    found = cell(bytes_to_document(xlsx({"a": sheet}, styles=STYLES)), "A1")
    assert (found.text, found.value) == ("2019年5月", date(2019, 5, 1))  # type: ignore[attr-defined]


def test_a_year_and_month_written_as_a_number_keeps_its_zero() -> None:
    sheet = '<sheetData><row r="1"><c r="A1" s="2"><v>1975.1</v></c></row></sheetData>'
    found = cell(bytes_to_document(xlsx({"a": sheet}, styles=STYLES)), "A1")
    assert (found.text, found.value, found.number_format) == ("1975.10", 1975.1, "0.00")  # type: ignore[attr-defined]


def test_a_wingdings_cell_is_a_box() -> None:
    sheet = '<sheetData><row r="1"><c r="A1" s="3" t="inlineStr"><is><t>R</t></is></c></row></sheetData>'
    assert texts(bytes_to_document(xlsx({"a": sheet}, styles=STYLES)))[0][4] == "☑"


def test_a_form_control_box_is_read_with_the_cell_under_it() -> None:
    vml = (
        '<xml xmlns:v="urn:v" xmlns:x="urn:x"><v:shape><v:textbox><div>劳模</div></v:textbox><x:ClientData ObjectType="Checkbox">'
        "<x:Anchor>1, 0, 1, 0, 2, 0, 2, 0</x:Anchor><x:Checked>1</x:Checked></x:ClientData></v:shape></xml>"
    )
    links = '<Relationships><Relationship Id="r" Type="x/vmlDrawing" Target="../drawings/vml1.vml"/></Relationships>'
    payload = xlsx({"a": rows(["申报类型"], ["x"])}, parts={"xl/worksheets/_rels/sheet1.xml.rels": links, "xl/drawings/vml1.vml": vml})
    assert cell(bytes_to_document(payload), "B2").text == "☑劳模"  # type: ignore[attr-defined]


def test_hidden_sheets_rows_and_columns_are_skipped_and_said() -> None:
    content = '<cols><col min="2" max="2" hidden="1"/></cols>' + rows(["甲", "藏", "乙"])
    content = content.replace('<row r="1">', '<row r="1">').replace(
        "</sheetData>", '<row r="2" hidden="1"><c r="A2"><v>9</v></c></row></sheetData>'
    )
    document = bytes_to_document(xlsx({"a": content, "旧": rows(["别的大学"])}, hidden=["旧"]))
    assert [c.text for c in document.tables[0].cells] == ["甲", "乙"]
    assert set(document.problems) == {"hidden_sheet_skipped", "hidden_cells_skipped"}


def test_a_formula_saved_without_its_value_is_worked_out_and_said() -> None:
    sheet = (
        '<sheetData><row r="1"><c r="A1"><v>1.5</v></c><c r="B1"><v>2</v></c><c r="C1"><f>SUM(A1:B1)*2</f></c>'
        '<c r="D1"><f>VLOOKUP(A1,B1:C2,1)</f></c></row></sheetData>'
    )
    document = bytes_to_document(xlsx({"a": sheet}))
    assert (cell(document, "C1").text, cell(document, "C1").note) == ("7", "=SUM(A1:B1)*2")  # type: ignore[attr-defined]
    assert "D1" not in [c.address for c in document.tables[0].cells if c.text]
    assert document.problems == ("formula_without_value",)


@pytest.mark.parametrize(
    ("formula", "number"),
    [
        ("1431.38*0.5+1431.38*0.5", 1431.38),
        ("-(2+3)/2", -2.5),
        ("ROUND(2.345,2)", 2.35),
        ("A1+B1", 3),
        ("A1&B1", None),
        ("1/0", None),
        ("A1:B1", None),
        ("C1", 0),
    ],
)
def test_only_simple_formulas_have_a_value(formula: str, number: float | None) -> None:
    assert formula_to_value(formula, {(0, 0): 1, (0, 1): 2}, {}) == number


def test_a_formula_of_itself_has_no_value() -> None:
    assert formula_to_value("A1+1", {}, {(0, 0): "A1+1"}) is None


def test_strict_workbooks_are_not_empty() -> None:
    document = bytes_to_document(xlsx({"a": rows(["姓名", "张三"])}, strict=True))
    assert [c.text for c in document.tables[0].cells] == ["姓名", "张三"]


def test_leading_blank_rows_and_columns_keep_the_addresses() -> None:
    sheet = '<sheetData><row r="3"><c r="C3" t="inlineStr"><is><t>甲</t></is></c></row></sheetData>'
    assert cell(bytes_to_document(xlsx({"a": sheet})), "C3").text == "甲"  # type: ignore[attr-defined]


@pytest.mark.parametrize("far", ['<c r="XFD1048576"><v>1</v></c>', '<c r="XFD1048576" t="inlineStr"><is><t></t></is></c>'])
def test_a_cell_at_the_end_of_the_world_does_not_end_ours(far: str) -> None:
    sheet = f'<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576">{far}</row></sheetData>'
    document = bytes_to_document(xlsx({"a": sheet}))
    assert document.status in ("read", "unreadable")
    assert sum(len(t.cells) for t in document.tables) < 10


def test_a_wide_gap_is_closed_up_and_the_addresses_stay() -> None:
    """Before: two cells at the two ends of a sheet cost every reader of forms a walk over a million blank rows, half a minute of it."""
    sheet = '<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="900"><c r="B900"><v>2</v></c></row><row r="1048576"><c r="XFD1048576"><v>3</v></c></row></sheetData>'
    cells = bytes_to_document(xlsx({"a": sheet}), "a.xlsx").tables[0].cells
    assert [(c.text, c.row, c.col, c.address) for c in cells] == [("1", 0, 0, "A1"), ("2", 201, 1, "B900"), ("3", 402, 202, "XFD1048576")]
    blank = "<table:table-row table:number-rows-repeated='1048570'><table:table-cell/></table:table-row>"
    row = "<table:table-row><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>"
    cells = bytes_to_document(odf("spreadsheet", f"<table:table table:name='a'>{row}{blank}{row}</table:table>"), "a.ods").tables[0].cells
    assert [(c.row, c.address) for c in cells if c.text] == [(0, "A1"), (201, "A1048572")]


def test_a_merge_over_the_whole_sheet_covers_only_what_is_used() -> None:
    content = rows([1, 2]) + '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    assert texts(bytes_to_document(xlsx({"a": content}))) == [(0, 0, 1, 2, "1")]


def test_a_million_formatted_blank_rows_are_no_reason_to_refuse() -> None:
    filler = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(2, 400_000))
    sheet = f'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>甲</t></is></c></row>{filler}</sheetData>'
    document = bytes_to_document(xlsx({"a": sheet}))
    assert [c.text for c in document.tables[0].cells] == ["甲"]


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (0.156, "0.0%", "15.6%"), (1234.5, "#,##0.00", "1,234.50"), (15.6, '0.0"万元"', "15.6万元"), (-3, "0;(0)", "(3)"), (7, "000", "007"),
        (date(2022, 8, 3), "yyyy/m/d", "2022/8/3"), (date(2022, 8, 3), 'yyyy"年"mm"月"dd"日";@', "2022年08月03日"), (True, "General", "TRUE"),
        (date(2022, 8, 3), "General", "2022-08-03"), (1e20, "General", "1.00000E+20"), (float("nan"), "General", ""), (0, "0.##", "0."),
    ],
)  # fmt: skip
def test_numbers_and_dates_read_as_displayed(value: float | date, code: str, shown: str) -> None:
    assert value_to_text(value, code).rstrip(".") == shown.rstrip(".")


@pytest.mark.parametrize(("written", "told"), [("丙创新工作室", True), ("", False)])
def test_hidden_rows_and_columns_are_told_only_where_something_stands_in_them(written: str, told: bool) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["序号", "创新工作室名称"])
    page.append([1, "甲创新工作室"])
    page.append([written or None, written or None])
    page.row_dimensions[3].hidden = True
    page.column_dimensions["K"].hidden = True
    packed = io.BytesIO()
    book.save(packed)
    document = bytes_to_document(packed.getvalue(), "附件2.xlsx")
    assert ("hidden_cells_skipped" in document.problems) is told
    assert "丙创新工作室" not in "".join(document.lines())
