"""Shell: every read of the desk - the list pages from one overview kept ready, the single pages from single rows.

Parsing everything costs seconds at 2 000 letters, so the lists are made once a change and read by every request without a lock.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from config.campaign import Campaign
from config.settings import Settings
from intake.books.ledger import Ledger
from intake.books.rows import row_to_letter, row_to_outbox, text_to_moment
from intake.codec import json_to_value
from intake.decisions import decisions_in_force
from intake.message import Message
from intake.records import LetterRecord, OutboxRecord
from intake.submission import Assessment, Claim, Decision
from notifier.belt.staff import last_digest_at
from notifier.digest.items import DigestBasis, find_items
from notifier.letter import TO_STAFF
from notifier.standing import everyone, silent
from parsers.form import Reading
from service.desk.views import Card, Glance, LetterLine, assessment_to_glance, item_to_card, letter_to_line, text_to_excerpt

APPROVE = re.compile(r"intake letters approve (.+)")
SHA = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """总览: what the list pages show at one state of the books."""

    stamp: tuple[object, ...] = ()
    rows: tuple[Glance, ...] = ()
    cards: tuple[Card, ...] = ()
    letters: tuple[LetterLine, ...] = ()
    assessments: Mapping[str, Assessment] = field(default_factory=dict)


@dataclass(slots=True)
class OverviewKeeper:
    """Holds the newest overview; it is swapped in whole."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    held: Overview = field(default_factory=Overview)


_KEEPERS: dict[str, OverviewKeeper] = {}


def overview(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime) -> Overview:
    """The overview of the books as they are now."""
    keeper = _KEEPERS.setdefault(str(settings.data.resolve()), OverviewKeeper())
    stamp = (*books_stamp(ledger), hash(campaign.institutions), campaign.deadlines, settings.mode, now.date())
    if keeper.held.stamp != stamp:
        with keeper.lock:
            if keeper.held.stamp != stamp:
                keeper.held = make_overview(ledger, campaign, settings, now, stamp)
    return keeper.held


def books_stamp(ledger: Ledger) -> tuple[object, ...]:
    """A few numbers that change whenever the books say something new."""
    sql = (
        "SELECT (SELECT max(number) FROM decision) d, (SELECT max(rowid) || '/' || count(*) FROM assessment) a,"
        " (SELECT max(rowid) || '/' || count(*) FROM claim) c, (SELECT group_concat(state || n) FROM (SELECT state, count(*) n FROM letter"
        " GROUP BY state ORDER BY state)) l, (SELECT group_concat(state || n || coalesce(s, '')) FROM (SELECT state, count(*) n,"
        " total(number) s, count(bounced_at) b FROM outbox GROUP BY state ORDER BY state)) o, (SELECT count(bounced_at) FROM outbox) b,"
        " (SELECT max(rowid) FROM digest) g"
    )
    return tuple(ledger._rows(sql)[0].values())


def make_overview(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime, stamp: tuple[object, ...]) -> Overview:
    """Everything the list pages show, from whole books."""
    assessments, claims, records, received = ledger.assessments(), ledger.claims(), ledger.letters(), ledger.received()
    messages = {r.sha256: r.message for r in received}
    outbox = ledger.outbox()
    basis = DigestBasis(
        campaign=campaign,
        now=now,
        since=last_digest_at(ledger, campaign, now),
        slot="",
        mode=settings.mode,
        assessments=assessments,
        received=received,
        claims=claims,
        outbox=outbox,
        letters=records,
        decisions=ledger.decisions(),
        digests=ledger.digests(),
        health=ledger.health(),
    )
    texts = {sha: text_to_excerpt(message) for sha, message in messages.items()} | {r.sha256: "" for r in records if r.sha256 not in messages}
    held = [r.key for r in outbox if r.state == "held" and r.kind not in TO_STAFF and r.kind != "approved"]
    cards = tuple(item_to_card(i, texts, claims, outbox_keys(i.label, i.command, i.target, held)) for i in find_items(basis))
    lines = tuple(letter_to_line(r, messages.get(r.sha256) or opening_of_copy(ledger, r), claims.get(r.sha256)) for r in reversed(records))
    return Overview(
        stamp=stamp,
        rows=tuple(assessment_to_glance(a, campaign) for a in everyone(assessments, campaign)),
        cards=cards,
        letters=lines,
        assessments=assessments,
    )


def opening_of_copy(ledger: Ledger, record: LetterRecord) -> Message | None:
    """What is in a letter that `received` leaves out: a copy, or one set aside after it had been opened."""
    return ledger.opening(record.sha256) if record.state in ("opened", "quarantined") else None


def outbox_keys(label: str, command: str, target: str, held: list[str]) -> list[str]:
    """The letters of ours an item speaks of."""
    if label == "待审":
        return held
    found = APPROVE.fullmatch(command)
    return found[1].split() if found else [target] if label == "退信" else []


# Single rows


_PARSED: dict[str, tuple[int, Assessment]] = {}


def find_assessment(ledger: Ledger, campaign: Campaign, name: str) -> Assessment | None:
    """One institution's assessment; of one that has sent nothing the silent one; None for a name the roster does not hold."""
    found = ledger._rows("SELECT assessment FROM assessment WHERE institution = ?", [name])
    if not found:
        unit = campaign.institution(name)
        return silent(unit) if unit else None
    text = found[0]["assessment"]
    held = _PARSED.get(name)
    if held is None or held[0] != hash(text):
        held = _PARSED[name] = hash(text), json_to_value(text, Assessment)
    return held[1]


def find_record(ledger: Ledger, sha: str) -> LetterRecord | None:
    """One letter's registration."""
    found = ledger._rows("SELECT * FROM letter WHERE sha256 = ?", [sha]) if SHA.fullmatch(sha) else []
    return row_to_letter(found[0]) if found else None


def find_claim(ledger: Ledger, sha: str) -> Claim | None:
    """Whose one letter is."""
    found = ledger._rows("SELECT claim FROM claim WHERE sha256 = ?", [sha])
    return json_to_value(found[0]["claim"], Claim) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """文件: one leaf - its name, the letters that brought it (SHA-256, time, institution), its size and what was read in it."""

    sha256: str
    name: str
    letters: tuple[tuple[str, datetime, str], ...]
    reading: Reading | None
    size: int
    path: tuple[str, ...]
    problem: str


def find_file(ledger: Ledger, sha: str) -> FileFacts | None:
    """One file with every letter that brought it, earliest first; hostile ones are known by their letter's opening alone."""
    if not SHA.fullmatch(sha):
        return None
    rows = ledger._rows(
        "SELECT opening.sha256 AS letter, claim.claim AS claim FROM opening JOIN letter ON letter.sha256 = opening.sha256"
        " LEFT JOIN claim ON claim.sha256 = opening.sha256 WHERE opening.sha256 IN (SELECT letter FROM leaf WHERE sha256 = ?1)"
        " ORDER BY letter.received_at",
        [sha],
    ) or ledger._rows(
        "SELECT opening.sha256 AS letter, claim.claim AS claim FROM opening LEFT JOIN claim ON claim.sha256 = opening.sha256"
        " WHERE instr(opening.message, ?1) LIMIT 3",
        [sha],
    )
    letters, leaf = [], None
    for row in rows:
        message, record = ledger.opening(row["letter"]), find_record(ledger, row["letter"])
        leaf = leaf or next((a for a in message.attachments if a.sha256 == sha), None) if message else leaf
        if record:
            owner = json.loads(row["claim"]).get("institution") if row["claim"] else ""
            letters.append((record.sha256, record.received_at, owner or ""))
    if leaf is None:
        return None
    return FileFacts(
        sha256=sha, name=leaf.name, letters=tuple(letters), reading=find_reading(ledger, sha), size=leaf.size, path=leaf.path, problem=leaf.problem or ""
    )


def find_reading(ledger: Ledger, sha: str) -> Reading | None:
    """The newest reading of a file."""
    found = ledger._rows("SELECT reading FROM reading WHERE sha256 = ? ORDER BY number DESC LIMIT 1", [sha])
    return json_to_value(found[0]["reading"], Reading) if found else None


OUTBOX_LINE = "SELECT key, kind, institution, recipient, subject, state, created_at, not_before, sent_at, error, bounced_at, case_number FROM outbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxLine:
    """待发一行: a letter of ours without its bytes."""

    key: str
    kind: str
    institution: str
    recipient: str
    subject: str
    state: str
    created_at: datetime
    not_before: datetime | None
    sent_at: datetime | None
    error: str
    bounced_at: datetime | None
    case_number: str

    @property
    def at(self) -> datetime:
        """When it left, else when it was written."""
        return self.sent_at or self.created_at


def outbox_lines(ledger: Ledger, state: str = "", institution: str = "") -> tuple[OutboxLine, ...]:
    """The letters of ours, newest first; their bytes stay where they are."""
    where = "WHERE (?1 = '' OR state = ?1) AND (?2 = '' OR institution = ?2) ORDER BY number DESC"
    return tuple(row_to_line(row) for row in ledger._rows(f"{OUTBOX_LINE} {where}", [state, institution]))  # noqa: S608


def row_to_line(row: Mapping[str, str]) -> OutboxLine:
    """An outbox row as a line."""

    def moment(name: str) -> datetime | None:
        return text_to_moment(row[name]) if row[name] else None

    return OutboxLine(
        key=row["key"],
        kind=row["kind"],
        institution=row["institution"],
        recipient=row["recipient"],
        subject=row["subject"],
        state=row["state"],
        created_at=text_to_moment(row["created_at"]),
        not_before=moment("not_before"),
        sent_at=moment("sent_at"),
        error=row["error"],
        bounced_at=moment("bounced_at"),
        case_number=row["case_number"],
    )


def find_outbox(ledger: Ledger, key: str) -> OutboxRecord | None:
    """One letter of ours, bytes and all."""
    found = ledger._rows("SELECT * FROM outbox WHERE key = ?", [key])
    return row_to_outbox(found[0]) if found else None


def outbox_counts(ledger: Ledger) -> Mapping[str, int]:
    """How many letters of ours are in each state."""
    return {r["state"]: r["n"] for r in ledger._rows("SELECT state, count(*) AS n FROM outbox GROUP BY state")}


# Decisions


def decision_log(ledger: Ledger) -> tuple[tuple[Decision, ...], frozenset[int]]:
    """Every decision, newest first, and the numbers of those in force: an undo bears no institution, so all are folded before any filter."""
    every = ledger.decisions()
    return every[::-1], frozenset(d.number for d in decisions_in_force(every))


def standing_now(ledger: Ledger) -> tuple[Decision, ...]:
    """The decisions in force at this moment."""
    return decisions_in_force(ledger.decisions())


def decisions_about(standing: Sequence[Decision], institution: str = "", target: str = "") -> tuple[Decision, ...]:
    """The decisions in force about an institution or a thing."""
    return tuple(d for d in standing if (institution and d.institution == institution) or (target and d.target == target))


def fingerprint(ledger: Ledger, standing: Sequence[Decision], institution: str, target: str = "") -> str:
    """A short mark of what is on the table about an institution or a thing; a form carries it, and an older one records nothing."""
    rows = ledger._rows("SELECT assessment FROM assessment WHERE institution = ?", [institution]) if institution else []
    text = re.sub(r'"assessed_at":"[^"]*"', "", rows[0]["assessment"]) if rows else ""
    claim = ledger._rows("SELECT claim FROM claim WHERE sha256 = ?", [target]) if target else []
    numbers = ",".join(str(d.number) for d in decisions_about(standing, institution, target) if d.kind != "assign")
    seed = "\n".join((institution, target, text, claim[0]["claim"] if claim else "", numbers))
    return hashlib.sha256(seed.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def is_being_checked(ledger: Ledger, number: int) -> bool:
    """True while the belt has not yet assessed with this decision."""
    found = ledger._rows("SELECT decided_at FROM decision WHERE number = ?", [number])
    last = ledger.health().values.get("last_assessed_at", "")
    return bool(found and last and text_to_moment(found[0]["decided_at"]) > datetime.fromisoformat(last))
