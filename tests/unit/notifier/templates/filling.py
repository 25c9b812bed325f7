"""Filling our templates the way Word and Excel do: into the controls and the unlocked cells, nothing else."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl
from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"


def fill_word(payload: bytes, values: Mapping[str, Any], ticked: Sequence[str], members: Sequence[Sequence[str]]) -> bytes:
    """The form with its controls filled by tag, its boxes ticked by tag, and its member rows written into the plain cells."""
    source = zipfile.ZipFile(io.BytesIO(payload))
    root = etree.fromstring(source.read("word/document.xml"))
    for control in root.iter(f"{W}sdt"):
        tag = control.find(f"{W}sdtPr/{W}tag").get(f"{W}val")
        if tag in ticked:
            control.find(f"{W}sdtPr/{W14}checkbox/{W14}checked").set(f"{W14}val", "1")
            control.find(f".//{W}t").text = "☑"
        elif tag in values:
            prompt = control.find(f"{W}sdtPr/{W}showingPlcHdr")
            prompt.getparent().remove(prompt)
            run = control.find(f"{W}sdtContent/{W}r")
            run.find(f"{W}rPr").remove(run.find(f"{W}rPr/{W}rStyle"))
            run.find(f"{W}t").text = str(values[tag])
    table = root.find(f".//{W}tbl")
    rows = table.findall(f"{W}tr")[-5:]
    for row, texts in zip(rows, members, strict=False):
        for cell, text in zip(row.findall(f"{W}tc"), texts, strict=True):
            run = etree.SubElement(cell.find(f"{W}p"), f"{W}r")
            etree.SubElement(run, f"{W}t").text = text
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, etree.tostring(root) if name == "word/document.xml" else source.read(name))
    return target.getvalue()


def fill_sheet(payload: bytes, head: Mapping[str, Any], rows: Sequence[Sequence[Any]]) -> bytes:
    """The annex with its unlocked cells filled; `head` by the label that stands before the place, `rows` without the number."""
    book = openpyxl.load_workbook(io.BytesIO(payload))
    sheet = book.worksheets[0]
    for label, value in head.items():
        row, column = next((c.row, c.column) for line in sheet.iter_rows() for c in line if str(c.value or "").startswith(label))
        place = next(c for c in sheet[row][column:] if not c.protection.locked and type(c).__name__ == "Cell")
        place.value = value
    for number, texts in enumerate(rows, start=6):
        for column, value in enumerate(texts, start=2):
            cell = sheet.cell(number, column)
            assert not cell.protection.locked
            cell.value = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
