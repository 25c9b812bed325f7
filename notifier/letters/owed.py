"""Core: which institutions are owed an answer now - once each, after the quiet window, never a machine, never twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from config.campaign import Campaign
from intake.claiming import is_personal
from intake.message import MACHINES, Message
from intake.submission import Assessment, Claim, Received
from notifier.letter import Owed
from notifier.letters.history import History
from notifier.letters.letter_kinds import ANSWERS
from notifier.wording import deadline_day

EMPTY_HISTORY = History(())
MOST_ECHOES = 2
MORE_TO_COME = timedelta(hours=2)
"""How long the next letter is waited for when one says that it is not the last; what is on its way is not told to be missing."""

_NUMBER = "[一二两三四五六七八九1-9]"
_OF_SEVERAL = re.compile(rf"[分共]{_NUMBER}(?:封|次|批|个?邮件|部分)|第{_NUMBER}(?:封|批|个?邮件|部分)|之{_NUMBER}(?=[)）】\]]|$|\s)|[(（【\[]{_NUMBER}[/／]{_NUMBER}[)）】\]]")
_FOLLOWS = re.compile(r"(?:随后|稍后|接着|后续|其余|其他|另外)[^，。；！？\n]{0,20}(?:发|送|报)|另[行外]?[^，。；！？\n]{0,6}(?:发|送|报)|待续|未完")
_LAST_OF_ALL = re.compile(r"(?:发送|报送|发)完(?:毕|了)?|最后一(?:封|批)|已?全部(?:发送|报送|发出|发完)|齐了")
_PLAIN = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{3,253}")
_DIGITS = re.compile(r"[\d\s]+")


def find_owed(
    assessments: Mapping[str, Assessment], histories: Mapping[str, History], campaign: Campaign, now: datetime
) -> tuple[Owed, ...]:
    """The institutions whose letters want an answer at this moment, in the order their oldest unanswered letter came."""
    owed = []
    for name, assessment in assessments.items():
        history = histories.get(name, EMPTY_HISTORY)
        found = find_owed_to(assessment, history, campaign, now)
        if found is not None:
            owed.append(found)
    return tuple(sorted(owed, key=lambda o: (o.letters[0].received_at, o.institution)))


def find_owed_to(assessment: Assessment, history: History, campaign: Campaign, now: datetime) -> Owed | None:
    """What one institution is owed: every answerable letter no answer has left for, once it has been quiet long enough."""
    answerable = [letter for letter in drop_echoes(assessment.submission.letters, history) if is_owed_words(letter.message)]
    if not any(letter.sha256 not in history.covered for letter in answerable):
        return None
    if not is_quiet(assessment.submission.letters, campaign, now, whole=assessment.complete):
        return None
    letters = tuple(letter for letter in answerable if letter.sha256 not in history.answered)
    replaces = tuple(row.key for row in history.waiting if row.kind in ANSWERS)
    return Owed(institution=assessment.institution.name, letters=letters, replaces=replaces)


def is_answerable(message: Message) -> bool:
    """True for letters a person wrote to us; machines and damaged addresses never get an answer (law 8)."""
    return message.answerable and message.kind not in MACHINES


def is_owed_words(message: Message) -> bool:
    """True for what a person wrote, and for files from an address that may not be written to: those are answered to the registered one."""
    return is_answerable(message) or is_unreachable(message)


def is_unreachable(message: Message) -> bool:
    """True when files came and their sender may not be answered (a damaged address, no-reply): only the registered address is left."""
    return not message.answerable and message.kind == "submission" and bool(message.attachments)


def is_quiet(letters: Sequence[Received], campaign: Campaign, now: datetime, *, whole: bool = False) -> bool:
    """True when the last letter is old enough that no second half is under way, longer where it says that one is; on deadline day nobody is kept waiting."""
    if now.astimezone(campaign.zone).date() == deadline_day(campaign.deadline_at(now).at, campaign):
        return True
    last = max(letters, key=lambda letter: letter.received_at, default=None)
    if last is None:
        return campaign.thresholds.quiet_minutes <= 0
    more = not whole and announces_more(last.message)
    return now - last.received_at >= max(timedelta(minutes=campaign.thresholds.quiet_minutes), MORE_TO_COME if more else timedelta())


def announces_more(message: Message) -> bool:
    """True when a letter with files says that it is one of several, or that more follows: 分三封发送，此为第一封; 申报材料（之二）."""
    said = f"{message.subject}\n{message.text[:2_000]}"
    if not message.leaves or _LAST_OF_ALL.search(said):
        return False
    return bool(_OF_SEVERAL.search(said) or _FOLLOWS.search(message.text[:2_000]))


def find_unclaimed(
    received: Iterable[Received], claims: Mapping[str, Claim], strangers: History, campaign: Campaign, now: datetime
) -> tuple[Received, ...]:
    """Letters nobody could be found for whose sender is to be asked the full name: once an address, never a suspicious one."""
    asked = {row.recipient.lower() for row in strangers.rows if row.kind == "unclaimed" and row.state != "dropped"}
    found: dict[str, Received] = {}
    for letter in received:
        claim = claims.get(letter.sha256)
        address = letter_to_address(letter.message).lower()
        if claim is None or claim.institution is not None or claim.split or not address or address in asked:
            continue
        if is_worth_asking(letter.message) and is_quiet((letter,), campaign, now):
            found.setdefault(address, letter)
    return tuple(found.values())


def is_worth_asking(message: Message) -> bool:
    """True for a stranger's letter with material or a question; advertisements and hostile files are left alone (M08)."""
    hostile = any(attachment.problem == "hostile" for attachment in message.attachments)
    return is_answerable(message) and message.kind in ("submission", "question", "withdrawal") and not hostile


def letter_to_address(message: Message) -> str:
    """Where an answer goes: the sender, or his Reply-To when it lies in the same office's domain - another domain is a matter for staff."""
    for reply in message.reply_to:
        if reply.address and not is_elsewhere(reply.address, message.sender.address):
            return reply.address
    return message.sender.address


def find_foreign_reply(message: Message) -> str:
    """The address in another domain that a letter wants its answer sent to, empty when there is none: told to staff, never written to."""
    found = (r.address for r in message.reply_to if r.address and is_elsewhere(r.address, message.sender.address))
    return next(found, "")


def is_elsewhere(address: str, sender: str) -> bool:
    """True unless both are the same mailbox, or plain addresses in the same domain that is no public provider's."""
    if address.casefold() == sender.casefold():
        return False
    there, here = (a.casefold().rpartition("@")[2] for a in (address, sender))
    related = there == here or there.endswith("." + here) or here.endswith("." + there)
    return not related or is_personal(address) or not _PLAIN.fullmatch(address)


def is_told(assessment: Assessment, letter: Received) -> bool:
    """True when this letter's sender may be told what the institution has sent and lacks (law 14)."""
    claim = assessment.submission.claims.get(letter.sha256)
    return claim is None or claim.evidence.may_be_told


def brings_material(assessment: Assessment, letter: Received) -> bool:
    """True when an unproven letter is worth the registered mailbox's attention: it has files, and its sender was not found forged."""
    claim = assessment.submission.claims.get(letter.sha256)
    return bool(letter.message.attachments) and not (claim and claim.evidence.authentication == "fail")


def drop_echoes(letters: Sequence[Received], history: History) -> list[Received]:
    """The letters without the third and later of an address that bring nothing but the same words: a machine that answers every answer of
    ours and does not say so (law 8); its first two were answered in good faith."""
    answered: Counter[tuple[str, str]] = Counter()
    kept = []
    for letter in letters:
        echo = (letter.message.sender.address.casefold(), _DIGITS.sub("", letter.message.text).strip())
        bare = not letter.message.leaves and not letter.message.cloud_files
        if bare and letter.sha256 not in history.answered and answered[echo] >= MOST_ECHOES:
            continue
        answered[echo] += bare
        kept.append(letter)
    return kept
