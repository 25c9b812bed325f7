"""Whatever staff do and however the clock runs: nobody is told the same twice, no letter contradicts the matrix, nothing owed is forgotten.

Every seed is a campaign of its own - roster, quotas, paper, quiet minutes, a deadline that moves - with letters out of the generator. Between
the rounds somebody approves, holds, takes back, claims, drops, or settles an item of the page; letters are refused and come back; the
program is started anew; the clock goes forward by two minutes or by two days. A few seeds run always; `COURSES=300 pytest -m slow` runs as
many as one likes.
"""

from __future__ import annotations

import logging
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from config.campaign import Campaign, Deadline, Institution, Quota
from config.load import DEFAULT_CAMPAIGN, load_campaign
from config.settings import Mode, Settings
from intake import codec
from intake.belt import assess_letters
from intake.books import derived, readings, rows
from intake.books import letters as opened
from intake.books.ledger import Ledger
from intake.decisions import decisions_in_force
from intake.records import OutboxRecord
from intake.submission import Received
from notifier.belt import institutions
from notifier.belt.institutions import compose_letters, compose_reminders, send_letters
from notifier.digest import DigestBasis
from notifier.digest.items import find_items
from notifier.letter import DigestItem
from notifier.letters.letter_kinds import TO_STAFF
from notifier.post import mime
from notifier.post.approval import approve_letters, drop_letters, hold_letters, resend_letter
from notifier.post.dispatch import Answer
from notifier.proposals import Proposal
from tests.generator.campaign import make_campaign
from tests.truth import contradictions, letter_stains
from tests.unit.notifier.letters.cases import at, settings
from tests.unit.notifier.letters.desk import RememberingLine
from tests.unit.notifier.letters.test_whole_campaign import record, still

STEPS = (2, 6, 11, 60, 7 * 60, 24 * 60, 48 * 60)
START, END = at(26, 8, 0), at(9, 9, 0, month=8)
FEW, MANY = (11, 12, 13), int(os.environ.get("COURSES", "300"))
OFFICE = load_campaign(DEFAULT_CAMPAIGN)
# What we promised or owe: only somebody's word, or the course of the letter itself, may take it from the page.
PROMISES = ("咨询", "退信", "发信失败", "未告知", "待审")
# What shows something and settles nothing, or wants what only a person knows.
NO_ANSWER = ("show", "look", "retry")
# What is about one matter alone, and settles nothing else.
LOOKED = ("seen", "answered", "phoned", "resend")
REFUSALS = (Answer(550, "5.1.1 User not found", "recipient"), Answer(451, "try again later"), Answer(554, "DT:SPM"))


def make_office(rng: random.Random) -> Campaign:
    """A notice of its own: six institutions of which some are in the address book, other quotas, paper and minutes, a deadline that may move."""
    total = rng.choice((2, 3, 3, 5))
    quota = Quota(total, {category.key: rng.choice((1, 2, total)) for category in OFFICE.categories})
    chosen = tuple(make_institution(rng, i) for i in rng.sample([i for i in OFFICE.institutions if i.domains], 6))
    named = OFFICE.deadlines[0]
    moved = rng.choice(
        (
            (),
            (),
            (Deadline(at(8, 23, 59, month=8), at(3, 15, 0, month=8), "依补充通知"),),
            (Deadline(at(7, 17, 0, month=8), at(6, 10, 0, month=8), "依补充通知"),),
            (Deadline(at(4, 23, 59, month=8), at(30, 9, 0), "依补充通知"),),
        )
    )
    return replace(
        OFFICE, institutions=chosen, deadlines=(named, *moved), paper_copies=rng.choice((0, 1, 2, 2, 3)),
        quotas=dict.fromkeys(OFFICE.quotas, quota),
        thresholds=replace(OFFICE.thresholds, quiet_minutes=rng.choice((0, 10, 10, 45)), grace_minutes=rng.choice((0, 10, 60))),
    )  # fmt: skip


def make_institution(rng: random.Random, institution: Institution) -> Institution:
    """The same in an office that knows its mailbox and its class, or does not."""
    unit_class = rng.choice(("ordinary", "medical", "unknown"))
    return replace(
        institution, email=f"union@{institution.domains[0]}" if rng.random() < 0.6 else "", unit_class=unit_class, confirmed=rng.random() < 0.5
    )


@dataclass
class Course:
    """One campaign under way."""

    path: Path
    rng: random.Random
    office: Campaign
    ledger: Ledger
    rules: Settings
    waiting: list[Received]
    line: RememberingLine
    now: datetime = START

    def step(self) -> None:
        """The clock goes on, what came is registered, somebody may do something, the program works."""
        quiet = find(self)
        self.now += timedelta(minutes=self.rng.choice(STEPS))
        arrived = [r for r in self.waiting if r.received_at <= self.now]
        self.waiting = [r for r in self.waiting if r.received_at > self.now]
        record(self.ledger, arrived, self.now)
        acted = self.rng.random() < 0.7 and self.act()
        if self.rng.random() < 0.15:
            self.ledger.close()
            self.ledger = open_books(self.path)
        if self.rng.random() < 0.1:
            self.line.answers.append(self.rng.choice(REFUSALS))
        self.work()
        assert ALARMS.heard == [], ALARMS.heard
        if not arrived and not acted:
            now = {identity(item) for item in find(self)}
            gone = {identity(item) for item in quiet if item.label in PROMISES and item.label != "待审"} - now
            assert gone == set(), "an item left the page by itself"

    def work(self) -> None:
        """Every station once, and a look at what just left."""
        assess_letters(self.ledger, self.office, self.now)
        compose_letters(self.ledger, self.office, self.rules, self.now)
        compose_reminders(self.ledger, self.office, self.rules, self.now)
        before = {row.key for row in self.ledger.outbox(raw=False) if row.state == "sent"}
        send_letters(self.ledger, self.rules, self.office, still(self.now), lambda _s: None, connect=lambda: self.line)
        left = [row for row in self.ledger.outbox("sent") if row.kind not in TO_STAFF]
        assessments = self.ledger.assessments()
        for row in (row for row in left if row.key not in before):
            wrong = list(contradictions(row, assessments.get(row.institution), self.office, self.now))
            assert wrong == [], (row.key, row.kind, wrong, mime.bytes_to_words(row.raw))
            assert letter_stains(row) == [], (letter_stains(row), row.subject)
        self.examine(left)

    def examine(self, left: list[OutboxRecord]) -> None:
        """No two equal letters to one address, no more a day than the limit, nothing to whom staff keep back."""
        twice = [said for said, n in Counter((row.recipient.lower(), mime.bytes_to_words(row.raw)) for row in left).items() if n > 1]
        assert twice == []
        days = Counter((row.recipient.lower(), row.sent_at.astimezone(self.office.zone).date()) for row in left if row.sent_at)
        assert max(days.values(), default=0) <= self.rules.pacing.per_address_per_day
        waiting = [(r.institution, r.recipient, r.kind, r.told, r.answers) for r in self.ledger.outbox(raw=False) if r.state in ("held", "queued")]
        assert len(waiting) == len(set(waiting)), "two letters wait that say the same"

    def act(self) -> bool:
        """Somebody does something; True when it may have changed what is owed."""
        rows = [row.key for row in self.ledger.outbox(raw=False) if row.state in ("held", "queued", "failed")]
        names = [name for name, a in self.ledger.assessments().items() if a.submission.letters]
        acts = [self.approve, self.hold_row, self.drop, self.bounce, self.undo, self.claim, self.change_mode]
        acts += [self.decide] * 4 + [self.settle] * 4 if names else []
        if not rows and not names:
            return False
        self.rng.choice(acts)(rows, names)
        return True

    def approve(self, rows: list[str], names: list[str]) -> None:
        approve_letters(self.ledger, rows, self.rules, self.now)

    def hold_row(self, rows: list[str], names: list[str]) -> None:
        hold_letters(self.ledger, rows[:1], self.rules, self.now)

    def drop(self, rows: list[str], names: list[str]) -> None:
        drop_letters(self.ledger, rows[-1:], self.rules, self.now)

    def bounce(self, rows: list[str], names: list[str]) -> None:
        sent = self.ledger.outbox("sent", None)
        if sent:
            self.ledger.mark_bounced(self.rng.choice(sent).message_id, self.now)

    def undo(self, rows: list[str], names: list[str]) -> None:
        standing = decisions_in_force(self.ledger.decisions())
        if standing:
            taken = self.rng.choice(standing)
            self.ledger.decide("undo", by="赵值班", at=self.now, institution=taken.institution, target=str(taken.number))

    def claim(self, rows: list[str], names: list[str]) -> None:
        lost = [sha for sha, claim in self.ledger.claims().items() if claim.institution is None]
        if lost:
            owner = self.rng.choice(self.office.institutions).name
            self.ledger.decide("claim", by="赵值班", at=self.now, institution=owner, target=self.rng.choice(lost))

    def change_mode(self, rows: list[str], names: list[str]) -> None:
        mode: Mode = self.rng.choice(("approve", "automatic", "automatic"))
        self.rules = replace(self.rules, mode=mode)

    def decide(self, rows: list[str], names: list[str]) -> None:
        name = self.rng.choice(names)
        assessment = self.ledger.assessments()[name]
        studios = [s.name for s in assessment.submission.active_studios] or [""]
        approvable = [f.key for f in assessment.findings if f.audience == "institution_after_approval" and f.is_open] or [""]
        kind, target, detail = self.rng.choice(
            [
                ("hold", self.rng.choice(("", "reminders")), {}),
                ("withdraw_studio", self.rng.choice(studios), {}),
                ("approve", self.rng.choice(approvable), {}),
                ("quota_letter", "", {"send": True}),
                ("paper", "", {"copies": self.rng.choice((1, 2)), "stamped": self.rng.random() < 0.5, "date": self.now.date().isoformat()}),
                ("accept_late", "", {}),
                ("not_accept_late", "", {}),
                ("not_recommending", "", {}),
            ]
        )
        if target or kind not in ("withdraw_studio", "approve"):
            self.ledger.decide(kind, by="赵值班", at=self.now, institution=name, target=target, detail=detail)

    def settle(self, rows: list[str], names: list[str]) -> None:
        """Somebody settles one item of the page in one of the ways it offers: then it is gone, and no other promise with it."""
        assess_letters(self.ledger, self.office, self.now)
        items = find(self)
        if not items:
            return
        item = self.rng.choice(items)
        ways = [p for p in (item.decision, *(p for _, p in item.otherwise)) if p is not None and p.kind not in NO_ANSWER]
        assert ways, (item.label, "nothing settles it")
        way = self.rng.choice(ways)
        if carry_out(self, way, item):
            assess_letters(self.ledger, self.office, self.now)
            left = {(identity(other), other.sentence) for other in find(self)}
            assert (identity(item), item.sentence) not in left, (way, item)
            promised = {identity(other) for other in items if other.label in PROMISES and other.label != "待审"} - {identity(item)}
            assert way.kind not in LOOKED or promised <= {known for known, _ in left}, (way, item)


def carry_out(course: Course, way: Proposal, item: DigestItem) -> bool:
    """A proposal as a person fills it in; False when it cannot be done at this moment and says so."""
    ledger, rng = course.ledger, course.rng
    if way.kind == "letters":
        return not approve_letters(ledger, way.target.split(), course.rules, course.now).refused
    if way.kind == "drop":
        return bool(drop_letters(ledger, (way.target,), course.rules, course.now))
    if way.kind == "resend":
        return resend_letter(ledger, way.target, f"new{rng.randrange(99)}@mail.example", course.rules, course.office, course.now) is not None
    institution, target, detail = way.institution, way.target, dict(way.detail)
    if way.kind in ("claim", "split") and not institution:
        institution = rng.choice(course.office.institutions).name
    kind, detail = ("claim", {}) if way.kind == "split" else (way.kind, detail)
    studios = [s.name for s in ledger.assessments()[institution].submission.active_studios] if institution in ledger.assessments() else []
    if kind in ("withdraw_studio", "replace_studio", "material"):
        if not studios:
            return False
        target = target or rng.choice(studios)
        detail |= {"studio": rng.choice(studios)} if kind == "material" else {"by": rng.choice(studios)} if kind == "replace_studio" else {}
    if way.kind == "refuse":
        kind, detail = "explain", {"accepted": False}
    ledger.decide(kind, by="赵值班", at=course.now, institution=institution, target=target, detail=detail)
    return True


def find(course: Course) -> tuple[DigestItem, ...]:
    """Everything the page would ask at this moment."""
    ledger = course.ledger
    return find_items(
        DigestBasis(
            campaign=course.office, now=course.now, since=course.now, slot="", mode=course.rules.mode, assessments=ledger.assessments(),
            received=ledger.received(), claims=ledger.claims(), outbox=ledger.outbox(raw=False), letters=ledger.letters(), decisions=ledger.decisions(),
        )
    )  # fmt: skip


def identity(item: DigestItem) -> tuple[str, str, str]:
    """What makes an item the same one tomorrow."""
    return item.label, item.institution, item.letter or item.target


@pytest.fixture(autouse=True, scope="module")
def said_once() -> Iterator[None]:
    """What a text or a letter says does not change: understood once, not at every look of a course - most of its time went there. The
    blank forms that go with a letter are proven elsewhere."""
    patch = pytest.MonkeyPatch()
    decoded = lru_cache(maxsize=4096)(codec.json_to_value)
    for module in (derived, opened, readings, rows):
        patch.setattr(module, "json_to_value", decoded)
    patch.setattr(institutions, "templates_with_failures", lambda _campaign: ((("附件4 基本情况表（空白）.docx", b"PK"),), {}))
    patch.setattr(mime, "bytes_to_text", lru_cache(maxsize=512)(mime.bytes_to_text))
    yield
    patch.undo()


class ReadOnce(Ledger):
    """The books, each plain question asked of the file once as long as nothing is written."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.held: dict[Any, Any] = {}
        self.stamp = -1


def asked_once(name: str) -> Callable[..., Any]:
    """A question of the ledger that is answered from what is held; one about a list of things goes to the file."""
    ask = getattr(Ledger, name)

    def answer(ledger: ReadOnce, *given: Any, **named: Any) -> Any:
        if not all(value is None or isinstance(value, (str, bool)) for value in (*given, *named.values())):
            return ask(ledger, *given, **named)
        written = ledger._database.conn.total_changes
        if ledger.stamp != written:
            ledger.held, ledger.stamp = {}, written
        question = (name, given, tuple(sorted(named.items())))
        if question not in ledger.held:
            ledger.held[question] = ask(ledger, *given, **named)
        return ledger.held[question]

    return answer


for question in ("assessments", "assessment", "received", "claims", "claims_of", "decisions", "outbox", "outbox_of", "letters", "bounced", "health"):
    setattr(ReadOnce, question, asked_once(question))


class Alarms(logging.Handler):
    """Nothing may go wrong behind the scenes: what is logged as an error is raised at the end of the step."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(self.format(record))


ALARMS = Alarms()
logging.getLogger("intake").addHandler(ALARMS)


def open_books(path: Path) -> Ledger:
    """The ledger; that a disk keeps its word is proven elsewhere."""
    ledger = ReadOnce.open(path)
    ledger._database.execute("PRAGMA synchronous = OFF")
    return ledger


def run(seed: int, folder: Path) -> Course:
    """A whole campaign, from the first day to the Tuesday after."""
    rng = random.Random(seed)
    office = make_office(rng)
    letters, _ = make_campaign(office, seed, institutions=rng.choice((2, 3, 4)), letters=rng.choice((6, 10, 14)))
    rules = settings(mode=rng.choice(("approve", "automatic", "automatic")))
    path = folder / "ledger.db"
    ALARMS.heard.clear()
    course = Course(path, rng, office, open_books(path), rules, sorted(letters, key=lambda r: r.received_at), RememberingLine())
    try:
        while course.now < END:
            course.step()
    finally:
        course.ledger.close()
    return course


@pytest.mark.parametrize("seed", FEW)
def test_nothing_is_said_twice_untrue_or_forgotten(seed: int, tmp_path: Path) -> None:
    run(seed, tmp_path)


@pytest.mark.slow
@pytest.mark.skipif("COURSES" not in os.environ, reason="set COURSES=300 for the long sweep")
@pytest.mark.parametrize("seed", range(1000, 1000 + MANY))
def test_nothing_is_said_twice_untrue_or_forgotten_in_hundreds_of_courses(seed: int, tmp_path: Path) -> None:
    run(seed, tmp_path)
