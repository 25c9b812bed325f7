"""Core: messages and assessments as the JSON that other programs may rely on (`intake open`, `check`, `status`)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from intake.message import Address, Attachment, Bounce, CloudFile, Message, Problem
from intake.submission import MATERIALS, UNNAMED, Assessment, Finding, Material, StudioSubmission, Submission


def message_to_json(message: Message) -> dict[str, Any]:
    """Everything but the payloads."""
    return {
        "sha256": message.sha256,
        "message_id": message.message_id,
        "in_reply_to": message.in_reply_to,
        "references": list(message.references),
        "subject": message.subject,
        "sender": _address(message.sender),
        "reply_to": [_address(address) for address in message.reply_to],
        "to": [_address(address) for address in message.to],
        "cc": [_address(address) for address in message.cc],
        "date": _moment(message.date),
        "received": [moment.isoformat() for moment in message.received],
        "kind": message.kind,
        "intents": list(message.intents),
        "answerable": message.answerable,
        "unanswerable": message.unanswerable,
        "reply_to_elsewhere": message.reply_to_elsewhere,
        "authentication": asdict(message.authentication),
        "text": message.text,
        "quoted": message.quoted,
        "attachments": [_attachment(leaf) for leaf in message.attachments],
        "body_leaves": [_attachment(leaf) for leaf in message.body_leaves],
        "left_out": list(message.left_out),
        "cloud_files": [_cloud_file(file) for file in message.cloud_files],
        "bounced": _bounce(message.bounced),
        "forwarded_from": _address(message.forwarded_from) if message.forwarded_from else None,
        "forwarded_date": _moment(message.forwarded_date),
        "passwords": list(message.passwords),
        "content_key": message.content_key,
        "problems": [_problem(problem) for problem in message.problems],
    }


def message_to_contract(message: Message, file: str) -> dict[str, Any]:
    """One line of `intake open --json` (CONTRACT.md), with a few keys more than it promises."""
    whole = message_to_json(message)
    sender = whole.pop("sender")
    contract = {"file": file, "sha256": whole.pop("sha256"), "from": sender}
    whole["message_id"] = message.message_id or None
    return contract | whole


def _address(address: Address) -> dict[str, str]:
    return {"name": address.name, "address": address.address}


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _attachment(leaf: Attachment) -> dict[str, Any]:
    return {
        "name": leaf.name,
        "path": list(leaf.path),
        "size": leaf.size,
        "sha256": leaf.sha256,
        "media_type": leaf.media_type,
        "inline": leaf.inline,
        "problem": leaf.problem,
    } | ({"volume": asdict(leaf.volume)} if leaf.volume else {})


def _cloud_file(file: CloudFile) -> dict[str, Any]:
    return {
        "name": file.name,
        "url": file.url,
        "provider": file.provider,
        "size": file.size,
        "expires_at": _moment(file.expires_at),
        "quoted": file.quoted,
    }


def _bounce(bounce: Bounce | None) -> dict[str, str] | None:
    return {"recipient": bounce.recipient, "message_id": bounce.message_id, "reason": bounce.reason} if bounce else None


def _problem(problem: Problem) -> dict[str, str]:
    return {"code": problem.code, "where": problem.where, "message": problem.message}


def assessment_to_contract(assessment: Assessment) -> dict[str, Any]:
    """The JSON of `intake check` and of one row of `intake status` (CONTRACT.md); waived findings are left out."""
    active = [s for s in assessment.submission.studios if not s.withdrawn]
    return {
        "institution": assessment.institution.name,
        "complete": assessment.complete,
        "timeliness": assessment.timeliness,
        "studios": [studio_to_contract(s) for s in active] or _unnamed_studio(assessment.submission),
        "findings": [_finding_to_contract(f) for f in assessment.findings if f.state != "waived"],
    }


def _unnamed_studio(submission: Submission) -> list[dict[str, Any]]:
    """Nothing readable names a studio, yet kept files may be its materials: a line without a name, so that they are seen as kept."""
    kept = {m for version in submission.unread for m in version.may_be}
    if not kept or submission.studios:
        return []
    materials = {m.value: "received_unread" if m in kept else "missing" for m in MATERIALS}
    return [{"name": UNNAMED, "category": None, "leader": "", "materials": {**materials, Material.PAPER.value: "not_registered"}}]


def studio_to_contract(studio: StudioSubmission) -> dict[str, Any]:
    """One line of the matrix."""
    materials = {m.value: studio.materials[m].status for m in Material}
    return {"name": studio.name, "category": studio.category, "leader": studio.leader, "materials": materials}


def _finding_to_contract(found: Finding) -> dict[str, Any]:
    where = {"file": found.where.file, "table": found.where.table, "row": found.where.row, "field": found.where.field}
    return {
        "code": found.code, "severity": found.severity, "audience": found.audience, "studio": found.studio,
        "where": where, "message": found.message, "state": found.state, "key": found.key,
    }  # fmt: skip
