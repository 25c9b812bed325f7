"""Core: the door of the room - raw bytes of a letter to a `Message`; total, pure, and bounded in time and memory."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from intake.message import Address, Attachment, CloudFile, Intent, Kind, Message
from intake.opening.found import Found, Text
from intake.opening.headers.addresses import MOST_ADDRESSES, header_to_addresses
from intake.opening.headers.dates import header_to_date
from intake.opening.headers.encoded_words import LONGEST_VALUE, clean_header, decode_words, has_hidden_breaks, header_to_text
from intake.opening.headers.file_names import extension
from intake.opening.headers.head import Head
from intake.opening.mime import Part
from intake.opening.senders.answerable import find_reason
from intake.opening.senders.bounces import clean_id, find_bounce
from intake.opening.senders.robots import Traits, Verdict, find_robot
from intake.opening.senders.second_opinion import Opinion, head_to_opinion
from intake.opening.text.cloud import Line, add_unseen, links_to_cloud_files, text_to_cloud_files
from intake.opening.text.html_text import Page, html_to_page
from intake.opening.text.intents import claims_files, find_intents, is_courtesy
from intake.opening.text.new_text import FORWARD_SUBJECT, Cut, cut_history, text_to_lines
from intake.opening.tree import Tree

OPENER_VERSION = "1"

_PASSWORD = re.compile(
    r"(?:解压|压缩包|打开|文件|附件|提取)?\s*(?:密码|口令|password|pwd)\s*(?:是|为|均为|都是|统一为)?\s*[:：]?\s*[\"“「]?([A-Za-z0-9@#$%^&*!_.+-]{3,32})",
    re.I,
)
_NO_MATERIAL = frozenset(("vcf", "ics", "p7s", "asc", "sig"))
_LONGEST_SUBJECT = 1000


@dataclass(frozen=True, slots=True)
class Body:
    """正文: the displayed text of one letter, cut into new and old, with its cloud files and shown pictures."""

    cut: Cut
    whole: str
    cloud_files: tuple[CloudFile, ...]
    pictures: frozenset[str]
    overflow: str


@dataclass(frozen=True, slots=True)
class Case:
    """案情: what the judgement of one letter rests on beside the Message itself."""

    verdict: Verdict | None
    own: frozenset[str]
    found: Found
    senders: tuple[Address, ...]
    opinion: Opinion


def raw_to_message(raw: bytes, own_addresses: Sequence[str] = ()) -> Message:
    """One letter, opened: any bytes give a Message. `own_addresses` are the intake mailbox's own; attachments carry their payload.

    What could not be read or opened is in `problems` and in the attachments' `problem`; nothing is dropped in silence.
    """
    own = frozenset(address.strip().lower() for address in own_addresses)
    tree = Tree()
    root = tree.open_letter(raw)
    found, head = tree.found, root.head
    subject = _subject(head, found)
    body = texts_to_body(found.texts, subject)
    if body.overflow:
        found.note("open-html", "正文", body.overflow)
    senders = _senders(head, found)
    sender = senders[0] if senders else Address()
    verdict = find_robot(_traits(root, found, subject, sender, body))
    opinion = _second_opinion(head, found, subject, sender)
    message = Message(
        sha256=hashlib.sha256(raw).hexdigest(),
        message_id=clean_id(head.first("message-id")),
        in_reply_to=clean_id(head.first("in-reply-to")) or None,
        references=_references(head),
        subject=subject,
        sender=sender,
        reply_to=_addresses(head, "reply-to", found),
        to=_addresses(head, "to", found),
        cc=_addresses(head, "cc", found),
        date=header_to_date(head.first("date")) or opinion.date,
        received=opinion.received,
        attachments=tree.without_logos(body.pictures),
        left_out=tuple(dict.fromkeys(found.left_out)),
        cloud_files=body.cloud_files,
    )
    return _judged(_with_text(message, body, verdict, found), Case(verdict, own, found, senders, opinion))


def texts_to_body(texts: Sequence[Text], subject: str) -> Body:
    """The words a person sees: of alternatives the plain one, unless it is blank; links always from the HTML one."""
    plain_groups = {text.group for text in texts if text.group and not text.html and text.text.strip()}
    lines: list[tuple[str, bool]] = []
    cloud: list[CloudFile] = []
    pictures: set[str] = set()
    overflow = ""
    for text in texts:
        page = html_to_page(text.text) if text.html else Page(tuple(text_to_lines(text.text)))
        overflow = overflow or page.overflow
        if text.html:
            cut_at = cut_history(page.lines, subject).at
            cloud = add_unseen(cloud, links_to_cloud_files(page.links, cut_at))
            pictures |= page.pictures
        if not (text.html and text.group in plain_groups):
            lines += page.lines
    cut = cut_history(lines, subject)
    spoken = [Line(text, quoted or place >= cut.at or text.lstrip().startswith(">")) for place, (text, quoted) in enumerate(lines)]
    cloud = add_unseen(cloud, text_to_cloud_files(spoken))
    return Body(cut, "\n".join(text for text, _ in lines).strip(), tuple(cloud), frozenset(pictures), overflow)


def _subject(head: Head, found: Found) -> str:
    raw = head.first("subject")
    decoded = decode_words(raw)
    if len(raw) > LONGEST_VALUE or len(decoded) > _LONGEST_SUBJECT:
        found.note("open-subject", "主题", "主题过长，只保留前一部分")
    if has_hidden_breaks(decoded):
        found.note("open-subject", "主题", "主题里藏有换行或空字符，已去除")
    if head.overflow or any(len(value) > LONGEST_VALUE for _, value in head.fields):
        found.note("open-head", "信头", "信头过多或过长，只读取前一部分")
    return clean_header(decoded)[:_LONGEST_SUBJECT].strip()


def _senders(head: Head, found: Found) -> tuple[Address, ...]:
    senders = _addresses(head, "from", found)
    return senders or _addresses(head, "sender", found)


def _addresses(head: Head, name: str, found: Found) -> tuple[Address, ...]:
    addresses = tuple(address for value in head.all(name)[:20] for address in header_to_addresses(value))
    if len(addresses) >= MOST_ADDRESSES:
        found.note("open-addresses", name, "收发件地址过多，只读取前一部分")
    return addresses[:MOST_ADDRESSES]


def _references(head: Head) -> tuple[str, ...]:
    return tuple(re.findall(r"<[^<>\s]{1,400}>", header_to_text(head.first("references")[:20_000])))[:100]


def _traits(root: Part, found: Found, subject: str, sender: Address, body: Body) -> Traits:
    return Traits(root.head, subject, sender.address.lower(), sender.name, body.whole, frozenset(found.media_types), root.media_type)


def _second_opinion(head: Head, found: Found, subject: str, sender: Address) -> Opinion:
    """mail-parser's reading; noted only where it is sound itself and still differs (it leaves quoted encoded words, china-mail.md c3)."""
    opinion = head_to_opinion(head)
    if not opinion.given:
        found.note("open-second", "信头", "信头异常，未作第二次核对")
        return opinion
    if opinion.sender and sender.address and opinion.sender.lower() != sender.address.lower():
        found.note("open-disagree", "发件人", f"发件地址有两种读法：{sender.address}、{clean_header(opinion.sender)[:100]}")
    if _is_sound(opinion.subject) and _squeeze(clean_header(opinion.subject)) != _squeeze(subject):
        found.note("open-disagree", "主题", f"主题有另一种读法：{clean_header(opinion.subject)[:100]}")
    for defect in opinion.address_defects:
        found.note("open-address", "发件人", f"发件地址写法异常（{defect}）")
    return opinion


def _is_sound(text: str) -> bool:
    return bool(text) and "=?" not in text and not any(c == "\ufffd" or "\ud800" <= c <= "\udfff" for c in text)


def _squeeze(text: str) -> str:
    return "".join(text.split())[:500]


def _with_text(message: Message, body: Body, verdict: Verdict | None, found: Found) -> Message:
    """A machine's words are kept whole: its text is the evidence. A person's are cut to what is new."""
    whole = verdict is not None and verdict.kind in ("bounce", "read_receipt", "auto_reply")
    cut = body.cut
    enclosed = [_nested_text(nested.part, nested.texts) for nested in found.nested[:20]] + [
        f"【附件中的邮件】\n{words[:100_000]}" for words in found.enclosed[:20]
    ]
    history = "\n\n".join(filter(None, [cut.quoted, *enclosed]))
    return replace(
        message,
        text=(body.whole if whole else cut.new)[:200_000],
        quoted=("" if whole else history)[:500_000],
        forwarded_from=cut.forwarded_from,
        forwarded_date=cut.forwarded_date,
        passwords=tuple(dict.fromkeys(_PASSWORD.findall(cut.new[:50_000])))[:10],
        cloud_files=message.cloud_files + _nested_cloud(found),
    )


def _nested_text(part: Part, texts: Sequence[Text]) -> str:
    head = part.head
    title = f"主题：{header_to_text(head.first('subject'))[:300]}\n发件人：{header_to_text(head.first('from'))[:300]}\n日期：{header_to_text(head.first('date'))[:100]}"
    return f"【附件中的邮件】\n{title}\n\n{texts_to_body(texts, '').whole[:100_000]}"


def _nested_cloud(found: Found) -> tuple[CloudFile, ...]:
    """Links in a letter that was attached are sent as much as its files are."""
    return tuple(file for nested in found.nested[:20] for file in texts_to_body(nested.texts, "").cloud_files)


def _judged(message: Message, case: Case) -> Message:
    own, found = case.own, case.found
    kind, reason = _kind(message, case.verdict, own)
    if kind in ("bounce", "read_receipt"):
        reports = [content for _, content in found.reports]
        bounced = find_bounce(reports, _returned(found), message.text, own) if kind == "bounce" else None
        message = replace(message, bounced=bounced, attachments=(), cloud_files=())
    intents = () if kind in ("auto_reply", "bounce", "read_receipt", "notice") else _intents(message)
    if not message.attachments and not message.cloud_files and kind in ("question", "withdrawal", "empty") and claims_files(message.text):
        found.note("M02", "附件", "来信说有附件，但没有可用的附件")
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
        problems=tuple(found.problems),
        content_key=_content_key(message),
    )


def _returned(found: Found) -> list[bytes]:
    headers = [content for kind, content in found.reports if kind == "text/rfc822-headers"]
    return found.returned + headers + [nested.raw[:200_000] for nested in found.nested]


def _kind(message: Message, verdict: Verdict | None, own: frozenset[str]) -> tuple[Kind, str]:
    """The contract's single word, and why nobody is to be answered. Files of a half-certain machine still count as sent."""
    material = any(_is_material(leaf) for leaf in message.attachments) or any(not file.quoted for file in message.cloud_files)
    passed_on = bool(FORWARD_SUBJECT.match(message.subject)) and bool(message.cloud_files)
    if _is_own(message, own):
        mechanical = verdict is not None and verdict.kind in ("auto_reply", "bounce", "read_receipt")
        return ("submission" if material and not mechanical else "notice"), "本邮箱自己发出的信"
    if verdict:
        return (verdict.kind if verdict.strong or not material else "submission"), verdict.reason
    if material or passed_on:
        return "submission", ""
    intents = find_intents(message.subject, message.text)
    if is_courtesy(message.text):
        return "empty", ""
    if "withdrawal" in intents or "replacement" in intents:
        return "withdrawal", ""
    return ("question" if "question" in intents else "empty"), ""


def _is_material(leaf: Attachment) -> bool:
    return extension(leaf.name) not in _NO_MATERIAL


def _is_own(message: Message, own: frozenset[str]) -> bool:
    sender = message.sender.address.lower()
    return bool(sender) and sender in own


def _intents(message: Message) -> tuple[Intent, ...]:
    intents = find_intents(message.subject, message.text)
    if message.attachments or any(not file.quoted for file in message.cloud_files):
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
