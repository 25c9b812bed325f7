"""Core: what has to be put right (更正) - letters that left on a basis staff have since changed, and decisions nobody was told of.

A letter once sent stays sent; what can be done is to name it and to say what holds now. Both letters wait for a person's click.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from config.campaign import Campaign
from intake.decisions import decisions_in_force
from intake.records import OutboxRecord
from intake.submission import Assessment, Claim, Decision
from notifier.letter import Letter, Occasion
from notifier.letters.compose import facts_to_letter
from notifier.letters.facts import Requests, findings_to_requests, occasion_to_facts
from notifier.letters.history import History
from notifier.letters.letter_kinds import NEUTRAL, TO_STAFF
from notifier.letters.lines import ABOUT_STUDIOS, decision_to_phrase, settled_decisions
from notifier.wording import moment_to_day

# Decisions whose taking back makes a letter untrue that left in between.
TOLD_ON = (*ABOUT_STUDIOS, "not_recommending", "recommending", "accept_late", "paper", "category", "version", "material", "exclude_file", "waive")


@dataclass(frozen=True, slots=True)
class Change:
    """变更: one decision the institution must hear of; `undone` when it was taken back; `key` makes it told once."""

    key: str
    sentence: str
    undone: bool = False


def find_changes(assessment: Assessment, history: History, decisions: Sequence[Decision]) -> tuple[Change, ...]:
    """The changes to be told now; empty while everything has been, or while nothing was ever said to the institution."""
    if not history.left:
        return ()
    name = assessment.institution.name
    found: list[Change] = []
    for decision in settled_decisions(assessment):
        found.append(Change(f"settled:{decision.number}", decision_to_phrase(decision)))
    found += [change for undo in decisions if (change := undo_to_change(undo, decisions, history, name))]
    fresh = tuple(change for change in found if change.key not in history.ever)
    # What waits is written anew together with what came to it.
    waiting = {key for row in history.waiting if row.kind == "changed" for key in row.told}
    return tuple(change for change in found if change in fresh or change.key in waiting) if fresh else ()


def undo_to_change(undo: Decision, decisions: Sequence[Decision], history: History, name: str) -> Change | None:
    """What an institution must hear because a decision was taken back after a letter had told of it."""
    if undo.kind != "undo" or not undo.target.isdigit():
        return None
    taken_back = next((d for d in decisions if d.number == int(undo.target)), None)
    if taken_back is None or taken_back.kind not in TOLD_ON or taken_back.institution != name:
        return None
    stands = taken_back.number in {d.number for d in decisions_in_force(decisions)}
    between = [row for row in letters_left_since(history, taken_back) if row.sent_at and row.sent_at <= undo.decided_at]
    return None if stands or not between else Change(f"undone:{undo.number}", decision_to_phrase(taken_back), undone=True)


def letters_left_since(history: History, decision: Decision) -> tuple[OutboxRecord, ...]:
    """The letters that left for an institution after a decision was made: what it has been told on that basis."""
    return tuple(row for row in history.left if row.kind not in TO_STAFF and (row.sent_at or row.created_at) >= decision.decided_at)


def compose_changed(occasion: Occasion, changes: Sequence[Change], campaign: Campaign) -> Letter:
    """The letter that says what is registered now; its list takes the place of what earlier letters said."""
    requests = findings_to_requests(occasion.assessment.findings, frozenset())
    facts = occasion_to_facts(occasion, Requests(missing=requests.missing), campaign) | {
        "registered": [change.sentence for change in changes if not change.undone],
        "undone": [change.sentence for change in changes if change.undone],
    }
    return facts_to_letter("changed", occasion, facts, campaign, told=tuple(change.key for change in changes), needs_approval=True)


def find_misdirected(assessment: Assessment, history: History, claims: Mapping[str, Claim]) -> tuple[OutboxRecord, ...]:
    """The letters that left in this institution's name as answers to letters that are not, or no longer, its own."""
    own = {letter.sha256 for letter in assessment.submission.letters}
    return tuple(
        row
        for row in history.left
        if row.kind not in NEUTRAL and row.answers and any(sha in claims and sha not in own for sha in row.answers) and retraction_key(row) not in history.ever
    )


def retraction_key(row: OutboxRecord) -> str:
    """What makes a retraction told once."""
    return f"retracted:{row.key}"


def compose_retracted(occasion: Occasion, row: OutboxRecord, campaign: Campaign) -> Letter:
    """The word to whoever got a letter meant for somebody else: it names the letter, and nothing of what stood in it."""
    facts = occasion_to_facts(occasion, Requests(), campaign) | {
        "sent_day": moment_to_day(row.sent_at or row.created_at, campaign),
        "wrong_case": row.case_number,
    }
    return facts_to_letter("retracted", occasion, facts, campaign, told=(retraction_key(row),), needs_approval=True)
