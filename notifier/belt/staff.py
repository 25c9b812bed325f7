"""Shell: what staff get by themselves - the digest, the final report, and word when the mailbox or the post stands still."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from config.campaign import Campaign
from config.settings import Settings
from intake.books import Ledger
from intake.records import DigestRecord, OutboxRecord
from notifier.digest import (
    AFTERNOON,
    MORNING,
    DigestBasis,
    compose_digest_page,
    compose_final_report,
    final_report_key,
    find_due_slot,
    is_final_report_due,
)
from notifier.letter import Digest, Enclosure, Wording
from notifier.letters import campaign_to_facts, render_letter
from notifier.post import STOPPED_UNTIL, STOPPED_WHY, day_start, derive_message_id, wording_to_bytes
from notifier.tables import final_report_workbook, make_ledger_workbook, merged_workbook
from notifier.wording import moment_to_clock, moment_to_day, plain_words

SILENCE = timedelta(hours=1)
URGENT, PAGE = 100, 90
SHORT_STOP = "15分钟"
log = logging.getLogger("intake.notifier")


Seal = Callable[[Digest, str, Wording], Wording]
"""What one person's digest letter (by its outbox key) is to say beside the page itself."""


def no_seal(_digest: Digest, _key: str, wording: Wording) -> Wording:
    """The page alone."""
    return wording


def compose_digest(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime, slot: str) -> Digest:
    """The digest as the ledger has it now, with the ledger workbook enclosed; records nothing."""
    received = ledger.received()
    assessments = ledger.assessments(letters={letter.sha256: letter for letter in received})
    basis = DigestBasis(
        campaign=campaign,
        now=now,
        since=last_digest_at(ledger, campaign, now),
        slot=slot if slot in (MORNING, AFTERNOON) else f"{now.astimezone(campaign.zone):%H:%M}",
        mode=settings.mode,
        assessments=assessments,
        received=received,
        claims=ledger.claims(),
        outbox=ledger.outbox(raw=False),
        letters=ledger.letters(),
        unknown=ledger.unknown_letters(),
        decisions=ledger.decisions(),
        digests=ledger.digests(),
        health=ledger.health(),
        staff=tuple(person.name for person in settings.staff),
    )
    local = now.astimezone(campaign.zone)
    enclosures, unmade = make_enclosures((f"台账_{local:%m月%d日_%H%M}.xlsx", lambda: make_ledger_workbook(assessments, campaign, now)))
    return compose_digest_page(replace(basis, unmade=unmade), enclosures)


def make_enclosures(*wanted: tuple[str, Callable[[], bytes]]) -> tuple[tuple[Enclosure, ...], tuple[str, ...]]:
    """The files that go with a page, and the names of those that could not be made: the page leaves without them and says so."""
    made: list[Enclosure] = []
    unmade: list[str] = []
    for name, make in wanted:
        try:
            made.append(Enclosure(name, make()))
        except Exception:
            log.exception("附件%s未能生成", name)
            unmade.append(name)
    return tuple(made), tuple(unmade)


def last_digest_at(ledger: Ledger, campaign: Campaign, now: datetime) -> datetime:
    """Since when letters are new to the staff: the last digest before this one, else yesterday's midnight."""
    earlier = [record.composed_at for record in ledger.digests() if record.composed_at < now]
    return max(earlier, default=day_start(now, campaign, days=-1))


def queue_digest(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime, slot: str, seal: Seal = no_seal) -> Digest:
    """Compose the digest and put one letter to every member of staff into the outbox; one of a slot is recorded as done.

    `seal` gives each person's letter what a reply to it is known by.
    """
    digest = compose_digest(ledger, campaign, settings, now, slot)
    with ledger.immediate():
        queue_to_staff(
            ledger, campaign, settings, now, kind="digest", key=digest.key, wording=digest.wording, enclosures=digest.enclosures,
            sealed=lambda own, wording: seal(digest, own, wording),
        )  # fmt: skip
        if slot in (MORNING, AFTERNOON):
            ledger.record_digest(DigestRecord(day=digest.day, slot=slot, composed_at=now, key=digest.key))
    return digest


def queue_digests_due(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime, seal: Seal = no_seal) -> int:
    """Queue the digest and the final report that are owed at this moment; gives how many pages were composed."""
    made = 0
    if slot := find_due_slot(campaign, ledger.digests(), now):
        queue_digest(ledger, campaign, settings, now, slot, seal)
        made += 1
    return made + queue_final_report(ledger, campaign, settings, now)


def queue_final_report(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime) -> int:
    """The report of the day after the deadline, once, with the reviewers' workbooks enclosed."""
    key = final_report_key(campaign, now)
    if not is_final_report_due(campaign, now) or any(row.key.startswith(key) for row in ledger.outbox_kind("final_report")):
        return 0
    assessments = ledger.assessments()
    enclosures, unmade = make_enclosures(
        ("最终报告.xlsx", lambda: final_report_workbook(assessments, campaign, now)),
        ("附件1附件2合并表.xlsx", lambda: merged_workbook(assessments, campaign)),
    )
    wording = compose_final_report(assessments, campaign, greet(settings), now, unmade)
    return int(queue_to_staff(ledger, campaign, settings, now, kind="final_report", key=key, wording=wording, enclosures=enclosures) > 0)


def queue_heartbeat(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime) -> int:
    """Tell staff when the mailbox has not been reached for an hour, when it is back, and when the provider stopped our post."""
    values = ledger.health().values
    made = 0
    if reached := values.get("last_poll_ok"):
        made += watch_mailbox(ledger, campaign, settings, now, datetime.fromisoformat(reached))
    if until := values.get(STOPPED_UNTIL):
        why = values.get(STOPPED_WHY, "")
        if datetime.fromisoformat(until) > now and SHORT_STOP not in why:
            facts = {"why": plain_words(why, "邮箱服务商暂停了发信"), "until": moment_phrase(datetime.fromisoformat(until), campaign)}
            made += queue_notice(ledger, campaign, settings, now, "notice_stopped", f"notice-stopped-{stamp(until)}", facts)
    return made


def watch_mailbox(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime, reached: datetime) -> int:
    """One notice an outage, and one when it is over - unless the first never left, then neither is needed."""
    outages = [row for row in ledger.outbox_kind("notice") if row.key.startswith("notice-outage-") and row.state != "dropped"]
    if now - reached >= SILENCE:
        facts = {
            "minutes": int((now - reached).total_seconds() // 60),
            "since": moment_phrase(reached, campaign),
            "error": plain_words(ledger.health().values.get("last_poll_error", ""), ""),
        }
        return queue_notice(ledger, campaign, settings, now, "notice_outage", f"notice-outage-{stamp(reached.isoformat())}", facts)
    made = 0
    for row in outages:
        if row.created_at >= reached:
            continue
        if row.state == "queued" and not row.attempts:
            ledger.mark(row.key, "dropped", error="信箱已恢复，不必再发。")
            continue
        key = "notice-recovery-" + row.key.removeprefix("notice-outage-").rpartition("-")[0]
        made += queue_notice(ledger, campaign, settings, now, "notice_recovery", key, {"since": moment_phrase(reached, campaign)})
    return made


def queue_notice(
    ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime, template: str, key: str, facts: dict[str, Any]
) -> int:
    """One notice to every member of staff; gives 1 when it is new."""
    wording = render_letter(template, {**campaign_to_facts(campaign, now), "greeting": greet(settings), **facts}, campaign.letters)
    return int(queue_to_staff(ledger, campaign, settings, now, kind="notice", key=key, wording=wording) > 0)


def queue_to_staff(
    ledger: Ledger,
    campaign: Campaign,
    settings: Settings,
    now: datetime,
    *,
    kind: str,
    key: str,
    wording: Wording,
    enclosures: tuple[Enclosure, ...] = (),
    sealed: Callable[[str, Wording], Wording] | None = None,
) -> int:
    """One letter to each member of staff (one recipient a letter, as NetEase counts); gives how many are new."""
    made = 0
    for number, person in enumerate(settings.staff, 1):
        own = f"{key}-{number}"
        said = sealed(own, wording) if sealed else wording
        message_id = derive_message_id(own, now, campaign.mailbox)
        raw = wording_to_bytes(
            said,
            campaign,
            recipient=person.address,
            message_id=message_id,
            composed_at=now,
            enclosures=enclosures,
            automatic="auto-generated",
        )
        row = OutboxRecord(
            key=own,
            kind=kind,
            institution="",
            recipient=person.address,
            subject=said.subject,
            message_id=message_id,
            raw=raw,
            state="draft" if settings.mode == "rehearsal" else "queued",
            created_at=now,
            priority=URGENT if kind == "notice" else PAGE,
        )
        made += int(ledger.enqueue(row))
    return made


def greet(settings: Settings) -> str:
    """`赵老师、钱老师`."""
    return "、".join(f"{person.name[0]}老师" for person in settings.staff if person.name) or "各位老师"


def moment_phrase(moment: datetime, campaign: Campaign) -> str:
    """`8月2日10时05分`."""
    return moment_to_day(moment, campaign) + moment_to_clock(moment, campaign)


def stamp(iso: str) -> str:
    """An ISO time as part of a key."""
    return f"{datetime.fromisoformat(iso):%Y%m%dT%H%M}"
