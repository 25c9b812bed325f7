"""Shell: working folders (工作目录) - made with our process number in their names, and swept when the process that made them is gone.

What a killed round leaves lies in the system's folder for such things and holds other people's files. Only folders of our own naming and
our own user are touched, and none of a process that still lives.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OURS = re.compile(r"intake-(?:reading|convert|rebuild|export|import)-(?:(\d{1,10})-)?\w{8}")
_UNNUMBERED_SECONDS = 24 * 3600
"""Folders of earlier versions bear no process number: these go by age."""
_made: set[str] = set()


def scratch_folder(kind: str) -> Path:
    """A new empty working folder of this process, for its user alone; whoever asks for it removes it."""
    folder = tempfile.mkdtemp(prefix=f"intake-{kind}-{os.getpid()}-")
    _made.add(folder)
    return Path(folder)


def remove_scratch(folder: Path) -> None:
    """Away with a working folder that was made here, and with no other."""
    if str(folder) in _made:
        shutil.rmtree(folder, ignore_errors=True)
        _made.discard(str(folder))


@contextmanager
def scratch(kind: str) -> Iterator[Path]:
    """A working folder for the length of a piece of work."""
    folder = scratch_folder(kind)
    try:
        yield folder
    finally:
        remove_scratch(folder)


def sweep_scratch() -> int:
    """Remove the working folders whose process was killed, also those of an earlier process of our own number; gives how many went."""
    root = Path(tempfile.gettempdir())
    left = [path for path in root.glob("intake-*") if _is_left_behind(path)]
    for path in left:
        shutil.rmtree(path, ignore_errors=True)
    return sum(not path.exists() for path in left)


def _is_left_behind(path: Path) -> bool:
    named = _OURS.fullmatch(path.name)
    try:
        found = path.lstat()
        if named is None or path.is_symlink() or not path.is_dir() or found.st_uid != os.geteuid():
            return False
        if named[1] is None:
            return time.time() - found.st_mtime > _UNNUMBERED_SECONDS
        return str(path) not in _made if int(named[1]) == os.getpid() else not _lives(int(named[1]))
    except OSError:
        return False


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
