"""Shell: the day's work - the demo, the service, one round from the mailbox or from files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from intake.books import sole_process
from service.commands.terminal import DONE, NEEDS_A_PERSON, WORLD_REFUSED, WrongUse, examples, office_options, opened_office, progress_bar
from service.log import keep_log
from service.rounds import Round, import_files
from service.rounds import poll as poll_once
from service.worker import serve


@examples("intake demo", "intake demo --serve", "intake demo --data 演示 --serve --port 8700")
@click.command("demo")
@click.option("--data", type=click.Path(path_type=Path), default=Path("demo-output"), show_default=True, metavar="DIR", help="演示写到哪里。")
@click.option("--serve", "stay", is_flag=True, help="走完以后打开工作台（网页），直到 Ctrl-C。")
@click.option("--port", type=int, default=0, help="工作台的端口，默认 8625。")
def demo(data: Path, stay: bool, port: int) -> int:
    """演示：自带信箱和十八封来信，收信、登记、回执、补正、提醒、日报，一两分钟走完。"""
    try:
        from service.demo.play import play
    except ModuleNotFoundError as error:
        raise WrongUse(f"演示还缺 {error.name}：在检出的文件夹里请运行 make demo；装好的程序，请把安装包带上可选件 demo 再装一次（办法见 docs/running.md）。") from None
    return play(data, stay, port)


@examples("intake run", "intake run --no-desk --config /var/lib/intake/intake.toml")
@click.command("run")
@click.option("--no-desk", "alone", is_flag=True, help="不打开工作台（网页）。")
@office_options
def run(alone: bool, config: Path | None, now: datetime | None) -> int:
    """值班：按时收信、登记、答复、提醒、发日报、备份，并打开工作台，直到叫停（Ctrl-C 或 SIGTERM）。"""
    office = opened_office(config, now)
    keep_log(office.settings.data / "log")
    if alone:
        require_mailbox(office.settings.mailbox.host, office.settings.mailbox.secret)
        with sole_process(office.lock_path):
            serve(office)
        return DONE
    from service.desk.duty import on_duty  # the web server is loaded only where it is opened

    with sole_process(office.lock_path):
        on_duty(config, now)
    return DONE


@examples("intake desk", "intake desk --password 郝老师")
@click.command("desk")
@click.option("--password", "name", default=None, metavar="NAME", help="给这个人换一个密码（忘了密码时用），打印出来就结束。")
@office_options
def desk(name: str | None, config: Path | None, now: datetime | None) -> int:
    """只打开工作台（网页），不收信；值班程序可以同时运行。"""
    office = opened_office(config, now)
    from service.desk.duty import desk_alone, new_password

    if name is not None:
        password = new_password(office, name)
        if password is None:
            raise WrongUse(f"没有“{name}”这个人。")
        click.echo(f"{name} 的新密码：{password}（登录后请在“系统”里改掉）")
        return DONE
    desk_alone(config, now)
    return DONE


@examples("intake poll", "intake poll --folder INBOX --folder 垃圾邮件")
@click.command("poll")
@click.option("--folder", "folders", multiple=True, metavar="NAME", help="只看这个文件夹（可写多次）；默认看设置里的全部。")
@office_options
def poll(folders: tuple[str, ...], config: Path | None, now: datetime | None) -> int:
    """收一轮：收信、登记、读件、核对，按设置的方式拟信发信。"""
    office = opened_office(config, now)
    require_mailbox(office.settings.mailbox.host, office.settings.mailbox.secret)
    with sole_process(office.lock_path):
        result = poll_once(office, progress_bar(), folders)
    return told(result)


@examples("intake import 另存的邮件", "intake import 一封.eml 历史.mbox")
@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="PATH…")
@office_options
def import_letters(paths: tuple[Path, ...], config: Path | None, now: datetime | None) -> int:
    """导入 .eml 文件、Maildir 或 mbox：历史邮件和人工另存的邮件。"""
    office = opened_office(config, now)
    with sole_process(office.lock_path):
        result = import_files(office, paths, progress_bar())
    return told(result)


def told(result: Round) -> int:
    """Say what a round did, why the post stopped if it did, and give the exit code."""
    click.echo(f"{result}。")
    if result.post.stopped:
        click.echo(result.post.stopped, err=True)
    if result.post.refused:
        return WORLD_REFUSED
    return NEEDS_A_PERSON if result.needs_a_person else DONE


def require_mailbox(host: str, secret: str) -> None:
    """Refuse to start without an account, naming what to write where."""
    if not host:
        raise WrongUse("还没有设置信箱：请在 intake.toml 写 [mailbox] host、user（样例见 docs/intake.example.toml），或先试 intake demo。")
    if not secret:
        raise WrongUse("还没有授权码：请设环境变量 INTAKE_MAILBOX_SECRET，或在 [mailbox] 写 secret_file（权限 0600）。")


COMMANDS = (demo, run, desk, poll, import_letters)
