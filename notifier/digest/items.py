"""Core: what staff must decide today (需您处理) - every open question once, with candidates, evidence and the way to settle it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from config.campaign import Campaign
from intake.checks import CATALOGUE, Label, staff_message
from intake.decisions import decisions_in_force
from intake.records import DigestRecord, Health, LetterRecord, OutboxRecord, UnknownLetter
from intake.submission import Assessment, Claim, Decision, Finding, Received, Version
from notifier.digest.sender_items import books_items, forged_items, reply_items, unknown_items
from notifier.digest.volume_items import VOLUME, volume_items
from notifier.letter import DigestItem
from notifier.letters import TITLES, TO_STAFF, finding_key, is_answerable, is_owed_words, is_unreachable
from notifier.proposals import Proposal
from notifier.standing import material
from notifier.wording import clean_line, clean_punctuation, moment_to_clock, moment_to_day

OVERDUE_AFTER = timedelta(days=3)
KEPT_CANDIDATES = 3
KEPT_CHANGES = 4
KEPT_EVIDENCE = 3
UNKNOWN = Label("核查", 6)


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
    """Every decision that waits, most urgent first; each stays until somebody settles it, and says when it has waited too long."""
    return in_order(mark_overdue(item, basis.now) for item in open_items(basis))


def mark_overdue(item: DigestItem, now: datetime) -> DigestItem:
    """The item with how many days beyond the three that anything may wait."""
    days = (now - item.since - OVERDUE_AFTER).days + 1 if item.since and now - item.since > OVERDUE_AFTER else 0
    return replace(item, overdue=days) if days else item


def in_order(items: Iterable[DigestItem]) -> tuple[DigestItem, ...]:
    """Most urgent first, then by institution."""
    return tuple(sorted(items, key=lambda item: (item.urgency, item.institution, item.sentence)))


def open_items(basis: DigestBasis) -> list[DigestItem]:
    """Every decision that waits, each by itself."""
    return [
        *unclaimed_items(basis),
        *finding_items(basis),
        *sender_items(basis),
        *version_items(basis),
        *unread_items(basis),
        *volume_items(basis.assessments),
        *unreachable_items(basis),
        *question_items(basis),
        *outbox_items(basis),
        *quarantine_items(basis),
        *unknown_items(basis.unknown),
        *books_items(basis.health.values),
    ]


def sender_items(basis: DigestBasis) -> Iterator[DigestItem]:
    """Who wrote is in doubt: unproven mailboxes, forged addresses, answers wanted elsewhere; settled by confirming or by having looked."""
    seen = closed(basis, "seen")
    arrived = {letter.sha256: letter.received_at for letter in basis.received}
    found = (
        *mailbox_items(basis),
        *forged_items(basis.received, basis.claims, lambda letter: letter_title(letter, basis)),
        *reply_items(basis.received, basis.claims, lambda letter: letter_title(letter, basis)),
    )
    for item in found:
        if item.target not in seen:
            yield replace(item, otherwise=(("已查看、不必确认的", Proposal("seen", target=item.target)),), since=arrived.get(item.target))


def unclaimed_items(basis: DigestBasis) -> Iterator[DigestItem]:
    """Letters whose institution is not known, with the candidates and what speaks for each; and letters that hold several."""
    settled = {decision.target for decision in decisions_in_force(basis.decisions) if decision.kind in ("split", "claim", "seen")}
    for letter in basis.received:
        claim, message = basis.claims.get(letter.sha256), letter.message
        # that nobody may answer it is no reason to leave a letter with files unseen
        silent = not is_owed_words(message) or message.kind == "empty"
        if letter.sha256 in settled or claim is None or silent:
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
                since=letter.received_at,
            )
        elif "M01" in claim.codes:
            yield unclaimed_item(letter, claim, basis)


def unclaimed_item(letter: Received, claim: Claim, basis: DigestBasis) -> DigestItem:
    """One letter nobody could be found for."""
    names = tuple(candidate.institution for candidate in claim.candidates[:KEPT_CANDIDATES])
    guess = f"疑为{names[0]}" + (f"（另可能：{'、'.join(names[1:])}）" if names[1:] else "") if names else "未能判断单位"
    shown = [c for c in claim.candidates[:KEPT_CANDIDATES] if c.evidence]
    evidence = tuple(("" if len(names) == 1 else f"{c.institution}：") + "；".join(c.evidence) for c in shown)
    return DigestItem(
        label="归属",
        sentence=f"{letter_title(letter, basis)}{guess}。",
        urgency=1,
        evidence=evidence,
        candidates=names,
        action="认领后自动登记并回执",
        decision=Proposal("claim", names[0] if names else "", letter.sha256),
        otherwise=(("与申报无关的", Proposal("seen", target=letter.sha256)),),
        target=letter.sha256,
        since=letter.received_at,
    )


def letter_title(letter: Received, basis: DigestBasis) -> str:
    """`7月29日15时42分 union@… 来信“主题”` for staff's eyes."""
    when = f"{moment_to_day(letter.received_at, basis.campaign)}{moment_to_clock(letter.received_at, basis.campaign)}"
    return f"{when} {letter.message.sender.address} 来信“{clean_line(letter.message.subject)[:40] or '（无主题）'}”，"


def finding_items(basis: DigestBasis) -> Iterator[DigestItem]:
    """Open findings for staff, and those that wait for a click before the institution is told; what a held letter asks stands with the letter."""
    told = {key for row in basis.outbox if row.state in ("sent", "sending", "queued", "held") for key in row.told}
    for assessment in basis.assessments.values():
        for finding in assessment.findings:
            wanted = finding.audience != "institution" and finding.severity != "note" and finding.state == "open"
            if wanted and finding.code not in ("M01", "M10") and finding_key(finding) not in told:
                yield finding_item(assessment, finding)


def finding_item(assessment: Assessment, finding: Finding) -> DigestItem:
    """One finding as a decision, in the voice for staff."""
    institution = assessment.institution.name
    label = CATALOGUE[finding.code].label if finding.code in CATALOGUE else UNKNOWN
    title, place, key = label.title, finding.where.file, finding_key(finding)
    action, decision, otherwise = "核实无误的", Proposal("explain", institution, key), (("免于补报的", Proposal("waive", institution, key)),)
    if finding.code == "D03":
        action, decision = "认定按期的", Proposal("accept_late", institution)
        otherwise = (("认定逾期的", Proposal("not_accept_late", institution)),)
    elif finding.code == "Q06":
        action, decision = "确认为普通高校的", Proposal("category", institution, detail={"unit_class": "ordinary"})
        otherwise = (("确认为医科大学的", Proposal("category", institution, detail={"unit_class": "medical"})),)
    elif finding.code == "M16":
        title, decision = wish_to_decision(str(finding.facts.get("事项", "撤回")), institution)
        action, otherwise = "电话核实后登记", (("无需办理的", Proposal("explain", institution, key)),)
    elif finding.code == "M17":
        action, otherwise = "采纳说明的", (("不采纳的", Proposal("refuse", institution, key)),)
    elif finding.audience == "institution_after_approval":
        action, decision = "可以告知学校的", Proposal("approve", institution, key)
        otherwise = (("核实无误的", Proposal("explain", institution, key)),)
    return DigestItem(
        label=title,
        sentence=f"{institution}：{clean_punctuation(staff_message(finding))}",
        urgency=label.urgency,
        evidence=(f"见《{clean_line(place)}》",) if place and place not in finding.message else (),
        action=action,
        decision=decision,
        otherwise=otherwise,
        institution=institution,
        target=key,
        since=assessment.submission.last_received_at,
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
                since=letter.received_at,
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
                evidence=late.changes[:KEPT_CHANGES],
                action="采用截止后版本的",
                decision=Proposal("version", name, late.attachment),
                otherwise=((f"仍用{kept}版本的", Proposal("version", name, current.attachment)),),
                institution=name,
                target=late.attachment,
                since=late.received_at,
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
        unread = [version for version in assessment.submission.unread if version.problem != VOLUME]
        files = list(dict.fromkeys(clean_line(version.file) for version in unread))
        if files:
            shown = "、".join(f"《{file}》" for file in files[:4]) + (f"等{len(files)}件" if len(files) > 4 else "")
            first = next((version.attachment for version in unread if version.attachment), "")
            yield DigestItem(
                label="待看",
                sentence=f"{name}：{shown}机器未能读出，已按“已收存”登记，请打开查看。",
                urgency=5,
                action="看后认定",
                decision=Proposal("material", name, first, {"material": "basic_info"}) if first else None,
                otherwise=(("不是申报材料的", Proposal("exclude_file", name, first)),) if first else (),
                institution=name,
                since=max(version.received_at for version in unread),
            )


def unreachable_items(basis: DigestBasis) -> Iterator[DigestItem]:
    """Files from an address that may not be written to, of an institution whose mailbox we do not have: nobody has been told anything."""
    answered = {sha for row in basis.outbox if row.state != "dropped" for sha in row.answers} | closed(basis, "seen", "answered", "phoned")
    for letter in basis.received:
        claim = basis.claims.get(letter.sha256)
        found = basis.assessments.get(claim.institution) if claim and claim.institution else None
        if found is None or not is_unreachable(letter.message) or letter.sha256 in answered or found.institution.email:
            continue
        yield DigestItem(
            label="未告知",
            sentence=f"{letter_title(letter, basis)}{letter.message.unanswerable or '来信地址不能回复'}，名录中也没有{found.institution.name}的邮箱，尚未告知学校，请电话联系。",
            urgency=2,
            action="已电话告知的",
            decision=Proposal("seen", target=letter.sha256),
            institution=found.institution.name,
            target=letter.sha256,
            since=letter.received_at,
        )


def closed(basis: DigestBasis, *kinds: str) -> frozenset[str]:
    """What staff settled by a decision of these kinds."""
    return frozenset(d.target for d in decisions_in_force(basis.decisions) if d.kind in kinds and d.target)


def question_items(basis: DigestBasis) -> Iterator[DigestItem]:
    """Questions nobody has noted an answer to: we promised one, so they stay however old they are."""
    answered = closed(basis, "answered", "seen", "note", "explain")
    for letter in basis.received:
        message = letter.message
        asks = message.kind == "question" or "question" in message.intents
        if asks and is_answerable(message) and letter.sha256 not in answered:
            claim = basis.claims.get(letter.sha256)
            yield DigestItem(
                label="咨询",
                sentence=f"{letter_title(letter, basis)}请答复。",
                urgency=4,
                action="答复后",
                decision=Proposal("answered", target=letter.sha256),
                institution=(claim.institution or "") if claim else "",
                target=letter.sha256,
                since=letter.received_at,
            )


def outbox_items(basis: DigestBasis) -> Iterator[DigestItem]:
    """Letters of ours that wait for approval, failed, or came back; each by itself, with whom it goes to."""
    resent = {row.key.rpartition("-to-")[0] for row in basis.outbox if "-to-" in row.key and row.state != "dropped"}
    settled = closed(basis, "phoned") | resent
    cleared = {d.target.lower(): d.decided_at for d in basis.decisions if d.kind in ("note", "approve") and "@" in d.target}
    for row in basis.outbox:
        if row.kind in TO_STAFF:
            continue
        if row.state == "held":
            yield held_item(row)
        elif row.state == "failed" and row.key not in settled:
            yield failed_item(row)
        elif row.bounced_at is not None and row.key not in settled and cleared.get(row.recipient.lower(), row.created_at) <= row.bounced_at:
            yield bounced_item(row)


def held_item(row: OutboxRecord) -> DigestItem:
    """A letter that waits for a click."""
    subject = re.sub(r"【[^】]*】", "，", clean_line(row.subject)).strip("，")
    return DigestItem(
        label="待审",
        sentence=f"致{row.recipient}“{subject}”" + (f"（{row.error.rstrip('。')}）" if row.error else ""),
        urgency=0,
        action="看过后发出",
        decision=Proposal("letters", row.institution, row.key),
        otherwise=(("看全文", Proposal("show", row.institution, row.key)), ("不发的", Proposal("drop", row.institution, row.key))),
        institution=row.institution,
        since=row.created_at,
        letter=row.key,
    )


def failed_item(row: OutboxRecord) -> DigestItem:
    """A letter the post did not take."""
    return DigestItem(
        label="发信失败",
        sentence=f"致{row.institution or '来信人'}（{row.recipient}）的信未能发出：{refusal_to_phrase(row.error)}。",
        urgency=2,
        action="核对地址后重发",
        decision=Proposal("letters", row.institution, row.key),
        otherwise=(("改发另一地址", Proposal("resend", row.institution, row.key)), ("不再发的", Proposal("drop", row.institution, row.key))),
        institution=row.institution,
        since=row.created_at,
        letter=row.key,
    )


def refusal_to_phrase(error: str) -> str:
    """Why the server refused, in Chinese; its own words stay in the log."""
    chinese = re.match(r"[^A-Za-z]*[\u4e00-\u9fff][^A-Za-z。]*", error)
    if chinese:
        return chinese[0].strip("。：， ")
    known = (("USER NOT FOUND", "收件人不存在"), ("INVALID USER", "收件人不存在"), ("5.1.1", "收件人不存在"), ("SPM", "对方疑为垃圾邮件"), ("552", "超过对方邮箱限制"))
    return next((words for sign, words in known if sign in error.upper()), "对方服务器拒收")


def bounced_item(row: OutboxRecord) -> DigestItem:
    """A letter that came back."""
    return DigestItem(
        label="退信",
        sentence=f"致{row.institution or '来信人'}的信被退回（{row.recipient}），尚未送达，请电话联系。",
        urgency=2,
        action="已电话告知的",
        decision=Proposal("phoned", row.institution, row.key),
        otherwise=(("改发另一地址", Proposal("resend", row.institution, row.key)),),
        institution=row.institution,
        target=row.key,
        since=row.bounced_at,
        letter=row.key,
    )


def quarantine_items(basis: DigestBasis) -> Iterator[DigestItem]:
    """Letters set aside, and letters too big to fetch."""
    seen = closed(basis, "seen")
    for record in basis.letters:
        when = f"{moment_to_day(record.received_at, basis.campaign)}{moment_to_clock(record.received_at, basis.campaign)}"
        look = (("已查看的", Proposal("seen", target=record.sha256)),)
        if record.sha256 in seen:
            continue
        if record.state == "quarantined":
            yield DigestItem(
                label="隔离",
                sentence=f"{when}的一封来信程序未能打开，原件已保存，请在网页邮箱中查看。",
                urgency=2,
                action="程序修好后重试",
                decision=Proposal("retry", target=record.sha256),
                otherwise=look,
                target=record.sha256,
                since=record.received_at,
            )
        elif record.state == "oversize":
            yield DigestItem(
                label="过大",
                sentence=f"{when}的一封来信过大（{record.size / (1 << 20):.0f}兆），全文仍在信箱“{folder_to_phrase(record.folder)}”中，请人工查看。",
                urgency=3,
                action="看过后",
                decision=Proposal("seen", target=record.sha256),
                target=record.sha256,
                since=record.received_at,
            )


def folder_to_phrase(folder: str) -> str:
    """A folder as staff know it."""
    return "收件箱" if folder.upper() == "INBOX" else folder
