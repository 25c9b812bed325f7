"""Shell: keeping the house - derive again, retry, try every outside thing, copies, the campaign folder."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

import click

from config.load import CAMPAIGNS, DEFAULT_CAMPAIGN, load_campaign
from intake.belt import NOT_DERIVED
from intake.belt import rebuild as rebuild_everything
from intake.belt import retry as retry_letters
from intake.books import Ledger, sole_process
from notifier.belt import find_stale_todo, kept_from, try_campaign
from service.commands.terminal import (
    DONE,
    NEEDS_A_PERSON,
    WORLD_REFUSED,
    WrongUse,
    examples,
    json_option,
    office_options,
    opened_office,
    print_json,
    progress_bar,
)
from service.keeping.backup import backup as make_backup
from service.keeping.backup import damaged_in
from service.keeping.backup import restore as put_back
from service.keeping.campaign_folder import copy_campaign, draft_next_year
from service.keeping.doctor import examine
from service.keeping.retention import purge as clear_out
from service.rounds import after_fetching, reading_engine


@examples("intake rebuild --check", "intake rebuild")
@click.command("rebuild")
@click.option("--check", is_flag=True, help="只比较不改动：从原件全部重读一遍，有一处不同就以 1 结束。")
@click.option("--reread", is_flag=True, help="不用本版程序已有的读件结果，从原件全部重读（--check 总是这样）。")
@office_options
def rebuild(check: bool, reread: bool, config: Path | None, now: datetime | None) -> int:
    """从原始邮件和决定重新推出一切（换了更好的读件程序、改了规则之后用）。"""
    office = opened_office(config, now)
    # Comparing touches nothing; taking over what was derived is for one process alone.
    alone = nullcontext() if check else sole_process(office.lock_path)
    with alone, office.books() as (ledger, vault), reading_engine(office) as engine:
        differences = rebuild_everything(
            ledger,
            vault,
            engine,
            office.campaign,
            office.clock(),
            check=check,
            reread=check or reread,
            own=office.own_addresses,
            progress=progress_bar(),
        )
        if check:
            differences += find_stale_todo(ledger, office.campaign, office.settings, office.clock())
    for line in differences[:50]:
        click.echo(line)
    if check:
        click.echo(f"有 {len(differences)} 处不同。" if differences else "全部一致：账上的每一项都能从原始邮件和决定重新得到。")
        return NEEDS_A_PERSON if differences else DONE
    lost = [line for line in differences if line.endswith(NOT_DERIVED)]
    click.echo(f"已重新推出，{len(differences)} 处更新。")
    if lost:
        click.echo(f"其中 {len(lost)} 处原先登记有、这次推不出来（原件可能已损坏），请逐项核对；需要时用 intake restore 恢复：\n" + "\n".join(lost))
    return NEEDS_A_PERSON if lost else DONE


@examples("intake retry", "intake retry bf804e00bd")
@click.command("retry")
@click.argument("shas", nargs=-1, metavar="SHA256…")
@office_options
def retry(shas: tuple[str, ...], config: Path | None, now: datetime | None) -> int:
    """重试被隔离的信（不写编号就重试全部）。"""
    office = opened_office(config, now)
    with sole_process(office.lock_path), office.books() as (ledger, vault):
        chosen = quarantined(ledger, shas)
        count = retry_letters(ledger, chosen) if chosen else 0
        after_fetching(office, ledger, vault, progress_bar())
        left = len(ledger.letters("quarantined"))
    click.echo(f"重试 {count} 封，仍隔离 {left} 封。")
    return NEEDS_A_PERSON if left else DONE


def quarantined(ledger: Ledger, typed: tuple[str, ...]) -> tuple[str, ...]:
    """The letters in quarantine that a person means by the first characters of their numbers; all of them when nothing was typed."""
    held = tuple(r.sha256 for r in ledger.letters("quarantined"))
    unknown = [t for t in typed if sum(sha.startswith(t.lower()) for sha in held) != 1]
    if unknown:
        raise WrongUse(f"隔离的信里没有（或不止一封）{'、'.join(unknown)}，现有：{'、'.join(sha[:12] for sha in held) or '无'}。")
    return tuple(sha for sha in held if not typed or any(sha.startswith(t.lower()) for t in typed))


@examples("intake doctor", "intake doctor --json")
@click.command("doctor")
@json_option
@office_options
def doctor(as_json: bool, config: Path | None, now: datetime | None) -> int:
    """逐项试一遍外部条件（登录、文件夹、发信、磁盘、时钟、转换程序），说明怎么办。"""
    office = opened_office(config, now, damaged=True)
    findings = []
    for item in examine(office):
        findings.append(item)
        if as_json:
            print_json({"name": item.name, "verdict": item.verdict, "message": item.message})
        else:
            click.echo(f"{item.sign} {item.name}：{item.message}")
    return WORLD_REFUSED if any(i.verdict == "refused" for i in findings) else DONE


@examples("intake backup backups")
@click.command("backup")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@office_options
def backup(folder: Path, config: Path | None, now: datetime | None) -> int:
    """备份账册和原始邮件（值班时也可以做），自带完整性检查。"""
    office = opened_office(config, now)
    made = make_backup(office, folder, office.clock())
    click.echo(f"已备份到 {made}")
    if damaged := damaged_in(made):
        click.echo(f"注意：原件库中有 {len(damaged)} 份与登记时不一致（{'、'.join(sha[:12] for sha in damaged[:5])} 等），备份里也是这样；请保留以前的备份，并运行 intake doctor。")
    return NEEDS_A_PERSON if damaged else DONE


@examples("intake restore backups/backup-20220806-023000")
@click.command("restore")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@office_options
def restore(folder: Path, config: Path | None, now: datetime | None) -> int:
    """从备份恢复；现有账册挪到一边，不覆盖。"""
    office = opened_office(config, now, damaged=True)
    with sole_process(office.lock_path):
        aside = put_back(office, folder, office.clock())
    click.echo(f"已恢复。{f'原来的账册在 {aside}。' if aside else ''}请运行 intake rebuild --check 核对。恢复之后所有待发的信都停在待审核，请与“已发送”核对后再批准；自动发信已改为审核后发。")
    return DONE


@examples("intake purge 归档", "intake purge 归档 --yes")
@click.command("purge")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--yes", "agreed", is_flag=True, help="确认删除；不写只说明会做什么。")
@office_options
def purge(folder: Path, agreed: bool, config: Path | None, now: datetime | None) -> int:
    """归档日期之后清理：先导出并备份到 DIR，核验无误再删去账册、原件和日志。"""
    office = opened_office(config, now)
    if not agreed:
        click.echo(f"将导出并备份到 {folder}，核验后删去 {office.settings.data} 里的账册、原件、日志，以及工作台的图片和登录。确认请加 --yes。")
        return NEEDS_A_PERSON
    with sole_process(office.lock_path):
        done = clear_out(office, folder, office.clock())
    click.echo(f"已导出到 {done.export}，备份在 {done.copy}，删去 {len(done.removed)} 项。")
    if done.left:
        click.echo(f"{done.left[0].parent} 里还有 {len(done.left)} 份以前的备份，里面也有全部来信：不再需要的请一并删去。")
    return NEEDS_A_PERSON if done.left else DONE


@examples("intake campaign check liaoning-2022", "intake campaign new liaoning-2023 --from liaoning-2022")
@click.group("campaign")
def campaign() -> None:
    """申报批次：检查、新建。"""


@examples("intake campaign check liaoning-2022", "intake campaign check liaoning-2023 --against liaoning-2022")
@campaign.command("check")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--against", "last", type=click.Path(path_type=Path), default=None, metavar="DIR", help="上一年的批次文件夹：另列出还与上一年相同的日期、联系人、学校邮箱和电话。")
def check_campaign(folder: Path, last: Path | None) -> int:
    """检查批次文件夹：每处错误都指出文件、行和项；信函、表样、台账逐一试做。"""
    folder = campaign_called(folder)
    found = load_campaign(folder)
    faults = list(dict.fromkeys(try_campaign(found, load_campaign(DEFAULT_CAMPAIGN))))
    if faults:
        raise WrongUse(f"{folder} 还不能用，共{len(faults)}处：\n" + "\n".join(f"  {number}. {fault}" for number, fault in enumerate(faults, 1)))
    unconfirmed = sum(not i.confirmed for i in found.institutions)
    click.echo(f"{found.title}（{found.document_number}）：名录 {len(found.institutions)} 所，表样 {len(found.forms)} 种，信函 {len(found.letters)} 件，没有错误。")
    if unconfirmed:
        click.echo(f"名录中 {unconfirmed} 所尚未确认（confirmed = no）：可以认信，但不会自动发名额函和提醒。")
    kept = list(kept_from(found, load_campaign(campaign_called(last)))) if last else []
    for line in kept:
        click.echo(f"请核对：{line}")
    return NEEDS_A_PERSON if kept else DONE


def campaign_called(named: Path) -> Path:
    """The folder a person means: a path, or the name of a shipped campaign."""
    for place in (named, CAMPAIGNS / named):
        if (place / "campaign.toml").exists():
            return place
    raise WrongUse(f"{named} 不是批次文件夹（其中应有 campaign.toml），可用 intake campaign new 新建。")


@examples("intake campaign new 我的批次", "intake campaign new liaoning-2023 --from liaoning-2022")
@campaign.command("new")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--from", "source", default=None, metavar="DIR", type=click.Path(path_type=Path), help="上一年的批次文件夹（或随带批次的名字）：换年用，只属于上一年的一律留空待填。")
def new_campaign(folder: Path, source: Path | None) -> int:
    """新建批次文件夹：照抄随带的通知，或由上一年的批次起草（--from）。"""
    if folder.exists():
        raise WrongUse(f"{folder} 已存在，请换一个名字。")
    if source is None:
        copy_campaign(DEFAULT_CAMPAIGN, folder)
        click.echo(f"已新建 {folder}，内容就是随带的通知（2022年，日期、名额、联系人都是那一年的）。请改 campaign.toml（文号、日期、名额）、roster.csv（名录）、forms（表样），再运行 intake campaign check {folder}。换年请加 --from 上一年的文件夹。")
        return DONE
    emptied = draft_next_year(campaign_called(source), folder)
    click.echo(f"已由 {source} 起草 {folder}：")
    click.echo("  文号、标题、年份、日期、联系人写成“请填写”，上一年的值留在后面的注释里；延期、调休没有带来。")
    click.echo(f"  名录的学校都在，全部改为未确认；邮箱、电话、联系人已清空（{emptied} 所原来有）。")
    click.echo("  名额、类别、门槛、表样、信函、本单位地址和邮箱照旧，请对照新通知核对。")
    click.echo(f"填好后运行 intake campaign check {folder}，它会逐项指出还没填的；没有错误了，再把 intake.toml 的 campaign 改成它。")
    return NEEDS_A_PERSON


COMMANDS = (rebuild, retry, doctor, backup, restore, purge, campaign)
