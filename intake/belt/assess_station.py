"""Shell: the assessing station (评估) - letters and decisions in, claims and assessments out; everything here can be derived again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from config.campaign import Campaign
from intake.books.ledger import Ledger
from intake.claiming.sender import Known, identify
from intake.judging.assessment import assess_all
from intake.records import OutboxRecord
from intake.submission import Received

LAST_ASSESSED = "last_assessed_at"


def assess_letters(ledger: Ledger, campaign: Campaign, now: datetime) -> int:
    """Whose every letter is and what is to be said about each institution, derived anew; gives how many institutions there are."""
    received = ledger.received()
    decisions = ledger.decisions()
    claims = identify(received, campaign, decisions, known_letters(ledger))
    assessments = assess_all(received, claims, decisions, campaign, now)
    with ledger.immediate():
        ledger.record_claims(claims)
        ledger.record_assessments(assessments)
        ledger.note_health(LAST_ASSESSED, now.isoformat())
        for message_id, moment in _bounces(received, ledger.outbox()):
            ledger.mark_bounced(message_id, moment)
    return len(assessments)


def known_letters(ledger: Ledger) -> Known:
    """What our own letters tell about replies: Message-ID and case number to institution."""
    sent = {row.message_id: row.institution for row in ledger.outbox() if row.institution}
    return Known(sent, ledger.case_numbers())


def _bounces(received: Sequence[Received], outbox: Sequence[OutboxRecord]) -> list[tuple[str, datetime]]:
    """The letters of ours that came back: named by their Message-ID, else the last one sent to that address before the bounce."""
    own = {row.message_id for row in outbox}
    found = []
    for letter in received:
        bounced = letter.message.bounced
        if letter.message.kind != "bounce" or bounced is None:
            continue
        message_id = bounced.message_id if bounced.message_id in own else _last_sent_to(bounced.recipient, letter.received_at, outbox)
        found += [(message_id, letter.received_at)] if message_id else []
    return found


def _last_sent_to(recipient: str, before: datetime, outbox: Sequence[OutboxRecord]) -> str:
    wanted = recipient.strip().lower()
    sent = [(row.sent_at, row.message_id) for row in outbox if wanted and row.recipient.lower() == wanted and row.sent_at]
    return max((pair for pair in sent if pair[0] <= before), default=(before, ""))[1]
