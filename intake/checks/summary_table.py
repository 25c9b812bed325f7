"""Core: group T - the summary tables (附件1, 附件2): head, foot, and every row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from config.campaign import Campaign, Institution
from config.schema import FieldSchema, FormSchema
from intake.checks.alike import owners, people_in, studio_name
from intake.checks.catalogue import finding
from intake.checks.dates import value_to_span
from intake.checks.sheets import Sheet, SummaryTable, find_sheet, summary_tables
from intake.checks.stated import ascii_width, faults, find_schema, invalid, say, unread_boxes
from intake.names import clean_name
from intake.remembered import by_identity
from intake.submission import Finding, Material, Submission
from parsers.form import SUMMARY_TABLE

MODEL_WORKER = "model_worker"
EMPLOYEE = "employee"
WHOLE_SUM = "income_total"
MONEY_CODES = ("T11", "T12")


def _stated(submission: Submission, campaign: Campaign) -> Iterator[tuple[SummaryTable, FormSchema]]:
    for table in summary_tables(submission, campaign):
        schema = find_schema(campaign, SUMMARY_TABLE, table.category)
        if schema is not None:
            yield table, schema


def check_head(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """T01 T03 T04 T05 T06: the boxes around the table (a box the reader did not find at all is T18's question)."""
    for table, schema in _stated(submission, campaign):
        for code, field in faults(table.head, [f for f in schema.fields if table.head.cell(f.name)]):
            yield say(table.head, code, schema, (field,), 表=table.title)
        filled = table.head.cell("filled_on")
        span = value_to_span(filled.value) if filled else None
        if span and span.first.year != campaign.year:
            yield table.head.finding("T03", "filled_on", 表=table.title)


def check_owner(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """T02: the table names another university than the one the letter was taken for."""
    tables = [table for table in summary_tables(submission, campaign) if _names_another(table.head.written("union"), submission, campaign)]
    for table in tables:
        evidence = f"{table.title}署名“{table.head.written('union')}”"
        yield finding("T02", where=table.head.where("union"), 依据=evidence, 单位=submission.institution.name)
    if not tables and any("T02" in claim.codes for claim in submission.claims.values()):
        yield finding("T02", 依据="材料署名", 单位=submission.institution.name)


def _names_another(union: str, submission: Submission, campaign: Campaign) -> bool:
    """True when the longest roster name in the text is another's (大连理工大学城市学院 contains 大连理工大学)."""
    text = clean_name(union)
    named = [name for name, cleaned in _cleaned_names(campaign.institutions) if cleaned in text]
    if named:
        return max(named, key=len) != submission.institution.name
    return bool(text) and not _own(text, submission.institution)


@by_identity
def _cleaned_names(institutions: Sequence[Institution]) -> tuple[tuple[str, str], ...]:
    return tuple((institution.name, clean_name(institution.name)) for institution in institutions)


def _own(text: str, institution: Institution) -> bool:
    return any(clean_name(name) in text for name in owners(institution))


def check_columns(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """T18: a required column or box was not found."""
    for table, schema in _stated(submission, campaign):
        titles = {field.name: field.title for field in (*schema.fields, *(schema.rows.columns if schema.rows else ()))}
        for name in _missing_columns(table, schema):
            where, doubtful = table.head.where(), table.head.doubtful()
            yield finding("T18", where=where, doubtful=doubtful, 表=table.title, 项=titles.get(name, name))


def _missing_columns(table: SummaryTable, schema: FormSchema) -> tuple[str, ...]:
    """Absent boxes and columns; the money may be printed in one column or by year, in either annex (domain.md 0.9)."""
    money = {field.name for field in _money(schema)}
    printed = {name for row in table.rows for name in row.values}
    others = tuple(name for name in table.head.form.absent if name not in money)
    return (*others, WHOLE_SUM) if table.rows and not printed & money else others


def _money(schema: FormSchema) -> tuple[FieldSchema, ...]:
    return tuple(f for f in schema.rows.columns if f.blank_code == MONEY_CODES[0]) if schema.rows else ()


def check_rows(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """T07-T10 T13 T15 T16: boxes of a row left empty or not understood."""
    for table, schema in _stated(submission, campaign):
        columns = [f for f in schema.rows.columns if f.blank_code not in MONEY_CODES] if schema.rows else []
        for row in table.rows:
            for code, field in faults(row, columns):
                yield say(row, code, schema, (field,), 表=table.title)


def check_money(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """T11 T12: the sum, or both years, filled with figures in 万元."""
    years = "".join(f"{year % 100:02d}年" for year in campaign.data_years)
    for table, schema in _stated(submission, campaign):
        by_year = any(row.written(field.name) for row in table.rows for field in _money(schema) if field.year)
        for row in table.rows:
            blank = _blank_money(row, _money(schema), by_year)
            if blank:
                yield say(row, "T11", schema, blank, 表=table.title, 年度=years)
            for field in _money(schema):
                if invalid(row, _limited(field, campaign.thresholds.amount_limit)):
                    yield say(row, "T12", schema, (field,), 表=table.title)


def _limited(field: FieldSchema, maximum: float) -> FieldSchema:
    """The field with the campaign's limit: beyond it a figure is most likely in 元, not 万元."""
    return replace(field, constraints=replace(field.constraints, maximum=maximum))


def _blank_money(row: Sheet, money: Sequence[FieldSchema], by_year: bool) -> tuple[FieldSchema, ...]:
    """The empty money boxes of a row: nothing when the sum is filled, else the years where the table is filled by year."""
    if row.cell(WHOLE_SUM) is not None and not row.blank(WHOLE_SUM):
        return ()
    yearly = [field for field in money if field.year and row.cell(field.name) is not None]
    asked = yearly if by_year or row.cell(WHOLE_SUM) is None else [field for field in money if field.name == WHOLE_SUM]
    return tuple(field for field in asked if row.blank(field.name))


def check_unread(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """M21 (added to the rule table): boxes of the table that hold a picture, a formula without its value or the like, for staff to look at."""
    for table, schema in _stated(submission, campaign):
        columns = schema.rows.columns if schema.rows else ()
        named = [f"第{row.number}行{title}" for row in table.rows for title in unread_boxes(row, columns)]
        boxes = (*unread_boxes(table.head, schema.fields), *named)
        if boxes:
            yield table.head.finding("M21", 文件=table.head.version.file, 项列表=boxes)


def check_hidden(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """M22 (added to the rule table): a workbook that hides rows or columns with something in them - a studio, or a whole column, may be there."""
    sheets = [table.head for table in summary_tables(submission, campaign)]
    sheets += [sheet for studio in submission.active_studios if (sheet := find_sheet(studio, Material.BASIC_INFO)) is not None]
    files = {(sheet.version.letter, sheet.version.attachment): sheet for sheet in sheets if sheet.form.facts.get("hidden")}
    for sheet in files.values():
        yield finding("M22", where=sheet.where(), 文件=sheet.version.file)


def check_leaders(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """T14: one leader, not two (condition 2)."""
    for table in summary_tables(submission, campaign):
        for row in table.rows:
            people = people_in(row.written("leader_name"))
            if len(people) > 1:
                yield row.finding("T14", "leader_name", 表=table.title, 值=people)


def check_doubles(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """T17: the same studio twice in one table (a repeated 序号 alone harms nobody and is not mentioned)."""
    for table in summary_tables(submission, campaign):
        seen: set[str] = set()
        for row in table.rows:
            name = studio_name(row.written("studio"), submission.institution)
            if name and name in seen:
                yield row.finding("T17", "studio", 表=table.title)
            seen.add(name)


def check_honours(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """T19 T20: the leader's honours against condition 2 ("原则上": asked, never held against)."""
    for table in summary_tables(submission, campaign):
        for row in table.rows:
            text = row.written("leader_honours")
            if table.category == MODEL_WORKER and text and not has_city_honour(text, campaign):
                yield row.finding("T19", "leader_honours", 值=text)
            if table.category == EMPLOYEE and text and not any(word in text for word in campaign.vocabulary.craftsmen):
                yield row.finding("T20", "leader_honours", 值=text)


def has_city_honour(text: str, campaign: Campaign) -> bool:
    """True when one of the honours named is of the kind asked for and not marked as below the city's."""
    words = campaign.vocabulary
    clauses = re.split(r"[、,;。\n]", ascii_width(text).replace("自治区", "省"))
    return any(_holds(clause, words.honours) and not _holds(clause, words.honours_below_city) for clause in clauses)


def _holds(clause: str, words: Sequence[str]) -> bool:
    return any(word in clause for word in words)


def check_names(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """T21 T22: names that sound like an existing body (condition 1), and names of the other category."""
    for table in summary_tables(submission, campaign):
        for row in table.rows:
            name = row.written("studio")
            bodies = [word for word in campaign.vocabulary.existing_bodies if word in name]
            if bodies:
                yield row.finding("T21", "studio", 值=bodies[0])
            titles = {category.key for category in campaign.categories if category.title in name}
            if titles and table.category not in titles:
                yield row.finding("T22", "studio", 表=table.title)
