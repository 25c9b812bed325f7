"""Core: M16 - wishes to withdraw, replace or not recommend: whose scope is one studio or the whole institution, and which later mail overtakes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from config.campaign import Campaign
from intake.checks.alike import owners
from intake.checks.catalogue import finding
from intake.checks.dates import day_to_text
from intake.message import MACHINES
from intake.names import clean_name, clean_person, studio_core
from intake.submission import Finding, Received, Submission

WISHES = {"withdrawal": "撤回推荐", "replacement": "更换推荐", "supersede": "以本次报送为准", "not_recommending": "不推荐申报"}
RESUMED = "恢复推荐"
WISH_DECISIONS = ("withdraw_studio", "replace_studio", "not_recommending", "recommending")
_REFUSED = r"(?:不推荐|不申报|不报送|不参加|不再推荐|放弃|零申报|撤回|撤销|退出)"
_DENIED = re.compile(
    rf"{_REFUSED}[^。；;\n]{{0,20}}(?:误报|误发|有误|错误|作废|无效|收回|取消|不算|撤销)|(?:收回|取消|撤销|作废|更正|误发|误报)[^。；;\n]{{0,20}}{_REFUSED}"
)
_BEFORE = re.compile(r"前信|此前|之前|上封|上次|前次|原来|先前|前日|昨日|前一|上一")


@dataclass(frozen=True, slots=True)
class Wish:
    """意愿: what one letter asks for (a key of WISHES, or "taken_back"), and the studios it names; none means the institution."""

    kind: str
    studios: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """As a letter and the staff's page call it."""
        named = "".join(f"“{name}”" for name in self.studios)
        return WISHES[self.kind] + (f"（{named}）" if named and self.kind == "withdrawal" else "")


def check_wishes(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """M16: a wish changes nothing until staff decide; each later decision settles one letter, and later mail of the same union is weighed."""
    decided = sorted(d.decided_at for d in submission.decisions if d.kind in WISH_DECISIONS)
    for letter in sorted(submission.letters, key=lambda one: one.arrived_at):
        wish = find_wish(letter, submission)
        if wish is None or wish.kind == "taken_back":
            continue
        answer = next((moment for moment in decided if moment >= letter.arrived_at), None)
        if answer is not None:
            decided.remove(answer)
            yield from _resumed(letter, wish, submission, answer)
            continue
        later = _overtaking(letter, wish, submission)
        if not any(_is_proven(one, submission) for one in later):
            said = f"（{day_to_text(later[-1].arrived_at, campaign.zone)}又有来信，请一并核实）" if later else ""
            yield finding("M16", letter=letter.sha256, 事项=wish.words + said)


def find_wish(letter: Received, submission: Submission) -> Wish | None:
    """What a letter asks for. 不再推荐 beside a studio's name is about that studio; a wish that is denied, or that only speaks of an earlier
    letter's, is none. "以本次为准" with files attached is an ordinary correction: nothing waits for a person."""
    message = letter.message
    said = f"{message.subject}\n{message.text}"
    if _DENIED.search(said) and (_BEFORE.search(said) or _carries(letter)):
        return Wish("taken_back")
    intents = [i for i in message.intents if i in WISHES and not (i == "supersede" and _carries(letter))]
    kind = intents[0] if intents else "withdrawal" if message.kind == "withdrawal" else ""
    if not kind:
        return None
    named = _named_studios(said, submission)
    if kind == "not_recommending" and named:
        return Wish("withdrawal", named)
    return Wish(kind, named if kind == "withdrawal" else ())


def _named_studios(text: str, submission: Submission) -> tuple[str, ...]:
    """The studios on the books that a text names, by their own name or by their leader's studio."""
    said, names = clean_name(text), owners(submission.institution)
    found = []
    for studio in submission.studios:
        core, leader = studio_core(studio.name, names), clean_person(studio.leader)
        by_leader = len(leader) >= 2 and re.search(re.escape(leader) + r"(?:同志|老师|教授)?.{0,12}工作室", said)
        if (len(core) >= 2 and core in said) or by_leader:
            found.append(studio.name)
    return tuple(found)


def _overtaking(letter: Received, wish: Wish, submission: Submission) -> list[Received]:
    """Later letters that take the wish back in words, or bring material after a refusal of the whole institution."""
    later = [one for one in submission.letters if one.arrived_at > letter.arrived_at and one.message.kind not in MACHINES]
    material = [one for one in later if wish.kind == "not_recommending" and _carries(one)]
    words = [one for one in later if (found := find_wish(one, submission)) and found.kind == "taken_back"]
    return sorted({one.sha256: one for one in (*material, *words)}.values(), key=lambda one: one.arrived_at)


def _resumed(letter: Received, wish: Wish, submission: Submission, decided: datetime) -> Iterator[Finding]:
    """Staff registered a refusal, and later mail overtakes it: the later letter is put to them."""
    later = [one for one in _overtaking(letter, wish, submission) if one.arrived_at > decided]
    if submission.not_recommending and wish.kind == "not_recommending" and later:
        yield finding("M16", letter=later[-1].sha256, 事项=RESUMED)


def _is_proven(letter: Received, submission: Submission) -> bool:
    claim = submission.claims.get(letter.sha256)
    return claim is None or claim.evidence.may_replace


def _carries(letter: Received) -> bool:
    return bool(letter.message.leaves) or any(not cloud.quoted for cloud in letter.message.cloud_files)
