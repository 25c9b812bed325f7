"""Core: the fillable templates (填写模板) that go with every 补正 letter - what is written in them reads back without a doubt.

Each carries the custom document property `intake-template` with the campaign's key, by which the reader knows its own form again.
"""

from __future__ import annotations

from collections.abc import Mapping

from config.campaign import Campaign
from config.forms import FormSchema
from intake.judging import campaign_mark
from notifier.safe_names import clean_file_name
from notifier.templates.basic_info import basic_info_blocks
from notifier.templates.summary_sheet import summary_workbook
from notifier.wordform import compose_word

TEMPLATE_PROPERTY = "intake-template"


_MADE: dict[str, tuple[tuple[str, bytes], ...]] = {}
"""By campaign: templates already made; they go with every second letter and cost more than the rest of it."""


def fillable_templates(campaign: Campaign) -> tuple[tuple[str, bytes], ...]:
    """(file name, bytes) of every form that can be filled in, in the order of the annexes; outlines of essays have none. Raises when one cannot be made."""
    made, failed = templates_with_failures(campaign)
    for error in failed.values():
        raise error
    return made


def templates_with_failures(campaign: Campaign) -> tuple[tuple[tuple[str, bytes], ...], Mapping[str, Exception]]:
    """The forms that can be made, and those that cannot with the reason, by file name: one of them takes none of the others with it."""
    mark = campaign_mark(campaign)
    if mark in _MADE:
        return _MADE[mark], {}
    made: list[tuple[str, bytes]] = []
    failed: dict[str, Exception] = {}
    for schema in sorted(campaign.forms, key=lambda s: s.annex):
        name = template_name(schema, campaign)
        try:
            payload = _schema_to_template(schema, campaign)
        except Exception as error:
            failed[name] = error
            continue
        made += [(name, payload)] if payload else []
    if not failed:
        _MADE.clear()
        _MADE[mark] = tuple(made)
    return tuple(made), failed


def template_name(schema: FormSchema, campaign: Campaign) -> str:
    """ "附件4_创新工作室基本情况表（填写模板）.docx"."""
    category = campaign.category(schema.category)
    title = category.summary_title if category else schema.titles[0] if schema.titles else schema.title
    return clean_file_name(f"{schema.annex}_{title}（填写模板）.{'xlsx' if schema.kind == 'summary_table' else 'docx'}")


def _schema_to_template(schema: FormSchema, campaign: Campaign) -> bytes:
    """The template of one schema; nothing for a kind that is not filled in."""
    tag = (TEMPLATE_PROPERTY, campaign.key)
    if schema.kind == "summary_table":
        return summary_workbook(schema, campaign, tag)
    if schema.kind == "basic_info":
        return compose_word(basic_info_blocks(schema), tag, schema.title)
    return b""
