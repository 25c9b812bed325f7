"""Shell: a letter answered by hand from the desk - the words staff typed go out between greeting and foot, after minutes to take them back."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from intake.message import Message
from intake.submission import Received
from notifier.letters import KEPT_BACK, compose_reply, held_institutions
from notifier.post import drop_letters, letter_to_record
from service.decisions import record_decision
from service.desk.decide import back_to, deed
from service.desk.door import here
from service.desk.shown.words import OUTBOX_STATES
from service.refusals import Slip

page = Blueprint("answer", __name__)
LONGEST = 4000


def can_be_answered(message: Message | None) -> bool:
    """Whether a person may write back: never to a machine, never to an address that cannot be."""
    return bool(message and message.answerable and message.sender.address)


@page.post("/letter/<sha>/reply")
def reply(sha: str) -> Response:
    """Put the answer into the outbox and close the question."""
    record, message = here.ledger().one_letter(sha), here.ledger().opening(sha)
    if record is None or message is None or not can_be_answered(message):
        abort(404)
    text = request.form.get("text", "").replace("\r\n", "\n").strip()[:LONGEST]
    if not text:
        return back_to(deed("没有写内容，什么都没有发。"))
    office, ledger = here.office(), here.ledger()
    claim = ledger.one_claim(sha)
    institution = (claim.institution or "") if claim else ""
    case = ledger.case_number(institution, office.campaign.case_prefix) if institution else sha[:8].upper()
    delay = office.settings.pacing.approval_delay_minutes
    letter = compose_reply(Received(message, record.received_at), institution, case, text, office.campaign, office.clock(), delay)
    letter = replace(letter, key=free_key(letter.key))
    held = institution in held_institutions(ledger.decisions())
    row = letter_to_record(letter, office.campaign, office.settings.mode, held=held)
    if not ledger.enqueue(row):
        state = next((OUTBOX_STATES.get(r.state, r.state) for r in [ledger.one_outbox(letter.key)] if r), "")
        return back_to(deed(f"同样的话已经答复过这封信（{state}），没有再拟一封。"))
    number = close_question(sha, message, institution)
    here.desk().bell.ring()
    after = "演练中，只拟不发" if row.state == "draft" else KEPT_BACK if row.state == "held" else f"{delay:g} 分钟后发出"
    return back_to(deed(f"答复已拟好，发给 {letter.recipient}，{after}。", f"reply:{number}:{letter.key}", number))


def free_key(key: str) -> str:
    """The key of these words to this letter; another one where they were taken back before."""
    number, own = 1, key
    while (row := here.ledger().one_outbox(own)) is not None and row.state == "dropped":
        number += 1
        own = f"{key}-{number}"
    return own


def close_question(sha: str, message: Message, institution: str) -> int:
    """The question is off 今日, in the name of who answered; gives the decision's number, 0 where nothing was asked."""
    if message.kind != "question" and "question" not in message.intents:
        return 0
    made = record_decision(here.office(), "answered", {"letter": sha, "institution": institution}, here.person().name, "写信答复")
    return made.decision.number


@page.post("/reply/undo")
def undo() -> Response:
    """Take the answer back while it has not left, and open the question again."""
    key, number = request.form.get("key", ""), request.form.get("number", "0")
    row = here.ledger().one_outbox(key)
    if row is None or row.kind != "reply" or not drop_letters(here.ledger(), (key,), here.office().settings, here.office().clock()):
        return back_to(deed("收不回来：这封答复已经发出、正在发送，或早已收回。"))
    try:
        if number.isdigit() and int(number):
            record_decision(here.office(), "undo", {"number": number}, here.person().name)
    except Slip:
        pass  # somebody has opened the question again already
    here.desk().bell.ring()
    return back_to(deed("答复已收回，没有发出；这件事回到“今日”。要改就重新写一封。"))
