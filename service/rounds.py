"""Shell: one round of the belt - every station asks the ledger what is owed to it; no station calls the next (law 3)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from intake.belt import assess_letters, fetch_letters, import_letters, open_letters, read_documents, read_scans
from intake.books.health import READ_BY
from intake.books.ledger import Ledger
from intake.books.vault import Vault
from intake.books.work import READ
from intake.errors import World
from intake.mailbox.fetch import note_failure
from intake.mailbox.imap import Mailbox
from intake.opening.open_letter import OPENER_VERSION
from intake.progress import Progress, no_progress
from intake.reading.engine import Engine, make_engine
from intake.reading.libreoffice import Converter
from notifier.belt.institutions import compose_owed, send_letters
from notifier.belt.todo import write_todo_owed
from notifier.letter import SendReport
from parsers.read import READER_VERSION
from service.office import Office

log = logging.getLogger("intake.rounds")
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
    """The reading children, started once for a piece of work and ended with it."""
    with make_engine(office.settings.reading_processes) as engine:
        yield engine


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


def fetch(office: Office, ledger: Ledger, vault: Vault, folders: Sequence[str] = ()) -> int:
    """Keep and record what is new in the mailbox; how many letters that was. The station notes the outcome for digest and heartbeat."""
    settings = office.mailbox_settings(folders)
    try:
        with Mailbox.open(settings) as mailbox:
            return fetch_letters(mailbox, ledger, vault, settings, office.clock()).new
    except World as refusal:
        note_failure(ledger, office.clock(), refusal)
        raise


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
    return Round(
        new, stations.composed, ledger.count_outbox("held"), ledger.count_letters("quarantined"), ledger.count_unclaimed(), post
    )


@dataclass(slots=True)
class Stations:
    """各工位: what one round ran, each with its own try; `failures` in the order in which they happened."""

    failures: list[tuple[str, Exception]] = field(default_factory=list)
    composed: int = 0

    def run(self, name: str, work: Callable[[], T]) -> T | None:
        """One station; None when it failed, which is logged and keeps nobody else from working."""
        try:
            return work()
        except World as refusal:
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
    stations.run("读件", lambda: open_and_read(office, ledger, vault, stations, progress, engine))
    stations.run("核对", lambda: assess_letters(ledger, office.campaign, office.clock()))
    stations.composed = stations.run("拟信", lambda: compose_owed(ledger, office.campaign, office.settings, office.clock())) or 0
    stations.run("待办", lambda: write_todo_owed(ledger, office.campaign, office.settings, office.clock()))


def open_and_read(
    office: Office, ledger: Ledger, vault: Vault, stations: Stations, progress: Progress, engine: Engine | None
) -> None:
    """Open and read what is owed. As long as opener, reader and converter are those of the last round, only new letters and new files are
    looked at; once they are others, every letter and file is."""
    converter = Converter.find()
    versions = f"{OPENER_VERSION} {READER_VERSION} {'converter' if converter else ''}"
    known = ledger.health_note(READ_BY) == versions
    if known and not ledger.unopened(OPENER_VERSION, new_only=True) and not ledger.has_work(READ):
        return
    campaign, own, failures = office.campaign, office.own_addresses, len(stations.failures)
    with reading_engine(office) if engine is None else nullcontext(engine) as reading:
        stations.run("拆信", lambda: open_letters(ledger, vault, reading, campaign, progress, own, new_only=known))
        marks = ledger.marked(READ)
        report = stations.run("读件", lambda: read_documents(ledger, vault, reading, campaign, converter, progress, marks if known else None))
    if report is not None and len(stations.failures) == failures:
        ledger.note_health(READ_BY, versions)
        if not report.damaged:
            ledger.unmark(READ, marks)


def read_late(office: Office, ledger: Ledger, vault: Vault, progress: Progress = no_progress, engine: Engine | None = None) -> None:
    """Scans come last, so that nobody waits for them; what they say is assessed at once, for its own institution, and told in the next round."""
    with reading_engine(office) if engine is None else nullcontext(engine) as reading:
        report = read_scans(ledger, vault, reading, office.campaign, office.settings.scans, office.clock(), progress)
    if report.looked_at:
        assess_letters(ledger, office.campaign, office.clock())
        write_todo_owed(ledger, office.campaign, office.settings, office.clock())


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
    )


def stands_in_sent(office: Office, message_id: str) -> bool:
    """Whether a letter of unknown fate stands in 已发送: the witness after a crash between the server's yes and our note of it."""
    if not office.settings.mailbox.host:
        return False
    with Mailbox.open(office.mailbox_settings()) as mailbox:
        return bool(mailbox.find_in_sent(message_id))
