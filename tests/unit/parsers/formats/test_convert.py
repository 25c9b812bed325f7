"""LibreOffice as last resort: success only with a file in hand, an end for whatever hangs, no converter no trouble."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest

from intake.errors import ConversionFailed
from intake.reading.libreoffice import LibreOffice
from parsers.formats.door import bytes_to_document
from tests.unit.parsers.formats.builders import lines_of

FIXTURES = Path(__file__).parent / "fixtures"


def program(folder: Path, script: str) -> str:
    path = folder / "soffice"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.mark.skipif(LibreOffice.find() is None, reason="LibreOffice is not installed")
@pytest.mark.live
def test_rtf_becomes_docx_with_its_boxes() -> None:
    converter = LibreOffice.find()
    assert converter is not None
    payload, name = converter.convert((FIXTURES / "word97.rtf").read_bytes(), "附件4.doc")
    document = bytes_to_document(payload)
    assert (name, document.reader) == ("附件4.docx", "docx")
    assert [c.text for c in document.tables[0].cells][:4] == ["经费", "年度", "金额", "2020年"]
    assert "落款" in lines_of(document)


def test_an_exit_code_of_zero_is_no_success(tmp_path: Path) -> None:
    with pytest.raises(ConversionFailed):
        LibreOffice(program(tmp_path, "exit 0")).convert(b"{\\rtf1 x}")


def test_a_damaged_output_is_no_success(tmp_path: Path) -> None:
    script = 'while [ $# -gt 1 ]; do [ "$1" = --outdir ] && out="$2"; shift; done; mkdir -p "$out"; echo x > "$out/source.docx"'
    with pytest.raises(ConversionFailed, match="damaged"):
        LibreOffice(program(tmp_path, script)).convert(b"{\\rtf1 x}")


def test_a_hanging_program_is_ended_with_its_children(tmp_path: Path) -> None:
    mark = tmp_path / "alive"
    with pytest.raises(ConversionFailed, match="no answer"):
        LibreOffice(program(tmp_path, f'(sleep 3; touch "{mark}") & wait'), timeout=0.3).convert(b"{\\rtf1 x}")
    assert not mark.exists()


@pytest.mark.parametrize("payload", [b"", b"\0" * 50, b"\xff\xd8\xff\xe0" + b"x" * 40, b"%PDF-1.4\n"])
def test_what_cannot_become_a_document_is_not_tried(payload: bytes) -> None:
    with pytest.raises(ConversionFailed):
        LibreOffice("/nonexistent/soffice").convert(payload)


def test_no_libreoffice_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert LibreOffice.find() is None
