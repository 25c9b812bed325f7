"""Core: what waits because of a finding - a judgement of staff, or a word that needs a click before the institution hears it."""

from __future__ import annotations

from collections.abc import Iterator

from intake.checks import CATALOGUE, Label, staff_message
from intake.submission import Assessment, Finding
from notifier.digest.basis import DigestBasis
from notifier.letter import DigestItem
from notifier.letters import finding_key
from notifier.proposals import Proposal
from notifier.wording import clean_line, clean_punctuation

UNKNOWN = Label("核查", 6)


def finding_items(basis: DigestBasis) -> Iterator[DigestItem]:
    """Open findings for staff, and those that wait for a click before the institution is told; what a held letter asks stands with the letter."""
    told = {key for row in basis.outbox if row.state in ("sent", "sending", "queued", "held") for key in row.told}
    for assessment in basis.assessments.values():
        for finding in assessment.findings:
            wanted = finding.audience != "institution" and finding.severity != "note" and finding.state == "open"
            if wanted and finding.code not in ("M01", "M10") and finding_key(finding) not in told:
                yield finding_item(assessment, finding)


def finding_item(assessment: Assessment, finding: Finding) -> DigestItem:
    """One finding as a decision, in the voice for staff."""
    institution = assessment.institution.name
    label = CATALOGUE[finding.code].label if finding.code in CATALOGUE else UNKNOWN
    title, place, key = label.title, finding.where.file, finding_key(finding)
    action, decision, otherwise = "核实无误的", Proposal("explain", institution, key), (("免于补报的", Proposal("waive", institution, key)),)
    if finding.code == "D03":
        action, decision = "认定按期的", Proposal("accept_late", institution)
        otherwise = (("认定逾期的", Proposal("not_accept_late", institution)),)
    elif finding.code == "Q06":
        action, decision = "确认为普通高校的", Proposal("category", institution, detail={"unit_class": "ordinary"})
        otherwise = (("确认为医科大学的", Proposal("category", institution, detail={"unit_class": "medical"})),)
    elif finding.code == "M16":
        title, decision = wish_to_decision(str(finding.facts.get("事项", "撤回")), institution)
        action, otherwise = "电话核实后登记", (("无需办理的", Proposal("explain", institution, key)),)
    elif finding.code == "M17":
        action, otherwise = "采纳说明的", (("不采纳的", Proposal("refuse", institution, key)),)
    elif finding.audience == "institution_after_approval":
        action, decision = "可以告知学校的", Proposal("approve", institution, key)
        otherwise = (("核实无误的", Proposal("explain", institution, key)),)
    return DigestItem(
        label=title,
        sentence=f"{institution}：{clean_punctuation(staff_message(finding))}",
        urgency=label.urgency,
        evidence=(f"见《{clean_line(place)}》",) if place and place not in finding.message else (),
        action=action,
        decision=decision,
        otherwise=otherwise,
        institution=institution,
        target=key,
        since=assessment.submission.last_received_at,
    )


def wish_to_decision(wish: str, institution: str) -> tuple[str, Proposal]:
    """What a wish is called on the page, and the decision that settles it."""
    if "恢复推荐" in wish:
        return "恢复", Proposal("recommending", institution)
    if "不推荐" in wish:
        return "不推荐", Proposal("not_recommending", institution)
    if "更换" in wish:
        return "更换", Proposal("replace_studio", institution)
    return "撤回", Proposal("withdraw_studio", institution)
