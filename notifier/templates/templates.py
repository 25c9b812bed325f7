"""Core: the fillable templates (填写模板) that go with every 补正 letter - what is written in them reads back without a doubt.

Each carries the custom document property `intake-template` with the campaign's key, by which the reader knows its own form again.
"""

from __future__ import annotations

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
    """(file name, bytes) of every form that can be filled in, in the order of the annexes; outlines of essays have none."""
    mark = campaign_mark(campaign)
    if mark not in _MADE:
        _MADE.clear()
        _MADE[mark] = _make_templates(campaign)
    return _MADE[mark]


def _make_templates(campaign: Campaign) -> tuple[tuple[str, bytes], ...]:
    made = [(schema, _schema_to_template(schema, campaign)) for schema in sorted(campaign.forms, key=lambda s: s.annex)]
    return tuple((template_name(schema, campaign), payload) for schema, payload in made if payload)


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
