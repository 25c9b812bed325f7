"""Every command the digest prints is one that `intake` understands: staff copy it from the page into the terminal as it stands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import replace

import click
import pytest

from intake.books.ledger import Ledger
from intake.records import LetterRecord
from intake.submission import Candidate, Claim, Finding, MaterialState, Version
from notifier.belt.institutions import compose_digest
from notifier.letter import Digest
from notifier.proposals import proposal_to_command
from notifier.tables.ledger_workbook import FINDINGS_SHEET
from service.cli import intake
from service.deciding import DECIDING, Case
from service.deciding import PLACEHOLDERS as STUDIO_PLACEHOLDERS
from service.refusals import Slip
from tests.unit.notifier.letters.cases import (
    HILL,
    LAKE,
    SEA,
    at,
    complete_case,
    digest,
    finding,
    letter,
    partial_case,
    state,
    studio,
    version,
)
from tests.unit.notifier.letters.desk import Office

for every in intake.list_commands(click.Context(intake)):  # a command is loaded when it is asked for
    intake.get_command(click.Context(intake), every)

# Two parameters of one name are only a warning to click, and a command that does not work to staff.
pytestmark = pytest.mark.filterwarnings("error")

NOW = at(2, 8, 30, month=8)
PRINTED = re.compile(r"intake (?:[a-z][a-z-]*)(?: [^\n）。；]*)?")
PLACEHOLDERS = {"学校", "单位全称", "编号"}


def parsed(command: str) -> click.Context:
    """The command as click understands it, nothing carried out; wrong words are a UsageError."""
    name, *words = shlex.split(command)
    assert name == "intake"
    found: click.Command = intake
    while isinstance(found, click.Group) and words:
        assert words[0] in found.commands, command
        name, found = words[0], found.commands[words.pop(0)]
    assert not isinstance(found, click.Group), command
    return found.make_context(name, words)


def check(command: str, office: Office) -> None:
    """The command parses, speaks of institutions of the roster and letters of the outbox, and its values are ones the decision accepts."""
    given = parsed(command).params
    institution = given.pop("institution", None)
    assert institution in (None, "") or institution in PLACEHOLDERS or office.campaign.institution(institution) is not None, command
    assert set(given.get("keys", ())) <= {row.key for row in office.ledger.outbox()} | PLACEHOLDERS, command
    for name in ("letter", "file"):
        if name in given:
            assert re.fullmatch(r"[0-9a-f]{10,64}", given[name]), command
    words = shlex.split(command)
    for deciding in DECIDING:
        if words[1:3] == ["decide", deciding.name]:
            found = office.ledger.assessments().get(str(institution))
            case = Case(office.campaign, found, [r.sha256 for r in office.ledger.letters()])
            try:
                # who is asked twice (不推荐 with studios in) answers with --yes
                deciding.build(case, {**given, "yes": "yes"})
            except Slip:
                # The page leaves the studio's name to whoever knows it; everything else it prints must mean something.
                assert institution in PLACEHOLDERS or set(given.values()) & {*STUDIO_PLACEHOLDERS, "原工作室"}, command


def page(office: Office, now: object = NOW) -> Digest:
    return compose_digest(office.ledger, office.campaign, office.settings, now, "08:30")  # type: ignore[arg-type]


def staff(code: str, message: str, **more: object) -> Finding:
    return finding(code, "manual", message, audience="staff", **more)  # type: ignore[arg-type]


FIRST = letter("on-time", at(29), files=("附件4.docx",), sender=LAKE.email)
SECOND = letter("update", at(6, 10, 0, month=8), files=("附件4（更新版）.docx",), sender=LAKE.email)


def late_version() -> tuple[Version, Version]:
    changes = ("成员总数 5→25",)
    return version(FIRST, "附件4.docx"), version(SECOND, "附件4（更新版）.docx", 2, late=True, changes=changes)


@pytest.fixture
def office(ledger: Ledger) -> Office:
    """An office in which every kind of decision waits."""
    office = Office(ledger)
    scan = letter("scan", at(30, 11, 0), files=("扫描件.pdf",), sender=HILL.email)
    base = partial_case()
    unread = version(scan, "扫描件.pdf", status="received_unread", problem="scanned")
    asks = (
        finding("Q01", "conflict", "贵校共推荐4个工作室，超出3个。", audience="institution_after_approval"),
        finding("M16", "manual", "来信", audience="institution_after_approval", facts={"事项": "撤回推荐", "letter": digest("a")}),
        finding("M16", "manual", "来信二", audience="institution_after_approval", facts={"事项": "更换推荐", "letter": digest("b")}),
        finding("M16", "manual", "来信三", audience="institution_after_approval", facts={"事项": "不推荐申报", "letter": digest("c")}),
        staff("D03", "在宽限时间内到达。"),
        staff("Q06", "名额类别待确认。"),
        staff("T21", "名称疑为 'R&D' 原有建制的研发机构；请判断(人工)。", studio="“张三”创新工作室"),
    )
    submission = replace(base.submission, letters=(*base.submission.letters, scan), unread=(unread,), borderline_letters=(scan.sha256,))
    office.lay_in(complete_case(), replace(base, findings=asks, submission=submission))
    first, late = late_version()
    both = MaterialState("received", (first, late), first)
    swapped = replace(complete_case(institution=LAKE), timeliness="on_time_then_corrected")
    held = replace(
        swapped.submission,
        letters=(FIRST, SECOND),
        studios=(studio("王五创新工作室", "employee", row=state(first), basic=both, text=state(first)),),
    )
    office.lay_in(replace(swapped, submission=held))
    office.lay_letter(letter("stray", at(1, 20, 3, month=8), files=("附件.zip",), sender="a@mail.example"), lost(HILL.name, SEA.name))
    office.lay_letter(letter("stray-2", at(1, 20, 4, month=8), files=("附件.zip",), sender="b@mail.example"), lost())
    mixed = Claim(None, split=(HILL.name, SEA.name), codes=("M10",))
    office.lay_letter(letter("mixed", at(1, 20, 5, month=8), files=("两校.zip",), sender="c@mail.example"), mixed)
    private = letter("private", at(1, 20, 6, month=8), files=("材料.zip",), sender="lin@qq.com")
    office.lay_letter(private, Claim(SEA.name, (Candidate(SEA.name, 0.9, ("附件2落款",)),), codes=("M15",)))
    spam = letter("spam", at(1, 20, 7, month=8), files=("发票.exe",), sender="promo@shop.example")
    office.lay_letter(spam, Claim(None, codes=("M08",)))
    for state_, name in (("quarantined", "broken"), ("oversize", "big")):
        row = LetterRecord(sha256=digest(name), received_at=at(1), fetched_at=at(1), size=60 << 20, state="new", folder="INBOX")
        office.ledger.record_fetched([replace(row, state=state_)], [])  # type: ignore[arg-type]
    return office


def lost(*names: str) -> Claim:
    return Claim(None, tuple(Candidate(name, 0.5, ("主题",)) for name in names), codes=("M01",))


def commands(digest_page: Digest) -> Iterator[str]:
    """Whatever stands on the page as a command, in the items and in the running text."""
    for item in digest_page.items:
        ways = [item.decision, *(way for _, way in item.otherwise)]
        yield from (proposal_to_command(way) for way in ways if way is not None)
    for line in digest_page.text.splitlines():
        yield from (found.strip() for found in PRINTED.findall(line))


def test_every_command_on_the_page_parses_and_its_words_stand_in_the_right_order(office: Office) -> None:
    office.mode("approve")
    office.compose(at(1, 21, 0, month=8))
    failed = office.rows("held")[0]
    office.ledger.mark(failed.key, "failed", error="550 User not found")
    shown = page(office)
    labels = {item.label for item in shown.items}
    assert {
        "归属",
        "拆分",
        "撤回",
        "更换",
        "不推荐",
        "时间",
        "资格",
        "版本",
        "邮箱",
        "待看",
        "待审",
        "发信失败",
        "隔离",
    } <= labels
    found = dict.fromkeys(commands(shown))
    assert len(found) > len(labels)
    for command in found:
        check(command, office)


def test_what_is_folded_points_to_the_sheet_of_the_workbook_by_its_name(office: Office) -> None:
    many = tuple(staff("X05", f"第{i}项数字不一致。") for i in range(20))
    office.lay_in(replace(partial_case(at(1, 9, 0, month=8)), findings=many))
    shown = page(office)
    assert f"逐件见台账“{FINDINGS_SHEET}”页" in shown.text
    for command in commands(shown):
        check(command, office)


def test_a_letter_that_recommends_nobody_is_settled_by_the_decision_of_that_name(office: Office) -> None:
    [item] = [item for item in page(office).items if item.label == "不推荐"]
    assert item.command == f"intake decide not-recommending {HILL.name}"


def test_a_late_version_offers_the_choice_of_either(office: Office) -> None:
    first, late = late_version()
    [item] = [item for item in page(office, at(8, 8, 30, month=8)).items if item.label == "版本"]
    assert item.command == f"intake decide version {LAKE.name} {late.attachment[:10]}"
    assert item.evidence == ("成员总数 5→25",)
    assert [(words, proposal_to_command(way)) for words, way in item.otherwise] == [
        ("仍用7月29日版本的", f"intake decide version {LAKE.name} {first.attachment[:10]}")
    ]
    assert "“王五创新工作室”基本情况表截止后又收到《附件4（更新版）.docx》（8月6日10时00分）" in item.sentence


def test_hostile_advertisements_are_shown_as_set_aside_and_ask_nothing(office: Office) -> None:
    shown = page(office)
    assert not [item for item in shown.items if "promo@shop.example" in item.sentence]
    assert "（可疑邮件）1封（1个文件），已隔离，未打开" in shown.text


def test_a_personal_mailbox_is_to_be_confirmed_once(office: Office) -> None:
    [item] = [item for item in page(office).items if item.label == "邮箱"]
    assert "lin@qq.com" in item.sentence
    assert f"未经登记或确认，按内容认作{SEA.name}" in item.sentence
    assert item.command.startswith(f"intake decide claim {SEA.name} ")


@pytest.mark.parametrize("wrong", ["intake decide claim", "intake decide nothing x", "intake open 0123456789", "intake letters"])
def test_a_command_that_would_fail_is_found_out(wrong: str) -> None:
    with pytest.raises((click.UsageError, AssertionError)):
        parsed(wrong)
