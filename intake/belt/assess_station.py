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
from functools import lru_cache

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
TOGETHER = 32
"""So many institutions are assessed in one transaction, their assessments in memory meanwhile."""
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
    """Every institution that is marked or due, some in one transaction; gives how many were made, and False when somebody decided
    meanwhile. What goes wrong with one is noted in `stopped`."""
    roster = {i.name: i for i in campaign.institutions}
    round_ = _Round(ledger, campaign, decisions_in_force(decisions), now, newest, stopped)
    names = sorted(_names(ledger, now) - set(stopped))
    for name in names:
        if name not in roster:
            _drop(ledger, name)
    marked = [roster[name] for name in names if name in roster]
    made = 0
    for at in range(0, len(marked), TOGETHER):
        done = _assess_together(round_, marked[at : at + TOGETHER])
        if done is None:
            return made, False
        made += done
    return made, True


@dataclass(frozen=True, slots=True)
class _Round:
    """One pass over what is marked; `newest` and `stopped` as above."""

    ledger: Ledger
    campaign: Campaign
    standing: Sequence[Decision]
    now: datetime
    newest: int | None
    stopped: dict[str, Exception]


def _assess_together(round_: _Round, institutions: Sequence[Institution]) -> int | None:
    """These institutions in one transaction, so that each is compared with what the others of them leave now and not with what they left
    before; gives how many were made, None when somebody decided meanwhile and nothing was written. Where one of several makes trouble
    when it is written, each by itself."""
    seen: dict[str, int] = {}
    drafts: list[_Draft] = []
    for institution in institutions:
        mark = round_.ledger.mark_of(INSTITUTION, institution.name)
        try:
            drafts += _draft(round_, institution)
        except World:
            raise
        except Exception as error:
            _stop(round_, institution, error)
        else:
            seen |= {} if mark is None else {institution.name: mark}
    try:
        return len(drafts) if _write(round_, drafts, seen) else None
    except World:
        raise
    except Exception as error:
        if len(institutions) > 1:
            each = [_assess_together(round_, [institution]) for institution in institutions if institution.name not in round_.stopped]
            return None if None in each else sum(made or 0 for made in each)
        _stop(round_, institutions[0], error)
        return 0


def _stop(round_: _Round, institution: Institution, error: Exception) -> None:
    log.error("核对 %s 时程序出错", institution.name, exc_info=error)
    round_.stopped[institution.name] = error


def _write(round_: _Round, drafts: Sequence[_Draft], seen: Mapping[str, int]) -> bool:
    """The drafts finished and recorded, all traces first; whoever else a trace that came or went concerns is to be assessed too. False, and
    nothing written, when somebody decided meanwhile."""
    ledger, campaign = round_.ledger, round_.campaign
    with ledger.immediate():
        if round_.newest is not None and (ledger.newest_decision() != round_.newest or not ledger.still_marked(INSTITUTION, seen)):
            return False
        concerned = {name for draft in drafts for name in _record_traces(ledger, draft, campaign)}
        ledger.mark_work(INSTITUTION, concerned - {draft.work.institution.name for draft in drafts})
        for draft in drafts:
            near = _near(ledger, draft.work.institution.name, _values(draft.traces, campaign))
            _record(ledger, draft, near, campaign, round_.now)
        ledger.unmark(INSTITUTION, seen)
    return True


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


@dataclass(frozen=True, slots=True)
class _Draft:
    """An assessment without what only shows beside its neighbours, and the traces it leaves for them."""

    work: _Work
    assessment: Assessment
    traces: Traces


def _draft(round_: _Round, institution: Institution) -> list[_Draft]:
    """The draft; none when the assessment on the books was made of the very same."""
    ledger, campaign, now = round_.ledger, round_.campaign, round_.now
    work = _read_work(ledger, institution, campaign, round_.standing, now)
    name = institution.name
    left, _ = ledger.traces_of(name)
    if ledger.assessment_key(name) == _key(work, _near(ledger, name, left)):
        return []
    shares = letters_to_shares(work.letters, work.claims, work.decisions, campaign).get(name, ())
    waiting = letters_to_waiting(work.letters, work.claims, work.decisions).get(name, ())
    assessment = assess(institution, shares, work.decisions, campaign, now, Around(work.claims, waiting, work.unread))
    return [_Draft(work, assessment, submission_to_traces(assessment.submission))]


def _key(work: _Work, near: _Near) -> str:
    marks = [f"{mark}={'|'.join(near.marks[mark])}" for mark in sorted(near.marks)]
    return digest([work.own_key, *marks, *near.prints])


def _values(traces: Traces, campaign: Campaign) -> set[str]:
    """The marks and bands under which an institution's traces are found."""
    limit = campaign.thresholds.near_duplicate
    return {f"mark:{m}" for m in traces.marks} | {f"band:{b}" for p in traces.prints for b in bands(p.fingerprint, limit)}


@dataclass(frozen=True, slots=True)
class _Near:
    """The others that left the same marks, and the prints, as text, of those that share a band."""

    marks: Mapping[str, tuple[str, ...]]
    prints: tuple[str, ...]


def _near(ledger: Ledger, name: str, values: Iterable[str]) -> _Near:
    holders = ledger.holders(values, name)
    marks = {value.removeprefix("mark:"): names for value, names in holders.items() if value.startswith("mark:")}
    near = sorted({other for value, names in holders.items() if value.startswith("band:") for other in names})
    return _Near(marks, ledger.prints_of(near))


@lru_cache(maxsize=1024)
def _print(text: str) -> Print:
    return json_to_value(text, Print)


def _record_traces(ledger: Ledger, draft: _Draft, campaign: Campaign) -> set[str]:
    """The traces in the place of those before; gives whom one that came or went concerns."""
    name = draft.work.institution.name
    before, prints = ledger.traces_of(name)
    after, texts = _values(draft.traces, campaign), [value_to_json(p) for p in draft.traces.prints]
    if before == after and set(prints) == set(texts):
        return set()
    ledger.record_traces(name, after, texts)
    concerned = before | after if set(prints) != set(texts) else before ^ after
    return {other for names in ledger.holders(concerned, name).values() for other in names}


def _record(ledger: Ledger, draft: _Draft, near: _Near, campaign: Campaign, now: datetime) -> None:
    """The assessment beside its neighbours, with its line."""
    work = draft.work
    assessment = across(draft.assessment, Neighbours(near.marks, tuple(map(_print, near.prints))), work.decisions, campaign, now)
    ledger.record_assessment(assessment, {r.sha256: r for r in work.letters}, _key(work, near), next_edge(campaign, now))
    ledger.record_glance(assessment_to_glance(assessment, campaign))


def _drop(ledger: Ledger, name: str) -> None:
    """An institution that left the roster: its assessment and traces go, its letters stay."""
    mark = ledger.mark_of(INSTITUTION, name)
    with ledger.immediate():
        before, _ = ledger.traces_of(name)
        ledger.mark_work(INSTITUTION, {other for names in ledger.holders(before, name).values() for other in names})
        ledger.record_traces(name, (), ())
        ledger.drop_assessment(name)
        ledger.unmark(INSTITUTION, {} if mark is None else {name: mark})
