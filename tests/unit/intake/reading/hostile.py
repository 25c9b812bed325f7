"""What hostile bytes may make the reading child do; every function is a `work` of the sandbox, found by name in the child."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def work(request: Any, payload: bytes) -> tuple[Any, Sequence[bytes]]:
    """Do what the request names."""
    deeds = {
        "echo": lambda: (request["say"], [payload]),
        "spin": spin,
        "sleep": lambda: time.sleep(60),
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
