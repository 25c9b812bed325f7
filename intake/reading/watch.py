"""Shell: one thread that watches all clocks (守时) - to start a thread for every file read cost more than to record what the file said."""

from __future__ import annotations

import heapq
import itertools
import logging
import os
import threading
import time
from collections.abc import Callable

log = logging.getLogger("intake.watch")


class Watch:
    """时限: `after` has something called when so many seconds have passed, unless what it gives is called before."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._due: list[tuple[float, int]] = []
        self._calls: dict[int, Callable[[], None]] = {}
        self._numbers = itertools.count()
        self._process = 0

    def after(self, seconds: float, call: Callable[[], None]) -> Callable[[], None]:
        """Call it in so many seconds, in the watching thread; gives how to call it off."""
        with self._changed:
            if self._process != os.getpid():  # the first call, or a forked process, in which no thread lives on
                self._process, self._due, self._calls = os.getpid(), [], {}
                threading.Thread(target=self._watch, name="intake-watch", daemon=True).start()
            number = next(self._numbers)
            self._calls[number] = call
            heapq.heappush(self._due, (time.monotonic() + seconds, number))
            if self._due[0][1] == number:
                self._changed.notify()

        def call_off() -> None:
            with self._changed:
                self._calls.pop(number, None)

        return call_off

    def _watch(self) -> None:
        while True:
            with self._changed:
                while self._due and self._due[0][1] not in self._calls:
                    heapq.heappop(self._due)
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is None or wait > 0:
                    self._changed.wait(wait)
                    continue
                call = self._calls.pop(heapq.heappop(self._due)[1])
            try:
                call()
            except Exception:  # whatever one call meets, the other clocks are watched on
                log.exception("到时要做的一件事出错，其余的时限照常")


watch = Watch()
