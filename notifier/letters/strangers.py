"""Core: what is said to who has proven nothing (law 14) - that his letter came, and nothing of anybody else's.

A From address can be forged, so what stands in such a letter is not sent on either: no file name and no subject of a stranger reaches an
address that is not proven his, or the office would carry other people's words to a third party under its own name. Only where our own
mail server found the sender genuine are his file names repeated to him.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from config.campaign import Campaign
from intake.submission import Claim, Received
from notifier.letter import Letter, Occasion
from notifier.letters.facts import QUESTION, campaign_to_facts
from notifier.letters.letter_kinds import KINDS
from notifier.letters.owed import letter_to_address
from notifier.letters.render import render_letter
from notifier.letters.unnamed import files_for_sender
from notifier.wording import moments_to_phrase


def compose_stranger(letter: Received, claim: Claim, occasion: Occasion, campaign: Campaign) -> Letter:
    """The neutral word to an unproven sender of material for an institution: what this letter brought, no list, no differences."""
    number = letter.sha256[:8].upper()
    return Letter(
        key=f"stranger-{letter.sha256[:12]}",
        kind="stranger",
        institution=occasion.assessment.institution.name,
        recipient=letter_to_address(letter.message),
        wording=render_letter("stranger", stranger_facts(letter, number, claim, occasion, campaign), campaign.letters),
        composed_at=occasion.now,
        in_reply_to=letter.message.message_id,
        references=letter.message.references,
        answers=(letter.sha256,),
        priority=KINDS["stranger"].priority,
    )


def stranger_facts(letter: Received, number: str, claim: Claim, occasion: Occasion, campaign: Campaign) -> dict[str, Any]:
    """What the two templates to strangers may say."""
    intents = set(letter.message.intents)
    return {
        **campaign_to_facts(campaign, occasion.now),
        "case": number,
        "received": moments_to_phrase([letter.arrived_at], campaign),
        "asks_question": letter.message.kind == "question" or bool(intents & QUESTION),
        "asks_change": bool(intents & {"withdrawal", "replacement", "not_recommending"}) or letter.message.kind == "withdrawal",
        "files": files_for_sender(letter, claim),
        "reviewed": occasion.reviewed,
    }


def compose_unclaimed(letter: Received, campaign: Campaign, now: datetime, recipient: str, *, reviewed: bool = False) -> Letter:
    """The neutral question to a stranger: who are you; asked once an address, judging nothing."""
    number = letter.sha256[:8].upper()
    message = letter.message
    facts = {
        **campaign_to_facts(campaign, now),
        "case": number,
        "received": moments_to_phrase([letter.arrived_at], campaign),
        "asks_question": message.kind == "question" or "question" in message.intents,
        "files": files_for_sender(letter, Claim(None)),
        "reviewed": reviewed,
    }
    return Letter(
        key=f"ask-{number}",
        kind="unclaimed",
        institution="",
        recipient=recipient,
        wording=render_letter("unclaimed", facts, campaign.letters),
        composed_at=now,
        in_reply_to=message.message_id,
        references=message.references,
        answers=(letter.sha256,),
        priority=KINDS["unclaimed"].priority,
    )
