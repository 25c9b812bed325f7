"""OpenDocument, HTML, flat XML, text and OFD come through the same door, whatever the file is called."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from parsers.formats.door import bytes_to_document
from parsers.formats.sniff import payload_to_kind
from parsers.formats.text import bytes_to_text
from tests.unit.intake.opening.ole import ole_file
from tests.unit.parsers.formats.builders import docx, lines_of, odf, p, package, tbl, tc, texts

FIXTURES = Path(__file__).parent / "fixtures"
SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"


def test_odt_tables_spans_and_order() -> None:
    body = (
        "<text:p>前</text:p><table:table><table:table-row><table:table-cell table:number-columns-spanned='2'><text:p>标题</text:p></table:table-cell>"
        "<table:covered-table-cell/></table:table-row><table:table-row><table:table-cell><text:p>技<text:line-break/>术</text:p></table:table-cell>"
        "<table:table-cell><text:p>甲<text:s text:c='2'/>乙</text:p></table:table-cell></table:table-row></table:table><text:p>后</text:p>"
    )
    document = bytes_to_document(odf("text", body), "x.doc")
    assert texts(document) == [(0, 0, 1, 2, "标题"), (1, 0, 1, 1, "技\n术"), (1, 1, 1, 1, "甲  乙")]
    assert lines_of(document) == ["前", "后"]


def test_odt_symbol_fonts_deletions_and_form_boxes() -> None:
    styles = (
        "<style:style style:name='T1'><style:text-properties style:font-name='Wingdings 2'/></style:style>"
        "<style:style style:name='T2'><style:text-properties style:text-line-through-style='solid'/></style:style>"
    )
    body = (
        "<text:tracked-changes><text:p>旧</text:p></text:tracked-changes><office:forms><form:form><form:checkbox form:id='c1' form:label='职工'"
        " form:current-state='checked'/></form:form></office:forms>"
        "<text:p><text:span text:style-name='T1'>R</text:span>劳模<text:span text:style-name='T2'>删</text:span> <draw:control draw:control='c1'/></text:p>"
    )
    assert lines_of(bytes_to_document(odf("text", body, styles))) == ["☑劳模 ☑职工"]


def test_ods_values_repeats_and_hidden_sheets() -> None:
    styles = "<style:style style:name='ta2'><style:table-properties table:display='false'/></style:style>"
    body = (
        "<table:table table:name='表1'><table:table-row table:number-rows-repeated='3'><table:table-cell table:number-columns-repeated='16384'/></table:table-row>"
        "<table:table-row><table:table-cell office:value-type='float' office:value='12'><text:p>12</text:p></table:table-cell>"
        "<table:table-cell office:value-type='date' office:date-value='2022-08-03'><text:p>2022年8月3日</text:p></table:table-cell>"
        "<table:table-cell table:number-columns-repeated='16382'/></table:table-row>"
        "<table:table-row table:number-rows-repeated='1048572'><table:table-cell table:number-columns-repeated='16384'/></table:table-row></table:table>"
        "<table:table table:name='旧' table:style-name='ta2'><table:table-row><table:table-cell><text:p>别的</text:p></table:table-cell></table:table-row></table:table>"
    )
    document = bytes_to_document(odf("spreadsheet", body, styles))
    assert [(c.address, c.text, str(c.value)) for c in document.tables[0].cells] == [
        ("A4", "12", "12"),
        ("B4", "2022年8月3日", "2022-08-03"),
    ]
    assert document.problems == ("hidden_sheet_skipped",)


def test_locked_odf_is_encrypted() -> None:
    assert bytes_to_document(odf("text", "<text:p>x</text:p>", manifest="<manifest:encryption-data/>")).status == "encrypted"


def test_html_named_doc_in_gbk() -> None:
    page = (
        "<html><head><meta http-equiv=Content-Type content='text/html; charset=gb2312'><style>p{}</style></head><body><h1>附件4</h1>"
        "<p style='display:none'>藏</p><table><tr><td rowspan=2>姓<br>名</td><td>王镕</td></tr><tr><td><input type=checkbox checked>劳模"
        "<input type=checkbox>职工 <span style='font-family:\"Wingdings 2\"'>R</span><s>删</s></td></tr></table></body></html>"
    )
    document = bytes_to_document(page.encode("gbk"), "附件4.doc")
    assert document.reader == "html"
    assert texts(document) == [(0, 0, 2, 1, "姓\n名"), (0, 1, 1, 1, "王镕"), (1, 1, 1, 1, "☑劳模☐职工 ☑")]
    assert [(b.text, b.heading) for b in document.paragraphs] == [("附件4", 1)]


def test_a_web_archive_is_its_page() -> None:
    archive = (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: text/html; charset=gbk\r\n"
        b"Content-Transfer-Encoding: 8bit\r\n\r\n<html><body><p>" + "工会".encode("gbk") + b"</p></body></html>\r\n--x--\r\n"
    )
    assert lines_of(bytes_to_document(archive)) == ["工会"]


def test_word_2003_xml_reads_like_docx() -> None:
    body = tbl([tc("姓名"), tc("张三")])
    flat = (
        '<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument '
        'xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml" xmlns:wx="http://schemas.microsoft.com/office/word/2003/auxHint">'
        f"<w:body><wx:sect>{p('附件')}{body}</wx:sect></w:body></w:wordDocument>"
    )
    document = bytes_to_document(flat.encode(), "x.doc")
    assert texts(document) == texts(bytes_to_document(docx(body)))
    assert lines_of(document) == ["附件"]


def test_excel_2003_xml_keeps_types_and_merges() -> None:
    flat = (
        f'<?xml version="1.0"?><Workbook xmlns="{SPREADSHEET}" xmlns:ss="{SPREADSHEET}"><Worksheet ss:Name="表"><Table>'
        '<Row><Cell ss:MergeAcross="1"><Data ss:Type="String">标题</Data></Cell></Row><Row ss:Index="3"><Cell ss:Index="2">'
        '<Data ss:Type="Number">12</Data></Cell></Row></Table></Worksheet></Workbook>'
    )
    cells = {c.address: (c.text, c.value, c.colspan) for c in bytes_to_document(flat.encode()).tables[0].cells if c.text}
    assert cells == {"A1": ("标题", None, 2), "B3": ("12", 12, 1)}


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_in_any_chinese_encoding(codec: str) -> None:
    assert bytes_to_text("劳模创新工作室：王镕".encode(codec)).lstrip("\ufeff") == "劳模创新工作室：王镕"


def test_traditional_text_in_big5_is_not_taken_for_gbk() -> None:
    text = "創新工作室推薦匯總表，請於八月十日前報送各單位工會委員會審核蓋章。"
    assert bytes_to_text(text.encode("big5")) == text


def test_csv_is_a_table_only_by_its_name() -> None:
    payload = "姓名,单位\n张三,某大学\n".encode("gbk")
    assert [c[4] for c in texts(bytes_to_document(payload, "名单.csv"))] == ["姓名", "单位", "张三", "某大学"]
    assert lines_of(bytes_to_document(payload, "名单.txt")) == ["姓名,单位", "张三,某大学"]


def ofd(content: str) -> bytes:
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    return package(
        {
            "OFD.xml": f"<ofd:OFD {space}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
            "Doc_0/Document.xml": f"<ofd:Document {space}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
            '</ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/P0.xml"/></ofd:Pages></ofd:Document>',
            "Doc_0/Pages/P0.xml": f"<ofd:Page {space}><ofd:Content><ofd:Layer>{content}</ofd:Layer></ofd:Content></ofd:Page>",
        }
    )


def test_ofd_cells_come_from_its_lines() -> None:
    def text(shown: str, x: float, y: float) -> str:
        return f'<ofd:TextObject Boundary="{x} {y} 60 6" Font="1" Size="4"><ofd:TextCode X="0" Y="4" DeltaX="g {len(shown) - 1} 4">{shown}</ofd:TextCode></ofd:TextObject>'

    def line(x0: float, y0: float, x1: float, y1: float) -> str:
        return f'<ofd:PathObject Boundary="{x0} {y0} {x1 - x0} {y1 - y0}"><ofd:AbbreviatedData>M 0 0 L {x1 - x0} {y1 - y0}</ofd:AbbreviatedData></ofd:PathObject>'

    ruled = "".join(line(20, y, 120, y) for y in (50, 60, 70)) + "".join(line(x, 50, x, 70) for x in (20, 60, 120))
    content = (
        text("辽宁省教科文卫体系统劳模创新工作室基本情况表", 20, 20)
        + ruled
        + text("姓名", 22, 52)
        + text("张三", 62, 52)
        + text("学历", 22, 62)
        + text("博士", 62, 62)
    )
    document = bytes_to_document(ofd(content), "x.pdf")
    assert [c[4] for c in texts(document)] == ["姓名", "张三", "学历", "博士"]
    assert lines_of(document) == ["辽宁省教科文卫体系统劳模创新工作室基本情况表"]


@pytest.mark.parametrize(
    ("payload", "status", "reader"),
    [
        (b"", "empty", "empty"), (b"\0" * 100, "empty", "empty"), (b" \r\n", "empty", "empty"), (b"\xff\xd8\xff\xe0" + b"x" * 50, "image", "image"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 50, "image", "image"), (b"{\\rtf1\\ansi x}", "unsupported", "rtf"), (b"Rar!\x1a\x07\x00xx", "unsupported", "archive"),
        (package({"a.txt": "x"}), "unsupported", "zip"), (bytes(range(256)) * 8, "unsupported", "unknown"),
        (ole_file({"EncryptedPackage": b"x", "EncryptionInfo": b"y"}), "encrypted", "encrypted"),
        (ole_file({"ENCRYPTEDPACKAGE": b"x", "EncryptionInfo": b"y"}), "encrypted", "encrypted"),
        (ole_file({"EncryptedPackage": b"x"})[:3000], "unreadable", "damaged"), (ole_file({"VisioDocument": b"x"}), "unsupported", "ole"),
    ],
)  # fmt: skip
def test_what_is_not_read_has_its_status(payload: bytes, status: str, reader: str) -> None:
    document = bytes_to_document(payload)
    assert (document.status, document.reader) == (status, reader)


def test_page_heads_and_feet_of_an_odt_are_read_once_and_say_where_they_stand() -> None:
    spaces = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    margins = "<style:header><text:p>高校工会：甲大学工会</text:p></style:header><style:header-first><text:p>高校工会：甲大学工会</text:p></style:header-first>"
    margins += "<style:footer><text:p>填报人：李四</text:p></style:footer>"
    styles = f"<office:document-styles {spaces}><office:master-styles><style:master-page>{margins}</style:master-page></office:master-styles></office:document-styles>"
    with zipfile.ZipFile(io.BytesIO(odf("text", "<text:p>正文</text:p>"))) as old:
        parts: dict[str, str | bytes] = {name: old.read(name) for name in old.namelist()}
    document = bytes_to_document(package(parts | {"styles.xml": styles}), "x.odt")
    assert [(p.text, p.place) for p in document.paragraphs] == [("正文", ""), ("高校工会：甲大学工会", "页眉"), ("填报人：李四", "页脚")]
    assert lines_of(bytes_to_document(package(parts | {"styles.xml": "<broken"}), "x.odt")) == ["正文"]


@pytest.mark.parametrize(
    ("streams", "objects", "kind"),
    [
        ({"Workbook": b"x"}, {"MBD0001": {"WordDocument": b"x"}}, "xls"), ({"WordDocument": b"x"}, {"ObjectPool": {"Workbook": b"x"}}, "doc"),
        ({"WORKBOOK": b"x"}, {}, "xls"), ({"BOOK": b"x"}, {}, "xls"), ({"worddocument": b"x"}, {}, "doc"), ({"Other": b"WordDocument"}, {}, "ole"),
    ],
)  # fmt: skip
def test_an_ole_file_is_what_its_own_streams_say_whatever_its_objects_are(
    streams: dict[str, bytes], objects: dict[str, dict[str, bytes]], kind: str
) -> None:
    assert payload_to_kind(ole_file(streams, objects)) == kind


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
def test_an_ole_file_cut_short_in_transfer_is_damaged_and_not_of_an_unknown_format(share: float) -> None:
    whole = (FIXTURES / "word97.doc").read_bytes()
    document = bytes_to_document(whole[: int(len(whole) * share)], "附件4.doc")
    assert (document.status, document.problems) == ("unreadable", ("damaged",))


def test_rtf_asks_for_conversion() -> None:
    assert bytes_to_document(b"{\\rtf1 x}").problems == ("needs_conversion",)


def test_lines_of_cells_parted_by_tabs_are_a_table_of_their_own() -> None:
    payload = "附件2如下：\n序号\t工作室名称\t姓名\n1\t甲工作室\t李四\n2\t乙工作室\t\n填表人：王五\n".encode()
    document = bytes_to_document(payload, "正文.txt")
    assert texts(document)[:4] == [(0, 0, 1, 1, "序号"), (0, 1, 1, 1, "工作室名称"), (0, 2, 1, 1, "姓名"), (1, 0, 1, 1, "1")]
    assert lines_of(document) == ["附件2如下：", "填表人：王五"]


def test_labels_and_values_parted_by_a_tab_are_a_table() -> None:
    payload = "工作室名称\t甲工作室\n创建日期\t2019年5月\n所在单位\t某大学\n成员总数\t9\n".encode()
    assert [text for *_, text in texts(bytes_to_document(payload))][:4] == ["工作室名称", "甲工作室", "创建日期", "2019年5月"]


@pytest.mark.parametrize(
    "words", ["\t首行缩进的一段话\n\t又一段话", "姓名：\t李四\n电话：\t024", "一\t二\n普通的一行\n三\t四", "没有制表符\n两行"]
)
def test_prose_with_tabs_stays_prose(words: str) -> None:
    assert bytes_to_document(words.encode()).tables == ()


def test_tables_in_tables_share_one_limit_of_cells() -> None:
    """Before: each nested table had the limit for itself, and a page of 90 KB took a gigabyte and a half."""
    rows = "<tr><td colspan=512>x</td></tr>" * 30
    page = f"<html><body>{f'<table>{rows}<tr><td>' * 60}</body></html>"
    document = bytes_to_document(page.encode(), "a.html")
    assert (document.status, document.problems) == ("unreadable", ("too_large",))
    spans = "<table><tr><td rowspan=9999>x<td>1<tr><td>2</table>"
    assert [(c.text, c.rowspan) for c in bytes_to_document(spans.encode(), "a.html").tables[0].cells] == [("x", 2), ("1", 1), ("2", 1)]
