"""Every workbook opens in LibreOffice as it is, and our own reader finds every cell of it again."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from config.load import DEFAULT_CAMPAIGN, load_campaign
from notifier.tables.final_report import final_report_workbook
from notifier.tables.ledger_workbook import make_ledger_workbook
from notifier.tables.merged import merged_workbook
from parsers.formats.door import bytes_to_document
from parsers.read import read
from tests.unit.notifier.tables.builders import CAMPAIGN, NOW, campaign_of_six
from tests.unit.notifier.tables.office import converted, needs_libreoffice

BOOKS = {
    "merged": merged_workbook(campaign_of_six(), CAMPAIGN),
    "ledger": make_ledger_workbook(campaign_of_six(), CAMPAIGN, NOW),
    "report": final_report_workbook(campaign_of_six(), CAMPAIGN, NOW),
}


def shown(value: Any) -> str:
    """A value as a reader shows it, without its time of day when it has none."""
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d %H:%M:%S").removesuffix(" 00:00:00")
    return str(value)


def cells(payload: bytes) -> dict[tuple[str, str], str]:
    """Every written cell by sheet and address."""
    book = openpyxl.load_workbook(io.BytesIO(payload))
    return {(s.title, c.coordinate): shown(c.value) for s in book.worksheets for row in s.iter_rows() for c in row if c.value is not None}


def reread(payload: bytes) -> dict[tuple[str, str], str]:
    """The same as our own reader sees it."""
    tables = bytes_to_document(payload, "表.xlsx").tables
    return {
        (t.place, c.address): shown(c.value) if isinstance(c.value, datetime | date) else c.text for t in tables for c in t.cells if c.text
    }


@pytest.mark.parametrize("name", BOOKS)
def test_our_own_reader_finds_every_cell(name: str) -> None:
    assert reread(BOOKS[name]) == cells(BOOKS[name])


@pytest.mark.slow
@needs_libreoffice
def test_libreoffice_opens_every_workbook_and_changes_no_cell(tmp_path: Path) -> None:
    saved = converted(tmp_path, {f"{name}.xlsx": payload for name, payload in BOOKS.items()}, "xlsx")
    for name, payload in BOOKS.items():
        assert (name, cells(saved[name])) == (name, cells(payload))


@pytest.mark.slow
@needs_libreoffice
def test_libreoffice_prints_each_annex_on_one_page_of_a4_landscape(tmp_path: Path) -> None:
    import pdfplumber

    with pdfplumber.open(io.BytesIO(converted(tmp_path, {"merged.xlsx": BOOKS["merged"]}, "pdf")["merged"])) as printed:
        assert [(round(p.width), round(p.height)) for p in printed.pages] == [(842, 595)] * 3
        assert "2022年劳模创新工作室推荐汇总表" in printed.pages[0].extract_text()


def test_the_merged_annexes_read_back_as_the_forms_they_are() -> None:
    forms = read(BOOKS["merged"], "合并汇总表.xlsx", load_campaign(DEFAULT_CAMPAIGN).forms).forms
    rows = [[(r["number"].value, r["studio"].value, r["leader_name"].value, r["leader_honours"].value) for r in f.rows] for f in forms]
    honour = "2018年沈阳市劳动模范"
    assert rows == [
        [(1, "张三劳模创新工作室", "张三", honour), (2, "孙八劳模创新工作室", "孙八", honour)],
        [
            (1, "李四创新工作室", "李四", honour),
            (2, "王五教学创新工作室", "王五", None),
            (3, "赵六创新工作室", "赵六", honour),
            (4, "周九创新工作室", "周九", honour),
        ],
    ]
    assert [(r["conversions"].value, r["income_2020"].value, r["income_2021"].value, r["income_total"].value) for r in forms[1].rows] == [
        (5, 120.25, 130, None),
        (None, None, None, 225.5),
        (5, None, None, 225.5),
        (5, None, None, 225.5),
    ]
