"""Shell: decisions by reply to the digest (答复日报) - one line a matter, only from staff, only with the digest's one-time code, once.

`1 是`, `2 发`, `3 大连理工大学`, `纸质 大连理工大学 2份 已盖章`, `暂停`, `收回 12`. Every digest letter carries a code of its own in its
subject, so a reply brings it along; whoever merely forges the address does not know it. What was done is answered with the numbers by which
it is taken back; a second reply to the same digest letter gets 已办过.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from config.settings import Staff
from intake.books import Ledger
from intake.codec import json_to_value, value_to_json
from intake.message import MACHINES, Message
from intake.opening import weigh_authentication
from intake.records import OutboxRecord
from notifier.belt import queue_to_staff, read_todo
from notifier.letter import Digest, DigestItem, Wording
from notifier.letters import lines_to_blocks, render_frame, text_to_lines
from notifier.post import approve_letters, hold_letters
from notifier.proposals import Proposal
from service.deciding import DECIDING
from service.decisions import record_decision
from service.desk.door.store import Store
from service.office import Office
from service.refusals import Slip

log = logging.getLogger("intake.replies")
CODE = re.compile(r"答复码\s*([A-Z2-7]{8})")
LINE = re.compile(r"^\s*(\d{1,3})\s*[.、．:：)）]?\s*(\S.*)$")
PAPER = re.compile(r"^纸质\s+(\S+)\s+(\d{1,2})\s*份\s+(已盖章|未盖章)(?:\s+(\S+))?$")
UNDO = re.compile(r"^收回\s*(?:第\s*)?(\d{1,6})\s*号?$")
YES = frozenset({"是", "好", "同意", "可以", "办", "对", "行"})
SEND = frozenset({"发", "发出", "批准"})
NO = frozenset({"否", "不", "不是", "先不办", "不发", "先不发"})
MOST_LINES, LOOKED_AT = 40, 300
DONE = "答复日报"
HOW = "答复本邮件也可以办，一行一件（请保留主题）：写“1 是”“2 发”“3 学校全称”，或“纸质 学校全称 2份 已盖章”“暂停”“收回 12”。每封日报只能答复一次。"


def seal(office: Office) -> Callable[[Digest, str, Wording], Wording]:
    """How a digest's letter to one person gets its code: into the subject, with a line that says what may be answered; its items are remembered."""

    def sealed(digest: Digest, key: str, wording: Wording) -> Wording:
        with books(office) as store:
            store.remember(f"digest:{digest.key}", value_to_json(digest.items, tuple[DigestItem, ...]))
            code = make_code(store, key)
        html = wording.html.replace("</body>", f'<p style="font-size:13px;color:#444444;padding:0 12px;">{HOW}</p></body>')
        return Wording(f"{wording.subject}【答复码 {code}】", f"{wording.text.rstrip()}\n\n{HOW}\n", html)

    return sealed


def books(office: Office) -> Store:
    """The desk's own book."""
    return Store.open(office.settings.data / "desk.db")


def make_code(store: Store, key: str) -> str:
    """The code of one digest letter: nobody can make it without this installation's own secret."""
    secret = store.remembered("reply-secret")
    if not secret:
        secret = secrets.token_hex(32)
        store.remember("reply-secret", secret)
    return base64.b32encode(hmac.new(bytes.fromhex(secret), key.encode(), hashlib.sha256).digest()[:5]).decode()


@dataclass(frozen=True, slots=True)
class Reply:
    """答复: a letter from somebody of the staff that answers one of our digest letters."""

    sha256: str
    message: Message
    person: Staff
    row: OutboxRecord

    @property
    def code(self) -> str:
        """The code it carries."""
        found = CODE.search(self.message.subject)
        return found[1] if found else ""


def answer_replies(office: Office, ledger: Ledger) -> int:
    """Do what new replies to digests ask for, and confirm it; gives how many were looked into."""
    with books(office) as store:
        found = list(find_replies(office, ledger, store))
        for reply in found:
            lines = do_reply(office, ledger, store, reply)
            confirm(office, ledger, reply, lines)
            ledger.decide("claim", by=reply.person.name, at=office.clock(), target=reply.sha256, reason=DONE)
            store.remember(f"reply:{reply.sha256}", reply.row.key)
    return len(found)


def find_replies(office: Office, ledger: Ledger, store: Store) -> Iterator[Reply]:
    """The opened letters from staff that answer a digest letter sent to this very person and were not looked into yet."""
    people = {p.address.lower(): p for p in office.settings.staff if p.address}
    lines = [x for x in ledger.letter_lines(limit=LOOKED_AT) if x.sender.lower() in people] if people else []
    lines = [x for x in lines if not x.same_as and not store.remembered(f"reply:{x.sha256}")]
    digests = {row.message_id: row for row in ledger.outbox_kind("digest")} if lines else {}
    done = {d.target for d in ledger.decisions() if d.reason == DONE} if lines else set()  # the desk's own book may be older than the ledger
    for line in lines:
        if line.sha256 in done:
            continue
        message = ledger.opening(line.sha256)
        answered = {message.in_reply_to or "", *message.references} if message else set()
        row = next((digests[i] for i in answered if i in digests), None)
        person = people[line.sender.lower()]
        # An out-of-office note brings the code back and would spend the one answer a digest has.
        if message is None or row is None or message.kind in MACHINES:
            store.remember(f"reply:{line.sha256}", "-") if message else None
        elif row.recipient.lower() == person.address.lower():
            yield Reply(line.sha256, message, person, row)


def do_reply(office: Office, ledger: Ledger, store: Store, reply: Reply) -> list[str]:
    """What came of every line, as sentences; nothing is done when the letter does not prove itself."""
    servers = office.settings.mailbox.authserv_id
    verdict = weigh_authentication(reply.message.authentication, reply.message.sender.address, servers)
    if verdict == "fail" or (servers and verdict != "pass"):
        return ["没有照办：这封信没有通过发件人验证，可能不是您本人发的。请用工作台办。"]
    if not hmac.compare_digest(reply.code.encode(), make_code(store, reply.row.key).encode()):
        return ["没有照办：主题里没有这份日报的答复码。请直接“回复”日报，不要改主题。"]
    if store.remembered(f"spent:{reply.row.key}"):
        return ["已办过：这份日报已经答复过一次，这一次没有再办。其余的请用工作台，或答复下一份日报。"]
    store.remember(f"spent:{reply.row.key}", reply.sha256)
    items = json_to_value(store.remembered(f"digest:{reply.row.key.rpartition('-')[0]}") or "[]", tuple[DigestItem, ...])
    lines = [line.strip() for line in reply.message.text.splitlines() if line.strip()][:MOST_LINES]
    done = [said for line in lines if (said := do_line(office, ledger, reply.person, items, line))]
    return done or ["没有看出要办的事。写法：1 是；2 发；纸质 学校全称 2份 已盖章；暂停。"]


def do_line(office: Office, ledger: Ledger, person: Staff, items: tuple[DigestItem, ...], line: str) -> str:
    """One line done and told; "" for what is no instruction (a greeting, a signature)."""
    try:
        if found := PAPER.match(line):
            day = found[4] or office.clock().astimezone(office.campaign.zone).date().isoformat()
            return record(office, person, "paper", {"institution": found[1], "copies": found[2], "stamped": found[3], "day": day}, line)
        if found := UNDO.match(line):
            return record(office, person, "undo", {"number": found[1]}, line)
        if line.rstrip("。") == "暂停":
            return pause_everything(office, ledger, person)
        if found := LINE.match(line):
            return do_item(office, ledger, person, items, int(found[1]), found[2].rstrip("。 "))
    except Slip as slip:
        return f"“{line}”：没有办。{slip}"
    return ""


def do_item(office: Office, ledger: Ledger, person: Staff, items: tuple[DigestItem, ...], number: int, word: str) -> str:
    """One numbered matter; it must still stand as it was printed."""
    if not 1 <= number <= len(items):
        return f"“{number} {word}”：没有办。这份日报没有第 {number} 件。"
    item = items[number - 1]
    if word in NO:
        return f"第 {number} 件：照您说的，先不办。"
    standing = {(i.label, i.institution, i.target) for i in read_todo(ledger)}
    if (item.label, item.institution, item.target) not in standing and not (item.decision and item.decision.kind == "letters"):
        return f"第 {number} 件：没有办。这件事已经办过，或者情况有变，请到工作台看。"
    proposal = item.decision
    if word in SEND or (word in YES and proposal is not None and proposal.kind == "letters"):
        return approve(office, ledger, proposal, number)
    if proposal is None or proposal.kind not in GIVEN or (word not in YES and proposal.kind != "claim"):
        return f"第 {number} 件：没有办。这一件请到工作台定。"
    whose = word if word not in YES else proposal.institution
    return f"第 {number} 件：" + record(office, person, *named(proposal, whose), f"{number} {word}")


def approve(office: Office, ledger: Ledger, proposal: Proposal | None, number: int) -> str:
    """Let the letters of a matter go."""
    if proposal is None or proposal.kind != "letters":
        return f"第 {number} 件：没有办。这一件没有备好的信。"
    keys = proposal.target.split()
    came = approve_letters(ledger, keys, office.settings, office.clock())
    if came.refused:
        return f"第 {number} 件：" + "；".join(dict.fromkeys(why for _, why in came.refused))
    return f"第 {number} 件：已批准 {len(came.done)} 封，要收回请在工作台“待发”点“收回，先不发”。" if came.done else f"第 {number} 件：信已经办过。"


def pause_everything(office: Office, ledger: Ledger, person: Staff) -> str:
    """Nothing leaves without a click from now on, and what waits is kept back."""
    told = record(office, person, "mode", {"mode": "审核后发"}, "暂停")
    waiting = [r.key for r in ledger.outbox("queued", raw=False) if r.institution]
    count = hold_letters(ledger, waiting, office.settings, office.clock())
    return f"暂停：{told}排着的 {count} 封已退回待审核。"


# How a proposal's values are called on the command line; kinds that want a person to choose more are left to the desk.
GIVEN: Mapping[str, Callable[[Proposal], Mapping[str, str]]] = {
    "claim": lambda p: {"letter": p.target},
    "accept_late": lambda p: {},
    "answered": lambda p: {"letter": p.target},
    "seen": lambda p: {"letter": p.target},
    "phoned": lambda p: {"about": p.target},
    "explain": lambda p: {"finding": p.target},
    "waive": lambda p: {"finding": p.target},
    "approve": lambda p: {"finding": p.target},
    "version": lambda p: {"file": p.target},
    "exclude_file": lambda p: {"file": p.target},
    "not_recommending": lambda p: {},
    "recommending": lambda p: {},
    "split": lambda p: {"letter": p.target},
}
NAMES = {d.kind: d.name for d in reversed(DECIDING)} | {"split": "split"}


def named(proposal: Proposal, institution: str) -> tuple[str, Mapping[str, str]]:
    """A proposal as `record_decision` takes it."""
    return NAMES[proposal.kind], {"institution": institution, **GIVEN[proposal.kind](proposal)}


def record(office: Office, person: Staff, kind: str, given: Mapping[str, str], line: str) -> str:
    """A decision recorded, as a sentence with its number."""
    made = record_decision(office, kind, given, person.name, f"答复日报：{line}"[:200])
    if kind == "undo":
        return f"第 {given['number']} 号决定已收回。"
    number = made.decision.number
    return f"早已这样定过（第 {number} 号决定）。" if made.again else f"已记为第 {number} 号决定（做错了答复“收回 {number}”或到工作台收回）。"


def confirm(office: Office, ledger: Ledger, reply: Reply, lines: list[str]) -> None:
    """Tell every member of staff what was done on whose word; once a reply, whatever happens in between."""
    head = f"{reply.person.name}答复了日报，办理如下："
    foot = "不是您本人答复的，请马上到工作台收回，并改邮箱密码。"
    text = "\n".join([head, *(f"· {line}" for line in lines), "", foot])
    subject = "【收件台】答复日报的办理结果"
    html = render_frame(subject, lines_to_blocks(text_to_lines(text)), office.campaign.letters)
    queue_to_staff(
        ledger, office.campaign, office.settings, office.clock(), kind="notice", key=f"reply-{reply.sha256[:16]}", wording=Wording(subject, text, html)
    )
