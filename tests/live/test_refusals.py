"""What the outside world refuses: one Chinese sentence that says what to do, the right exit code, and nothing lost (CONTRACT, exit codes)."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from service.demo.mailbox import DemoMailbox, Netease
from tests.letters import MOMENT, plain_letter

ROOT = Path(__file__).parents[2]


def intake(folder: Path, *words: str, secret: str = "demo-authorisation-code", **more: Any) -> subprocess.CompletedProcess[str]:
    """Run the console script as a person would, in a folder of its own."""
    env = os.environ | {"INTAKE_MAILBOX_SECRET": secret, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, "-m", "service", *words], cwd=folder, env=env, capture_output=True, text=True, timeout=120, **more
    )


def settle(folder: Path, imap_port: int, smtp_port: int, extra: str = "") -> None:
    """An intake.toml for servers on this machine."""
    servers = "".join(
        f'[{name}]\nhost = "127.0.0.1"\nport = {port}\ntls = false\nuser = "intake@office.example"\n'
        for name, port in (("mailbox", imap_port), ("smtp", smtp_port))
    )
    (folder / "intake.toml").write_text(f'data = "data"\nmode = "automatic"\n{extra}\n{servers}', encoding="utf-8")


def one_sentence(run: subprocess.CompletedProcess[str]) -> str:
    """The single line on stderr beside the log, without a traceback."""
    assert "Traceback" not in run.stderr
    lines = [line for line in run.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, lines
    return lines[0]


def recorded(folder: Path) -> int:
    """How many letters the ledger holds."""
    with sqlite3.connect(folder / "data" / "ledger.db") as ledger:
        return int(ledger.execute("SELECT count(*) FROM letter").fetchone()[0])


def closed_port() -> int:
    """A port of this machine nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class NeverTrusting(Netease):
    """A server that answers Unsafe Login whatever the client says of itself (异地登录保护)."""

    async def do_id(self, cmd: Any) -> Any:
        """Take the ID and trust nobody all the same."""
        answer = await super().do_id(cmd)
        self.identified = False
        return answer


def test_a_wrong_key_in_the_settings_is_exit_2_with_file_line_and_key(tmp_path: Path) -> None:
    """One line names the place."""
    (tmp_path / "intake.toml").write_text("[mailbox]\nprt = 993\n", encoding="utf-8")
    run = intake(tmp_path, "poll")
    assert run.returncode == 2
    assert one_sentence(run) == "intake.toml 第2行：mailbox.prt：不认识这一项，请检查拼写。"


def test_no_mailbox_configured_is_exit_2_with_the_cure(tmp_path: Path) -> None:
    """A new installation is told what to write."""
    (tmp_path / "intake.toml").write_text('mode = "approve"\n', encoding="utf-8")
    run = intake(tmp_path, "poll")
    assert run.returncode == 2
    assert "docs/intake.example.toml" in one_sentence(run)


def test_a_wrong_authorisation_code_is_exit_3(tmp_path: Path, netease: DemoMailbox) -> None:
    """The sentence speaks of the 授权码, not of a password."""
    settle(tmp_path, netease.imap_port, netease.smtp_port)
    run = intake(tmp_path, "poll", secret="wrong")
    assert run.returncode == 3
    assert "授权码" in one_sentence(run)


def test_unsafe_login_is_exit_3_and_names_both_causes(tmp_path: Path) -> None:
    """Not "wrong password": the log-in succeeded."""
    with DemoMailbox(state=NeverTrusting) as mailbox:
        settle(tmp_path, mailbox.imap_port, mailbox.smtp_port)
        run = intake(tmp_path, "poll")
    assert run.returncode == 3
    sentence = one_sentence(run)
    assert "ID" in sentence
    assert "异地" in sentence


def test_an_unreachable_mailbox_is_exit_3(tmp_path: Path) -> None:
    """The sentence names host and port of the settings."""
    settle(tmp_path, closed_port(), closed_port())
    run = intake(tmp_path, "poll")
    assert run.returncode == 3
    assert "连不上收信服务器" in one_sentence(run)


def test_an_unreachable_smtp_server_loses_no_letter(tmp_path: Path, netease: DemoMailbox) -> None:
    """Letters are recorded; the answer waits in the outbox and leaves when the server is back."""
    settle(tmp_path, netease.imap_port, closed_port())
    netease.deliver(demo_letter("01-complete-zip"), MOMENT)
    run = intake(tmp_path, "poll", "--now", "2022-08-06T12:30:00")
    assert run.returncode == 3
    assert "连不上发信服务器" in one_sentence(run)
    assert recorded(tmp_path) == 1
    assert netease.sent == []
    settle(tmp_path, netease.imap_port, netease.smtp_port)
    # The invented university is on no roster: the letter is asked whose it is, and a person must claim it.
    assert intake(tmp_path, "poll", "--now", "2022-08-06T12:45:00").returncode == 1
    assert len(netease.sent) == 1


def demo_letter(name: str) -> bytes:
    """One of the shipped letters."""
    return (ROOT / "service" / "demo" / "letters" / f"{name}.eml").read_bytes()


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """A tiny disk mounted at the folder; skipped by name where this machine does not let us."""
    folder.mkdir(parents=True, exist_ok=True)
    mounted = (
        os.geteuid() == 0
        and subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True).returncode == 0
    )
    if not mounted:
        pytest.skip("a small disk cannot be mounted on this machine")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_exit_3_and_the_letter_comes_again(tmp_path: Path, netease: DemoMailbox) -> None:
    """Nothing half-recorded: after room was made the same letter is fetched."""
    settle(tmp_path, netease.imap_port, closed_port())
    (tmp_path / "intake.toml").write_text(
        (tmp_path / "intake.toml").read_text(encoding="utf-8").replace("[smtp]", "[smtp]\n#").split("[smtp]")[0], encoding="utf-8"
    )
    netease.deliver(plain_letter(1, filling=3 << 20), MOMENT)
    with small_disk(tmp_path / "data", "2m"):
        run = intake(tmp_path, "poll")
        assert run.returncode == 3
        assert "磁盘" in one_sentence(run)
        assert recorded(tmp_path) == 0
        subprocess.run(["mount", "-o", "remount,size=64m", str(tmp_path / "data")], check=True)
        assert intake(tmp_path, "poll").returncode in (0, 1)
        assert recorded(tmp_path) == 1


def test_a_second_service_on_the_same_ledger_is_exit_3(tmp_path: Path, netease: DemoMailbox) -> None:
    """The first one goes on; the second says who holds the books."""
    settle(tmp_path, netease.imap_port, netease.smtp_port)
    env = os.environ | {"INTAKE_MAILBOX_SECRET": netease.secret, "PYTHONPATH": str(ROOT)}
    first = subprocess.Popen(
        [sys.executable, "-m", "service", "run", "--no-desk"], cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True
    )
    try:
        assert first.stderr is not None
        assert "开始值班" in first.stderr.readline()
        second = intake(tmp_path, "run")
        assert second.returncode == 3
        assert str(first.pid) in one_sentence(second)
        assert first.poll() is None
    finally:
        first.send_signal(signal.SIGTERM)
        assert first.wait(30) == 0
