"""Shell: 单位 - everything about one school on one page, which also prints as the record one hands to a caller."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, render_template, request

from intake.judging import assessment_to_glance
from intake.records import OutboxRecord
from intake.submission import Assessment, Decision, Finding, MaterialState, Received, Version
from notifier.standing import ELECTRONIC, MATERIAL_TITLES, assessment_to_standing, material, standing_to_word
from service.desk import queries
from service.desk.decide import decision_title
from service.desk.door import here
from service.desk.shown.forms import Ask, finding_asks, paper_ask, unit_asks
from service.desk.shown.sources import finding_sources, time_lines
from service.desk.shown.views import TONES, glance_to_row, verdict_sentence
from service.desk.shown.words import AUDIENCES, OUR_KINDS, OUTBOX_STATES

page = Blueprint("unit", __name__)
GROUPS = (
    ("缺的", "missing"),
    ("请学校核实的", "conflict"),
    ("只给您看的", "staff"),
    ("等您同意后写给学校的", "after"),
    ("已经了结的", "settled"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """来往一笔: a letter in or out, a decision, paper, a note."""

    at: datetime
    way: str
    title: str
    link: str = ""
    note: str = ""
    letter: Received | None = None
    decision: Decision | None = None


@page.get("/unit/<name>")
def show(name: str) -> str:
    """One school."""
    office = here.office()
    assessment = queries.find_assessment(here.ledger(), office.campaign, name, here.mark(name)) or abort(404)
    lines = queries.outbox_lines(here.ledger(), institution=name)
    mine = here.ledger().decisions_of(name)
    standing, always = assessment_to_standing(assessment), unit_asks(assessment, office.campaign)
    return render_template(
        "unit.html",
        a=assessment,
        unit=office.campaign.institution(name) or assessment.institution,
        glance=glance_to_row(assessment.institution, assessment_to_glance(assessment, office.campaign), office.campaign),
        verdict=standing_to_word(standing),
        tone=TONES[standing],
        why=verdict_sentence(assessment),
        columns=[(which, MATERIAL_TITLES[which]) for which in ELECTRONIC],
        cell=material,
        groups=list(grouped(assessment)),
        audiences=AUDIENCES,
        events=sorted(timeline(assessment, lines, mine), key=lambda e: e.at, reverse=True),
        waiting=[line for line in lines if line.state in ("held", "queued", "failed")],
        first_asks=(paper_ask(name, office.campaign, here.today().isoformat()), always[0]),
        more_asks=always[1:],
        standing_numbers={d.number for d in here.standing()},
        loose=loose_files(assessment),
        open_form=request.args.get("form", ""),
        files_of=files_of,
        sources=lambda finding: finding_sources(finding, assessment),
        times=time_lines(assessment, office.campaign, office.clock()),
    )


def loose_files(assessment: Assessment) -> list[Version]:
    """The files a person must look at: unread ones, and those no studio was found for; each once."""
    found = {v.attachment: v for v in (*assessment.submission.unread, *assessment.submission.unplaced) if v.attachment}
    return list(found.values())


def grouped(assessment: Assessment) -> Iterator[tuple[str, str, list[tuple[Finding, tuple[Ask, ...]]]]]:
    """The findings by what is to be done about them, each with its forms."""
    campaign = here.office().campaign
    for title, key in GROUPS:
        found = [f for f in assessment.findings if f.severity != "note" and finding_group(f) == key]
        if found:
            yield title, key, [(f, finding_asks(f, assessment, campaign)) for f in found]


def finding_group(finding: Finding) -> str:
    """Which list a finding stands in."""
    if finding.state in ("explained", "waived"):
        return "settled"
    if finding.audience == "staff":
        return "staff"
    if finding.audience == "institution_after_approval":
        return "after"
    return "missing" if finding.severity == "missing" else "conflict"


def files_of(state: MaterialState) -> list[tuple[int, str, str, bool, tuple[str, ...]]]:
    """The versions of a cell that are files, newest first: number, SHA-256, name, in force, what changed."""
    current = state.current.attachment if state.current else ""
    return [(v.number, v.attachment, v.file, v.attachment == current, v.changes) for v in reversed(state.versions) if v.attachment]


def timeline(assessment: Assessment, lines: Sequence[OutboxRecord], decisions: Sequence[Decision]) -> Iterator[Event]:
    """Everything that passed between the school and the office."""
    for letter in assessment.submission.letters:
        yield Event(
            at=letter.received_at, way="in", title=letter.message.subject or "（无主题）", link=f"/letter/{letter.sha256}", letter=letter
        )
    for line in lines:
        note = OUTBOX_STATES.get(line.state, line.state) + ("，被退回" if line.bounced_at else "")
        yield Event(
            at=line.sent_at or line.created_at,
            way="out",
            title=f"{OUR_KINDS.get(line.kind, '去信')}：{line.subject}",
            link=f"/outbox/{line.key}",
            note=note,
        )
    for decision in decisions:
        yield Event(at=decision.decided_at, way="did", title=decision_title(decision), note=decision.reason, decision=decision)
