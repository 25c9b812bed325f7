"""Shell: the station that keeps 需您处理 ready for pages - the digest's own items, one list an institution, as JSON beside the books.

It stands here and not in the assessing station because an item also speaks of our own letters (held, failed, come back), which are not
yet composed when an institution is assessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from config.campaign import Campaign
from config.settings import Settings
from intake.books import TODO, Ledger
from intake.codec import json_to_value, value_to_json
from intake.records import Health
from notifier.digest import DigestBasis, in_order, open_items
from notifier.letter import DigestItem

OF_NOBODY = ""
TOGETHER = 32
"""So many lists are written in one transaction."""


def write_todo(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime, names: Iterable[str] | None = None) -> int:
    """Write what waits about these institutions ("" = about none), by default about all; gives how many lists were written."""
    wanted = tuple(dict.fromkeys(_everybody(ledger, campaign) if names is None else names))
    for at in range(0, len(wanted), TOGETHER):
        lists = {name: _derived(ledger, campaign, settings, now, name) for name in wanted[at : at + TOGETHER]}
        with ledger.immediate():
            for name, items in lists.items():
                ledger.record_todo(name, items)
    return len(wanted)


def find_stale_todo(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime) -> tuple[str, ...]:
    """The lists (one Chinese line each) that say something else than the books do now; what is marked as owed is not looked at."""
    owed = ledger.marked(TODO)
    stale = (
        name for name in dict.fromkeys(_everybody(ledger, campaign))
        if name not in owed and list(ledger.todo(name)) != [text for _, text in _derived(ledger, campaign, settings, now, name)]
    )  # fmt: skip
    return tuple(f"待办 {name or '不属于任何单位'}：与重新推出的不同" for name in stale)


def _everybody(ledger: Ledger, campaign: Campaign) -> tuple[str, ...]:
    return (OF_NOBODY, *(i.name for i in campaign.institutions), *ledger.todo_institutions())


def _derived(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime, name: str) -> list[tuple[int, str]]:
    items = in_order(open_items(read_basis(ledger, campaign, settings, now, name)))
    return [(item.urgency, value_to_json(item)) for item in items]


def write_todo_owed(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime) -> int:
    """Write what waits anew where something changed; gives how many lists were looked at."""
    marks = ledger.marked(TODO)
    if marks:
        write_todo(ledger, campaign, settings, now, marks)
        ledger.unmark(TODO, marks)
    return len(marks)


def read_todo(ledger: Ledger, institution: str | None = None) -> tuple[DigestItem, ...]:
    """What waits, most urgent first, as it was last written."""
    return tuple(json_to_value(text, DigestItem) for text in ledger.todo(institution))


def read_basis(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime, name: str) -> DigestBasis:
    """What the items about one institution rest on; about none: strangers' letters, letters set aside, mail of ours to nobody on the roster."""
    received = ledger.letters_of(name)
    found = ledger.assessment(name) if name else None
    return DigestBasis(
        campaign=campaign,
        now=now,
        since=now,
        slot="",
        mode=settings.mode,
        assessments={name: found} if found else {},
        received=received,
        claims=ledger.claims_of(name),
        outbox=ledger.outbox_of(name),
        letters=() if name else (*ledger.letters("quarantined"), *ledger.letters("oversize")),
        unknown=() if name else ledger.unknown_letters(),
        health=Health(values={}) if name else ledger.health(),
        decisions=ledger.decisions(),
    )
