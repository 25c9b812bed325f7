"""Shell: 进度 - arrivals a day against the deadline, who is complete, the quota against the limits, who is silent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from flask import Blueprint, render_template

from config.campaign import Campaign
from notifier.standing import Standing
from notifier.wording import deadline_day
from service.desk import queries
from service.desk.door import here
from service.desk.shown.chart import Point, columns, curve
from service.desk.shown.views import Row

page = Blueprint("progress", __name__)
MOST_DAYS = 45


@page.get("/progress")
def show() -> str:
    """The page."""
    office = here.office()
    campaign, now = office.campaign, office.clock()
    rows = queries.rows(here.ledger(), campaign, here.stamp())
    arrived = [x.at for x in queries.mails(here.ledger(), here.stamp()) if x.shelf in ("claimed", "unclaimed")]
    done = [row.complete_since for row in rows if row.complete_since]
    days = find_days([*arrived, *done], campaign, now)
    came, whole = per_day(arrived, campaign), per_day(done, campaign)
    last = deadline_day(campaign.deadline_at(now).at, campaign)
    arrivals = [Point(f"{d.month}.{d.day}", came[d], d == last) for d in days]
    finished = [Point(f"{d.month}.{d.day}", sum(n for day, n in whole.items() if day <= d), d == last) for d in days]
    return render_template(
        "progress.html",
        arrivals=arrivals,
        finished=finished,
        arrival_chart=columns(arrivals, "每天收到的来信"),
        finished_chart=curve(finished, len(rows), "收齐的学校"),
        rows=rows,
        verdicts=Counter(row.verdict for row in rows),
        quota=quota_rows(rows, campaign),
        silent=[row for row in rows if row.standing is Standing.SILENT],
        waiting=[row for row in rows if row.standing is Standing.WAITING],
    )


def find_days(moments: Sequence[datetime], campaign: Campaign, now: datetime) -> list[date]:
    """The days to draw: from the first arrival to the later of today and the deadline, at most so many."""
    last = max(deadline_day(campaign.deadline_at(now).at, campaign), min(now.astimezone(campaign.zone).date(), date(campaign.year, 12, 31)))
    first = min((m.astimezone(campaign.zone).date() for m in moments), default=last - timedelta(days=13))
    last = min(last, max([m.astimezone(campaign.zone).date() for m in moments] + [deadline_day(campaign.deadline_at(now).at, campaign)]))
    first = max(min(first, last), last - timedelta(days=MOST_DAYS - 1))
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def per_day(moments: Sequence[datetime], campaign: Campaign) -> Counter[date]:
    """How many on each day, Beijing time."""
    return Counter(m.astimezone(campaign.zone).date() for m in moments)


def quota_rows(rows: Sequence[Row], campaign: Campaign) -> list[tuple[str, int, int | None, tuple[str, ...]]]:
    """By category: nominated so far, to be named (for orientation), and who is over the limit."""
    found = []
    for at, category in enumerate(campaign.categories):
        over = tuple(
            row.name for row in rows if row.tallies[at].limit is not None and row.tallies[at].number > (row.tallies[at].limit or 0)
        )
        found.append((category.title, sum(row.tallies[at].number for row in rows), category.quota_for_award, over))
    return found
