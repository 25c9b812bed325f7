"""What reading a typed form costs - bytes to forms with values, as the reading child does it - beside the libraries one would otherwise use.

usage: python -m benchmarks.reading_speed [--peers PYTHON] [--files 48] [--rounds 3] [--folder FOLDER]
Every file is invented and read once: no cache of ours has seen its values. Rounds of ours and of the peers take turns over the same files
on one core; figures are CPU milliseconds a file. The peers only extract text; ours also finds the form and types its values.
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import olefile
import pypdfium2
from lxml import etree
from python_calamine import CalamineWorkbook

from benchmarks.performance_row import Row
from benchmarks.reading_files import FORMATS, make_files
from config.load import load_forms
from parsers.formats.door import bytes_to_document
from parsers.read import read

ROOT = Path(__file__).parents[1]
PEERS_PYTHON = ROOT / ".venv-peers/bin/python"
WARM = 8
FILES, ROUNDS = 48, 3
# format: (what it must be so many times faster than, how many times), (what it may be so many times slower than, how many times)
TARGETS: dict[str, tuple[tuple[str, float] | None, tuple[str, float] | None]] = {
    "docx": (("python-docx", 6.0), ("kreuzberg", 1.5)),
    "xlsx": (("openpyxl", 4.0), None),
    "pdf": (("pdfplumber", 6.0), None),
    "doc": (None, ("kreuzberg", 6.0)),
    "xls": (None, ("kreuzberg", 6.0)),
}
NAMES = {"docx": "附件4, typed, .docx", "xlsx": "附件2, typed, .xlsx", "pdf": "附件4, printed, .pdf", "doc": "附件4, .doc", "xls": "附件2, .xls"}


@dataclass(slots=True)
class Times:
    """CPU milliseconds a file: the whole reading, the part of it up to the document, the floor, the peers by name."""

    ours: list[float] = field(default_factory=list)
    document: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    peers: dict[str, list[float]] = field(default_factory=dict)


def unpacked(payload: bytes) -> None:
    """Floor of docx and xlsx: the zip taken apart and its XML parsed."""
    with zipfile.ZipFile(io.BytesIO(payload)) as package:
        for name in package.namelist():
            content = package.read(name)
            if name.endswith((".xml", ".rels")):
                etree.fromstring(content)


def letters(payload: bytes) -> None:
    """Floor of pdf: the letters of every page, without their places."""
    book = pypdfium2.PdfDocument(payload)
    for page in book:
        page.get_textpage().get_text_range()
    book.close()


def streams(payload: bytes) -> None:
    """Floor of doc: the container's streams."""
    held = olefile.OleFileIO(io.BytesIO(payload))
    for name in held.listdir():
        held.openstream(name).read()


def values(payload: bytes) -> None:
    """Floor of xls: the values alone, by calamine."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(payload))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()


FLOORS: dict[str, Callable[[bytes], None]] = {"docx": unpacked, "xlsx": unpacked, "pdf": letters, "doc": streams, "xls": values}


def milliseconds(call: Callable[[], object]) -> float:
    """CPU milliseconds of one call."""
    began = time.process_time()
    call()
    return 1000 * (time.process_time() - began)


def measure(folder: Path, python: Path, files: int, rounds: int) -> tuple[dict[str, Times], dict[str, str]]:
    """(times by format, why a peer is absent): ours and the peers in turns, each file once."""
    schemas = load_forms(ROOT / "config/campaigns/liaoning-2022/forms", [])
    made = make_files(folder, files + WARM)
    found = {kind: Times() for kind in FORMATS if kind in made}
    absent: dict[str, str] = {}
    for kind in found:
        for path in made[kind][:WARM]:
            if not read(path.read_bytes(), path.name, schemas).forms:
                raise SystemExit(f"no form in {path}")
            FLOORS[kind](path.read_bytes())
    for turn in range(rounds):
        first, last = WARM + turn * files // rounds, WARM + (turn + 1) * files // rounds
        for kind, times in found.items():
            payloads = [(path.name, path.read_bytes()) for path in made[kind][first:last]]
            # One library after the other over all files, as the peers are measured: each has the processor's caches to itself.
            times.ours += [milliseconds(partial(read, payload, name, schemas)) for name, payload in payloads]
            times.document += [milliseconds(partial(bytes_to_document, payload)) for _, payload in payloads]
            times.floor += [milliseconds(partial(FLOORS[kind], payload)) for _, payload in payloads]
        took, missing = ask_peers(python, folder, first, last)
        absent |= missing
        for kind, by_name in took.items():
            for name, more in by_name.items() if kind in found else ():
                found[kind].peers.setdefault(name, []).extend(more)
    return found, absent


def ask_peers(python: Path, folder: Path, first: int, last: int) -> tuple[dict[str, dict[str, list[float]]], dict[str, str]]:
    """(times by format and library, why one is absent), by the Python that has them."""
    if not python.exists():
        return {}, {"all peers": "no .venv-peers (make bench makes it)"}
    command = [str(python), str(ROOT / "benchmarks/reading_peers.py"), str(folder), str(first), str(last)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = run.stdout.strip().splitlines()
    if run.returncode or not lines:
        return {}, {"all peers": run.stderr.strip()[-160:]}
    said = json.loads(lines[-1])
    return said["took"], said["absent"]


def to_row(kind: str, times: Times, absent: dict[str, str]) -> Row:
    """One format's row: medians, the target's ratios and whether each is met."""
    ours = statistics.median(times.ours)
    peers = {name: statistics.median(took) for name, took in times.peers.items()}
    faster, slower = TARGETS[kind]
    wanted, met, said = [], True, []
    if faster:
        name, least = faster
        wanted.append(f"≥ {least:g} × faster than {name}")
        met = met and name in peers and peers[name] / ours >= least
        said.append(f"{peers[name] / ours:.2f} × faster than {name}" if name in peers else f"{name} absent")
    if slower:
        name, most = slower
        wanted.append(f"≤ {most:g} × {name}")
        met = met and name in peers and ours / peers[name] <= most
        said.append(f"{ours / peers[name]:.2f} × {name}" if name in peers else f"{name} absent")
    parts = f"of it the document {statistics.median(times.document):.2f}; minimum {min(times.ours):.2f}"
    lacking = "".join(f"; {name} absent ({why})" for name, why in absent.items() if name == "all peers" or why.startswith(f"{kind}:"))
    note = f"{', '.join(said)}; {parts}; {len(times.ours)} files{lacking}"
    return Row("读件", NAMES[kind], ours, "ms CPU", statistics.median(times.floor), peers, ", ".join(wanted), met, note)


def rows(python: Path = PEERS_PYTHON, files: int = FILES, rounds: int = ROUNDS, folder: Path | None = None) -> list[Row]:
    """Every format that this machine can write; one that it cannot is a row that says so."""
    with tempfile.TemporaryDirectory() as scratch:
        found, absent = measure(folder or Path(scratch), python, files, rounds)
    out = [to_row(kind, times, absent) for kind, times in found.items()]
    for kind in FORMATS:
        if kind not in found:
            out.append(Row("读件", NAMES[kind], float("nan"), "ms CPU", None, {}, "", False, "not measured: LibreOffice is not here to write the files"))
    return out


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a line a format; 1 when a target is missed."""
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("--peers", type=Path, default=PEERS_PYTHON, help="the Python that has the other libraries")
    words.add_argument("--files", type=int, default=FILES)
    words.add_argument("--rounds", type=int, default=ROUNDS)
    words.add_argument("--folder", type=Path, help="where the invented files are written, to look at them")
    said = words.parse_args(arguments)
    found = rows(said.peers, said.files, said.rounds, said.folder)
    for row in found:
        print(row.line())
    return int(not all(row.met for row in found))


if __name__ == "__main__":
    sys.exit(main())
