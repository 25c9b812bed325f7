"""Shell: a look into 已发送 once an hour - did somebody else send in our name, and what have staff answered by hand in the webmail."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from intake.books import FOREIGN_SENT, WITNESS_ABSENT, Ledger
from intake.errors import MailboxRefused
from intake.mailbox import Mailbox
from notifier.belt import read_todo
from service.office import Office

log = logging.getLogger("intake.sent")
LOOKED_AT_SENT = "looked_at_sent"
EVERY = timedelta(hours=1)
BY, ANSWERED = "程序", "“已发送”中有对这封来信的回复"


def look_at_sent(office: Office, ledger: Ledger, mailbox: Mailbox) -> None:
    """What 已发送 tells, at most once an hour, also when it would not tell: what comes in must not wait for what went out."""
    now, looked = office.clock(), ledger.health_note(LOOKED_AT_SENT)
    if looked and timedelta() <= now - datetime.fromisoformat(looked) < EVERY:
        return
    ledger.note_health(LOOKED_AT_SENT, now.isoformat())
    try:
        notice_another(office, ledger, mailbox)
        close_answered(ledger, mailbox, now)
    except MailboxRefused as refusal:
        log.warning("“已发送”：%s", refusal)


def notice_another(office: Office, ledger: Ledger, mailbox: Mailbox) -> None:
    """Letters in 已发送 that this program wrote and these books do not know were sent by a second service on this mailbox, or by newer books
    than these. From then on nothing leaves without a person's click."""
    now = office.clock()
    if office.settings.mode == "rehearsal" or not office.settings.smtp.host:
        return
    seen = mailbox.sent_by_us((now - timedelta(days=2)).date())
    foreign = ledger.not_ours(seen)
    with ledger.immediate():
        note_witness(office, ledger, bool(seen - foreign))
        if foreign and not ledger.health_note(FOREIGN_SENT) and office.settings.mode == "automatic":
            ledger.decide("mode", by=BY, at=now, detail={"mode": "approve"}, reason="“已发送”中有账外的信，可能有两套程序同用一个信箱")
        ledger.note_health(FOREIGN_SENT, str(len(foreign)) if foreign else "")


def note_witness(office: Office, ledger: Ledger, keeps: bool) -> None:
    """Whether 已发送 keeps copies of what surely left, while it is to be the witness of letters of unknown fate; staff are told when not."""
    now = office.clock()
    left = ledger.sent_since(now - timedelta(days=2), until=now - timedelta(minutes=10))
    if keeps or not office.settings.smtp.sent_folder_witness:
        ledger.note_health(WITNESS_ABSENT, "")
    elif left:
        ledger.note_health(WITNESS_ABSENT, now.isoformat())


def close_answered(ledger: Ledger, mailbox: Mailbox, now: datetime) -> None:
    """Questions that staff answered from the webmail are closed by a decision like their own, which they may take back; it is made once."""
    waiting = [item for item in read_todo(ledger) if item.label == "咨询" and item.since]
    if not waiting:
        return
    said = {decision.target for decision in ledger.decisions() if decision.kind == "answered" and decision.decided_by == BY}
    replied = mailbox.answered_by_hand(min(item.since for item in waiting if item.since).date())
    for item in waiting:
        asked = ledger.opening(item.target)
        if asked is not None and asked.message_id in replied and item.target not in said:
            ledger.decide("answered", by=BY, at=now, institution=item.institution, target=item.target, reason=ANSWERED)
