"""Core: letters known and not read (未读来信) - quarantined, refused by the server, too big, never given - and whom each may be from.

Nobody knows what such a letter brings, so it holds back every claim of absence towards whoever it may be from: by the address, by the
domain, by a name in the subject; where nothing tells, towards everybody while the deadline is near.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from config.campaign import Campaign
from intake.claiming.clues import is_personal
from intake.claiming.roster_names import roster_index
from intake.records import UnknownLetter


def letters_to_addressees(
    unknown: Iterable[UnknownLetter], wrote_for: Mapping[str, Iterable[str]], campaign: Campaign, now: datetime
) -> dict[str, tuple[UnknownLetter, ...]]:
    """By institution: the unread letters that may be its own. `wrote_for` tells for whom an address has written before.

    From the campaign's `last_days` on, reminders and reports speak of what has not come, and a letter from nobody known may be anybody's.
    """
    names, domains = roster_index(campaign.institutions)
    registered = {i.email.casefold(): i.name for i in campaign.institutions if i.email}
    near = now >= campaign.deadline_at(now).at - timedelta(days=campaign.thresholds.last_days)
    found: dict[str, list[UnknownLetter]] = {}
    for letter in unknown:
        address = letter.sender.casefold()
        known = {registered[address]} if address in registered else set(wrote_for.get(address, ()))
        owner = domains.find_owner(address) if address and not is_personal(address) else None
        known |= {owner[0]} if owner else set()
        known |= {name for mention in names.mentions(letter.subject) for name in mention.institutions}
        for name in known or ((i.name for i in campaign.institutions) if near else ()):
            found.setdefault(name, []).append(letter)
    return {name: tuple(letters) for name, letters in found.items()}
