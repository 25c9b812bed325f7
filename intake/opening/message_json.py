"""Core: a Message as JSON - the round-trip form for the ledger (without payloads) and the contract's form for other programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from intake.message import Address, Attachment, Authentication, Bounce, CloudFile, Message, Problem, Volume


def message_to_json(message: Message) -> dict[str, Any]:
    """Everything but the payloads; `json_to_message` gives an equal Message back."""
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


def json_to_message(value: Mapping[str, Any]) -> Message:
    """The Message that `message_to_json` wrote; keys that an older version did not know take their defaults."""
    bounced = value.get("bounced")
    origin = value.get("forwarded_from")
    return Message(
        sha256=value["sha256"],
        message_id=value.get("message_id", ""),
        in_reply_to=value.get("in_reply_to"),
        references=tuple(value.get("references", ())),
        subject=value.get("subject", ""),
        sender=Address(**value.get("sender", {})),
        reply_to=_to_addresses(value, "reply_to"),
        to=_to_addresses(value, "to"),
        cc=_to_addresses(value, "cc"),
        date=_to_moment(value.get("date")),
        received=tuple(datetime.fromisoformat(text) for text in value.get("received", ())),
        kind=value.get("kind", "empty"),
        intents=tuple(value.get("intents", ())),
        answerable=value.get("answerable", False),
        unanswerable=value.get("unanswerable", ""),
        reply_to_elsewhere=value.get("reply_to_elsewhere", False),
        authentication=Authentication(**value.get("authentication", {})),
        text=value.get("text", ""),
        quoted=value.get("quoted", ""),
        attachments=tuple(_to_attachment(leaf) for leaf in value.get("attachments", ())),
        body_leaves=tuple(_to_attachment(leaf) for leaf in value.get("body_leaves", ())),
        left_out=tuple(value.get("left_out", ())),
        cloud_files=tuple(_to_cloud_file(file) for file in value.get("cloud_files", ())),
        bounced=Bounce(**bounced) if bounced else None,
        forwarded_from=Address(**origin) if origin else None,
        forwarded_date=_to_moment(value.get("forwarded_date")),
        passwords=tuple(value.get("passwords", ())),
        content_key=value.get("content_key", ""),
        problems=tuple(Problem(**problem) for problem in value.get("problems", ())),
    )


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


def _to_addresses(value: Mapping[str, Any], key: str) -> tuple[Address, ...]:
    return tuple(Address(**address) for address in value.get(key, ()))


def _to_moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _to_attachment(value: Mapping[str, Any]) -> Attachment:
    volume = Volume(**value["volume"]) if value.get("volume") else None
    return Attachment(**{**value, "path": tuple(value["path"]), "volume": volume})


def _to_cloud_file(value: Mapping[str, Any]) -> CloudFile:
    return CloudFile(**{**value, "expires_at": _to_moment(value.get("expires_at"))})
