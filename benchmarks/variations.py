"""Read every change a clerk makes to our forms, in every format, and count: fields, values silently wrong, values unread.

usage: python benchmarks/variations.py [--seeds 1] [--first 1] [--formats docx,xlsx] [--through doc,odt,pdf,xls,ods,sheet.pdf] [--every N] [--only WORDS] [--keep FOLDER] [-v]
`--through` sends the docx through LibreOffice (needs soffice; one start a format). A value is wrong when it is said, differs and is not doubtful, and also when a
box with something in it is called blank. Exit code 1 when a value is wrong (pdf: more than 0.2 %) or more than 0.5 % are unread.
"""

from __future__ import annotations

import argparse
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator

ROOT = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from config.load import load_forms  # noqa: E402
from parsers.read import read  # noqa: E402
from tests.generator.compare import Tally, compare_reading  # noqa: E402
from tests.generator.variations import Paper, every_variation  # noqa: E402

SCHEMAS = load_forms(ROOT / "config/campaigns/liaoning-2022/forms", [])
TARGETS = {"pdf": "pdf", "doc": "doc:MS Word 97", "odt": "odt", "rtf": "rtf", "xls": "xls", "ods": "ods", "sheet.pdf": "pdf"}
OF_WORKBOOKS = ("xlsx", "xls", "ods", "sheet.pdf")
MOST_WRONG, MOST_UNREAD = {"pdf": 0.002, "sheet.pdf": 0.002}, 0.005


def converted(papers: list[Paper], folder: pathlib.Path, to: str) -> Iterator[tuple[Paper, bytes]]:
    """The papers as another format: one soffice call for all files."""
    made = [(paper, paper.printable() if to == "sheet.pdf" else paper.xlsx() if to in OF_WORKBOOKS else paper.docx()) for paper in papers]
    listed = [(paper, payload) for paper, payload in made if payload is not None]
    papers, files = (
        [paper for paper, _ in listed],
        [folder / f"{i:04d}.{'xlsx' if to in OF_WORKBOOKS else 'docx'}" for i in range(len(listed))],
    )
    for file, (_, payload) in zip(files, listed, strict=True):
        file.write_bytes(payload)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    subprocess.run(
        ["soffice", "--headless", profile, "--convert-to", TARGETS[to], "--outdir", str(folder / to), *map(str, files)],
        capture_output=True,
        check=True,
    )
    for file, paper in zip(files, papers, strict=True):
        there = folder / to / f"{file.stem}.{TARGETS[to].partition(':')[0]}"
        if there.exists():
            yield paper, there.read_bytes()


def payloads(papers: list[Paper], fmt: str, folder: pathlib.Path) -> Iterator[tuple[Paper, bytes]]:
    """(paper, file) of every paper that this format can show."""
    if fmt in TARGETS:
        yield from converted(papers, folder, fmt)
        return
    for paper in papers:
        payload = paper.xlsx() if fmt in OF_WORKBOOKS else paper.docx()
        if payload is not None:
            yield paper, payload


def measure(papers: list[Paper], fmt: str, folder: pathlib.Path, *, verbose: bool = False) -> Tally:
    """What reading all of them in one format gives."""
    total = Tally()
    for paper, payload in payloads(papers, fmt, folder):
        tally = compare_reading(read(payload, f"材料.{fmt}", SCHEMAS), [paper.truth])
        if verbose and (tally.wrong or tally.unread):
            print(f"  {fmt} {papers.index(paper):04d} {paper.name}: wrong {tally.wrong} unread {tally.unread}"[:400])
        total += tally
    return total


def main() -> int:
    """Measures and prints one line a format."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--seeds", type=int, default=1)
    words.add_argument("--first", type=int, default=1)
    words.add_argument("--formats", default="docx,xlsx")
    words.add_argument("--through", default="")
    words.add_argument("--every", type=int, default=1, help="only every nth paper of each kind of change")
    words.add_argument("--only", default="", help="only papers whose name holds one of these words, parted by commas")
    words.add_argument("--keep", type=pathlib.Path)
    words.add_argument("-v", action="store_true")
    said = words.parse_args()
    papers = [paper for seed in range(said.first, said.first + said.seeds) for paper in every_variation(seed)]
    wanted = tuple(filter(None, said.only.split(",")))
    papers = [paper for paper in papers[:: said.every] if not wanted or any(word in paper.name for word in wanted)]
    print(f"{len(papers)} papers, {len({p.name for p in papers})} changes")
    bad = False
    with tempfile.TemporaryDirectory() as name:
        folder = said.keep or pathlib.Path(name)
        for fmt in filter(None, [*said.formats.split(","), *said.through.split(",")]):
            tally = measure(papers, fmt, folder, verbose=said.v)
            wrong, unread = len(tally.wrong) / max(tally.fields, 1), len(tally.unread) / max(tally.fields, 1)
            bad = bad or wrong > MOST_WRONG.get(fmt, 0) or unread > MOST_UNREAD
            print(
                f"{fmt:5} {tally.forms:5} forms {tally.fields:7} fields  wrong {len(tally.wrong):4} ({wrong:.3%})  unread {len(tally.unread):4} ({unread:.3%})"
            )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
