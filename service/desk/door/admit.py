"""Shell: the door of every request - host, session, role, token, origin - and the headers of every answer.

A loopback port is no wall: any page a person visits can post to it or point a name at it, so all of this holds on 127.0.0.1 too.
"""

from __future__ import annotations

import hmac
import re
import time

from flask import Flask, Response, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from config.settings import DeskSettings
from service.desk.door import here
from service.desk.door.login import find_session

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # `no-referrer` makes browsers send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
OPEN = frozenset({"static", "login.show", "login.enter", "app.healthz"})
SETUP = frozenset({"setup.show", "setup.first_person"})
FORM_BYTES, UPLOAD_BYTES = 64 << 10, 90 << 20
UPLOADS = frozenset({"letters.take"})
UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters that are no text: in a stranger's words they turn the words after them round, or nothing at all is seen of them."""
OLD_BROWSER = re.compile(r"Trident/|MSIE ")


def trusted_hosts(settings: DeskSettings) -> list[str]:
    """The host names the desk answers to."""
    own = [settings.host] if settings.host not in ("0.0.0.0", "::") else []  # noqa: S104 - named to be left out
    return list(dict.fromkeys(("127.0.0.1", "localhost", "[::1]", *own, *settings.names)))


def admit() -> Answer | tuple[str, int] | None:
    """Let a request in, send it to the log-in, or refuse it."""
    g.begun, g.begun_cpu, g.person, g.session = time.perf_counter(), time.thread_time(), None, None
    if request.routing_exception and getattr(request.routing_exception, "code", 0) == 400:
        raise request.routing_exception  # a foreign Host: nothing below may build an address
    if request.endpoint in UPLOADS:
        request.max_content_length = UPLOAD_BYTES
    if OLD_BROWSER.search(request.headers.get("User-Agent", "")):
        return render_template("old_browser.html"), 200
    if request.endpoint in ("static", "app.healthz"):
        return None
    return admit_person()


def admit_person() -> Answer | None:
    """Who it is, and whether they may do this."""
    g.session = find_session()
    g.person = here.store().person(g.session.person) if g.session else None
    if request.method == "POST":
        check_origin()
    if not here.store().people():
        return None if request.endpoint in SETUP else redirect(url_for("setup.show"))
    if g.person is None:
        return None if request.endpoint in OPEN else refuse_stranger()
    if request.method == "POST" and request.endpoint != "login.enter":
        check_token()
        if not (g.person.decides or request.endpoint == "login.leave"):
            abort(403)
    return None


def refuse_stranger() -> Answer:
    """To the log-in and back to what was asked for; a form is not sent again, only its page."""
    onward = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return redirect(url_for("login.show", next=onward))


def check_origin() -> None:
    """A form must come from our own page. Plain-HTTP names in an office network get no Sec-Fetch-Site, so the token is asked for as well."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403)
    origin = request.headers.get("Origin")
    if origin is not None and origin.rpartition("://")[2] != request.host:
        abort(403)


def check_token() -> None:
    """The form's token must be this session's."""
    if not hmac.compare_digest(request.form.get("csrf", "").encode(), here.session().csrf.encode()):
        abort(403)


def protect(answer: Response) -> Response:
    """The headers of every answer, and no page with a character that is none; a page that set a stricter policy of its own keeps it."""
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if request.endpoint == "static":
        answer.headers["Cache-Control"] = "public, max-age=86400"
    else:
        answer.headers["Cache-Control"] = "no-store"
    if answer.mimetype == "text/html" and UNSHOWN.search(page := answer.get_data(as_text=True)):
        answer.set_data(UNSHOWN.sub("", page))
    begun = g.get("begun")
    if begun is not None:
        whole, own = (time.perf_counter() - begun) * 1000, (time.thread_time() - g.begun_cpu) * 1000
        answer.headers["Server-Timing"] = f"app;dur={whole:.1f}, cpu;dur={own:.1f}"
    return answer


def install(app: Flask, settings: DeskSettings) -> None:
    """Put the door in."""
    app.config.update(TRUSTED_HOSTS=trusted_hosts(settings), MAX_CONTENT_LENGTH=FORM_BYTES, MAX_FORM_MEMORY_SIZE=FORM_BYTES)
    app.before_request(admit)
    app.after_request(protect)
