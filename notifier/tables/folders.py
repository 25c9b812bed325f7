"""Shell: the export (导出) - the three workbooks, a list of files, and one clean folder an institution, all or nothing.

Everything is written beside the wanted folder first and takes its name only when it is whole; a folder that already holds something is
never touched. Folders and files are for their owner alone: the forms hold personal data.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from config.campaign import Campaign
from intake.errors import World
from intake.submission import Assessment, Claim, Received
from notifier.standing import everyone
from notifier.tables.export_plan import UNCLAIMED, PlannedFile, plan_export
from notifier.tables.final_report import final_report_workbook
from notifier.tables.ledger_workbook import make_ledger_workbook
from notifier.tables.merged import merged_workbook
from notifier.workbook import CENTRED, MOMENT, RED, Column, Listing, Marked, add_listing, book_to_bytes, moment_to_cell, new_book

Progress = Callable[[int, int, str], None]

MERGED, LEDGER, REPORT, FILES = "合并汇总表.xlsx", "台账.xlsx", "最终报告.xlsx", "文件清单.xlsx"
LOST = "原件库中没有这份文件，未导出"


class ExportFolderTaken(World):
    """导出目录已有内容: nothing is ever overwritten."""

    sentence = "导出目录里已经有文件，为免覆盖没有导出：请换一个新的目录名，或先把原有内容移走再试。"


class ExportNotWritten(World):
    """导出写不下去: no room, no permission; nothing half-written is left behind."""

    sentence = "导出没有写成（磁盘空间不足，或没有写入权限），没有留下半成品：请腾出空间或换一个目录再试。"


class LedgerToExport(Protocol):
    """台账中导出所需的部分: what the export asks of the ledger."""

    def assessments(self) -> Mapping[str, Assessment]:
        """The assessments by institution name."""
        ...

    def received(self) -> tuple[Received, ...]:
        """Every opened letter."""
        ...

    def claims(self) -> Mapping[str, Claim]:
        """Whose letter each one is."""
        ...


class VaultToExport(Protocol):
    """原件库中导出所需的部分: bytes by their SHA-256."""

    def fetch(self, sha: str) -> bytes:
        """The bytes; raises KeyError when they were never kept."""
        ...


@dataclass(frozen=True, slots=True)
class ExportReport:
    """导出结果: where it stands and how much; `lost` are planned files whose bytes the vault does not hold."""

    folder: Path
    institutions: int
    files: int
    size: int
    lost: tuple[PlannedFile, ...] = ()

    def __str__(self) -> str:
        text = f"已导出到 {self.folder}：{self.institutions}个单位的{self.files}个文件（{self.size / 1e6:.1f} MB），另有{MERGED}、{LEDGER}、{REPORT}、{FILES}。"
        return text + (f"有{len(self.lost)}个文件原件库中没有，未能导出，见{FILES}的备注。" if self.lost else "")


def no_progress(done: int, total: int, what: str) -> None:
    """Nobody is watching."""


def export(  # one argument for each thing the caller wires together
    ledger: LedgerToExport, vault: VaultToExport, campaign: Campaign, folder: Path, now: datetime, progress: Progress = no_progress
) -> ExportReport:
    """Export into a new or empty folder; raises ExportFolderTaken or ExportNotWritten, and then leaves everything as it was."""
    with _all_or_nothing(folder) as workshop:
        assessments = ledger.assessments()
        files = plan_export(everyone(assessments, campaign), ledger.received(), ledger.claims(), campaign)
        workbooks: tuple[tuple[str, Callable[[], bytes]], ...] = (
            (MERGED, lambda: merged_workbook(assessments, campaign)),
            (LEDGER, lambda: make_ledger_workbook(assessments, campaign, now)),
            (REPORT, lambda: final_report_workbook(assessments, campaign, now)),
        )
        total = len(workbooks) + len(files) + 1
        for done, (name, compose) in enumerate(workbooks, start=1):
            progress(done, total, name)
            _keep_file(workshop / name, compose())
        report = _write_files(workshop, files, vault, lambda done, what: progress(len(workbooks) + done, total, what))
        progress(total, total, FILES)
        _keep_file(workshop / FILES, files_workbook(files, report.lost, campaign))
    return replace(report, folder=folder)


def _write_files(workshop: Path, files: Sequence[PlannedFile], vault: VaultToExport, tell: Callable[[int, str], None]) -> ExportReport:
    """Every planned file from the vault to its place; what the vault lacks is remembered and reported."""
    lost, size = [], 0
    for done, planned in enumerate(files, start=1):
        tell(done, "/".join(planned.path))
        try:
            payload = vault.fetch(planned.sha256)
        except KeyError:
            lost.append(planned)
            continue
        _keep_file(workshop.joinpath(*planned.path), payload)
        size += len(payload)
    institutions = len({planned.institution for planned in files} - {UNCLAIMED})
    return ExportReport(workshop, institutions, len(files) - len(lost), size, tuple(lost))


def _refuse_taken(folder: Path) -> None:
    """Raise ExportFolderTaken unless the folder is absent or empty."""
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise ExportFolderTaken(folder.name)


@contextmanager
def _all_or_nothing(folder: Path) -> Iterator[Path]:
    """A folder beside the wanted one that takes its name at the end; on any error it is gone again."""
    workshop = None
    try:
        _refuse_taken(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        workshop = Path(tempfile.mkdtemp(prefix=f".{folder.name[:20]}-", suffix=".partial", dir=folder.parent))
        yield workshop
        if folder.exists():
            folder.rmdir()
        workshop.rename(folder)
        workshop = None
    except OSError as error:
        raise ExportNotWritten(error.strerror or type(error).__name__) from error
    finally:
        if workshop is not None:
            shutil.rmtree(workshop, ignore_errors=True)


def _keep_file(path: Path, payload: bytes) -> None:
    """One new file, readable by its owner alone; an existing one is an error of ours."""
    _make_folder(path.parent)
    with path.open("xb") as target:
        path.chmod(0o600)
        target.write(payload)


def _make_folder(folder: Path) -> None:
    """The folder and those above it, each for its owner alone (`parents=True` would leave those above open)."""
    if not folder.exists():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700)


def files_workbook(files: Sequence[PlannedFile], lost: Sequence[PlannedFile], campaign: Campaign) -> bytes:
    """文件清单.xlsx: where every file went, under which name it came, when, and its SHA-256."""
    columns = (
        Column("序号", 6, CENTRED),
        Column("单位", 22),
        Column("工作室", 24),
        Column("材料", 20),
        Column("导出位置", 50),
        Column("原文件名", 44),
        Column("收到时间", 20, MOMENT),
        Column("校验码（SHA-256）", 34),
        Column("备注", 18),
    )
    missing = {planned.path for planned in lost}
    rows = [
        (
            number,
            planned.institution,
            planned.studio,
            planned.what,
            "/".join(planned.path),
            planned.original,
            moment_to_cell(planned.received_at, campaign.zone),
            planned.sha256,
            Marked(LOST, RED) if planned.path in missing else "",
        )
        for number, planned in enumerate(files, start=1)
    ]
    book = new_book()
    add_listing(book, Listing(name="文件清单", title="导出文件清单", columns=columns, rows=rows, remark=f"{campaign.title}。", frozen=2))
    return book_to_bytes(book)
