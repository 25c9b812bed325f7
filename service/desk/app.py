"""Shell: the desk put together - its pages, the words every page shares, the pages for what went wrong."""

from __future__ import annotations

import hashlib
import logging
import secrets
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, g, render_template, request
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException

from intake.errors import DiskFull, LedgerBusy, World
from notifier.wording import folder_to_phrase, silence_to_phrase
from service.deciding import TITLES
from service.desk import answer, decide, queries
from service.desk.door import admit, here, login
from service.desk.pages import deadline, exports, files, ledger, letters, log, outbox, progress, setup, system, today, unit
from service.desk.shown.forms import Ask
from service.desk.shown.words import (
    MODES,
    REFUSALS,
    STATUS_MARKS,
    STATUS_WORDS,
    day_to_text,
    days_left,
    finding_to_sentence,
    moment_to_text,
    poll_word,
    said,
    size_to_text,
)

book = logging.getLogger("intake.desk")
STATIC = Path(__file__).parent / "static"
PAGES = (login, today, ledger, unit, letters, files, outbox, progress, log, system, setup, deadline, exports, decide, answer)
MENU = (
    ("/", "今日"),
    ("/ledger", "台账"),
    ("/letters", "来信"),
    ("/outbox", "待发"),
    ("/progress", "进度"),
    ("/decisions", "决定记录"),
    ("/export", "导出"),
    ("/system", "系统"),
)
base = Blueprint("app", __name__)


def make_desk(desk: here.Desk) -> Flask:
    """The web application over this office's books."""
    app = Flask("service.desk")
    app.secret_key = secrets.token_bytes(32)  # nothing is signed with it that must outlive the process
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.undefined = StrictUndefined
    here.install(app, desk)
    admit.install(app, desk.premises.office().settings.desk)
    app.register_blueprint(base)
    for module in PAGES:
        app.register_blueprint(module.page)
    app.context_processor(shared)
    app.register_error_handler(HTTPException, refused)
    app.register_error_handler(World, world_refused)
    app.register_error_handler(Exception, our_bug)
    return app


@base.get("/healthz")
def healthz() -> tuple[str, int, dict[str, str]]:
    """Alive, and nothing else."""
    return "ok", 200, {"Content-Type": "text/plain"}


def shared() -> dict[str, Any]:
    """What every template may use."""
    campaign = here.office().campaign
    words = {
        "css": asset("desk.css"),
        "script": asset("desk.js"),
        "menu": MENU,
        "campaign": campaign,
        "mode": MODES[here.office().settings.mode],
        "me": g.get("person"),
        "csrf": g.session.csrf if g.get("session") else "",
        "when": lambda moment: moment_to_text(moment, campaign),
        "day": day_to_text,
        "size": size_to_text,
        "folder_word": folder_to_phrase,
        "silence": silence_to_phrase,
        "said": said,
        "sentence": finding_to_sentence,
        "marks": STATUS_MARKS,
        "status_words": STATUS_WORDS,
        "titles": TITLES,
        "seen": seen_mark,
        "here_path": request.full_path.rstrip("?"),
        "open_items": 0,
        "deed": None,
        "checking": False,
    }
    return words | (head_words() if g.get("person") else {})


def head_words() -> dict[str, Any]:
    """What the head of every page says once somebody is logged in."""
    office, values = here.office(), here.ledger().health().values
    now = office.clock()
    poll, alarming = poll_word(values.get("last_poll_ok", ""), values.get("last_poll_error", ""), now, office.campaign)
    found = here.store().deed(request.args.get("done", 0, type=int))
    return {
        "open_items": here.ledger().count_todo(),
        "printed": moment_to_text(now, office.campaign),
        "left": days_left(office.campaign, now),
        "poll": poll,
        "alarming": alarming,
        "deed": found,
        "deed_stands": bool(found and found.undo and deed_stands(found.undo)),
        "checking": bool(found and found.decision and queries.is_being_checked(here.ledger(), found.decision)),
        "plain": not office.settings.desk.is_local and not login.is_tls(),
    }


def deed_stands(undo: str) -> bool:
    """Whether what was done can still be taken back."""
    kind, _, rest = undo.partition(":")
    if kind == "decision":
        return rest.isdigit() and int(rest) in {d.number for d in here.standing()}
    if kind == "reply":
        row = here.ledger().one_outbox(rest.partition(":")[2])
        return row is not None and row.state in ("queued", "held", "draft")
    act, _, keys = rest.partition(":")
    states = {"hold": ("queued",), "approve": ("held",)}.get(act, ())
    rows = [here.ledger().one_outbox(key) for key in keys.split()]
    return any(row is not None and row.state in states for row in rows)


def seen_mark(ask: Ask) -> str:
    """The fingerprint of what a form was made from."""
    return here.seen(ask.institution, ask.target)


_ASSETS: dict[str, str] = {}


def asset(name: str) -> str:
    """A static file's address with its own digest, else an office proxy shows yesterday's look."""
    if name not in _ASSETS:
        _ASSETS[name] = f"/static/{name}?{hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:8]}"
    return _ASSETS[name]


# What went wrong


def refused(error: HTTPException) -> tuple[str, int] | HTTPException:
    """A page that says what happened, that nothing was changed, and what to do."""
    code = error.code or 500
    return error if code < 400 else wrong_page(code)


def world_refused(error: World) -> tuple[str, int]:
    """The ledger is busy or the disk is full: nothing was recorded."""
    book.warning("工作台：%s", error)
    return wrong_page(503, "" if isinstance(error, LedgerBusy) else str(error), again=not isinstance(error, DiskFull))


def our_bug(error: Exception) -> tuple[str, int]:
    """Our own mistake: the traceback goes to the log, the time to the person."""
    book.error("工作台出错：%s", request.endpoint, exc_info=error)
    return wrong_page(500)


def wrong_page(code: int, sentence: str = "", again: bool = False) -> tuple[str, int]:
    """The page, without anything that needs the books."""
    at = here.desk().premises.office().clock().strftime("%Y-%m-%d %H:%M:%S")
    known = g.get("person") if "person" in g else None
    return render_template(
        "wrong.html", words=sentence or REFUSALS.get(code, REFUSALS[500]), at=at, again=again, known=known, css=asset("desk.css")
    ), code
