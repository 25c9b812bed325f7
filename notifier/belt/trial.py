"""Core: a campaign tried before its first letter comes - every template rendered on every occasion, every enclosure and workbook built.

A year's folder is edited by hand. What is wrong in it is told by file and word when the folder is checked, not at night when a letter is due.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from config.campaign import Campaign, Institution
from intake.submission import Assessment, Submission
from notifier.digest import DigestBasis, compose_digest_page, compose_final_report, digest_facts
from notifier.letter import Occasion
from notifier.letters import BUILT_IN, ROWS, Requests, campaign_to_facts, occasion_to_facts, render_letter, unknown_words
from notifier.standing import silent
from notifier.tables import final_report_workbook, make_ledger_workbook, merged_workbook
from notifier.templates import fillable_templates

NOBODY = Institution(name="示例大学", email="gh@example.edu.cn", confirmed=True, unit_class="ordinary")
NOTICES = ("notice_outage", "notice_recovery", "notice_stopped")
FRAMES = ("letter.html", "digest.html", "digest.txt", "final_report.txt", *(f"{name}.txt" for name in NOTICES))
# Words a kind of letter gets beside those every letter has.
MORE: Mapping[str, Any] = {
    "reviewed": True, "templates": True, "registered": ["撤回“甲工作室”"], "undone": ["撤回“乙工作室”"], "pardoned": "", "sent_day": "8月1日",
    "wrong_case": "0001", "asks_change": True, "minutes": 60, "since": "8月1日", "error": "", "why": "", "until": "8月1日", "counts": {},
    "groups": [], "award": "", "subject": "", "blocks": [], "number": lambda: "一",
}  # fmt: skip
NAMING = {"basic_info": ("studio", "leader.name"), "summary_table": ("studio", "leader_name")}


def try_campaign(campaign: Campaign, shipped: Campaign | None = None) -> Iterator[str]:
    """Everything that would go wrong in this campaign, one Chinese sentence each; `shipped` is the sample it may have been copied from."""
    yield from check_year(campaign)
    yield from check_forms(campaign)
    yield from check_templates(campaign)
    yield from check_made(campaign)
    if shipped is not None and shipped.office != campaign.office:
        yield from check_leftovers(campaign, shipped)


def check_year(campaign: Campaign) -> Iterator[str]:
    """`year` against every date and name that bears one."""
    year = campaign.year
    for deadline in campaign.deadlines:
        if deadline.at.astimezone(campaign.zone).year != year:
            yield f"campaign.toml：year 为{year}，截止时间却在{deadline.at.astimezone(campaign.zone).year}年，请核对 [[deadlines]]。"
    for phase in campaign.phases:
        if year not in (phase.starts.year, phase.ends.year):
            yield f"campaign.toml：year 为{year}，阶段“{phase.name}”却在{phase.starts.year}年，请核对 [[phases]]。"
    for name, text in (("title", campaign.title), ("document_number", campaign.document_number), ("case_prefix", campaign.case_prefix)):
        others = set(re.findall(r"20\d\d", text)) - {str(year)}
        if others:
            yield f"campaign.toml：{name}“{text}”写的是{'、'.join(sorted(others))}年，year 为{year}，请改一致。"
    if any(not year - 4 <= data <= year for data in campaign.data_years):
        yield f"campaign.toml：data_years 为{'、'.join(map(str, campaign.data_years))}，与 year {year}相差过远，请核对。"


def check_forms(campaign: Campaign) -> Iterator[str]:
    """Forms without the fields that name an entry fill no matrix; every category has its table."""
    for schema in campaign.forms:
        names = {field.name for field in (*schema.fields, *(schema.rows.columns if schema.rows else ()))}
        lacking = [name for name in NAMING.get(schema.kind, ()) if name not in names]
        if lacking:
            yield f"forms：“{schema.title}”没有用来认出工作室和领衔人的字段（{'、'.join(lacking)}），来件将无法登记。"
        if schema.years and campaign.data_years and set(schema.years) != set(campaign.data_years):
            yield f"forms：“{schema.title}”的 years 为{'、'.join(map(str, schema.years))}，campaign.toml 的 data_years 为{'、'.join(map(str, campaign.data_years))}，请改一致。"
    kinds = {schema.kind for schema in campaign.forms}
    for kind, title in (("basic_info", "基本情况表"), ("summary_table", "汇总表"), ("narrative", "申报材料")):
        if kind not in kinds:
            yield f"forms：没有{title}的表样（kind = \"{kind}\"）。"


def check_templates(campaign: Campaign) -> Iterator[str]:
    """Missing templates, words nobody fills, and whatever a template raises on one of the occasions."""
    wanted = [*FRAMES, *(f"{row.name}.txt" for row in ROWS if not row.to_staff)]
    missing = [name for name in wanted if name not in campaign.letters and name not in BUILT_IN]
    yield from (f"letters：缺少 {name}，请从随带的批次复制。" for name in missing)
    known = known_words(campaign)
    for name, words in unknown_words(campaign.letters, known):
        yield f"letters/{name}：用了没有的词“{words}”，可用的词见 letters/README.md。"
    for row in ROWS:
        if not row.to_staff and f"{row.name}.txt" in campaign.letters:
            yield from (f"letters/{row.name}.txt：{fault}" for fault in try_letter(row.name, campaign))


def try_letter(kind: str, campaign: Campaign) -> Iterator[str]:
    """A kind of letter rendered before and after the deadline, with something asked and with nothing."""
    for occasion in occasions(campaign):
        for asked in (["示例。"], []):
            facts = {**MORE, **occasion_to_facts(occasion, Requests(), campaign), "missing": asked, "conflicts": asked, "wanted": asked, "tips": asked}
            facts.pop("number", None)
            try:
                render_letter(kind, facts, campaign.letters)
            except Exception as error:
                yield f"套用时出错（{type(error).__name__}），请核对括号和词。"
                return


def occasions(campaign: Campaign) -> tuple[Occasion, ...]:
    """A day before and a day after the deadline, with and without paper registered."""
    at = campaign.deadlines[-1].at
    empty = Submission(institution=NOBODY)
    papers: tuple[dict[str, Any], ...] = ({}, {"copies": 1, "stamped": False, "date": at.date().isoformat()})
    return tuple(
        Occasion(
            assessment=Assessment(institution=NOBODY, submission=replace(empty, paper=paper)),
            case_number=f"{campaign.case_prefix}-0001", recipient=NOBODY.email, now=at + timedelta(days=days), last_answer_at=at,
        )
        for days in (-1, 1)
        for paper in papers
    )  # fmt: skip


def known_words(campaign: Campaign) -> frozenset[str]:
    """Every word some template may use."""
    occasion = occasions(campaign)[0]
    digest = digest_facts(basis_of(campaign, occasion.now), ([], [], [], []))
    return frozenset({*MORE, *occasion_to_facts(occasion, Requests(), campaign), *campaign_to_facts(campaign, occasion.now), *digest})


def basis_of(campaign: Campaign, now: datetime) -> DigestBasis:
    """A day on which nothing has come yet."""
    return DigestBasis(campaign=campaign, now=now, since=now - timedelta(days=1), slot="08:30", mode="approve", assessments={}, staff=("王",))


def check_made(campaign: Campaign) -> Iterator[str]:
    """Enclosures, workbooks, the digest and the final report, each built once."""
    now = campaign.deadlines[-1].at
    everybody = {i.name: silent(i) for i in campaign.institutions}
    makers: tuple[tuple[str, Callable[[], object]], ...] = (
        ("随信表样", lambda: fillable_templates(campaign)),
        ("台账", lambda: make_ledger_workbook(everybody, campaign, now)),
        ("合并汇总表", lambda: merged_workbook(everybody, campaign)),
        ("最终报告", lambda: final_report_workbook(everybody, campaign, now)),
        ("收件日报", lambda: compose_digest_page(basis_of(campaign, now))),
        ("最终报告的信", lambda: compose_final_report(everybody, campaign, "王老师", now)),
    )
    for title, make in makers:
        try:
            make()
        except Exception as error:
            yield f"{title}生成不了（{type(error).__name__}），请核对 forms 和 letters。"


def check_leftovers(campaign: Campaign, shipped: Campaign) -> Iterator[str]:
    """Another office that still has the sample's mailbox, people or universities would write to strangers in its own name."""
    if campaign.mailbox == shipped.mailbox:
        yield f"campaign.toml：mailbox 仍是样本批次的{shipped.mailbox}，请改为本单位的信箱。"
    if {c.phone for c in campaign.contacts} & {c.phone for c in shipped.contacts}:
        yield "campaign.toml：[[contacts]] 仍有样本批次的联系人，请改为本单位的联系人。"
    if campaign.address == shipped.address:
        yield "campaign.toml：address 仍是样本批次的地址，请改为本单位的地址。"
    kept = [i.name for i in campaign.institutions if shipped.institution(i.name)]
    if kept and len(kept) * 2 > len(campaign.institutions):
        yield f"roster.csv：仍有样本批次的{len(kept)}所单位（{'、'.join(kept[:3])}等），请换成本单位的名录。"


def kept_from(campaign: Campaign, last: Campaign) -> Iterator[str]:
    """What still is as it was last year and may be so, but must have been looked at: dates, people, how universities are reached."""
    dates = {d.at for d in campaign.deadlines} & {d.at for d in last.deadlines} or {p.starts for p in campaign.phases} & {p.starts for p in last.phases}
    if dates:
        yield "campaign.toml：有与上一年相同的日期，请核对 [[phases]]、[[deadlines]]。"
    if same := [c.name for c in campaign.contacts if c in last.contacts]:
        yield f"campaign.toml：联系人与上一年相同（{'、'.join(same)}），请核对电话。"
    old = {i.name: (i.email, i.phone) for i in last.institutions}
    pairs = [(i.name, kept) for i in campaign.institutions if (kept := {i.email, i.phone} & set(old.get(i.name, ())) - {""})]
    if pairs:
        yield f"roster.csv：{len(pairs)}所的邮箱或电话与上一年相同（{'、'.join(name for name, _ in pairs[:3])}{'等' if len(pairs) > 3 else ''}），请逐所核对。"
