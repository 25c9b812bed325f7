"""The whole way with real parts: forms as universities write them → readings → assessments → the merged annexes, cell by cell."""

from __future__ import annotations

import hashlib
import io
import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl

from config.campaign import Campaign, Institution
from config.load import DEFAULT_CAMPAIGN, load_campaign
from intake.books.vault import Vault
from intake.judging.assessment import assess_all
from intake.message import Address, Attachment, Message
from intake.submission import Assessment, Claim, Received
from notifier.tables.folders import export
from notifier.tables.merged import merged_workbook
from parsers.read import read
from tests.generator.documents import basic_info_docx, narrative_docx, summary_docx, summary_xlsx
from tests.generator.people import make_head, make_row, make_studio
from tests.unit.notifier.tables.builders import ZONE

NAMES = ("东山大学", "西河大学", "北原大学")
CATEGORIES = ("model_worker", "employee")
NOW = datetime(2022, 8, 6, 8, 30, tzinfo=ZONE)


@dataclass
class World:
    """Three universities with two studios each: what they wrote, and what has become of it."""

    campaign: Campaign
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    claims_made: dict[str, Claim] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def assessments(self) -> dict[str, Assessment]:
        return dict(assess_all(self.received, self.claims_made, (), self.campaign, NOW))

    def claims(self) -> dict[str, Claim]:
        return self.claims_made


class Books:
    """The ledger's part of the export, held in memory."""

    def __init__(self, world: World) -> None:
        self.world = world

    def assessments(self) -> dict[str, Assessment]:
        return self.world.assessments()

    def received(self) -> tuple[Received, ...]:
        return tuple(self.world.received)

    def claims(self) -> dict[str, Claim]:
        return self.world.claims()


def make_world() -> World:
    """Each university sends its annexes (a workbook, or a Word table) and two files a studio."""
    institutions = tuple(Institution(name, unit_class="ordinary", confirmed=True) for name in NAMES)
    world = World(replace(load_campaign(DEFAULT_CAMPAIGN), institutions=institutions))
    rng = random.Random(16)
    for number, name in enumerate(NAMES):
        files: dict[str, bytes] = {}
        for category in CATEGORIES:
            studio = make_studio(rng, name, category, members=2)
            row = make_row(rng, studio, 1)
            world.rows.setdefault(category, []).append({**row, "institution": name})
            write, ending = ((summary_xlsx, "xlsx"), (summary_docx, "docx"))[number % 2]
            files[f"{category}汇总表.{ending}"] = write(category, make_head(rng, name), [row])
            files[f"基本情况表-{studio['leader.name']}.docx"] = basic_info_docx(studio)
            files[f"申报材料-{studio['leader.name']}.docx"] = narrative_docx(studio["studio"], studio["leader.name"], 2500)
        send(world, name, files, datetime(2022, 7, 27, 9, tzinfo=ZONE) + timedelta(days=number))
    return world


def send(world: World, name: str, files: dict[str, bytes], at: datetime) -> None:
    """One letter with these files, opened, read and claimed."""
    shas = {file: hashlib.sha256(payload).hexdigest() for file, payload in files.items()}
    leaves = tuple(Attachment(file, (file,), len(payload), shas[file]) for file, payload in files.items())
    letter = hashlib.sha256(f"{name}{at}".encode()).hexdigest()
    message = Message(
        sha256=letter, subject="申报材料", sender=Address(name, "gh@east.example"), date=at, kind="submission", attachments=leaves
    )
    readings = {shas[file]: read(payload, file, world.campaign.forms) for file, payload in files.items()}
    world.received.append(Received(message, at, readings, seen_at=(at,)))
    world.claims_made[letter] = Claim(name)
    world.files |= {shas[file]: payload for file, payload in files.items()}


def body(payload: bytes, annex: int) -> list[tuple[Any, ...]]:
    """The rows below the heading of one annex, with the heading's own titles."""
    rows = [tuple(r) for r in openpyxl.load_workbook(io.BytesIO(payload)).worksheets[annex].iter_rows(min_row=4, values_only=True)]
    titles = [below or above for above, below in zip(rows[0], rows[1], strict=True)]
    return [tuple(dict(zip(titles, row, strict=True)).items()) for row in rows[2:]]


def test_the_merged_annexes_hold_what_the_universities_wrote_cell_by_cell() -> None:
    world = make_world()
    payload = merged_workbook(world.assessments(), world.campaign)
    for annex, category in enumerate(CATEGORIES):
        for number, (got, row) in enumerate(zip(body(payload, annex), world.rows[category], strict=True), start=1):
            cells = dict(got)
            assert [cells[t] for t in ("序号", "推荐单位", "创新工作室名称", "所在单位", "成果转化\n数量(个)", "姓名", "职务", "荣誉基础")] == [
                number, row["institution"], row["studio"], row["organisation"], row["conversions"], row["leader_name"], row["leader_post"],
                row["leader_honours"],
            ]  # fmt: skip
            money = [cells[t] for t in ("20年", "21年", "合计", "20年21年\n创收与节资合计\n(万元)") if cells.get(t) is not None]
            assert money in ([row["income_2020"], row["income_2021"]], [row["income_total"]])


def test_every_file_that_was_sent_is_in_the_export_byte_for_byte(tmp_path: Path) -> None:
    world = make_world()
    with Vault.open(tmp_path / "vault.sqlite") as vault:
        vault.keep_all(world.files.values())
        report = export(Books(world), vault, world.campaign, tmp_path / "导出", NOW)
    written = {hashlib.sha256(p.read_bytes()).hexdigest() for p in (tmp_path / "导出").rglob("*/*") if p.is_file()}
    assert written == set(world.files)
    assert (report.institutions, report.files, report.lost) == (3, 18, ())
    folders = sorted(p.name[:3] for p in (tmp_path / "导出" / "东山大学").iterdir() if p.is_dir())
    assert folders == ["01_", "02_"]
