"""Shell: a consistent copy of the ledger and the vault while the service runs, and the way back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from service.office import Office

NAMES = ("ledger.db", "vault.db")


class BackupRefused(Exception):
    """A copy or a way back that would lose something; the sentence names the cure."""


def copy_database(source: Path, target: Path) -> None:
    """A consistent copy through SQLite's own backup call, checked before it counts; readable by nobody else."""
    with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(target)) as there:
        here.backup(there)
        verdict = there.execute("PRAGMA integrity_check").fetchone()[0]
    target.chmod(0o600)
    if verdict != "ok":
        raise BackupRefused(f"{target.name} 复制后检查不通过（{verdict}），请换一个磁盘再试；原文件未动。")


def backup(office: Office, folder: Path, now: datetime) -> Path:
    """Copy both books into a new folder below `folder`, named by the time. The ledger goes first: every letter it names is in the later vault."""
    if not office.ledger_path.exists():
        raise BackupRefused(f"{office.settings.data} 里还没有账册，没有可备份的内容。")
    target = folder / now.strftime("backup-%Y%m%d-%H%M%S")
    if target.exists():
        raise BackupRefused(f"{target} 已存在，稍候一秒再试。")
    target.mkdir(parents=True, mode=0o700)
    for name in NAMES:
        copy_database(office.settings.data / name, target / name)
    return target


def restore(office: Office, folder: Path, now: datetime) -> Path | None:
    """Put a backup back; what was there is kept aside, never overwritten. Gives the folder of the old books, None when there were none."""
    lacking = [name for name in NAMES if not (folder / name).exists()]
    if lacking:
        raise BackupRefused(f"{folder} 不是备份文件夹：缺 {'、'.join(lacking)}。请指向 backup-日期-时间 那一层。")
    data, aside = office.settings.data, None
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    present = [p for name in NAMES for p in data.glob(f"{name}*")]
    if present:
        aside = data / now.strftime("before-restore-%Y%m%d-%H%M%S")
        aside.mkdir(mode=0o700)
        for path in present:
            path.rename(aside / path.name)
    for name in NAMES:
        copy_database(folder / name, data / name)
    return aside
