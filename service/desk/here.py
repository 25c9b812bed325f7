"""Shell: what the request in hand works with - the desk, the office, its books (opened on first use, closed with the request), the person."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask, abort, current_app, g

from intake.books.ledger import Ledger
from intake.books.vault import Vault
from intake.decisions import decisions_in_force
from intake.submission import Decision
from service.desk.picture import Artist
from service.desk.premises import Premises
from service.desk.store import Person, Session, Store
from service.office import Office


@dataclass(frozen=True, slots=True)
class Bell:
    """铃: rung after every decision; whoever works the belt waits for it."""

    rung: threading.Event = field(default_factory=threading.Event)

    def ring(self) -> None:
        """Somebody decided something."""
        self.rung.set()


@dataclass(frozen=True, slots=True)
class Desk:
    """工作台: everything the pages share. `code` lets another machine do the first set-up; `clock` is the seconds sessions are counted in."""

    premises: Premises
    bell: Bell = field(default_factory=Bell)
    artist: Artist = field(default_factory=Artist)
    code: str = ""
    clock: Callable[[], float] = time.time


def desk() -> Desk:
    """The desk this request came to."""
    found: Desk = current_app.extensions["desk"]
    return found


def office() -> Office:
    """The office as it is now, the same for the whole request."""
    if "office" not in g:
        g.office = desk().premises.office()
    found: Office = g.office
    return found


def ledger() -> Ledger:
    """The ledger, one connection a request."""
    if "ledger" not in g:
        office().settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        g.ledger = Ledger.open(office().ledger_path)
        office().ledger_path.chmod(0o600)
    found: Ledger = g.ledger
    return found


def vault() -> Vault:
    """The vault, one connection a request."""
    if "vault" not in g:
        g.vault = Vault.open(office().vault_path)
        office().vault_path.chmod(0o600)
    found: Vault = g.vault
    return found


def store() -> Store:
    """The desk's own book, one connection a request."""
    if "store" not in g:
        g.store = Store.open(office().settings.data / "desk.db")
    found: Store = g.store
    return found


def standing() -> tuple[Decision, ...]:
    """The decisions in force, read once a request."""
    if "standing" not in g:
        g.standing = decisions_in_force(ledger().decisions())
    found: tuple[Decision, ...] = g.standing
    return found


def person() -> Person:
    """Who is logged in; without anybody the request ends."""
    found: Person | None = g.get("person")
    return found or abort(403)


def session() -> Session:
    """The log-in of this browser."""
    found: Session | None = g.get("session")
    return found or abort(403)


def close_books(_error: BaseException | None = None) -> None:
    """Let go of what this request opened."""
    for name in ("ledger", "vault", "store"):
        if name in g:
            g.pop(name).close()


def install(app: Flask, shared: Desk) -> None:
    """Put the desk where requests find it."""
    app.extensions["desk"] = shared
    app.teardown_request(close_books)
