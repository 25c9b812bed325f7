"""Shell: the assessing station (评估) - letters and decisions in, claims and assessments out; everything here can be derived again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from config.campaign import Campaign
from intake.books.health import LAST_ASSESSED
from intake.books.ledger import Ledger
from intake.claiming.sender import Known, identify
from intake.judging.assessment import assess_all
from intake.judging.views import assessment_to_glance, letter_to_line
from intake.records import Glance, LetterLine, OutboxRecord
from intake.submission import Assessment, Claim, Received


def assess_letters(ledger: Ledger, campaign: Campaign, now: datetime) -> int:
    """Whose every letter is and what is to be said about each institution, derived anew; gives how many institutions there are."""
    received = ledger.received()
    decisions = ledger.decisions()
    claims = identify(received, campaign, decisions, known_letters(ledger))
    assessments = assess_all(received, claims, decisions, campaign, now)
    with ledger.immediate():
        ledger.record_claims(claims)
        ledger.record_assessments(assessments)
        ledger.record_views(*_views(ledger, campaign, received, claims, assessments))
        ledger.note_health(LAST_ASSESSED, now.isoformat())
        for message_id, moment in _bounces(received, ledger.outbox()):
            ledger.mark_bounced(message_id, moment)
    return len(assessments)


def _views(
    ledger: Ledger, campaign: Campaign, received: Sequence[Received], claims: Mapping[str, Claim], assessments: Mapping[str, Assessment]
) -> tuple[list[Glance], list[LetterLine]]:
    """The lines of the lists, from what the round holds already."""
    held = {letter.sha256: letter for letter in received}
    lines = [letter_to_line(record, held.get(record.sha256), claims.get(record.sha256)) for record in ledger.letters()]
    return [assessment_to_glance(found, campaign) for found in assessments.values()], lines


def known_letters(ledger: Ledger) -> Known:
    """What our own letters tell about replies: Message-ID and case number to institution, and where each of them went."""
    ours = [row for row in ledger.outbox() if row.institution]
    return Known(
        {row.message_id: row.institution for row in ours}, ledger.case_numbers(), {row.message_id: row.recipient for row in ours}
    )


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
