"""Shell: a decision recorded (记下决定) - what terminal, desk and replies to the digest all call; checked against the books, then appended.

Nothing is derived here: the append marks what it changes, and the belt assesses that next. Same decision twice is one decision.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from intake.books import Ledger
from intake.codec import value_to_json
from intake.decisions import decisions_in_force
from intake.submission import Claim, Decision
from service.deciding import DECIDING, Case, Deciding, Details, find_institution, find_letter, part_to_owner
from service.office import Office
from service.refusals import Slip

QUIET = frozenset({"assign", "note", "phoned"})
"""Kinds that change nothing another decision rests on: they make no page stale."""
BY_KIND: Mapping[str, Deciding] = {d.name: d for d in DECIDING}


class Overtaken(Slip):
    """What was shown has changed since: nothing is recorded."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """记下的决定: the decision, and whether it stood already when it was given (a second click)."""

    decision: Decision
    again: bool = False


def record_decision(
    office: Office, kind: str, given: Mapping[str, str], by: str, reason: str = "", seen: str = ""
) -> Recorded:
    """Append what somebody decided, when it means something on the books; raises Slip with the choices when it does not.

    `kind` is the name of a way to decide (`claim`, `accept-late` …, `split`, `undo`), `given` its words as typed (`institution` among them),
    `seen` what `seen_now` gave when the page was shown: when the books hold something else by now, nothing is recorded (Overtaken).
    What stands already in just these words is no change and not overtaken: a second click.
    """
    with office.books() as (ledger, _):
        institution, recorded_kind, target, detail = understood(office, ledger, kind, given, reason)
        with ledger.immediate():
            standing = find_standing(ledger, recorded_kind, institution, target, detail)
            if standing is not None:
                return Recorded(standing, again=True)
            if seen and seen != seen_now(ledger, *seen.split("|", 2)[1:]):
                raise Overtaken("您看过之后情况又有变化，这次没有记下：请看过最新情况再定。")
            made = ledger.decide(
                recorded_kind, by=by, at=office.clock(), institution=institution, target=target, detail=detail, reason=reason
            )
    office.poke()
    return Recorded(made)


def seen_now(ledger: Ledger, institution: str = "", target: str = "") -> str:
    """A short mark of what the books say at this moment about an institution and about the letter it concerns, with those two behind it."""
    standing = decisions_in_force(ledger.decisions())
    return seen_mark(ledger.assessment_mark(institution), ledger.one_claim(target), standing, institution, target)


def seen_mark(assessment: str, claim: Claim | None, standing: Sequence[Decision], institution: str, target: str) -> str:
    """The same from what a page holds already: the assessment's mark, the letter's claim, the decisions in force."""
    about = [d for d in standing if (institution and d.institution == institution) or (target and d.target == target)]
    numbers = ",".join(str(d.number) for d in about if d.kind not in QUIET)
    held = "\n".join((assessment, value_to_json(claim) if claim else "", numbers))
    return f"{hashlib.sha256(held.encode('utf-8', 'replace')).hexdigest()[:16]}|{institution}|{target}"


def understood(
    office: Office, ledger: Ledger, kind: str, given: Mapping[str, str], reason: str
) -> tuple[str, str, str, Details]:
    """Institution, kind, target and detail of what was typed."""
    if kind == "undo":
        return "", "undo", standing_number(ledger, given.get("number", "")), {}
    if kind == "split":
        target, detail = understood_split(office, ledger, given)
        return "", "split", target, detail
    deciding = BY_KIND.get(kind)
    if deciding is None:
        raise Slip(f"没有“{kind}”这种决定，可用：{'、'.join(BY_KIND)}、split、undo。")
    if deciding.wants_reason and not reason:
        raise Slip("请在 --reason 后面写明理由。" if kind != "note" else "要记的话请写在 --reason 后面。")
    nobody = deciding.of_the_office or (deciding.of_anybody and not given.get("institution"))
    name = "" if nobody else find_institution(office.campaign, given.get("institution", ""))
    target, detail = deciding.build(case_of(ledger, office, name), given)
    return name, deciding.kind, target, detail


def case_of(ledger: Ledger, office: Office, institution: str) -> Case:
    """What the books hold about an institution, and every letter."""
    today = office.clock().astimezone(office.campaign.zone).date()
    found = ledger.assessment(institution) if institution else None
    return Case(office.campaign, found, ledger.letter_shas(), today)


def standing_number(ledger: Ledger, typed: str) -> str:
    """The number of a decision in force."""
    number = typed.strip()
    if not number.isdigit() or int(number) not in {d.number for d in decisions_in_force(ledger.decisions())}:
        raise Slip(f"没有第 {number or '？'} 号决定，或已经收回；用 intake decide list 查看。")
    return str(int(number))


def understood_split(office: Office, ledger: Ledger, given: Mapping[str, str]) -> tuple[str, Details]:
    """The letter and whose each file is; `parts` holds one 文件=学校 a line, nothing means the program's own proposal."""
    sha = find_letter(Case(office.campaign, None, ledger.letter_shas()), given.get("letter", ""))
    parts = [line for line in given.get("parts", "").splitlines() if line.strip()]
    claim, message = ledger.one_claim(sha), ledger.opening(sha)
    if not parts and not (claim and claim.split):
        raise Slip("程序没有看出这封信该怎么拆，请逐个写明 文件=学校全称。")
    return sha, {"parts": dict(part_to_owner(part, message.attachments if message else (), office.campaign) for part in parts)}


def find_standing(ledger: Ledger, kind: str, institution: str, target: str, detail: Details) -> Decision | None:
    """The newest word in force on the same matter, when it says exactly this already: a second click makes no second row. Notes may repeat."""
    if kind in ("note", "undo"):
        return None
    matter = _matter(kind, institution, target)
    same = [d for d in decisions_in_force(ledger.decisions()) if _matter(d.kind, d.institution, d.target) == matter]
    newest = same[-1] if same else None
    given = (kind, institution, target, dict(detail))
    return newest if newest and (newest.kind, newest.institution, newest.target, dict(newest.detail)) == given else None


def _matter(kind: str, institution: str, target: str) -> tuple[str, str, str]:
    """What a decision is about: of two about the same matter the later one counts."""
    group = _RIVALS.get(kind, kind)
    if group == "claim":
        return group, "", target
    return group, institution, "" if group == "version" else target


_RIVALS: Mapping[str, str] = {"split": "claim", "recommending": "not_recommending", "material": "exclude_file"}
