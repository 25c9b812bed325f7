"""Core: group Q - how many studios are recommended, against what the notice allows (三(三)); withdrawn studios do not count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from config.campaign import Campaign, Quota
from intake.checks.catalogue import finding
from intake.checks.sheets import summary_tables
from intake.submission import Finding, Material, MaterialState, StudioSubmission, Submission
from parsers.form import BASIC_INFO

CLASSES = {"ordinary": "一般高校", "medical": "医科大学（含附属医院）"}


def check_quota(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """Q01 Q02, or Q06 for staff as long as the unit's class is not confirmed."""
    counts = _counts(submission)
    quota = campaign.quotas.get(submission.institution.unit_class)
    if quota is None or not submission.institution.confirmed:
        yield from _unconfirmed(counts, campaign)
        return
    if counts.total() > quota.total:
        yield finding("Q01", n=counts.total(), 上限=quota.total)
    for category in campaign.categories:
        limit = quota.by_category.get(category.key)
        if limit is not None and counts[category.key] > limit:
            yield finding("Q02", n=counts[category.key], 上限=limit, 类别=category.title, 表=category.annex)


def _counts(submission: Submission) -> Counter[str]:
    return Counter(studio.category or "" for studio in submission.active_studios)


def _unconfirmed(counts: Counter[str], campaign: Campaign) -> Iterator[Finding]:
    exceeded = [unit_class for unit_class, quota in campaign.quotas.items() if _exceeds(counts, quota)]
    if exceeded:
        titles = {category.key: category.title for category in campaign.categories} | {"": "类型未定"}
        detail = tuple(f"{titles.get(key, key)}{counts[key]}个" for key in sorted(counts, key=list(titles).index))
        yield finding("Q06", n=counts.total(), 明细=detail, 依据=tuple(CLASSES.get(name, name) for name in exceeded))


def _exceeds(counts: Counter[str], quota: Quota) -> bool:
    return counts.total() > quota.total or any(counts[key] > limit for key, limit in quota.by_category.items())


def check_any_studio(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """Q03: files could be read and none names a studio; silent as long as a file waits for a person or a link for its file (law 6)."""
    waiting = submission.unread or submission.unread_letters or submission.cloud_files or any(s.withdrawn for s in submission.studios)
    if submission.active_studios or waiting or submission.not_recommending:
        return
    if submission.summaries or submission.unplaced or submission.blank_templates:
        doubtful = any(table.head.doubtful() for table in summary_tables(submission, campaign))
        yield finding("Q03", doubtful=doubtful)


def check_counts_agree(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """Q04: rows and sets of 附件4 differ in number, unless C03, C05 or T17 already says which one is missing, extra or doubled."""
    tables = tuple(summary_tables(submission, campaign))
    studios = submission.active_studios
    awaited = {Material.BASIC_INFO, Material.SUMMARY_ROW} & set(submission.awaited)
    if not tables or submission.unread or awaited or any(_status(s, Material.BASIC_INFO) in ("received_unread", "waived") for s in studios):
        return
    rows = sum(len(table.rows) for table in tables)
    forms = sum(_status(s, Material.BASIC_INFO) == "received" for s in studios) + _unplaced_forms(submission)
    if rows != forms and not _explained(studios, rows):
        yield finding("Q04", m=rows, n=forms, doubtful=any(table.head.doubtful() for table in tables))


def _unplaced_forms(submission: Submission) -> int:
    return sum(v.form is not None and v.form.kind == BASIC_INFO for v in submission.unplaced)


def _explained(studios: tuple[StudioSubmission, ...], rows: int) -> bool:
    """True when every row has its studio and every difference is a studio that lacks its form (C03) or its row (C05)."""
    with_row = sum(_status(s, Material.SUMMARY_ROW) == "received" for s in studios)
    one_sided = any((_status(s, Material.SUMMARY_ROW) == "received") != (_status(s, Material.BASIC_INFO) == "received") for s in studios)
    return one_sided or with_row < rows


def _status(studio: StudioSubmission, material: Material) -> str:
    return studio.materials.get(material, MaterialState()).status


def check_affiliates(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """Q05 Q07: a hospital wrote for itself; its studios count within the university's quota, and the university is asked to recommend them."""
    claimed = {claim.affiliate for claim in submission.claims.values() if claim.affiliate}
    for affiliate in sorted({*submission.affiliates, *claimed}):
        yield finding("Q05", 附属医院=affiliate, 单位=submission.institution.name)
    if claimed and all(claim.affiliate for claim in submission.claims.values()):
        yield finding("Q07", 附属医院="、".join(sorted(claimed)), 单位=submission.institution.name)
