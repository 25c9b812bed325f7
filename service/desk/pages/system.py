"""Shell: 系统 - is the clerk well, in words: doctor's lines, last times, queue, people and log-ins, settings without secrets, backup now."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from intake.errors import World
from notifier.wording import folder_to_phrase
from service.desk.decide import back_to, deed
from service.desk.door import here
from service.desk.door.login import begin, fits, hash_password, refuse_password
from service.desk.door.store import Person, Store
from service.desk.shown.words import MODE_TELLS, ROLES, moment_to_text
from service.keeping.backup import backup
from service.keeping.doctor import Examined, examine
from service.office import Office
from service.refusals import BackupRefused

page = Blueprint("system", __name__)
HEALTH: Mapping[str, str] = {
    "last_poll_ok": "上次收信",
    "last_poll_error": "上次收信没有成",
    "last_assessed_at": "上次核对",
    "last_sent_at": "上次发信",
    "last_cycle_error": "上次出错",
    "engine_trouble": "多机读件用不上，自",
    "smtp_stopped_until": "发信暂停到",
    "smtp_stopped_why": "发信暂停的原因",
}


@page.get("/system")
def show() -> str:
    """The page; the outside world is only tried when asked for, by 试一试."""
    office = here.office()
    return render_template(
        "system.html",
        health=health_lines(),
        counts=here.ledger().outbox_states(),
        people=here.store().people(),
        roles=ROLES,
        sessions=[(s, datetime.fromtimestamp(s.seen, office.campaign.zone)) for s in here.store().sessions()],
        settings=settings_lines(),
        told=MODE_TELLS[office.settings.mode],
        mistakes=here.desk().premises.mistakes,
        copies=backups(),
        version=version("union-intake"),
        wrong=request.args.get("wrong", "")[:80],
        examined=None,
        errand=here.desk().errand,
    )


def health_lines() -> list[tuple[str, str]]:
    """What the robot last managed to do, times as people write them."""
    values = here.ledger().health().values
    return [(title, moment_or_text(values[name])) for name, title in HEALTH.items() if name in values]


def moment_or_text(value: str) -> str:
    """An ISO time in words; any other text as it is."""
    try:
        return moment_to_text(datetime.fromisoformat(value), here.office().campaign)
    except ValueError:
        return value


def settings_lines() -> list[tuple[str, str]]:
    """The settings a person asks about; no secret among them."""
    office = here.office()
    s, campaign = office.settings, office.campaign
    return [
        ("批次", f"{campaign.title}（{campaign.document_number}）"),
        ("收信", f"{s.mailbox.user or '未设置'}（{s.mailbox.host or '未设置'}），每 {s.poll_seconds} 秒一轮"),
        ("看哪些文件夹", "、".join(folder_to_phrase(name) for name in s.mailbox.folders)),
        ("发信", f"{s.smtp.user or '未设置'}（{s.smtp.host or '未设置'}）"),
        ("日报发给", "、".join(f"{p.name} {p.address}" for p in s.staff) or "还没有人"),
        (
            "发信节奏",
            f"每日至多 {s.pacing.per_day} 封，15 分钟至多 {s.pacing.per_quarter_hour} 封，批准后等 {s.pacing.approval_delay_minutes:g} 分钟",
        ),
        ("账册", str(s.data)),
        ("备份", str(s.backup) if s.backup else "没有设置（在 intake.toml 写“backup”）"),
        ("设置文件", str(s.source or "没有")),
    ]


def backups() -> list[str]:
    """The copies there are, newest first."""
    folder = here.office().settings.backup
    return sorted((p.name for p in folder.glob("backup-*")), reverse=True)[:5] if folder and folder.is_dir() else []


@page.post("/system/try")
def try_everything() -> str:
    """Doctor's lines, each outside thing tried once."""
    examined: list[Examined] = list(examine(here.office()))
    return render_template("doctor.html", examined=examined)


@page.post("/backup")
def copy() -> Response:
    """A copy of the books, begun now and made beside the pages."""
    office, person, path = here.office(), here.person().name, here.desk().premises.office().settings.data / "desk.db"

    def work() -> str:
        sentence = copied(office)
        with Store.open(path) as store:
            store.record_deed(office.clock().isoformat(), person, sentence)
        return sentence

    if not here.desk().errand.start("正在备份……", work):
        return back_to(deed("上一次备份还没有做完，没有再开始一次。"))
    return back_to(deed("开始备份了，做完后“系统”页写明备份到哪里；其他事照常办。"))


def copied(office: Office) -> str:
    """A copy of the books, and what came of it in a sentence."""
    folder = office.settings.backup or office.settings.data / "backups"
    try:
        made: Path = backup(office, folder, office.clock())
    except (BackupRefused, World) as refusal:
        return f"没有备份成：{refusal}"
    return f"已备份到 {made}。"


# People


@page.post("/people/add")
def add_person() -> Response:
    """Another person who may log in."""
    name, password = request.form.get("name", "").strip()[:30], request.form.get("password", "")
    wrong = refuse_password(password) or ("" if name else "请写姓名。") or ("已有这个姓名。" if here.store().person(name) else "")
    if wrong:
        return redirect(url_for("system.show", wrong=wrong), 303)
    role = "reader" if request.form.get("role") == "reader" else "staff"
    here.store().keep_person(Person(name, request.form.get("address", "").strip()[:80], role, hash_password(password)), time.time())
    return back_to(deed(f"已加上 {name}（{ROLES[role]}）。"))


@page.post("/people/password")
def change_password() -> Response:
    """A new password for oneself; every other log-in of this person ends."""
    me, new = here.person(), request.form.get("new", "")
    wrong = refuse_password(new) or ("" if fits(request.form.get("password", ""), me) else "现在的密码不对。")
    if wrong:
        return redirect(url_for("system.show", wrong=wrong), 303)
    changed = Person(me.name, me.address, me.role, hash_password(new))
    here.store().keep_person(changed, time.time())
    return begin(changed, back_to(deed(f"{me.name} 的密码已改，其他地方的登录都已退出。")))


@page.post("/people/drop")
def drop_person() -> Response:
    """Somebody who may no longer log in; never oneself, so that nobody locks the door from outside."""
    name = request.form.get("name", "")
    if name == here.person().name or here.store().person(name) is None:
        return redirect(url_for("system.show", wrong="不能删去自己，也不能删去没有的人。"), 303)
    here.store().drop_person(name)
    return back_to(deed(f"{name} 已不能登录；以前的决定都留着。"))


@page.post("/people/logout")
def end_sessions() -> Response:
    """Log somebody out everywhere."""
    name = request.form.get("name", "")
    here.store().end_sessions(name)
    return back_to(deed(f"{name} 的登录都已退出。"))
