"""Shell: LibreOffice as last resort - RTF, Word 6/95 and what our own readers refuse become .docx or .xlsx (traps 20 to 22).

It is the only program started for documents: in the same jail as our readers (no network, nothing of ours to see), own profile, no macros,
limits of memory, CPU, files and time, and success only when the wanted file is really there (its exit code says 0 even when it failed).
What our readers refused as hostile or too large never comes here (intake/belt/read_station.py).
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import signal
import subprocess
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from intake.errors import ConversionFailed
from intake.reading.jail import Bounds, Jail, find_jail, python_folders, start
from intake.reading.scratch_folders import scratch
from parsers.formats.sniff import Kind, payload_to_kind

Target = Literal["docx", "xlsx"]
_PROGRAMS = ("soffice", "libreoffice")
_SUFFIXES: dict[Kind, str] = {
    "rtf": ".rtf", "doc": ".doc", "docx": ".docx", "odt": ".odt", "html": ".html", "mht": ".mht", "wordxml": ".xml", "text": ".txt",
    "xls": ".xls", "xlsx": ".xlsx", "xlsb": ".xlsb", "ods": ".ods", "sheetxml": ".xml", "ole": ".doc",
}  # fmt: skip
_SHEETS: frozenset[Kind] = frozenset(("xls", "xlsx", "xlsb", "ods", "sheetxml"))
_FILTERS: dict[Target, str] = {"docx": "docx:MS Word 2007 XML", "xlsx": "xlsx:Calc MS Excel 2007 XML"}
_LARGEST = 64 << 20
_SCRATCH = 512 << 20
_BOUNDS = Bounds(memory=3 << 30, written=128 << 20, open_files=1024, cpu_seconds=120, processes=128)
_SCRIPT = """cat > "$1"; mkdir -p profile/user; printf %s "$3" > profile/user/registrymodifications.xcu; made="$2"; shift 3
"$@" >/dev/null 2>&1 </dev/null; cat "$made" """
# A profile that runs no macro and follows no link; written anew for each file, so that nothing passes from one to the next.
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update"><prop oor:name="Link"><value>1</value></prop></item>
</oor:items>
"""


@dataclass(frozen=True, slots=True)
class LibreOffice:
    """An installed LibreOffice; `timeout` in seconds holds for each file."""

    program: str
    timeout: float = 90.0
    jail: Jail | None = None

    @classmethod
    def find(cls) -> LibreOffice | None:
        """The LibreOffice of this machine, None when none is installed: old formats then wait for a person."""
        found = next((path for name in _PROGRAMS if (path := shutil.which(name))), None)
        return cls(found) if found else None

    def convert(self, payload: bytes, name: str = "", to: Target | None = None) -> tuple[bytes, str]:
        """(the converted file, its name); workbooks become .xlsx and all else .docx unless `to` says so; ConversionFailed when it cannot."""
        kind = payload_to_kind(payload)
        suffix = _SUFFIXES.get(kind)
        if suffix is None:  # an empty file would become a valid empty .docx (trap 20)
            raise ConversionFailed(f"nothing to convert in a file of kind {kind}")
        wanted: Target = to or ("xlsx" if kind in _SHEETS else "docx")
        with scratch("convert") as folder:
            result = self._run(folder, payload, suffix, wanted)
        return result, f"{Path(name).stem or 'converted'}.{wanted}"

    def _run(self, folder: Path, payload: bytes, suffix: str, wanted: Target) -> bytes:
        """The converted bytes: the file goes in and comes out by pipe, so that nothing of ours need be open to the program."""
        process = self._start(folder, f"source{suffix}", wanted)
        try:
            result, _ = process.communicate(payload, self.timeout)
        except subprocess.TimeoutExpired:
            raise ConversionFailed(f"no answer after {self.timeout:.0f} s") from None
        except OSError as error:
            raise ConversionFailed(str(error)) from error
        finally:
            _end_group(process)
        if not result or len(result) > _LARGEST:
            raise ConversionFailed("no output file")
        if not zipfile.is_zipfile(io.BytesIO(result)):
            raise ConversionFailed("the output file is damaged")
        return result

    def _start(self, folder: Path, source: str, wanted: Target) -> subprocess.Popen[bytes]:
        made = f"out/source.{wanted}"
        inner = [
            "/bin/sh", "-c", _SCRIPT, "convert", source, made, _PROFILE,
            self.program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore", "--nolockcheck", "--nodefault",
            *(["--writer"] if source.endswith((".html", ".mht", ".txt")) and wanted == "docx" else []),
            "--convert-to", _FILTERS[wanted], "--outdir", "out", source,
        ]  # fmt: skip
        # Its parts check that they own their profile, so it keeps its user; what it may see and reach is the same.
        jail = self.jail or replace(find_jail(), as_nobody=False)
        readable = (*python_folders(), Path(self.program).resolve().parent.parent)
        command = jail.command(inner, folder, _BOUNDS, scratch=_SCRATCH, readable=readable)
        environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LANG": "C.UTF-8", "TMPDIR": str(folder)}
        try:
            return start(  # a fixed program on a file name of our own making
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                cwd=folder,
                start_new_session=True,
            )
        except OSError as error:
            raise ConversionFailed(str(error)) from error


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Ends the whole group: the launcher's child is the one that works."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
