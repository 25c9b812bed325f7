"""Core: what a letter is - its one word, its wishes, whether a program may answer it - from everything that was found in it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from intake.message import MACHINES, Address, Attachment, Intent, Kind, Message
from intake.opening.found import Found
from intake.opening.headers.file_names import extension
from intake.opening.senders.answerable import find_reason, replies_elsewhere
from intake.opening.senders.bounces import find_bounce
from intake.opening.senders.robots import Verdict
from intake.opening.senders.second_opinion import Opinion
from intake.opening.text.intents import asks_change, claims_files, find_intents, is_courtesy
from intake.opening.text.new_text import FORWARD_SUBJECT

_NO_MATERIAL = frozenset(("vcf", "ics", "p7s", "asc", "sig"))
_RETURNING = frozenset(("bounce", "read_receipt"))


@dataclass(frozen=True, slots=True)
class Case:
    """案情: what the judgement of one letter rests on beside the Message itself."""

    verdict: Verdict | None
    own: frozenset[str]
    found: Found
    senders: tuple[Address, ...]
    opinion: Opinion


def judge(message: Message, case: Case) -> Message:
    """The letter with its kind, its wishes, its problems and whether it may be answered."""
    own, found = case.own, case.found
    kind, reason = _kind(message, case.verdict, own)
    if kind in _RETURNING:
        reports = [content for _, content in found.reports]
        bounced = find_bounce(reports, _returned(found), message.text, own) if kind == "bounce" else None
        message = replace(message, bounced=bounced, attachments=(), cloud_files=(), body_leaves=())
    if kind in MACHINES:
        message = replace(message, body_leaves=message.body_leaves if kind == "notice" and not _is_own(message, own) else ())
    recalled = case.verdict is not None and case.verdict.recall
    intents = () if kind in MACHINES or recalled else _intents(message)
    if recalled:
        found.note("open-recall", "主题", "对方邮件程序要求撤回一封来信；来信均已保存，未作删除，请人工留意")
    elif not has_files(message) and kind in ("question", "withdrawal", "empty") and claims_files(message.text):
        found.note("M02", "附件", "来信说有附件，但没有可用的附件")
    if kind == "empty" and asks_change(message.text) and not claims_files(message.text):
        kind = "question"  # what was written wrongly is a person's to change, or to ask for anew
    if kind == "empty" and any(problem.code == "open-parts" for problem in found.problems):
        kind = "question"  # something was meant to be sent: a person asks what
    in_doubt = find_reason(message, case.senders, own, case.opinion)
    if in_doubt and not reason:
        found.note("open-address", "回信地址", f"{in_doubt}，不自动答复")
    unanswerable = reason or in_doubt or _courtesy_reason(message, kind)
    return replace(
        message,
        kind=kind,
        intents=intents,
        answerable=not unanswerable,
        unanswerable=unanswerable,
        reply_to_elsewhere=replies_elsewhere(message),
        problems=tuple(found.problems),
        content_key=_content_key(message),
    )


def has_files(message: Message) -> bool:
    """True when the letter carries anything: a file, a link to one, or a text that is material."""
    return bool(message.attachments or message.cloud_files or message.body_leaves)


def is_written_by_a_person(message: Message, verdict: Verdict, new_text: str) -> bool:
    """True when nothing but words speak for a machine and the letter brings files of which it speaks: 退信重发：材料见附件."""
    return verdict.words and not verdict.recall and _has_material(message) and claims_files(new_text)


def _returned(found: Found) -> list[bytes]:
    headers = [content for kind, content in found.reports if kind == "text/rfc822-headers"]
    return found.returned + headers + [nested.raw[:200_000] for nested in found.nested]


def _kind(message: Message, verdict: Verdict | None, own: frozenset[str]) -> tuple[Kind, str]:
    """The contract's single word, and why nobody is to be answered. Files of a half-certain machine still count as sent."""
    material = _has_material(message)
    passed_on = bool(FORWARD_SUBJECT.match(message.subject)) and bool(message.cloud_files)
    if _is_own(message, own):
        mechanical = verdict is not None and verdict.kind in ("auto_reply", "bounce", "read_receipt")
        return ("submission" if material and not mechanical else "notice"), "本邮箱自己发出的信"
    if verdict:
        return (verdict.kind if verdict.strong or not material else "submission"), verdict.reason
    if material or passed_on or message.body_leaves:
        return "submission", ""
    intents = find_intents(message.subject, message.text)
    if is_courtesy(message.text):
        return "empty", ""
    if "withdrawal" in intents or "replacement" in intents:
        return "withdrawal", ""
    return ("question" if "question" in intents else "empty"), ""


def _has_material(message: Message) -> bool:
    return any(_is_material(leaf) for leaf in message.attachments) or any(not file.quoted for file in message.cloud_files)


def _is_material(leaf: Attachment) -> bool:
    return extension(leaf.name) not in _NO_MATERIAL


def _is_own(message: Message, own: frozenset[str]) -> bool:
    sender = message.sender.address.lower()
    return bool(sender) and sender in own


def _intents(message: Message) -> tuple[Intent, ...]:
    intents = find_intents(message.subject, message.text)
    if message.attachments or message.body_leaves or any(not file.quoted for file in message.cloud_files):
        return intents if "submission" in intents else (*intents, "submission")
    return intents


def _courtesy_reason(message: Message, kind: Kind) -> str:
    """A polite echo ends the conversation (c67)."""
    return "只是客气的回信，没有要答复的内容" if kind == "empty" and is_courtesy(message.text) else ""


def _content_key(message: Message) -> str:
    """The same letter re-routed has other trace headers and other bytes, but the same key (runtime.md 0)."""
    date = message.date.isoformat() if message.date else ""
    text = hashlib.sha256((message.text + message.quoted).encode("utf-8", "replace")).hexdigest()
    leaves = sorted(leaf.sha256 for leaf in message.attachments)
    pieces = [message.message_id, date, message.sender.address.lower(), message.subject, text, *leaves]
    return hashlib.sha256("\n".join(pieces).encode("utf-8", "replace")).hexdigest()
