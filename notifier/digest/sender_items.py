"""Core: what staff must know of who really wrote - a From address our own server found forged, an answer wanted elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from intake.books import DAMAGED_BLOBS, FOREIGN_SENT, WITNESS_ABSENT
from intake.records import UnknownLetter
from intake.submission import Claim, Received
from notifier.digest.basis import DigestBasis, closed, letter_title
from notifier.letter import DigestItem
from notifier.letters import find_foreign_reply, is_answerable
from notifier.proposals import Proposal, handle
from notifier.wording import clean_line, folder_to_phrase

ROUNDS_BEFORE_TOLD, KEPT_EVIDENCE = 3, 3
Title = Callable[[Received], str]


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


def unknown_items(letters: Iterable[UnknownLetter], seen: Collection[str]) -> Iterator[DigestItem]:
    """Letters the server lists and has not given for three rounds: where they lie, so that a person looks at them in the webmail."""
    for letter in letters:
        place = f"信箱:{letter.folder}:{letter.uidvalidity}:{letter.uid}"
        if letter.rounds < ROUNDS_BEFORE_TOLD or place in seen:
            continue
        who = f"（{letter.sender}“{clean_line(letter.subject)[:40]}”）" if letter.sender else ""
        yield DigestItem(
            label="未收到",
            sentence=f"信箱“{folder_to_phrase(letter.folder)}”第{letter.uid}号来信{who}已试{letter.rounds}次仍未收下（{letter.reason}），请在网页邮箱中查看；收下之前不会据此告知任何学校缺件。",
            urgency=1,
            action="在网页邮箱中看过的",
            decision=Proposal("seen", target=place),
            target=place,
            since=letter.since,
        )


def forged_items(received: Iterable[Received], claims: Mapping[str, Claim], title: Title) -> Iterator[DigestItem]:
    """Letters whose From address failed the checks of our mail server and that nothing else proves: registered, believed in nothing."""
    for letter in received:
        claim = claims.get(letter.sha256)
        if claim is None or claim.institution is None or claim.evidence.authentication != "fail" or claim.evidence.may_be_told:
            continue
        yield DigestItem(
            label="安全",
            sentence=f"{title(letter)}发件地址未通过我会邮件服务器的核验（SPF/DKIM），可能系冒用{claim.institution}名义：已登记备查，不替换已有材料，不予回复。",
            urgency=1,
            action="电话核实确系该校所发的",
            decision=Proposal("claim", claim.institution, letter.sha256),
            institution=claim.institution,
            target=letter.sha256,
        )


def reply_items(received: Iterable[Received], claims: Mapping[str, Claim], title: Title) -> Iterator[DigestItem]:
    """Letters that want their answer at an address in another domain: answered to the sender, the other address never written to."""
    for letter in received:
        elsewhere, claim = find_foreign_reply(letter.message), claims.get(letter.sha256)
        settled = claim is not None and "decision" in claim.evidence.proofs
        if not elsewhere or settled or not is_answerable(letter.message) or letter.message.kind == "empty":
            continue
        name = claim.institution if claim and claim.institution else ""
        yield DigestItem(
            label="邮箱",
            sentence=f"{title(letter)}要求回复到另一域名的地址{elsewhere}，程序只回复发件地址；需改用该地址的请先电话核实。",
            urgency=3,
            action="已核实的（今后以发件地址为准）",
            decision=Proposal("claim", name, letter.sha256),
            institution=name,
            target=letter.sha256,
        )


def books_items(health: Mapping[str, str], seen: Collection[str]) -> Iterator[DigestItem]:
    """What is wrong with the books themselves: originals the disk has altered and nothing can bring back; letters of ours the books do not
    know. Looked at, it is settled until there is more of it."""
    damaged = health.get(DAMAGED_BLOBS, "").split()
    if damaged and (which := f"原件库:{handle(' '.join(damaged))}") not in seen:
        yield DigestItem(
            label="原件库",
            sentence=f"原件库中有{len(damaged)}份原件与登记时不一致且无法从信箱重新取回（{'、'.join(damaged[:5])}），磁盘可能有损坏，请用以前的备份核对。",
            urgency=0,
            action="核对过的",
            decision=Proposal("seen", target=which),
            target=which,
        )
    foreign = health.get(FOREIGN_SENT, "")
    if foreign and (which := f"两套程序:{foreign}") not in seen:
        yield DigestItem(
            label="两套程序",
            sentence=f"“已发送”中有{foreign}封由本程序发出而账上没有的信：可能有两套程序同用这个信箱，或账册是旧的。已改为审核后发，请只留一套，核对后再恢复自动。",
            urgency=0,
            action="核对过的",
            decision=Proposal("seen", target=which),
            target=which,
        )
    if health.get(WITNESS_ABSENT, "") and (which := "已发送:不留底") not in seen:
        yield DigestItem(
            label="已发送",
            sentence="信箱的“已发送”里找不到本程序确已发出的信，发送中断时无从核对是否送达，只能原样再发一次（至多两次，高校可能收到两封相同的信）。请在网页邮箱设置中打开“SMTP发信后保存到服务器”。",
            urgency=2,
            action="知道了的",
            decision=Proposal("seen", target=which),
            target=which,
        )
