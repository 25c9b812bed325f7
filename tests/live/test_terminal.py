"""The terminal as staff use it, on the demo's letters imported from files: look, decide, approve, export, copy."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NOW = "2022-08-06T12:00:00"


def intake(folder: Path, *words: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """The console script in a folder, with the clock at noon of 6 August 2022."""
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    now = [] if words[0] in ("campaign", "--help", "demo") else ["--now", NOW]
    return subprocess.run(
        [sys.executable, "-m", "service", *words, *now], cwd=folder, env=env, capture_output=True, text=True, timeout=300, input=stdin
    )


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office in approve mode that has imported every demo letter."""
    folder = tmp_path_factory.mktemp("office")
    shutil.copytree(ROOT / "config" / "campaigns" / "liaoning-2022", folder / "campaign")
    shutil.copyfile(ROOT / "service" / "demo" / "roster.csv", folder / "campaign" / "roster.csv")
    (folder / "intake.toml").write_text('campaign = "campaign"\n[mailbox]\nuser = "intake@office.example"\n', encoding="utf-8")
    run = intake(folder, "import", str(ROOT / "service" / "demo" / "letters"))
    assert run.returncode == 1, run.stderr  # letters wait for approval: that needs a person
    assert run.stdout.startswith("新收 18 封")
    return folder


@pytest.fixture
def office(imported: Path, tmp_path: Path) -> Path:
    """A copy of that office for one test."""
    return Path(shutil.copytree(imported, tmp_path / "office"))


def status(folder: Path, *words: str) -> dict[str, Any]:
    """The matrix as JSON."""
    run = intake(folder, "status", "--json", *words)
    assert run.returncode == 0, run.stderr
    return dict(json.loads(run.stdout))


def one(folder: Path, name: str) -> dict[str, Any]:
    """One institution's part of the matrix."""
    return dict(status(folder, "--institution", name)["institutions"][0])


def test_importing_again_registers_nothing_twice(office: Path) -> None:
    """The same files once more: no new letter, no new answer."""
    before = len(intake(office, "letters", "--json").stdout.splitlines())
    assert intake(office, "import", str(ROOT / "service" / "demo" / "letters")).stdout.startswith("新收 0 封，拟信 0 封")
    assert len(intake(office, "letters", "--json").stdout.splitlines()) == before


def test_the_matrix_is_json_with_studios_materials_and_findings(office: Path) -> None:
    """What the contract promises to other programs."""
    found = one(office, "辽河理工大学")
    assert found["complete"] is True
    assert [s["category"] for s in found["studios"]] == ["model_worker", "employee", "employee"]
    wanted = {"summary_row": "received", "basic_info": "received", "narrative": "received", "paper": "not_registered"}
    assert all(s["materials"] == wanted for s in found["studios"])
    assert {f["code"] for f in found["findings"] if f["audience"] == "institution"} == {"D01", "C06"}


def test_a_claimed_letter_joins_its_institution_and_undo_takes_it_back(office: Path) -> None:
    """A decision shows at once, and its undoing too."""
    (letter,) = status(office)["unclaimed"]
    run = intake(office, "decide", "claim", "凤凰山农业大学", letter["sha256"][:10], "--reason", "电话核实")
    assert run.returncode == 0, run.stderr
    assert "第 1 号决定" in run.stdout
    assert [s["materials"]["basic_info"] for s in one(office, "凤凰山农业大学")["studios"]] == ["received"]
    assert intake(office, "decide", "undo", "1").returncode == 0
    assert len(status(office)["unclaimed"]) == 1
    assert "电话核实" in intake(office, "decide", "list").stdout


def test_a_slip_of_the_pen_never_turns_a_file_in_hand_into_a_missing_one(office: Path) -> None:
    """A word that is no material, or the placeholder printed by the digest, is refused (law 6)."""
    (file,) = [s["sha256"] for s in files_of(office, "千山大学") if "附件4" in s["name"]]
    for words in (("证书", "某某工作室"), ("基本情况表", "工作室名称")):
        run = intake(office, "decide", "material", "千山大学", file[:10], *words)
        assert run.returncode == 2, run.stdout
    assert [s["materials"]["basic_info"] for s in one(office, "千山大学")["studios"]] == ["received"]


def files_of(folder: Path, institution: str) -> list[dict[str, Any]]:
    """The attachments of an institution's letters, as `intake open` shows them."""
    domains = {"千山大学": "06-personal-qq"}
    run = intake(folder, "open", str(ROOT / "service" / "demo" / "letters" / f"{domains[institution]}.eml"), "--json")
    return list(json.loads(run.stdout)["attachments"])


def test_a_studio_is_replaced_by_another(office: Path) -> None:
    """The old one is withdrawn under its successor's name; undo brings it back."""
    old = one(office, "千山大学")["studios"][0]["name"]
    run = intake(office, "decide", "replace", "千山大学", old, "周七创新工作室", "--yes")
    assert run.returncode == 0, run.stderr
    assert old not in {s["name"] for s in one(office, "千山大学")["studios"] if not s.get("withdrawn")}
    assert intake(office, "decide", "undo", "1").returncode == 0
    assert intake(office, "decide", "undo", "1").returncode == 2


def test_splitting_an_ordinary_letter_needs_the_parts_and_a_later_claim_wins(office: Path) -> None:
    """No letter disappears from what staff must decide."""
    (letter,) = status(office)["unclaimed"]
    assert intake(office, "decide", "split", letter["sha256"][:10]).returncode == 2
    assert len(status(office)["unclaimed"]) == 1
    assert intake(office, "decide", "split", letter["sha256"][:10], "附件4=细河科技学院").returncode == 0
    assert one(office, "细河科技学院")["studios"]
    assert intake(office, "decide", "claim", "凤凰山农业大学", letter["sha256"][:10]).returncode == 0
    assert one(office, "凤凰山农业大学")["studios"]
    assert not one(office, "细河科技学院")["studios"]


def test_paper_is_registered_with_copies_and_seal(office: Path) -> None:
    """Two stamped copies by post."""
    assert intake(office, "decide", "paper", "辽河理工大学", "2", "已盖章", "8月4日").returncode == 0
    assert {s["materials"]["paper"] for s in one(office, "辽河理工大学")["studios"]} == {"received"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("decide", "claim", "不存在大学", "ab"), "名录里没有“不存在大学”"),
        (("decide", "claim", "千山大学", "zz"), "没有对应的信"),
        (("decide", "claim", "浑河工大", "zz"), "是不是 浑河工业大学？"),
        (("decide", "approve", "渤海湾海洋学院", "1"), "这所学校没有“1”这一问题"),
        (("decide", "withdraw", "千山大学", "不存在的工作室"), "没有“不存在的工作室”这个工作室，现有："),
        (("decide", "category", "千山大学", "陈艳轨道交通车辆创新工作室", "教师"), "申报类型“教师”应为 劳模、职工 之一"),
        (("decide", "paper", "千山大学", "2", "已盖章", "2022-13-03"), "日期“2022-13-03”看不懂"),
        (("decide", "note", "千山大学"), "--reason"),
        (("retry", "abc"), "隔离的信里没有"),
        (("open", "."), "这里要写文件"),
        (("opne",), "没有 opne 这个命令"),
        (("decide", "claim", "--config", "intake.toml"), "缺少 学校"),
        (("decide", "undo", "99"), "没有第 99 号决定"),
        (("decide", "paper", "千山大学", "两", "已盖章", "x"), "份数“两”应为不小于1的整数"),
        (("letters", "approve", "LN0000"), "待发信里没有 LN0000"),
        (("status", "--institution", "某校"), "名录里没有“某校”"),
        (("restore", "."), "不是备份文件夹"),
    ],
)
def test_a_slip_is_refused_with_its_cure_and_changes_nothing(office: Path, words: tuple[str, ...], told: str) -> None:
    """One sentence on stderr; the books stay as they were."""
    before = status(office)
    run = intake(office, *words)
    assert run.returncode in (2, 3)
    assert told in run.stderr
    assert "Traceback" not in run.stderr
    assert status(office) == before


def test_letters_wait_for_approval_and_can_be_held_edited_and_dropped(office: Path) -> None:
    """Nothing leaves by itself in approve mode."""
    rows = [json.loads(line) for line in intake(office, "letters", "--json", "--state", "held").stdout.splitlines()]
    key = next(r["key"] for r in rows if r["institution"] == "辽河理工大学")
    assert intake(office, "letters", "approve", key).returncode == 0
    assert key in intake(office, "letters", "--state", "queued").stdout
    assert intake(office, "letters", "hold", key).returncode == 0
    assert intake(office, "letters", "edit", key, "--file", "-", stdin="辽河理工大学工会：\n已收到。\n").returncode == 0
    assert "已收到。" in intake(office, "letters", "show", key).stdout
    assert intake(office, "letters", "drop", key).returncode == 0
    assert key in intake(office, "letters", "--state", "dropped").stdout


def test_the_digest_prints_without_sending(office: Path) -> None:
    """Looking at the page changes no book."""
    before = intake(office, "letters", "--json").stdout
    run = intake(office, "digest")
    assert "待办" in run.stdout
    assert intake(office, "letters", "--json").stdout == before


def test_an_export_is_whole_and_never_overwrites(office: Path) -> None:
    """The second export into the same folder is refused."""
    run = intake(office, "export", "out")
    assert run.returncode == 0, run.stderr
    assert {p.name for p in (office / "out").glob("*.xlsx")} == {"合并汇总表.xlsx", "台账.xlsx", "最终报告.xlsx", "文件清单.xlsx"}
    again = intake(office, "export", "out")
    assert again.returncode == 3
    assert "换一个新的目录名" in again.stderr


def test_a_backup_can_be_put_back_and_checks_out(office: Path) -> None:
    """After a restore everything can be derived again."""
    assert intake(office, "backup", "copies").returncode == 0
    (copy,) = (office / "copies").iterdir()
    assert intake(office, "restore", str(copy)).returncode == 0
    assert intake(office, "rebuild", "--check").returncode == 0


def test_a_self_check_reads_a_folder_and_names_what_is_missing(office: Path) -> None:
    """A university checks before it sends; nothing is recorded."""
    run = intake(office, "export", "out")
    assert run.returncode == 0
    run = intake(office, "check", "out/浑河工业大学", "--institution", "浑河工业大学", "--json")
    assert run.returncode == 0, run.stdout
    found = json.loads(run.stdout)
    assert (found["institution"], found["complete"]) == ("浑河工业大学", True)
    next((office / "out" / "浑河工业大学").rglob("基本情况表*.docx")).unlink()
    run = intake(office, "check", "out/浑河工业大学", "--institution", "浑河工业大学", "--json")
    assert run.returncode == 1
    assert "C03" in {f["code"] for f in json.loads(run.stdout)["findings"]}


def test_a_new_campaign_is_a_new_folder_that_checks_out(office: Path) -> None:
    """Next year is a copy of a folder, no code."""
    assert intake(office, "campaign", "new", "liaoning-2023").returncode == 0
    run = intake(office, "campaign", "check", "liaoning-2023")
    assert (run.returncode, "没有错误" in run.stdout) == (0, True)
    assert 'key = "liaoning-2023"' in (office / "liaoning-2023" / "campaign.toml").read_text(encoding="utf-8")
    assert intake(office, "campaign", "new", "liaoning-2023").returncode == 2


def test_the_next_year_is_drafted_from_the_last_and_refused_until_it_is_filled_in(office: Path) -> None:
    """What belonged to the old year alone is left to be written, place by place."""
    made = intake(office, "campaign", "new", "next", "--from", "campaign")
    assert (made.returncode, "请填写" in made.stdout) == (1, True)
    check = intake(office, "campaign", "check", "next")
    assert check.returncode == 2
    assert "deadlines[1].at：还没有填写。" in check.stderr
    assert "yes" not in (office / "next" / "roster.csv").read_text(encoding="utf-8")
    assert intake(office, "campaign", "new", "other", "--from", "nowhere").returncode == 2


def test_help_teaches_every_command_in_the_order_of_a_clerks_day(office: Path) -> None:
    """Every command of the contract stands in the help with a Chinese sentence."""
    text = intake(office, "--help").stdout
    names = [
        "demo",
        "run",
        "desk",
        "poll",
        "import",
        "open",
        "read",
        "check",
        "status",
        "letters",
        "digest",
        "export",
        "decide",
        "rebuild",
        "retry",
        "doctor",
        "backup",
        "restore",
        "purge",
        "campaign",
    ]
    places = [text.index(f"  {name}  ") for name in names]
    assert places == sorted(places)
    assert "退出码" in text
