"""Core: what staff have decided, folded from the append-only list (决定): later decisions win, `undo` takes one back by its number.

Kinds and their target/detail are told in `intake.submission.Decision`; kinds unknown here are kept in `in_force` and change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from config.campaign import Campaign, Deadline, Institution
from intake.names import clean_studio, studio_core
from intake.submission import Decision, Material

EVERY_LETTER = "*"
OF_THE_OFFICE = ("deadline", "mode")
"""Decisions about the campaign or the office as a whole; the files say the first value, these what followed."""
ABOUT_THE_OFFICE = ("deadline", "roster", "contact", "mode", "undo")
"""The kinds that change the campaign or the settings themselves; with `undo`, else what was taken back looks standing."""
_EMPTY: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulings:
    """裁定: the state of all decisions in force about one institution (or about letters, before institutions are known).

    `claims` letter → institution ("" = none of ours); `splits` letter → file → institution; `waived`, `explained`, `approved` finding keys,
    and in `waived` also "studio|material"; `refused` findings whose explanation staff did not accept; `placed` file → detail of `material`.
    """

    in_force: tuple[Decision, ...] = ()
    claims: Mapping[str, str] = field(default_factory=dict)
    splits: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    accepted_late: frozenset[str] = frozenset()
    refused_late: frozenset[str] = frozenset()
    waived: frozenset[str] = frozenset()
    explained: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    approved: frozenset[str] = frozenset()
    categories: Mapping[str, str] = field(default_factory=dict)
    unit_class: str = ""
    quota_letter: bool | None = None
    quota_decided_at: datetime | None = None
    withdrawn: tuple[str, ...] = ()
    replaced: Mapping[str, str] = field(default_factory=dict)
    not_recommending: bool = False
    paper: Mapping[str, Any] = field(default_factory=lambda: _EMPTY)
    chosen: tuple[str, ...] = ()
    excluded: frozenset[str] = frozenset()
    placed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def quota_word(self, last_received_at: datetime | None) -> bool | None:
        """What staff said about the quota letter, as long as nothing new has arrived since: a click answers what was on the table."""
        stands = self.quota_decided_at is not None and (last_received_at is None or last_received_at <= self.quota_decided_at)
        return self.quota_letter if stands else None

    def accepts(self, letter: str) -> bool:
        """True when staff take this letter as on time."""
        return EVERY_LETTER in self.accepted_late or letter in self.accepted_late

    def refuses(self, letter: str) -> bool:
        """True when staff hold this letter to be late, though it came within the grace."""
        return EVERY_LETTER in self.refused_late or letter in self.refused_late

    def waives(self, names: Iterable[str], material: Material) -> bool:
        """True when staff waived this material of the studio that bears one of these names."""
        return any(f"{name}|{material.value}" in self.waived for name in (*names, ""))


def decisions_in_force(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """The decisions that no later `undo` took back, by number; undoing an undo brings the decision back."""
    ordered = sorted(decisions, key=lambda d: d.number)
    gone: set[int] = set()
    for decision in reversed(ordered):
        if decision.kind == "undo" and decision.number not in gone and decision.target.strip().isdigit():
            gone.add(int(decision.target))
    return tuple(d for d in ordered if d.kind != "undo" and d.number not in gone)


def fold(decisions: Iterable[Decision], institution: str | None = None) -> Rulings:
    """The rulings about one institution (its own decisions and those about any letter or file); None folds all."""
    rulings = Rulings()
    for decision in decisions_in_force(decisions):
        if institution is None or decision.institution in ("", institution) or decision.kind in ("claim", "split"):
            apply = _APPLY.get(decision.kind)
            rulings = apply(rulings, decision) if apply else rulings
            if _concerns(decision, institution):
                rulings = replace(rulings, in_force=(*rulings.in_force, decision))
    return rulings


def _concerns(decision: Decision, institution: str | None) -> bool:
    """True for what belongs into an institution's own list: whose letter another's is does not, nor how the office runs."""
    elsewhere = decision.kind in ("claim", "split", *OF_THE_OFFICE)
    return institution is None or decision.institution == institution or (not decision.institution and not elsewhere)


def _claim(rulings: Rulings, decision: Decision) -> Rulings:
    others = {letter: parts for letter, parts in rulings.splits.items() if letter != decision.target}
    return replace(rulings, claims={**rulings.claims, decision.target: decision.institution}, splits=others)


def _split(rulings: Rulings, decision: Decision) -> Rulings:
    parts = {str(k): str(v) for k, v in dict(decision.detail.get("parts") or {}).items()}
    others = {letter: owner for letter, owner in rulings.claims.items() if letter != decision.target}
    return replace(rulings, splits={**rulings.splits, decision.target: parts}, claims=others)


def _accept_late(rulings: Rulings, decision: Decision) -> Rulings:
    letter = decision.target or EVERY_LETTER
    return replace(rulings, accepted_late=rulings.accepted_late | {letter}, refused_late=rulings.refused_late - {letter})


def _not_accept_late(rulings: Rulings, decision: Decision) -> Rulings:
    letter = decision.target or EVERY_LETTER
    return replace(rulings, refused_late=rulings.refused_late | {letter}, accepted_late=rulings.accepted_late - {letter})


def _waive(rulings: Rulings, decision: Decision) -> Rulings:
    return replace(rulings, waived=rulings.waived | {decision.target})


def _explain(rulings: Rulings, decision: Decision) -> Rulings:
    if decision.detail.get("accepted", True) is False:
        return replace(rulings, refused=rulings.refused | {decision.target}, explained=rulings.explained - {decision.target})
    return replace(rulings, explained=rulings.explained | {decision.target}, refused=rulings.refused - {decision.target})


def _approve(rulings: Rulings, decision: Decision) -> Rulings:
    return replace(rulings, approved=rulings.approved | {decision.target})


def _category(rulings: Rulings, decision: Decision) -> Rulings:
    unit_class = decision.detail.get("unit_class")
    if unit_class:
        return replace(rulings, unit_class=str(unit_class))
    return replace(rulings, categories={**rulings.categories, decision.target: str(decision.detail.get("category", ""))})


def _quota_letter(rulings: Rulings, decision: Decision) -> Rulings:
    return replace(rulings, quota_letter=bool(decision.detail.get("send", True)), quota_decided_at=decision.decided_at)


def _withdraw(rulings: Rulings, decision: Decision) -> Rulings:
    return replace(rulings, withdrawn=(*rulings.withdrawn, decision.target))


def _replace_studio(rulings: Rulings, decision: Decision) -> Rulings:
    by = str(decision.detail.get("by", ""))
    return replace(rulings, replaced={**rulings.replaced, decision.target: by})


def _not_recommending(rulings: Rulings, decision: Decision) -> Rulings:
    return replace(rulings, not_recommending=decision.kind == "not_recommending")


def _paper(rulings: Rulings, decision: Decision) -> Rulings:
    return replace(rulings, paper={**rulings.paper, **decision.detail})


def _version(rulings: Rulings, decision: Decision) -> Rulings:
    return replace(rulings, chosen=(*(c for c in rulings.chosen if c != decision.target), decision.target))


def _exclude_file(rulings: Rulings, decision: Decision) -> Rulings:
    return replace(rulings, excluded=rulings.excluded | {decision.target})


def _material(rulings: Rulings, decision: Decision) -> Rulings:
    return replace(
        rulings, placed={**rulings.placed, decision.target: dict(decision.detail)}, excluded=rulings.excluded - {decision.target}
    )


_APPLY: Mapping[str, Callable[[Rulings, Decision], Rulings]] = {
    "claim": _claim,
    "split": _split,
    "accept_late": _accept_late,
    "not_accept_late": _not_accept_late,
    "waive": _waive,
    "explain": _explain,
    "approve": _approve,
    "category": _category,
    "quota_letter": _quota_letter,
    "withdraw_studio": _withdraw,
    "replace_studio": _replace_studio,
    "not_recommending": _not_recommending,
    "recommending": _not_recommending,
    "paper": _paper,
    "version": _version,
    "exclude_file": _exclude_file,
    "material": _material,
}


def ruled_campaign(campaign: Campaign, decisions: Iterable[Decision]) -> Campaign:
    """The campaign as staff moved it on: a `deadline` adds a version from the moment it was decided, `roster` confirms a row and corrects it,
    `contact` corrects how to reach a union; each stands until a later one says otherwise."""
    in_force = decisions_in_force(decisions)
    moved = tuple(_decision_to_deadline(d) for d in in_force if d.kind == "deadline" and d.detail.get("at"))
    rows = {i.name: i for i in campaign.institutions}
    about = [d for d in in_force if d.kind in ("roster", "contact") and d.institution in rows]
    if not moved and not about:
        return campaign
    for decision in about:
        rows[decision.institution] = _corrected_row(rows[decision.institution], decision)
    return replace(campaign, deadlines=(*campaign.deadlines, *moved), institutions=tuple(rows.values()))


def ruled_mode(decisions: Iterable[Decision]) -> str:
    """The mode of sending that staff chose last, empty while the settings' own stands."""
    return next((str(d.detail.get("mode", "")) for d in reversed(decisions_in_force(decisions)) if d.kind == "mode"), "")


def _decision_to_deadline(decision: Decision) -> Deadline:
    at = datetime.fromisoformat(str(decision.detail["at"]))
    return Deadline(at=at, effective_from=decision.decided_at, reason=decision.reason, decided_by=decision.decided_by)


def _corrected_row(institution: Institution, decision: Decision) -> Institution:
    if decision.kind == "contact":  # what is named stands, an empty word too: there is no telephone any more
        named = {name: str(decision.detail[name]) for name in ("phone", "contact", "email") if name in decision.detail}
        return replace(institution, **named)  # type: ignore[arg-type]
    changed = {name: str(decision.detail[name]) for name in ("unit_class", "email", "phone") if decision.detail.get(name)}
    return replace(institution, confirmed=True, **changed)  # type: ignore[arg-type]


def names_studio(target: str, names: Sequence[str], owners: Iterable[str]) -> bool:
    """True when a decision's studio name means the studio that bears these names."""
    known = tuple(owners)
    wanted, core = clean_studio(target, known), studio_core(target, known)
    return any(wanted == clean_studio(n, known) or (core and core == studio_core(n, known)) for n in names)


def ruled_institution(institution: Institution, rulings: Rulings) -> Institution:
    """The roster row as staff confirmed it (category decision)."""
    if not rulings.unit_class:
        return institution
    return replace(institution, unit_class=rulings.unit_class, confirmed=True)
