"""Shell: letting go of what need not be kept any longer (到期清理) - after the archive date, and only once everything was handed over.

The letters hold personal data; when the year's papers are archived, the office keeps the export and no second copy in a running program.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from notifier.tables import export as export_folders
from service.keeping.backup import NAMES, backup, damaged_in
from service.office import Office
from service.refusals import BackupRefused

HELD = (*(f"{name}*" for name in NAMES), "before-restore-*", "restoring-*", "backups", "desk.db*", "log")
"""What in the data folder holds letters or pictures of them."""


@dataclass(frozen=True, slots=True)
class Purged:
    """清理结果: where everything was handed over to, what was taken away, and the nightly copies that lie elsewhere and still hold everything."""

    export: Path
    copy: Path
    removed: tuple[Path, ...]
    left: tuple[Path, ...] = ()


def purge(office: Office, folder: Path, now: datetime) -> Purged:
    """Export and back up into `folder`, prove both, then remove everything that holds letters from the data folder: books (also set
    aside, half restored or copied there), logs, and the desk's own book with its pictures of pages.

    Raises BackupRefused before the archive date, without one, and when anything to be handed over is lost or damaged.
    """
    day = office.settings.archive
    if day is None:
        raise BackupRefused("没有设置归档日期：请在 intake.toml 写 archive = 年-月-日，到期后再清理。")
    if now.astimezone(office.campaign.zone).date() < day:
        raise BackupRefused(f"归档日期（{day}）还没有到，没有清理。")
    data = office.settings.data
    if folder.resolve().is_relative_to(data.resolve()):
        raise BackupRefused(f"请导出到 {data} 以外的文件夹：清理会删去其中的内容。")
    with office.books() as (ledger, vault):
        report = export_folders(ledger, vault, office.campaign, folder / "export", now)
    if report.lost:
        raise BackupRefused(f"有 {len(report.lost)} 份原件导不出来，没有清理：请先运行 intake doctor。")
    copy = backup(office, folder, now)
    if damaged := damaged_in(copy):
        raise BackupRefused(f"有 {len(damaged)} 份原件与登记时不一致，没有清理：请先运行 intake doctor。")
    gone = [path for name in HELD for path in sorted(data.glob(name))]
    for path in gone:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    elsewhere = office.settings.backup
    left = tuple(sorted(elsewhere.glob("backup-*"))) if elsewhere and elsewhere.is_dir() else ()
    return Purged(report.folder, copy, tuple(gone), tuple(path for path in left if path != copy))
