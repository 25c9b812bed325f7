"""Invented forms to measure the reading of: a filled 附件4 as docx, doc and pdf, a filled 附件2 as xlsx and xls, none of them twice.

What has no writer of ours is converted by LibreOffice, one start a format; without it those formats are left out.
"""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.generator.documents import basic_info_docx, summary_xlsx
from tests.generator.people import make_head, make_row, make_studio

SCHOOL = "云栖示例大学"
CONVERTED = {"doc": ("docx", "doc:MS Word 97"), "pdf": ("docx", "pdf"), "xls": ("xlsx", "xls")}
FORMATS = ("docx", "xlsx", "pdf", "doc", "xls")


def make_files(folder: Path, count: int) -> dict[str, list[Path]]:
    """`count` forms a format, by format; a format that this machine cannot write is absent."""
    for name in FORMATS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    for seed in range(count):
        for name, payload in _written(random.Random(seed)):
            (folder / name / f"{seed:03d}.{name}").write_bytes(payload)
    office = shutil.which("soffice")
    for name, (source, wanted) in CONVERTED.items() if office else ():
        files = [str(path) for path in sorted((folder / source).iterdir())]
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = [str(office), "--headless", profile, "--convert-to", wanted, "--outdir", str(folder / name), *files]
        subprocess.run(command, capture_output=True, check=False)
    made = {name: sorted((folder / name).iterdir()) for name in FORMATS}
    return {name: files for name, files in made.items() if len(files) == count}


def _written(rng: random.Random) -> Iterator[tuple[str, bytes]]:
    studios = [make_studio(rng, SCHOOL) for _ in range(4)]
    yield "docx", basic_info_docx(studios[0])
    yield "xlsx", summary_xlsx("employee", make_head(rng, SCHOOL), [make_row(rng, studio, i + 1) for i, studio in enumerate(studios)])
