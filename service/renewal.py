"""Shell: the campaign folder as it is now (批次有改动) - a running service judges by the files of today, or says why it does not."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from config.load import load_campaign
from config.section import ConfigMistakes
from intake.books import CAMPAIGN_REFUSED
from service.office import Office

log = logging.getLogger("intake.campaign")
Stamp = tuple[tuple[str, int, int], ...]


def folder_stamp(folder: Path) -> Stamp:
    """Every file of the folder with its size and time of change."""
    stats = ((path, path.stat()) for path in sorted(folder.rglob("*")) if path.is_file())
    return tuple((str(path.relative_to(folder)), stat.st_size, stat.st_mtime_ns) for path, stat in stats)


class Renewal:
    """更新: hands out the office with the campaign as its folder says now; a broken change is refused and the old one goes on."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._stamp = _stamp_of(office)

    def office(self) -> Office:
        """The office for the next piece of work."""
        stamp = _stamp_of(self._office)
        if stamp != self._stamp:
            self._stamp = stamp
            self._take()
        return self._office

    def _take(self) -> None:
        try:
            campaign = load_campaign(self._office.settings.campaign)
        except (ConfigMistakes, OSError, UnicodeDecodeError) as mistakes:
            log.error("批次文件夹改过，但有错误，没有采用，仍按原来的办：%s", mistakes)
            self._note(f"批次文件夹有错误，仍按改动前的办：{' '.join(str(mistakes).split())[:300]}")
            return
        settings, _ = self._office.filed or (self._office.settings, self._office.campaign)
        self._office = replace(self._office, campaign=campaign, filed=(settings, campaign))
        log.info("批次文件夹有改动，已按新的内容重新核对")
        self._note("")

    def _note(self, text: str) -> None:
        with self._office.books() as (ledger, _):
            ledger.note_health(CAMPAIGN_REFUSED, text)


def _stamp_of(office: Office) -> Stamp:
    try:
        return folder_stamp(office.settings.campaign)
    except OSError:
        return ()
