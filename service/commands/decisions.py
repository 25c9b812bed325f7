"""Shell: what people decide - every decision is appended with who, when and why, survives every re-reading, and can be undone by its number."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from intake.belt import assess_letters
from intake.books.ledger import Ledger
from intake.decisions import decisions_in_force
from intake.message import Attachment
from service.deciding import DECIDING, TITLES, Case, Deciding, Details, Slip, find_letter
from service.office import Office
from service.show import moment_to_text, rows_to_text
from service.terminal import WrongUse, find_institution, office_options, opened_office


@click.group("decide")
def decide() -> None:
    """记录工作人员的决定：只增不改，谁、何时、为何都留下；做错了用 undo。"""


def case_of(ledger: Ledger, office: Office, institution: str) -> Case:
    """What the books hold about an institution, and every letter."""
    return Case(office.campaign, ledger.assessments().get(institution), tuple(r.sha256 for r in ledger.letters()))


def record(deciding: Deciding, given: dict[str, str], office: Office, institution: str, by: str, reason: str) -> int:
    """Append the decision when it means something on the books, and assess everything again, so that the matrix shows it at once."""
    name = find_institution(office.campaign, institution)
    if deciding.kind == "note" and not reason:
        raise WrongUse("要记的话请写在 --reason 后面。")
    with office.books() as (ledger, _):
        target, detail = understood(deciding, case_of(ledger, office, name), given)
        now = office.clock()
        made = ledger.decide(deciding.kind, by=by, at=now, institution=name, target=target, detail=detail, reason=reason)
        assess_letters(ledger, office.campaign, now)
    click.echo(f"已记为第 {made.number} 号决定（做错了用 intake decide undo {made.number}）。")
    return 0


def understood(deciding: Deciding, case: Case, given: dict[str, str]) -> tuple[str, Details]:
    """Target and detail of what was typed; a slip is refused with the choices."""
    try:
        return deciding.build(case, given)
    except Slip as slip:
        raise WrongUse(str(slip)) from None


def add_command(deciding: Deciding) -> None:
    """One sub-command of `decide`."""

    def act(config: Path | None, now: datetime | None, by: str | None, reason: str, **given: str) -> int:
        institution = given.pop("institution")
        return record(deciding, given, opened_office(config, now), institution, by or getpass.getuser(), reason)

    command = act
    for name, title in reversed((("institution", "学校"), *deciding.arguments)):
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
    office = opened_office(config, now)
    with office.books() as (ledger, _):
        sha = typed_letter(letter, case_of(ledger, office, ""))
        message, claim = ledger.opening(sha), ledger.claims().get(sha)
        if not parts and not (claim and claim.split):
            raise WrongUse("程序没有看出这封信该怎么拆，请逐个写明 文件=学校全称。")
        owners = dict(part_to_owner(part, message.attachments if message else (), office) for part in parts)
        made = ledger.decide("split", by=by or getpass.getuser(), at=office.clock(), target=sha, detail={"parts": owners}, reason=reason)
        assess_letters(ledger, office.campaign, office.clock())
    click.echo(f"已记为第 {made.number} 号决定（做错了用 intake decide undo {made.number}）。")
    return 0


def typed_letter(typed: str, case: Case) -> str:
    """The letter a person means."""
    try:
        return find_letter(case, typed)
    except Slip as slip:
        raise WrongUse(str(slip)) from None


def part_to_owner(part: str, files: Sequence[Attachment], office: Office) -> tuple[str, str]:
    """`文件=学校` as the file's SHA-256 and the institution's full name; a file or name that fits nothing or several is refused."""
    name, _, institution = part.rpartition("=")
    owner = find_institution(office.campaign, institution)
    fitting = {f.sha256 for f in files if f.sha256.startswith(name.lower()) or name in f.name}
    if not name or len(fitting) != 1:
        raise WrongUse(f"“{name}”{'对应不止一个文件' if fitting else '不在这封信里'}，信里有：{'、'.join(f.name for f in files)}。")
    return fitting.pop(), owner


@decide.command("undo")
@click.argument("number", type=int, metavar="决定号")
@click.option("--by", default=None, help="谁决定的，默认当前用户。")
@click.option("--reason", default="", help="为什么。")
@office_options
def undo(number: int, by: str | None, reason: str, config: Path | None, now: datetime | None) -> int:
    """收回一个决定（原决定和收回都留在账上）。"""
    office = opened_office(config, now)
    with office.books() as (ledger, _):
        if number not in {d.number for d in decisions_in_force(ledger.decisions())}:
            raise WrongUse(f"没有第 {number} 号决定，或已经收回；用 intake decide list 查看。")
        ledger.decide("undo", by=by or getpass.getuser(), at=office.clock(), target=str(number), reason=reason)
        assess_letters(ledger, office.campaign, office.clock())
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
