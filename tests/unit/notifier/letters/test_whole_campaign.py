"""A simulated clock runs the whole campaign, 26 July to 6 August, through the real claims, checks, stations and ledger; and a full queue drains."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from config.campaign import Institution
from config.settings import Pacing
from intake.belt import assess_letters
from intake.books.ledger import Ledger
from intake.records import LetterRecord, OutboxRecord
from intake.submission import Received
from notifier.belt.institutions import compose_letters, compose_reminders, queue_digests_due, queue_heartbeat, send_letters
from tests.generator.people import make_head, make_row, make_studio
from tests.generator.received import basic_info, file, letter, narrative, summary
from tests.unit.notifier.letters.cases import ZONE, at, campaign, digest, settings
from tests.unit.notifier.letters.desk import RememberingLine

TICK = timedelta(minutes=30)
END = at(8, 9, 0, month=8)
NAMES = ("海晏大学", "云岭学院", "松涛大学", "鹤鸣学院", "静默大学", "婉谢学院", "迟到大学", "临门学院", "末班大学", "匿名学院", "四席大学")
COMPLETE, CORRECTED, STUBBORN, LATER, SILENT, DECLINED, LATE, LAST_MINUTE, MIDNIGHT, STRANGER, FOUR = NAMES


def institution(name: str, number: int) -> Institution:
    return Institution(name=name, domains=(f"u{number}.example",), unit_class="ordinary", confirmed=True, email=f"gh@u{number}.example")


ROSTER = tuple(institution(name, number) for number, name in enumerate(NAMES))


@dataclass
class World:
    """Everything that happens outside, by the time it reaches the mailbox."""

    rng: random.Random = field(default_factory=lambda: random.Random(2022))
    letters: list[Received] = field(default_factory=list)

    def post(self, name: str, when: str, *, studios: int = 1, without: str = "", only: int | None = None, **more: object) -> None:
        """One letter of an institution with its studios; `without` leaves one kind of form out, `only` sends that studio's 附件4 alone."""
        seeded = random.Random(name)
        made = [make_studio(seeded, name, "employee" if i < 2 else "model_worker") | {"filled_on": "2022-07-26"} for i in range(studios)]
        files = [] if only is not None else list(self.tables(seeded, name, made))
        for number, studio in enumerate(made):
            if only is not None and number != only:
                continue
            if not (without == "basic_info" and number == 0):
                files.append(file(f"附件4 {studio['studio']}.docx", basic_info(studio)))
            if only is None:
                files.append(file(f"申报材料 {studio['studio']}.docx", narrative(studio["studio"], studio["leader.name"], seed=number)))
        sender = str(more.pop("sender", f"gh@u{NAMES.index(name)}.example"))
        self.letters.append(letter(when, *files, sender=sender, subject=f"{name}报送材料", **more))

    def tables(self, rng: random.Random, name: str, made: list[dict[str, object]]) -> Iterator[object]:
        """附件1 and 附件2 for these studios."""
        for category, annex in (("model_worker", "附件1"), ("employee", "附件2")):
            chosen = [studio for studio in made if studio["category"] == category]
            if chosen:
                rows = [make_row(rng, studio, number) for number, studio in enumerate(chosen, 1)]
                yield file(f"{annex}汇总表.xlsx", summary(category, make_head(rng, name) | {"filled_on": "2022-07-26"}, rows))


def story() -> World:
    """Eleven institutions, each with a course of its own."""
    world = World()
    world.post(COMPLETE, "07-27 09:10", studios=3)
    world.post(CORRECTED, "07-28 10:00", without="basic_info")
    world.post(CORRECTED, "08-01 11:00", only=0)
    world.post(STUBBORN, "07-29 14:00", studios=2, without="basic_info")
    world.post(LATER, "07-30 16:20", without="basic_info")
    world.post(LATER, "08-03 09:30", only=0)
    world.letters.append(
        letter(
            "07-29 08:40",
            sender="gh@u5.example",
            subject=f"{DECLINED}今年不推荐",
            text="我校今年不推荐。",
            intents=("not_recommending",),
            kind="empty",
        )
    )
    world.post(LATE, "08-06 09:00")
    world.post(LAST_MINUTE, "08-05 23:59:58", studios=2)
    world.post(MIDNIGHT, "08-06 00:02")
    world.post(FOUR, "07-31 10:00", studios=4)
    world.letters.append(letter("07-28 21:00", file("附件.docx"), sender="someone@mail.example", subject="附件"))
    return world


@dataclass
class Run:
    """One run of the clock: what was recorded, and what left."""

    ledger: Ledger
    line: RememberingLine

    def rows(self, institution: str = "", *kinds: str) -> list[OutboxRecord]:
        return [r for r in self.ledger.outbox() if (not institution or r.institution == institution) and (not kinds or r.kind in kinds)]

    def sent(self, institution: str) -> list[str]:
        return [r.kind for r in sorted(self.rows(institution), key=lambda r: r.sent_at or r.created_at) if r.state == "sent"]


def run_campaign(ledger: Ledger, world: World, until: datetime = END) -> Run:
    """Tick by tick: the mailbox is polled (but for three hours of outage), everything owed is done, the post goes out."""
    office = replace(campaign(), institutions=ROSTER)
    rules = replace(settings(), pacing=replace(Pacing(), seconds_between=0.0))
    line = RememberingLine()
    waiting = sorted(world.letters, key=lambda r: r.received_at)
    now = at(26, 0, 0)
    while now <= until:
        if not at(31, 3, 0) < now < at(31, 6, 0):
            ledger.note_health("last_poll_ok", now.isoformat())
            arrived = [r for r in waiting if r.received_at <= now]
            waiting = waiting[len(arrived) :]
            if arrived:
                record(ledger, arrived, now)
                assess_letters(ledger, office, now)
        if now == at(29, 9, 0):
            ledger.decide("not_recommending", by="赵值班", at=now, institution=DECLINED)
            assess_letters(ledger, office, now)
        compose_letters(ledger, office, rules, now)
        compose_reminders(ledger, office, rules, now)
        queue_digests_due(ledger, office, rules, now)
        queue_heartbeat(ledger, office, rules, now)
        send_letters(ledger, rules, office, still(now), lambda _s: None, connect=lambda: line)
        now += TICK
    return Run(ledger, line)


def still(moment: datetime):  # type: ignore[no-untyped-def]
    """A clock that stands."""
    return lambda: moment


def record(ledger: Ledger, arrived: list[Received], now: datetime) -> None:
    """The letters as fetched, opened and read."""
    for received in arrived:
        row = LetterRecord(sha256=received.sha256, received_at=received.received_at, fetched_at=now, size=1, state="new", folder="INBOX")
        ledger.record_fetched([row], [])
        ledger.record_opening(received.sha256, received.message, "test")
        for reading in received.readings.values():
            ledger.record_reading(reading, "test")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with Ledger.open(tmp_path_factory.mktemp("campaign") / "ledger.db") as ledger:
        yield run_campaign(ledger, story())


pytestmark = pytest.mark.slow


def test_who_sent_everything_hears_once_and_is_never_reminded(run: Run) -> None:
    assert [row.kind for row in run.rows(COMPLETE) if row.state == "sent"] in (["complete"], ["supplement"])
    assert not run.rows(COMPLETE, "reminder_t3", "reminder_t1")


def test_who_completed_before_the_reminder_is_not_reminded(run: Run) -> None:
    assert run.sent(CORRECTED) == ["supplement", "correction"]


def test_who_never_completes_gets_each_reminder_once(run: Run) -> None:
    assert run.sent(STUBBORN) == ["supplement", "reminder_t3", "reminder_t1"]


def test_who_completed_between_the_reminders_gets_only_the_first(run: Run) -> None:
    assert run.sent(LATER) == ["supplement", "reminder_t3", "correction"]


def test_reminders_leave_at_nine_on_their_days(run: Run) -> None:
    moments = {(row.kind, row.institution): row.sent_at for row in run.rows("", "reminder_t3", "reminder_t1") if row.state == "sent"}
    assert moments[("reminder_t3", STUBBORN)] == at(2, 9, 0, month=8)
    assert moments[("reminder_t1", STUBBORN)] == at(4, 9, 0, month=8)


def test_the_silent_hear_nothing_and_who_declines_hears_once(run: Run) -> None:
    assert run.rows(SILENT) == []
    assert run.sent(DECLINED) == ["not_recommending"]


def test_late_borderline_and_last_second_letters_are_answered_each_in_its_way(run: Run) -> None:
    assert run.sent(LATE) == ["late"]
    assert run.sent(MIDNIGHT) == ["borderline"]
    [row] = [row for row in run.rows(LAST_MINUTE) if row.state == "sent"]
    assert row.kind in ("complete", "supplement")
    text = message_from_bytes(row.raw, policy=default).get_body(("plain",)).get_content()
    assert "2022年8月5日23时59分（北京时间），在规定时限内" in text


def test_a_stranger_is_asked_once(run: Run) -> None:
    asked = [row for row in run.rows() if row.kind == "unclaimed"]
    assert [row.recipient for row in asked] == ["someone@mail.example"]


def test_the_quota_letter_waits_for_a_person_to_the_end(run: Run) -> None:
    assert [row.state for row in run.rows(FOUR, "approved") if row.state != "dropped"] == ["held"]  # one made anew takes the old one's place


def test_digests_come_on_the_right_days_and_at_the_right_hours(run: Run) -> None:
    made = [(record.day[5:], record.slot) for record in run.ledger.digests()]
    mornings = ["07-26", "07-27", "07-28", "07-29", "08-01", "08-02"]
    both = [(day, slot) for day in ("08-03", "08-04", "08-05") for slot in ("08:30", "16:30")]
    assert made == [(day, "08:30") for day in mornings] + both + [("08-08", "08:30")]
    sent = Counter(row.recipient for row in run.rows() if row.kind == "digest" and row.state == "sent")
    assert sent == {"zhao@office.example": len(made), "qian@office.example": len(made)}


def test_the_outage_was_told_once_and_its_end_once(run: Run) -> None:
    kinds = Counter(row.key.rsplit("-", 2)[0] for row in run.rows() if row.kind == "notice")
    assert kinds == {"notice-outage": 2, "notice-recovery": 2}


def test_the_report_of_the_day_after_lists_everybody_once_and_right(run: Run) -> None:
    reports = [row for row in run.rows() if row.kind == "final_report"]
    assert [row.sent_at for row in reports] == [at(6, 8, 30, month=8)] * 2
    mail = message_from_bytes(reports[0].raw, policy=default)
    assert [part.get_filename() for part in mail.iter_attachments()] == ["最终报告.xlsx", "附件1附件2合并表.xlsx"]
    lines = mail.get_body(("plain",)).get_content().splitlines()
    lists = {lines[i].strip("　")[2:].partition("（")[0]: lines[i + 1].strip("　") for i in range(len(lines)) if "所）" in lines[i]}
    assert lists["按期未齐"] == STUBBORN
    assert lists["时间待认定"] == MIDNIGHT
    assert lists["不推荐"] == DECLINED
    assert set(lists["未报送"].split("、")) == {SILENT, STRANGER, LATE}
    assert set(lists["按期收齐"].split("、")) == {COMPLETE, CORRECTED, LATER, LAST_MINUTE, FOUR}


def test_nobody_ever_got_the_same_letter_or_an_answer_twice(run: Run) -> None:
    answered = Counter(sha for row in run.rows() if row.state == "sent" for sha in row.answers)
    assert set(answered.values()) == {1}
    identities = Counter(message_from_bytes(raw)["Message-ID"] for _, raw in run.line.taken)
    assert set(identities.values()) == {1}


def test_a_full_queue_drains_over_days_within_the_cap_and_in_the_order_of_the_deadline(ledger: Ledger) -> None:
    rules = replace(settings(), pacing=replace(Pacing(), seconds_between=0.0))
    office, line = campaign(), RememberingLine()
    for number in range(120):
        urgent = number % 2 == 1
        ledger.enqueue(
            OutboxRecord(
                key=f"row-{number:03d}", kind="question", institution="", recipient=f"u{number}@queue.example", subject="x",
                message_id=f"<{digest(str(number))[:32]}@office.example>", raw=f"Subject: {number}\r\n\r\nx\r\n".encode(), state="queued",
                created_at=at(26) + timedelta(seconds=number), priority=70 if urgent else 50,
            )
        )  # fmt: skip
    sent_on: Counter[int] = Counter()
    now = datetime(2022, 7, 26, 10, 5, tzinfo=ZONE)
    while ledger.outbox("queued") and now < at(31):
        report = send_letters(ledger, rules, office, still(now), lambda _s: None, connect=lambda: line)
        assert report.sent <= rules.pacing.per_quarter_hour
        sent_on[now.day] += report.sent
        now += timedelta(minutes=15)
    assert sum(sent_on.values()) == 120
    assert max(sent_on.values()) <= rules.pacing.per_day
    order = [int(recipient[1:].partition("@")[0]) for recipient, _ in line.taken]
    assert order == [n for n in range(120) if n % 2] + [n for n in range(120) if not n % 2]
