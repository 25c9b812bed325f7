"""Shell: the office opened for work - settings, campaign, books and clock in one place; every command starts here."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from config.campaign import Campaign
from config.load import load_campaign, load_settings
from config.settings import MailboxSettings, Settings
from intake.books import Ledger, Vault
from intake.decisions import ABOUT_THE_OFFICE, ruled_campaign, ruled_mode
from intake.submission import Decision

SETTINGS_FILE = Path("intake.toml")
RARELY = (50_000, 20, 20)
"""Python's own search for cycles: after so many new objects, and the older ones after so many of the younger searches."""


def nothing_to_poke() -> None:
    """No belt runs in this process; one that runs elsewhere asks the ledger by itself."""


@dataclass(frozen=True, slots=True)
class Office:
    """收件台: what one command works with. `clock` gives the aware time of now; `pause` waits between letters (seconds);
    `poke` tells the running belt that something was decided. `campaign` and `settings` are what the files say (`filed`), moved on by decisions."""

    settings: Settings
    campaign: Campaign
    clock: Callable[[], datetime]
    pause: Callable[[float], None] = field(default=time.sleep)
    poke: Callable[[], None] = field(default=nothing_to_poke)
    filed: tuple[Settings, Campaign] | None = None

    @property
    def ledger_path(self) -> Path:
        """Where the ledger lies."""
        return self.settings.data / "ledger.db"

    @property
    def vault_path(self) -> Path:
        """Where the kept bytes lie."""
        return self.settings.data / "vault.db"

    @property
    def lock_path(self) -> Path:
        """The lock of the one process that may work on these books."""
        return self.settings.data / "intake.lock"

    @property
    def own_addresses(self) -> tuple[str, ...]:
        """Our own addresses: what comes from them is never answered."""
        mine = (self.settings.mailbox.user, self.settings.smtp.user, self.campaign.mailbox)
        return tuple(dict.fromkeys(a.lower() for a in mine if a))

    def mailbox_settings(self, folders: Sequence[str] = ()) -> MailboxSettings:
        """The mailbox to poll: other folders when asked, and no letters older than the notice unless the settings say so."""
        mailbox = self.settings.mailbox
        since = mailbox.since or min((p.starts for p in self.campaign.phases), default=None)
        return replace(mailbox, since=since, folders=tuple(folders) or mailbox.folders)

    def as_decided(self, decisions: Sequence[Decision]) -> Office:
        """The same office under what staff decided about it: moved deadlines, confirmed rows of the roster, the mode of sending."""
        settings, campaign = self.filed or (self.settings, self.campaign)
        mode = ruled_mode(decisions)
        ruled = replace(settings, mode=mode) if mode in ("rehearsal", "approve", "automatic") else settings  # type: ignore[arg-type]
        return replace(self, campaign=ruled_campaign(campaign, decisions), settings=ruled, filed=(settings, campaign))

    @contextmanager
    def books(self) -> Iterator[tuple[Ledger, Vault]]:
        """The ledger and the vault, made on first use, readable by nobody else; one pair per thread."""
        self.settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        with Ledger.open(self.ledger_path) as ledger, Vault.open(self.vault_path) as vault:
            for path in (self.ledger_path, self.vault_path):
                path.chmod(0o600)
            yield ledger, vault


def open_office(config: Path | None, now: datetime | None = None) -> Office:
    """The office as an intake.toml (or the built-in defaults) and the decisions on its books describe it; `now` stops the clock for rehearsals."""
    # What is read from the books are trees of records without a cycle; looking for cycles at every 700th was a fifth of a digest's time.
    gc.set_threshold(*RARELY)
    office = read_office(config, now)
    return office.as_decided(office_decisions(office))


def read_office(config: Path | None, now: datetime | None = None) -> Office:
    """The office as the files alone describe it."""
    path = config or (SETTINGS_FILE if SETTINGS_FILE.exists() else None)
    settings = load_settings(path)
    campaign = load_campaign(settings.campaign)

    def clock() -> datetime:
        return now or datetime.now(campaign.zone)

    return Office(settings, campaign, clock)


def office_decisions(office: Office) -> tuple[Decision, ...]:
    """The decisions about the office as a whole; none while there are no books yet."""
    if not office.ledger_path.exists():
        return ()
    with Ledger.open(office.ledger_path) as ledger:
        return ledger.decisions(ABOUT_THE_OFFICE)
