"""A simulated clock runs the generator's letters, 26 July to 6 August and the Monday after, through claims, checks, stations and ledger.

The letters come in parts, corrected, repeated, scanned, damaged and linked, among robots and advertisements; `Truth` says what was sent.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from config.campaign import Campaign
from config.load import DEFAULT_CAMPAIGN, load_campaign
from intake.belt import assess_letters
from intake.books.ledger import Ledger
from intake.records import OutboxRecord
from intake.submission import Assessment, Material, Received
from notifier.belt.institutions import compose_letters, compose_reminders, queue_digests_due, send_letters
from notifier.letters.letter_kinds import NEUTRAL, REMINDERS
from tests.generator.campaign import Truth, make_campaign
from tests.unit.notifier.letters.cases import at, settings
from tests.unit.notifier.letters.desk import RememberingLine
from tests.unit.notifier.letters.test_whole_campaign import record, still

TICK, START, END = timedelta(hours=1), at(26, 0, 30), at(8, 9, 30, month=8)
SEED, UNIONS, LETTERS = 8, 12, 70
ELECTRONIC = (Material.SUMMARY_ROW, Material.BASIC_INFO, Material.NARRATIVE)

pytestmark = pytest.mark.slow


@dataclass
class Run:
    """What one run of the clock recorded; `seen` are the assessments as they stood whenever a reminder left."""

    ledger: Ledger
    office: Campaign
    truth: Truth
    letters: tuple[Received, ...]
    seconds: float = 0.0
    seen: dict[datetime, Mapping[str, Assessment]] = field(default_factory=dict)

    def sent(self, *kinds: str) -> list[OutboxRecord]:
        return [row for row in self.ledger.outbox() if row.state == "sent" and row.kind in kinds]

    def wholly_sent(self, name: str) -> bool:
        """True when the union sent every electronic material of every studio in readable form."""
        return all((union, leader, m) in self.truth.readable for union, leader in self.truth.studios if union == name for m in ELECTRONIC)

    def written_by(self, name: str) -> list[Received]:
        return [letter for letter in self.letters if self.truth.writers.get(letter.sha256) == name]


def play(ledger: Ledger) -> Run:
    """Hour by hour: what arrived is registered, everything owed is done, the post goes out."""
    office = load_campaign(DEFAULT_CAMPAIGN)
    letters, truth = make_campaign(office, SEED, institutions=UNIONS, letters=LETTERS)
    rules = replace(settings(), pacing=replace(settings().pacing, per_address_per_day=1000))
    run, line, begun = Run(ledger, office, truth, letters), RememberingLine(), time.process_time()
    waiting = sorted(letters, key=lambda r: r.received_at)
    now = START
    while now <= END:
        arrived = [r for r in waiting if r.received_at <= now]
        waiting = waiting[len(arrived) :]
        if arrived:
            record(ledger, arrived, now)
            assess_letters(ledger, office, now)
        compose_letters(ledger, office, rules, now)
        if compose_reminders(ledger, office, rules, now):
            run.seen[now] = ledger.assessments()
        queue_digests_due(ledger, office, rules, now)
        send_letters(ledger, rules, office, still(now), lambda _s: None, connect=lambda: line)
        now += TICK
    run.seconds = time.process_time() - begun
    return run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with Ledger.open(tmp_path_factory.mktemp("generated") / "ledger.db") as ledger:
        yield play(ledger)


def text_of(row: OutboxRecord) -> str:
    body = message_from_bytes(row.raw, policy=default).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_the_whole_campaign_takes_less_than_two_minutes(run: Run) -> None:
    print(f"letters {len(run.letters)} sent {len(run.sent('complete', 'supplement', 'correction', 'received'))} seconds {run.seconds:.1f}")
    assert run.seconds < 120


def test_each_reminder_leaves_once_and_on_its_day(run: Run) -> None:
    rows = run.sent(*REMINDERS)
    assert {row.kind for row in rows} == {"reminder_t3", "reminder_t1"}
    assert set(Counter((row.institution, row.kind) for row in rows).values()) == {1}
    days = {"reminder_t3": {2, 3}, "reminder_t1": {4, 5}}
    assert all(row.sent_at and row.sent_at.astimezone(run.office.zone).day in days[row.kind] for row in rows)


def test_nobody_is_reminded_who_is_complete_or_silent_at_that_moment(run: Run) -> None:
    for row in run.sent(*REMINDERS):
        assessment = run.seen[row.created_at][row.institution]
        assert not assessment.complete
        assert assessment.submission.letters


def test_nobody_who_had_sent_everything_is_reminded_of_a_missing_form(run: Run) -> None:
    for row in run.sent(*REMINDERS):
        early = all(letter.received_at < row.created_at for letter in run.written_by(row.institution))
        assert not (early and run.wholly_sent(row.institution) and "尚缺" in text_of(row)), row.institution


def test_whoever_lacked_something_at_nine_oclock_was_reminded_or_answered_shortly_before(run: Run) -> None:
    [first] = [moment for moment in run.seen if moment.astimezone(run.office.zone).day == 2][:1]
    lacking = {
        name
        for name, a in run.seen[first].items()
        if a.submission.letters and any(f.severity == "missing" and f.audience == "institution" and f.state == "open" for f in a.findings)
    }
    told = {
        row.institution for row in run.ledger.outbox() if row.sent_at and first - timedelta(hours=12) <= row.sent_at <= at(4, 9, 0, month=8)
    }
    assert lacking
    assert lacking <= told


def test_digests_come_on_the_right_days(run: Run) -> None:
    mornings = ["07-26", "07-27", "07-28", "07-29", "08-01", "08-02"]
    both = [(day, slot) for day in ("08-03", "08-04", "08-05") for slot in ("08:30", "16:30")]
    assert [(r.day[5:], r.slot) for r in run.ledger.digests()] == [(day, "08:30") for day in mornings] + both + [("08-08", "08:30")]


def test_the_report_of_the_day_after_names_everybody_once_and_right(run: Run) -> None:
    reports = run.sent("final_report")
    assert [row.sent_at for row in reports] == [at(6, 8, 30, month=8)] * 2
    lines = text_of(reports[0]).splitlines()
    lists = {
        lines[i].strip("　")[2:].partition("（")[0]: lines[i + 1].strip("　").split("、") for i in range(len(lines)) if "所）" in lines[i]
    }
    named = Counter(name for names in lists.values() for name in names if name != "无")
    assert named == Counter(institution.name for institution in run.office.institutions)
    wrote = {name for name in run.truth.writers.values() if name}
    claimed = {claim.institution for claim in run.ledger.claims().values()}
    assert set(lists["未报送"]) == set(named) - claimed
    assert wrote & set(lists["未报送"]) == wrote - claimed
    complete = set(lists["按期收齐"]) - {"无"}
    assert complete
    for union, leader in run.truth.studios:
        assert union not in complete or all(run.truth.sent((union, leader, m)) for m in ELECTRONIC), union


def test_no_letter_is_answered_twice_and_no_machine_at_all(run: Run) -> None:
    answered = Counter(sha for row in run.ledger.outbox() if row.state == "sent" and row.kind not in NEUTRAL for sha in row.answers)
    assert set(answered.values()) == {1}
    machines = {letter.sha256 for letter in run.letters if run.truth.writers[letter.sha256] is None}
    assert machines
    assert not machines & set(answered)
