"""Shell: 首次设置 - people, mailbox, campaign, roster, mode, first poll; each step can be left and taken up again, and no file is edited by hand.

Only while nobody may log in is it open without log-in, and then only from this machine or with the code the terminal printed.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
import time
from collections.abc import Mapping
from pathlib import Path

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from config.section import ConfigMistakes
from service.decisions import record_decision
from service.desk.door import here
from service.desk.door.login import begin, fits, hash_password, refuse_password
from service.desk.door.store import Person
from service.desk.settings_file import quoted, read_settings, split_tables, with_key, with_tables, write_secret
from service.desk.settings_file import write_settings as write_file
from service.desk.shown.words import MODE_TELLS, MODES
from service.keeping.campaign_folder import own_campaign
from service.keeping.doctor import examine_mailbox, examine_smtp
from service.refusals import Slip

page = Blueprint("setup", __name__)
STEPS = (("people", "用户"), ("mailbox", "信箱"), ("campaign", "批次"), ("roster", "名录"), ("mode", "发信方式"), ("start", "开始"))
# Where the mailboxes of the great providers are; a mailbox of one's own names its servers itself.
SERVERS: Mapping[str, tuple[str, str]] = {
    "163.com": ("imap.163.com", "smtp.163.com"),
    "126.com": ("imap.126.com", "smtp.126.com"),
    "yeah.net": ("imap.yeah.net", "smtp.yeah.net"),
    "qq.com": ("imap.qq.com", "smtp.qq.com"),
    "sina.com": ("imap.sina.com", "smtp.sina.com"),
    "aliyun.com": ("imap.aliyun.com", "smtp.aliyun.com"),
}
ATTEMPTS = 10


def write_settings(path: Path, text: str) -> None:
    """Write the settings, and let the next request read them."""
    write_file(path, text)
    here.desk().premises.look_again()


def is_here() -> bool:
    """True for a browser on this very machine, not one behind a proxy."""
    try:
        local = ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
    return local and not here.office().settings.desk.behind_tls


@page.get("/setup")
def show() -> str | Response:
    """The step that is due, or the one asked for."""
    if not here.store().people():
        return render_template("setup_first.html", wrong="", form={}, needs_code=not is_here(), steps=STEPS, step="people")
    if g.get("person") is None:
        return redirect(url_for("login.show", next="/setup"))
    if not g.person.decides:
        return redirect(url_for("system.show"))
    step = request.args.get("step", "") or due_step()
    if step not in dict(STEPS):
        abort(404)
    return step_page(step, "密码不对：换成“自动”要再输一次您的登录密码。" if request.args.get("wrong") == "password" else "")


def due_step() -> str:
    """The first step that is not done yet."""
    office = here.office()
    if not office.settings.mailbox.host or not office.settings.mailbox.secret:
        return "mailbox"
    for step in ("campaign", "roster", "mode"):
        if not here.store().remembered(f"setup-{step}"):
            return step
    return "start"


def step_page(step: str, wrong: str = "", **more: object) -> str:
    """One step."""
    office = here.office()
    waiting = [unit for unit in office.campaign.institutions if not unit.confirmed]
    words: dict[str, object] = {
        "steps": STEPS,
        "step": step,
        "wrong": wrong,
        "settings": office.settings,
        "people": here.store().people(),
        "roster": office.campaign.institutions,
        "waiting": len(waiting),
        "modes": MODES,
        "tells": MODE_TELLS,
        "health": here.ledger().health().values,
        "letters": len(here.ledger().letters()),
        "examined": [],
        "form": {},
    }
    return render_template(f"setup_{step}.html", **(words | more))


@page.post("/setup")
def first_person() -> Response | tuple[str, int]:
    """The first person, and the second when given; from then on the desk is closed to strangers."""
    if here.store().people():
        abort(403)
    form = {name: value.strip() for name, value in request.form.items()}
    wrong = refuse_people(form)
    if wrong:
        return render_template("setup_first.html", wrong=wrong, form=form, needs_code=not is_here(), steps=STEPS, step="people"), 422
    me = Person(form["name"], form.get("address", ""), "staff", hash_password(form["password"]))
    here.store().keep_person(me, time.time())
    if form.get("name2"):
        here.store().keep_person(Person(form["name2"], form.get("address2", ""), "staff", hash_password(form["password2"])), time.time())
    write_staff()
    return begin(me, redirect(url_for("setup.show", step="mailbox"), 303))


def refuse_people(form: Mapping[str, str]) -> str:
    """Why these people cannot be taken, "" when they can."""
    if not is_here():
        tried = int(here.store().remembered("setup-tries") or 0)
        here.store().remember("setup-tries", str(tried + 1))
        if tried >= ATTEMPTS or not here.desk().code or not hmac.compare_digest(form.get("code", "").encode(), here.desk().code.encode()):
            return "设置码不对。它印在装收件台的那台电脑的终端里；试了多次请重新启动程序换一个。"
    if not form.get("name"):
        return "请写您的姓名。"
    if form.get("password") != form.get("again"):
        return "两次输入的密码不一样。"
    if wrong := refuse_password(form.get("password", "")):
        return wrong
    if form.get("name2") and form["name2"] == form["name"]:
        return "两位的姓名不能一样。"
    return (
        refuse_password(form.get("password2", "")) and f"第二位：{refuse_password(form.get('password2', ''))}" if form.get("name2") else ""
    )


def write_staff() -> None:
    """Everybody with an address gets the digest."""
    people = [p for p in here.store().people() if "@" in p.address and p.decides]
    if people:
        path = here.desk().premises.path
        bodies = [[("name", quoted(p.name)), ("address", quoted(p.address))] for p in people]
        write_settings(path, with_tables(with_own_campaign(path), "staff", bodies, several=True))


def with_own_campaign(path: Path) -> str:
    """The settings with a campaign folder beside them: the shipped one is copied where people may change it, one that is named already stays."""
    text = read_settings(path)
    if any(re.match(r"\s*campaign\s*=", line) for line in split_tables(text)[0][1]):
        return text
    return with_key(text, "campaign", quoted(own_campaign(path.parent)))


@page.post("/setup/mailbox")
def mailbox() -> Response | tuple[str, int]:
    """The mailbox and its 授权码, written beside each other; then every outside thing is tried once."""
    form = {name: value.strip() for name, value in request.form.items()}
    address, secret = form.get("address", ""), form.get("secret", "")
    domain = address.rpartition("@")[2].lower()
    known = SERVERS.get(domain, ("", ""))
    incoming, outgoing = form.get("imap") or known[0], form.get("smtp") or known[1]
    kept = here.office().settings.mailbox.secret
    wrong = ("请写完整的邮箱地址。" if "@" not in address else "") or ("请写授权码。" if not (secret or kept) else "")
    wrong = wrong or ("这个邮箱的收信、发信服务器程序不知道，请写在下面。" if not (incoming and outgoing) else "")
    if wrong:
        return step_page("mailbox", wrong, form=form), 422
    try:
        write_mailbox(here.desk().premises.path, address, secret, (incoming, outgoing), form)
    except (ConfigMistakes, OSError) as error:
        return step_page("mailbox", f"设置没有写成：{error}", form=form), 422
    here.desk().bell.ring()
    return redirect(url_for("setup.tried"), 303)


def write_mailbox(path: Path, address: str, secret: str, servers: tuple[str, str], form: Mapping[str, str]) -> None:
    """[mailbox] and [smtp] in intake.toml, the secret in its own file."""
    if secret:
        write_secret(path.parent / "secret.txt", secret)
    bodies = []
    for server, port, name in ((servers[0], form.get("imap_port") or "993", "imap"), (servers[1], form.get("smtp_port") or "465", "smtp")):
        plain = server in ("127.0.0.1", "localhost") and port not in ("993", "465")
        body = [
            ("host", quoted(server)),
            ("port", port if port.isdigit() else "0"),
            ("user", quoted(address)),
            ("secret_file", quoted("secret.txt")),
        ]
        bodies.append((name, body + ([("tls", "false")] if plain else [])))
    text = with_tables(with_own_campaign(path), "mailbox", [bodies[0][1]])
    write_settings(path, with_tables(text, "smtp", [bodies[1][1]]))


@page.get("/setup/tried")
def tried() -> str:
    """Whether the mailbox and the post answer, in doctor's words."""
    office = here.office()
    return step_page("mailbox", examined=[*examine_mailbox(office), examine_smtp(office)])


@page.post("/setup/campaign")
def campaign() -> Response:
    """The dates and quotas were looked at."""
    here.store().remember("setup-campaign", here.office().campaign.key)
    return redirect(url_for("setup.show", step="roster"), 303)


@page.post("/setup/roster")
def roster() -> Response | tuple[str, int]:
    """Each school that was ticked is confirmed with its class and address, as a decision; the roster file stays as it is."""
    office, wrong = here.office(), []
    for unit in office.campaign.institutions:
        if not request.form.get(f"ok-{unit.name}"):
            continue
        email = request.form.get(f"email-{unit.name}", "").strip()
        words = {
            "institution": unit.name,
            "unit_class": request.form.get(f"class-{unit.name}", ""),
            "email": email if email != unit.email else "-",
        }
        try:
            record_decision(office, "roster", words, here.person().name, "核对名录")
        except Slip as slip:
            wrong.append(f"{unit.name}：{slip}")
    here.store().remember("setup-roster", "looked at")
    if wrong:
        here.forget_office()
        return step_page("roster", "；".join(wrong)), 422
    return redirect(url_for("setup.show", step=request.form.get("next", "mode")), 303)


@page.post("/setup/mode")
def mode() -> Response:
    """How letters leave, as a decision; sending by itself asks for the password once more."""
    chosen = request.form.get("mode", "")
    if chosen not in MODES:
        abort(400)
    if chosen == "automatic" and not fits(request.form.get("password", ""), here.person()):
        return redirect(url_for("setup.show", step="mode", wrong="password"), 303)
    record_decision(here.office(), "mode", {"mode": MODES[chosen]}, here.person().name)
    here.store().remember("setup-mode", chosen)
    return redirect(url_for("setup.show", step="start") if request.form.get("next") == "start" else url_for("system.show"), 303)


@page.post("/setup/start")
def start() -> Response:
    """The first poll, now."""
    here.desk().bell.ring()
    return redirect(url_for("setup.show", step="start"), 303)
