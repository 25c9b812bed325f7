"""The demo as a newcomer runs it: the whole job on a real IMAP and a real SMTP server, looked at from outside."""

from __future__ import annotations

import email
import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pytest
from lxml import etree

ROOT = Path(__file__).parents[2]
LETTERS = ROOT / "service" / "demo" / "letters"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """One run of the demo in a folder of its own: where it wrote, and what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    run = intake(folder, "demo", "--data", "out")
    assert run.returncode == 0, run.stderr
    return folder / "out", run.stdout


def intake(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The console script in a folder."""
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    return subprocess.run([sys.executable, "-m", "service", *words], cwd=folder, env=env, capture_output=True, text=True, timeout=300)


def sent_letters(out: Path) -> list[EmailMessage]:
    """Every letter the SMTP server took, in order."""
    return [email.message_from_bytes(p.read_bytes(), policy=policy.default) for p in sorted((out / "sent").glob("*.eml"))]  # type: ignore[misc]


def test_its_end_is_one_screen_a_receipt_a_supplement_letter_the_digest_and_the_places(demo: tuple[Path, str]) -> None:
    """What a newcomer wants to see stands on one screen in this order; the whole of it lies in files."""
    out, printed = demo
    end = printed[printed.index("━━ 收了什么 ") :]
    places = [end.index(f"━━ {title} ") for title in ("收了什么", "一封回执", "一封补正告知", "最后一份收件日报", "都写在哪里")]
    assert places == sorted(places)
    # The desk of --serve adds three lines.
    assert len(end.splitlines()) <= 37
    assert max(sum(1 if c.isascii() else 2 for c in line) for line in end.splitlines()) <= 100
    assert re.search(r"【回执 LN2022-0001-\w{4}】已收齐", end)
    assert "尚缺“李玉职工创新工作室”的《基本情况表》（附件4）。" in end
    assert "（这次没有）" not in end
    whole = {p.name: p.read_text(encoding="utf-8") for p in (out / "先看这里").iterdir()}
    assert set(whole) == {"回执.txt", "补正告知.txt", "收件日报.txt", "总表.txt"}
    assert "文末清单" in whole["回执.txt"]
    assert "李玉职工创新工作室" in whole["总表.txt"]
    assert all(path in end for path in ("先看这里", "sent", "export", "books"))


def test_all_letters_are_registered_and_everything_can_be_derived_again(demo: tuple[Path, str]) -> None:
    """`intake rebuild --check` passes after the demo."""
    out, _ = demo
    check = intake(out, "rebuild", "--check", "--config", "intake.toml")
    assert (check.returncode, check.stdout) == (0, "全部一致：账上的每一项都能从原始邮件和决定重新得到。\n")


def test_no_machine_is_answered_and_nobody_is_answered_twice(demo: tuple[Path, str]) -> None:
    """The vacation robot and the postmaster get nothing more than the neutral word an unproven mailbox gets; the panic letters get one receipt."""
    out, _ = demo
    letters = sent_letters(out)
    assert not [m for m in letters if "postmaster" in m["To"].lower()]
    to_robot = [m["Subject"] for m in letters if m["To"] == "100000001@qq.example"]
    assert len(to_robot) == 1
    assert "来信收悉" in to_robot[0]
    assert len([m for m in letters if m["To"] == "gh@yljd.example"]) == 1
    ids = [m["Message-ID"] for m in letters]
    assert len(ids) == len(set(ids))


def test_every_letter_of_ours_says_that_a_machine_wrote_it(demo: tuple[Path, str]) -> None:
    """RFC 3834: so that no other robot answers."""
    out, _ = demo
    assert all(m["Auto-Submitted"] in ("auto-replied", "auto-generated") for m in sent_letters(out))


def test_no_letter_to_an_institution_repeats_personal_data(demo: tuple[Path, str]) -> None:
    """No phone number but the office's own, no birth date, no 民族, no 政治面貌, never 受理 or 不合格."""
    out, _ = demo
    office = {"13604213456", "13889109311"}
    for message in sent_letters(out):
        if message["To"].endswith("@office.example"):
            continue
        body = message.get_body(("plain",))
        text = body.get_content() if body else ""
        assert set(re.findall(r"(?<![0-9a-f])1[3-9]\d{9}(?!\d)", text)) <= office
        assert not re.search(r"汉族|满族|中共党员|群众|出生于|受理|不合格|[{}]", text)


def test_the_merged_annexes_hold_every_cell_of_the_tables_that_were_sent(demo: tuple[Path, str]) -> None:
    """附件1 and 附件2 compared cell by cell with the senders' own tables, read here by other means than ours."""
    out, _ = demo
    book = openpyxl.load_workbook(out / "export" / "合并汇总表.xlsx")
    merged = {annex: rows_below_head(book[sheet]) for annex, sheet in (("附件1", "附件1（劳模）"), ("附件2", "附件2（职工）"))}
    assert {annex: len(rows) for annex, rows in merged.items()} == {"附件1": 3, "附件2": 10}
    for annex, wanted in tables_as_sent().items():
        assert sorted(merged[annex]) == sorted(wanted)


def rows_below_head(sheet: openpyxl.worksheet.worksheet.Worksheet) -> list[tuple[str, ...]]:
    """The merged rows without running number and 推荐单位, every cell as text."""
    rows = [["" if v is None else str(v) for v in row] for row in sheet.iter_rows(min_row=6, values_only=True)]
    return [tuple(row[2:]) for row in rows if row[0].isdigit()]


def tables_as_sent() -> dict[str, list[tuple[str, ...]]]:
    """The rows of every summary table in the shipped letters, the newest table of an institution and annex in force."""
    found: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for path in sorted(LETTERS.glob("*.eml")):
        for name, payload in files_of(path):
            annex = re.match(r"附件[12]", name.rsplit("/", 1)[-1])
            if annex:
                rows = workbook_rows(payload) if name.endswith(".xlsx") else document_rows(payload)
                # An institution is told by its first studio: no two share one.
                found[annex[0], rows[0][0]] = rows
    return {annex: [row for (held, _), rows in found.items() if held == annex for row in rows] for annex in ("附件1", "附件2")}


def files_of(path: Path) -> Iterator[tuple[str, bytes]]:
    """Attachments by name, a zip's members in its place."""
    for part in email.message_from_bytes(path.read_bytes(), policy=policy.default).walk():
        name, payload = part.get_filename(), part.get_payload(decode=True)
        if not name or not isinstance(payload, bytes):
            continue
        if not name.endswith(".zip"):
            yield name, payload
            continue
        with zipfile.ZipFile(io.BytesIO(payload), metadata_encoding="gbk") as archive:
            yield from ((member, archive.read(member)) for member in archive.namelist())


def workbook_rows(payload: bytes) -> list[tuple[str, ...]]:
    """The numbered rows of a summary workbook, without the number."""
    sheet = openpyxl.load_workbook(io.BytesIO(payload)).active
    assert sheet is not None
    rows = [["" if v is None else str(v) for v in row] for row in sheet.iter_rows(values_only=True)]
    return [tuple(row[1:]) for row in rows if row[0].isdigit()]


def document_rows(payload: bytes) -> list[tuple[str, ...]]:
    """The numbered rows of a summary document, without the number."""
    with zipfile.ZipFile(io.BytesIO(payload)) as package:
        tree = etree.fromstring(package.read("word/document.xml"))
    rows = [["".join(t.text or "" for t in cell.iter(f"{W}t")) for cell in row.iter(f"{W}tc")] for row in tree.iter(f"{W}tr")]
    return [tuple(row[1:]) for row in rows if row[0].isdigit()]


def test_a_second_run_starts_afresh_and_a_foreign_folder_is_left_alone(demo: tuple[Path, str], tmp_path: Path) -> None:
    """A finished demo may be run again; a folder with other things in it is refused untouched."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep me", encoding="utf-8")
    refused = intake(tmp_path, "demo", "--data", "mine")
    assert refused.returncode == 2
    assert "--data" in refused.stderr
    assert (tmp_path / "mine" / "letter.txt").read_text(encoding="utf-8") == "keep me"
