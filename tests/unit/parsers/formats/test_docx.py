"""Word documents: every way of writing a box, a merge, a deletion comes out as a person sees it."""

from __future__ import annotations

import pytest

from parsers.formats.door import bytes_to_document
from tests.unit.parsers.formats.builders import STRICT_WORD, docx, field, lines_of, p, package, r, relations, tbl, tc, texts

WINGDINGS = '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>'
WINGDINGS_2 = '<w:rFonts w:ascii="Wingdings 2" w:hAnsi="Wingdings 2"/>'
BOX = '<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="{}"/></w14:checkbox></w:sdtPr><w:sdtContent><w:r><w:t>☒</w:t></w:r></w:sdtContent></w:sdt>'
LEGACY = '<w:ffData><w:checkBox><w:default w:val="{}"/>{}</w:checkBox></w:ffData>'


def first_line(*runs: str) -> str:
    return lines_of(bytes_to_document(docx(p(*runs))))[0]


@pytest.mark.parametrize(
    ("runs", "shown"),
    [
        ((r("R", WINGDINGS_2), "劳模 ", r("£", WINGDINGS_2), "职工"), "☑劳模 ☐职工"),
        ((r("\u00fe", WINGDINGS), "劳模 ", r("\u00a8", WINGDINGS), "职工"), "☑劳模 ☐职工"),
        (('<w:r><w:sym w:font="Wingdings 2" w:char="F052"/></w:r>', "劳模"), "☑劳模"),
        (('<w:r><w:sym w:font="Wingdings 2" w:char="0052"/></w:r>', "劳模"), "☑劳模"),
        (('<w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r>', "职工"), "☐职工"),
        (("\uf052劳模 \uf0a3职工",), "☑劳模 ☐职工"),
        ((field(r"eq \o\ac(□,√)"), "劳模"), "☑劳模"),
        ((field(r"EQ \o(□,)"), "职工"), "☐职工"),
        ((BOX.format(1), "劳模 ", BOX.format(0), "职工"), "☑劳模 ☐职工"),
        ((field("FORMCHECKBOX", data=LEGACY.format(0, '<w:checked w:val="1"/>')), "劳模"), "☑劳模"),
        ((field("FORMCHECKBOX", data=LEGACY.format(1, "")), "劳模"), "☑劳模"),
        ((field("FORMCHECKBOX", data=LEGACY.format(1, '<w:checked w:val="0"/>')), "劳模"), "☐劳模"),
    ],
)
def test_every_writing_of_a_box_is_ticked_or_not(runs: tuple[str, ...], shown: str) -> None:
    assert first_line(*runs) == shown


def test_a_plain_letter_r_stays_a_letter() -> None:
    assert first_line(r("R", '<w:rFonts w:ascii="Arial"/>'), "级") == "R级"


def test_a_style_can_bring_the_symbol_font() -> None:
    styles = f'<w:styles xmlns:w="http://x"><w:style w:styleId="Box"><w:rPr>{WINGDINGS_2}</w:rPr></w:style></w:styles>'
    document = bytes_to_document(
        docx(p(r("R", '<w:rStyle w:val="Box"/>'), "劳模"), {"word/styles.xml": styles}, [("rId9", "styles", "styles.xml")])
    )
    assert lines_of(document) == ["☑劳模"]


def test_spans_of_rows_and_columns_are_told_apart() -> None:
    body = tbl(
        [tc("经费", merge="restart"), tc("年度"), tc("金额")],
        [tc("", merge="continue"), tc("2020年", span=2)],
        [tc("合计", span=3)],
    )
    assert texts(bytes_to_document(docx(body))) == [
        (0, 0, 2, 1, "经费"), (0, 1, 1, 1, "年度"), (0, 2, 1, 1, "金额"), (1, 1, 1, 2, "2020年"), (2, 0, 1, 3, "合计"),
    ]  # fmt: skip


def test_rows_and_cells_inside_content_controls_are_kept() -> None:
    body = f"<w:tbl><w:sdt><w:sdtContent><w:tr>{tc('姓名')}<w:sdt><w:sdtContent>{tc('张三')}</w:sdtContent></w:sdt></w:tr></w:sdtContent></w:sdt></w:tbl>"
    assert [c[4] for c in texts(bytes_to_document(docx(body)))] == ["姓名", "张三"]


def test_a_nested_table_names_the_cell_that_holds_it() -> None:
    document = bytes_to_document(docx(tbl([tc("外"), tc(p("名单") + tbl([tc("李四")]) + p(""))])))
    outer, inner = document.tables
    assert (outer.number, inner.number, inner.inside) == (1, 2, (1, 0, 1))
    assert [c.text for c in outer.cells] == ["外", "名单"]


def test_paragraphs_and_tables_keep_their_order() -> None:
    document = bytes_to_document(docx(p("前") + tbl([tc("表")]) + p("后")))
    assert [getattr(b, "text", "表") for b in document.blocks] == ["前", "表", "后"]


def test_deletions_are_gone_and_insertions_are_there() -> None:
    shown = first_line(
        '<w:del w:id="1"><w:r><w:delText>待定</w:delText></w:r></w:del>',
        f'<w:ins w:id="2">{r("9")}</w:ins>',
        r("旧", "<w:strike/>"),
        r("藏", "<w:vanish/>"),
        "项",
    )
    assert shown == "9项"


def test_a_deleted_row_is_no_row() -> None:
    body = f"<w:tbl><w:tr><w:trPr><w:del w:id='1'/></w:trPr>{tc('删')}</w:tr><w:tr>{tc('留')}</w:tr></w:tbl>"
    assert texts(bytes_to_document(docx(body))) == [(0, 0, 1, 1, "留")]


def test_a_text_box_is_read_once() -> None:
    box = f"<w:txbxContent>{p('填表日期：2022年8月3日')}</w:txbxContent>"
    drawing = f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    assert lines_of(bytes_to_document(docx(p("附件4", drawing)))) == ["附件4", "填表日期：2022年8月3日"]


def test_a_placeholder_is_a_blank() -> None:
    control = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{r('单击或点击此处输入文字。')}</w:sdtContent></w:sdt>"
    document = bytes_to_document(docx(tbl([tc("姓名"), tc(f"<w:p>{control}</w:p>")])))
    assert [c[4] for c in texts(document)] == ["姓名", ""]


def test_a_value_of_two_paragraphs_is_one_cell() -> None:
    assert [c[4] for c in texts(bytes_to_document(docx(tbl([tc(p("技术开发") + p("技术攻关"))]))))] == ["技术开发\n技术攻关"]


def test_list_numbers_are_printed_and_headings_have_levels() -> None:
    numbering = (
        '<w:numbering xmlns:w="http://x"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/><w:suff w:val="nothing"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="7"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    item = '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="7"/></w:numPr><w:outlineLvl w:val="0"/></w:pPr>{}</w:p>'
    body = item.format(r("概况")) + item.format(r("成果"))
    document = bytes_to_document(docx(body, {"word/numbering.xml": numbering}, [("rId5", "numbering", "numbering.xml")]))
    assert [(b.text, b.heading) for b in document.paragraphs] == [("一、概况", 1), ("二、成果", 1)]


def test_an_automatic_row_number_in_an_empty_cell_is_its_text() -> None:
    numbering = (
        '<w:numbering xmlns:w="http://x"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="7"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    number = '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="7"/></w:numPr></w:pPr></w:p>'
    body = tbl([tc(number), tc("甲")], [tc(number), tc("乙")])
    document = bytes_to_document(docx(body, {"word/numbering.xml": numbering}, [("rId5", "numbering", "numbering.xml")]))
    assert [c[4] for c in texts(document)] == ["1", "甲", "2", "乙"]


def test_headers_and_foot_notes_come_last_and_say_so() -> None:
    parts = {
        "word/header1.xml": f'<w:hdr xmlns:w="http://x">{p("辽宁某大学")}</w:hdr>',
        "word/footnotes.xml": f'<w:footnotes xmlns:w="http://x"><w:footnote w:type="separator">{p("x")}</w:footnote><w:footnote>{p("注")}</w:footnote></w:footnotes>',
    }
    body = p("正文", "<w:r><w:footnoteReference/></w:r>")
    document = bytes_to_document(docx(body, parts, [("rId1", "header", "header1.xml"), ("rId2", "footnotes", "footnotes.xml")]))
    assert [(b.text, b.place) for b in document.paragraphs] == [("正文", ""), ("注", "脚注"), ("辽宁某大学", "页眉")]


def test_an_activex_box_shows_its_state_and_caption() -> None:
    control = (
        '<ax:ocx xmlns:ax="http://a" xmlns:r="http://r" ax:classid="{8BD21D40-EC42-11CE-9E0D-00AA006002F3}">'
        '<ax:ocxPr ax:name="Value" ax:value="1"/><ax:ocxPr ax:name="Caption" ax:value="劳模"/></ax:ocx>'
    )
    body = p('<w:r><w:object><w:control r:id="rId3"/></w:object></w:r>')
    document = bytes_to_document(docx(body, {"word/activeX/activeX1.xml": control}, [("rId3", "control", "activeX/activeX1.xml")]))
    assert lines_of(document) == ["☑劳模"]


def test_strict_files_read_the_same() -> None:
    body = tbl([tc("姓名"), tc(p(r("R", WINGDINGS_2), "是"))])
    assert texts(bytes_to_document(docx(body, namespace=STRICT_WORD))) == texts(bytes_to_document(docx(body)))


def test_the_main_part_may_have_any_name() -> None:
    payload = package(
        {
            "[Content_Types].xml": "<Types>wordprocessingml</Types>",
            "_rels/.rels": relations(("rId1", "officeDocument", "word/document2.xml")),
            "word/document2.xml": f'<w:document xmlns:w="http://x"><w:body>{p("正文")}</w:body></w:document>',
        }
    )
    assert lines_of(bytes_to_document(payload, "x.doc")) == ["正文"]


def test_our_own_template_is_known_by_its_mark() -> None:
    custom = '<Properties xmlns:vt="http://v"><property name="intake-template"><vt:lpwstr>basic_info 1</vt:lpwstr></property></Properties>'
    assert bytes_to_document(docx(p("x"), {"docProps/custom.xml": custom})).tag == "basic_info 1"


@pytest.mark.parametrize(
    ("payload", "status", "problem"),
    [
        (docx(""), "empty", None),
        (docx("", {"word/media/image1.png": b"x"}), "scanned", None),
        (docx(p("正文"))[:-40], "unreadable", "damaged"),
        (package({"[Content_Types].xml": "wordprocessingml", "word/document.xml": "<w:document"}), "unreadable", "damaged"),
        (package({"word/document.xml": '<!DOCTYPE l [<!ENTITY a "b">]><d>&a;</d>'}), "unreadable", "hostile"),
        (docx("<w:tbl><w:tr><w:tc>" * 500 + "</w:tc></w:tr></w:tbl>" * 500), "unreadable", "too_deep"),
    ],
)
def test_what_cannot_be_read_says_why(payload: bytes, status: str, problem: str | None) -> None:
    document = bytes_to_document(payload)
    assert document.status == status
    assert problem is None or problem in document.problems


def test_a_huge_span_is_clamped() -> None:
    document = bytes_to_document(docx(tbl([tc("x", span=20_000_000)])))
    assert document.tables[0].cols <= 512
