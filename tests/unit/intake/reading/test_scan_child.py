"""The scan engine's own child, killed in the middle of a page: the page is asked once more, and nothing is lost."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import threading
from pathlib import Path

import pytest

pytest.importorskip("rapidocr", reason="the extra `ocr` is not installed")

from config.load import DEFAULT_CAMPAIGN, load_campaign
from intake.reading import Task, read_scan
from intake.reading.engine import SCAN_LIMITS, Child
from intake.reading.sandbox import Sandbox
from parsers.form import Reading
from tests.generator import scans
from tests.generator.documents import summary_blocks
from tests.generator.people import make_head, make_row, make_studio

pytestmark = [
    pytest.mark.ocr,
    pytest.mark.skipif(not scans.find_font(), reason="no Chinese font on this machine (fonts-noto-cjk)"),
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc to see how far the child is"),
]
UNIVERSITY = "大连海事大学"
IN_MID_PAGE = 1.0
"""Seconds of work after which a child that was asked is neither starting nor done."""


class Killed(Sandbox):
    """A child that is killed once, as soon as it has worked at its first page for a while."""

    kills, armed = 0, False

    def _ready(self) -> subprocess.Popen[bytes]:
        child = super()._ready()
        if not self.armed:
            self.armed = True
            threading.Thread(target=self._strike, args=(child.pid, worked(child.pid)), daemon=True).start()
        return child

    def _strike(self, pid: int, before: float) -> None:
        waiting = threading.Event()
        while family := processes(pid):
            if worked(pid) >= before + IN_MID_PAGE:
                self.kills += 1
                os.kill(max(family, key=lambda member: member[1])[0], signal.SIGKILL)  # the one that works: the others only hold it
                return
            waiting.wait(0.05)


def worked(pid: int) -> float:
    """Seconds of work of a process and all it started."""
    return sum(ticks for _, ticks in processes(pid)) / os.sysconf("SC_CLK_TCK")


def processes(pid: int) -> list[tuple[int, int]]:
    """A process and all it started, parents first, each with its ticks of work."""
    seen: dict[int, tuple[int, int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:  # gone meanwhile
            continue
        seen[int(stat.parent.name)] = int(fields[1]), int(fields[11]) + int(fields[12])
    family = [pid] if pid in seen else []
    for member in family:
        family += [other for other, (parent, _) in seen.items() if parent == member]
    return [(member, seen[member][1]) for member in family]


def test_a_child_killed_in_mid_page_loses_nothing() -> None:
    """The page it died at is read by the next child, and so is the page after it."""
    rng = random.Random(3)
    head, row = make_head(rng, UNIVERSITY), make_row(rng, make_studio(rng, UNIVERSITY), 1)
    payload = scans.compressed(scans.drawn(summary_blocks("employee", head, [row]), landscape=True))
    task = Task(
        kind="scan", key=hashlib.sha256(payload).hexdigest(), payload=payload, name="附件2.jpg", forms=load_campaign(DEFAULT_CAMPAIGN).forms
    )
    held = Reading(sha256=task.key, reader="picture", status="image")
    with Child() as engine:
        engine._scans = child = Killed(SCAN_LIMITS)
        readings = [read_scan(task, held, engine) for _ in range(2)]
    assert child.kills == 1
    assert [(r.status, r.forms[0].kind, r.forms[0].rows[0]["studio"].value) for r in readings] == [
        ("read", "summary_table", row["studio"])
    ] * 2
