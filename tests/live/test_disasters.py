"""Disasters of the disk and of the settings, met by every command a person would then type: a sentence, the right exit code, and a way back."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from service.demo.mailbox import DemoMailbox
from tests.crash.office import accepted
from tests.letters import MOMENT, plain_letter
from tests.live.test_refusals import ROOT, demo_letter, intake, one_sentence, recorded, settle, small_disk

LATER, AFTER_THAT, MUCH_LATER = (("--now", f"2022-08-06T{hour}:45:00") for hour in (12, 13, 15))
PAGE = 4096


@pytest.fixture
def worked(tmp_path: Path, netease: DemoMailbox) -> Path:
    """An office that has fetched two letters, answered one and made a copy of its books."""
    settle(tmp_path, netease.imap_port, netease.smtp_port)
    netease.deliver(demo_letter("01-complete-zip"), MOMENT)
    netease.deliver(plain_letter(3), MOMENT)
    assert intake(tmp_path, "poll", *LATER).returncode == 1
    assert len(netease.sent) == 1
    assert intake(tmp_path, "backup", "copies").returncode == 0
    return tmp_path


def copy_of(folder: Path) -> str:
    """The one copy of the books."""
    [found] = (folder / "copies").iterdir()
    return str(found)


def damage_pages(path: Path, chance: random.Random) -> None:
    """A third of a database's pages, the first spared, are noise."""
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = bytearray(path.read_bytes())
    for at in range(PAGE, len(raw), PAGE):
        if chance.random() < 1 / 3 or at == PAGE:
            raw[at : at + PAGE] = chance.randbytes(min(PAGE, len(raw) - at))
    path.write_bytes(raw)


COMMANDS = (("poll", *LATER), ("status",), ("letters",), ("digest",), ("rebuild",), ("backup", "others"), ("export", "out"))


@pytest.mark.slow
def test_a_ledger_of_which_a_third_is_noise_is_told_by_every_command_and_brought_back(worked: Path, netease: DemoMailbox) -> None:
    """Before: the way back, which every sentence names, opened the damaged books first and was refused itself."""
    damage_pages(worked / "data" / "ledger.db", random.Random(6))
    for words in COMMANDS:
        found = intake(worked, *words)
        assert found.returncode == 3, (words, found.stdout, found.stderr)
        assert "restore" in one_sentence(found) or "备份" in one_sentence(found), words
    examined = intake(worked, "doctor")
    assert examined.returncode == 3
    assert "× 原件库" in examined.stdout
    assert "√ 磁盘" in examined.stdout or "磁盘" in examined.stdout
    assert intake(worked, "restore", copy_of(worked)).returncode == 0
    assert recorded(worked) == 2
    assert intake(worked, "poll", *MUCH_LATER).returncode == 1
    assert max(accepted(netease).values()) == 1
    assert len(netease.sent) == 1


def test_books_of_a_newer_release_are_brought_back_from_before_as_the_refusal_says(worked: Path) -> None:
    with sqlite3.connect(worked / "data" / "ledger.db") as database:
        database.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('ledger', 'm999_later', '2030-01-01')")
    assert "intake restore" in one_sentence(intake(worked, "status"))
    assert intake(worked, "restore", copy_of(worked)).returncode == 0
    assert recorded(worked) == 2


@pytest.mark.slow
@pytest.mark.parametrize("left", ["nothing", "an empty file"])
def test_a_lost_ledger_is_filled_anew_and_nobody_is_answered_a_second_time(left: str, worked: Path, netease: DemoMailbox) -> None:
    """What left stands in 已发送 alone: the books that do not know of it hold everything for staff."""
    for path in (worked / "data").glob("ledger.db*"):
        path.unlink()
    if left == "an empty file":
        (worked / "data" / "ledger.db").touch()
    for moment in (AFTER_THAT, MUCH_LATER):
        assert intake(worked, "poll", *moment).returncode == 1
    assert recorded(worked) == 2
    assert len(netease.sent) == 1
    assert "两套程序" in intake(worked, "digest", *MUCH_LATER).stdout


def test_a_disk_that_became_read_only_is_one_sentence_and_the_work_goes_on_once_it_is_not(tmp_path: Path, netease: DemoMailbox) -> None:
    settle(tmp_path, netease.imap_port, netease.smtp_port)
    netease.deliver(plain_letter(1), MOMENT)
    with small_disk(tmp_path / "data", "64m"):
        assert intake(tmp_path, "poll", *LATER).returncode == 1
        netease.deliver(plain_letter(2), MOMENT)
        subprocess.run(["mount", "-o", "remount,ro", str(tmp_path / "data")], check=True)
        for words in (("poll", *LATER), ("run", "--no-desk"), ("status",), ("backup", "copies")):
            found = intake(tmp_path, *words)
            assert found.returncode == 3, (words, found.stderr)
            assert "不能写入" in one_sentence(found)
        subprocess.run(["mount", "-o", "remount,rw", str(tmp_path / "data")], check=True)
        assert intake(tmp_path, "poll", *MUCH_LATER).returncode == 1
        assert recorded(tmp_path) == 2


def test_four_rounds_at_once_on_one_ledger_are_one_round_and_three_refusals(tmp_path: Path, netease: DemoMailbox) -> None:
    """On books that do not exist yet: before, two that shaped them at once refused each other as our own bug."""
    settle(tmp_path, netease.imap_port, netease.smtp_port)
    for number in range(6):
        netease.deliver(plain_letter(number), MOMENT)
    netease.deliver(demo_letter("01-complete-zip"), MOMENT)
    env = os.environ | {"INTAKE_MAILBOX_SECRET": netease.secret, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "service", "poll", *LATER]
    together = [subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    said = [process.communicate(timeout=120) for process in together]
    codes = [process.returncode for process in together]
    assert set(codes) <= {0, 1, 3}
    assert all("已有一个收件台在运行" in words[1] for code, words in zip(codes, said, strict=True) if code == 3), said
    assert 3 in codes
    assert recorded(tmp_path) == 7
    assert max(accepted(netease).values()) == 1


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_the_wrong_port_is_told_as_such_on_both_sides(tls: bool, tmp_path: Path, netease: DemoMailbox) -> None:
    """IMAP spoken to SMTP and the other way round, TLS to a plain port: nothing hangs, nothing is called a wrong code."""
    settle(tmp_path, netease.smtp_port, netease.imap_port)
    settings = tmp_path / "intake.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("tls = false", f"tls = {str(tls).lower()}"), encoding="utf-8")
    found = intake(tmp_path, "poll", *LATER)
    assert found.returncode == 3
    assert "连不上收信服务器" in one_sentence(found)
    examined = intake(tmp_path, "doctor").stdout
    assert "× 信箱：连不上收信服务器" in examined
    assert "× 发信：连不上发信服务器" in examined


def test_restoring_is_refused_while_the_service_holds_the_books(worked: Path) -> None:
    from intake.books.lock import sole_process

    with sole_process(worked / "data" / "intake.lock"):
        assert intake(worked, "restore", copy_of(worked)).returncode == 3
