"""Every kind of item on the page has a way to be settled, each way settles it, and settling one takes no other promise along."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import notifier.digest
from intake.message import Address, Volume
from intake.records import Health, LetterRecord, UnknownLetter
from intake.submission import Assessment, Candidate, Claim, Decision, Evidence, Material
from notifier.digest.basis import DigestBasis
from notifier.digest.items import find_items
from notifier.letter import DigestItem
from notifier.proposals import Proposal, proposal_to_command
from service.deciding import DECIDING
from tests.unit.notifier.digest.days import ROSTER, basis, held
from tests.unit.notifier.letters.cases import at, complete_case, digest, finding, letter, version

SCHOOL = ROSTER[0]
UNPROVEN = Evidence(proofs=())


def came(claim: Claim, **more: object) -> DigestBasis:
    """One letter that came, and whose it is."""
    received = letter("came", at(1, 20, 3, month=8), sender="someone@mail.example", **{"files": ("附件.zip",), **more})  # type: ignore[arg-type]
    return basis(assessments={}, received=(received,), claims={received.sha256: claim})


def asked(claim: Claim) -> DigestBasis:
    return came(claim, files=(), kind="question", intents=("question",))


def found(code: str, audience: str = "staff", **facts: object) -> DigestBasis:
    case = complete_case(at(29, 10, 0), SCHOOL)
    return basis(assessments={SCHOOL.name: replace(case, findings=(finding(code, "manual", "请人工判断。", audience=audience, facts=facts),))})


def kept(state_: str) -> DigestBasis:
    row = LetterRecord(sha256=digest("put-aside"), received_at=at(1), fetched_at=at(1), size=9 << 20, state=state_, folder="INBOX")  # type: ignore[arg-type]
    return basis(assessments={}, letters=(row,))


def late_version() -> DigestBasis:
    case = complete_case(at(29, 10, 0), SCHOOL)
    second = letter("late", at(6, 9, 0, month=8), files=("新.docx",))
    first, other = case.submission.studios
    form = first.materials[Material.BASIC_INFO]
    both = replace(form, versions=(*form.versions, version(second, "新.docx", 2, late=True)))
    studios = (replace(first, materials={**first.materials, Material.BASIC_INFO: both}), other)
    return basis(assessments={SCHOOL.name: replace(case, submission=replace(case.submission, studios=studios))})


def unread(problem: str) -> DigestBasis:
    received = letter("scan", at(28, 9, 30), files=("材料.part1.rar",))
    leaf = replace(received.message.attachments[0], volume=Volume("材料.rar", 1, "rar")) if problem == "volume" else received.message.attachments[0]
    received = replace(received, message=replace(received.message, attachments=(leaf,)))
    scan = version(received, "材料.part1.rar", status="received_unread", problem=problem)
    case = complete_case(at(29, 10, 0), SCHOOL)
    return basis(assessments={SCHOOL.name: replace(case, submission=replace(case.submission, letters=(received,), unread=(scan,)))})


def unreachable() -> DigestBasis:
    silent = replace(SCHOOL, email="")
    given = came(Claim(SCHOOL.name), answerable=False, unanswerable="来信地址写法异常")
    return replace(given, assessments={SCHOOL.name: Assessment(institution=silent, submission=complete_case().submission)})


MINE, NOBODYS = Claim(SCHOOL.name), Claim(None, (Candidate(SCHOOL.name, 0.5, ("附件落款",)),), codes=("M01",))
STRANGE = Claim(SCHOOL.name, codes=("M15",), evidence=UNPROVEN)
CASES: dict[str, Callable[[], DigestBasis]] = {
    "归属": lambda: came(NOBODYS),
    "拆分": lambda: came(Claim(None, split=(SCHOOL.name, ROSTER[1].name), codes=("M10",))),
    "邮箱": lambda: came(STRANGE),
    "邮箱 回复到别处": lambda: came(MINE, reply_to=(Address("", "x@elsewhere.example"),)),
    "安全": lambda: came(Claim(SCHOOL.name, evidence=Evidence(proofs=(), authentication="fail"))),
    "咨询": lambda: asked(MINE),
    "咨询 尚无归属": lambda: asked(NOBODYS),
    "咨询 邮箱未确认": lambda: asked(STRANGE),
    "未告知": unreachable,
    "隔离": lambda: kept("quarantined"),
    "过大": lambda: kept("oversize"),
    "未收到": lambda: basis(assessments={}, unknown=(UnknownLetter(folder="垃圾 邮件", uidvalidity=1, uid=9, rounds=5, reason="服务器未给出内容"),)),
    "原件库": lambda: basis(assessments={}, health=Health(values={"damaged_blobs": "abc def"})),
    "两套程序": lambda: basis(assessments={}, health=Health(values={"foreign_sent": "2"})),
    "已发送": lambda: basis(assessments={}, health=Health(values={"witness_absent": "2022-08-01T09:00:00+08:00"})),
    "待审": lambda: basis(assessments={}, outbox=(held(1),)),
    "发信失败": lambda: basis(assessments={}, outbox=(held(1, state="failed", error="550 User not found"),)),
    "退信": lambda: basis(assessments={}, outbox=(held(1, state="sent", sent_at=at(30, 8, 0), bounced_at=at(30, 9, 0)),)),
    "版本": late_version,
    "待看": lambda: unread("scanned"),
    "待看 分卷": lambda: unread("volume"),
    "名额": lambda: found("Q01", "institution_after_approval"),
    "时间": lambda: found("D03"),
    "类别": lambda: found("Q06"),
    "说明": lambda: found("M17"),
    "撤回": lambda: found("M16", "institution_after_approval", 事项="撤回"),
    "更换": lambda: found("M16", "institution_after_approval", 事项="更换"),
    "不推荐": lambda: found("M16", "institution_after_approval", 事项="不推荐"),
    "恢复": lambda: found("M16", "institution_after_approval", 事项="恢复推荐"),
}
# What the assessment itself takes away once the decision is in it: held by the courses of test_any_course, over every way that is offered.
DERIVED = ("版本", "待看", "名额", "时间", "类别", "说明", "撤回", "更换", "不推荐", "恢复")
SHOWS = ("show", "look")
PROMISES = ("咨询", "退信", "发信失败", "未告知")


def ways(item: DigestItem) -> list[Proposal]:
    """Everything that may be answered to an item, but for what only shows something."""
    return [way for way in (item.decision, *(proposal for _, proposal in item.otherwise)) if way is not None and way.kind not in SHOWS]


def settled(given: DigestBasis, way: Proposal) -> DigestBasis:
    """The books after somebody took this way."""
    rows = {row.key: row for row in given.outbox}
    if way.kind in ("letters", "drop"):
        rows[way.target] = replace(rows[way.target], state="queued" if way.kind == "letters" else "dropped")
        return replace(given, outbox=tuple(rows.values()))
    if way.kind == "resend":
        again = replace(rows[way.target], key=f"{way.target}-to-1", recipient="new@u.example", state="queued", bounced_at=None)
        return replace(given, outbox=(*given.outbox, again))
    if way.kind == "retry":
        return replace(given, letters=tuple(replace(row, state="opened") for row in given.letters))
    if way.kind == "claim":
        return replace(given, claims={way.target: Claim(way.institution or SCHOOL.name, evidence=Evidence(proofs=("decision",)))})
    made = Decision(1, way.kind, given.now, "赵值班", way.institution, way.target, way.detail)
    return replace(given, decisions=(*given.decisions, made))


def same(item: DigestItem, others: tuple[DigestItem, ...]) -> bool:
    return (item.label, item.target or item.letter) in {(other.label, other.target or other.letter) for other in others}


@pytest.mark.parametrize("name", sorted(CASES))
def test_every_way_an_item_offers_settles_it_and_no_other_promise(name: str) -> None:
    given = CASES[name]()
    items = find_items(given)
    [item] = [item for item in items if item.label == name.partition(" ")[0]] if name[:2] in {i.label for i in items} else items
    assert ways(item)
    for way in ways(item) if name.partition(" ")[0] not in DERIVED else []:
        left = find_items(settled(given, way))
        assert not same(item, left), way
        assert [o.label for o in items if o is not item and o.label in PROMISES and not same(o, left) and o.target != item.target] == []


@pytest.mark.parametrize("name", sorted(CASES))
def test_every_way_can_be_typed_and_is_known_to_the_terminal(name: str) -> None:
    known = {deciding.name for deciding in DECIDING} | {"split", "undo"}
    for item in find_items(CASES[name]()):
        for way in ways(item):
            words = proposal_to_command(way).split()
            assert words[:1] == ["intake"], way
            assert words[1] in ("letters", "retry") or (words[1] == "decide" and words[2] in known), words


@pytest.mark.parametrize("kind", ["seen", "claim"])
def test_having_looked_at_who_wrote_answers_no_question(kind: str) -> None:
    given = asked(STRANGE)
    [mailbox] = [item for item in find_items(given) if item.label == "邮箱"]
    way = next(way for way in ways(mailbox) if way.kind == kind)
    assert [item.label for item in find_items(settled(given, way))] == ["咨询"]


def test_a_question_keeps_its_promise_when_its_letter_is_claimed_and_claimed_anew() -> None:
    given = asked(NOBODYS)
    sha = given.received[0].sha256
    assert "咨询" in [item.label for item in find_items(given)]
    for name in (SCHOOL.name, ROSTER[1].name):
        given = settled(given, Proposal("claim", name, sha))
        [item] = find_items(given)
        assert (item.label, item.institution) == ("咨询", name)
    assert find_items(settled(given, Proposal("answered", target=sha))) == ()


def test_damage_that_grows_is_told_again_after_it_was_looked_at() -> None:
    given = CASES["原件库"]()
    [item] = find_items(given)
    looked = settled(given, ways(item)[0])
    assert find_items(looked) == ()
    assert [i.label for i in find_items(replace(looked, health=Health(values={"damaged_blobs": "abc def ghi"})))] == ["原件库"]


def test_no_kind_of_item_is_left_out_here() -> None:
    room = Path(notifier.digest.__file__).parent
    written = {label for path in room.glob("*_items.py") for label in re.findall(r'label="([^"]+)"', path.read_text(encoding="utf-8"))}
    assert written == {name.partition(" ")[0] for name in CASES} - set(DERIVED) | {"版本", "待看"}


