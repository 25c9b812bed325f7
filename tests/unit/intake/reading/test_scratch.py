"""Working folders of killed rounds go; those of the living, and whatever is not ours, stay."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from intake.reading.scratch_folders import remove_scratch, scratch, scratch_folder, sweep_scratch

LEAVE = "import os, signal\nfrom intake.reading.scratch_folders import scratch_folder\n(scratch_folder('reading') / '身份证.docx').write_bytes(b'x')\nos.kill(os.getpid(), signal.SIGKILL)"


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary things of this test alone."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_what_a_killed_process_left_is_swept_at_the_next_start(room: Path) -> None:
    """Before: every kill left the documents it was reading in /tmp for good."""
    subprocess.run([sys.executable, "-c", LEAVE], env=os.environ | {"TMPDIR": str(room)}, check=False)
    assert len(list(room.iterdir())) == 1
    assert sweep_scratch() == 1
    assert list(room.iterdir()) == []


def test_folders_in_use_and_folders_of_others_stay(room: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (room / "elsewhere").mkdir()
    stay = [f"intake-reading-{os.getppid()}-abcd1234", "intake-convert-abcd1234", f"intake-notes-{gone.pid}-abcd1234", f"intake-reading-{gone.pid}"]
    for name in stay:
        (room / name).mkdir()
    (room / f"intake-export-{gone.pid}-abcd1234").symlink_to(room / "elsewhere")
    (room / f"intake-import-{gone.pid}-abcd1234").write_text("a file")
    before = set(room.iterdir())
    with scratch("convert") as mine:
        assert sweep_scratch() == 0
        assert mine.exists()
    assert set(room.iterdir()) == before


def test_an_earlier_process_of_our_own_number_and_old_unnumbered_folders_go(room: Path) -> None:
    """In a container every service is process 1."""
    (room / f"intake-reading-{os.getpid()}-abcd1234").mkdir()
    (room / "intake-reading-abcd1234").mkdir()
    os.utime(room / "intake-reading-abcd1234", (0, 0))
    held = scratch_folder("reading")
    assert sweep_scratch() == 2
    assert list(room.iterdir()) == [held]
    remove_scratch(held)
    assert list(room.iterdir()) == []
