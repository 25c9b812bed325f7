"""Core: group F - the 基本情况表 (附件4): blanks, dates, sums, the leader and the members."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby

from config.campaign import Campaign
from config.schema import FieldSchema, FormSchema
from intake.checks.alike import means_nothing
from intake.checks.dates import Span, age_on, value_to_span, years_before
from intake.checks.sheets import Sheet, members, sheets
from intake.checks.stated import agree, broken_orders, faults, find_schema, say, stated_sums, told_apart, unread_boxes
from intake.checks.summary_table import MODEL_WORKER
from intake.names import clean_name
from intake.submission import Finding, Material, Submission
from parsers.form import BASIC_INFO

TOGETHER = ("F15", "F18", "F19", "F27", "F34")
"""Codes that list all their empty boxes in one sentence (F19: one a year)."""

WITH_THOUGHT = ("F09", "F13", "F30")
"""Codes whose blank is no fault by itself; they have their own functions below."""

HONOURED = ("training.national_model", "training.provincial_model", "training.municipal_model")
OWN_UNION = ("校工会", "学校工会", "本校", "院工会", "学院工会")


def _sheets(submission: Submission, campaign: Campaign) -> Iterator[tuple[Sheet, FormSchema]]:
    schema = find_schema(campaign, BASIC_INFO)
    if schema is not None:
        yield from ((sheet, schema) for sheet in sheets(submission, Material.BASIC_INFO, campaign))


def check_boxes(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """F01-F04 F06 F10-F12 F15 F18 F19 F23 F26-F29 F34: every box the schema states a code for."""
    categories = tuple(category.title for category in campaign.categories)
    for sheet, schema in _sheets(submission, campaign):
        asked = [f for f in schema.fields if _is_asked(sheet, f, other_year=not sheet.trusted)]
        found = sorted(faults(sheet, asked), key=lambda pair: (pair[0], pair[1].year or 0))
        for (code, _), pairs in groupby(found, key=lambda pair: (pair[0], pair[1].year)):
            fields = [field for _, field in pairs]
            together = told_apart(sheet, fields) if code in TOGETHER else ((field,) for field in fields)
            yield from (_unsigned(say(sheet, code, schema, group, 类别=categories), group) for group in together)


def _is_asked(sheet: Sheet, field: FieldSchema, *, other_year: bool) -> bool:
    """False for boxes with a function of their own, for foreign exchange left empty, and for years that M13 already misses."""
    own = field.blank_code in WITH_THOUGHT or (field.blank_code == "F19" and not field.constraints.required)
    return not own and not (other_year and field.year is not None and sheet.absent(field.name))


def _unsigned(found: Finding, fields: tuple[FieldSchema, ...]) -> Finding:
    """F34 with nothing but 负责人 empty is only a note: that line is signed by hand on the paper copy."""
    by_hand = found.code == "F34" and [field.name for field in fields] == ["responsible"]
    return replace(found, severity="note") if by_hand and found.audience != "staff" else found


def check_unread(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """M21 (added to the rule table): boxes of the form that hold a picture, a signature or the like, for staff to look at."""
    for sheet, schema in _sheets(submission, campaign):
        columns = schema.rows.columns if schema.rows else ()
        named = [f"第{row.number}名成员{title}" for row in members(sheet) for title in unread_boxes(row, columns)]
        boxes = (*unread_boxes(sheet, schema.fields), *named)
        if boxes:
            yield sheet.finding("M21", 文件=sheet.version.file, 项列表=boxes)


def check_filled_on(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """F03: a date of filling in that is not this year's, or lay in the future when the form came."""
    for sheet, _ in _sheets(submission, campaign):
        filled, arrived = _span(sheet, "filled_on"), sheet.version.received_at.astimezone(campaign.zone).date()
        if filled and (filled.first.year != campaign.year or filled.first > arrived):
            yield sheet.finding("F03", "filled_on")


def check_running_time(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """F05: founded less than the required years before the deadline (condition 3)."""
    deadline = campaign.deadline_at(now).at.astimezone(campaign.zone).date()
    years = campaign.thresholds.minimum_years
    for sheet, _ in _sheets(submission, campaign):
        founded = _span(sheet, "founded_on")
        # A month or a year means its first day here: the doubt is the applicant's (domain.md section 2).
        if founded and founded.first > years_before(deadline, years):
            yield sheet.finding("F05", "founded_on", 值=founded.text, 年限=years)


def _span(sheet: Sheet, name: str) -> Span | None:
    cell = sheet.cell(name)
    return value_to_span(cell.value) if cell else None


def check_named_by(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """F07 F08: named by the province or a city (condition 1), or by the own union (四.2)."""
    for sheet, _ in _sheets(submission, campaign):
        named_by = sheet.written("named_by")
        if any(body in named_by for body in campaign.vocabulary.naming_bodies_excluded):
            yield sheet.finding("F07", "named_by", 值=named_by)
        elif _own_union(named_by, submission):
            yield sheet.finding("F08", "named_by", 值=named_by)


def _own_union(named_by: str, submission: Submission) -> bool:
    institution, text = submission.institution, clean_name(named_by)
    return any(clean_name(name) in text for name in (institution.name, *institution.aliases, *OWN_UNION)) if text else False


def check_naming(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """F09: 命名单位 and 命名日期 belong together, and the date fits the others; both empty is allowed."""
    for sheet, schema in _sheets(submission, campaign):
        by, on = sheet.written("named_by"), sheet.written("named_on")
        printed = sheet.cell("named_by") is not None and sheet.cell("named_on") is not None
        broken = [order for order in broken_orders(sheet, schema) if order.code == "F09"]
        alone = printed and means_nothing(by) != means_nothing(on)
        unclear = sheet.untyped("named_on") and not means_nothing(on)
        if alone or unclear or broken:
            others = (name for order in broken for name in (order.lower, order.upper) if name != "named_on")
            yield sheet.finding("F09", "named_on", "named_by", *others, 值=(by, on))


def check_funding(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """F13 F14: money without a source, and no money at all."""
    for sheet, _ in _sheets(submission, campaign):
        amounts = tuple(f"funding.{year}.amount" for year in campaign.data_years)
        for year, amount in zip(campaign.data_years, amounts, strict=True):
            source = f"funding.{year}.source"
            if (sheet.amount(amount) or 0) > 0 and sheet.blank(source):
                yield sheet.finding("F13", source, amount, 年=year)
        if amounts and all(sheet.amount(amount) == 0 for amount in amounts):
            yield sheet.finding("F14", *amounts, 年度="、".join(str(year) for year in campaign.data_years) + "年")


def check_conversions(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """F16 F17: at least one conversion (condition 6), and no more conversions than results."""
    for sheet, schema in _sheets(submission, campaign):
        if sheet.amount("innovation.conversions") == 0:
            yield sheet.finding("F16", "innovation.conversions")
        for order in broken_orders(sheet, schema):
            lower, upper = sheet.amount(order.lower), sheet.amount(order.upper)
            if order.code == "F17" and lower is not None and upper is not None:
                yield sheet.finding("F17", order.lower, order.upper, 甲=lower, 乙=upper)


def check_sums(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """F20 F24: sums that do not add up."""
    for sheet, schema in _sheets(submission, campaign):
        for stated, total, parts in stated_sums(sheet, schema):
            field = schema.field(stated.total)
            year = field.year if field and field.year else ""
            yield sheet.finding(stated.code, stated.total, *stated.parts, *stated.unless, 年=year, 甲=total, 乙=parts)


def check_foreign_exchange(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """F21: with foreign exchange the notice does not say whether the sum holds it, so a difference is asked about in other words."""
    for sheet, _ in _sheets(submission, campaign):
        for year in campaign.data_years:
            names = tuple(f"benefit.{year}.{part}" for part in ("total", "income", "savings", "foreign_exchange"))
            total, income, savings, exchange = (sheet.amount(name) for name in names)
            if total is None or income is None or savings is None or not (exchange or sheet.untyped(names[3])):
                continue
            if not agree(total, income + savings, campaign.thresholds.sum_tolerance):
                yield sheet.finding("F21", *names, 年=year, 甲=total, 乙=income + savings)


def check_years_before_founding(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """F22: figures for a year in which the studio did not exist yet."""
    for sheet, _ in _sheets(submission, campaign):
        founded = _span(sheet, "founded_on")
        for year in campaign.data_years:
            boxes = (f"funding.{year}.amount", *(f"benefit.{year}.{part}" for part in ("income", "savings", "foreign_exchange", "total")))
            filled = tuple(name for name in boxes if (sheet.amount(name) or 0) > 0)
            if founded and founded.first.year > year and filled:
                yield sheet.finding("F22", *filled, "founded_on", 日期=founded.text, 年=year)


def check_honoured(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """F25: more 劳模 than people trained."""
    for sheet, _ in _sheets(submission, campaign):
        total, honoured = sheet.amount("training.total"), sum(sheet.amount(name) or 0 for name in HONOURED)
        if total is not None and honoured > total:
            yield sheet.finding("F25", "training.total", *HONOURED, 甲=honoured, 乙=total)


def check_age(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """F28: a birth month that makes the leader a child or a centenarian; the date itself is never repeated (law 11)."""
    deadline = campaign.deadline_at(now).at.astimezone(campaign.zone).date()
    for sheet, _ in _sheets(submission, campaign):
        born = _span(sheet, "leader.born_on")
        if born and not _of_age(born, campaign, deadline):
            yield sheet.finding("F28", "leader.born_on")


def _of_age(born: Span, campaign: Campaign, day: date) -> bool:
    oldest, youngest = age_on(born.first, day), age_on(born.last, day)
    return oldest >= campaign.thresholds.minimum_age and youngest <= campaign.thresholds.maximum_age


def check_leader_honours(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """F30: a 劳模 studio whose leader's honours are left empty (condition 2)."""
    title = next((category.title for category in campaign.categories if category.key == MODEL_WORKER), "")
    for sheet, _ in _sheets(submission, campaign):
        if sheet.form.value("category") == MODEL_WORKER and sheet.blank("leader.honours"):
            yield sheet.finding("F30", "leader.honours", "category", 类别=title)


def check_members(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """F31 F32 F33: the 骨干成员 table, on the form or on an attached sheet (可附表); silent where the form prints no such table."""
    for sheet, schema in _sheets(submission, campaign):
        if schema.rows is None:
            continue
        rows = [row for row in members(sheet) if any(not value.blank for value in row.values.values())]
        if not rows and not sheet.version.annexes and not _annex_may_wait(sheet, submission):
            yield sheet.finding("F31")
        count = sheet.amount("member_count")
        if count is not None and len(rows) > count:
            yield sheet.finding("F32", "member_count", 甲=len(rows), 乙=count)
        for row in rows:
            blank = [field for code, field in faults(row, schema.rows.columns) if code == "F33"]
            yield from (say(row, "F33", schema, group) for group in told_apart(row, blank))


def _annex_may_wait(sheet: Sheet, submission: Submission) -> bool:
    """True when the form points to an attached sheet and a file of this institution is still unplaced: it may be that sheet."""
    return bool(sheet.form.facts.get("annex_sheet")) and bool(submission.unplaced or submission.unread or submission.cloud_files)
