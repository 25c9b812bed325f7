"""Core: what the pages show, as flat rows - made from the house's own words (评估、来信、日报条目), nothing judged anew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from config.campaign import Campaign
from intake.message import Message
from intake.records import LetterRecord
from intake.submission import Assessment, Candidate, Claim, Material, StudioSubmission
from notifier.letter import DigestItem
from notifier.standing import ELECTRONIC, MATERIAL_TITLES, material, progress_word
from service.desk.pinyin import name_to_search
from service.desk.words import LETTER_KINDS, TIMELINESS, finding_to_sentence

MACHINES = frozenset({"auto_reply", "bounce", "read_receipt", "notice"})
TONES: Mapping[str, str] = {"收齐": "ok", "未齐": "part", "未报送": "none", "不推荐": "off", "截止后收到": "late", "时间待认定": "late"}
SHOWN_TEXT = 240


@dataclass(frozen=True, slots=True)
class Count:
    """到件: how many of so many studios have a material, and how many of those wait for an eye."""

    have: int
    of: int
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """名额: nominated studios of a category against its limit (None: not known)."""

    title: str
    number: int
    limit: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """台账一行: where one institution stands."""

    name: str
    search: str
    verdict: str
    tone: str
    timeliness: str
    tallies: tuple[Tally, ...]
    limit: int | None
    cells: tuple[Count, ...]
    paper: str
    missing: int
    verify: int
    pending: int
    last: datetime | None
    first: datetime | None
    phone: str
    unit_class: str
    confirmed: bool

    @property
    def nominated(self) -> int:
        """How many studios are nominated now."""
        return sum(t.number for t in self.tallies)

    @property
    def over(self) -> bool:
        """True when more are nominated than the notice allows."""
        return bool((self.limit is not None and self.nominated > self.limit) or any(t.limit is not None and t.number > t.limit for t in self.tallies))


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterLine:
    """来信一行: one letter with what became of it. `shelf` is the filter it stands under."""

    sha256: str
    at: datetime
    sender: str
    subject: str
    institution: str
    kind: str
    why: str
    files: int
    shelf: str
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """今日一张卡: one thing to decide, as the digest counts it. `key` stays while the matter stays; `letter` and `outbox` are where to look."""

    key: str
    label: str
    sentence: str
    urgency: int
    evidence: tuple[str, ...]
    institution: str
    target: str
    candidates: tuple[str, ...]
    action: str
    letter: str = ""
    outbox: tuple[str, ...] = ()
    excerpt: str = ""
    reasons: tuple[Candidate, ...] = field(default=())


def item_to_card(item: DigestItem, letters: Mapping[str, str], claims: Mapping[str, Claim], keys: Sequence[str]) -> Card:
    """A digest item as a card; `letters` are the texts of letters by SHA-256, `keys` the outbox keys it speaks of."""
    letter = item.target if item.target in letters else ""
    claim = claims.get(letter)
    seed = "|".join((item.label, item.institution, item.target or item.sentence))
    return Card(
        key=hashlib.sha256(seed.encode()).hexdigest()[:12],
        label=item.label,
        sentence=item.sentence,
        urgency=item.urgency,
        evidence=tuple(line for line in item.evidence if "intake " not in line),
        institution=item.institution,
        target=item.target,
        candidates=item.candidates,
        action=item.action,
        letter=letter,
        outbox=tuple(keys),
        excerpt=letters.get(letter, ""),
        reasons=claim.candidates[:3] if claim and item.label in ("归属", "邮箱") else (),
    )


def text_to_excerpt(message: Message) -> str:
    """The first lines of a letter's own text."""
    lines = [line.strip() for line in message.text.splitlines() if line.strip()]
    text = "\n".join(lines[:6])
    return text if len(text) <= SHOWN_TEXT else text[:SHOWN_TEXT] + "…"


def assessment_to_glance(assessment: Assessment, campaign: Campaign) -> Glance:
    """One institution's row."""
    unit, submission = assessment.institution, assessment.submission
    verdict = progress_word(assessment)
    missing, verify, pending = open_counts(assessment)
    quota = campaign.quotas.get(unit.unit_class)
    return Glance(
        name=unit.name,
        search=name_to_search((unit.name, *unit.aliases)),
        verdict=verdict,
        tone=TONES.get(verdict, "off"),
        timeliness=TIMELINESS.get(assessment.timeliness, ""),
        tallies=tuple(category_to_tally(c.key, c.title, submission.active_studios, quota) for c in campaign.categories),
        limit=quota.total if quota else None,
        cells=tuple(studios_to_count(submission.active_studios, which) for which in ELECTRONIC),
        paper=paper_to_text(submission.paper),
        missing=missing,
        verify=verify,
        pending=pending,
        last=submission.last_received_at,
        first=submission.first_received_at,
        phone=unit.phone,
        unit_class=unit.unit_class,
        confirmed=unit.confirmed,
    )


def category_to_tally(key: str, title: str, studios: Iterable[StudioSubmission], quota: Any) -> Tally:
    """How many studios of one category are nominated."""
    return Tally(title, sum(s.category == key for s in studios), quota.by_category.get(key) if quota else None)


def studios_to_count(studios: Sequence[StudioSubmission], which: Material) -> Count:
    """How many studios have this material."""
    states = [material(studio, which).status for studio in studios]
    return Count(sum(s in ("received", "received_unread", "waived") for s in states), len(states), states.count("received_unread"))


def paper_to_text(paper: Mapping[str, Any]) -> str:
    """`2份，已盖章`, or nothing."""
    copies = paper.get("copies")
    return f"{copies}份，{'已盖章' if paper.get('stamped') else '未盖章'}" if copies else ""


def open_counts(assessment: Assessment) -> tuple[int, int, int]:
    """How many open findings are missing things, things to verify, and matters for staff."""
    live = [f for f in assessment.findings if f.state in ("open", "approved")]
    told = [f for f in live if f.audience == "institution"]
    return (
        sum(f.severity == "missing" for f in told),
        sum(f.severity == "conflict" for f in told),
        sum(f.audience != "institution" and f.severity != "note" and f.state == "open" for f in live),
    )


def verdict_sentence(assessment: Assessment) -> str:
    """Why the verdict is what it is: `未齐：缺申报材料 1 份；待您定 2 件`."""
    missing, verify, pending = open_counts(assessment)
    parts = [f"缺 {missing} 项"] * bool(missing) + [f"请学校核实 {verify} 项"] * bool(verify) + [f"待您定 {pending} 件"] * bool(pending)
    lacking = [
        f"“{studio.name or '未写名称'}”缺{MATERIAL_TITLES[which]}"
        for studio in assessment.submission.active_studios
        for which in ELECTRONIC
        if material(studio, which).status == "missing"
    ]
    if not assessment.submission.letters and not assessment.submission.not_recommending:
        return "还没有收到来信。"
    return "；".join([*lacking[:4], *parts]) + "。" if lacking or parts else "电子材料形式齐全，没有未了的问题。"


def letter_to_line(record: LetterRecord, message: Message | None, claim: Claim | None) -> LetterLine:
    """One letter's row; a letter nobody could open says why."""
    shelf = letter_to_shelf(record, message, claim)
    return LetterLine(
        sha256=record.sha256,
        at=record.received_at,
        sender=message.sender.address if message else "",
        subject=(message.subject if message else "") or "（无主题）",
        institution=(claim.institution or "、".join(claim.split)) if claim else "",
        kind=LETTER_KINDS.get(message.kind, "来信") if message else "",
        why=letter_to_reason(record, message, claim),
        files=len(message.attachments) if message else 0,
        shelf=shelf,
        folder=record.folder,
    )


def letter_to_shelf(record: LetterRecord, message: Message | None, claim: Claim | None) -> str:
    """Under which filter a letter stands."""
    if record.state in ("quarantined", "oversize"):
        return record.state
    if record.same_as:
        return "copy"
    if message is None:
        return "new"
    if message.kind in MACHINES:
        return "machine"
    if claim is None or (claim.institution is None and not claim.split):
        return "unclaimed" if message.kind != "empty" else "other"
    return "claimed"


def letter_to_reason(record: LetterRecord, message: Message | None, claim: Claim | None) -> str:
    """The first piece of evidence for what was made of a letter."""
    if record.state == "quarantined":
        return "程序没有拆开：" + error_to_reason(record.error)
    if record.state == "oversize":
        return "超过大小上限，全文在邮箱里"
    if record.same_as:
        return "同一封信又到了一次，只登记一次"
    if message is None:
        return "刚收到，还没有拆"
    if message.kind in MACHINES:
        return message.unanswerable or "机器发的信，不予回复"
    first = next((c.evidence[0] for c in claim.candidates if c.evidence), "") if claim else ""
    return first


def error_to_reason(error: str) -> str:
    """The last line of a traceback, without its English head when there is a Chinese sentence in it."""
    last = error.strip().splitlines()[-1] if error.strip() else "原因没有记下"
    return " ".join(last.split())[:120]


def evidence_of(claim: Claim | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Who a letter may be from, each with what speaks for it."""
    return tuple((c.institution, c.evidence) for c in claim.candidates) if claim else ()


def finding_sentences(assessment: Assessment) -> tuple[str, ...]:
    """The open findings as sentences, for the fingerprint of what was on the table."""
    return tuple(f"{f.key}|{f.state}|{finding_to_sentence(f)}" for f in assessment.findings if f.severity != "note")
