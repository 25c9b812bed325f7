"""Shell: the office as its files say now - opened again when intake.toml, the secret or the campaign folder changed, so that nobody restarts."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from config.section import ConfigMistakes
from service.office import SETTINGS_FILE, Office, open_office

log = logging.getLogger("intake.desk")
LOOK_EVERY = 1.0
Stamp = tuple[tuple[str, int, int], ...]


class Premises:
    """办公室: hands out the office; a change that cannot be read is logged once and the office of before goes on."""

    def __init__(self, config: Path | None, now: datetime | None = None, opened: Callable[[], Office] | None = None) -> None:
        self.path = config or SETTINGS_FILE
        self._open = opened or (lambda: open_office(self.path if self.path.exists() else None, now))
        self._lock = threading.Lock()
        self._looked = 0.0
        self._office = self._open()
        self._stamp = self._now_on_disk()
        self.mistakes = ""

    def office(self) -> Office:
        """The office, opened anew when a file of it changed; the disk is asked at most once a second."""
        if time.monotonic() - self._looked < LOOK_EVERY:
            return self._office
        stamp, self._looked = self._now_on_disk(), time.monotonic()
        if stamp != self._stamp:
            with self._lock:
                self._stamp = stamp
                self._reopen()
        return self._office

    def look_again(self) -> None:
        """Something of ours was just written: the next request reads it."""
        self._looked = 0.0

    def _reopen(self) -> None:
        try:
            self._office, self.mistakes = self._open(), ""
        except ConfigMistakes as error:
            self.mistakes = str(error)
            log.warning("设置或批次文件改错了，仍按原来的办：%s", error)

    def _now_on_disk(self) -> Stamp:
        return tuple(_facts(path) for path in self._files())

    def _files(self) -> Iterator[Path]:
        yield self.path
        yield self.path.parent / "secret.txt"
        yield from sorted(p for p in self._office.settings.campaign.rglob("*") if p.is_file())


def _facts(path: Path) -> tuple[str, int, int]:
    try:
        found = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), found.st_mtime_ns, found.st_size
