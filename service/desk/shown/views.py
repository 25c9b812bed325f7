"""Core: what the pages show, as flat rows - made from the house's own lines (一览、来信行、日报条目), nothing judged anew."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from config.campaign import Campaign, Institution
from intake.judging import open_counts
from intake.message import MACHINES, Authentication, Message
from intake.records import Glance, LetterLine
from intake.submission import Assessment, Claim
from notifier.letter import DigestItem
from notifier.proposals import Proposal
from notifier.standing import ELECTRONIC, MATERIAL_TITLES, Standing, glance_to_standing, material, standing_to_word
from service.desk.shown.pinyin import name_to_search
from service.desk.shown.words import AUTHENTICATION, LETTER_KINDS, PROOFS, TIMELINESS

TONES: Mapping[Standing, str] = {
    Standing.COMPLETE: "ok",
    Standing.INCOMPLETE: "part",
    Standing.LATE: "late",
    Standing.UNDECIDED: "late",
    Standing.WAITING: "part",
    Standing.SILENT: "none",
    Standing.NOT_RECOMMENDING: "off",
}
ABOUT_FILES = frozenset({"version", "material", "exclude_file"})
SHOWN_TEXT, SHOWN_LINES = 240, 6


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
class Row:
    """台账一行: where one institution stands."""

    name: str
    search: str
    standing: Standing
    verdict: str
    tone: str
    timeliness: str
    tallies: tuple[Tally, ...]
    limit: int | None
    nominated: int
    cells: tuple[Count, ...]
    paper: str
    missing: int
    verify: int
    pending: int
    letters: int
    first: datetime | None
    last: datetime | None
    complete_since: datetime | None
    phone: str

    @property
    def over(self) -> bool:
        """True when more are nominated than the notice allows."""
        return bool(
            (self.limit is not None and self.nominated > self.limit)
            or any(t.limit is not None and t.number > t.limit for t in self.tallies)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """来信一行: one letter with what became of it; `shelf` is the filter it stands under."""

    sha256: str
    at: datetime
    sender: str
    subject: str
    institution: str
    kind: str
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
    decision: Proposal | None
    otherwise: tuple[Proposal, ...]
    letter: str
    outbox: tuple[str, ...]


def item_to_card(item: DigestItem) -> Card:
    """A digest item as a card."""
    decision = item.decision
    seed = "|".join((item.label, item.institution, item.target or item.sentence))
    own = decision.target.split() if decision and decision.kind == "letters" else [item.letter] if item.letter else []
    return Card(
        key=hashlib.sha256(seed.encode()).hexdigest()[:12],
        label=item.label,
        sentence=without_class(item.sentence),
        urgency=item.urgency,
        evidence=tuple(line for line in item.evidence if "intake " not in line),
        institution=item.institution,
        target=item.target,
        candidates=item.candidates,
        decision=decision,
        otherwise=tuple(proposal for _, proposal in item.otherwise),
        letter=item.target if len(item.target) == 64 and not (decision and decision.kind in ABOUT_FILES) else "",
        outbox=tuple(own),
    )


def text_to_excerpt(message: Message) -> str:
    """The first lines of a letter's own text."""
    lines = [line.strip() for line in message.text.splitlines() if line.strip()]
    text = "\n".join(lines[:SHOWN_LINES])
    return text if len(text) <= SHOWN_TEXT else text[:SHOWN_TEXT] + "…"


def glance_to_row(unit: Institution, glance: Glance, campaign: Campaign) -> Row:
    """One institution's row."""
    standing = glance_to_standing(glance)
    return Row(
        name=unit.name,
        search=name_to_search((unit.name, *unit.aliases)),
        standing=standing,
        verdict=standing_to_word(standing),
        tone=TONES[standing],
        timeliness=TIMELINESS.get(glance.timeliness, ""),
        tallies=tuple(Tally(c.title, glance.by_category.get(c.key, 0), glance.quota_by_category.get(c.key)) for c in campaign.categories),
        limit=glance.quota_total,
        nominated=glance.studios,
        cells=tuple(to_count(glance, which.value) for which in ELECTRONIC),
        paper=f"{glance.paper_copies}份，{'已盖章' if glance.paper_stamped else '未盖章'}" if glance.paper_copies else "",
        missing=glance.missing,
        verify=glance.verify,
        pending=glance.staff,
        letters=glance.letters,
        first=glance.first_received_at,
        last=glance.last_received_at,
        complete_since=glance.complete_since,
        phone=unit.phone,
    )


def to_count(glance: Glance, which: str) -> Count:
    """How many studios have a material; what waits for an eye is had."""
    unread = glance.unread.get(which, 0)
    return Count(glance.received.get(which, 0) + unread, glance.studios, unread)


def line_to_mail(line: LetterLine) -> Mail:
    """One letter's row."""
    return Mail(
        sha256=line.sha256,
        at=line.received_at,
        sender=line.sender,
        subject=line.subject or "（无主题）",
        institution=line.institution or "、".join(line.split),
        kind=LETTER_KINDS.get(line.kind, ""),
        files=line.files,
        shelf=line_to_shelf(line),
        folder=line.folder,
    )


def line_to_shelf(line: LetterLine) -> str:
    """Under which filter a letter stands."""
    if line.state in ("quarantined", "oversize"):
        return line.state
    if line.same_as:
        return "copy"
    if line.state == "new":
        return "new"
    if line.kind in MACHINES:
        return "machine"
    if not line.institution and not line.split:
        return "unclaimed" if line.kind != "empty" else "other"
    return "claimed"


def verdict_sentence(assessment: Assessment) -> str:
    """Why the verdict is what it is: `“甲工作室”缺申报材料；待您定 2 件。`."""
    missing, verify, pending = open_counts(assessment.findings)
    parts = [f"缺项 {missing} 项"] * bool(missing) + [f"请学校核实 {verify} 项"] * bool(verify) + [f"待您定 {pending} 件"] * bool(pending)
    lacking = [
        f"“{studio.name or '未写名称'}”缺{MATERIAL_TITLES[which]}"
        for studio in assessment.submission.active_studios
        for which in ELECTRONIC
        if material(studio, which).status == "missing"
    ]
    if not assessment.submission.active_studios:
        return "；".join([bare_sentence(assessment), *parts]) + "。"
    return "；".join([*lacking[:4], *parts]) + "。" if lacking or parts else "电子材料形式齐全，没有未了的问题。"


def bare_sentence(assessment: Assessment) -> str:
    """How it stands with an institution that nominates nobody so far."""
    submission = assessment.submission
    if submission.not_recommending:
        return "今年不推荐"
    if submission.unread_letters:
        return f"有 {len(submission.unread_letters)} 封来信还没有读出，可能是这所学校的，先不算没有报送"
    return "来过信，还没有收到材料" if submission.letters else "还没有收到来信"


def error_to_reason(error: str) -> str:
    """The last line of what went wrong when a letter was opened."""
    last = error.strip().splitlines()[-1] if error.strip() else "原因没有记下"
    return without_class(" ".join(last.split()))[:120]


def without_class(text: str) -> str:
    """A sentence without the program's own word for what went wrong."""
    return re.sub(r"\b[A-Za-z_.]*(?:Error|Exception|Refused|Damaged)\b:?\s*", "", text) or "程序没有读懂这封信"


def evidence_of(claim: Claim | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Who a letter may be from, each with what speaks for it."""
    return tuple((c.institution, c.evidence) for c in claim.candidates) if claim else ()


def authentication_words(found: Authentication) -> tuple[str, ...]:
    """What the mail servers wrote about the sender, each with who wrote it."""
    checks = (("SPF", found.spf, found.spf_domain), ("DKIM", found.dkim, found.dkim_domain), ("DMARC", found.dmarc, ""))
    said = [f"{name} {AUTHENTICATION.get(word, word)}{f'（{about}）' if about else ''}" for name, word, about in checks if word]
    lines = [f"{'，'.join(said)}；由 {found.server} 写明"] if said and found.server else said
    if found.received_spf:
        by = f"；由 {found.spf_server} 写明" if found.spf_server else ""
        lines.append(f"Received-SPF {AUTHENTICATION.get(found.received_spf, found.received_spf)}{by}")
    return tuple(lines)


def proof_sentence(claim: Claim | None) -> str:
    """What proves, beside the letter's own words, that it comes from the school; what follows where nothing does."""
    if claim is None or not claim.institution or "unweighed" in claim.evidence.proofs:
        return ""
    if claim.evidence.proofs:
        return "、".join(PROOFS.get(proof, proof) for proof in claim.evidence.proofs)
    forged = "邮件服务器认为发件人可能是冒用的；" if claim.evidence.authentication == "fail" else ""
    return f"{forged}除信里的话以外没有别的凭据：只补空缺，不替换已有材料，明细只发登记邮箱"
