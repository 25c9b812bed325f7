"""Shell: 台账 - one row an institution, filtered, searched by 汉字, alias, 全拼 or 首字母, sorted by its heads; also the paper that came by post."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Blueprint, render_template, request
from markupsafe import Markup

from notifier.standing import Standing
from service.desk import queries
from service.desk.door import here
from service.desk.shown.forms import paper_ask
from service.desk.shown.pinyin import is_found
from service.desk.shown.views import Row

page = Blueprint("ledger", __name__)

FILTERS: Mapping[str, tuple[str, Callable[[Row], bool]]] = {
    "": ("全部", lambda row: True),
    "complete": ("收齐", lambda row: row.standing is Standing.COMPLETE),
    "incomplete": ("未齐", lambda row: row.standing is Standing.INCOMPLETE),
    "silent": ("未报", lambda row: row.standing is Standing.SILENT),
    "waiting": ("有来信待看", lambda row: row.standing is Standing.WAITING),
    "late": ("截止后", lambda row: row.standing in (Standing.LATE, Standing.UNDECIDED)),
    "none": ("不推荐", lambda row: row.standing is Standing.NOT_RECOMMENDING),
    "pending": ("有待定", lambda row: row.pending > 0),
    "over": ("超名额", lambda row: row.over),
    "paper": ("缺纸质", lambda row: row.nominated > 0 and not row.paper),
}
SORTS: Mapping[str, Callable[[Row], Any]] = {
    "name": lambda row: row.search,
    "verdict": lambda row: (row.verdict, row.search),
    "missing": lambda row: (-row.missing, row.search),
    "pending": lambda row: (-row.pending, row.search),
    "last": lambda row: (row.last is None, -(row.last.timestamp() if row.last else 0)),
}


@page.get("/ledger")
def show() -> str:
    """The table."""
    found = queries.rows(here.ledger(), here.office().campaign, here.stamp())
    typed, state, sort = request.args.get("q", "").strip()[:60], request.args.get("state", ""), request.args.get("sort", "")
    state, sort = state if state in FILTERS else "", sort if sort in SORTS else ""
    shown = chosen(found, typed, state, sort)
    words = {"rows": shown, "typed": typed, "state": state, "sort": sort}
    table = render_template("_ledger.html", **words) if typed else here.kept_page("_ledger.html", (state, sort), lambda: words)
    return render_template(
        "ledger.html",
        table=Markup(table),  # noqa: S704 - drawn by the template with its own escaping
        counts={key: sum(fits(row) for row in found) for key, (_, fits) in FILTERS.items()},
        filters=FILTERS,
        total=len(found),
        **words,
    )


def chosen(rows: Iterable[Row], typed: str, state: str, sort: str) -> list[Row]:
    """The rows that fit what was typed and the filter, in the order asked for (else the roster's)."""
    fits = FILTERS[state][1]
    found = [row for row in rows if fits(row) and is_found(row.search, typed)]
    return sorted(found, key=SORTS[sort]) if sort in SORTS else found


@page.get("/paper")
def paper() -> str:
    """Paper for several schools in a row: one line each, most likely ones first."""
    campaign, day = here.office().campaign, here.today().isoformat()
    typed = request.args.get("q", "").strip()[:60]
    rows = [row for row in queries.rows(here.ledger(), campaign, here.stamp()) if is_found(row.search, typed) and (typed or row.nominated)]
    rows.sort(key=lambda row: bool(row.paper))
    return render_template(
        "paper.html", rows=[(row, paper_ask(row.name, campaign, day)) for row in rows[:60]], typed=typed, total=len(rows)
    )
