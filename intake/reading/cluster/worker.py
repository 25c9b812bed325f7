"""Shell: a worker (工作机) - reads the pieces of others in its own jailed children; it has no ledger, no vault, no mailbox and no campaign."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import TYPE_CHECKING

from config.settings import EngineSettings
from intake.errors import EngineUnavailable, ReadingProcessUnavailable, World
from intake.reading.cluster.pieces import Pace, found_to_bytes, piece_to_request, wanted_texts
from intake.reading.engine import SCAN_LIMITS
from intake.reading.sandbox import Sandbox
from intake.reading.scratch_folders import sweep_scratch
from parsers.scan.available import scan_reader_available

if TYPE_CHECKING:
    from intake.reading.cluster.postgres import Exchange

log = logging.getLogger("intake.worker")
SHORTEST_WAIT, LONGEST_WAIT = 0.5, 30.0
GRACE_SECONDS = 5.0
"""How long a stop waits for the files in hand; then their children are killed and another worker reads them."""
MOST_TEXTS = 100


class BrokenOff(Exception):
    """收工: told to stop in the middle of a job; another worker gets it."""


class Worker:
    """工作机: `children` reading children and, where the extra `ocr` is installed, one that recognises scans.

    `tell` hears in a sentence when the work begins and why it rests; setting `stop` ends it.
    """

    def __init__(self, address: EngineSettings, children: int, tell: Callable[[str], None], pace: Pace | None = None) -> None:
        self.stop = threading.Event()
        self._address, self._children, self._tell, self._pace = address, children, tell, pace or Pace()
        self._sandboxes = [Sandbox() for _ in range(children)]
        self._scans = Sandbox(SCAN_LIMITS)
        self._free: SimpleQueue[Sandbox] = SimpleQueue()
        for sandbox in self._sandboxes:
            self._free.put(sandbox)
        self._free_for_scans: SimpleQueue[Sandbox] = SimpleQueue()
        self._free_for_scans.put(self._scans)
        self._texts: dict[str, str] = {}
        self._wait = SHORTEST_WAIT
        self._unfit: World | None = None

    def work(self) -> None:
        """Work until told to stop, through every absence of PostgreSQL; raises ReadingProcessUnavailable when this machine cannot read at all."""
        from intake.reading.cluster.postgres import Shift

        sweep_scratch()  # what a killed one left
        threading.Thread(target=self._cut_off, daemon=True).start()
        try:
            while not self.stop.is_set():
                try:
                    Shift(self._address, self._children, scan_reader_available(), self._pace, self._read).work(self.stop, self._begun)
                except EngineUnavailable as refusal:
                    self._rest(refusal.detail or str(refusal))
                except Exception as error:
                    log.exception("工作机出错")
                    self._rest(type(error).__name__)
        finally:
            self.stop.set()
            for sandbox in (*self._sandboxes, self._scans):
                sandbox.close()
        if self._unfit is not None:
            raise self._unfit

    def _begun(self) -> None:
        self._wait = SHORTEST_WAIT
        scans = "，也识读扫描件" if scan_reader_available() else "（没有安装 ocr，不识读扫描件）"
        self._tell(f"开始读件：{self._children} 个读件进程{scans}")

    def _rest(self, why: str) -> None:
        self._tell(f"{why}；{self._wait:g} 秒后再连")
        self.stop.wait(self._wait)
        self._wait = min(2 * self._wait, LONGEST_WAIT)

    def _cut_off(self) -> None:
        """Once told to stop: the work in hand is given a little time, then it is cut off, whatever it is."""
        self.stop.wait()
        time.sleep(GRACE_SECONDS)
        for sandbox in (*self._sandboxes, self._scans):
            sandbox.cut()

    def _read(self, exchange: Exchange, pieces: list[str]) -> None:
        """The pieces of one job, each answered as soon as it is read; what it raises has the job tried again, here or elsewhere."""
        try:
            for name, request, payload in exchange.begin(pieces):
                answer = self._answer(exchange, request, payload)
                if self.stop.is_set():  # a child that was cut off has said nothing about the bytes
                    raise BrokenOff
                exchange.answer(name, answer)
        except (BrokenOff, World):
            raise
        except Exception:
            log.exception("读件出错")
            raise

    def _answer(self, exchange: Exchange, request: str, payload: bytes) -> bytes:
        """What a child says to one piece; nothing when a text of its request is gone: then its service reads it."""
        missing = [sha for sha in wanted_texts(request) if sha not in self._texts]
        if missing:
            held = {} if len(self._texts) > MOST_TEXTS else self._texts
            self._texts = held | exchange.texts(missing)
        try:
            asked = piece_to_request(request, self._texts)
        except KeyError:
            return b""
        free = self._free_for_scans if asked["kind"] == "scan" else self._free
        sandbox = free.get()
        try:
            return found_to_bytes(sandbox.ask(asked, payload))
        except ReadingProcessUnavailable as refusal:
            self._unfit = refusal
            self.stop.set()
            raise BrokenOff from refusal
        finally:
            free.put(sandbox)
