"""Shell: the timetable (值班表), over APScheduler - one thread and one for the mailbox, no job store; "was it done today?" is asked of the ledger.

A cycle that fails is noted and tried again; the world's refusals never end the service. SIGTERM and Ctrl-C stop it between letters.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from apscheduler.events import EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from intake.errors import World
from notifier.belt.staff import queue_digests_due, queue_heartbeat
from service.backup import backup
from service.office import Office
from service.rounds import fetch_patiently, hang_up, send, work_through

log = logging.getLogger("intake.worker")


def never() -> bool:
    """Nothing changes."""
    return False


def stop_when_told() -> threading.Event:
    """An event that SIGTERM and Ctrl-C set."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    return ended


def serve(
    office: Office, stop: threading.Event | None = None, rung: threading.Event | None = None, changed: Callable[[], bool] = never
) -> None:
    """Work by the timetable until told to stop, or until the settings `changed`; the first round begins at once, and one more after each ring."""
    ended = stop or stop_when_told()

    def pause(seconds: float) -> None:
        """Wait, but not beyond the call to stop."""
        ended.wait(seconds)

    patient = replace(office, pause=pause)
    schedule = timetable(patient)
    schedule.start()
    log.info("开始值班：每 %s 秒收一轮信", office.settings.poll_seconds)
    while not ended.wait(1.0 if rung else None):
        if changed():
            log.info("设置改了，按新的设置重新开始值班")
            break
        if rung and rung.is_set():
            rung.clear()
            schedule.modify_job("mail", next_run_time=datetime.now(office.campaign.zone))
    hang_up()
    schedule.shutdown(wait=True)
    log.info("值班结束，账册完好")


def timetable(office: Office) -> BackgroundScheduler:
    """Every job with its time. `coalesce` and no misfire limit: a machine that slept does the job once, late, never not at all.

    The mailbox has a thread of its own: a server that is slow or down keeps neither answers nor the digest nor the alarm waiting.
    """
    zone = office.campaign.zone
    schedule = BackgroundScheduler(
        timezone=zone,
        executors={"default": ThreadPoolExecutor(1), "line": ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    first, every = datetime.now(zone), office.settings.poll_seconds
    schedule.add_job(guarded, "interval", (office, "收信", fetch_cycle), seconds=every, id="line", executor="line", next_run_time=first)
    schedule.add_job(guarded, "interval", (office, "办理", mail_cycle), seconds=every, id="mail", next_run_time=first)
    schedule.add_job(guarded, "interval", (office, "日报", staff_cycle), seconds=60, id="staff", next_run_time=first)
    if office.settings.backup:
        schedule.add_job(guarded, "cron", (office, "备份", backup_cycle), hour=2, minute=30, id="backup")

    def fetched(event: JobExecutionEvent) -> None:
        """What just came is worked on at once."""
        if event.job_id == "line":
            schedule.modify_job("mail", next_run_time=datetime.now(zone))

    schedule.add_listener(fetched, EVENT_JOB_EXECUTED)
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


def fetch_cycle(office: Office) -> None:
    """Fetch and keep; a line in the log only when something came."""
    if new := fetch_patiently(office):
        log.info("新收 %s 封", new)


def mail_cycle(office: Office) -> None:
    """Read, assess, compose, send; a line in the log only when something was done."""
    found = work_through(office)
    if found.composed or found.post.sent or found.post.failed:
        log.info("%s", found)


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
