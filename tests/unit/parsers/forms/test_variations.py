"""Everything clerks do to our forms, one change at a time: no value silently wrong, nothing that was written called blank.

Word files and workbooks are written and read here, all of them; what LibreOffice makes of the Word files is the slow half (benchmarks/variations.py prints the figures).
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.variations import MOST_UNREAD, MOST_WRONG, measure
from parsers.read import read
from tests.generator.compare import compare_reading
from tests.generator.variations import Paper, every_variation
from tests.unit.parsers.forms.conftest import Schemas

PAPERS = every_variation(1)
SHARE = 3  # every third here, all of them in the slow half: the changes of one kind stand side by side


@pytest.mark.parametrize(
    "paper", [pytest.param(p, marks=() if i % SHARE == 0 else pytest.mark.slow) for i, p in enumerate(PAPERS)], ids=lambda paper: paper.name
)
def test_what_a_person_reads_is_read(paper: Paper, schemas: Schemas) -> None:
    for name, payload in (("材料.docx", paper.docx()), ("材料.xlsx", paper.xlsx())):
        if payload is not None:
            tally = compare_reading(read(payload, name, schemas), [paper.truth])
            assert (tally.wrong, tally.unread) == ([], [])


def test_the_changes_are_many_and_of_many_kinds() -> None:
    assert len({paper.name for paper in PAPERS}) >= 300


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
@pytest.mark.parametrize("fmt", ["doc", "odt", "pdf"])
def test_what_a_person_reads_is_read_through_another_program(fmt: str, tmp_path: Path) -> None:
    tally = measure(PAPERS[::8], fmt, tmp_path)
    assert len(tally.wrong) <= MOST_WRONG.get(fmt, 0) * tally.fields, tally.wrong
    assert len(tally.unread) <= MOST_UNREAD * tally.fields, tally.unread
