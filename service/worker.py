"""Shell: the timetable (值班表), over APScheduler - one thread, no job store; "was it done today?" is asked of the ledger.

A cycle that fails is noted and tried again; the world's refusals never end the service. SIGTERM and Ctrl-C stop it between letters.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from intake.errors import World
from notifier.belt.staff import queue_digests_due, queue_heartbeat
from service.backup import backup
from service.office import Office
from service.rounds import poll, send

log = logging.getLogger("intake.worker")


def serve(office: Office, stop: threading.Event | None = None) -> None:
    """Work by the timetable until told to stop; the first round begins at once."""
    ended = stop or threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())

    def pause(seconds: float) -> None:
        """Wait, but not beyond the call to stop."""
        ended.wait(seconds)

    patient = replace(office, pause=pause)
    schedule = timetable(patient)
    schedule.start()
    log.info("开始值班：每 %s 秒收一轮信", office.settings.poll_seconds)
    ended.wait()
    schedule.shutdown(wait=True)
    log.info("值班结束，账册完好")


def timetable(office: Office) -> BackgroundScheduler:
    """Every job with its time. `coalesce` and no misfire limit: a machine that slept does the job once, late, never not at all."""
    zone = office.campaign.zone
    schedule = BackgroundScheduler(
        timezone=zone,
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    first = datetime.now(zone)
    schedule.add_job(guarded, "interval", (office, "收信", mail_cycle), seconds=office.settings.poll_seconds, id="mail", next_run_time=first)
    schedule.add_job(guarded, "interval", (office, "日报", staff_cycle), seconds=60, id="staff", next_run_time=first)
    if office.settings.backup:
        schedule.add_job(guarded, "cron", (office, "备份", backup_cycle), hour=2, minute=30, id="backup")
    return schedule


def guarded(office: Office, name: str, cycle: Callable[[Office], None]) -> None:
    """One cycle whose failure is logged and noted for the digest; the next one comes at its time."""
    try:
        cycle(office)
    except World as refusal:
        log.warning("%s：%s", name, refusal)
    except Exception as error:
        log.exception("%s出错", name)
        with office.books() as (ledger, _):
            ledger.note_health("last_cycle_error", f"{office.clock().isoformat()} {name}：{type(error).__name__}")


def mail_cycle(office: Office) -> None:
    """Fetch, keep, read, assess, compose, send."""
    log.info("%s", poll(office))


def staff_cycle(office: Office) -> None:
    """The digests that are due (also those missed while the service was down) and the heartbeat; then send them."""
    with office.books() as (ledger, _):
        queue_digests_due(ledger, office.campaign, office.settings, office.clock())
        queue_heartbeat(ledger, office.campaign, office.settings, office.clock())
        send(office, ledger)


def backup_cycle(office: Office) -> None:
    """The nightly copy."""
    if office.settings.backup:
        log.info("已备份到 %s", backup(office, office.settings.backup, office.clock()))
