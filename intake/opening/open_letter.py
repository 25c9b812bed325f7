"""Core: the door of the room - raw bytes of a letter to a `Message`; total, pure, and bounded in time and memory."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace

from intake.message import MACHINES, Address, Attachment, CloudFile, Message
from intake.opening.body import Body, texts_to_body
from intake.opening.body_leaf import texts_to_leaf
from intake.opening.containers.contents import Member
from intake.opening.found import Found, Text
from intake.opening.headers.addresses import MOST_ADDRESSES, header_to_addresses, is_only_address, is_plausible
from intake.opening.headers.dates import header_to_date
from intake.opening.headers.encoded_words import LONGEST_VALUE, clean_header, decode_words, has_hidden_breaks, header_to_text
from intake.opening.headers.head import Head
from intake.opening.judgement import Case, is_written_by_a_person, judge
from intake.opening.mime import Part
from intake.opening.senders.authentication import head_to_authentication
from intake.opening.senders.bounces import clean_id
from intake.opening.senders.robots import Traits, Verdict, find_robot
from intake.opening.senders.second_opinion import Opinion, head_to_opinion
from intake.opening.text.hidden_files import find_hidden_files
from intake.opening.tree import Tree

OPENER_VERSION = "3"

_PASSWORD = re.compile(
    r"(?:解压|压缩包|打开|文件|附件|提取)?\s*(?:密码|口令|password|pwd)\s*(?:是|为|均为|都是|统一为)?\s*[:：]?\s*[\"“「]?([A-Za-z0-9@#$%^&*!_.+-]{3,32})",
    re.I,
)
_OF_PASSWORDS = ("密码", "口令", "password", "pwd")
_LONGEST_SUBJECT = 1000
UNOPENED = "未能拆解的来信.eml"


def raw_to_message(raw: bytes, own_addresses: Sequence[str] = ()) -> Message:
    """One letter, opened: any bytes give a Message. `own_addresses` are the intake mailbox's own; leaves carry their payload.

    What could not be read or opened is in `problems` and in the leaves' `problem`; nothing is dropped in silence.
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
    if verdict is None or not verdict.strong:
        _keep_unopened(raw, tree, body)
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
        authentication=head_to_authentication(head),
        attachments=tree.without_logos(body.pictures),
        body_leaves=_body_leaves(found, body, subject, own),
        left_out=tuple(dict.fromkeys(found.left_out)),
        cloud_files=body.cloud_files,
    )
    if verdict and is_written_by_a_person(message, verdict, body.cut.new):
        verdict = None
    return judge(_with_text(message, body, verdict, found), Case(verdict, own, found, senders, opinion))


def _keep_unopened(raw: bytes, tree: Tree, body: Body) -> None:
    """The net: a letter that shows marks of files which nothing was made of is kept whole as a leaf that a person must look at."""
    hidden = find_hidden_files("\n".join(text.text for text in tree.found.texts if not text.html)) or find_hidden_files(body.whole)
    parted = any(problem.code == "open-parts" for problem in tree.found.problems)
    if not hidden and not tree.found.grown_together and not (parted and not body.whole):
        return
    why = hidden or ("附件的编码混进了别的部分" if tree.found.grown_together else "来信声明带有附件结构，但没有找到各个部分")
    tree.found.note("M08", "来信结构", f"{why}，未能还原成附件；整封来信原样保存，请人工查看")
    digest = hashlib.sha256(raw).hexdigest()
    tree.found.leaves.append(Attachment(UNOPENED, (UNOPENED,), len(raw), digest, "message/rfc822", problem="corrupt", payload=raw))


def _body_leaves(found: Found, body: Body, subject: str, own: frozenset[str]) -> tuple[Attachment, ...]:
    """The texts that are material: the letter's own, then those of the letters enclosed in it, but never of one of ours."""
    leaves: list[tuple[tuple[str, ...], Member | None]] = [((), texts_to_leaf(found.texts, body, subject))]
    for nested in found.nested[:20]:
        senders = {address.address.lower() for address in header_to_addresses(nested.part.head.first("from"))}
        if not senders & own:
            leaves.append((nested.path, texts_to_leaf(nested.texts, texts_to_body(nested.texts, ""))))
    for enclosed in found.enclosed[:20]:
        words = (Text(enclosed.text, html=False, group=0),)
        leaves.append((enclosed.path, texts_to_leaf(words, texts_to_body(words, ""))))
    return tuple(_body_leaf(path, member) for path, member in leaves if member)


def _body_leaf(path: tuple[str, ...], member: Member) -> Attachment:
    digest = hashlib.sha256(member.payload).hexdigest()
    return Attachment(
        member.name, (*path, member.name), len(member.payload), digest, member.media_type, inline=True, payload=member.payload
    )


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
    """Who wrote it, each address once: a From line without an address yields to one that has one, and to Sender."""
    shown = _addresses(head, "from", found)
    distinct = {address.address.lower(): address for address in reversed(shown) if address.address}
    senders = tuple(reversed(distinct.values()))
    usable = tuple(address for address in senders if is_plausible(address.address))
    return usable or senders or tuple(a for a in _addresses(head, "sender", found) if a.address) or shown


def _addresses(head: Head, name: str, found: Found) -> tuple[Address, ...]:
    addresses = tuple(address for value in head.all(name)[:20] for address in header_to_addresses(value))
    if len(addresses) >= MOST_ADDRESSES:
        found.note("open-addresses", name, "收发件地址过多，只读取前一部分")
    return addresses[:MOST_ADDRESSES]


def _references(head: Head) -> tuple[str, ...]:
    return tuple(re.findall(r"<[^<>\s]{1,400}>", header_to_text(head.first("references")[:20_000])))[:100]


def _traits(root: Part, found: Found, subject: str, sender: Address, body: Body) -> Traits:
    return Traits(root.head, subject, sender.address.lower(), sender.name, body.spoken, frozenset(found.media_types), root.media_type)


def _second_opinion(head: Head, found: Found, subject: str, sender: Address) -> Opinion:
    """mail-parser's reading; noted only where it is sound itself and still differs (it leaves quoted encoded words, china-mail.md c3)."""
    opinion = head_to_opinion(head)
    if opinion.address_defects:
        opinion = replace(opinion, address_defects=tuple(d for d in opinion.address_defects if not _is_harmless(d, head)))
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


def _is_harmless(defect: str, head: Head) -> bool:
    """An oddity that leaves no doubt who is meant: the header shows one address and no other."""
    name = defect.partition(":")[0]
    raw = b" ".join(head.all(name))
    addresses = header_to_addresses(raw)
    return len(addresses) == 1 and is_only_address(raw, addresses[0].address)


def _is_sound(text: str) -> bool:
    return bool(text) and "=?" not in text and not any(c == "\ufffd" or "\ud800" <= c <= "\udfff" for c in text)


def _squeeze(text: str) -> str:
    return "".join(text.split())[:500]


def _with_text(message: Message, body: Body, verdict: Verdict | None, found: Found) -> Message:
    """A machine's words are kept whole: its text is the evidence. A person's are cut to what is new."""
    whole = verdict is not None and verdict.kind in MACHINES - {"notice"}
    cut = body.cut
    enclosed = [_nested_text(nested.part, nested.texts) for nested in found.nested[:20]] + [
        f"【附件中的邮件】\n{letter.head}\n\n{letter.text[:100_000]}" for letter in found.enclosed[:20]
    ]
    history = "\n\n".join(filter(None, [cut.quoted, *enclosed]))
    return replace(
        message,
        text=(body.whole if whole else cut.new)[:200_000],
        quoted=("" if whole else history)[:500_000],
        forwarded_from=cut.forwarded_from,
        forwarded_date=cut.forwarded_date,
        passwords=_passwords(cut.new[:50_000]),
        cloud_files=message.cloud_files + _nested_cloud(found),
    )


def _passwords(text: str) -> tuple[str, ...]:
    """What the writer calls the password of a file, as far as he speaks of any."""
    small = text.lower()
    return tuple(dict.fromkeys(_PASSWORD.findall(text)))[:10] if any(word in small for word in _OF_PASSWORDS) else ()


def _nested_text(part: Part, texts: Sequence[Text]) -> str:
    head = part.head
    title = f"主题：{header_to_text(head.first('subject'))[:300]}\n发件人：{header_to_text(head.first('from'))[:300]}\n日期：{header_to_text(head.first('date'))[:100]}"
    return f"【附件中的邮件】\n{title}\n\n{texts_to_body(texts, '').whole[:100_000]}"


def _nested_cloud(found: Found) -> tuple[CloudFile, ...]:
    """Links in a letter that was attached are sent as much as its files are."""
    return tuple(file for nested in found.nested[:20] for file in texts_to_body(nested.texts, "").cloud_files)
