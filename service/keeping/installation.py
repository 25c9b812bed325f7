"""Core: what a Linux machine with systemd needs to run the service - one name gives the user, the folder and the unit; texts only, nothing is touched.

The hardening leaves /proc as it is (no ProtectKernelTunables, ProtectKernelLogs, ProtectProc) and namespaces free (no RestrictNamespaces): bubblewrap, which
locks strangers' files up, mounts a /proc of its own, and the kernel refuses that where the outer one is covered (user_namespaces(7), bwrap(1)).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

STATE = Path("/var/lib")
UNIT = """\
# 收件台：由 intake install 写成。改了以后运行 systemctl daemon-reload 和 systemctl restart {name}。
[Unit]
Description=收件台（{folder}）
Documentation=https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html
Wants=network-online.target
After=network-online.target

[Service]
ExecStart={program} run
WorkingDirectory={folder}
# 自己的用户；/var/lib/{name} 由 systemd 建好、归它所有，别人进不去。
User={name}
Group={name}
StateDirectory={name}
StateDirectoryMode=0700
UMask=0077
Environment=PYTHONUTF8=1 PYTHONUNBUFFERED=1
# 停的时候给它一分钟收尾；意外退出半分钟后再起；设置写错（退出码 2）就停下，等人改。
TimeoutStopSec=60
Restart=on-failure
RestartSec=30
RestartPreventExitStatus=2
# 只有自己的文件夹可写，没有任何特权，看不到别人的家、临时文件和设备。
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome={home}
PrivateTmp=yes
PrivateDevices=yes
ProtectControlGroups=yes
ProtectKernelModules=yes
ProtectClock=yes
ProtectHostname=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RemoveIPC=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallFilter=~@clock @cpu-emulation @module @obsolete @raw-io @reboot @swap
SystemCallErrorNumber=EPERM
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
# 不写 ProtectKernelTunables、ProtectKernelLogs、ProtectProc、RestrictNamespaces：
# 来路不明的附件在 bubblewrap 隔离室里读，隔离室要自己的 /proc 和命名空间，写了它就退回到只靠限额。

[Install]
WantedBy=multi-user.target
"""
USER = """\
# 收件台的用户，不能登录。由 intake install 写成，systemd-sysusers 照此建立。
u {name} - "收件台" {folder} -
"""
SETTINGS = """\
# 收件台的设置。首次设置在工作台（网页）里做，写进这里；技术人员可以直接改，改完不用重启（[desk] 一节除外）。全部项目见文档 docs/intake.example.toml。
campaign = "{campaign}"
data = "data"
backup = "backups"              # 每天 2:30 备份到这里；最好再拷一份到别的机器
mode = "rehearsal"              # 演练（只拟信不发）；在工作台“系统”里逐级放开
"""


@dataclass(frozen=True, slots=True)
class Installation:
    """安装: `name` for the unit, its user and its folder below /var/lib; `program` is the command as the service calls it."""

    name: str
    program: str
    at_home: bool = False

    @property
    def folder(self) -> Path:
        """Where the settings, the books and the campaign lie."""
        return STATE / self.name

    def unit(self) -> str:
        """The systemd unit; a program that lies below /home must be readable there."""
        return UNIT.format(name=self.name, folder=self.folder, program=self.program, home="read-only" if self.at_home else "yes")

    def files(self) -> Iterator[tuple[Path, str, str]]:
        """(path, text, what it is for) of the system's files."""
        yield Path("/etc/sysusers.d") / f"{self.name}.conf", USER.format(name=self.name, folder=self.folder), f"服务自己的用户 {self.name}，不能登录"
        yield Path("/etc/systemd/system") / f"{self.name}.service", self.unit(), "开机自动值班；只有自己的文件夹可写"

    def next_steps(self) -> tuple[tuple[str, str], ...]:
        """(command, why) to be typed afterwards."""
        return (
            ("systemd-sysusers", f"建立用户 {self.name}"),
            (f"chown -R {self.name}: {self.folder}", "文件夹交给它"),
            ("systemctl daemon-reload", "让 systemd 读到新的服务"),
            (f"systemctl enable --now {self.name}", "现在启动，以后开机自动启动"),
            ("curl -s http://127.0.0.1:8625/healthz", "应答 ok，工作台就开着"),
            (f"journalctl -u {self.name} -f", "看日志（Ctrl-C 退出，服务不停）"),
        )
