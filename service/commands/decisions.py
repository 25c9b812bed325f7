"""Shell: what people decide - every decision is appended with who, when and why, survives every re-reading, and can be undone by its number."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from intake.ledger import Ledger
from intake.message import Attachment
from intake.stations import assess_letters
from service.office import Office
from service.show import moment_to_text, rows_to_text
from service.terminal import WrongUse, office_options, opened_office

Details = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deciding:
    """One kind of decision on the command line: its words, its arguments in order, and how they become target and detail."""

    name: str
    kind: str
    tells: str
    arguments: tuple[tuple[str, str], ...]
    build: Callable[[dict[str, str]], tuple[str, Details]]
    institutional: bool = True


def only_target(name: str) -> Callable[[dict[str, str]], tuple[str, Details]]:
    """The decision is about one thing and holds nothing else."""
    return lambda given: (given[name], {})


def no_target(_given: dict[str, str]) -> tuple[str, Details]:
    """The decision is about the institution itself."""
    return "", {}


def paper_details(given: dict[str, str]) -> tuple[str, Details]:
    """Copies and seal of the paper that came by post."""
    if not given["copies"].isdigit():
        raise WrongUse(f"份数“{given['copies']}”应为整数。")
    if given["stamped"] not in ("已盖章", "未盖章"):
        raise WrongUse("盖章情况请写 已盖章 或 未盖章。")
    return "", {"copies": int(given["copies"]), "stamped": given["stamped"] == "已盖章", "date": given["day"]}


def unit_class_details(given: dict[str, str]) -> tuple[str, Details]:
    """The unit's quota class as staff confirmed it."""
    classes = {"普通": "ordinary", "医科": "medical", "ordinary": "ordinary", "medical": "medical"}
    if given["unit_class"] not in classes:
        raise WrongUse("单位类别请写 普通 或 医科。")
    return "", {"unit_class": classes[given["unit_class"]]}


def category_details(given: dict[str, str]) -> tuple[str, Details]:
    """A studio's category as staff confirmed it."""
    keys = {"劳模": "model_worker", "职工": "employee"}
    return given["studio"], {"category": keys.get(given["category"], given["category"])}


def material_details(given: dict[str, str]) -> tuple[str, Details]:
    """What a file is, when the machine could not tell."""
    kinds = {"汇总表": "summary_row", "基本情况表": "basic_info", "申报材料": "narrative"}
    return given["file"], {"material": kinds.get(given["material"], given["material"]), "studio": given["studio"]}


def hold_details(given: dict[str, str]) -> tuple[str, Details]:
    """Which letters to an institution staff keep back."""
    scopes = {"全部": "", "提醒": "reminders"}
    if given["scope"] not in scopes:
        raise WrongUse("范围请写 全部 或 提醒。")
    return scopes[given["scope"]], {}


LETTER, STUDIO, FILE, KEY = ("letter", "信"), ("studio", "工作室"), ("file", "文件"), ("finding", "问题编号")
DECIDING = (
    Deciding("claim", "claim", "认领：这封信是哪所学校的。", (LETTER,), only_target("letter")),
    Deciding("accept-late", "accept_late", "截止后收到的，按期论。", (), no_target),
    Deciding("waive", "waive", "某项问题（或“工作室|basic_info”这样的材料）免于补报。", (KEY,), only_target("finding")),
    Deciding("explain", "explain", "接受学校对某项核实的说明。", (KEY,), only_target("finding")),
    Deciding("approve", "approve", "批准：名额、资格、荣誉、撤回等问题可以告知学校。", (KEY,), only_target("finding")),
    Deciding("unit-class", "category", "确认单位的名额类别（普通、医科）。", (("unit_class", "类别"),), unit_class_details),
    Deciding("category", "category", "确认工作室的申报类型（劳模、职工）。", (STUDIO, ("category", "类型")), category_details),
    Deciding("withdraw", "withdraw_studio", "撤回一个工作室。", (STUDIO,), only_target("studio")),
    Deciding(
        "replace",
        "replace_studio",
        "用另一个工作室替换。",
        (STUDIO, ("successor", "新工作室")),
        lambda given: (given["studio"], {"by": given["successor"]}),
    ),
    Deciding("not-recommending", "not_recommending", "今年不推荐，不再提醒。", (), no_target),
    Deciding("recommending", "recommending", "收回“不推荐”。", (), no_target),
    Deciding(
        "paper",
        "paper",
        "纸质材料收到：份数、已盖章或未盖章、日期。",
        (("copies", "份数"), ("stamped", "盖章"), ("day", "日期")),
        paper_details,
    ),
    Deciding("version", "version", "采用这个文件的版本。", (FILE,), only_target("file")),
    Deciding("exclude", "exclude_file", "这个文件不算数。", (FILE,), only_target("file")),
    Deciding("material", "material", "认定文件是哪种材料、哪个工作室的。", (FILE, ("material", "材料"), STUDIO), material_details),
    Deciding("hold", "hold", "暂不给这所学校发信（范围写 全部 或 提醒）；用 undo 恢复。", (("scope", "范围"),), hold_details),
    Deciding("note", "note", "记一笔。", (), no_target),
)


@click.group("decide")
def decide() -> None:
    """记录工作人员的决定：只增不改，谁、何时、为何都留下；做错了用 undo。"""


def whole_identity(prefix: str, ledger: Ledger) -> str:
    """A letter's or file's SHA-256 from the first characters a person copied from the digest; ambiguous or unknown ones are refused."""
    letters = {r.sha256: r for r in ledger.letters()}
    files = {a.sha256 for received in ledger.received() for a in received.message.attachments}
    found = [sha for sha in letters.keys() | files if sha.startswith(prefix.lower())]
    if len(found) == 1:
        return found[0]
    raise WrongUse(f"“{prefix}”{'对应不止一件，请多写几位' if found else '没有对应的信或文件，请从日报或 intake status --json 里抄编号'}。")


def record(deciding: Deciding, given: dict[str, str], office: Office, institution: str, by: str, reason: str) -> int:
    """Append the decision and assess everything again, so that the matrix shows it at once."""
    if deciding.institutional and office.campaign.institution(institution) is None:
        raise WrongUse(f"名录里没有“{institution}”，请写学校全称。")
    with office.books() as (ledger, _):
        for name in ("letter", "file"):
            if name in given:
                given[name] = whole_identity(given[name], ledger)
        target, detail = deciding.build(given)
        now = office.clock()
        made = ledger.decide(deciding.kind, by=by, at=now, institution=institution, target=target, detail=detail, reason=reason)
        assess_letters(ledger, office.campaign, now)
    click.echo(f"已记为第 {made.number} 号决定（做错了用 intake decide undo {made.number}）。")
    return 0


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
        sha = whole_identity(letter, ledger)
        message = ledger.opening(sha)
        owners = dict(part_to_owner(part, message.attachments if message else (), office) for part in parts)
        made = ledger.decide("split", by=by or getpass.getuser(), at=office.clock(), target=sha, detail={"parts": owners}, reason=reason)
        assess_letters(ledger, office.campaign, office.clock())
    click.echo(f"已记为第 {made.number} 号决定（做错了用 intake decide undo {made.number}）。")
    return 0


def part_to_owner(part: str, files: Sequence[Attachment], office: Office) -> tuple[str, str]:
    """`文件=学校` as the file's SHA-256 and the institution's full name; a file or name that fits nothing or several is refused."""
    name, _, institution = part.rpartition("=")
    if office.campaign.institution(institution) is None:
        raise WrongUse(f"名录里没有“{institution}”，请写 文件=学校全称。")
    fitting = {f.sha256 for f in files if f.sha256.startswith(name.lower()) or name in f.name}
    if not name or len(fitting) != 1:
        raise WrongUse(f"“{name}”{'对应不止一个文件' if fitting else '不在这封信里'}，信里有：{'、'.join(f.name for f in files)}。")
    return fitting.pop(), institution


@decide.command("undo")
@click.argument("number", type=int, metavar="决定号")
@click.option("--by", default=None, help="谁决定的，默认当前用户。")
@click.option("--reason", default="", help="为什么。")
@office_options
def undo(number: int, by: str | None, reason: str, config: Path | None, now: datetime | None) -> int:
    """收回一个决定（原决定和收回都留在账上）。"""
    office = opened_office(config, now)
    with office.books() as (ledger, _):
        if number not in {d.number for d in ledger.decisions()}:
            raise WrongUse(f"没有第 {number} 号决定，用 intake decide list 查看。")
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
        rows = [
            [str(d.number), moment_to_text(d.decided_at, office.campaign), d.decided_by, d.kind, d.institution, d.target[:24], d.reason]
            for d in ledger.decisions()
        ]
    click.echo(rows_to_text(["号", "时间", "谁", "决定", "单位", "对象", "理由"], rows) if rows else "还没有决定。")
    return 0


COMMANDS = (decide,)
