"""Shell: the assessing station (评估) - what changed in, claims, assessments and views out; nothing else is touched, all can be derived again.

A decision made while a round thinks is never overwritten by it: the writing transaction looks at the newest decision, and the round
begins anew with it. Marks (`intake.books.work`) say what changed; they come off in the transaction that writes what was made of it.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from config.campaign import Campaign, Institution
from intake.belt.claim_station import AT_ONCE, settle_claims
from intake.books import CONTACTS, DECISION, INSTITUTION, LAST_ASSESSED, LETTER, RULES, UNREAD, Ledger
from intake.checks import Neighbours, Print, Traces, bands, submission_to_traces
from intake.claiming import letters_to_addressees, letters_to_shares, letters_to_waiting
from intake.codec import json_to_value, value_to_json
from intake.decisions import OF_THE_OFFICE, decisions_in_force
from intake.errors import World
from intake.judging import (
    across,
    assess,
    assessment_to_glance,
    campaign_mark,
    contacts_mark,
    digest,
    institution_to_contact,
    next_edge,
    passed_edges,
)
from intake.matrix import Around
from intake.records import UnknownLetter
from intake.submission import Assessment, Claim, Decision, Received

log = logging.getLogger("intake.assess")
PATIENCE = 3
"""How often a round begins anew because somebody decided meanwhile; then it writes, and what was decided keeps its mark."""


def assess_letters(ledger: Ledger, campaign: Campaign, now: datetime) -> int:
    """Whose the changed letters are and what is to be said about the institutions concerned; gives how many were derived anew.

    A letter that stops identification is set aside, an institution that stops its assessment keeps its mark (and is written to about
    nothing meanwhile); neither keeps the others waiting. What stopped the first of them is raised when all is done.
    """
    _notice_rules(ledger, campaign, now)
    _notice_contacts(ledger, campaign)
    _notice_unread(ledger, campaign, now)
    made, disturbed = 0, 0
    stopped: dict[str, Exception] = {}
    while _owed(ledger, now, stopped):
        decisions = ledger.decisions()
        newest = max((d.number for d in decisions), default=0) if disturbed < PATIENCE else None
        if not _settle_claims(ledger, campaign, decisions, newest):
            disturbed += 1
            continue
        done, in_time = _assess_changed(ledger, campaign, now, decisions, newest, stopped)
        made += done
        disturbed += not in_time
        if newest is None:
            break
    if made:
        ledger.note_health(LAST_ASSESSED, now.isoformat())
    if stopped:
        raise next(iter(stopped.values()))
    return made


def _settle_claims(ledger: Ledger, campaign: Campaign, decisions: Sequence[Decision], newest: int | None) -> bool:
    """All changed letters, some at a time; when one of them stops that, each by itself, and the culprits are set aside with the reason."""
    for _ in range(len(ledger.marked(LETTER)) // AT_ONCE + 1):
        try:
            if not settle_claims(ledger, campaign, decisions, newest):
                return False
        except World:
            raise
        except Exception:
            _set_culprits_aside(ledger, campaign, decisions)
    return settle_claims(ledger, campaign, decisions, newest)


def _set_culprits_aside(ledger: Ledger, campaign: Campaign, decisions: Sequence[Decision]) -> None:
    for sha in ledger.marked(LETTER):
        try:
            settle_claims(ledger, campaign, decisions, None, only=sha)
        except World:
            raise
        except Exception:
            _note_unread(ledger, sha)
            ledger.quarantine(sha, f"辨认这封信时程序出错，原件已保存，修正程序后可重试。\n{traceback.format_exc()}")
            ledger.record_claim(sha, None)


def _note_unread(ledger: Ledger, sha: str) -> None:
    """The head of a letter that is set aside: what it brings holds back whatever would be called absent."""
    for letter in ledger.received([sha]):
        where = UnknownLetter(folder=letter.folder, uidvalidity=0, uid=0, received_at=letter.arrived_at, reason="已存未能辨认")
        found = replace(where, sender=letter.message.sender.address[:300], subject=letter.message.subject[:300])
        ledger.note_unread(sha, found, letter.fetched_at or letter.arrived_at)


def _notice_rules(ledger: Ledger, campaign: Campaign, now: datetime) -> None:
    """When campaign, roster or rules are others than last time, everything is to be derived anew; when the clock went back over an edge,
    every institution."""
    mark, passed = campaign_mark(campaign), passed_edges(campaign, now)
    noted, _, edges = ledger.health_note(RULES).partition(" ")
    if noted == mark and edges == str(passed):
        return
    with ledger.immediate():
        if noted != mark:
            ledger.mark_everything(i.name for i in campaign.institutions)
        elif passed < int(edges):
            ledger.mark_work(INSTITUTION, (i.name for i in campaign.institutions))
        ledger.note_health(RULES, f"{mark} {passed}")


def _notice_contacts(ledger: Ledger, campaign: Campaign) -> None:
    """Whose telephone or contact changed is written anew: they judge nothing, but what is told to staff carries them."""
    mark = contacts_mark(campaign.institutions)
    if ledger.health_note(CONTACTS) != mark:
        with ledger.immediate():
            ledger.mark_work(INSTITUTION, (i.name for i in campaign.institutions))
            ledger.note_health(CONTACTS, mark)


def _notice_unread(ledger: Ledger, campaign: Campaign, now: datetime) -> None:
    """Whoever an unread letter may be from is assessed anew when one is met, read or forgotten, or the deadline comes near."""
    held = {name: [f"{u.folder} {u.uid} {u.received_at}" for u in letters] for name, letters in unread_letters(ledger, campaign, now).items()}
    mark = digest(f"{name} {' '.join(sorted(letters))}" for name, letters in sorted(held.items())) if held else ""
    if ledger.health_note(UNREAD) != mark:
        with ledger.immediate():
            ledger.mark_work(INSTITUTION, (i.name for i in campaign.institutions))
            ledger.note_health(UNREAD, mark)


def _owed(ledger: Ledger, now: datetime, stopped: Collection[str]) -> bool:
    return ledger.has_work(LETTER, DECISION) or bool(_names(ledger, now) - set(stopped))


def _names(ledger: Ledger, now: datetime) -> set[str]:
    return {*ledger.marked(INSTITUTION), *ledger.due_assessments(now)}


def _assess_changed(
    ledger: Ledger, campaign: Campaign, now: datetime, decisions: Sequence[Decision], newest: int | None, stopped: dict[str, Exception]
) -> tuple[int, bool]:
    """Every institution that is marked or due, each in a transaction of its own; gives how many were made, and False when somebody
    decided meanwhile. What goes wrong with one is noted in `stopped`."""
    roster = {i.name: i for i in campaign.institutions}
    standing = decisions_in_force(decisions)
    made = 0
    for name in sorted(_names(ledger, now) - set(stopped)):
        mark = ledger.mark_of(INSTITUTION, name)
        seen = {} if mark is None else {name: mark}
        if name not in roster:
            _drop(ledger, name, seen)
            continue
        try:
            done = _assess_marked(ledger, roster[name], campaign, standing, now, newest, seen)
        except World:
            raise
        except Exception as error:
            log.exception("核对 %s 时程序出错", name)
            stopped[name] = error
            continue
        if done is None:
            return made, False
        made += done
    return made, True


def _assess_marked(
    ledger: Ledger, institution: Institution, campaign: Campaign, standing: Sequence[Decision], now: datetime, newest: int | None, seen: Mapping[str, int]
) -> int | None:
    """One institution; 0 when it was made of the very same before, None when somebody decided meanwhile and nothing was written."""
    work = _read_work(ledger, institution, campaign, standing, now)
    found = _assess_one(ledger, work, campaign, now)
    with ledger.immediate():
        if newest is not None and (ledger.newest_decision() != newest or not ledger.still_marked(INSTITUTION, seen)):
            return None
        if found is not None:
            _record(ledger, work, *found, campaign, now)
        ledger.unmark(INSTITUTION, seen)
    return int(found is not None)


@dataclass(frozen=True, slots=True)
class _Work:
    """What one assessment is made from: the letters that are or may be the institution's own, and the decisions that concern it."""

    institution: Institution
    letters: tuple[Received, ...]
    claims: Mapping[str, Claim]
    decisions: tuple[Decision, ...]
    own_key: str
    unread: tuple[UnknownLetter, ...] = ()


def _read_work(ledger: Ledger, institution: Institution, campaign: Campaign, standing: Sequence[Decision], now: datetime) -> _Work:
    shas = ledger.letters_for(institution.name)
    letters = ledger.received(shas)
    claims = ledger.claims(shas)
    own = frozenset(r.sha256 for r in letters)
    decisions = tuple(d for d in standing if _concerns(d, institution.name, own))
    unread = unread_letters(ledger, campaign, now).get(institution.name, ())
    key = digest([
        *(f"unread {u.folder} {u.uid} {u.received_at} {u.sender} {u.subject}" for u in unread),
        campaign_mark(campaign), institution_to_contact(institution), str(passed_edges(campaign, now)), *ledger.letter_marks(shas),
        *(value_to_json(claims[sha]) for sha in sorted(claims)), *(value_to_json(d) for d in decisions),
    ])  # fmt: skip
    return _Work(institution, letters, claims, decisions, key, unread)


def unread_letters(ledger: Ledger, campaign: Campaign, now: datetime) -> Mapping[str, tuple[UnknownLetter, ...]]:
    """By institution: the letters known and not read that may be its own."""
    unknown = ledger.unread_letters()
    if not unknown:
        return {}
    return letters_to_addressees(unknown, ledger.wrote_for({u.sender.casefold() for u in unknown}), campaign, now)


def _concerns(decision: Decision, institution: str, letters: frozenset[str]) -> bool:
    if decision.kind in OF_THE_OFFICE:
        return False  # a moved deadline is in the campaign already; how letters leave judges nobody
    if decision.kind in ("claim", "split"):
        return decision.institution == institution or decision.target in letters
    return decision.institution in ("", institution)


def _assess_one(ledger: Ledger, work: _Work, campaign: Campaign, now: datetime) -> tuple[Assessment, Traces, str] | None:
    """The assessment with what it shows to others; None when it was made of the very same before."""
    name = work.institution.name
    recorded, _ = ledger.traces_of(name)
    if ledger.assessment_key(name) == _key(work, _neighbours(ledger, name, recorded)):
        return None
    shares = letters_to_shares(work.letters, work.claims, work.decisions, campaign).get(name, ())
    waiting = letters_to_waiting(work.letters, work.claims, work.decisions).get(name, ())
    first = assess(work.institution, shares, work.decisions, campaign, now, Around(work.claims, waiting, work.unread))
    traces = submission_to_traces(first.submission)
    neighbours = _neighbours(ledger, name, _values(traces, campaign))
    return across(first, neighbours, work.decisions, campaign, now), traces, _key(work, neighbours)


def _key(work: _Work, neighbours: Neighbours) -> str:
    near = [f"{mark}={'|'.join(neighbours.marks[mark])}" for mark in sorted(neighbours.marks)]
    return digest([work.own_key, *near, *(value_to_json(p) for p in neighbours.prints)])


def _values(traces: Traces, campaign: Campaign) -> set[str]:
    """The marks and bands under which an institution's traces are found."""
    limit = campaign.thresholds.near_duplicate
    return {f"mark:{m}" for m in traces.marks} | {f"band:{b}" for p in traces.prints for b in bands(p.fingerprint, limit)}


def _neighbours(ledger: Ledger, name: str, values: Iterable[str]) -> Neighbours:
    """The others that left the same marks, and the prints of those that share a band."""
    holders = ledger.holders(values, name)
    marks = {value.removeprefix("mark:"): names for value, names in holders.items() if value.startswith("mark:")}
    near = sorted({other for value, names in holders.items() if value.startswith("band:") for other in names})
    return Neighbours(marks, tuple(json_to_value(text, Print) for text in ledger.prints_of(near)))


def _record(
    ledger: Ledger, work: _Work, assessment: Assessment, traces: Traces, key: str, campaign: Campaign, now: datetime
) -> None:
    """The assessment with its line and its traces; whoever a trace that came or went concerns is to be assessed too."""
    name = work.institution.name
    before, prints = ledger.traces_of(name)
    after, texts = _values(traces, campaign), [value_to_json(p) for p in traces.prints]
    if before != after or set(prints) != set(texts):
        ledger.record_traces(name, after, texts)
        concerned = before | after if set(prints) != set(texts) else before ^ after
        ledger.mark_work(INSTITUTION, {other for names in ledger.holders(concerned, name).values() for other in names})
    ledger.record_assessment(assessment, {r.sha256: r for r in work.letters}, key, next_edge(campaign, now))
    ledger.record_glance(assessment_to_glance(assessment, campaign))


def _drop(ledger: Ledger, name: str, seen: Mapping[str, int]) -> None:
    """An institution that left the roster: its assessment and traces go, its letters stay."""
    with ledger.immediate():
        before, _ = ledger.traces_of(name)
        ledger.mark_work(INSTITUTION, {other for names in ledger.holders(before, name).values() for other in names})
        ledger.record_traces(name, (), ())
        ledger.drop_assessment(name)
        ledger.unmark(INSTITUTION, seen)
