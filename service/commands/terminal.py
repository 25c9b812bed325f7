"""Shell: what every command shares - options, the office, JSON on stdout, and the exit code that tells what happened.

0 done · 1 done, and something needs a person · 2 the command line or the configuration is wrong · 3 the outside world refused ·
70 our own bug (CONTRACT, Commands).
"""

from __future__ import annotations

import json
import logging
import re
import sqlite3
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from config.section import ConfigMistakes
from intake.errors import DiskFull, World
from intake.progress import Progress, no_progress
from service.log import start_log
from service.refusals import BackupRefused, Slip

if TYPE_CHECKING:  # the help, and a slip of the finger, open no books
    from config.campaign import Campaign
    from service.office import Office

DONE, NEEDS_A_PERSON, WRONG_USE, WORLD_REFUSED, OUR_BUG = 0, 1, 2, 3, 70
Command = TypeVar("Command", bound=Callable[..., Any])
AnyCommand = TypeVar("AnyCommand", bound=click.Command)
log = logging.getLogger("intake.terminal")


# What click itself says in every help.
OWN_WORDS = {
    "Options": "选项", "Commands": "命令", "Show this message and exit.": "显示这个说明。", "Show the version and exit.": "显示版本。",
    "[OPTIONS]": "[选项]", "COMMAND": "命令", "[COMMAND]": "[命令]", "[ARGS]...": "[内容]…",
}  # fmt: skip


class ChineseHelp(click.HelpFormatter):
    """说明: click's own headings and sentences in the language of all others."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """How the command is typed."""
        super().write_usage(prog, " ".join(OWN_WORDS.get(word, word) for word in args.split()), "用法：")

    def write_heading(self, heading: str) -> None:
        """The heading of a list."""
        self.write(f"{'':>{self.current_indent}}{OWN_WORDS.get(heading, heading)}：\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Two columns: what is typed, and what it does."""
        super().write_dl([(typed, re.sub(r" *\[default: (.+?)\]", r"（默认 \1）", OWN_WORDS.get(tells, tells))) for typed, tells in rows], col_max, col_spacing)


click.Context.formatter_class = ChineseHelp


class WrongUse(click.ClickException):
    """A command line that asks for something impossible; one sentence with the cure, exit code 2."""

    exit_code = WRONG_USE


def parse_moment(_context: click.Context, _parameter: click.Parameter, value: str | None) -> datetime | None:
    """An ISO moment; without a zone it is Beijing time."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise WrongUse(f"--now：看不懂“{value}”，请写成 2022-08-05T23:50:00。") from None
    return moment if moment.tzinfo else datetime.fromisoformat(f"{value}+08:00")


def examples(*lines: str) -> Callable[[AnyCommand], AnyCommand]:
    """Put above a command: how it is typed, shown at the end of its help."""

    def add(command: AnyCommand) -> AnyCommand:
        command.help = "\n".join(((command.help or "").rstrip(), "", "\b", "例：", *(f"  {line}" for line in lines)))
        return command

    return add


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


def find_institution(campaign: Campaign, typed: str) -> str:
    """The full name on the roster that a person means; a near miss is refused with the names it may be."""
    from service.deciding import find_institution as find_on_roster

    try:
        return find_on_roster(campaign, typed)
    except Slip as slip:
        raise WrongUse(str(slip)) from None


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


def opened_office(config: Path | None, now: datetime | None, quiet: bool = False, damaged: bool = False) -> Office:
    """The office of the common options, with the log started; what needs no books is `quiet` about where they would be. With `damaged` books
    that cannot be read keep nobody out: the office is then as its files describe it."""
    from service.office import open_office, read_office

    start_log()
    try:
        office = open_office(config, now)
    except World:
        if not damaged:
            raise
        office = read_office(config, now)
    if office.settings.source is None and not quiet:
        click.echo(f"（没有 intake.toml，用内置设置，账册在 {office.settings.data}）", err=True)
    return office


def run(group: click.Group) -> int:
    """Run the terminal and turn every ending into its exit code; a bug leaves its traceback in the log, never on a staff member's screen alone."""
    try:
        code = group.main(prog_name="intake", standalone_mode=False)  # not what the process was started by
        return code if isinstance(code, int) else DONE
    except click.ClickException as error:
        click.echo(click_error_to_text(error), err=True)
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


def click_error_to_text(error: click.ClickException) -> str:
    """What was wrong with the command line, in one Chinese sentence, and where the help is."""
    if isinstance(error, WrongUse) or not isinstance(error, click.UsageError):
        return error.message
    path = error.ctx.command_path if error.ctx else "intake"
    return f"{usage_error_to_text(error)}用 {path} --help 看用法。"


def usage_error_to_text(error: click.UsageError) -> str:
    """The slip itself."""
    if isinstance(error, click.NoSuchOption):
        near = f"（是不是 {'、'.join(error.possibilities)}？）" if error.possibilities else "（选项写在整条命令的最后）"
        return f"没有 {error.option_name} 这个选项{near}。"
    if isinstance(error, click.MissingParameter):
        name = error.param.make_metavar(error.ctx) if error.param and error.ctx else ""
        return f"缺少 {name}。"
    if isinstance(error, click.BadParameter):
        return bad_parameter_to_text(error)
    if match := re.match(r"No such command '(.+?)'", error.message):
        return f"没有 {match[1]} 这个命令{near_commands(match[1], error)}。"
    if match := re.match(r"Got unexpected extra arguments? \((.+)\)", error.message):
        return f"多写了 {match[1]}。"
    if match := re.match(r"Option '(.+?)' requires an argument", error.message):
        return f"{match[1]} 后面要写内容。"
    return error.message if not error.message.isascii() else "命令写得不对。"


def near_commands(typed: str, error: click.UsageError) -> str:
    """The commands a slip of the finger may have meant."""
    group = error.ctx.command if error.ctx else None
    import difflib  # only for a slip of the finger

    near = difflib.get_close_matches(typed, group.list_commands(error.ctx), n=3) if error.ctx and isinstance(group, click.Group) else []
    return f"（是不是 {'、'.join(near)}？）" if near else ""


def bad_parameter_to_text(error: click.BadParameter) -> str:
    """A value that will not do: a path that is not there, a word that is none of the choices."""
    if match := re.search(r"'(.+?)' does not exist", error.message):
        return f"没有 {match[1]}。"
    if match := re.search(r"'(.+?)' is a directory", error.message):
        return f"{match[1]} 是文件夹，这里要写文件。"
    if match := re.search(r"'(.+?)' is not one of (.+?)\.?$", error.message):
        return f"“{match[1]}”应为 {match[2]} 之一。"
    if match := re.search(r"'(.+?)' is not a valid (?:integer|float|int)", error.message):
        return f"“{match[1]}”应为数字。"
    return error.message if not error.message.isascii() else "写得不对。"


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
