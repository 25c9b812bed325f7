"""The shared samples, where they lie beside the project: every file ends with a status, and the known ones with theirs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from parsers.formats.door import bytes_to_document

SHARED = Path(os.environ.get("INTAKE_SHARED", Path(__file__).parents[4] / "../shared"))
SAMPLES = SHARED / "samples"
KINDS = ("doc", "docx", "odf", "rtf", "xls", "xlsb", "xlsx")
pytestmark = [pytest.mark.samples, pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are not beside the project")]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_public_documents_end_with_a_status(kind: str) -> None:
    for path in sorted((SAMPLES / "public" / kind).rglob("*")):
        if path.is_file():
            assert bytes_to_document(path.read_bytes(), path.name).status, path.name


def test_strict_workbooks_have_cells() -> None:
    for path in sorted((SAMPLES / "public").rglob("*trict*.xlsx")):
        assert bytes_to_document(path.read_bytes()).tables, path.name


@pytest.mark.parametrize(
    ("suffix", "status"), [(".docx", "read"), (".doc", "read"), (".wps", "read"), (".odt", "read"), (".ofd", "read"), (".xlsx", "read")]
)
def test_born_digital_forms_are_read(suffix: str, status: str) -> None:
    for path in sorted((SAMPLES / "forms").glob(f"*{suffix}")):
        if not path.name.startswith("Z"):
            assert bytes_to_document(path.read_bytes(), path.name).status == status, path.name
