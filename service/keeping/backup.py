"""Shell: a consistent copy of the books and of what they are judged by while the service runs, proven sound, and the way back.

A copy counts only when SQLite finds it whole and every kept blob still is what was kept. The way back is checked before anything is moved;
afterwards the books know less than 已发送 does, so every letter waits for staff and is looked up there first.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from intake.books import RESTORED, Ledger, Vault
from service.office import Office
from service.refusals import BackupRefused

NAMES = ("ledger.db", "vault.db")
MANIFEST = "manifest.json"
NAME_OF_COPY = "backup-%Y%m%d-%H%M%S"
DAYS, WEEKS = 14, 8
BEING_MADE, BEING_RESTORED, LEFT_BEHIND = "making-", "restoring-", timedelta(days=1)
"""A copy bears its name only once it is whole: half a one must never be the last of its week, kept while good ones go."""


def copy_database(source: Path, target: Path) -> None:
    """A consistent copy through SQLite's own backup call, checked before it counts; readable by nobody else."""
    try:
        with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(target)) as there:
            here.backup(there)
            verdict = there.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        target.unlink(missing_ok=True)
        raise BackupRefused(f"{source} 已损坏，读不出来（{error}）：请换一份备份，或在 before-restore 文件夹中找原来的账册。") from error
    target.chmod(0o600)
    if verdict != "ok":
        raise BackupRefused(f"{target.name} 复制后检查不通过（{str(verdict)[:200]}），请换一个磁盘或换一份备份再试；原件未动。")


def backup(office: Office, folder: Path, now: datetime) -> Path:
    """Copy books, settings (without secrets) and campaign into a new folder below `folder`, named by the time, with what is damaged named in
    its manifest. The ledger goes first: every letter it names is in the later vault."""
    if not office.ledger_path.exists():
        raise BackupRefused(f"{office.settings.data} 里还没有账册，没有可备份的内容。")
    target = folder / now.strftime(NAME_OF_COPY)
    if target.exists():
        raise BackupRefused(f"{target} 已存在，稍候一秒再试。")
    sweep(folder, BEING_MADE, now)
    making = folder / f"{BEING_MADE}{target.name}"
    making.mkdir(parents=True, mode=0o700)
    for name in NAMES:
        copy_database(office.settings.data / name, making / name)
    copy_rules(office, making)
    with Vault.open(making / "vault.db") as vault:
        damaged = vault.damaged()
    manifest = {"made_at": now.isoformat(), "campaign": office.campaign.key, "damaged": damaged}
    (making / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    return making.rename(target)


def sweep(folder: Path, beginning: str, now: datetime) -> None:
    """Take away what a killed copy or restore left half done a day or more ago: it is no copy, and it holds letters."""
    for path in folder.glob(f"{beginning}*"):
        if now.timestamp() - path.stat().st_mtime > LEFT_BEHIND.total_seconds():
            shutil.rmtree(path, ignore_errors=True)


def copy_rules(office: Office, target: Path) -> None:
    """The settings without their secrets, and the campaign folder: restored books are judged by the same rules."""
    if office.settings.source and office.settings.source.exists():
        text = office.settings.source.read_text(encoding="utf-8")
        kept = re.sub(r"(?m)^(\s*(?:secret|password)\w*\s*=).*$", r'\1 ""  # 备份不含授权码', text)
        (target / "intake.toml").write_text(kept, encoding="utf-8")
    if office.settings.campaign.is_dir():
        shutil.copytree(office.settings.campaign, target / "campaign", ignore=shutil.ignore_patterns("__pycache__"))


def damaged_in(copy: Path) -> tuple[str, ...]:
    """The kept blobs that were damaged when the copy was made; a copy of an earlier release says nothing of it."""
    try:
        return tuple(json.loads((copy / MANIFEST).read_text(encoding="utf-8"))["damaged"])
    except (OSError, ValueError, KeyError):
        return ()


def prune(folder: Path, now: datetime) -> tuple[Path, ...]:
    """Take away the nightly copies nobody needs: kept are those of 14 days, the last of each of 8 weeks, and the first of every month."""
    copies = sorted((moment, path) for path in folder.glob("backup-*") if (moment := _moment(path)))
    weeks = {moment.isocalendar()[:2]: path for moment, path in copies}
    months: dict[tuple[int, int], Path] = {}
    for moment, path in copies:
        months.setdefault((moment.year, moment.month), path)
    today = now.replace(tzinfo=None)
    kept = {path for moment, path in copies if moment >= today - timedelta(days=DAYS)} | set(months.values())
    kept |= {path for moment, path in copies if moment >= today - timedelta(weeks=WEEKS) and weeks[moment.isocalendar()[:2]] == path}
    gone = tuple(path for _, path in copies if path not in kept)
    for path in gone:
        shutil.rmtree(path)
    return gone


def _moment(path: Path) -> datetime | None:
    try:
        return datetime.strptime(path.name, NAME_OF_COPY)  # noqa: DTZ007 - the name says Beijing time without saying so
    except ValueError:
        return None


def restore(office: Office, folder: Path, now: datetime) -> Path | None:
    """Put a backup back; what was there is kept aside, never overwritten. Gives the folder of the old books, None when there were none.

    The copy is brought beside the books and proven first, so a damaged one changes nothing; then the two are swapped.
    """
    lacking = [name for name in NAMES if not (folder / name).exists()]
    if lacking:
        raise BackupRefused(f"{folder} 不是备份文件夹：缺 {'、'.join(lacking)}。请指向 backup-日期-时间 那一层。")
    data, aside = office.settings.data, None
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    sweep(data, BEING_RESTORED, now)
    fresh = data / now.strftime(f"{BEING_RESTORED}%Y%m%d-%H%M%S")
    fresh.mkdir(mode=0o700)
    try:
        bring(folder, fresh, office, now)
        present = [p for name in NAMES for p in data.glob(f"{name}*")]
        if present:
            aside = data / now.strftime("before-restore-%Y%m%d-%H%M%S")
            aside.mkdir(mode=0o700)
            for path in present:
                path.rename(aside / path.name)
        for name in NAMES:
            (fresh / name).rename(data / name)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return aside


def bring(folder: Path, fresh: Path, office: Office, now: datetime) -> None:
    """The copies brought and proven, and everything they owe held for staff: what left since the backup stands only in 已发送."""
    for name in NAMES:
        copy_database(folder / name, fresh / name)
    with Vault.open(fresh / "vault.db") as vault, Ledger.open(fresh / "ledger.db") as ledger:
        known, damaged = set(damaged_in(folder)), vault.damaged()
        if worse := [sha for sha in damaged if sha not in known]:
            raise BackupRefused(f"这份备份中有 {len(worse)} 份原件与登记时不一致，没有恢复，现有账册未动：请换一份备份。")
        hold_everything(ledger, office, now)
    for name in NAMES:  # what was written just now must be in the file itself before it is moved
        with closing(sqlite3.connect(fresh / name)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def hold_everything(ledger: Ledger, office: Office, now: datetime) -> None:
    """After a restore no letter leaves by itself: the waiting ones are held, and the mode is 审核后发 until staff say otherwise."""
    with ledger.immediate():
        for row in ledger.outbox("queued"):
            ledger.mark(row.key, "held", error="账册由备份恢复，这封信可能已经发出：请与“已发送”核对后再批准。")
        if office.as_decided(ledger.decisions()).settings.mode == "automatic":  # by the books brought back, not by those they replace
            ledger.decide("mode", by="恢复备份", at=now, detail={"mode": "approve"}, reason="账册由备份恢复，发信前须与“已发送”核对")
        ledger.note_health(RESTORED, now.isoformat())
