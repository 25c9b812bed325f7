"""The staff's page: on the right days, with every open decision once, the truth about everybody, and the robot's health."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date, timedelta
from email.header import decode_header

import pytest
from openpyxl import load_workbook

from intake.books.ledger import Ledger
from intake.checks import finding as made
from intake.message import Address
from intake.records import DigestRecord
from intake.submission import Assessment, Candidate, Claim, Material, Submission
from notifier.belt.institutions import compose_digest, queue_digest, queue_digests_due, queue_heartbeat
from notifier.digest.workdays import find_due_slot, is_working_day, slots_on
from notifier.letter import Digest, Wording
from notifier.post.mime import wording_to_bytes
from notifier.proposals import proposal_to_command
from tests.unit.notifier.letters.cases import HILL, SEA, at, campaign, cloud, complete_case, finding, letter, partial_case, state
from tests.unit.notifier.letters.desk import Office

NOW = at(2, 8, 30, month=8)


@pytest.fixture
def office(ledger: Ledger) -> Office:
    office = Office(ledger)
    office.lay_in(complete_case(), partial_case())
    return office


def page(office: Office, now: object = NOW) -> Digest:
    return compose_digest(office.ledger, office.campaign, office.settings, now, "08:30")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "slots"),
    [
        (date(2022, 7, 29), ("08:30",)),
        (date(2022, 7, 30), ()),
        (date(2022, 8, 2), ("08:30",)),
        (date(2022, 8, 3), ("08:30", "16:30")),
        (date(2022, 8, 5), ("08:30", "16:30")),
        (date(2022, 8, 6), ()),
        (date(2022, 10, 3), ()),
        (date(2022, 10, 8), ("08:30",)),
        (date(2035, 1, 5), ("08:30",)),
        (date(2035, 1, 6), ()),
    ],
)
def test_a_digest_comes_on_working_days_and_twice_in_the_last_three(day: date, slots: tuple[str, ...]) -> None:
    assert slots_on(day, campaign()) == slots


def test_the_campaigns_own_calendar_outranks_the_official_one() -> None:
    moved = replace(campaign(), workdays={date(2022, 7, 30): True, date(2022, 8, 1): False})
    assert is_working_day(date(2022, 7, 30), moved)
    assert not is_working_day(date(2022, 8, 1), moved)


def test_a_service_that_was_down_at_half_past_eight_catches_up_with_the_latest_slot_only() -> None:
    assert find_due_slot(campaign(), (), at(3, 8, 29, month=8)) is None
    assert find_due_slot(campaign(), (), at(3, 11, 0, month=8)) == "08:30"
    assert find_due_slot(campaign(), (), at(3, 17, 0, month=8)) == "16:30"
    done = DigestRecord(day="2022-08-03", slot="16:30", composed_at=at(3, 16, 30, month=8), key="k")
    assert find_due_slot(campaign(), (done,), at(3, 17, 0, month=8)) is None


def test_the_subject_tells_the_whole_day_in_one_line(office: Office) -> None:
    digest = page(office)
    assert digest.wording.subject == f"【材料接收日报】8月2日：收齐1、未齐1、未报1，待办{len(digest.items)}件"
    assert digest.counts == {"收齐": 1, "未齐": 1, "截止后": 0, "未报": 1, "不推荐": 0}
    assert sum(digest.counts.values()) == len(office.campaign.institutions)
    assert "距截止3天（8月5日24时）" in digest.text


def test_a_quiet_day_has_a_digest_too(ledger: Ledger) -> None:
    digest = page(Office(ledger))
    assert "今日没有急需您决定的事项" in digest.text
    assert "没有新来信" in digest.text
    assert "尚未收过信" in digest.text


def test_each_member_of_staff_gets_one_letter_a_slot_and_no_more(office: Office) -> None:
    assert queue_digests_due(office.ledger, office.campaign, office.settings, NOW) == 1
    assert queue_digests_due(office.ledger, office.campaign, office.settings, NOW + timedelta(minutes=5)) == 0
    rows = [row for row in office.rows("queued") if row.kind == "digest"]
    assert [row.recipient for row in rows] == ["zhao@office.example", "qian@office.example"]
    office.mode("rehearsal")
    queue_digest(office.ledger, office.campaign, office.settings, NOW + timedelta(hours=2), "manual")
    assert [row.state for row in office.rows() if row.kind == "digest"].count("draft") == 2


def test_the_enclosed_ledger_is_a_workbook_that_opens(office: Office) -> None:
    [enclosure] = page(office).enclosures
    assert enclosure.name == "台账_08月02日_0830.xlsx"
    assert load_workbook(io.BytesIO(enclosure.payload)).sheetnames


def test_a_letter_nobody_claims_stands_with_its_candidates_evidence_and_command(office: Office) -> None:
    stray = letter("stray", at(1, 20, 3, month=8), files=("附件.zip",), sender="some@mail.example")
    office.lay_letter(
        stray, Claim(None, (Candidate(HILL.name, 0.6, ("附件2落款",)), Candidate(SEA.name, 0.2, ("域名相近",))), codes=("M01",))
    )
    [item] = [item for item in page(office).items if item.label == "归属"]
    assert f"疑为{HILL.name}（另可能：{SEA.name}）" in item.sentence
    assert item.command == f"intake decide claim {HILL.name} {stray.sha256[:10]}"
    assert item.evidence[0] == f"{HILL.name}：附件2落款"


def test_a_quota_question_names_the_letter_kept_ready(office: Office) -> None:
    ask = finding("Q01", "conflict", "贵校共推荐4个工作室，超出3个。", audience="institution_after_approval")
    office.lay_in(replace(partial_case(), findings=(ask,)))
    office.compose(at(30, 12, 0))
    [row] = office.rows("held")
    [item] = [item for item in page(office).items if item.letter == row.key]
    assert (item.label, item.command) == ("待审", f"intake letters approve {row.key}")
    assert HILL.email in item.sentence
    office.ledger.mark(row.key, "sent", at=at(30, 13, 0))
    assert not page(office).items


def test_a_quota_question_without_a_letter_is_told_in_the_voice_for_staff(office: Office) -> None:
    office.lay_in(replace(partial_case(), findings=(made("Q01", n=6, 上限=3),)))
    [item] = page(office).items
    assert item.sentence == f"{HILL.name}：推荐6个工作室，上限3个。"
    assert "贵校" not in page(office).text


def test_notes_for_the_reviewers_and_what_goes_out_by_itself_are_no_decisions(office: Office) -> None:
    quiet = (finding("F14", "note", "两年均为0。", audience="staff"), finding("T05", "missing", "未填写。"))
    office.lay_in(replace(partial_case(), findings=quiet))
    assert page(office).items == ()


def test_failed_and_returned_letters_ask_for_a_phone_call(office: Office) -> None:
    office.compose(at(30, 16, 0))
    rows = office.rows("queued")
    office.ledger.mark(rows[0].key, "failed", error="550 User not found")
    office.ledger.mark(rows[1].key, "sent", at=at(30, 17, 0))
    office.ledger.mark_bounced(rows[1].message_id, at(31, 9, 0))
    labels = {item.label for item in page(office).items}
    assert {"发信失败", "退信"} <= labels
    assert "收件人不存在" in page(office).text


def test_nothing_owed_expires_and_each_item_is_closed_by_its_own_decision(office: Office) -> None:
    asked = letter("asked", at(28, 9, 0), kind="question", intents=("question",))
    office.lay_letter(asked, Claim(SEA.name))
    office.compose(at(30, 16, 0))
    [row] = [row for row in office.rows("queued") if row.institution == HILL.name]
    office.ledger.mark(row.key, "sent", at=at(30, 17, 0))
    office.ledger.mark_bounced(row.message_id, at(31, 9, 0))
    later = at(30, 8, 30, month=9)
    labels = {item.label: item for item in page(office, later).items}
    assert labels["咨询"].overdue > 20
    assert labels["退信"].overdue > 20
    assert "逾期未办" in page(office, later).text or "已逾期" in page(office, later).text
    for label in ("咨询", "退信"):
        decision = labels[label].decision
        assert decision is not None
        office.ledger.decide(decision.kind, by="赵值班", at=later, target=decision.target)
    assert not {"咨询", "退信"} & {item.label for item in page(office, later).items}


def test_a_time_in_the_grace_can_be_held_to_be_late_as_well(office: Office) -> None:
    office.lay_in(replace(partial_case(), findings=(finding("D03", "manual", "在宽限时间内到达。", audience="staff"),)))
    [item] = page(office).items
    assert [proposal_to_command(way) for _, way in item.otherwise] == [f"intake decide not-accept-late {HILL.name}"]


def test_letters_waiting_for_approval_are_named_with_recipient_subject_and_the_way_to_read_them(office: Office) -> None:
    office.mode("approve")
    office.compose(at(30, 16, 0))
    text = page(office).text
    assert "二、待审核的信（2封；看全文：intake letters show 编号" in text
    for row in office.rows("held"):
        assert row.key in text
        assert row.recipient in text
        assert row.subject.rpartition("】")[2] in text


def test_a_quarantined_letter_stands_with_the_way_to_replay_it(office: Office) -> None:
    bad = letter("bad", at(1, 9, 0, month=8), files=("x.zip",))
    office.lay_letter(bad, Claim(None))
    office.ledger.quarantine(bad.sha256, "Traceback…\nIndexError: list index out of range")
    [item] = [item for item in page(office).items if item.label == "隔离"]
    assert "IndexError" not in item.sentence
    assert item.command == f"intake retry {bad.sha256[:10]}"


@pytest.mark.parametrize(
    ("wish", "label", "command"),
    [("不推荐申报", "不推荐", "not-recommending"), ("撤回推荐", "撤回", "withdraw"), ("更换推荐", "更换", "replace")],
)
def test_a_wish_names_the_decision_that_settles_it(office: Office, wish: str, label: str, command: str) -> None:
    found = finding("M16", "manual", "来信已收悉。", audience="institution_after_approval", facts={"事项": wish})
    office.lay_in(replace(partial_case(), findings=(found,)))
    [item] = page(office).items
    assert item.label == label
    assert item.command.startswith(f"intake decide {command} {HILL.name}")


def test_all_else_is_folded_one_line_a_school(office: Office) -> None:
    many = tuple(finding("X12", "manual", f"两个文件在第{n}处不一致。", audience="staff") for n in range(9))
    blank = tuple(finding("T05", "manual", f"第{n}处未填写。", audience="staff") for n in range(3))
    office.lay_in(replace(partial_case(at(1, 9, 0, month=8)), findings=(*many, *blank)))
    assert len(page(office).items) == 12
    assert f" {HILL.name}：不一致9、漏填3" in page(office).text


def test_only_letters_since_the_last_digest_are_new(office: Office) -> None:
    queue_digest(office.ledger, office.campaign, office.settings, at(1, 8, 30, month=8), "08:30")
    office.lay_letter(letter("fresh", at(1, 15, 0, month=8), files=("a.docx",)), Claim(SEA.name))
    assert "、新收来信（1封）" in page(office).text


def test_links_about_to_expire_stand_out(office: Office) -> None:
    case = partial_case()
    office.lay_in(replace(case, submission=replace(case.submission, cloud_files=((case.submission.letters[0].sha256, cloud()),))))
    text = page(office, at(3, 8, 30, month=8)).text
    assert "网盘文件将到期1件，最早8月10日" in text


def test_who_recommends_nobody_stands_apart_from_the_silent(office: Office) -> None:
    name = office.campaign.institutions[2].name
    declined = Assessment(
        institution=office.campaign.institutions[2],
        submission=Submission(institution=office.campaign.institutions[2], not_recommending=True),
    )
    office.lay_in(declined)
    text = page(office).text
    assert f"不推荐（1所）：{name}" in text
    assert "未报（0所）：无" in text


def test_the_page_says_first_whether_the_clerk_is_alive_and_last_what_comes_next(office: Office) -> None:
    office.ledger.note_health("last_poll_ok", at(2, 8, 25, month=8).isoformat())
    text = page(office, at(2, 8, 30, month=8)).text
    assert text.splitlines()[3] == "收件台正常：8月2日8时25分收信；自上次日报收0封、发0封。"
    assert f"今日9时拟提醒1所补报（{HILL.name}）" in text


def test_the_silent_stand_with_telephone_and_last_contact(office: Office) -> None:
    quiet = replace(office.campaign.institutions[2], phone="024-00000000")
    office.campaign = replace(office.campaign, institutions=(*office.campaign.institutions[:2], quiet))
    assert f"未报（1所）：{quiet.name}（024-00000000）" in page(office).text
    office.ledger.decide("phoned", by="赵值班", at=at(1, 15, 0, month=8), institution=quiet.name)
    assert f"{quiet.name}（024-00000000，8月1日已电话）" in page(office).text


def test_what_is_read_what_waits_and_what_is_blank_are_told_apart(office: Office) -> None:
    case = partial_case()
    zhang, zhao = case.submission.studios
    [annex] = case.submission.summaries.values()
    scan = replace(annex, status="received_unread", problem="scanned")
    zhao = replace(zhao, materials={**zhao.materials, Material.BASIC_INFO: state(scan)})
    blanks = tuple(finding("T05", "missing", f"第{n}处未填写。") for n in range(9))
    office.lay_in(replace(case, submission=replace(case.submission, studios=(zhang, zhao)), findings=blanks))
    assert "基本情况表1/2待看1" in page(office).text
    assert "缺件0、漏填9" in page(office).text


def test_the_blanks_of_a_subject_survive_the_folds_of_its_header() -> None:
    subject = "回复：滨海示例大学创新工作室申报材料【回执 LN2022-0017】补充材料已收到，请补正12项、核实3项 共15项"
    raw = wording_to_bytes(
        Wording(subject, "文字\n", "<p>文字</p>"), campaign(), recipient="a@b.example", message_id="<x@y>", composed_at=NOW
    )
    head = re.search(rb"^Subject: ((?:.*\r\n[ \t])*.*)\r\n", raw, re.M)
    assert head is not None
    words = [part.decode(charset or "ascii") if isinstance(part, bytes) else part for part, charset in decode_header(head[1].decode())]
    assert "".join(words) == subject
    assert max(len(line) for line in head[0].splitlines()) <= 78


def test_no_personal_data_of_forms_and_no_markup_of_mail_reaches_the_page(office: Office) -> None:
    nasty = letter("nasty", at(1, 9, 0, month=8), kind="question", text="电话13912345678", sender="a@b.example")
    nasty = replace(
        nasty, message=replace(nasty.message, subject="<script>alert(1)</script>\r\nBcc: x", sender=Address("<b>", "a@b.example"))
    )
    office.lay_letter(nasty, Claim(None))
    digest = page(office)
    assert "<script>" not in digest.wording.html
    assert "&lt;script&gt;" in digest.wording.html
    assert "13912345678" not in digest.text


def test_staff_hear_once_when_the_mailbox_is_out_of_reach_for_an_hour_and_once_when_it_is_back(office: Office) -> None:
    office.ledger.note_health("last_poll_ok", at(2, 3, 0, month=8).isoformat())
    office.ledger.note_health("last_poll_error", "连不上收信服务器")
    beat = [
        queue_heartbeat(office.ledger, office.campaign, office.settings, at(2, 3 + m // 60, m % 60, month=8)) for m in (30, 59, 60, 61, 120)
    ]
    assert beat == [0, 0, 1, 0, 0]
    office.send(at(2, 5, 1, month=8))
    office.ledger.note_health("last_poll_ok", at(2, 5, 30, month=8).isoformat())
    assert queue_heartbeat(office.ledger, office.campaign, office.settings, at(2, 5, 31, month=8)) == 1
    assert queue_heartbeat(office.ledger, office.campaign, office.settings, at(2, 5, 40, month=8)) == 0
    assert [row.recipient for row in office.rows() if row.key.startswith("notice-recovery")] == [
        "zhao@office.example",
        "qian@office.example",
    ]


def test_an_outage_that_nobody_could_be_told_of_is_not_told_afterwards(office: Office) -> None:
    office.ledger.note_health("last_poll_ok", at(2, 3, 0, month=8).isoformat())
    queue_heartbeat(office.ledger, office.campaign, office.settings, at(2, 4, 10, month=8))
    office.ledger.note_health("last_poll_ok", at(2, 5, 30, month=8).isoformat())
    assert queue_heartbeat(office.ledger, office.campaign, office.settings, at(2, 5, 31, month=8)) == 0
    assert not office.rows("queued")
