"""The third state beside value and blank: something stands in the box that no reader can turn into a value - never called empty, never quoted."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from intake.codec import json_to_value, value_to_json
from parsers.contract import form_to_contract
from parsers.document import OBJECT, Cell, Document, Paragraph, Table
from parsers.form import Form, Value
from parsers.read import document_to_reading, read
from tests.unit.parsers.formats.builders import docx, grid, odf, p, pdf, rows, show, tbl, tc, xlsx
from tests.unit.parsers.forms.conftest import Schemas

FormsIn = Callable[..., tuple[Form, ...]]
STUDIO = [
    ["工作室名称", "张三创新工作室", "创建日期", "2018.5"],
    ["所在单位", "机械学院", "命名单位", ""],
    ["专业领域", "机械", "命名日期", ""],
]
LEADER = [["姓名", "张三", "性别", "男", "出生年月", "1975.10"], ["学历", "博士", "民族", "汉", "政治面貌", "群众"]]
BLIP = '<a:graphic xmlns:a="urn:a"><pic><blipFill><a:blip/></blipFill></pic></a:graphic>'
INLINE = f"<w:r><w:drawing><inline>{BLIP}</inline></w:drawing></w:r>"
FLOATING = f"<w:r><w:drawing><anchor>{BLIP}</anchor></w:drawing></w:r>"


def with_cell(wanted: str, text: str = "", unread: str = "") -> list[Table]:
    """The studio and leader tables, with the box right of `wanted` replaced."""
    tables = []
    for number, listed in enumerate((STUDIO, LEADER), 1):
        cells = []
        for r, row in enumerate(listed):
            for c, shown in enumerate(row):
                here = c > 0 and row[c - 1] == wanted
                cells.append(Cell(text if here else shown, r, c, unread=unread if here else ""))  # type: ignore[arg-type]
        tables.append(Table(tuple(cells), number))
    return tables


@pytest.mark.parametrize(
    ("label", "name", "empty"),
    [("所在单位", "organisation", None), ("创建日期", "founded_on", None), ("姓名", "leader.name", None), ("专业领域", "discipline", None)],
)
@pytest.mark.parametrize(
    ("text", "unread"), [(OBJECT, ""), (f"{OBJECT}（盖章）", ""), ("", "formula"), ("#REF!", "error"), ("张", "ink"), ("", "object")]
)
def test_what_is_no_text_is_neither_a_value_nor_a_blank(
    forms_in: FormsIn, label: str, name: str, empty: object, text: str, unread: str
) -> None:
    (form,) = forms_in(*with_cell(label, text, unread))
    value = form.fields[name]
    assert (value.value, value.raw, value.blank, bool(value.unread)) == (empty, "", False, True)
    assert name in form.doubtful
    assert form.unread == (name,)


def test_a_value_beside_a_picture_is_a_value(forms_in: FormsIn) -> None:
    (form,) = forms_in(*with_cell("所在单位", f"机械学院{OBJECT}"))
    assert (form.value("organisation"), form.unread) == ("机械学院", ())


def test_a_picture_in_a_choice_may_be_a_picture_of_the_tick(forms_in: FormsIn) -> None:
    kinds = [["工作室类型", f"{OBJECT}技术开发 □技术攻关 □技能传授", "成员总数", "5"]]
    (form,) = forms_in([*STUDIO, *kinds], LEADER)
    assert (form.value("studio_types"), form.unread) == ([], ("studio_types",))
    (form,) = forms_in([*STUDIO, [kinds[0][0], f"☑技术开发 □技术攻关{OBJECT}", "成员总数", "5"]], LEADER)
    assert (form.value("studio_types"), form.unread) == (["技术开发"], ())


@pytest.mark.parametrize(
    ("lines", "unread"),
    [
        ((f"省总直属高校工会负责人：{OBJECT}    填报人：李四    电话：13900001234",), {"responsible"}),
        ((f"省总直属高校工会负责人：{OBJECT}    填报人：{OBJECT}（签字）    电话：13900001234",), {"responsible", "filled_by"}),
        ((f"{OBJECT}省总直属高校工会负责人：      填报人：李四    电话：13900001234",), {"responsible"}),
        (("省总直属高校工会负责人：      填报人：李四    电话：13900001234", OBJECT), {"responsible"}),
        (("省总直属高校工会负责人：      填报人：李四    电话：13900001234",), set()),
    ],
)
def test_a_signature_in_over_or_beside_a_line_fills_the_blank_it_may_belong_to(
    forms_in: FormsIn, lines: tuple[str, ...], unread: set[str]
) -> None:
    (form,) = forms_in(STUDIO, LEADER, *lines)
    assert set(form.unread) == unread
    assert form.value("phone") == "13900001234"


def test_a_row_keeps_its_unread_box_and_a_member_in_a_picture_is_still_a_row(schemas: Schemas) -> None:
    titles = ["姓名", "性别", "出生年份", "学历", "专业技术职务", "所在单位", "主要分工"]
    listed = [titles, ["李四", "男", "1980", "硕士", "教授", "甲学院", "测试"], [OBJECT, "", "", "", "", "", ""]]
    table = Table(tuple(Cell(t, r, c) for r, row in enumerate(listed) for c, t in enumerate(row)), 2)
    studio = Table(tuple(Cell(t, r, c) for r, row in enumerate(STUDIO) for c, t in enumerate(row)), 1)
    (form,) = document_to_reading(Document("docx", "read", (studio, table)), "0" * 64, "", schemas).forms
    assert [row["name"].value for row in form.rows] == ["李四", None]
    assert form.unread == ("members.1.name",)


def test_a_picture_alone_makes_no_document_readable_and_is_no_character_of_an_essay(schemas: Schemas) -> None:
    assert read(docx(p(INLINE)), "x.docx", schemas).status == "empty"
    essay = ["大连示例大学王五数控创新工作室申报材料", "一、工作室概况", "本工作室由王五领衔，" + "开展技术攻关，" * 60]
    plain = document_to_reading(Document("docx", "read", tuple(map(Paragraph, essay))), "0" * 64, "", schemas)
    drawn = document_to_reading(Document("docx", "read", tuple(Paragraph(OBJECT + x + OBJECT) for x in essay)), "0" * 64, "", schemas)
    assert plain.forms == drawn.forms
    assert plain.text == drawn.text


def test_unread_travels_through_json_and_the_contract_and_old_readings_still_open(forms_in: FormsIn) -> None:
    (form,) = forms_in(*with_cell("专业领域", OBJECT))
    assert json_to_value(value_to_json(form), Form) == form
    assert form_to_contract(form)["unread"] == ["discipline"]
    assert "unread" not in value_to_json(Form(kind="basic_info", fields={"a": Value("甲", "甲")}))


# ---- every format says it

HEAD = ("工作室名称", "甲工作室", "创建日期", "2018.5", "所在单位")
TAIL = ("命名单位", "市总工会", "命名日期", "2019.3")


def word(cell: str) -> bytes:
    return docx(
        tbl([tc(HEAD[0]), tc(HEAD[1]), tc(HEAD[2]), tc(HEAD[3])], [tc(HEAD[4]), tc(cell), tc("专业领域"), tc("丙")], [tc(t) for t in TAIL])
    )


def sheet(cell: str) -> bytes:
    listed = rows([*HEAD[:4]], [HEAD[4], "@", "专业领域", "丙"], [*TAIL])
    return xlsx({"S": re.sub('<c r="B2".*?</c>', lambda _: cell, listed)})


def office(cell: str, kind: str = "text") -> bytes:
    def td(text: str) -> str:
        return f"<table:table-cell><text:p>{text}</text:p></table:table-cell>"

    first = "".join(map(td, HEAD[:4]))
    second = td(HEAD[4]) + cell + td("专业领域") + td("丙")
    listed = "".join(f"<table:table-row>{row}</table:table-row>" for row in (first, second, "".join(map(td, TAIL))))
    return odf(kind, f"<table:table>{listed}</table:table>")


def printed(inside: str) -> bytes:
    lines = ((712, HEAD[:4]), (692, (HEAD[4], "", "专业领域", "丙")), (672, TAIL))
    words = "".join(show(t, x + 5, y) for y, line in lines for t, x in zip(line, (50, 150, 300, 400), strict=True))
    return pdf(words + grid((50, 150, 300, 400, 550), (660, 680, 700, 730)) + inside)


def page(body: str) -> bytes:
    return f"<html><body>{body}</body></html>".encode()


FRAME = '<draw:frame text:anchor-type="as-char"><draw:image/></draw:frame>'
CASES = {
    "docx inline picture": word(p(INLINE)),
    "docx floating picture": word(p(FLOATING)),
    "docx old picture": word(p('<w:r><w:pict><v:shape><v:imagedata/></v:shape></w:pict></w:r>')),
    "docx embedded object": word(p('<w:r><w:object><v:shape><v:imagedata/></v:shape><o:OLEObject xmlns:o="urn:o"/></w:object></w:r>')),
    "docx stylus": word(p('<w:r><w:drawing><inline><a:graphic xmlns:a="urn:a"><a:contentPart/></a:graphic></inline></w:drawing></w:r>')),
    "xlsx error": sheet('<c r="B2" t="e"><f>x!A1</f><v>#REF!</v></c>'),
    "xlsx formula": sheet('<c r="B2"><f>VLOOKUP(A1,x!A:B,2,0)</f></c>'),
    "xlsx DISPIMG": sheet('<c r="B2" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c>'),
    "xlsx DISPIMG as text": sheet('<c r="B2" t="inlineStr"><is><t>=DISPIMG("ID_1",1)</t></is></c>'),
    "xlsx picture in cell": sheet('<c r="B2" t="e" vm="1"><v>#VALUE!</v></c>'),
    "odt picture": office(f"<table:table-cell><text:p>{FRAME}</text:p></table:table-cell>"),
    "ods picture": office('<table:table-cell><draw:frame><draw:image/></draw:frame></table:table-cell>', "spreadsheet"),
    "ods error": office('<table:table-cell table:formula="of:=[x.A1]" office:value-type="string"><text:p>#REF!</text:p></table:table-cell>', "spreadsheet"),
    "pdf picture": printed("q 60 0 0 14 200 683 cm /I Do Q "),
    "pdf writing by hand": printed("200 690 m " + "".join(f"{200 + k * 3} {684 + k % 3 * 4} {202 + k * 3} {694 - k % 3 * 3} {203 + k * 3} {684 + k % 4 * 3} c " for k in range(20)) + "S "),
    "html picture": page(f'<table><tr>{"".join(f"<td>{t}</td>" for t in HEAD[:4])}</tr><tr><td>{HEAD[4]}</td><td><img src="x"></td><td>专业领域</td><td>丙</td></tr><tr>{"".join(f"<td>{t}</td>" for t in TAIL)}</tr></table>'),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_every_format_says_that_something_stands_in_the_cell(schemas: Schemas, case: str) -> None:
    (form,) = read(CASES[case], "表", schemas).forms
    assert form.unread == ("organisation",), form.fields
    assert (form.value("studio"), form.value("founded_on"), form.value("discipline")) == ("甲工作室", "2018-05", "丙")


def test_a_picture_over_cells_of_a_workbook_fills_the_blank_ones_under_it(schemas: Schemas) -> None:
    anchor = (
        '<xdr:wsDr xmlns:xdr="urn:x"><xdr:twoCellAnchor><xdr:from><xdr:col>1</xdr:col><xdr:colOff>9</xdr:colOff><xdr:row>1</xdr:row><xdr:rowOff>9'
        "</xdr:rowOff></xdr:from><xdr:to><xdr:col>2</xdr:col><xdr:colOff>9</xdr:colOff><xdr:row>1</xdr:row><xdr:rowOff>99999</xdr:rowOff></xdr:to>"
        "<xdr:pic/></xdr:twoCellAnchor></xdr:wsDr>"
    )
    parts = {
        "xl/worksheets/_rels/sheet1.xml.rels": '<Relationships xmlns="urn:r"><Relationship Id="r1" Type="urn:x/drawing" Target="../drawings/d1.xml"/></Relationships>',
        "xl/drawings/d1.xml": anchor,
    }
    payload = xlsx({"S": rows([*HEAD[:4]], [HEAD[4], None, "专业领域", "丙"], [*TAIL]) + '<drawing r:id="r1"/>'}, parts=parts)
    (form,) = read(payload, "表", schemas).forms
    assert form.unread == ("organisation",)
