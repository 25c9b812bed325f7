"""Shell: what people decide - every decision is appended with who, when and why, survives every re-reading, and can be undone by its number."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import click

from intake.belt import assess_letters
from intake.books.lock import sole_process
from intake.decisions import decisions_in_force
from intake.errors import LedgerLocked
from service.commands.show import moment_to_text, rows_to_text
from service.commands.terminal import WrongUse, office_options, opened_office
from service.deciding import DECIDING, TITLES, Deciding, Slip
from service.decisions import Recorded, record_decision
from service.office import Office


@click.group("decide")
def decide() -> None:
    """记录工作人员的决定：只增不改，谁、何时、为何都留下；做错了用 undo。"""


def record(kind: str, given: Mapping[str, str], office: Office, by: str | None, reason: str) -> Recorded:
    """Append the decision when it means something on the books; a slip is refused with the choices."""
    try:
        made = record_decision(office, kind, given, by or getpass.getuser(), reason)
    except Slip as slip:
        raise WrongUse(str(slip)) from None
    follow(office)
    return made


def follow(office: Office) -> None:
    """Assess what the decision changed, so that the matrix shows it at once; while the service runs, it does so itself within seconds."""
    try:
        with sole_process(office.lock_path), office.books() as (ledger, _):
            decided = office.as_decided(ledger.decisions())
            assess_letters(ledger, decided.campaign, office.clock())
    except LedgerLocked:
        click.echo("（值班程序正在运行，几秒钟内会照此重新核对。）", err=True)


def add_command(deciding: Deciding) -> None:
    """One sub-command of `decide`."""

    def act(config: Path | None, now: datetime | None, by: str | None, reason: str, **given: str) -> int:
        made = record(deciding.name, given, opened_office(config, now), by, reason)
        if made.again:
            click.echo(f"已经是这样定的（第 {made.decision.number} 号决定），没有重复登记。")
        else:
            click.echo(f"已记为第 {made.decision.number} 号决定（做错了用 intake decide undo {made.decision.number}）。")
        return 0

    command = act
    first = () if deciding.of_the_office else (("institution", "学校"),)
    for name, title in reversed((*first, *deciding.arguments)):
        command = click.argument(name, metavar=title)(command)
    command = click.option("--reason", default="", help="为什么。")(
        click.option("--by", default=None, help="谁决定的，默认当前用户。")(command)
    )
    decide.command(deciding.name, help=deciding.tells, short_help=deciding.tells)(office_options(command))


for _deciding in DECIDING:
    add_command(_deciding)


@decide.command("split")
@click.argument("letter", metavar="信")
@click.argument("parts", nargs=-1, metavar="[文件=学校…]")
@click.option("--by", default=None, help="谁决定的，默认当前用户。")
@click.option("--reason", default="", help="为什么。")
@office_options
def split(letter: str, parts: tuple[str, ...], by: str | None, reason: str, config: Path | None, now: datetime | None) -> int:
    """拆分一封带着几所学校材料的信：不写文件就照程序的建议，写就逐个文件写明归谁（名称或校验码前几位）。"""
    made = record("split", {"letter": letter, "parts": "\n".join(parts)}, opened_office(config, now), by, reason)
    click.echo(f"已记为第 {made.decision.number} 号决定（做错了用 intake decide undo {made.decision.number}）。")
    return 0


@decide.command("undo")
@click.argument("number", type=int, metavar="决定号")
@click.option("--by", default=None, help="谁决定的，默认当前用户。")
@click.option("--reason", default="", help="为什么。")
@office_options
def undo(number: int, by: str | None, reason: str, config: Path | None, now: datetime | None) -> int:
    """收回一个决定（原决定和收回都留在账上）。"""
    record("undo", {"number": str(number)}, opened_office(config, now), by, reason)
    click.echo(f"第 {number} 号决定已收回。")
    return 0


@decide.command("list")
@office_options
def list_decisions(config: Path | None, now: datetime | None) -> int:
    """列出全部决定。"""
    office = opened_office(config, now)
    with office.books() as (ledger, _):
        decisions = ledger.decisions()
    standing = {d.number for d in decisions_in_force(decisions)}
    rows = [
        [
            str(d.number),
            "" if d.number in standing or d.kind == "undo" else "已收回",
            moment_to_text(d.decided_at, office.campaign),
            d.decided_by,
            TITLES.get(d.kind, d.kind),
            d.institution,
            d.target[:24],
            "，".join(f"{v}" for v in d.detail.values() if v not in ("", None)),
            d.reason,
        ]
        for d in decisions
    ]
    click.echo(rows_to_text(["号", "", "时间", "谁", "决定", "单位", "对象", "内容", "理由"], rows) if rows else "还没有决定。")
    return 0


COMMANDS = (decide,)
