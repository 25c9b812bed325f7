"""Shell: one round of the belt - every station asks the ledger what is owed to it; no station calls the next (law 3)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from config.settings import MailboxSettings
from intake.belt import assess_letters, open_letters, read_documents, read_scans
from intake.books import DECISION, ENGINE_TROUBLE, INSTITUTION, LETTER, MAIL_SERVERS, READ, READ_BY, Ledger, Vault, world_errors
from intake.claiming import message_ids_among
from intake.errors import MailboxUnavailable, ServerRefusedLogin, UnsafeLogin, World
from intake.mailbox import KeptLine, Mailbox, fetch_letters, import_letters, look_at_numbers, note_failure
from intake.opening import OPENER_VERSION
from intake.progress import Progress, no_progress
from intake.reading import Engine, LibreOffice, make_engine, sweep_scratch
from intake.records import OutboxRecord
from notifier.belt import compose_owed, send_letters, write_todo_owed
from notifier.letter import SendReport
from parsers.read import READER_VERSION
from service.desk.replies import answer_replies
from service.office import Office
from service.sent_folder import look_at_sent

log = logging.getLogger("intake.rounds")
FETCH_SECONDS = 600.0
LOGIN_REFUSED = "login_refused_until"
LOGIN_WAITS = (2, 10, 30, 60)
_KEPT = KeptLine()
_OPEN_LINES: list[Callable[[], None]] = []
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Round:
    """一轮: what one round did, and what it leaves to people."""

    new: int = 0
    composed: int = 0
    waiting: int = 0
    quarantined: int = 0
    unclaimed: int = 0
    post: SendReport = field(default_factory=SendReport)

    def __str__(self) -> str:
        parts = [f"新收 {self.new} 封", f"拟信 {self.composed} 封", f"发出 {self.post.sent} 封"]
        parts += [f"待审核 {self.waiting} 封"] * bool(self.waiting) + [f"隔离 {self.quarantined} 封"] * bool(self.quarantined)
        parts += [f"待认领 {self.unclaimed} 封"] * bool(self.unclaimed)
        return "，".join(parts)

    @property
    def needs_a_person(self) -> bool:
        """True when something waits for a click or an eye."""
        return bool(self.waiting or self.quarantined or self.unclaimed)


@contextmanager
def reading_engine(office: Office) -> Iterator[Engine]:
    """The reading children, started once for a piece of work and ended with it; what killed ones left behind is swept first.

    Where other machines were to read, whether they did is noted for the digest."""
    sweep_scratch()
    with make_engine(office.settings.reading_processes, office.settings.engine) as engine:
        try:
            yield engine
        finally:
            note_engine(office, engine.trouble)


@contextmanager
def one_child() -> Iterator[Engine]:
    """For a person who looks at a few files: one reading child on this machine, outcomes in the order of the files, nothing noted."""
    sweep_scratch()
    with make_engine() as engine:
        yield engine


def note_engine(office: Office, trouble: str | None) -> None:
    """Since when other machines do not read for us; `trouble` is None when none was asked, "" when all is well."""
    if trouble is None:
        return
    with office.books() as (ledger, _):
        held = ledger.health_note(ENGINE_TROUBLE)
        if bool(held) != bool(trouble):
            ledger.note_health(ENGINE_TROUBLE, office.clock().isoformat() if trouble else "")
            log.warning("%s", trouble) if trouble else log.info("读件引擎恢复，工作机接着读件")


def forget_engine(office: Office, ledger: Ledger) -> None:
    """Nothing is amiss with an engine that the settings no longer name."""
    if not office.settings.engine.url and ledger.health_note(ENGINE_TROUBLE):
        ledger.note_health(ENGINE_TROUBLE, "")


def poll(office: Office, progress: Progress = no_progress, folders: Sequence[str] = ()) -> Round:
    """One round from the mailbox to the outbox; a mailbox that cannot be reached keeps nobody from being read, answered and reminded."""
    with office.books() as (ledger, vault):
        new, refusal = 0, None
        try:
            new = fetch(office, ledger, vault, folders)
        except World as found:
            refusal = found
        done = after_fetching(office, ledger, vault, progress, new)
    if refusal is not None:
        raise refusal
    return done


def import_files(office: Office, paths: Sequence[Path], progress: Progress = no_progress) -> Round:
    """The same round on letters in files: history, tests, and mail that staff saved by hand."""
    with office.books() as (ledger, vault):
        new = import_letters(paths, ledger, vault, office.clock()).new
        return after_fetching(office, ledger, vault, progress, new)


def fetch_patiently(office: Office, ledger: Ledger, vault: Vault) -> int:
    """One look into the mailbox by the service, on the line kept from the look before; none while it waits after a refused log-in."""
    return fetch(office, ledger, vault, line=_KEPT) if may_log_in(ledger, office.clock()) else 0


def fetch(office: Office, ledger: Ledger, vault: Vault, folders: Sequence[str] = (), line: KeptLine | None = None) -> int:
    """Keep and record what is new in the mailbox; how many letters that was. The station notes the outcome for digest and heartbeat.

    A server that gives a byte a second is given up when the round's time is over: what came by then is kept.
    """
    settings = office.mailbox_settings(folders)
    try:
        new = _fetch_over(line, settings, office, ledger, vault)
    except World as refusal:
        note_failure(ledger, office.clock(), refusal)
        note_refused_login(ledger, office.clock(), refusal)
        raise
    note_refused_login(ledger, office.clock(), None)
    return new


def _fetch_over(line: KeptLine | None, settings: MailboxSettings, office: Office, ledger: Ledger, vault: Vault) -> int:
    """Over a line of its own, or the kept one; where the server has hung up on that one, over a new one."""
    hung_up = False
    try:
        with line.lend(settings) if line else Mailbox.open(settings) as mailbox, closing_at(FETCH_SECONDS, mailbox.abort):
            try:
                new = fetch_letters(mailbox, ledger, vault, settings, office.clock()).new
                look_at_sent(office, ledger, mailbox)
                if look_at_numbers(mailbox, ledger, settings, office.clock(), lambda sha: message_ids_among(ledger.ties_of([sha]))):
                    mailbox.begin(names_too=False)
                    new += fetch_letters(mailbox, ledger, vault, settings, office.clock()).new
            except MailboxUnavailable:
                hung_up = mailbox.is_stale
                raise
            return new
    except MailboxUnavailable:
        if not hung_up:
            raise
    return _fetch_over(None, settings, office, ledger, vault)


@contextmanager
def closing_at(seconds: float, close: Callable[[], None]) -> Iterator[None]:
    """Call `close` from another thread when this takes longer, or when the service is told to stop meanwhile (`hang_up`)."""
    clock = threading.Timer(seconds, close)
    clock.daemon = True
    clock.start()
    _OPEN_LINES.append(close)
    try:
        yield
    finally:
        clock.cancel()
        _OPEN_LINES.remove(close)


def hang_up() -> None:
    """Cut every line to a mailbox that is open now: nobody who wants to stop waits for a slow server."""
    for close in tuple(_OPEN_LINES):
        close()


def note_refused_login(ledger: Ledger, now: datetime, refusal: World | None) -> None:
    """After a log-in refused for a reason only a person can cure the next tries come after 2, 10, 30 minutes, then every hour: providers
    lock a mailbox that is knocked at with a wrong code."""
    if not isinstance(refusal, (ServerRefusedLogin, UnsafeLogin)):
        ledger.note_health(LOGIN_REFUSED, "")
        return
    times = int(ledger.health_note(LOGIN_REFUSED).rpartition(" ")[2] or 0) + 1
    minutes = LOGIN_WAITS[min(times, len(LOGIN_WAITS)) - 1]
    ledger.note_health(LOGIN_REFUSED, f"{(now + timedelta(minutes=minutes)).isoformat()} {times}")


def may_log_in(ledger: Ledger, now: datetime) -> bool:
    """False while the service waits after a refused log-in; a person's own command does not wait. A time further than the longest wait is
    a wrong clock's and binds nobody."""
    until = ledger.health_note(LOGIN_REFUSED).partition(" ")[0]
    return not until or not now < datetime.fromisoformat(until) <= now + timedelta(minutes=LOGIN_WAITS[-1])


def after_fetching(
    office: Office, ledger: Ledger, vault: Vault, progress: Progress = no_progress, new: int = 0, engine: Engine | None = None
) -> Round:
    """Open, read, assess, compose and send whatever is owed, wherever an earlier round stopped; with the caller's engine or its own.

    Each station stands on its own feet: one that fails keeps no other from its work; the first failure is raised when all are done.
    """
    office = office.as_decided(ledger.decisions())
    stations = Stations()
    work_through(office, ledger, vault, stations, progress, engine)
    post = stations.run("发信", lambda: send(office, ledger)) or SendReport()
    stations.run("识读扫描件", lambda: read_late(office, ledger, vault, progress, engine))
    stations.raise_first()
    return Round(new, stations.composed, ledger.count_outbox("held"), ledger.count_letters("quarantined"), ledger.count_unclaimed(), post)


@dataclass(slots=True)
class Stations:
    """各工位: what one round ran, each with its own try; `failures` in the order in which they happened."""

    failures: list[tuple[str, Exception]] = field(default_factory=list)
    composed: int = 0

    def run(self, name: str, work: Callable[[], T]) -> T | None:
        """One station; None when it failed, which is logged and keeps nobody else from working."""
        try:
            with world_errors():  # a full disk is the world's refusal whichever file it met
                return work()
        except World as refusal:
            # The first is raised at the end and told by whoever asked; the same again from the next station is no news.
            if self.failures and str(refusal) not in {str(error) for _, error in self.failures}:
                log.warning("%s：%s", name, refusal)
            self.failures.append((name, refusal))
        except Exception as error:
            log.exception("%s出错", name)
            self.failures.append((name, error))
        return None

    def raise_first(self) -> None:
        """What went wrong first, once everything else is done."""
        if self.failures:
            raise self.failures[0][1]


def work_through(
    office: Office, ledger: Ledger, vault: Vault, stations: Stations, progress: Progress = no_progress, engine: Engine | None = None
) -> None:
    """Everything between the mailbox and the post; a round that finds nothing owed starts no reading child."""
    note_mail_servers(office, ledger)
    forget_engine(office, ledger)
    stations.run("读件", lambda: open_and_read(office, ledger, vault, stations, progress, engine))
    stations.run("核对", lambda: assess_letters(ledger, office.campaign, office.clock()))
    if stations.run("答复日报", lambda: answer_replies(office, ledger)):
        stations.run("核对", lambda: assess_letters(ledger, office.campaign, office.clock()))
    stations.composed = stations.run("拟信", lambda: compose_owed(ledger, office.campaign, office.settings, office.clock())) or 0
    stations.run("待办", lambda: write_todo_owed(ledger, office.campaign, office.settings, office.clock()))


def open_and_read(office: Office, ledger: Ledger, vault: Vault, stations: Stations, progress: Progress, engine: Engine | None) -> None:
    """Open and read what is owed. As long as opener, reader and converter are those of the last round, only new letters and new files are
    looked at; once they are others, every letter and file is."""
    converter = LibreOffice.find()
    versions = f"{OPENER_VERSION} {READER_VERSION} {'converter' if converter else ''}"
    known = ledger.health_note(READ_BY) == versions
    if known and not ledger.unopened(OPENER_VERSION, new_only=True) and not ledger.has_work(READ):
        return
    campaign, own, failures = office.campaign, office.own_addresses, len(stations.failures)
    with reading_engine(office) if engine is None else nullcontext(engine) as reading:
        stations.run("拆信", lambda: open_letters(ledger, vault, reading, campaign, progress, own, new_only=known))
        marks = ledger.marked(READ)
        report = stations.run(
            "读件", lambda: read_documents(ledger, vault, reading, campaign, converter, progress, marks if known else None)
        )
    if report is not None and len(stations.failures) == failures:
        with ledger.immediate():
            ledger.note_health(READ_BY, versions)
            ledger.unmark(READ, {} if report.damaged else marks)


def read_late(office: Office, ledger: Ledger, vault: Vault, progress: Progress = no_progress, engine: Engine | None = None) -> None:
    """Scans come last, so that nobody waits for them; what they say is assessed at once, for its own institution, and told in the next round."""
    with reading_engine(office) if engine is None else nullcontext(engine) as reading:
        report = read_scans(ledger, vault, reading, office.campaign, office.settings.scans, office.clock(), progress)
    if report.looked_at:
        assess_letters(ledger, office.campaign, office.clock())
        write_todo_owed(ledger, office.campaign, office.settings, office.clock())


def note_mail_servers(office: Office, ledger: Ledger) -> None:
    """Whose word on a sender counts, kept with the books: claims rest on it, so another name in the settings derives them anew."""
    names = " ".join(sorted(name.lower() for name in office.settings.mailbox.authserv_id))
    if ledger.health_note(MAIL_SERVERS) != names:
        with ledger.immediate():
            ledger.note_health(MAIL_SERVERS, names)
            ledger.mark_everything(i.name for i in office.campaign.institutions)


def send(office: Office, ledger: Ledger) -> SendReport:
    """Send what may leave now; nothing when no SMTP server is configured."""
    if not office.settings.smtp.host or not ledger.count_outbox("queued", "sending"):
        return SendReport()
    return send_letters(
        ledger,
        office.settings,
        office.campaign,
        office.clock,
        office.pause,
        find_sent=lambda message_id: stands_in_sent(office, message_id),
        waits=lambda row: is_being_assessed(ledger, row),
    )


def is_being_assessed(ledger: Ledger, row: OutboxRecord) -> bool:
    """True for a letter to an institution about which something came or was decided that nobody has assessed yet; staff's own pages go."""
    return bool(row.institution) and (ledger.has_work(LETTER, DECISION) or ledger.mark_of(INSTITUTION, row.institution) is not None)


def stands_in_sent(office: Office, message_id: str) -> bool | None:
    """Whether a letter of unknown fate stands in 已发送: the witness after a crash between the server's yes and our note of it; None when
    there is no such folder."""
    if not office.settings.mailbox.host:
        return None
    with Mailbox.open(office.mailbox_settings()) as mailbox:
        return mailbox.find_in_sent(message_id)
