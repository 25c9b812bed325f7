"""Shell: what people decide - every decision is appended with who, when and why, survives every re-reading, and can be undone by its number."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import click

from intake.belt import assess_letters
from intake.books import Ledger, sole_process
from intake.decisions import decisions_in_force
from intake.errors import LedgerLocked
from intake.records import OutboxRecord
from intake.submission import Decision
from notifier.letters import TO_STAFF
from notifier.proposals import SHORT, handle
from service.commands.show import moment_to_text, rows_to_text
from service.commands.terminal import NEEDS_A_PERSON, WrongUse, examples, office_options, opened_office
from service.deciding import DECIDING, TITLES, Deciding, detail_to_text, what_follows
from service.decisions import Recorded, record_decision
from service.office import Office
from service.refusals import Slip

# What stands for each word of a decision in the examples of the help.
EXAMPLE_WORDS = {
    "letter": "bf804e00bd",
    "finding": "F14",
    "file": "6eeeac70c8bf",
    "studio": "李玉职工创新工作室",
    "successor": "周芳职工创新工作室",
    "category": "职工",
    "unit_class": "普通",
    "copies": "2",
    "stamped": "已盖章",
    "day": "2022-08-04",
    "material": "基本情况表",
    "scope": "提醒",
    "email": "gonghui@dlut.example",
    "phone": "-",
    "contact": "-",
    "at": "2022-08-12T23:59:59",
    "mode": "审核后发",
    "about": "LN2022-0004-VWEC-01",
    "person": "郝老师",
}


@examples("intake decide claim 大连理工大学 bf804e00bd", "intake decide list", "intake decide undo 12")
@click.group("decide")
def decide() -> None:
    """记录工作人员的决定：只增不改，谁、何时、为何都留下；做错了用 undo。"""


def record(kind: str, given: Mapping[str, str], office: Office, by: str | None, reason: str) -> Recorded:
    """Append the decision when it means something on the books; a slip is refused with the choices."""
    try:
        made = record_decision(office, kind, given, who_decides(office, by), reason)
    except Slip as slip:
        raise WrongUse(str(slip)) from None
    follow(office)
    return made


def who_decides(office: Office, by: str | None) -> str:
    """The name under a decision: one of the staff, asked for when it was not given; on a shared machine the account says nothing."""
    names = [person.name for person in office.settings.staff if person.name]
    if by and names and by not in names:
        raise WrongUse(f"--by 应为工作人员之一：{'、'.join(names)}。")
    if by or not names:
        return by or getpass.getuser()
    if sys.stdin.isatty():
        return str(click.prompt("谁决定的", type=click.Choice(names)))
    return names[0] if len(names) == 1 else f"未署名（{getpass.getuser()}）"


def tell(made: Recorded) -> None:
    """What was recorded and what follows from it, in sentences."""
    number = made.decision.number
    if made.again:
        click.echo(f"已经是这样定的（第 {number} 号决定），没有重复登记。")
        return
    click.echo(f"已记为第 {number} 号决定：{TITLES.get(made.decision.kind, '')}。{what_follows(made.decision)}")
    click.echo(f"做错了可收回：intake decide undo {number}")


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

    def act(config: Path | None, now: datetime | None, by: str | None, reason: str, yes: bool, **given: str) -> int:
        words = {**given, "yes": "yes" if yes else ""}
        tell(record(deciding.name, words, opened_office(config, now), by, reason))
        return 0

    command = act
    first = () if deciding.of_the_office or deciding.of_anybody else (("institution", "学校"),)
    if deciding.of_anybody:
        command = click.option("--institution", default="", metavar="学校", help="是哪所学校的事；不写就只记这件事。")(command)
    for name, title in reversed((*first, *deciding.arguments)):
        command = click.argument(name, metavar=title)(command)
    command = click.option("--reason", default="", help="为什么。")(
        click.option("--by", default=None, help="谁决定的（工作人员姓名）。")(command)
    )
    command = click.option("--yes", is_flag=True, help="提示之后仍要照此登记。")(command)
    examples(example_of(deciding))(decide.command(deciding.name, help=deciding.tells, short_help=deciding.tells)(office_options(command)))


def example_of(deciding: Deciding) -> str:
    """The decision as it is typed, with words of an invented case."""
    first = () if deciding.of_the_office or deciding.of_anybody else ("大连理工大学",)
    words = [EXAMPLE_WORDS[name] for name, _ in deciding.arguments]
    return " ".join(("intake decide", deciding.name, *first, *words, *(("--reason 理由写在这里",) if deciding.wants_reason else ())))


for _deciding in DECIDING:
    add_command(_deciding)


@examples("intake decide split bf804e00bd", "intake decide split bf804e00bd 附件4甲.docx=白山医科大学 附件4乙.docx=黑水医科大学")
@decide.command("split")
@click.argument("letter", metavar="信")
@click.argument("parts", nargs=-1, metavar="[文件=学校…]")
@click.option("--by", default=None, help="谁决定的（工作人员姓名）。")
@click.option("--reason", default="", help="为什么。")
@office_options
def split(letter: str, parts: tuple[str, ...], by: str | None, reason: str, config: Path | None, now: datetime | None) -> int:
    """拆分一封带着几所学校材料的信：不写文件就照程序的建议，写就逐个文件写明归谁（名称或校验码前几位）。"""
    tell(record("split", {"letter": letter, "parts": "\n".join(parts)}, opened_office(config, now), by, reason))
    return 0


@examples("intake decide undo 12 --reason 点错了")
@decide.command("undo")
@click.argument("number", metavar="决定号")
@click.option("--by", default=None, help="谁决定的（工作人员姓名）。")
@click.option("--reason", default="", help="为什么。")
@office_options
def undo(number: str, by: str | None, reason: str, config: Path | None, now: datetime | None) -> int:
    """收回一个决定（原决定和收回都留在账上）。"""
    office = opened_office(config, now)
    with office.books() as (ledger, _):
        taken_back = next((d for d in ledger.decisions() if str(d.number) == number.strip()), None)
        told = letters_told_on(ledger, taken_back) if taken_back else ()
    record("undo", {"number": number}, office, by, reason)
    click.echo(f"第 {number.strip()} 号决定已收回，原决定和收回都留在账上。")
    for row in told:
        click.echo(f"  已按原决定发出：{moment_to_text(row.sent_at, office.campaign)} 致{row.institution or row.recipient}（{row.recipient}）“{row.subject}”")
    if told:
        click.echo("更正的信随下一轮核对拟好，列在待审核的信里：intake letters --state 待审核")
    return NEEDS_A_PERSON if told else 0


def letters_told_on(ledger: Ledger, decision: Decision) -> tuple[OutboxRecord, ...]:
    """The letters that left on the basis of a decision: to its institution since, or in answer to the letter it was about."""
    left = [row for row in ledger.outbox() if row.state in ("sent", "sending") and row.kind not in TO_STAFF]
    if decision.kind in ("claim", "split"):
        return tuple(row for row in left if decision.target in row.answers and (row.sent_at or row.created_at) >= decision.decided_at)
    return tuple(row for row in left if row.institution == decision.institution and (row.sent_at or row.created_at) >= decision.decided_at)


def target_to_text(decision: Decision) -> str:
    """What a decision is about, short enough for a column: studios by name, letters and files by the number people type."""
    if decision.kind in ("claim", "split", "answered", "seen", "version", "exclude_file", "material"):
        return decision.target[:SHORT]
    if decision.kind in ("waive", "explain", "approve") and "@" not in decision.target:
        return handle(decision.target)
    return {"reminders": "提醒", "letters": ""}.get(decision.target, decision.target)


@examples("intake decide list")
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
            TITLES.get(d.kind, "决定"),
            d.institution,
            target_to_text(d),
            detail_to_text(d, office.campaign),
            d.reason,
        ]
        for d in decisions
    ]
    click.echo(rows_to_text(["号", "", "时间", "谁", "决定", "单位", "对象", "内容", "理由"], rows) if rows else "还没有决定。")
    return 0


COMMANDS = (decide,)
