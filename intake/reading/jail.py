"""Shell: the jail (隔离) round every program that touches a stranger's bytes - bubblewrap where the machine has it, else limits alone.

Inside there is no network, no process but its own, nothing of this machine but the system's read-only programs and ours, and one scratch
folder in memory that is gone with it; no ledger, no vault, no settings, no home. The program dies with us, and everything it started dies
with it (a pid namespace has no survivors). Where the service runs as root, the program steps down to nobody before its first instruction.
Sources: bwrap(1), user_namespaces(7), setrlimit(2) (NPROC counts within the user namespace), prctl(2) PR_SET_PDEATHSIG.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PROBE_SECONDS = 10
# What programs need of the system: libraries, fonts, LibreOffice's own settings. Nothing else of /etc, /home, /var or /srv is there.
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt/libreoffice")
_SETTINGS = (
    "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/fonts", "/etc/libreoffice", "/etc/localtime",
    "/var/cache/fontconfig",
)  # fmt: skip
_SMALL = str(4 << 20)  # /tmp, where LibreOffice puts the socket by which its parts find each other
# Limits itself, steps down, then becomes the program: a few milliseconds, and nothing of it can be undone from inside.
_LAUNCH = """
import json, os, resource, sys
told = json.loads(sys.argv[1])
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(1, 9)
if told["nobody"]:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
for name, value in told["limits"].items():
    resource.setrlimit(getattr(resource, name), (value, value))
if told["nobody"] and libc.unshare(0x10000000):
    sys.exit(97)
libc.prctl(38, 1, 0, 0, 0)
os.environ.pop("PWD", None)
os.execv(sys.argv[2], sys.argv[2:])
"""


@dataclass(frozen=True, slots=True)
class Bounds:
    """界限: what one jailed program may take, every process of it: bytes of memory and of a file, open files, CPU seconds, and how many
    processes it may be; 0 sets no limit."""

    memory: int = 0
    written: int = 0
    open_files: int = 0
    cpu_seconds: int = 0
    processes: int = 0


@dataclass(frozen=True, slots=True)
class Jail:
    """隔离室: how a command is locked up here; `bwrap` is empty where only limits hold, `as_nobody` where root steps down first."""

    bwrap: str = ""
    as_nobody: bool = False

    def command(self, inner: Sequence[str], folder: Path, bounds: Bounds, *, scratch: int = 0, readable: Sequence[Path] = ()) -> list[str]:
        """The command locked up: `folder` is its scratch space (of `scratch` bytes, in memory), `readable` what else it may read."""
        launched = [sys.executable, "-I", "-S", "-c", _LAUNCH, self._orders(bounds), *inner]
        if not self.bwrap:
            return launched
        apart = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        return [
            self.bwrap, "--cap-drop", "ALL", *(apart if self.as_nobody else ["--unshare-all"]), "--die-with-parent", "--new-session",
            "--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--size", _SMALL, "--tmpfs", "/tmp",  # noqa: S108
            *_read_only((*_SYSTEM, *_SETTINGS)), *_ways_to(readable), *_read_only(str(path) for path in readable),
            "--perms", "0777", "--size", str(scratch), "--tmpfs", str(folder), "--chdir", str(folder), *launched,
        ]  # fmt: skip

    def _orders(self, bounds: Bounds) -> str:
        names = {"memory": "RLIMIT_AS", "written": "RLIMIT_FSIZE", "open_files": "RLIMIT_NOFILE", "cpu_seconds": "RLIMIT_CPU"}
        # Outside a namespace of its own the count would be of everything this user runs.
        names |= {"processes": "RLIMIT_NPROC"} if self.bwrap else {}
        limits = {names[name]: value for name, value in asdict(bounds).items() if value and name in names}
        return json.dumps({"limits": limits | {"RLIMIT_CORE": 0}, "nobody": self.as_nobody})

    @property
    def sentence(self) -> str:
        """What holds here, for `intake doctor`."""
        if not self.bwrap:
            return "没有 bubblewrap（或本机不允许使用）：读件进程只受内存、时间、文件大小限制。建议安装：Debian/Ubuntu 为 apt install bubblewrap。"
        who = "，以 nobody 身份运行" if self.as_nobody else ""
        return f"bubblewrap 可用：读件和转换都在隔离室里进行{who}，没有网络，看不到账册、原件库、设置和别的进程。"


OPEN_AIR = Jail()
_nursery: tuple[int, ThreadPoolExecutor] | None = None


def start(command: Sequence[str], **how: Any) -> subprocess.Popen[bytes]:
    """`subprocess.Popen`, called in a thread that lives as long as this process: a program told to die with its parent dies with the *thread*
    that started it (prctl(2)), and the threads that ask for work come and go."""
    global _nursery
    if _nursery is None or _nursery[0] != os.getpid():
        _nursery = (os.getpid(), ThreadPoolExecutor(1, thread_name_prefix="intake-nursery"))
    return _nursery[1].submit(_popen, list(command), how).result()


def _popen(command: list[str], how: dict[str, Any]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, **how)  # noqa: S603


@lru_cache(maxsize=1)
def find_jail() -> Jail:
    """The best jail that really works on this machine, tried once a process."""
    bwrap = shutil.which("bwrap")
    if bwrap:
        ways = [Jail(bwrap, as_nobody=True)] if os.geteuid() == 0 else []
        return next((jail for jail in (*ways, Jail(bwrap)) if works(jail)), OPEN_AIR)
    return OPEN_AIR


def works(jail: Jail) -> bool:
    """True when a Python starts in this jail and can read our packages."""
    readable = python_folders("intake", "parsers", "config")
    check = "import os,sys; sys.exit(not all(os.access(p, os.R_OK) for p in sys.argv[1:]))"
    inner = [sys.executable, "-I", "-S", "-c", check, *map(str, readable)]
    command = jail.command(inner, Path("/tmp/intake-probe"), Bounds(processes=8), scratch=1 << 20, readable=readable)  # noqa: S108
    quiet = subprocess.DEVNULL
    try:
        done = subprocess.run(command, stdin=quiet, stdout=quiet, stderr=quiet, env={}, timeout=PROBE_SECONDS, cwd="/", check=False)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


@lru_cache(maxsize=8)
def python_folders(*packages: str) -> tuple[Path, ...]:
    """What Python needs to run these packages: the interpreter, the installed libraries, and of a checkout the packages alone."""
    installed = {Path(p) for p in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    libraries = {Path(p) for p in sys.path if p.endswith(("site-packages", "dist-packages", "lib-dynload", ".zip"))}
    ours = {Path(place) for name in packages if (spec := find_spec(name)) for place in spec.submodule_search_locations or ()}
    every = installed | libraries | ours
    return tuple(sorted(p for p in every | {p.resolve() for p in every} if p.exists()))


def _read_only(paths: Iterable[str]) -> list[str]:
    """Binds for what exists; a folder of the system that is only a link (/bin on most machines) stays one."""
    found: list[str] = []
    for path in paths:
        if path in _SYSTEM and Path(path).is_symlink():
            found += ["--symlink", str(Path(path).readlink()), path]
        else:
            found += ["--ro-bind-try", path, path]
    return found


def _ways_to(paths: Iterable[Path]) -> list[str]:
    """The folders above them, open to pass through though root's own are closed outside: only what is bound below them is there."""
    above = {parent for path in paths for parent in path.parents} - {Path("/"), Path("/tmp"), *map(Path, _SYSTEM)}  # noqa: S108
    return [word for parent in sorted(above) if not str(parent).startswith("/usr/") for word in ("--perms", "0755", "--dir", str(parent))]
