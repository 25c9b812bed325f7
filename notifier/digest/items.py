"""Core: what staff must decide today (需您处理) - every open question once, with candidates, evidence and the way to settle it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from config.campaign import Campaign
from intake.decisions import decisions_in_force
from intake.records import DigestRecord, Health, LetterRecord, OutboxRecord, UnknownLetter
from intake.submission import Assessment, Claim, Decision, Finding, Received, Version
from notifier.digest.sender_items import books_items, forged_items, reply_items, unknown_items
from notifier.letter import DigestItem
from notifier.letters.facts import finding_key
from notifier.letters.letter_kinds import TO_STAFF
from notifier.letters.lines import TITLES
from notifier.letters.owed import is_answerable
from notifier.proposals import Proposal
from notifier.standing import material
from notifier.tables.ledger_workbook import FINDINGS_SHEET
from notifier.wording import clean_line, clean_punctuation, moment_to_clock, moment_to_day

COLLAPSE_ABOVE = 50
QUESTION_DAYS = 3
KEPT_CANDIDATES = 3
KEPT_CHANGES = 4
KEPT_EVIDENCE = 3

# The class staff see, and how soon it wants a person (0 first), by code of the catalogue.
LABELS: Mapping[str, tuple[str, int]] = {
    "M01": ("归属", 1),
    "T02": ("归属", 2),
    "M10": ("拆分", 1),
    "D03": ("时间", 1),
    "D07": ("时间", 2),
    "M16": ("撤回", 2),
    "M17": ("说明", 4),
    "M12": ("材料", 4),
    "M08": ("安全", 5),
    "C07": ("纸质", 5),
    "C08": ("纸质", 5),
}
GROUPS: Mapping[str, tuple[str, int]] = {
    "Q": ("名额", 3),
    "F": ("资格", 4),
    "T": ("资格", 4),
    "X": ("核查", 6),
    "N": ("核查", 6),
    "M": ("核查", 6),
    "D": ("时间", 2),
    "C": ("核查", 6),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestBasis:
    """日报依据: all the ledger knows at the moment of the digest; `since` is when the last one was composed."""

    campaign: Campaign
    now: datetime
    since: datetime
    slot: str
    mode: str
    assessments: Mapping[str, Assessment]
    received: tuple[Received, ...] = ()
    claims: Mapping[str, Claim] = field(default_factory=dict)
    outbox: tuple[OutboxRecord, ...] = ()
    letters: tuple[LetterRecord, ...] = ()
    unknown: tuple[UnknownLetter, ...] = ()
    decisions: tuple[Decision, ...] = ()
    digests: tuple[DigestRecord, ...] = ()
    health: Health = field(default_factory=lambda: Health(values={}))
    staff: tuple[str, ...] = ()


def find_items(basis: DigestBasis) -> tuple[DigestItem, ...]:
    """Every decision that waits, most urgent first; more than fifty of the ordinary kind are told by institution."""
    return in_order(collapse(open_items(basis)))


def in_order(items: Iterable[DigestItem]) -> tuple[DigestItem, ...]:
    """Most urgent first, then by institution."""
    return tuple(sorted(items, key=lambda item: (item.urgency, item.institution, item.sentence)))


def open_items(basis: DigestBasis) -> list[DigestItem]:
    """Every decision that waits, each by itself."""
    return [
        *unclaimed_items(basis),
        *finding_items(basis),
        *mailbox_items(basis),
        *forged_items(basis.received, basis.claims, lambda letter: letter_title(letter, basis)),
        *reply_items(basis.received, basis.claims, lambda letter: letter_title(letter, basis)),
        *version_items(basis),
        *unread_items(basis),
        *question_items(basis),
        *outbox_items(basis),
        *quarantine_items(basis),
        *unknown_items(basis.unknown),
        *books_items(basis.health.values),
    ]


def collapse(items: list[DigestItem]) -> list[DigestItem]:
    """Long lists by institution: nobody reads two hundred lines at half past eight."""
    if len(items) <= COLLAPSE_ABOVE:
        return items
    kept = [item for item in items if item.urgency <= 3 or not item.institution]
    rest = [item for item in items if item.urgency > 3 and item.institution]
    lines = []
    for institution in dict.fromkeys(item.institution for item in rest):
        counts = Counter(item.label for item in rest if item.institution == institution)
        sentence = (
            f"{institution}：" + "、".join(f"{label}{count}项" for label, count in counts.items()) + f"，逐项见台账“{FINDINGS_SHEET}”页。"
        )
        lines.append(
            DigestItem(label="合并", sentence=sentence, urgency=6, institution=institution, decision=Proposal("look", institution))
        )
    return [*kept, *lines]


def unclaimed_items(basis: DigestBasis) -> Iterator[DigestItem]:
    """Letters whose institution is not known, with the candidates and what speaks for each; and letters that hold several."""
    settled = {decision.target for decision in decisions_in_force(basis.decisions) if decision.kind in ("split", "claim")}
    for letter in basis.received:
        claim = basis.claims.get(letter.sha256)
        if letter.sha256 in settled or claim is None or not is_answerable(letter.message) or letter.message.kind == "empty":
            continue
        if "M10" in claim.codes:
            yield DigestItem(
                label="拆分",
                sentence=f"{letter_title(letter, basis)}同时含有{'、'.join(claim.split)}的材料，请确认分别登记。",
                urgency=1,
                candidates=claim.split,
                action="照程序的建议拆分（另有主意的，后面逐个写明 文件=学校）",
                decision=Proposal("split", target=letter.sha256),
                target=letter.sha256,
            )
        elif "M01" in claim.codes:
            yield unclaimed_item(letter, claim, basis)


def unclaimed_item(letter: Received, claim: Claim, basis: DigestBasis) -> DigestItem:
    """One letter nobody could be found for."""
    names = tuple(candidate.institution for candidate in claim.candidates[:KEPT_CANDIDATES])
    guess = f"疑为{names[0]}" + (f"（另可能：{'、'.join(names[1:])}）" if names[1:] else "") if names else "未能判断单位"
    evidence = tuple(f"{c.institution}：{'；'.join(c.evidence)}" for c in claim.candidates[:KEPT_CANDIDATES] if c.evidence)
    return DigestItem(
        label="归属",
        sentence=f"{letter_title(letter, basis)}{guess}。",
        urgency=1,
        evidence=evidence,
        candidates=names,
        action="认领后自动登记并回执",
        decision=Proposal("claim", names[0] if names else "", letter.sha256),
        target=letter.sha256,
    )


def letter_title(letter: Received, basis: DigestBasis) -> str:
    """`7月29日15时42分 union@… 来信“主题”` for staff's eyes."""
    when = f"{moment_to_day(letter.received_at, basis.campaign)}{moment_to_clock(letter.received_at, basis.campaign)}"
    return f"{when} {letter.message.sender.address} 来信“{clean_line(letter.message.subject)[:40] or '（无主题）'}”，"


def finding_items(basis: DigestBasis) -> Iterator[DigestItem]:
    """Open findings for staff, and those that wait for a click before the institution is told."""
    waiting = {key: row for row in basis.outbox if row.state == "held" for key in row.told}
    sent = {key for row in basis.outbox if row.state in ("sent", "sending", "queued") for key in row.told}
    told_already = ("M01", "M10")
    for assessment in basis.assessments.values():
        for finding in assessment.findings:
            wanted = finding.audience != "institution" and finding.severity != "note" and finding.state == "open"
            if wanted and finding.code not in told_already and finding_key(finding) not in sent:
                yield finding_item(assessment.institution.name, finding, waiting.get(finding_key(finding)))


def finding_item(institution: str, finding: Finding, letter: OutboxRecord | None) -> DigestItem:
    """One finding as a decision: send the letter kept ready, or settle it."""
    label, urgency = LABELS.get(finding.code) or GROUPS.get(finding.code[:1], ("核查", 6))
    sentence = clean_punctuation(finding.message)
    place = finding.where.file
    if letter is not None:
        action, decision = "已备函待发，发出后五分钟内可收回", Proposal("letters", institution, letter.key)
    elif finding.code == "D03":
        action, decision = "认定按期的", Proposal("accept_late", institution)
    elif finding.code == "Q06":
        action, decision = "确认名额类别（普通或医科）", Proposal("category", institution, detail={"unit_class": "ordinary"})
    elif finding.code == "M16":
        wish = str(finding.facts.get("事项", "撤回"))
        label, decision = wish_to_decision(wish, institution)
        sentence, action = f"来信提出{wish}，登记前已报材料保持不变。", "建议电话核实后登记"
    else:
        action, decision = "核实无误的", Proposal("explain", institution, finding_key(finding))
    return DigestItem(
        label=label,
        sentence=f"{institution}：{sentence}",
        urgency=urgency,
        evidence=(f"见《{place}》",) if place else (),
        action=action,
        decision=decision,
        institution=institution,
        target=finding_key(finding),
    )


def wish_to_decision(wish: str, institution: str) -> tuple[str, Proposal]:
    """What a wish is called on the page, and the decision that settles it."""
    if "恢复推荐" in wish:
        return "恢复", Proposal("recommending", institution)
    if "不推荐" in wish:
        return "不推荐", Proposal("not_recommending", institution)
    if "更换" in wish:
        return "更换", Proposal("replace_studio", institution)
    return "撤回", Proposal("withdraw_studio", institution)


def mailbox_items(basis: DigestBasis) -> Iterator[DigestItem]:
    """The first letter of a mailbox that has proven nothing (M15): registered by what it holds, to be confirmed once."""
    for letter in basis.received:
        claim = basis.claims.get(letter.sha256)
        if claim is not None and claim.institution and "M15" in claim.codes:
            yield DigestItem(
                label="邮箱",
                sentence=f"{letter_title(letter, basis)}发件邮箱未经登记或确认，按内容认作{claim.institution}并登记，不替换已有材料；请核对盖章材料后确认一次。",
                urgency=4,
                evidence=tuple(e for c in claim.candidates if c.institution == claim.institution for e in c.evidence[:KEPT_EVIDENCE]),
                action="核对无误的",
                decision=Proposal("claim", claim.institution, letter.sha256),
                institution=claim.institution,
                target=letter.sha256,
            )


def version_items(basis: DigestBasis) -> Iterator[DigestItem]:
    """Late versions of what was in on time (scenario 11): stored apart, the on-time one in force until staff choose."""
    for name, assessment in basis.assessments.items():
        chosen = {d.target for d in assessment.submission.decisions if d.kind == "version"}
        for late, current, titles in late_versions(assessment):
            if {late.attachment, current.attachment} & chosen:
                continue
            when = f"{moment_to_day(late.received_at, basis.campaign)}{moment_to_clock(late.received_at, basis.campaign)}"
            kept = moment_to_day(current.received_at, basis.campaign)
            yield DigestItem(
                label="版本",
                sentence=f"{name}：{'、'.join(titles)}截止后又收到《{clean_line(late.file)}》（{when}），现仍采用{kept}版本，请选择采用哪版。",
                urgency=4,
                evidence=(*late.changes[:KEPT_CHANGES], f"仍用{kept}版本的：intake decide version {name} {current.attachment[:10]}"),
                action="采用截止后版本的",
                decision=Proposal("version", name, late.attachment),
                institution=name,
                target=late.attachment,
            )


def late_versions(assessment: Assessment) -> list[tuple[Version, Version, list[str]]]:
    """The newest late file of every material that an on-time one is in force of, with that one, and the titles the pair concerns."""
    pairs: dict[tuple[str, str], tuple[Version, Version, list[str]]] = {}
    for studio in assessment.submission.active_studios:
        for which, title in TITLES.items():
            current, versions = material(studio, which).current, material(studio, which).versions
            late = [v for v in versions if v.late and current and not current.late and v.attachment != current.attachment]
            if current and late:
                _, _, titles = pairs.setdefault((late[-1].attachment, current.attachment), (late[-1], current, []))
                titles.append(f"“{studio.name}”{title}")
    return list(pairs.values())


def unread_items(basis: DigestBasis) -> Iterator[DigestItem]:
    """Files the machine could not read, one line an institution: kept, never called missing, wanting an eye."""
    for name, assessment in basis.assessments.items():
        files = list(dict.fromkeys(version.file for version in assessment.submission.unread))
        if files:
            shown = "、".join(f"《{file}》" for file in files[:4]) + (f"等{len(files)}件" if len(files) > 4 else "")
            sentence = f"{name}：{shown}机器未能读出，已按“已收存”登记，请打开查看。"
            first = next((version.attachment for version in assessment.submission.unread if version.attachment), "")
            decision = Proposal("material", name, first, {"material": "basic_info"}) if first else None
            yield DigestItem(label="人工查看", sentence=sentence, urgency=5, action="看后认定", decision=decision, institution=name)


def question_items(basis: DigestBasis) -> Iterator[DigestItem]:
    """Questions of the last days that nobody noted an answer to."""
    noted = {decision.target for decision in decisions_in_force(basis.decisions) if decision.kind != "assign"}
    for letter in basis.received:
        message = letter.message
        asks = message.kind == "question" or "question" in message.intents
        recent = basis.now - letter.received_at <= timedelta(days=QUESTION_DAYS)
        if asks and recent and is_answerable(message) and letter.sha256 not in noted:
            claim = basis.claims.get(letter.sha256)
            yield DigestItem(
                label="咨询",
                sentence=f"{letter_title(letter, basis)}请答复。",
                urgency=4,
                institution=(claim.institution or "") if claim else "",
                target=letter.sha256,
            )


def outbox_items(basis: DigestBasis) -> Iterator[DigestItem]:
    """Letters of ours that wait for approval, failed, or came back."""
    held = [row for row in basis.outbox if row.state == "held" and row.kind not in TO_STAFF]
    plain = [row for row in held if row.kind != "approved"]
    if plain:
        keys = " ".join(row.key for row in plain)
        oldest = min(row.created_at for row in plain)
        sentence = f"有{len(plain)}封致高校的信待审核，最早一封拟于{moment_to_day(oldest, basis.campaign)}{moment_to_clock(oldest, basis.campaign)}。"
        yield DigestItem(
            label="待审",
            sentence=sentence,
            urgency=0,
            evidence=tuple(f"{r.key} {r.subject}" for r in plain[:6]),
            action="审核后发出",
            decision=Proposal("letters", target=keys),
        )
    phoned = {d.target for d in decisions_in_force(basis.decisions) if d.kind == "phoned"}
    for row in basis.outbox:
        name = row.institution or row.recipient
        if row.key in phoned:
            continue
        if row.state == "failed":
            sentence = f"致{name}的信未能发出（{row.recipient}）：{clean_line(row.error)[:120]}"
            yield DigestItem(
                label="发信失败",
                sentence=sentence,
                urgency=2,
                action="核对地址后重发",
                decision=Proposal("letters", row.institution, row.key),
                institution=row.institution,
            )
        elif row.bounced_at is not None and row.bounced_at > basis.now - timedelta(days=7):
            sentence = f"致{name}的信被退回（{row.recipient}），回执未达，请电话联系。"
            yield DigestItem(label="退信", sentence=sentence, urgency=2, institution=row.institution, target=row.key)


def quarantine_items(basis: DigestBasis) -> Iterator[DigestItem]:
    """Letters set aside, and letters too big to fetch."""
    for record in basis.letters:
        when = f"{moment_to_day(record.received_at, basis.campaign)}{moment_to_clock(record.received_at, basis.campaign)}"
        if record.state == "quarantined":
            reason = clean_line(record.error.strip().splitlines()[-1] if record.error.strip() else "")[:100]
            yield DigestItem(
                label="隔离",
                sentence=f"{when}的一封来信程序未能打开（{reason}），原件已保存，请在网页邮箱中查看。",
                urgency=2,
                decision=Proposal("retry", target=record.sha256),
                target=record.sha256,
            )
        elif record.state == "oversize":
            yield DigestItem(
                label="过大",
                sentence=f"{when}的一封来信过大（{record.size / (1 << 20):.0f}MB），全文仍在信箱“{record.folder}”中，请人工查看。",
                urgency=3,
                target=record.sha256,
            )
