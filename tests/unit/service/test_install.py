"""The service set up on a machine: below a prefix nothing else is touched, what is there stays, and the unit is one systemd understands."""

from __future__ import annotations

import configparser
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from config.load import DEFAULT_CAMPAIGN, load_campaign, load_settings
from service.cli import intake
from service.keeping.installation import Installation

UNIT = Installation("intake", "/opt/intake/bin/intake")


def typed(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(intake, ["install", *words], standalone_mode=False)
    return (2, str(done.exception)) if done.exception else (int(done.return_value), done.output)


def files_below(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def test_below_a_prefix_it_writes_the_unit_the_user_the_settings_and_the_campaign(tmp_path: Path) -> None:
    code, said = typed("--root", str(tmp_path))
    assert code == 0
    written = files_below(tmp_path)
    assert {"etc/systemd/system/intake.service", "etc/sysusers.d/intake.conf", "var/lib/intake/intake.toml"} <= written
    assert all(name.startswith("var/lib/intake/liaoning-2022/") for name in written if "liaoning-2022" in name)
    home = tmp_path / "var/lib/intake"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    settings = load_settings(home / "intake.toml", {})
    assert settings.campaign == home / "liaoning-2022"
    assert (settings.mode, settings.data, settings.backup) == ("rehearsal", home / "data", home / "backups")
    assert load_campaign(settings.campaign).key == load_campaign(DEFAULT_CAMPAIGN).key
    assert "systemctl enable --now intake" in said
    assert all(f"{path}：" in said for path in ("/etc/sysusers.d/intake.conf", "/etc/systemd/system/intake.service", "/var/lib/intake"))


def test_a_second_time_changes_neither_settings_nor_campaign(tmp_path: Path) -> None:
    typed("--root", str(tmp_path))
    home = tmp_path / "var/lib/intake"
    (home / "intake.toml").write_text('campaign = "liaoning-2022"\nmode = "approve"\n', encoding="utf-8")
    (home / "liaoning-2022" / "roster.csv").write_text("mine", encoding="utf-8")
    typed("--root", str(tmp_path))
    assert "approve" in (home / "intake.toml").read_text(encoding="utf-8")
    assert (home / "liaoning-2022" / "roster.csv").read_text(encoding="utf-8") == "mine"


def test_a_dry_run_shows_everything_and_writes_nothing(tmp_path: Path) -> None:
    code, said = typed("--root", str(tmp_path), "--dry-run", "--name", "second")
    assert (code, files_below(tmp_path)) == (0, set())
    for words in ("NoNewPrivileges=yes", "User=second", "u second - ", "chown -R second: /var/lib/second", "healthz"):
        assert words in said


@pytest.mark.parametrize("name", ["Intake", "../x", "a b", "", "1st"])
def test_a_name_that_is_no_user_is_refused(tmp_path: Path, name: str) -> None:
    code, said = typed("--root", str(tmp_path), "--name", name)
    assert (code, files_below(tmp_path)) == (2, set())
    assert "--name" in said


@pytest.mark.skipif(os.geteuid() == 0 and Path("/etc/systemd").is_dir(), reason="here it would really install")
def test_on_this_machine_it_asks_for_root() -> None:
    assert typed()[0] == 2


def test_only_its_own_folder_can_be_written_and_nothing_it_needs_is_closed() -> None:
    held = configparser.RawConfigParser(strict=False)
    held.optionxform = str  # type: ignore[assignment,method-assign]
    held.read_string(UNIT.unit())
    service = held["Service"]
    assert service["ExecStart"] == "/opt/intake/bin/intake run"
    for key in ("NoNewPrivileges", "PrivateTmp", "PrivateDevices", "RestrictSUIDSGID"):
        assert service[key] == "yes"
    assert (service["ProtectSystem"], service["ProtectHome"], service["User"], service["StateDirectory"]) == ("strict", "yes", "intake", "intake")
    assert "ReadWritePaths" not in service
    assert Installation("intake", "/home/wang/venv/bin/intake", at_home=True).unit().count("ProtectHome=read-only") == 1
    # bubblewrap needs an uncovered /proc, namespaces and netlink.
    assert not {"ProtectKernelTunables", "ProtectKernelLogs", "ProtectProc", "ProcSubset", "RestrictNamespaces"} & set(service)
    assert "AF_NETLINK" in service["RestrictAddressFamilies"]
    assert not {"@mount", "@sandbox"} & set(service["SystemCallFilter"].split())


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_finds_no_fault_with_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "intake.service"
    unit.write_text(Installation("intake", sys.executable).unit().replace("User=intake\nGroup=intake\n", "User=root\n"), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert "intake.service" not in done.stderr, done.stderr
    exposed = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=40", str(unit)], capture_output=True, text=True, check=False)
    assert exposed.returncode == 0, exposed.stdout[-400:]


def test_the_jail_is_still_whole_where_the_unit_leaves_proc_alone() -> None:
    """What the unit must not do, done: with /proc/sys covered bubblewrap cannot lock anything up (only where this may be tried)."""
    jailed = "bwrap --unshare-all --ro-bind /usr /usr --symlink usr/lib /lib --symlink usr/lib64 /lib64 --symlink usr/bin /bin --proc /proc --dev /dev true"
    if os.geteuid() != 0 or not shutil.which("bwrap"):
        pytest.skip("needs root and bubblewrap")
    as_nobody = f"su -s /bin/sh nobody -c 'cd /; {jailed}'"
    if subprocess.run(["unshare", "-m", "sh", "-c", as_nobody], capture_output=True, check=False).returncode:
        pytest.skip("user namespaces are closed on this machine")
    if Path("/proc/self/mounts").read_text(encoding="utf-8").count(" proc rw") > 1:
        pytest.skip("another whole /proc is mounted here: the kernel takes that one for a pattern, and the cover proves nothing")
    covered = f"mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys && {as_nobody}"
    assert subprocess.run(["unshare", "-m", "sh", "-c", covered], capture_output=True, check=False).returncode != 0


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_for_each_shell(shell: str) -> None:
    done = CliRunner().invoke(intake, ["completion", shell])
    assert (done.exit_code, "_INTAKE_COMPLETE" in done.output) == (0, True)


def test_tab_offers_commands_and_options_without_opening_a_room() -> None:
    code = (
        "import sys, click; from service.cli import intake; c = click.Context(intake);"
        "print(*(i.value for i in intake.shell_complete(c, 'st'))); print(*(i.value for i in intake.shell_complete(c, '--v'))); print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["status", "--version"]
    assert not {"service.office", "intake.books", "service.commands.matrix"} & set(done.stderr.split())
