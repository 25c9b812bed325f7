"""Shell: 今日 - what wants a person today, each with its evidence and its form; then what came in, and what is about to leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, render_template
from markupsafe import Markup

from intake.message import Attachment
from intake.submission import Decision
from notifier.letters import letter_to_address
from service.desk import queries
from service.desk.answer import can_be_answered
from service.desk.door import here
from service.desk.shown.forms import Ask, card_asks
from service.desk.shown.sources import Source, finding_sources, time_lines
from service.desk.shown.views import Card, evidence_of, text_to_excerpt

page = Blueprint("today", __name__)
SHOWN, RECENT = 25, 60
ABOUT_TIME = frozenset({"D02", "D03", "D04"})


@page.get("/")
def show() -> str:
    """The first page of the day."""
    office, ledger = here.office(), here.ledger()
    now = office.clock()
    decided = queries.targets_just_decided(here.standing(), now)
    found = [card for card in queries.cards(ledger, here.stamp()) if not (card.target and card.target in decided)]
    recent = [x for x in queries.mails(ledger, here.stamp())[:RECENT] if now - x.at <= timedelta(days=1, hours=12)]
    return render_template(
        "today.html",
        cards=drawn_cards(found[:SHOWN]) if found else "",
        more=max(0, len(found) - SHOWN),
        count=len(found),
        fresh=recent[:20],
        waiting=queries.outbox_lines(ledger, ("queued",))[:20],
        settled=settled_today(),
    )


def drawn_cards(cards: Sequence[Card]) -> Markup:
    """The cards, drawn again only when the books or the people have changed."""
    people = tuple(p.name for p in here.store().people() if p.decides)
    shown = tuple(card.key for card in cards)
    return here.kept_page("_cards.html", (people, shown), lambda: {"cards": [shown_card(card) for card in cards], "people": people})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """摆出来的卡: a card with its letter's first lines and files, what speaks for each candidate, its forms, and who sees to it."""

    card: Card
    asks: tuple[Ask, ...]
    excerpt: str
    files: tuple[Attachment, ...]
    reasons: tuple[tuple[str, tuple[str, ...]], ...]
    phone: str
    whom: str
    sources: tuple[Source, ...] = ()
    times: tuple[str, ...] = ()
    answer_to: str = ""


def shown_card(card: Card) -> Shown:
    """A card with all that is needed to decide it on the spot."""
    ledger, campaign = here.ledger(), here.office().campaign
    message = queries.find_message(ledger, card.letter) if card.letter else None
    claim = ledger.one_claim(card.letter) if card.label in ("归属", "邮箱") and card.letter else None
    assessment = queries.find_assessment(ledger, campaign, card.institution, here.mark(card.institution)) if card.institution else None
    unit = campaign.institution(card.institution)
    finding = next((f for f in assessment.findings if f.key == card.target), None) if assessment and card.target else None
    about_time = finding is not None and finding.code in ABOUT_TIME
    return Shown(
        card=card,
        asks=card_asks(card, assessment, campaign),
        excerpt=text_to_excerpt(message) if message else "",
        files=message.attachments[:8] if message and card.label == "归属" else (),
        reasons=evidence_of(claim)[:3],
        phone=unit.phone if unit else "",
        whom=assigned(card),
        answer_to=letter_to_address(message) if message and card.label == "咨询" and can_be_answered(message) else "",
        sources=finding_sources(finding, assessment) if finding and assessment else (),
        times=time_lines(assessment, campaign, here.office().clock()) if assessment and about_time else (),
    )


def assigned(card: Card) -> str:
    """Who is to see to it, "" when nobody was named."""
    words = [str(d.detail.get("person", "")) for d in here.standing() if d.kind == "assign" and d.target == card.key]
    return words[-1] if words else ""


def settled_today() -> list[Decision]:
    """What was decided today and still stands, newest first."""
    zone = here.office().campaign.zone
    return [d for d in reversed(here.standing()) if d.decided_at.astimezone(zone).date() == here.today() and d.kind != "assign"][:20]
