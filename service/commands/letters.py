"""Shell: what we say - the outbox, the digest, the tables for the reviewers."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import click

from intake.books import Ledger
from intake.records import OutboxRecord, OutboxState
from notifier.belt import compose_digest, queue_digest
from notifier.letter import DigestItem
from notifier.post import approve_letters, drop_letters, edit_letter, hold_letters, resend_letter, split_text
from notifier.proposals import proposal_to_command
from notifier.tables import export as export_folders
from service.commands.show import STATES as STATE_WORDS
from service.commands.show import moment_to_text, outbox_to_text, record_to_text
from service.commands.terminal import (
    NEEDS_A_PERSON,
    WrongUse,
    examples,
    json_option,
    office_options,
    opened_office,
    print_json,
    progress_bar,
)
from service.deciding import Case, text_to_day
from service.desk.replies import seal
from service.office import Office
from service.refusals import Slip

STATES = ("draft", "held", "queued", "sending", "sent", "failed", "dropped")


def parse_state(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """A state by the word the table prints, or by its name in the JSON."""
    words = {word: state for state, word in STATE_WORDS.items()} | {"已由新信取代": "dropped", "已弃": "dropped"}
    if value is None or value in STATES:
        return value
    if value not in words:
        raise WrongUse(f"没有“{value}”这种状态，可写：{'、'.join(STATE_WORDS.values())}。")
    return words[value]


def record_to_json(record: OutboxRecord) -> dict[str, Any]:
    """An outbox row for other programs; the letter itself is left out (`intake letters show` prints it)."""
    return {
        "key": record.key,
        "kind": record.kind,
        "state": record.state,
        "institution": record.institution,
        "case_number": record.case_number,
        "recipient": record.recipient,
        "subject": record.subject,
        "message_id": record.message_id,
        "created_at": record.created_at.isoformat(),
        "not_before": record.not_before.isoformat() if record.not_before else None,
        "sent_at": record.sent_at.isoformat() if record.sent_at else None,
        "attempts": record.attempts,
        "error": record.error,
        "bounced": record.bounced_at is not None,
        "answers": list(record.answers),
    }


@examples("intake letters", "intake letters --state 待审核", "intake letters show LN2022-0003-XNR7-01")
@click.group("letters", invoke_without_command=True)
@click.option("--state", default=None, callback=parse_state, metavar="状态", help="只看这一状态：演练稿、待审核、待发、发送中、已发、失败、已弃发。")
@json_option
@office_options
@click.pass_context
def letters(context: click.Context, state: OutboxState | None, as_json: bool, config: Path | None, now: datetime | None) -> int | None:
    """待发信：查看、批准、暂停、弃发。"""
    if context.invoked_subcommand:
        return None
    office = opened_office(config, now)
    with office.books() as (ledger, _):
        records = ledger.outbox(state)
    if as_json:
        for record in records:
            print_json(record_to_json(record))
    else:
        click.echo(outbox_to_text(records, office.campaign))
    return NEEDS_A_PERSON if any(r.state in ("held", "failed") for r in records) else 0


def change(keys: tuple[str, ...], config: Path | None, now: datetime | None, act: Any, done: str) -> int:
    """Do one thing to some letters of the outbox; unknown keys are named and nothing else is touched."""
    office = opened_office(config, now)
    with office.books() as (ledger, _):
        known_keys(ledger, keys)
        count = act(ledger, keys, office.settings, office.clock())
    click.echo(f"{done} {count} 封。" if count else "没有可以这样办的信（可能已经发出，或已经弃发）。")
    return 0 if count else NEEDS_A_PERSON


def known_keys(ledger: Ledger, keys: tuple[str, ...]) -> None:
    """Every key names a letter of the outbox; the others are told and nothing is done."""
    known = {r.key for r in ledger.outbox()}
    unknown = [k for k in keys if k not in known]
    if unknown:
        raise WrongUse(f"待发信里没有 {'、'.join(unknown)}，用 intake letters 看编号。")


@examples("intake letters approve LN2022-0003-XNR7-01")
@letters.command("approve")
@click.argument("keys", nargs=-1, required=True, metavar="编号…")
@office_options
def approve(keys: tuple[str, ...], config: Path | None, now: datetime | None) -> int:
    """批准发出；批准后五分钟内可用 hold 收回。"""
    office = opened_office(config, now)
    with office.books() as (ledger, _):
        known_keys(ledger, keys)
        approval = approve_letters(ledger, keys, office.settings, office.clock())
    leaves = office.clock() + timedelta(minutes=office.settings.pacing.approval_delay_minutes)
    for row in approval.done:
        click.echo(f"已批准：致{row.institution or row.recipient}（{row.recipient}）“{row.subject}”，{moment_to_text(leaves, office.campaign)}之后发出，此前可收回：intake letters hold {row.key}")
    for row, why in approval.refused:
        click.echo(f"未批准：致{row.institution or row.recipient}“{row.subject}”——{why}")
    if not approval.done and not approval.refused:
        click.echo("没有可以这样办的信（可能已经发出，或已由新信取代）。")
    return 0 if approval.done and not approval.refused else NEEDS_A_PERSON


@examples("intake letters hold LN2022-0003-XNR7-01")
@letters.command("hold")
@click.argument("keys", nargs=-1, required=True, metavar="编号…")
@office_options
def hold(keys: tuple[str, ...], config: Path | None, now: datetime | None) -> int:
    """暂停：退回待审核，不发出。"""
    return change(keys, config, now, hold_letters, "已暂停")


@examples("intake letters drop LN2022-0003-XNR7-01")
@letters.command("drop")
@click.argument("keys", nargs=-1, required=True, metavar="编号…")
@office_options
def drop(keys: tuple[str, ...], config: Path | None, now: datetime | None) -> int:
    """弃发：这封信不再发出，记录保留。"""
    return change(keys, config, now, drop_letters, "已弃发")


@examples("intake letters edit LN2022-0003-XNR7-01", "intake letters edit LN2022-0003-XNR7-01 --file 改好的正文.txt")
@letters.command("edit")
@click.argument("key", metavar="编号")
@click.option("--file", "file", type=click.File(encoding="utf-8"), default=None, help="改好的正文（纯文本）；不写就打开编辑器。")
@office_options
def edit(key: str, file: Any, config: Path | None, now: datetime | None) -> int:
    """改一封还没发出的信的正文。"""
    office = opened_office(config, now)
    with office.books() as (ledger, _):
        record = next((r for r in ledger.outbox() if r.key == key), None)
        if record is None:
            raise WrongUse(f"待发信里没有 {key}，用 intake letters 看编号。")
        before = record_to_text(record).replace("\r\n", "\n")
        body = split_text(before)[1]
        text: str | None = file.read() if file else click.edit(body)
        if not text or not text.strip() or text.strip() == body.strip():
            raise WrongUse("没有改动。")
        changed = edit_letter(ledger, key, text, office.campaign)
        after = next(record_to_text(r) for r in ledger.outbox() if r.key == key).replace("\r\n", "\n")
    if not changed:
        click.echo("这封信已经发出、正在发送或已经弃发，不能再改。")
        return NEEDS_A_PERSON
    click.echo("已改好；称呼、文件清单和落款不变。改动如下：")
    click.echo(difference(before, after))
    return 0


def difference(before: str, after: str) -> str:
    """The lines taken out and put in, each with its mark."""
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return "\n".join(("－ " if line[0] == "-" else "＋ ") + line[2:] for line in lines if line[0] in "-+")


@examples("intake letters resend LN2022-0003-XNR7-01 gonghui@dlut.example")
@letters.command("resend")
@click.argument("key", metavar="编号")
@click.argument("address", metavar="新地址")
@office_options
def resend(key: str, address: str, config: Path | None, now: datetime | None) -> int:
    """被退回或未能发出的信，改发另一个地址；五分钟内可用 hold 收回。"""
    office = opened_office(config, now)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
        raise WrongUse(f"“{address}”不像一个邮箱地址。")
    with office.books() as (ledger, _):
        known_keys(ledger, (key,))
        again = resend_letter(ledger, key, address.lower(), office.settings, office.campaign, office.clock())
    if again is None:
        raise WrongUse("只有被退回或未能发出的信才可以改发。")
    click.echo(f"将改发{again.recipient}：“{again.subject}”，{moment_to_text(again.not_before, office.campaign)}之后发出，此前可收回：intake letters hold {again.key}")
    return 0


@examples("intake letters show LN2022-0003-XNR7-01")
@letters.command("show")
@click.argument("key", metavar="编号")
@office_options
def show(key: str, config: Path | None, now: datetime | None) -> int:
    """打印一封信的全文。"""
    office = opened_office(config, now)
    with office.books() as (ledger, _):
        record = next((r for r in ledger.outbox() if r.key == key), None)
    if record is None:
        raise WrongUse(f"待发信里没有 {key}，用 intake letters 看编号。")
    click.echo(f"收件人：{record.recipient}\n主题：{record.subject}\n\n{record_to_text(record)}")
    return 0


@examples("intake digest", "intake digest --date 8月5日 --all", "intake digest --send")
@click.command("digest")
@click.option("--date", "day", default=None, metavar="日期", help="哪一天的日报，默认今天；写成 2022-08-05 或 8月5日。")
@click.option("--all", "everything", is_flag=True, help="另把全部待办逐件列出，并附办法。")
@click.option("--print", "printing", is_flag=True, help="打印在屏幕上（默认）。")
@click.option("--send", "sending", is_flag=True, help="排入待发信，发给工作人员。")
@office_options
def digest(day: str | None, everything: bool, printing: bool, sending: bool, config: Path | None, now: datetime | None) -> int:
    """收件日报：谁报了、缺什么、今天要您决定什么。"""
    office = opened_office(config, now)
    moment = office.clock() if day is None else at_half_past_eight(typed_day(day, office), office)
    with office.books() as (ledger, _):
        if sending:
            queue_digest(ledger, office.campaign, office.settings, moment, "manual", seal(office))
            click.echo("日报已排入待发信。")
        if printing or not sending:
            page = compose_digest(ledger, office.campaign, office.settings, moment, "manual")
            click.echo(page.text)
            if everything:
                click.echo(items_to_text(page.items))
    return 0


def items_to_text(items: Iterable[DigestItem]) -> str:
    """Every item by itself with every way to settle it."""
    lines = ["全部待办"]
    for number, item in enumerate(items, 1):
        lines.append(f" {number}. [{item.label}] {item.sentence}")
        ways = [(item.action, item.decision), *item.otherwise]
        lines += [f"    → {words}：{proposal_to_command(way)}" for words, way in ways if way is not None]
    return "\n".join(lines)


def typed_day(typed: str, office: Office) -> date:
    """A day as people write it."""
    try:
        return date.fromisoformat(text_to_day(Case(office.campaign, None, ()), typed))
    except Slip as slip:
        raise WrongUse(str(slip)) from None


def at_half_past_eight(day: date, office: Any) -> datetime:
    """The digest's usual moment on a day."""
    return datetime.combine(day, time(8, 30), office.campaign.zone)


@examples("intake export 导出")
@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@office_options
def export(folder: Path, config: Path | None, now: datetime | None) -> int:
    """导出：合并的附件1、附件2，台账，每所学校一个文件夹。"""
    office = opened_office(config, now)
    show = progress_bar()
    with office.books() as (ledger, vault):
        report = export_folders(ledger, vault, office.campaign, folder, office.clock(), lambda done, of, _what: show("导出", done, of))
    click.echo(f"已导出到 {report.folder}：{report.institutions} 所学校，{report.files} 个文件，共 {report.size >> 10} KB。")
    for planned in report.lost:
        click.echo(f"  原件库里没有：{planned}")
    return NEEDS_A_PERSON if report.lost else 0


COMMANDS = (letters, digest, export)
