"""The binary formats of Office 97: the fixtures hold one of each trap, written by LibreOffice from invented contents."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from parsers.formats.door import bytes_to_document
from parsers.formats.marks import find_overstrike, find_symbol_font, symbol_to_text
from tests.unit.parsers.formats.builders import lines_of, texts

FIXTURES = Path(__file__).parent / "fixtures"


def test_doc_boxes_deletions_and_strikes() -> None:
    document = bytes_to_document((FIXTURES / "word97.doc").read_bytes(), "x.wps")
    assert document.reader == "doc"
    assert lines_of(document) == ["☑劳模 ☐职工", "正文一段 ☑是 ☐否", "九项", "落款"]


def test_doc_spans_and_nested_tables() -> None:
    document = bytes_to_document((FIXTURES / "word97.doc").read_bytes())
    assert texts(document)[:4] == [(0, 0, 2, 1, "经费"), (0, 1, 1, 1, "年度"), (0, 2, 1, 1, "金额"), (1, 1, 1, 2, "2020年")]
    assert texts(document)[4][4] == "技术开发\n技术攻关"
    assert (document.tables[1].inside, [c[4] for c in texts(document, 1)]) == ((1, 2, 1), ["李四", "1980"])


def test_a_doc_with_its_lock_bit_is_encrypted() -> None:
    payload = bytearray((FIXTURES / "word97.doc").read_bytes())
    head = payload.find(b"\xec\xa5")
    payload[head + 11] |= 0x01
    assert bytes_to_document(bytes(payload)).status == "encrypted"


def test_word_95_asks_for_conversion() -> None:
    payload = bytearray((FIXTURES / "word97.doc").read_bytes())
    head = payload.find(b"\xec\xa5")
    payload[head : head + 2] = b"\xdc\xa5"
    document = bytes_to_document(bytes(payload))
    assert (document.status, document.problems) == ("unsupported", ("needs_conversion",))


def test_xls_formats_merges_and_hidden_parts() -> None:
    document = bytes_to_document((FIXTURES / "book.xls").read_bytes(), "x.et")
    cells = {c.address: (c.text, c.value, c.colspan) for c in document.tables[0].cells}
    assert cells == {
        "A1": ("标题", None, 3), "A2": ("2019年5月", date(2019, 5, 1), 1), "B2": ("1975.10", 1975.1, 1), "C2": ("13900001234", 13900001234, 1),
    }  # fmt: skip
    assert set(document.problems) == {"hidden_sheet_skipped", "hidden_cells_skipped"}


def test_an_xls_with_a_file_pass_is_encrypted() -> None:
    payload = (FIXTURES / "book.xls").read_bytes()
    start = payload.find(b"\x09\x08\x10\x00")
    locked = payload[: start + 20] + b"\x2f\x00" + payload[start + 22 :]
    assert bytes_to_document(locked).status == "encrypted"


@pytest.mark.parametrize(
    ("name", "font"),
    [
        ("Wingdings 2", "wingdings2"),
        ("ABCDEF+Wingdings2", "wingdings2"),
        ("BAAAAA+Wingdings-Regular", "wingdings"),
        ("宋体", None),
        ("", None),
    ],
)
def test_symbol_fonts_are_known_by_any_writing_of_their_name(name: str, font: str | None) -> None:
    assert find_symbol_font(name) == font


def test_a_cross_in_a_box_is_a_tick_and_a_loose_mark_stays_a_mark() -> None:
    assert symbol_to_text("wingdings2", "RSTQ£P") == "☑☑☑☑☐√"
    assert symbol_to_text("wingdings", "\uf0fe\uf0a8 ") == "☑☐ "
    assert symbol_to_text(None, "R") == "R"


@pytest.mark.parametrize(
    ("instruction", "shown"),
    [
        (r"eq \o\ac(□,√)", "☑"),
        (r" EQ \o(□，√) ", "☑"),
        (r"eq \o\ac(○,1)", "1"),
        (r"eq \o\ac(□,)", "☐"),
        ("PAGE", None),
        (r"eq \f(1,2)", None),
    ],
)
def test_overstruck_fields_are_boxes(instruction: str, shown: str | None) -> None:
    assert find_overstrike(instruction) == shown
