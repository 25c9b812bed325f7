"""Reads files with the libraries that a user would pick instead, and says what each took. Run by the Python that has them.

usage: PYTHON benchmarks/reading_peers.py FOLDER FIRST LAST    (FOLDER/<format>/*.<format>, the files FIRST..LAST-1 of each in their order)
Prints JSON: {"took": {format: {library: [CPU milliseconds a file]}}, "absent": {library: why}}. Needs nothing of the project.
"""

from __future__ import annotations

import importlib
import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Read = Callable[[bytes], object]
OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES = {
    "docx": f"{OFFICE}.wordprocessingml.document",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
}
LEAST = 50  # characters: a library that gives fewer has not read the form
WARM = 3


def kreuzberg(kind: str) -> Read:
    """The text of a document; tables as Markdown."""
    module = importlib.import_module("kreuzberg")
    return lambda payload: module.extract_bytes_sync(payload, TYPES[kind]).content


def markitdown(kind: str) -> Read:
    """The document as Markdown."""
    converter = importlib.import_module("markitdown").MarkItDown()
    return lambda payload: converter.convert_stream(io.BytesIO(payload), file_extension=f".{kind}").text_content


def unstructured(kind: str) -> Read:
    """The document as elements."""
    module = importlib.import_module(f"unstructured.partition.{kind}")
    partition = getattr(module, f"partition_{kind}")
    return lambda payload: "\n".join(str(element) for element in partition(file=io.BytesIO(payload)))


def python_docx(kind: str) -> Read:
    """The text of every cell, as its readme shows it."""
    module = importlib.import_module("docx")

    def read(payload: bytes) -> object:
        return "\n".join(c.text for table in module.Document(io.BytesIO(payload)).tables for row in table.rows for c in row.cells)

    return read


def openpyxl(kind: str) -> Read:
    """A plain load, and the value of every cell."""
    module = importlib.import_module("openpyxl")

    def read(payload: bytes) -> object:
        book = module.load_workbook(io.BytesIO(payload), data_only=True)
        return "\n".join(str(c.value) for sheet in book.worksheets for row in sheet.iter_rows() for c in row)

    return read


def pdfplumber(kind: str) -> Read:
    """Tables and text of every page."""
    module = importlib.import_module("pdfplumber")

    def read(payload: bytes) -> object:
        with module.open(io.BytesIO(payload)) as book:
            return "\n".join(str(page.extract_tables()) + page.extract_text() for page in book.pages)

    return read


def xlrd(kind: str) -> Read:
    """The values of every row."""
    module = importlib.import_module("xlrd")

    def read(payload: bytes) -> object:
        book = module.open_workbook(file_contents=payload)
        return "\n".join(str(sheet.row_values(row)) for sheet in book.sheets() for row in range(sheet.nrows))

    return read


PEERS: dict[str, tuple[tuple[str, ...], Callable[[str], Read]]] = {
    "python-docx": (("docx",), python_docx),
    "openpyxl": (("xlsx",), openpyxl),
    "pdfplumber": (("pdf",), pdfplumber),
    "xlrd": (("xls",), xlrd),
    "kreuzberg": (("docx", "xlsx", "pdf", "doc", "xls"), kreuzberg),
    "markitdown": (("docx", "xlsx", "pdf", "xls"), markitdown),
    "unstructured": (("docx", "xlsx"), unstructured),
}


def took(read: Read, files: list[bytes]) -> list[float]:
    """CPU milliseconds of every file, after a few to get warm."""
    times = []
    for payload in (*files[:WARM], *files):
        began = time.process_time()
        said = str(read(payload))
        times.append(1000 * (time.process_time() - began))
        if len(said) < LEAST:
            raise ValueError(f"only {len(said)} characters")
    return times[WARM:]


def main(folder: Path, first: int, last: int) -> int:
    """Measures every library on every format it reads."""
    out: dict[str, Any] = {"took": {}, "absent": {}}
    for name, (kinds, make) in PEERS.items():
        for kind in kinds:
            files = [path.read_bytes() for path in sorted((folder / kind).iterdir())[first:last]]
            try:
                out["took"].setdefault(kind, {})[name] = took(make(kind), files)
            except Exception as error:
                out["absent"].setdefault(name, f"{kind}: {type(error).__name__}: {error}"[:160])
    print(json.dumps(out))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
