"""Whatever bytes come, a Document comes back: never an exception, never more than the limits allow."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parsers.document import Document
from parsers.formats.bounds import MAX_CELLS
from parsers.formats.door import bytes_to_document
from tests.unit.parsers.formats.builders import docx, grid, odf, p, package, pdf, rows, show, tbl, tc, xlsx

FIXTURES = Path(__file__).parent / "fixtures"
SOUND = {
    "docx": docx(p("正文") + tbl([tc("姓名"), tc("张三")])),
    "xlsx": xlsx({"a": rows(["姓名", 1, 2.5])}),
    "odt": odf("text", "<text:p>正文</text:p>"),
    "pdf": pdf(show("正文正文正文", 50, 700) + grid([50, 150, 250], [600, 650])),
    "doc": (FIXTURES / "word97.doc").read_bytes(),
    "xls": (FIXTURES / "book.xls").read_bytes(),
    "html": b"<html><table><tr><td rowspan=9999 colspan=9999>x</table>",
}
HEADS = (
    b"",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"%PDF-1.4\n",
    b"<html>",
    b"<?xml version='1.0'?>",
    b"MIME-Version: 1.0\r\n",
    b"\xff\xfe",
)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check(payload: bytes, name: str = "") -> None:
    document = bytes_to_document(payload, name)
    assert isinstance(document, Document)
    assert document.status in ("read", "scanned", "image", "unreadable", "encrypted", "empty", "unsupported")
    assert sum(len(t.cells) for t in document.tables) <= MAX_CELLS
    assert document.status == "read" or not document.blocks or document.status in ("empty", "scanned")
    "".join(document.lines()).encode("utf-8")  # no lone surrogates: the text goes into JSON


@QUICK
@given(st.sampled_from(HEADS), st.binary(max_size=400), st.text(max_size=8))
def test_any_bytes_at_all(head: bytes, rest: bytes, name: str) -> None:
    check(head + rest, name)


@pytest.mark.parametrize("kind", SOUND)
@QUICK
@given(data=st.data())
def test_sound_files_with_bytes_changed_or_cut(kind: str, data: st.DataObject) -> None:
    payload = bytearray(SOUND[kind])
    for _ in range(data.draw(st.integers(0, 4))):
        payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    check(bytes(payload[: data.draw(st.integers(0, len(payload)))]))


@QUICK
@given(st.text(max_size=200))
def test_any_xml_in_the_main_part(inner: str) -> None:
    safe = inner.replace("&", "").replace("<", "")
    check(
        package(
            {
                "word/document.xml": f"<w:document xmlns:w='x'><w:body>{safe}<w:tbl><w:tr>{safe}<w:tc/></w:tr></w:tbl></w:body></w:document>".encode(
                    "utf-8", "replace"
                )
            }
        )
    )


def test_spans_that_ask_for_millions_of_cells_are_refused_or_clamped() -> None:
    rows_html = "<tr>" + "<td rowspan=512 colspan=512>x</td>" * 40 + "</tr>"
    check(f"<html><body><table>{rows_html * 40}</table></body></html>".encode())
    check(
        odf(
            "spreadsheet",
            "<table:table table:name='a'><table:table-row table:number-rows-repeated='1048576'><table:table-cell table:number-columns-repeated='999'><text:p>x</text:p></table:table-cell></table:table-row></table:table>",
        )
    )
