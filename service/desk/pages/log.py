"""Shell: 决定记录 - who decided what, when and why, what was taken back; and what else was done on the desk."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from service.desk import queries
from service.desk.decide import decision_title
from service.desk.door import here

page = Blueprint("log", __name__)
PER_PAGE = 100


@page.get("/decisions")
def show() -> str:
    """The list, newest first, by person, by school."""
    every, standing = queries.decision_log(here.ledger())
    who, unit = request.args.get("who", ""), request.args.get("unit", "").strip()[:60]
    number = max(1, request.args.get("page", 1, type=int))
    chosen = [d for d in every if (not who or d.decided_by == who) and (not unit or unit in d.institution)]
    undone = {d.target: d for d in every if d.kind == "undo"}
    return render_template(
        "decisions.html",
        decisions=chosen[(number - 1) * PER_PAGE : number * PER_PAGE],
        total=len(chosen),
        number=number,
        pages=-(-len(chosen) // PER_PAGE),
        standing=standing,
        undone=undone,
        title=decision_title,
        people=list(dict.fromkeys(d.decided_by for d in every)),
        who=who,
        unit=unit,
        deeds=[d for d in here.store().deeds(60) if not d.decision][:30] if not (who or unit) else [],
    )
