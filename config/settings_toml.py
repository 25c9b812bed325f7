"""Core: intake.toml into the words of `settings.py`, every mistake noted; the shell hands in what only it may read (secrets, folders)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from config.section import Section, section_to_record
from config.settings import DeskSettings, EngineSettings, MailboxSettings, Mode, Pacing, Scans, Settings, SmtpSettings, Staff

MODES: dict[str, Mode] = {
    "rehearsal": "rehearsal",
    "演练": "rehearsal",
    "approve": "approve",
    "审核后发": "approve",
    "automatic": "automatic",
    "自动": "automatic",
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the settings need from outside: the file's folder, how to find a campaign folder, and how to find a secret."""

    base: Path
    find_campaign: Callable[[str, Section], Path]
    find_secret: Callable[[Section, str], str]
    find_engine_secret: Callable[[Section], str]


def section_to_settings(top: Section, around: Surroundings) -> Settings:
    """Every key of intake.toml checked and put in its place; relative paths count from the file's own folder."""
    mode = top.take("mode", str, "approve")
    if mode not in MODES:
        top.fault("mode", f"“{mode}”应为 rehearsal（演练）、approve（审核后发）或 automatic（自动）。")
    base = around.base
    settings = Settings(
        campaign=around.find_campaign(top.take("campaign", str, ""), top),
        data=base / top.take("data", str, "data"),
        mode=MODES.get(mode, "approve"),
        mailbox=section_to_mailbox(top.inside("mailbox"), around),
        smtp=section_to_smtp(top.inside("smtp"), around),
        pacing=section_to_record(top.inside("pacing"), Pacing),
        staff=tuple(section_to_staff(s) for s in top.each("staff")),
        poll_seconds=positive(top, "poll_seconds", 120),
        remind_silent=top.take("remind_silent", bool, False),
        reading_processes=positive(top, "reading_processes", 1),
        engine=section_to_engine(top, around),
        scans=section_to_record(top.inside("scans"), Scans),
        backup=path_or_none(top, "backup", base),
        archive=top.take("archive", date, None),
        desk=section_to_desk(top.inside("desk")),
        source=top.file,
    )
    top.close()
    return settings


def positive(section: Section, key: str, default: int) -> int:
    """A whole number of at least 1."""
    value: int = section.take(key, int, default)
    if value < 1:
        section.fault(key, "应为不小于1的整数。")
        return default
    return value


def path_or_none(section: Section, key: str, base: Path) -> Path | None:
    """A path counted from the settings file's folder, None when not given."""
    value = section.take(key, str, "")
    return base / value if value else None


def section_to_staff(section: Section) -> Staff:
    """One member of staff who gets the digest."""
    name, address = section.take("name", str) or "", section.take("address", str) or ""
    section.close()
    if address and "@" not in address:
        section.fault("address", f"“{address}”不是邮箱地址。")
    return Staff(name, address)


def section_to_mailbox(section: Section, around: Surroundings) -> MailboxSettings:
    """The IMAP account."""
    default = MailboxSettings()
    settings = MailboxSettings(
        host=section.take("host", str, default.host),
        port=section.take("port", int, default.port),
        tls=section.take("tls", bool, default.tls),
        user=section.take("user", str, default.user),
        secret=around.find_secret(section, "INTAKE_MAILBOX_SECRET"),
        folders=section.words("folders", default.folders),
        since=section.take("since", date, None),
        ca_file=path_or_none(section, "ca_file", around.base),
        authserv_id=section.words("authserv_id", default.authserv_id),
        maximum_letter_bytes=section.take("maximum_letter_bytes", int, default.maximum_letter_bytes),
        batch_bytes=section.take("batch_bytes", int, default.batch_bytes),
    )
    refuse_plain_line(section, settings.tls, settings.host)
    section.close()
    return settings


def section_to_smtp(section: Section, around: Surroundings) -> SmtpSettings:
    """The SMTP account; its secret is the mailbox's own when none is given (NetEase: one 授权码 for both)."""
    default = SmtpSettings()
    settings = SmtpSettings(
        host=section.take("host", str, default.host),
        port=section.take("port", int, default.port),
        tls=section.take("tls", bool, default.tls),
        user=section.take("user", str, default.user),
        secret=around.find_secret(section, "INTAKE_SMTP_SECRET"),
        ca_file=path_or_none(section, "ca_file", around.base),
        sent_folder_witness=section.take("sent_folder_witness", bool, default.sent_folder_witness),
    )
    refuse_plain_line(section, settings.tls, settings.host)
    section.close()
    return settings


def refuse_plain_line(section: Section, tls: bool, host: str) -> None:
    """An unencrypted line is allowed to this machine only: the 授权码 would travel in clear."""
    if not tls and host not in ("127.0.0.1", "::1", "localhost"):
        section.fault("tls", "不加密的连接只允许连本机（127.0.0.1），请改为 tls = true。")


THIS_MACHINE = ("", "127.0.0.1", "::1", "localhost")
PLAIN = ("disable", "allow", "prefer")


def section_to_engine(top: Section, around: Surroundings) -> EngineSettings:
    """Where reading is spread from; a password does not stand in intake.toml, and letters travel to another machine encrypted only."""
    secret = around.find_engine_secret(top)
    url = top.take("engine", str, "")
    if not url:
        return EngineSettings()
    engine, fault = url_to_engine(url)
    if engine.secret:
        fault = "密码不要写在这里：请放进环境变量 INTAKE_ENGINE_SECRET，或写 engine_secret_file 指向权限为 0600 的文件，或用 ~/.pgpass。"
    if fault:
        top.fault("engine", fault)
        return EngineSettings()
    return EngineSettings(engine.url, secret)


def url_to_engine(url: str) -> tuple[EngineSettings, str]:
    """A postgresql:// URL parted from its password, and what is wrong with it in a sentence that repeats none of it ("" = nothing).

    To another machine the line is encrypted (`sslmode=require`) unless the URL asks for more; one that allows a plain line is refused.
    """
    try:
        parts = urlsplit(url.strip())
        named = parts.hostname or ""
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return EngineSettings(), "这个地址看不懂，应形如 postgresql://用户@主机/库名。"
    user, _, host = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    query = dict(pairs)
    secret = unquote(password) or query.get("password", "")
    if parts.scheme not in ("postgresql", "postgres") or not (parts.netloc or parts.path.strip("/") or query):
        return EngineSettings(secret=secret), "应形如 postgresql://用户@主机/库名；不写这一项就在本机读件。"
    query.pop("password", None)
    place = query.get("host", named)
    is_local = place in THIS_MACHINE or place.startswith("/")
    if not is_local and query.get("sslmode", "require") in PLAIN:
        return EngineSettings(secret=secret), "来信要经过这条连接，连别的机器须加密：请去掉 sslmode，或写 sslmode=verify-full。"
    if not is_local:
        query.setdefault("sslmode", "require")
    netloc = f"{name}@{host}" if name else host
    asked = f"?{urlencode(query, safe='/')}" if query else ""
    return EngineSettings(f"postgresql://{netloc}{parts.path}{asked}", secret), ""


def section_to_desk(section: Section) -> DeskSettings:
    """Where the desk listens; the whole network may only come in when somebody wrote down that it may."""
    default = DeskSettings()
    desk = DeskSettings(
        host=section.take("host", str, default.host),
        port=section.take("port", int, default.port),
        names=section.words("names", default.names),
        plain_http=section.take("plain_http", bool, default.plain_http),
        behind_tls=section.take("behind_tls", bool, default.behind_tls),
    )
    if not desk.is_local and not (desk.plain_http or desk.behind_tls):
        section.fault("host", "工作台要让别的电脑打开，请写 behind_tls = true（前面有 HTTPS 代理），或 plain_http = true（只在可信的办公网内）。")
    section.close()
    return desk
