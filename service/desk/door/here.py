"""Shell: what the request in hand works with - the desk, the office, its books (opened on first use, closed with the request), the person."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from flask import Flask, abort, current_app, g, render_template
from markupsafe import Markup, escape

from intake.books import Ledger, Vault
from intake.decisions import ABOUT_THE_OFFICE, decisions_in_force
from intake.submission import Claim, Decision
from service.decisions import seen_mark
from service.desk.door.premises import Premises
from service.desk.door.store import Person, Session, Store
from service.desk.queries import SHA, Stamp, kept, stamp_of
from service.desk.shown.picture import Artist
from service.office import Office

log = logging.getLogger("intake.desk")
TOKEN_HERE = secrets.token_hex(24)
"""Stands for the log-in's token in what is kept; nobody outside can know it."""


@dataclass(frozen=True, slots=True)
class Bell:
    """铃: rung after every decision; whoever works the belt waits for it."""

    rung: threading.Event = field(default_factory=threading.Event)

    def ring(self) -> None:
        """Somebody decided something."""
        self.rung.set()


class Errand:
    """差事: one piece of long work beside the pages (a backup): at most one at a time, and what came of it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.sentence = ""

    @property
    def running(self) -> bool:
        """Whether it is still at work."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, words: str, work: Callable[[], str]) -> bool:
        """Begin, with what is to be said meanwhile; False while one is at work. `work` gives the sentence of what came of it."""
        with self._lock:
            if self.running:
                return False
            self.sentence = words
            self._thread = threading.Thread(target=self._run, args=(work,), name="errand", daemon=True)
            self._thread.start()
            return True

    def _run(self, work: Callable[[], str]) -> None:
        try:
            self.sentence = work()
        except Exception:
            log.exception("工作台的差事出错")
            self.sentence = "没有办成：程序出了错，请把现在的时间告诉技术人员。"

    def wait(self, seconds: float) -> None:
        """Let it end, but not for longer than this."""
        if self._thread is not None:
            self._thread.join(timeout=seconds)


@dataclass(frozen=True, slots=True)
class Desk:
    """工作台: everything the pages share; `export` is held by who makes a workbook: one at a time, so that pages never wait behind four. `code` lets another machine do the first set-up; `clock` is the seconds sessions are counted in."""

    premises: Premises
    bell: Bell = field(default_factory=Bell)
    artist: Artist = field(default_factory=Artist)
    errand: Errand = field(default_factory=Errand)
    export: threading.Lock = field(default_factory=threading.Lock)
    code: str = ""
    clock: Callable[[], float] = time.time


def desk() -> Desk:
    """The desk this request came to."""
    found: Desk = current_app.extensions["desk"]
    return found


def office() -> Office:
    """The office as it is now, the same for the whole request."""
    if "office" not in g:
        filed = replace(desk().premises.office(), poke=desk().bell.ring)
        g.office = filed.as_decided(ledger().decisions(ABOUT_THE_OFFICE))
    found: Office = g.office
    return found


def ledger() -> Ledger:
    """The ledger, one connection a request."""
    if "ledger" not in g:
        filed = desk().premises.office()
        filed.settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        g.ledger = Ledger.open(filed.ledger_path)
        filed.ledger_path.chmod(0o600)
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
        g.store = Store.open(desk().premises.office().settings.data / "desk.db")
    found: Store = g.store
    return found


def standing() -> tuple[Decision, ...]:
    """The decisions in force, read once a request."""
    if "standing" not in g:
        g.standing = decisions_in_force(ledger().decisions())
    found: tuple[Decision, ...] = g.standing
    return found


def today() -> date:
    """The day in the campaign's zone."""
    return office().clock().astimezone(office().campaign.zone).date()


def mark(institution: str) -> str:
    """What the institution's assessment says, as a short mark read once a request."""
    if "marks" not in g:
        g.marks = {}
    if institution not in g.marks:
        g.marks[institution] = kept(("mark", stamp()[0], institution), stamp(), lambda: ledger().assessment_mark(institution))
    found: str = g.marks[institution]
    return found


def stamp() -> Stamp:
    """The state of the books, asked once a request."""
    if "stamp" not in g:
        g.stamp = stamp_of(ledger(), desk().premises.office().ledger_path)
    found: Stamp = g.stamp
    return found


def seen(institution: str, target: str) -> str:
    """The mark of what is on the table about an institution or a thing; a form carries it, and an older one records nothing."""
    return seen_mark(mark(institution), claim(target), standing(), institution, target)


def claim(target: str) -> Claim | None:
    """Whose a letter is, read once a request; of what is no letter's number, nothing."""
    if not SHA.fullmatch(target):
        return None
    if "claims" not in g:
        g.claims = {}
    if target not in g.claims:
        g.claims[target] = ledger().one_claim(target)
    found: Claim | None = g.claims[target]
    return found


def kept_page(template: str, what: tuple[object, ...], make: Callable[[], Mapping[str, object]]) -> Markup:
    """A part of a page drawn from the books alone, drawn again only when they change or the person may do other things; `what` names what is
    shown. The token of a form is put in afterwards: a part drawn for one log-in serves the next."""

    def draw() -> str:
        return render_template(template, csrf=TOKEN_HERE, **make())

    me = person()
    drawn = kept(("drawn", template, stamp()[0], me.decides, hash(office().campaign.institutions), *what), stamp(), draw)
    return Markup(drawn.replace(TOKEN_HERE, escape(session().csrf)))  # noqa: S704 - drawn by the template with its own escaping


def forget() -> None:
    """What was read before the books changed is read again."""
    for name in ("standing", "marks", "stamp", "claims"):
        g.pop(name, None)


def forget_office() -> None:
    """What decisions say about the office is read again."""
    forget()
    g.pop("office", None)


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
