"""Core: the letter that carries the final report (T+1) to staff - five lists of institutions and where the rest is to be found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from config.campaign import Campaign
from intake.submission import Assessment
from notifier.digest.page import award_sentence
from notifier.digest.workdays import MORNING, slot_moment
from notifier.letter import Wording
from notifier.letters import campaign_to_facts, render_letter
from notifier.standing import SELDOM, Standing, assessment_to_standing, everyone
from notifier.wording import deadline_day

STILL_WANTED = timedelta(days=7)


def final_report_key(campaign: Campaign, now: datetime) -> str:
    """The report's identity: one for each deadline."""
    return f"final-{deadline_day(campaign.deadline_at(now).at, campaign).isoformat()}"


def is_final_report_due(campaign: Campaign, now: datetime) -> bool:
    """True from 8:30 on the day after the deadline, working day or not, for a week: a service started in autumn owes none."""
    morning = slot_moment(deadline_day(campaign.deadline_at(now).at, campaign) + timedelta(days=1), MORNING, campaign)
    return morning <= now < morning + STILL_WANTED


def compose_final_report(assessments: Mapping[str, Assessment], campaign: Campaign, greeting: str, now: datetime, unmade: Sequence[str] = ()) -> Wording:
    """The letter: every institution of the roster stands on exactly one list."""
    people = everyone(assessments, campaign)
    lists: dict[str, list[str]] = {standing.value: [] for standing in Standing}
    for person in people:
        lists[assessment_to_standing(person).value].append(person.institution.name)
    facts: dict[str, Any] = {
        **campaign_to_facts(campaign, now),
        "greeting": greeting,
        "counts": Counter({title: len(names) for title, names in lists.items()}),
        "groups": [{"title": title, "names": names} for title, names in lists.items() if names or Standing(title) not in SELDOM],
        "unmade": "、".join(f"《{name}》" for name in unmade),
        "award": award_sentence(people, campaign),
    }
    return render_letter("final_report", facts, campaign.letters)
