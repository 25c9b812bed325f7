"""Core: group C - what is still missing; only a material whose state is `missing` is ever called 尚缺 (law 6)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from config.campaign import Campaign, Category
from intake.checks.catalogue import finding
from intake.checks.dates import deadline_to_text
from intake.checks.sheets import summary_tables
from intake.submission import Finding, Material, MaterialState, StudioSubmission, Submission

NUMERALS = {1: "一", 2: "两", 3: "三", 4: "四", 5: "五"}
TITLES = {Material.BASIC_INFO: "基本情况表", Material.NARRATIVE: "申报材料"}


def _status(studio: StudioSubmission, material: Material) -> str:
    return studio.materials.get(material, MaterialState()).status


def check_summaries(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """C01 C02: a category is nominated and its summary table is nowhere; C01 is the campaign's first category, C02 any other."""
    for place, category in enumerate(campaign.categories):
        if category.key not in submission.summaries and _nominated_without_row(submission, category):
            yield finding("C02" if place else "C01", 汇总表=category.summary_title, 表=category.annex)


def _nominated_without_row(submission: Submission, category: Category) -> bool:
    studios = [studio for studio in submission.active_studios if studio.category == category.key]
    return any(_status(studio, Material.SUMMARY_ROW) == "missing" for studio in studios)


def check_materials(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """C03 C04: a studio without its 基本情况表 or without its 申报材料."""
    for studio in submission.active_studios:
        if _status(studio, Material.BASIC_INFO) == "missing":
            yield finding("C03", studio=studio)
        if _status(studio, Material.NARRATIVE) == "missing":
            yield finding("C04", studio=studio, 字数=campaign.thresholds.minimum_characters)


def check_rows(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """C05: material of a studio that the summary table of its category does not list."""
    doubtful = any(table.head.doubtful() for table in summary_tables(submission, campaign))
    for studio in (studio for studio in submission.studios if not studio.withdrawn):
        received = tuple(title for material, title in TITLES.items() if _status(studio, material) == "received")
        listed = _status(studio, Material.SUMMARY_ROW) != "missing" and not studio.superseded
        table_is_there = studio.category in submission.summaries if studio.category else bool(submission.summaries)
        if received and table_is_there and not listed:
            yield finding("C05", studio=studio, doubtful=doubtful, 材料=received)


def check_paper(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """C06 C07 C08: the paper copies, as staff registered them; silent for a notice that wants none."""
    if not campaign.paper_copies:
        return
    copies = NUMERALS.get(campaign.paper_copies, str(campaign.paper_copies))
    # The post knows days only; an hour is told where the notice names one.
    deadline = deadline_to_text(campaign.deadline_at(now).at, campaign.zone).removesuffix("24时")
    if not submission.paper and submission.active_studios:
        yield finding("C06", 份数=copies, 截止=deadline, 地址=campaign.address, 邮编=campaign.postcode)
    yield from _registered_paper(submission.paper, campaign, copies)


def _registered_paper(paper: Mapping[str, Any], campaign: Campaign, copies: str) -> Iterator[Finding]:
    if "copies" in paper and int(paper["copies"]) < campaign.paper_copies:
        yield finding("C07", n=int(paper["copies"]), 份数=copies)
    if paper.get("stamped") is False:
        parts = [part for part in re.split(r"[、，,;；\s]+", str(paper.get("unstamped") or "")) if part]
        for part in dict.fromkeys(parts or [""]):
            yield finding("C08", 项=part or "申报材料", 处=f"中{part}" if part else "")
