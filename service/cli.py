"""Shell: the console script `intake` - every command, gathered in the order of a clerk's day."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

import click

from service.commands.terminal import run

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

SECTIONS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "值班": (
        ("demo", "day", "演示：自带信箱和十八封来信，收信、登记、回执、补正、提醒、日报，一两分钟走完。"),
        ("run", "day", "值班：按时收信、登记、答复、提醒、发日报、备份，并打开工作台，直到叫停（Ctrl-C 或 SIGTERM）。"),
        ("desk", "day", "只打开工作台（网页），不收信；值班程序可以同时运行。"),
        ("poll", "day", "收一轮：收信、登记、读件、核对，按设置的方式拟信发信。"),
        ("import", "day", "导入 .eml 文件、Maildir 或 mbox：历史邮件和人工另存的邮件。"),
    ),
    "查看": (
        ("open", "look", "拆开邮件看看里面有什么（不登记）：发件人、附件、网盘链接、问题。"),
        ("read", "look", "读文件看看填了什么（不登记）：汇总表、基本情况表、申报材料。"),
        ("check", "look", "把这些文件当作一所学校的全部材料，列出缺什么、要核实什么（报送前自查用）。"),
        ("status", "matrix", "总表：单位 × 工作室 × 材料，缺什么、何时收到。"),
    ),
    "告知": (
        ("letters", "letters", "待发信：查看、批准、暂停、弃发。"),
        ("digest", "letters", "收件日报：谁报了、缺什么、今天要您决定什么。"),
        ("export", "letters", "导出：合并的附件1、附件2，台账，每所学校一个文件夹。"),
    ),
    "决定": (("decide", "decisions", "记录工作人员的决定：只增不改，谁、何时、为何都留下；做错了用 undo。"),),
    "维护": (
        ("rebuild", "house", "从原始邮件和决定重新推出一切（换了更好的读件程序、改了规则之后用）。"),
        ("retry", "house", "重试被隔离的信（不写编号就重试全部）。"),
        ("doctor", "house", "逐项试一遍外部条件（登录、文件夹、发信、磁盘、时钟、转换程序），说明怎么办。"),
        ("backup", "house", "备份账册和原始邮件（值班时也可以做），自带完整性检查。"),
        ("restore", "house", "从备份恢复；现有账册挪到一边，不覆盖。"),
        ("purge", "house", "归档日期之后清理：先导出并备份到 DIR，核验无误再删去账册、原件和日志。"),
        ("campaign", "house", "申报批次：检查、新建。"),
        ("install", "install", "装成开机自动运行的服务（Linux，systemd）：自己的用户，只有自己的文件夹可写。"),
        ("completion", "install", "印出命令补全的脚本（bash、zsh、fish）：按 Tab 补全命令和选项。"),
    ),
}
"""By what they are for: each command, the room it lives in, and its first line of help - so that the help loads no room, and a command only
its own. A test holds the lines to the commands' own words."""


class Sections(click.Group):
    """A group whose help shows the commands by what they are for, not by the alphabet, and that loads a command when it is asked for."""

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of this name, its room loaded if need be."""
        room = next((room for rows in SECTIONS.values() for known, room, _ in rows if known == name), None)
        if room is not None and name not in self.commands:
            for command in importlib.import_module(f"service.commands.{room}").COMMANDS:
                self.add_command(command)
        return self.commands.get(name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of a clerk's day."""
        return [name for rows in SECTIONS.values() for name, _, _ in rows]

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """What Tab offers: the commands with their first lines, and the options; no room is loaded for it."""
        from click.shell_completion import CompletionItem  # only for the shell

        rows = [CompletionItem(name, help=said) for rows in SECTIONS.values() for name, _, said in rows if name.startswith(incomplete)]
        return rows + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One heading a section."""
        for title, rows in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, said) for name, _, said in rows])


def show_version(context: click.Context, _parameter: click.Parameter, asked: bool) -> None:
    """--version: as it was installed."""
    if asked:
        from importlib import metadata  # only where it is asked for

        try:
            version = metadata.version("union-intake")
        except metadata.PackageNotFoundError:
            version = "（没有安装，直接从源码运行）"
        click.echo(f"intake {version}")
        context.exit()


@click.group(cls=Sections, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=show_version, help="显示版本。")
def intake() -> None:
    """收件台：收信、登记、核对材料、回执、提醒、日报。

    \b
    先试一试：
      intake demo                  自带信箱和来信，不需要任何账号
      intake demo --serve          走完以后打开工作台，自己定一件事试试
    真用：
      intake run                   在空文件夹里运行，打开它印出的网址，照“首次设置”走完
      intake doctor                逐项试一遍，哪里不通、怎么办
    每条命令都有说明和例子：
      intake status --help

    \b
    退出码：0 完成；1 完成，但有事要人处理；2 命令或设置写错；3 外部拒绝（信箱、发信、磁盘）；70 程序自身出错。
    """


def main() -> None:
    """The entry point of the console script."""
    sys.exit(run(intake))
