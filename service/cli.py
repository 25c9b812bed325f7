"""Shell: the console script `intake` - every command, gathered in the order of a clerk's day."""

from __future__ import annotations

import importlib
import sys

import click

from service.commands.terminal import run

SECTIONS = (
    ("值班", ("demo", "run", "desk", "poll", "import")),
    ("查看", ("open", "read", "check", "status")),
    ("告知", ("letters", "digest", "export")),
    ("决定", ("decide",)),
    ("维护", ("rebuild", "retry", "doctor", "backup", "restore", "purge", "campaign")),
)


ROOMS = {
    "day": ("demo", "run", "desk", "poll", "import"),
    "look": ("open", "read", "check"),
    "matrix": ("status",),
    "letters": ("letters", "digest", "export"),
    "decisions": ("decide",),
    "house": ("rebuild", "retry", "doctor", "backup", "restore", "purge", "campaign"),
}
"""Where each command lives: only the room of the one that was asked for is loaded."""


class Sections(click.Group):
    """A group whose help shows the commands by what they are for, not by the alphabet, and that loads a command when it is asked for."""

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of this name, its room loaded if need be."""
        room = next((room for room, names in ROOMS.items() if name in names), None)
        if room is not None and name not in self.commands:
            for command in importlib.import_module(f"service.commands.{room}").COMMANDS:
                self.add_command(command)
        return self.commands.get(name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of a clerk's day."""
        return [name for _, names in SECTIONS for name in names if self.get_command(ctx, name)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One heading a section."""
        for title, names in SECTIONS:
            found = [(name, self.get_command(ctx, name)) for name in names]
            rows = [(name, command.get_short_help_str(80)) for name, command in found if command]
            with formatter.section(title):
                formatter.write_dl(rows)


@click.group(cls=Sections, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(package_name="union-intake", prog_name="intake")
def intake() -> None:
    """收件台：收信、登记、核对材料、回执、提醒、日报。

    \b
    先试一试：intake demo（自带信箱和来信，不需要任何账号）。
    真用之前：写好 intake.toml，运行 intake doctor，再运行 intake run。

    \b
    退出码：0 完成；1 完成，但有事要人处理；2 命令或设置写错；3 外部拒绝（信箱、发信、磁盘）；70 程序自身出错。
    """


def main() -> None:
    """The entry point of the console script."""
    sys.exit(run(intake))
