"""Shell: what every command shares - options, the office, JSON on stdout, and the exit code that tells what happened.

0 done · 1 done, and something needs a person · 2 the command line or the configuration is wrong · 3 the outside world refused ·
70 our own bug (CONTRACT, Commands).
"""

from __future__ import annotations

import json
import logging
import sqlite3
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from config.section import ConfigMistakes
from intake.errors import DiskFull, World
from intake.progress import Progress, no_progress
from service.backup import BackupRefused
from service.log import start_log
from service.office import Office, open_office

DONE, NEEDS_A_PERSON, WRONG_USE, WORLD_REFUSED, OUR_BUG = 0, 1, 2, 3, 70
Command = TypeVar("Command", bound=Callable[..., Any])
log = logging.getLogger("intake.terminal")


class WrongUse(click.ClickException):
    """A command line that asks for something impossible; one sentence with the cure, exit code 2."""

    exit_code = WRONG_USE

    def show(self, file: Any = None) -> None:
        """One line on stderr."""
        click.echo(self.message, err=True)


def parse_moment(_context: click.Context, _parameter: click.Parameter, value: str | None) -> datetime | None:
    """An ISO moment; without a zone it is Beijing time."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise WrongUse(f"--now：看不懂“{value}”，请写成 2022-08-05T23:50:00。") from None
    return moment if moment.tzinfo else datetime.fromisoformat(f"{value}+08:00")


def office_options(command: Command) -> Command:
    """--config, --now and --verbose, the same for every command that needs the office."""
    for option in (
        click.option("--config", type=click.Path(path_type=Path), default=None, metavar="FILE", help="设置文件；默认用当前目录的 intake.toml，没有就用内置设置。"),
        click.option("--now", default=None, callback=parse_moment, metavar="TIME", help="把现在当作这一刻（演练和核对用），如 2022-08-02T08:30:00。"),
    ):
        command = option(command)
    return command


def json_option(command: Command) -> Command:
    """--json: machine-readable output and nothing else on stdout."""
    return click.option("--json", "as_json", is_flag=True, help="只输出 JSON（给程序读；日志在标准错误）。")(command)


def print_json(value: Any) -> None:
    """One JSON value on one line of stdout, in UTF-8 whatever the terminal's locale; lone surrogates are replaced."""
    line = json.dumps(value, ensure_ascii=False, default=str)
    sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")
    sys.stdout.flush()


def progress_bar(as_json: bool = False) -> Progress:
    """A progress line on stderr for long work; silent for machines and when nobody watches."""
    if as_json or not sys.stderr.isatty():
        return no_progress

    def show(what: str, done: int, of: int) -> None:
        filled = round(24 * done / of) if of else 24
        click.echo(f"\r{what} [{'█' * filled}{'·' * (24 - filled)}] {done}/{of}", err=True, nl=done >= of)

    return show


def opened_office(config: Path | None, now: datetime | None) -> Office:
    """The office of the common options, with the log started."""
    start_log()
    return open_office(config, now)


def run(group: click.Group) -> int:
    """Run the terminal and turn every ending into its exit code; a bug leaves its traceback in the log, never on a staff member's screen alone."""
    try:
        code = group.main(standalone_mode=False)
        return code if isinstance(code, int) else DONE
    except click.ClickException as error:
        error.show()
        return WRONG_USE
    except click.Abort:
        click.echo("已中止，已收下的信都在。", err=True)
        return NEEDS_A_PERSON
    except ConfigMistakes as error:
        click.echo(str(error), err=True)
        return WRONG_USE
    except BackupRefused as error:
        click.echo(str(error), err=True)
        return WORLD_REFUSED
    except World as error:
        click.echo(str(error), err=True)
        return WORLD_REFUSED
    except BrokenPipeError:
        return DONE
    except (OSError, sqlite3.OperationalError) as error:
        return refused_by_the_machine(error)
    except Exception:
        start_log()
        log.exception("程序自身出错")
        click.echo("程序自身出了错（上面是细节，请交给技术人员）；已收下的信都在，修好后用 intake retry 重试。", err=True)
        return OUR_BUG


def refused_by_the_machine(error: Exception) -> int:
    """A full disk or a folder nobody may write to is the world's refusal; anything else of this kind is our bug."""
    if (isinstance(error, OSError) and error.errno in (28, 122)) or "full" in str(error):
        click.echo(str(DiskFull(str(error))), err=True)
        return WORLD_REFUSED
    if isinstance(error, (PermissionError, FileNotFoundError, NotADirectoryError)) or "unable to open" in str(error):
        click.echo(f"打不开文件或文件夹：{error}。请检查路径和权限。", err=True)
        return WORLD_REFUSED
    start_log()
    log.error("程序自身出错", exc_info=error)
    click.echo(f"程序自身出了错：{error}。已收下的信都在。", err=True)
    return OUR_BUG
