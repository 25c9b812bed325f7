"""Shell: the timetable (值班表), over APScheduler - no job store; "was it done today?" is asked of the ledger.

Five threads, so that none waits for another: the mailbox, the belt (open, read, assess, compose), the post, scans, and what staff get. A cycle that
fails is noted and tried again; one that outlasts its time is told and left alone, everything else goes on. SIGTERM and Ctrl-C stop it.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from intake.belt import read_scans
from intake.books import LAST_CYCLE_ERROR
from intake.decisions import ABOUT_THE_OFFICE
from intake.errors import World
from notifier.belt import queue_digests_due, queue_heartbeat
from service.desk.replies import seal
from service.keeping.backup import backup, damaged_in, prune
from service.keeping.scrubbing import scrub, share_of
from service.office import Office
from service.renewal import Renewal
from service.rounds import Stations, fetch_patiently, hang_up, reading_engine, send, work_through

log = logging.getLogger("intake.worker")
GRACE_SECONDS = 10.0
"""How long a stop waits for what is under way; every piece may be cut off anywhere and is done again at the next start."""

LIMITS = {"收信": timedelta(minutes=15), "核对": timedelta(minutes=30), "发信": timedelta(minutes=30), "日报": timedelta(minutes=5), "备份": timedelta(hours=1), "校验": timedelta(hours=1), "识读": timedelta(hours=1)}
"""After how long a cycle is told to be late; it is not killed, and the same cycle does not begin a second time beside it."""

LISTEN_SECONDS = 2
"""How often the belt asks the ledger whether anything was decided, by this process or another."""


class TooLong(World):
    """一轮太久: a cycle that has not come to its end in time."""

    sentence = "这一轮还没有结束，下次再看；其他工作照常进行。"


@dataclass
class Duty:
    """值班: what the threads of one service share."""

    renewal: Renewal
    ended: threading.Event
    running: dict[str, threading.Thread] = field(default_factory=dict)

    @property
    def office(self) -> Office:
        """The office for one piece of work: files as they are now, decisions as they stand, waits that end with the service."""
        office = replace(self.renewal.office(), pause=self.pause)
        with office.books() as (ledger, _):
            return office.as_decided(ledger.decisions(ABOUT_THE_OFFICE))

    def pause(self, seconds: float) -> None:
        """Wait, but not beyond the call to stop."""
        self.ended.wait(seconds)


def never() -> bool:
    """Nothing changes."""
    return False


def stop_when_told() -> threading.Event:
    """An event that SIGTERM and Ctrl-C set."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    return ended


def serve(office: Office, stop: threading.Event | None = None, rung: threading.Event | None = None, changed: Callable[[], bool] = never) -> None:
    """Work by the timetable until told to stop, or until the settings `changed`; the first round begins at once, and one more after each ring."""
    told = stop or stop_when_told()
    with office.books():
        pass  # new or earlier books get their shape before several threads open them
    duty = Duty(Renewal(office), threading.Event())
    schedule = timetable(duty)
    schedule.start()
    log.info("开始值班：每 %s 秒收一轮信", office.settings.poll_seconds)
    while not told.wait(1.0):
        if changed():
            log.info("设置改了，按新的设置重新开始值班")
            break
        if rung and rung.is_set():
            rung.clear()
            for name in ("核对", "收信"):
                schedule.modify_job(name, next_run_time=datetime.now(office.campaign.zone))
    duty.ended.set()
    hang_up()
    schedule.shutdown(wait=False)
    left = [name for name, thread in duty.running.items() if not _ends(thread)]
    log.info("值班结束，账册完好%s", f"（{'、'.join(left)}没有做完，下次接着做）" if left else "")


def _ends(thread: threading.Thread) -> bool:
    thread.join(GRACE_SECONDS)
    return not thread.is_alive()


def timetable(duty: Duty) -> BackgroundScheduler:
    """Every job with its time. `coalesce` and no misfire limit: a machine that slept does the job once, late, never not at all."""
    office = duty.renewal.office()
    zone = office.campaign.zone
    schedule = BackgroundScheduler(
        timezone=zone,
        executors={name: ThreadPoolExecutor(1) for name in ("default", "mailbox", "belt", "post", "scans")},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    first = datetime.now(zone)
    jobs: tuple[tuple[str, Callable[[Office], None], str, float], ...] = (
        ("收信", mail_cycle, "mailbox", office.settings.poll_seconds),
        ("核对", belt_cycle, "belt", LISTEN_SECONDS),
        ("发信", post_cycle, "post", 15),
        ("日报", staff_cycle, "default", 60),
        ("识读", scan_cycle, "scans", 30),
    )
    for name, cycle, executor, seconds in jobs:
        schedule.add_job(guarded, "interval", (duty, name, cycle), seconds=seconds, executor=executor, id=name, next_run_time=first)
    schedule.add_job(guarded, "cron", (duty, "校验", scrub_cycle), hour=3, minute=30, id="校验")
    if office.settings.backup:
        schedule.add_job(guarded, "cron", (duty, "备份", backup_cycle), hour=2, minute=30, id="备份")
    return schedule


def guarded(duty: Duty, name: str, cycle: Callable[[Office], None]) -> None:
    """One cycle whose failure is logged and noted for the digest; the next one comes at its time."""
    if duty.ended.is_set():
        return
    office = None
    try:
        office = duty.office
        within(duty, name, lambda: cycle(office))
    except World as refusal:
        log.warning("%s：%s", name, refusal)
    except Exception as error:
        log.exception("%s出错", name)
        note_error(office or duty.renewal.office(), name, error)


def within(duty: Duty, name: str, work: Callable[[], None]) -> None:
    """Do the work in a thread that dies with the process, and wait for it as long as its time allows; raises TooLong when it is late or an
    earlier one is not done yet, and whatever the work raises."""
    before = duty.running.get(name)
    if before is not None and before.is_alive():
        raise TooLong(name)
    raised: list[Exception] = []

    def run() -> None:
        try:
            work()
        except Exception as error:
            raised.append(error)

    thread = threading.Thread(target=run, name=f"intake-{name}", daemon=True)
    duty.running[name] = thread
    thread.start()
    patience = LIMITS[name].total_seconds()
    while thread.is_alive() and patience > 0 and not duty.ended.is_set():
        thread.join(0.2)
        patience -= 0.2
    if raised:
        raise raised[0]
    if thread.is_alive() and not duty.ended.is_set():
        raise TooLong(name)


def note_error(office: Office, name: str, error: Exception) -> None:
    """Remember our own mistake for the digest."""
    try:
        with office.books() as (ledger, _):
            ledger.note_health(LAST_CYCLE_ERROR, f"{office.clock().isoformat()} {name}：{type(error).__name__}")
    except World as refusal:
        log.warning("%s", refusal)


def mail_cycle(office: Office) -> None:
    """Fetch and keep; what came is marked, and the belt takes it up."""
    with office.books() as (ledger, vault):
        new = fetch_patiently(office, ledger, vault)
    if new:
        log.info("新收 %s 封", new)


def belt_cycle(office: Office) -> None:
    """Open, read, assess and compose what is owed; nothing when nothing is."""
    with office.books() as (ledger, vault):
        stations = Stations()
        work_through(office, ledger, vault, stations)
        if stations.composed:
            log.info("拟信 %s 封", stations.composed)
        stations.raise_first()


def scan_cycle(office: Office) -> None:
    """Scans that are owed their turn; what they say is marked, and the belt assesses it."""
    with office.books() as (ledger, vault), reading_engine(office) as engine:
        report = read_scans(ledger, vault, engine, office.campaign, office.settings.scans, office.clock())
    if report.looked_at:
        log.info("识读扫描件 %s 份，认出 %s 份", report.looked_at, report.recognised)


def post_cycle(office: Office) -> None:
    """Send what may leave."""
    with office.books() as (ledger, _):
        report = send(office, ledger)
    if report.sent or report.failed:
        log.info("发出 %s 封%s", report.sent, f"，失败 {report.failed} 封" if report.failed else "")


def staff_cycle(office: Office) -> None:
    """The digests that are due (also those missed while the service was down) and the heartbeat; the post takes them."""
    with office.books() as (ledger, _):
        queue_digests_due(ledger, office.campaign, office.settings, office.clock(), seal(office))
        queue_heartbeat(ledger, office.campaign, office.settings, office.clock())


def backup_cycle(office: Office) -> None:
    """The nightly copy, and the old ones nobody needs taken away; then a sixth of the vault is held against its check sums."""
    if office.settings.backup:
        made = backup(office, office.settings.backup, office.clock())
        log.info("已备份到 %s", made)
        if not damaged_in(made):
            prune(office.settings.backup, office.clock())


def scrub_cycle(office: Office) -> None:
    """A sixth of the kept originals a day, so that all are looked at within a week."""
    with office.books() as (ledger, vault):
        if found := scrub(ledger, vault, share_of(office.clock())):
            log.warning("原件库中有 %s 份与登记时不一致，已请求重新取回", len(found))
