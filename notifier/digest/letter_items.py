"""Core: what waits because of a letter that came - nobody knows whose it is, it asks something, it could not be opened, nobody can answer it."""

from __future__ import annotations

from collections.abc import Iterator

from intake.decisions import decisions_in_force
from intake.submission import Claim, Received
from notifier.digest.basis import DigestBasis, closed, letter_title
from notifier.letter import DigestItem
from notifier.letters import is_answerable, is_owed_words, is_unreachable
from notifier.proposals import Proposal
from notifier.wording import folder_to_phrase, moment_to_clock, moment_to_day, silence_to_phrase

KEPT_CANDIDATES = 3


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


def question_items(basis: DigestBasis) -> Iterator[DigestItem]:
    """Questions nobody has noted an answer to: we promised one, so they stay however old they are and whoever the letter is claimed for.

    That somebody looked at who wrote answers nothing; only a letter of nobody's that was set aside as none of our business asks no more.
    """
    answered, seen = closed(basis, "answered", "note", "explain"), closed(basis, "seen")
    for letter in basis.received:
        message = letter.message
        asks = message.kind == "question" or "question" in message.intents
        claim = basis.claims.get(letter.sha256)
        set_aside = letter.sha256 in seen and not (claim and claim.institution)
        if asks and is_answerable(message) and letter.sha256 not in answered and not set_aside:
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


def unreachable_items(basis: DigestBasis) -> Iterator[DigestItem]:
    """Files from an address that may not be written to, of an institution whose mailbox we do not have: nobody has been told anything."""
    answered = {sha for row in basis.outbox if row.state != "dropped" for sha in row.answers} | closed(basis, "answered", "phoned")
    for letter in basis.received:
        claim = basis.claims.get(letter.sha256)
        found = basis.assessments.get(claim.institution) if claim and claim.institution else None
        if found is None or not is_unreachable(letter.message) or letter.sha256 in answered or found.institution.email:
            continue
        yield DigestItem(
            label="未告知",
            sentence=f"{letter_title(letter, basis)}{silence_to_phrase(letter.message.unanswerable) or '来信地址不能回复'}，名录中也没有{found.institution.name}的邮箱，尚未告知学校，请电话联系。",
            urgency=2,
            action="已电话告知的",
            decision=Proposal("phoned", found.institution.name, letter.sha256),
            institution=found.institution.name,
            target=letter.sha256,
            since=letter.received_at,
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
