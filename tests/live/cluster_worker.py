"""A worker in a process of its own that is soon missed; while the file HOLD is there it begins pieces and answers none.

usage: python -m tests.live.cluster_worker URL [HOLD]
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from config.settings import EngineSettings
from intake.reading.cluster.engine import engine_state
from intake.reading.cluster.pieces import Pace
from intake.reading.cluster.worker import Worker

if TYPE_CHECKING:
    from intake.reading.cluster.postgres import Exchange

PACE = Pace(heartbeat=1.0, stalled=2.0, absent=8.0, silent=60.0, again=1.0)
READY_SECONDS = 30.0


class Holding(Worker):
    """A worker that can be caught in the middle of a job."""

    hold = ""

    def _answer(self, exchange: Exchange, request: str, payload: bytes) -> bytes:
        if self.hold and Path(self.hold).exists():
            Path(f"{self.hold}.begun").touch()
        while self.hold and Path(self.hold).exists():
            time.sleep(0.01)
        return super()._answer(exchange, request, payload)


class Running:
    """A worker's process; `await_workers` says when it is connected."""

    def __init__(self, address: EngineSettings, hold: Path | None = None) -> None:
        command = [sys.executable, "-m", "tests.live.cluster_worker", address.url, str(hold or "")]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)

    def __enter__(self) -> Running:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()

    def kill(self) -> None:
        """kill -9; the jail's child dies with it."""
        self.process.kill()
        self.process.wait()


def await_workers(address: EngineSettings, number: int) -> None:
    """Until so many workers are connected."""
    latest = time.monotonic() + READY_SECONDS
    while engine_state(address)[0].workers != number:
        if time.monotonic() > latest:
            raise TimeoutError(f"not {number} workers: {engine_state(address)[0]}")
        time.sleep(0.02)


if __name__ == "__main__":
    reader = Holding(EngineSettings(sys.argv[1]), 1, lambda _: None, PACE)
    reader.hold = sys.argv[2] if len(sys.argv) > 2 else ""
    signal.signal(signal.SIGTERM, lambda *_: reader.stop.set())
    reader.work()
