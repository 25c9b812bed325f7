"""Shell: 今日 - what wants a person today, each with its evidence and its form; then what came in, and what is about to leave."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template

from config.campaign import Campaign
from intake.submission import Assessment, Decision
from service.desk import here, queries
from service.desk.forms import Ask, card_asks
from service.desk.views import Card
from service.desk.words import days_left

page = Blueprint("today", __name__)
SHOWN = 40


@page.get("/")
def show() -> str:
    """The first page of the day."""
    office = here.office()
    now = office.clock()
    found = queries.overview(here.ledger(), office.campaign, office.settings, now)
    fresh = [line for line in found.letters if now - line.at <= timedelta(days=1, hours=12)]
    waiting = [line for line in queries.outbox_lines(here.ledger(), "queued") if line.institution or line.recipient]
    return render_template(
        "today.html",
        cards=[(card, asks_of(card, found.assessments, office.campaign), assigned(card)) for card in found.cards[:SHOWN]],
        more=max(0, len(found.cards) - SHOWN),
        count=len(found.cards),
        left=days_left(office.campaign, now),
        fresh=fresh[:20],
        waiting=waiting[:20],
        settled=settled_today(),
        phones={row.name: row.phone for row in found.rows},
        people=[p.name for p in here.store().people() if p.decides],
    )


def asks_of(card: Card, assessments: dict[str, Assessment], campaign: Campaign) -> tuple[Ask, ...]:
    """A card's forms."""
    return card_asks(card, assessments.get(card.institution), campaign)


def assigned(card: Card) -> str:
    """Who is to see to it, "" when nobody was named."""
    words = [str(d.detail.get("person", "")) for d in here.standing() if d.kind == "assign" and d.target == card.key]
    return words[-1] if words else ""


def settled_today() -> list[Decision]:
    """What was decided today and still stands, newest first."""
    zone = here.office().campaign.zone
    today = here.office().clock().astimezone(zone).date()
    return [d for d in reversed(here.standing()) if d.decided_at.astimezone(zone).date() == today and d.kind != "assign"][:20]
