"""Shell: 待发 - the letters of ours by state; one letter as its reader will see it, with whom it answers and when it leaves."""

from __future__ import annotations

import email
from collections.abc import Mapping
from email import policy

from flask import Blueprint, Response, abort, render_template, request

from intake.message import Message
from intake.records import OutboxRecord
from notifier.letters import TO_STAFF
from notifier.post import split_text
from service.commands.show import record_to_text
from service.desk import queries
from service.desk.door import here
from service.desk.pages.letters import download
from service.desk.shown.words import OUR_KINDS, OUTBOX_STATES

page = Blueprint("outbox", __name__)
SHELVES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "": ("要您看的", ("held", "queued", "sending", "failed")),
    "held": ("待审核", ("held",)),
    "queued": ("待发", ("queued", "sending")),
    "failed": ("没有发出", ("failed",)),
    "draft": ("演练稿", ("draft",)),
    "sent": ("已发", ("sent",)),
    "dropped": ("已弃发", ("dropped",)),
}
PER_PAGE = 100
WHY_HELD: Mapping[str, str] = {
    "approved": "涉及名额、资格、荣誉或撤回，任何方式下都等您点头。",
    "withdrawal": "涉及撤回或更换，任何方式下都等您点头。",
    "deadline_change": "时限调整是大事，任何方式下都等您点头。",
}


@page.get("/outbox")
def show() -> str:
    """The list, newest first."""
    shelf, number = request.args.get("state", ""), max(1, request.args.get("page", 1, type=int))
    states = SHELVES.get(shelf, SHELVES[""])[1]
    staff = request.args.get("staff") == "1"
    lines = [x for x in queries.outbox_lines(here.ledger(), states) if staff or x.kind not in TO_STAFF]
    counts = here.ledger().outbox_states()
    return render_template(
        "outbox.html",
        lines=lines[(number - 1) * PER_PAGE : number * PER_PAGE],
        total=len(lines),
        number=number,
        pages=-(-len(lines) // PER_PAGE),
        shelves=SHELVES,
        counts={key: sum(counts.get(s, 0) for s in states) for key, (_, states) in SHELVES.items()},
        shelf=shelf,
        staff=staff,
        states=OUTBOX_STATES,
        kinds=OUR_KINDS,
        approvable=[x.key for x in lines[:PER_PAGE] if x.state == "held"],
    )


@page.get("/outbox/<key>")
def one(key: str) -> str:
    """One letter of ours."""
    record = here.ledger().one_outbox(key) or abort(404)
    return render_template(
        "our_letter.html",
        r=record,
        text=record_to_text(record),
        body=split_text(record_to_text(record))[1],
        files=enclosures(record),
        answered=[(sha, here.ledger().opening(sha)) for sha in record.answers],
        known=known_address(record),
        why=WHY_HELD.get(record.kind, "“审核后发”的方式下，每封信都等您点头。") if record.state == "held" else "",
        states=OUTBOX_STATES,
        kind=OUR_KINDS.get(record.kind, "去信"),
        delay=here.office().settings.pacing.approval_delay_minutes,
    )


def enclosures(record: OutboxRecord) -> list[tuple[int, str, int]]:
    """The files that leave with a letter: number, name, size."""
    mail = email.message_from_bytes(record.raw, policy=policy.default)
    found = [p for p in mail.walk() if p.get_content_disposition() == "attachment"]
    return [(n, p.get_filename() or "附件", len(p.get_payload(decode=True) or b"")) for n, p in enumerate(found)]


def known_address(record: OutboxRecord) -> str:
    """Where the recipient's address comes from."""
    unit = here.office().campaign.institution(record.institution)
    if unit and unit.email.lower() == record.recipient.lower():
        return "名录登记的邮箱"
    for sha in record.answers:
        message: Message | None = here.ledger().opening(sha)
        if message and message.sender.address.lower() == record.recipient.lower():
            return "来信的邮箱" + ("（名录登记的是另一个）" if unit and unit.email else "（名录没有登记邮箱）")
        if message and any(a.address.lower() == record.recipient.lower() for a in message.reply_to):
            return "来信指定的回信地址，请核对"
    return "工作人员" if record.kind in TO_STAFF else "此前来信的邮箱"


@page.get("/outbox/<key>/file/<int:number>")
def enclosure(key: str, number: int) -> Response:
    """One enclosure, to be looked at before the letter leaves."""
    record = here.ledger().one_outbox(key) or abort(404)
    mail = email.message_from_bytes(record.raw, policy=policy.default)
    found = [p for p in mail.walk() if p.get_content_disposition() == "attachment"]
    if number >= len(found):
        abort(404)
    payload = found[number].get_payload(decode=True)
    return download(payload if isinstance(payload, bytes) else b"", found[number].get_filename() or "附件")
