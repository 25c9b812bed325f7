"""Shell: the belt driven from the desk's side - after every ring one round, unless a running service holds the books and will do it itself."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from intake.books import sole_process
from intake.errors import LedgerLocked, World
from service.desk.door.here import Bell
from service.office import Office
from service.rounds import after_fetching

log = logging.getLogger("intake.desk")
GATHER = 0.3
"""Seconds to wait after a ring: two clicks in a row are one round."""


def one_round(office: Office) -> None:
    """Everything owed but fetching."""
    with office.books() as (ledger, vault):
        after_fetching(office, ledger, vault)


def tend(bell: Bell, find_office: Callable[[], Office], stop: threading.Event, work: Callable[[Office], None] = one_round) -> None:
    """Wait for the bell and work, until told to stop; what fails is logged, and the next ring tries again."""
    while not stop.is_set():
        if not bell.rung.wait(timeout=1.0):
            continue
        stop.wait(GATHER)
        bell.rung.clear()
        office = find_office()
        try:
            with sole_process(office.lock_path):
                work(office)
        except LedgerLocked:
            log.debug("值班程序在运行，由它核对")
        except World as refusal:
            log.warning("核对：%s", refusal)
        except Exception:
            log.exception("核对出错")


@contextmanager
def tended(bell: Bell, find_office: Callable[[], Office], work: Callable[[Office], None] = one_round) -> Iterator[None]:
    """The belt tended while the block runs."""
    stop = threading.Event()
    thread = threading.Thread(target=tend, args=(bell, find_office, stop, work), name="tend", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=30)
