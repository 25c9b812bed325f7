"""Shell: one round of the belt - every station asks the ledger what is owed to it; no station calls the next (law 3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from intake.belt import assess_letters, fetch_letters, import_letters, open_letters, read_documents, read_scans
from intake.books.ledger import Ledger
from intake.books.vault import Vault
from intake.errors import World
from intake.mailbox.fetch import note_failure
from intake.mailbox.imap import Mailbox
from intake.progress import Progress, no_progress
from intake.reading.engine import Engine, make_engine
from intake.reading.libreoffice import Converter
from notifier.belt.institutions import compose_letters, compose_reminders, send_letters
from notifier.belt.todo import write_todo
from notifier.letter import SendReport
from service.office import Office


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
    """One round from the mailbox to the outbox."""
    with office.books() as (ledger, vault):
        new = fetch(office, ledger, vault, folders)
        return after_fetching(office, ledger, vault, progress, new)


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
    """Open, read, assess, compose and send whatever is owed, wherever an earlier round stopped; with the caller's engine or its own."""
    office = office.as_decided(ledger.decisions())
    with reading_engine(office) if engine is None else nullcontext(engine) as reading:
        open_letters(ledger, vault, reading, office.campaign, progress, office.own_addresses)
        read_documents(ledger, vault, reading, office.campaign, Converter.find(), progress)
        assess_letters(ledger, office.campaign, office.clock())
        composed = compose_letters(ledger, office.campaign, office.settings, office.clock())
        composed += compose_reminders(ledger, office.campaign, office.settings, office.clock())
        write_todo(ledger, office.campaign, office.settings, office.clock())
        post = send(office, ledger)
        read_late(office, ledger, vault, reading, progress)
    unclaimed = sum("M01" in line.codes for line in ledger.letter_lines(institution=""))
    return Round(new, composed, ledger.count_outbox("held"), ledger.count_letters("quarantined"), unclaimed, post)


def read_late(office: Office, ledger: Ledger, vault: Vault, engine: Engine, progress: Progress = no_progress) -> None:
    """Scans come last, so that nobody waits for them; what they say is assessed at once and told in the next round."""
    if read_scans(ledger, vault, engine, office.campaign, office.settings.scans, office.clock(), progress).recognised:
        assess_letters(ledger, office.campaign, office.clock())
        write_todo(ledger, office.campaign, office.settings, office.clock())


def send(office: Office, ledger: Ledger) -> SendReport:
    """Send what may leave now; nothing when no SMTP server is configured."""
    if not office.settings.smtp.host or not ledger.outbox("queued") + ledger.outbox("sending"):
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
