# ruff: noqa: SIM115
"""What hostile bytes may make the reading child do; every function is a `work` of the sandbox, found by name in the child."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import stat
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any


def work(request: Any, payload: bytes) -> tuple[Any, Sequence[bytes]]:
    """Do what the request names."""
    deeds = {
        "echo": lambda: (request["say"], [payload]),
        "spin": spin,
        "sleep": lambda: time.sleep(60),
        "nap": lambda: (time.sleep(0.6), (request["say"], []))[1],
        "memory": lambda: bytearray(8 << 30),
        "segfault": lambda: ctypes.string_at(0),
        "leave": lambda: os._exit(0),
        "raise": lambda: 1 // 0,
        "print": lambda: (print("noise", flush=True), (None, []))[1],
        "babble": lambda: os.write(4, b"\xff" * 64) and os._exit(0),
        "flood": lambda: ("much", [b"x" * 1000] * 100),
        "environment": lambda: ({**os.environ, "cwd": str(Path.cwd())}, []),
        "write": lambda: (Path("big").write_bytes(b"x" * (4 << 20)), [])[0] and (None, []),
        "open": lambda: ([os.open(os.devnull, os.O_RDONLY) for _ in range(200)], [])[0] and (None, []),
        "core": lambda: os.kill(os.getpid(), signal.SIGABRT),
        "grandchild": grandchild,
        "attack": lambda: (attack(request), []),
        "linger": linger,
        "number": lambda: (f"{os.getpid()} {Path('/proc/self/stat').read_text().split()[21]}", []),
        "lie": lambda: lie(request["frame"].encode("latin-1")),
    }
    return deeds[request["do"]]()  # type: ignore[no-any-return,no-untyped-call]


def spin() -> Any:
    """For ever, in pure CPU."""
    while True:
        pass


def grandchild() -> Any:
    """Start a process of its own that would outlive everything, tell its number, and wait."""
    number = os.fork()
    if number == 0:
        time.sleep(60)
        os._exit(0)
    Path("grandchild").write_text(str(number))
    time.sleep(60)


def attack(request: Any) -> dict[str, str]:
    """Try everything that code running as the reader could want; says of each try how it went."""
    tries: dict[str, Any] = {
        "parent_environment": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
        "any_environment": lambda: any(b"hush" in p.read_bytes() for p in Path("/proc").glob("[0-9]*/environ")) or 1 / 0,
        "secret": lambda: Path(request["secret"]).read_text(),
        "ledger_read": lambda: Path(request["ledger"]).read_bytes(),
        "ledger_write": lambda: Path(request["ledger"]).open("ab").write(b"x"),
        "vault": lambda: Path(request["vault"]).open("r+b"),
        "checkout": lambda: Path(request["checkout"]).read_text(),
        "home": lambda: list(Path("/home").iterdir()) + list(Path("/var/log").iterdir()),
        "passwords": lambda: Path("/etc/shadow").read_text(),
        "connect": lambda: socket.create_connection(("127.0.0.1", request["port"]), 2),
        "outside": lambda: socket.create_connection(("192.0.2.1", 80), 1),
        "kill_parent": lambda: os.kill(request["parent"], 9),
        "program": lambda: Path(os.__file__).open("ab").write(b"x"),
        "source": lambda: Path(__file__).open("ab").write(b"x"),
        "root_again": lambda: (os.setuid(0), Path("/etc/ld.so.cache").open("ab")),
        "mount": lambda: ctypes.CDLL(None, use_errno=True).mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0 or 1 / 0,
        "forks": lambda: many_forks() >= 200 or 1 / 0,
        "disk": lambda: fill_disk() >= request["disk"] or 1 / 0,
    }
    return {name: outcome(deed) for name, deed in tries.items()}


def outcome(deed: Any) -> str:
    """`done` when it worked, else what stopped it."""
    try:
        deed()
    except BaseException as error:
        return type(error).__name__
    return "done"


def many_forks() -> int:
    """How many processes can be started, two hundred at most."""
    number = 0
    with suppress(OSError):
        for _ in range(200):
            if os.fork() == 0:
                time.sleep(30)
                os._exit(0)
            number += 1
    return number


def fill_disk() -> int:
    """How many bytes can be left in the scratch folder, in files small enough for any limit of one file."""
    total = 0
    with suppress(OSError):
        for number in range(10_000):
            total += Path(f"fill-{number}").write_bytes(b"x" * (1 << 20))
    return total


def linger() -> Any:
    """Leave a daemon behind in a session of its own, which writes its mark where the parent could find it, and answer as if nothing were."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for _ in range(600):
                time.sleep(0.1)
        os._exit(0)
    return "innocent", []


def lie(frame: bytes) -> Any:
    """Put bytes of one's own on the pipe in place of an answer, then sit still."""
    for descriptor in range(3, 20):
        with suppress(OSError):
            if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
                os.write(descriptor, frame)
    os._exit(0)
