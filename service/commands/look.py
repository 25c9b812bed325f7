"""Shell: looking without recording anything - a letter, a document, a folder before it is sent - and the matrix."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from config.campaign import Campaign
from intake.belt import check_files, read_one
from intake.contract import assessment_to_contract, message_to_contract
from intake.reading import Died, Engine, Failed, LibreOffice, Task
from parsers.contract import reading_to_contract
from service.commands.show import findings_to_text, matrix_to_text
from service.commands.terminal import (
    DONE,
    NEEDS_A_PERSON,
    WrongUse,
    examples,
    json_option,
    office_options,
    opened_office,
    print_json,
    progress_bar,
)
from service.office import Office
from service.rounds import reading_engine

EXISTING = click.Path(exists=True, path_type=Path)
A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
KINDS = {"submission": "报送材料", "question": "咨询", "withdrawal": "撤回或更换", "auto_reply": "自动回复", "bounce": "退信", "read_receipt": "已读回执",
         "notice": "通知或群发", "empty": "没有材料"}  # fmt: skip
STATUSES = {"read": "已读", "scanned": "扫描件，待人工查看", "image": "图片，待人工查看", "unreadable": "读不出来，待人工查看", "encrypted": "有打开密码",
            "empty": "空文件", "unsupported": "格式不认识，待人工查看"}  # fmt: skip
FORMS = {"basic_info": "基本情况表", "summary_table": "推荐汇总表", "narrative": "申报材料", "blank_template": "空白表样", "unrecognised": "认不出的内容",
         "supporting": "佐证材料"}  # fmt: skip
PROBLEMS = {"encrypted": "有打开密码", "corrupt": "损坏", "hostile": "可疑，未打开", "too_large": "过大", "unsupported": "格式打不开"}


def files_to_tasks(kind: Any, files: Iterable[Path], office: Office) -> Iterator[Task]:
    """One task a file, read from disk when its turn comes."""
    for path in files:
        payload = path.read_bytes()
        key = hashlib.sha256(payload).hexdigest()
        yield Task(kind=kind, key=key, payload=payload, name=path.name, own_addresses=office.own_addresses, forms=office.campaign.forms)


def failed_to_contract(name: str, key: str, outcome: Died | Failed) -> dict[str, Any]:
    """What is said of a file that the reading child did not survive."""
    why = f"读件进程中断（{outcome.reason}）" if isinstance(outcome, Died) else "程序出错，已记录"
    return {"file": name, "sha256": key, "reader": "", "status": "unreadable", "kind": "empty", "answerable": False, "subject": "", "forms": [],
            "message_id": None, "in_reply_to": None, "references": [], "from": {"name": "", "address": ""}, "text": "", "attachments": [], "cloud_files": [], "bounced": None, "date": None,
            "problems": [{"code": "M12", "where": name, "message": f"{why}：原件已保留，请人工查看。"}]}  # fmt: skip


@examples("intake open 来信.eml", "intake open *.eml --json")
@click.command("open")
@click.argument("files", nargs=-1, required=True, type=A_FILE, metavar="FILE.eml…")
@json_option
@office_options
def open_files(files: tuple[Path, ...], as_json: bool, config: Path | None, now: datetime | None) -> int:
    """拆开邮件看看里面有什么（不登记）：发件人、附件、网盘链接、问题。"""
    office = opened_office(config, now, quiet=True)
    worst = DONE
    names = iter(files)
    with reading_engine(office) as engine:
        for task, outcome in engine.run(files_to_tasks("open", files, office)):
            name = str(next(names))
            answer = failed_to_contract(name, task.key, outcome) if isinstance(outcome, (Died, Failed)) else message_to_contract(outcome, name)  # type: ignore[arg-type]
            worst = max(worst, NEEDS_A_PERSON if answer["problems"] else DONE)
            print_json(answer) if as_json else click.echo(letter_to_text(answer))
    return worst


def letter_to_text(answer: dict[str, Any]) -> str:
    """A letter's contents for the terminal."""
    sender = answer["from"]
    lines = [f"── {answer['file']}", f"   主题：{answer['subject'] or '（无）'}", f"   来自：{sender['name']} <{sender['address'] or '地址不明'}>"]
    lines.append(f"   类别：{KINDS.get(answer['kind'], answer['kind'])}")
    for leaf in answer["attachments"]:
        problem = f"，{PROBLEMS.get(leaf['problem'], leaf['problem'])}" if leaf["problem"] else ""
        lines.append(f"   附件：{' / '.join(leaf['path'])}（{leaf['size']} 字节{problem}）")
    lines += [f"   网盘：{c['name']}（到期 {c['expires_at'] or '不明'}）" for c in answer["cloud_files"]]
    return "\n".join([*lines, *(f"   注意：{p['message']}" for p in answer["problems"])])


@examples("intake read 附件4.docx", "intake read 附件2.xlsx --json")
@click.command("read")
@click.argument("files", nargs=-1, required=True, type=A_FILE, metavar="FILE…")
@json_option
@office_options
def read_files(files: tuple[Path, ...], as_json: bool, config: Path | None, now: datetime | None) -> int:
    """读文件看看填了什么（不登记）：汇总表、基本情况表、申报材料。"""
    office = opened_office(config, now, quiet=True)
    worst, converter, titles = DONE, LibreOffice.find(), form_titles(office.campaign)
    with reading_engine(office) as engine:
        for path in files:
            answer = read_file(path, office, engine, converter)
            worst = max(worst, DONE if answer["status"] == "read" else NEEDS_A_PERSON)
            print_json(answer) if as_json else click.echo(reading_to_text(answer, titles))
    return worst


def read_file(path: Path, office: Office, engine: Engine, converter: LibreOffice | None) -> dict[str, Any]:
    """One file's contract answer, converted first when the readers alone cannot."""
    task = next(files_to_tasks("read", [path], office))
    return reading_to_contract(read_one(task, engine, converter), str(path))


def reading_to_text(answer: dict[str, Any], titles: Mapping[str, str]) -> str:
    """A document's contents for the terminal, by the labels printed on the form."""
    lines = [f"── {answer['file']}：{STATUSES.get(answer['status'], answer['status'])}"]
    for form in answer["forms"]:
        fields = {k: v for k, v in form.get("fields", {}).items() if v not in (None, [], "")}
        rows = form.get("rows") or form.get("members") or []
        size = f"：约{form['characters']}字" if form["kind"] == "narrative" else f"：{len(fields)} 项，{len(rows)} 行" if fields or rows else ""
        lines.append(f"   {FORMS.get(form['kind'], form['kind'])}{size}")
        lines += [f"     {titles.get(k, k)} = {'、'.join(map(str, v)) if isinstance(v, list) else v}" for k, v in fields.items()]
    return "\n".join(lines)


def form_titles(campaign: Campaign) -> dict[str, str]:
    """The printed label of every field the schemas know."""
    return {field.name: field.title or field.name for form in campaign.forms for field in form.fields}


@examples("intake check 报送材料 --institution 大连理工大学", "intake check 附件2.xlsx 附件4.docx 申报材料.docx --json")
@click.command("check")
@click.argument("paths", nargs=-1, required=True, type=EXISTING, metavar="PATH…")
@click.option("--institution", default=None, metavar="NAME", help="学校全称；不写就从表里认。")
@json_option
@office_options
def check(paths: tuple[Path, ...], institution: str | None, as_json: bool, config: Path | None, now: datetime | None) -> int:
    """把这些文件当作一所学校的全部材料，列出缺什么、要核实什么（报送前自查用）。"""
    office = opened_office(config, now, quiet=True)
    files = list(walk_files(paths))
    if not files:
        raise WrongUse("没有可检查的文件。")
    with reading_engine(office) as engine:
        assessment = check_files(files, engine, LibreOffice.find(), office.campaign, office.clock(), institution, progress_bar(as_json))
    if as_json:
        print_json(assessment_to_contract(assessment))
    else:
        name = assessment.institution.name
        click.echo(f"{name}：{'电子材料已收齐' if assessment.complete else '尚未齐全'}")
        if office.campaign.institution(name) is None:
            click.echo("（名录里没有这所学校：归属和名额没有核对）")
        click.echo(f"\n{matrix_to_text([assessment], office.campaign)}")
        # What only staff read is not for a school that checks itself; --json has it.
        click.echo(findings_to_text(f for f in assessment.findings if f.audience != "staff") or "没有发现问题。")
    return NEEDS_A_PERSON if any(f.severity != "note" for f in assessment.findings) else DONE


def walk_files(paths: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    """Every file below the paths with the name a person would use for it, folders first to last by name."""
    for path in paths:
        inside = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in inside:
            name = str(file.relative_to(path)) if path.is_dir() else file.name
            if not file.name.startswith((".", "~$")):
                yield name, file.read_bytes()


COMMANDS = (open_files, read_files, check)
