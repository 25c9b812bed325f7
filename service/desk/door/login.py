"""Shell: who is there - passwords (Argon2id), the limit on guessing, sessions that can be ended.

Cost: OWASP's smaller set (19 MiB, two passes); the library's default took 0.7 s and 64 MiB a try on a small machine, a cheap way to stall
four threads. A wrong name costs as long as a wrong password and gets the same words.
"""

from __future__ import annotations

import re
import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from service.desk.door import here
from service.desk.door.store import Person, Session, digest
from service.desk.shown.words import NO_LOGIN, TOO_MANY

HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
FAILURES, WINDOW = 5, 15 * 60
IDLE, LONGEST = 8 * 3600, 14 * 86400
SHORTEST = 10
page = Blueprint("login", __name__)


def hash_password(password: str) -> str:
    """A password as it is kept."""
    return HASHER.hash(password)


@lru_cache(maxsize=1)
def nobody() -> str:
    """A hash no password fits, to be verified when the name is unknown."""
    return HASHER.hash(secrets.token_hex(16))


def fits(password: str, person: Person | None) -> bool:
    """Whether the password is this person's; takes as long for nobody."""
    try:
        HASHER.verify(person.hash if person else nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return person is not None


def refuse_password(password: str) -> str:
    """Why a new password will not do, "" when it will."""
    if len(password) < SHORTEST:
        return f"密码至少 {SHORTEST} 位，可以用一句好记的话。"
    return "密码太简单，请换一句。" if len(set(password)) < 5 else ""


_COOKIES: dict[str, str] = {}


def cookie_name() -> str:
    """The cookie's name: cookies are shared by all ports of a host, so it carries a piece of this installation's own number."""
    place = str(here.office().settings.data)
    if place in _COOKIES:
        return _COOKIES[place]
    name = here.store().remembered("installation")
    if not name:
        name = secrets.token_hex(4)
        here.store().remember("installation", name)
    _COOKIES[place] = f"desk_{name}"
    return _COOKIES[place]


def find_session() -> Session | None:
    """The log-in this request carries, None when it is none, idle for too long or too old."""
    token = request.cookies.get(cookie_name(), "")
    found = here.store().session(digest(token)) if token else None
    now = here.desk().clock()
    if found and (now - found.seen > IDLE or now - found.since > LONGEST):
        here.store().end_session(found.token)
        return None
    if found and now - found.seen > 60:
        here.store().touch_session(found.token, now)
    return found


def begin(person: Person, answer: Response) -> Response:
    """A fresh log-in of this person; the token goes only into the cookie, its digest into the book."""
    token, now = secrets.token_urlsafe(32), here.desk().clock()
    if old := g.get("session"):
        here.store().end_session(old.token)
    here.store().begin_session(Session(digest(token), person.name, secrets.token_urlsafe(24), now, now, request.remote_addr or ""))
    answer.set_cookie(cookie_name(), token, max_age=LONGEST, httponly=True, samesite="Lax", secure=is_tls(), path="/")
    return answer


def is_tls() -> bool:
    """Whether the browser speaks TLS to us or to the proxy before us."""
    return request.is_secure or here.office().settings.desk.behind_tls


def safe_path(typed: str) -> str:
    """A path of our own to go to; anything that could lead elsewhere is the first page."""
    return typed if re.fullmatch(r"/(?![/\\])[^\s\\\x00-\x1f]*", typed) else "/"


@page.get("/login")
def show() -> str | Response:
    """The log-in page."""
    if g.get("person"):
        return redirect("/")
    return render_template("login.html", wrong="", name="", onward=safe_path(request.args.get("next", "/")))


@page.post("/login")
def enter() -> Response | tuple[str, int]:
    """Check name and password; the limit comes before the costly check."""
    name, onward = request.form.get("name", "").strip(), safe_path(request.form.get("next", "/"))
    client, now = request.remote_addr or "", here.desk().clock()
    if here.store().failures(name, client, now - WINDOW) >= FAILURES:
        return render_template("login.html", wrong=TOO_MANY, name=name, onward=onward), 429
    person = here.store().person(name)
    if not fits(request.form.get("password", ""), person) or person is None:
        here.store().note_failure(name, client, now)
        return render_template("login.html", wrong=NO_LOGIN, name=name, onward=onward), 403
    here.store().forget_failures(name)
    return begin(person, redirect(onward))


@page.post("/logout")
def leave() -> Response:
    """End this browser's log-in."""
    here.store().end_session(here.session().token)
    answer = redirect(url_for("login.show"))
    answer.delete_cookie(cookie_name(), path="/")
    return answer
