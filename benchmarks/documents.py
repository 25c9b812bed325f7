"""How long a document takes, by format, beside the libraries one would otherwise use on the same files.

usage: python benchmarks/documents.py FOLDER [ROUNDS]     (any folder of documents; one core, warm, library call only)
Prints the median and the slowest CPU milliseconds a file for each format, our peak memory, and the other libraries that are installed.
"""

from __future__ import annotations

import importlib
import io
import resource
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from parsers.formats.door import bytes_to_document

TARGETS = {"docx": 6.0, "doc": 5.0, "pdf": 40.0, "xlsx": 2.0}


def main() -> int:
    """Measures our readers, then whichever others can be imported."""
    folder, rounds = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5
    files: dict[str, list[bytes]] = defaultdict(list)
    for path in sorted(folder.iterdir()):
        payload = path.read_bytes() if path.is_file() and path.suffix != ".json" else b""
        document = bytes_to_document(payload, path.name)
        if document.status == "read":
            files[document.reader].append(payload)
    print(f"{'format':8} {'files':>5} {'median ms':>10} {'slowest':>8} {'target':>7}")
    for reader, payloads in sorted(files.items()):
        times = [_milliseconds(bytes_to_document, payload, rounds) for payload in payloads]
        print(f"{reader:8} {len(times):5} {statistics.median(times):10.2f} {max(times):8.1f} {TARGETS.get(reader, ''):>7}")
    print(f"peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB")
    for name, reader, other in _others():
        times = [ms for payload in files.get(reader, ()) if (ms := _tried(other, payload, rounds)) is not None]
        if times:
            print(f"{name:14} on {reader:5} {len(times):3} files {statistics.median(times):9.2f} ms")
    return 0


def _milliseconds(call: Callable[[bytes], object], payload: bytes, rounds: int) -> float:
    times = []
    for _ in range(rounds):
        start = time.process_time()
        call(payload)
        times.append(time.process_time() - start)
    return statistics.median(times) * 1000


def _tried(call: Callable[[bytes], object], payload: bytes, rounds: int) -> float | None:
    try:
        return _milliseconds(call, payload, rounds)
    except Exception:
        return None


def _others() -> Iterator[tuple[str, str, Callable[[bytes], object]]]:
    """(library, format, call) of what is installed."""
    known: Sequence[tuple[str, str, Callable[[bytes], object]]] = (
        ("pdfplumber", "pdf", _pdfplumber),
        ("openpyxl", "xlsx", _openpyxl),
        ("docx", "docx", _python_docx),
        ("mammoth", "docx", lambda payload: importlib.import_module("mammoth").convert_to_html(io.BytesIO(payload))),
        (
            "markitdown",
            "docx",
            lambda payload: importlib.import_module("markitdown").MarkItDown().convert_stream(io.BytesIO(payload), file_extension=".docx"),
        ),
        ("docling", "docx", _docling),
    )
    for name, reader, call in known:
        try:
            importlib.import_module(name)
        except ImportError:
            print(f"{name}: not installed")
            continue
        yield name, reader, call


def _pdfplumber(payload: bytes) -> object:
    with importlib.import_module("pdfplumber").open(io.BytesIO(payload)) as book:
        return [(page.extract_tables(), page.extract_text()) for page in book.pages]


def _openpyxl(payload: bytes) -> object:
    book = importlib.import_module("openpyxl").load_workbook(io.BytesIO(payload), data_only=True)
    return [[c.value for row in sheet.iter_rows() for c in row] for sheet in book.worksheets]


def _python_docx(payload: bytes) -> object:
    document = importlib.import_module("docx").Document(io.BytesIO(payload))
    return [[c.text for row in table.rows for c in row.cells] for table in document.tables]


def _docling(payload: bytes) -> object:
    base = importlib.import_module("docling.datamodel.base_models")
    converter = importlib.import_module("docling.document_converter").DocumentConverter()
    return converter.convert(base.DocumentStream(name="x.docx", stream=io.BytesIO(payload)))


if __name__ == "__main__":
    sys.exit(main())
