"""Read random forms in every format and count: fields, wrong values, unread values.

usage: python benchmarks/forms.py [--count 500] [--first 0] [--formats docx,xlsx,html,odt] [--through doc,pdf,odt,rtf] [-v]
`--through` sends the docx through LibreOffice first (slow; needs soffice). A value is wrong when it is said and differs, unread when it
should have been said and was not (or is marked doubtful). Exit code 1 when a value is wrong or more than 0.5 % are unread.
"""

from __future__ import annotations

import argparse
import collections
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from config.load import load_forms  # noqa: E402
from parsers.read import read  # noqa: E402
from tests.generator.compare import Tally, compare_reading  # noqa: E402
from tests.generator.layouts import Made, random_form  # noqa: E402

SCHEMAS = load_forms(ROOT / "config/campaigns/liaoning-2022/forms", [])


def convert(folder: pathlib.Path, files: list[pathlib.Path], to: str) -> None:
    """One soffice call for all files (documents.md trap 22)."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    target = {"pdf": "pdf", "doc": "doc:MS Word 97", "odt": "odt", "rtf": "rtf", "xls": "xls", "ods": "ods"}[to]
    subprocess.run(
        ["soffice", "--headless", profile, "--convert-to", target, "--outdir", str(folder / to), *map(str, files)],
        capture_output=True,
        check=True,
    )


def makes(first: int, count: int, formats: list[str], through: list[str]) -> list[Made]:
    """The forms, those that go through LibreOffice converted."""
    forms = [random_form(seed, fmt) for seed in range(first, first + count) for fmt in formats]
    if through:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            plain = [random_form(seed, "docx") for seed in range(first, first + count)]
            files = [folder / f"{i}.docx" for i in range(len(plain))]
            for file, made in zip(files, plain, strict=True):
                file.write_bytes(made.payload)
            for to in through:
                convert(folder, files, to)
                for file, made in zip(files, plain, strict=True):
                    there = folder / to / f"{file.stem}.{to}"
                    if there.exists():
                        forms.append(Made(there.read_bytes(), to, made.kind, made.truth, made.dice, made.name))
    return forms


def main() -> None:
    """Reads them all and prints a row per format."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--formats", default="docx,xlsx,html,odt")
    parser.add_argument("--through", default="")
    parser.add_argument("-v", action="store_true")
    options = parser.parse_args()
    by: dict[str, Tally] = collections.defaultdict(Tally)
    spent: dict[str, list[float]] = collections.defaultdict(list)
    for made in makes(
        options.first, options.count, [f for f in options.formats.split(",") if f], [f for f in options.through.split(",") if f]
    ):
        began = time.perf_counter()
        reading = read(made.payload, f"{made.name}.{made.format}", SCHEMAS)
        spent[made.format].append(time.perf_counter() - began)
        tally = compare_reading(reading, made.truth)
        by[made.format] += tally
        if options.v and (tally.wrong or tally.unread):
            print(made.dice["seed"], made.format, made.dice, "\n   wrong ", tally.wrong[:6], "\n   unread", tally.unread[:6])
    for fmt, tally in sorted(by.items()):
        median = sorted(spent[fmt])[len(spent[fmt]) // 2] * 1000
        print(
            f"{fmt:5} {tally.forms} forms {tally.fields} fields wrong {len(tally.wrong)} unread {len(tally.unread)} median {median:.1f} ms"
        )
    total = sum(by.values(), Tally())
    sys.exit(bool(total.wrong) or len(total.unread) > 0.005 * total.fields)


if __name__ == "__main__":
    main()
