"""The export: the whole tree, every byte of it, and what happens when it cannot be written."""

from __future__ import annotations

import io
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from intake.books.vault import Vault
from intake.message import Attachment
from intake.submission import Assessment, Claim, Material, Received, Version
from notifier.tables.folders import ExportFolderTaken, ExportNotWritten, export
from parsers.form import SUMMARY_TABLE, Form, Value
from tests.unit.notifier.tables.builders import CAMPAIGN, FIRST, NOW, assessment, letter, sha, state, studio, version


@dataclass
class Records:
    """The ledger's part in the export."""

    held: Mapping[str, Assessment]
    unclaimed: tuple[Received, ...] = ()
    missing: set[str] = field(default_factory=set)

    def assessments(self) -> Mapping[str, Assessment]:
        return self.held

    def received(self) -> tuple[Received, ...]:
        return (*(item for a in self.held.values() for item in a.submission.letters), *self.unclaimed)

    def claims(self) -> Mapping[str, Claim]:
        known = {item.sha256: Claim(name) for name, a in self.held.items() for item in a.submission.letters}
        return known | {item.sha256: Claim(None) for item in self.unclaimed}


def leaf(name: str, **others: object) -> Attachment:
    """A leaf whose bytes are its name."""
    return Attachment(name, (name,), len(name), sha(name), **others)  # type: ignore[arg-type]


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    """A real vault that holds the bytes of every invented file."""
    names = [
        "附件1.xlsx",
        "附件1旧.xlsx",
        "表.docx",
        "表更正.docx",
        "材料.docx",
        "扫描.pdf",
        "证书.jpg",
        "加密.zip",
        "logo.png",
        "不要.docx",
        "附表.xlsx",
        "../../出逃.docx",
        "a\u202excod.exe",
        "钱七表.docx",
        "CON",
    ]
    with Vault.open(tmp_path / "vault.sqlite") as opened:
        opened.keep_all(n.encode() for n in names)
        yield opened


def file(name: str, number: int = 1, **others: Any) -> Version:
    """A version whose attachment is `name`."""
    return replace(version(name, number, **others), attachment=sha(name))


def one_of_everything() -> dict[str, Assessment]:
    """An institution that sent something of every kind."""
    summary = Form(kind=SUMMARY_TABLE, fields={"category": Value("", "model_worker")})
    new, old = file("附件1.xlsx", 2, form=summary), file("附件1旧.xlsx", 1, form=summary)
    form = state(file("表.docx"), file("表更正.docx", 2, received_at=FIRST + timedelta(days=1), annexes=(sha("附表.xlsx"),)))
    scan = file("扫描.pdf", status="received_unread")
    first = replace(
        studio("张三/劳模创新工作室", "张三"),
        materials={Material.SUMMARY_ROW: state(new), Material.BASIC_INFO: form, Material.NARRATIVE: state(scan)},
    )
    gone = replace(studio("钱七创新工作室", "钱七", withdrawn=True), materials={Material.BASIC_INFO: state(file("钱七表.docx"))})
    leaves = [
        leaf(n)
        for n in (
            "附件1旧.xlsx",
            "附件1.xlsx",
            "表.docx",
            "表更正.docx",
            "附表.xlsx",
            "扫描.pdf",
            "证书.jpg",
            "不要.docx",
            "钱七表.docx",
            "../../出逃.docx",
            "a\u202excod.exe",
        )
    ]
    leaves += [leaf("加密.zip", problem="encrypted"), leaf("logo.png", inline=True), replace(leaf("证书.jpg"), name="证书(重复).jpg")]
    sent = letter()
    sent = replace(sent, message=replace(sent.message, attachments=tuple(leaves)))
    return {
        "东山大学": assessment(
            "东山大学",
            first,
            gone,
            letters=(sent,),
            summaries={"model_worker": new},
            summary_versions=(old, new),
            unread=(scan,),
            excluded=(sha("不要.docx"),),
        )
    }


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder with its text; workbooks by name alone."""
    return {
        str(p.relative_to(folder)): "" if len(p.relative_to(folder).parts) == 1 else p.read_text(encoding="utf-8")
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def test_the_export_is_this_tree_and_nothing_else(tmp_path: Path, vault: Vault) -> None:
    unclaimed = letter(FIRST + timedelta(hours=1), "../医大工会 材料", files=())
    unclaimed = replace(
        unclaimed, message=replace(unclaimed.message, attachments=(leaf("CON"), leaf("表.docx"), leaf("logo.png", inline=True)))
    )
    report = export(Records(one_of_everything(), (unclaimed,)), vault, CAMPAIGN, tmp_path / "导出", NOW)
    assert tree(tmp_path / "导出") == {
        "合并汇总表.xlsx": "",
        "台账.xlsx": "",
        "最终报告.xlsx": "",
        "文件清单.xlsx": "",
        "东山大学/附件1_劳模创新工作室推荐汇总表_v2.xlsx": "附件1.xlsx",
        "东山大学/历史版本/附件1_劳模创新工作室推荐汇总表_v1.xlsx": "附件1旧.xlsx",
        "东山大学/01_张三_劳模创新工作室/基本情况表_v2.docx": "表更正.docx",
        "东山大学/01_张三_劳模创新工作室/基本情况表_v2_附表1.xlsx": "附表.xlsx",
        "东山大学/01_张三_劳模创新工作室/历史版本/基本情况表_v1.docx": "表.docx",
        "东山大学/待人工查看/01_张三_劳模创新工作室_申报材料_v1.pdf": "扫描.pdf",
        "东山大学/待人工查看/加密.zip": "加密.zip",
        "东山大学/不再推荐/02_钱七创新工作室/基本情况表_v1.docx": "钱七表.docx",
        "东山大学/其他材料/证书.jpg": "证书.jpg",
        "东山大学/其他材料/___出逃.docx": "../../出逃.docx",
        "东山大学/其他材料/axcod.exe.请勿打开": "a\u202excod.exe",
        "东山大学/已剔除/不要.docx": "不要.docx",
        "待认领/20220729-1642___医大工会 材料/_CON": "CON",
        "待认领/20220729-1642___医大工会 材料/表.docx": "表.docx",
    }
    assert (report.files, report.lost, report.folder) == (14, (), tmp_path / "导出")
    assert "1个单位的14个文件" in str(report)


def test_files_and_folders_are_for_their_owner_alone(tmp_path: Path, vault: Vault) -> None:
    export(Records(one_of_everything()), vault, CAMPAIGN, tmp_path / "导出", NOW)
    modes = {stat.S_IMODE(p.stat().st_mode) & 0o077 for p in [tmp_path / "导出", *(tmp_path / "导出").rglob("*")]}
    assert modes == {0}


def test_the_list_of_files_leads_back_to_the_original_name_and_hash(tmp_path: Path, vault: Vault) -> None:
    export(Records(one_of_everything()), vault, CAMPAIGN, tmp_path / "导出", NOW)
    sheet = openpyxl.load_workbook(tmp_path / "导出" / "文件清单.xlsx").worksheets[0]
    rows = {r[4]: r for r in sheet.iter_rows(min_row=4, values_only=True)}
    found = rows["东山大学/01_张三_劳模创新工作室/基本情况表_v2.docx"]
    assert (*found[1:4], found[5], found[7]) == ("东山大学", "张三/劳模创新工作室", "基本情况表", "表更正.docx", sha("表更正.docx"))
    assert len(rows) == 12


def test_bytes_the_vault_does_not_hold_are_reported_and_nothing_else_is_lost(tmp_path: Path, vault: Vault) -> None:
    held = one_of_everything()
    sent = held["东山大学"].submission.letters[0]
    more = replace(sent, message=replace(sent.message, attachments=(*sent.message.attachments, leaf("没存过.docx"))))
    given = replace(held["东山大学"], submission=replace(held["东山大学"].submission, letters=(more,)))
    report = export(Records({"东山大学": given}), vault, CAMPAIGN, tmp_path / "导出", NOW)
    assert [p.original for p in report.lost] == ["没存过.docx"]
    assert report.files == 12
    sheet = openpyxl.load_workbook(tmp_path / "导出" / "文件清单.xlsx").worksheets[0]
    assert [r[8] for r in sheet.iter_rows(min_row=4, values_only=True) if r[8]] == ["原件库中没有这份文件，未导出"]


def test_a_folder_that_holds_anything_is_refused_and_left_alone(tmp_path: Path, vault: Vault) -> None:
    folder = tmp_path / "导出"
    folder.mkdir()
    (folder / "我的笔记.txt").write_text("重要")
    with pytest.raises(ExportFolderTaken, match="换一个新的目录名"):
        export(Records(one_of_everything()), vault, CAMPAIGN, folder, NOW)
    assert tree(folder) == {"我的笔记.txt": ""}
    assert (folder / "我的笔记.txt").read_text() == "重要"


def test_a_file_or_a_link_in_the_place_of_the_folder_is_refused(tmp_path: Path, vault: Vault) -> None:
    (tmp_path / "文件").write_text("x")
    (tmp_path / "外面").mkdir()
    (tmp_path / "链接").symlink_to(tmp_path / "外面")
    for name in ("文件", "链接"):
        with pytest.raises(ExportFolderTaken):
            export(Records({}), vault, CAMPAIGN, tmp_path / name, NOW)


def test_an_empty_folder_and_one_that_does_not_exist_yet_are_both_good(tmp_path: Path, vault: Vault) -> None:
    (tmp_path / "空").mkdir()
    for folder in (tmp_path / "空", tmp_path / "新" / "下级"):
        export(Records(one_of_everything()), vault, CAMPAIGN, folder, NOW)
        assert (folder / "合并汇总表.xlsx").exists()


def test_an_export_that_breaks_off_leaves_nothing_behind(tmp_path: Path, vault: Vault) -> None:
    def full(done: int, total: int, what: str) -> None:
        if done == 6:
            raise OSError(28, "No space left on device")

    with pytest.raises(ExportNotWritten, match="磁盘空间不足"):
        export(Records(one_of_everything()), vault, CAMPAIGN, tmp_path / "出" / "导出", NOW, full)
    assert list((tmp_path / "出").iterdir()) == []


def test_our_own_mistake_leaves_nothing_behind_either(tmp_path: Path, vault: Vault) -> None:
    def wrong(done: int, total: int, what: str) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        export(Records({}), vault, CAMPAIGN, tmp_path / "出" / "导出", NOW, wrong)
    assert list((tmp_path / "出").iterdir()) == []


def test_progress_counts_every_file_up_to_the_whole(tmp_path: Path, vault: Vault) -> None:
    told: list[tuple[int, int]] = []
    export(Records(one_of_everything()), vault, CAMPAIGN, tmp_path / "导出", NOW, lambda done, total, what: told.append((done, total)))
    assert told == [(n, 16) for n in range(1, 17)]


def test_two_institutions_and_two_studios_of_one_name_do_not_mix(tmp_path: Path, vault: Vault) -> None:
    twin = replace(studio("同名工作室", "甲"), materials={Material.BASIC_INFO: state(file("表.docx"))})
    sent = replace(letter(), message=replace(letter().message, attachments=()))
    held = {
        "东山大学": assessment("东山大学", twin, twin, letters=(sent,)),
        "东山/大学": assessment("东山/大学", twin, letters=(sent,)),
        "东山:大学": assessment("东山:大学", letters=(replace(sent, message=replace(sent.message, attachments=(leaf("表.docx"),))),)),
    }
    export(Records(held), vault, CAMPAIGN, tmp_path / "导出", NOW)
    assert [p for p in tree(tmp_path / "导出") if "/" in p] == sorted(
        [
            "东山大学/01_同名工作室/基本情况表_v1.docx",
            "东山大学/02_同名工作室/基本情况表_v1.docx",
            "东山_大学/01_同名工作室/基本情况表_v1.docx",
            "东山_大学（2）/其他材料/表.docx",
        ]
    )


def test_the_workbooks_in_the_export_are_those_of_the_assessments(tmp_path: Path, vault: Vault) -> None:
    export(Records(one_of_everything()), vault, CAMPAIGN, tmp_path / "导出", NOW)
    merged = openpyxl.load_workbook(io.BytesIO((tmp_path / "导出" / "合并汇总表.xlsx").read_bytes()))
    assert merged.worksheets[0]["C6"].value == "张三/劳模创新工作室"
