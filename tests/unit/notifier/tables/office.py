"""LibreOffice as a second pair of eyes; tests that need it are skipped by name where it is not installed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

SOFFICE = shutil.which("soffice")
needs_libreoffice = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")


def converted(folder: Path, files: Mapping[str, bytes], to: str) -> dict[str, bytes]:
    """The files as LibreOffice saves them in another format, by their stems; it must not have failed on any."""
    source, target = folder / "before", folder / f"as-{to}"
    source.mkdir(exist_ok=True)
    for name, payload in files.items():
        (source / name).write_bytes(payload)
    command = [
        str(SOFFICE),
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        to,
        "--outdir",
        str(target),
    ]
    subprocess.run([*command, *(str(source / name) for name in files)], capture_output=True, timeout=120, check=True)
    return {Path(name).stem: (target / f"{Path(name).stem}.{to}").read_bytes() for name in files}
