"""The day's cap: whom it keeps back, and whom it must not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from config.settings import Pacing
from intake.books.ledger import Ledger
from notifier.post.dispatch import STAFF_RESERVE
from tests.unit.notifier.letters.cases import campaign, complete_case, settings
from tests.unit.notifier.letters.desk import Office

MORNING = campaign().deadlines[0].at + timedelta(hours=9)
PACING = Pacing(seconds_between=0.0, per_quarter_hour=1000)


def office_with(ledger: Ledger, kinds: list[str], left: int, pacing: Pacing = PACING) -> Office:
    """An office that has sent so many letters today; one of each of these kinds waits, composed in this order."""
    office = Office(ledger, settings=settings(mode="automatic", pacing=pacing))
    office.lay_in(complete_case(MORNING))
    office.compose(MORNING + timedelta(minutes=31))
    [receipt] = office.rows("queued")
    other = replace(receipt, institution="", answers=())
    for number in range(left):
        ledger.enqueue(replace(other, recipient=f"gh{number}@u.example", key=f"left-{number}", message_id=f"<{number}@x.example>"))
        ledger.mark(f"left-{number}", "sent", at=MORNING)
    for at, kind in enumerate(kinds):
        moment = receipt.created_at + timedelta(seconds=at + 1)
        ledger.enqueue(replace(other, kind=kind, recipient=f"{kind}@v.example", key=kind, message_id=f"<{kind}@x.example>", created_at=moment))
    return office


def left_of(office: Office, moment: datetime = MORNING + timedelta(hours=1)) -> set[str]:
    """The addresses that got a letter by then."""
    office.send(moment)
    return {to for to, _ in office.line.taken}


def test_a_receipt_that_waits_for_tomorrow_keeps_no_page_from_staff(ledger: Ledger) -> None:
    """Before: the first letter that met the cap ended the round, and the six kept for staff stayed where they were."""
    office = office_with(ledger, ["complete", "digest", "notice"], PACING.per_day - STAFF_RESERVE)
    assert left_of(office) == {"digest@v.example", "notice@v.example"}


def test_a_full_day_is_told_with_how_many_wait(ledger: Ledger) -> None:
    office = office_with(ledger, ["complete", "question", "reminder_t3"], PACING.per_day - STAFF_RESERVE)
    assert not left_of(office)
    assert ledger.health_note("post_full").split()[1:] == [str(PACING.per_day), "4"]
