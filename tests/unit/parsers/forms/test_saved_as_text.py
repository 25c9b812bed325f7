"""Forms that somebody saved as .csv or as text: cells of several lines stand in quotes, merges are lost, and the first line need not have a comma."""

from __future__ import annotations

import csv
import io

import pytest

from parsers.read import read
from tests.generator.compare import compare_reading
from tests.generator.documents import Block, Sheet
from tests.generator.variations import basic, summary
from tests.unit.intake.checks.builders import findings, studio, submission
from tests.unit.parsers.forms.conftest import Schemas


def saved_as_text(blocks: list[Block], delimiter: str, encoding: str, padded: bool) -> bytes:
    """The blocks as a spreadsheet saves them: one row a line, an empty cell for each place that was merged."""
    width = max(b.cols for b in blocks if isinstance(b, Sheet))
    page = io.StringIO()
    writer = csv.writer(page, delimiter=delimiter, lineterminator="\r\n")
    for block in blocks:
        if isinstance(block, str):
            writer.writerow([block, *([""] * (width - 1) if padded else [])])
            continue
        rows = [[""] * block.cols for _ in range(block.rows)]
        for box in block.boxes:
            rows[box.row][box.col] = box.text
        writer.writerows(rows)
    return page.getvalue().encode(encoding, "ignore")


@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize(("name", "delimiter", "encoding"), [("a.csv", ",", "gb18030"), ("a.csv", ";", "utf-8-sig"), ("a.txt", "\t", "utf-16"), ("a.txt", "\t", "gb18030")])
def test_a_summary_table_saved_as_text_is_read(name: str, delimiter: str, encoding: str, padded: bool, schemas: Schemas) -> None:
    paper = summary(3)
    tally = compare_reading(read(saved_as_text(paper.blocks, delimiter, encoding, padded), name, schemas), [paper.truth])
    assert (tally.wrong, tally.unread) == ([], [])


@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ","), ("a.txt", "\t")])
def test_a_form_that_lost_its_merges_is_for_a_person_and_no_essay(name: str, delimiter: str, schemas: Schemas) -> None:
    paper = basic(3)
    (form,) = read(saved_as_text(paper.blocks, delimiter, "gb18030", padded=True), name, schemas).forms
    assert form.kind == "basic_info"
    assert {key: form.value(key) for key in ("studio", "organisation", "leader.name")} == {key: paper.truth[key] for key in ("studio", "organisation", "leader.name")}
    told = [f for f in findings(submission(studio(basic=form))) if f.audience != "staff" and f.code.startswith("F")]
    assert told == []
