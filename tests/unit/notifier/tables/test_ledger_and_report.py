"""The ledger workbook and the final report: every institution on its place, with its times."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pytest

from config.campaign import Deadline
from config.load import DEFAULT_CAMPAIGN, load_campaign
from intake.records import UnknownLetter
from intake.submission import Assessment, Material, MaterialState, StudioSubmission, Submission
from notifier.digest.final_letter import compose_final_report
from notifier.standing import Standing, assessment_to_standing, complete_since
from notifier.tables.final_report import deadline_sentence, final_report_workbook
from notifier.tables.ledger_workbook import make_ledger_workbook, where_to_text
from parsers.form import Where
from tests.unit.notifier.tables.builders import (
    CAMPAIGN,
    FIRST,
    NOW,
    ZONE,
    assessment,
    campaign_of_six,
    finding,
    letter,
    sha,
    state,
    studio,
    version,
)


def read(payload: bytes) -> dict[str, list[tuple[Any, ...]]]:
    """Every sheet's rows of values by name."""
    book = openpyxl.load_workbook(io.BytesIO(payload))
    return {sheet.title: [tuple(r) for r in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}


@pytest.fixture(scope="module")
def ledger() -> dict[str, list[tuple[Any, ...]]]:
    return read(make_ledger_workbook(campaign_of_six(), CAMPAIGN, NOW))


@pytest.fixture(scope="module")
def report() -> dict[str, list[tuple[Any, ...]]]:
    return read(final_report_workbook(campaign_of_six(), CAMPAIGN, NOW))


def test_the_ledger_has_its_six_sheets(ledger: dict[str, Any]) -> None:
    assert list(ledger) == ["进度总表", "工作室台账", "问题清单", "来信与时间", "尚未报送", "纸质材料"]


def test_progress_lists_the_whole_roster_with_its_state(ledger: dict[str, Any]) -> None:
    assert [(r[1], r[14]) for r in ledger["进度总表"][3:]] == [
        ("东山大学", "收齐"),
        ("西河医科大学", "未齐"),
        ("南湖学院", "截止后"),
        ("北原理工学院", "不推荐"),
        ("中岭师范学院", "时间待认定"),
        ("青石职业学院", "未报"),
    ]


def test_progress_counts_active_studios_against_the_quota(ledger: dict[str, Any]) -> None:
    rows = {r[1]: r[2:14] for r in ledger["进度总表"][3:]}
    assert rows["东山大学"] == ("普通高校", 1, 2, 3, 3, "3/3", "3/3", "3/3", "0/3", 0, 0, 0)
    assert rows["西河医科大学"] == ("医科大学", 0, 1, 1, 5, "1/1", "0/1", "0/1", "0/1", 1, 1, 1)
    assert rows["南湖学院"][0:5] == ("待确认", 1, 0, 1, "待确认")


def test_the_matrix_shows_every_studio_the_withdrawn_one_last(ledger: dict[str, Any]) -> None:
    rows = [(*r[:9], r[-1]) for r in ledger["工作室台账"][3:7]] + [(*ledger["工作室台账"][7][:3], ledger["工作室台账"][7][-1])]
    assert rows == [
        ("东山大学", 1, "张三劳模创新工作室", "劳模", "张三", "√", "√", "√", "未登记", None),
        ("东山大学", 2, "李四创新工作室", "职工", "李四", "√", "√ 第2版", "√", "未登记", None),
        ("东山大学", 3, "王五教学创新工作室", "职工", "王五", "√", "√", "√", "未登记", None),
        ("西河医科大学", 1, "赵六创新工作室", "职工", "赵六", "√", "缺", "缺", "未登记", None),
        ("西河医科大学", 2, "钱七创新工作室", "已撤回"),
    ]


def marks(given: StudioSubmission) -> tuple[Any, ...]:
    """The four marks of one studio in the matrix."""
    return tuple(read(make_ledger_workbook({"东山大学": assessment("东山大学", given)}, CAMPAIGN, NOW))["工作室台账"][3][5:9])


def test_what_was_kept_but_not_read_is_never_called_missing() -> None:
    unread = state(version("扫描.pdf", status="received_unread"))
    assert marks(studio("甲", "甲", materials={Material.BASIC_INFO: unread}))[1] == "待人工查看"


def test_a_link_is_called_a_link_and_a_waiver_a_waiver() -> None:
    link = MaterialState("missing", note="cloud_link")
    got = marks(studio("甲", "甲", materials={Material.BASIC_INFO: link, Material.NARRATIVE: MaterialState("waived")}))
    assert got[1:3] == ("仅有网盘链接", "免")


def test_a_version_after_the_deadline_says_so() -> None:
    late = state(version("a.docx"), version("b.docx", 2, late=True))
    assert marks(studio("甲", "甲", materials={Material.BASIC_INFO: late}))[1] == "√ 第2版 截止后"


def test_findings_stand_with_their_place(ledger: dict[str, Any]) -> None:
    found = ledger["问题清单"][3]
    assert found[:3] + found[4:] == (
        "西河医科大学", "赵六创新工作室", "缺件", "缺项", "自动告知", "未决", "尚缺“赵六创新工作室”的《基本情况表》（附件4）。", "《附件2.xlsx》第1个表第3行C3",
    )  # fmt: skip
    assert ledger["问题清单"][5][5] == "仅工作人员"


@pytest.mark.parametrize(
    ("where", "text"),
    [
        (Where(), ""),
        (Where(file="a.docx", place="第2页", table=1, row=3, cell="第3行第2格"), "《a.docx》第2页第1个表第3行第2格"),
        (Where(file="b.xlsx", place="Sheet1", cell="B3"), "《b.xlsx》Sheet1B3"),
    ],
)
def test_a_place_is_told_as_a_person_looks_for_it(where: Where, text: str) -> None:
    assert where_to_text(where) == text


def test_letters_carry_every_time_there_is(ledger: dict[str, Any]) -> None:
    row = ledger["来信与时间"][3]
    assert row[2:9] == (
        datetime(2022, 7, 29, 15, 42, 7),
        "报送",
        "按期",
        None,
        datetime(2022, 7, 29, 15, 40, 7),
        datetime(2022, 7, 29, 15, 42, 4),
        datetime(2022, 7, 29, 15, 46, 7),
    )
    assert row[12] == sha(f"letter {FIRST}")[:16]
    assert [r[4] for r in ledger["来信与时间"][3:]] == ["按期", "按期", "截止后", "按期", "待认定"]


def test_every_copy_of_a_letter_is_kept_as_evidence() -> None:
    twice = replace(letter(), seen_at=(FIRST, FIRST + timedelta(minutes=3)))
    got = read(make_ledger_workbook({"东山大学": assessment("东山大学", letters=(twice,))}, CAMPAIGN, NOW))["来信与时间"][3]
    assert got[5] == "2022-07-29 15:45:07"


@pytest.mark.parametrize(
    ("field", "word"), [("accepted_late", "截止后（已同意接收）"), ("borderline_letters", "待认定"), ("late_letters", "截止后")]
)
def test_a_letter_is_as_timely_as_the_assessment_says(field: str, word: str) -> None:
    given = assessment("东山大学", **{field: (sha(f"letter {FIRST}"),)})
    assert read(make_ledger_workbook({"东山大学": given}, CAMPAIGN, NOW))["来信与时间"][3][4] == word


def test_the_silent_are_listed_with_their_telephone(ledger: dict[str, Any]) -> None:
    assert [(r[1], r[3]) for r in ledger["尚未报送"][3:]] == [("北原理工学院", "不推荐"), ("青石职业学院", "未报送")]


def with_an_unread_letter() -> dict[str, Assessment]:
    """The six, but that a letter nobody could read yet may be of the one that seems silent."""
    name = "青石职业学院"
    unread = UnknownLetter(folder="INBOX", uidvalidity=1, uid=9, received_at=NOW)
    institution = next(i for i in CAMPAIGN.institutions if i.name == name)
    return campaign_of_six() | {
        name: Assessment(institution=institution, submission=Submission(institution=institution, unread_letters=(unread,)))
    }


def test_nobody_is_listed_as_silent_while_a_letter_that_may_be_his_is_unread() -> None:
    ledger = read(make_ledger_workbook(with_an_unread_letter(), CAMPAIGN, NOW))
    report = read(final_report_workbook(with_an_unread_letter(), CAMPAIGN, NOW))
    shipped = replace(CAMPAIGN, letters=load_campaign(DEFAULT_CAMPAIGN).letters)
    letter = compose_final_report(with_an_unread_letter(), shipped, "各位老师", NOW)
    assert [r[14] for r in ledger["进度总表"] if r[1] == "青石职业学院"] == ["有来信待人工查看"]
    assert [r[3] for r in ledger["尚未报送"] if r[1] == "青石职业学院"] == ["有来信待人工查看"]
    assert report["有来信待人工查看"][3][1] == "青石职业学院"
    assert not any("青石职业学院" in r for r in report["未报送"])
    assert "有来信待人工查看（1所）" in letter.text
    assert "未报0 来信待看1" in letter.subject


def test_who_declined_is_not_waited_for() -> None:
    found = with_an_unread_letter()["青石职业学院"]
    declined = replace(found, submission=replace(found.submission, not_recommending=True))
    assert assessment_to_standing(declined) is Standing.NOT_RECOMMENDING


def test_paper_is_complete_only_with_enough_stamped_copies(ledger: dict[str, Any]) -> None:
    rows = {r[1]: r[3:7] for r in ledger["纸质材料"][3:]}
    assert rows["东山大学"] == (datetime(2022, 8, 3), 2, "是", "齐全")
    assert rows["西河医科大学"] == (None, 1, "是", "不齐")
    assert rows["南湖学院"] == (None, None, None, "未登记")


def test_the_report_has_a_sheet_for_every_list(report: dict[str, Any]) -> None:
    assert list(report) == ["总表", "按期收齐", "按期未齐", "截止后收到", "时间待认定", "未报送", "不推荐", "来信与时间"]
    assert [report[s.value][3][1] for s in Standing if s is not Standing.WAITING] == [
        "东山大学",
        "西河医科大学",
        "南湖学院",
        "中岭师范学院",
        "青石职业学院",
        "北原理工学院",
    ]


def test_the_report_counts_institutions_and_studios(report: dict[str, Any]) -> None:
    assert [r[:5] for r in report["总表"][3:]] == [
        ("按期收齐", 1, 1, 2, 3),
        ("按期未齐", 1, 0, 1, 1),
        ("截止后收到", 1, 1, 0, 1),
        ("时间待认定", 1, 0, 1, 1),
        ("未报送", 1, 0, 0, 0),
        ("不推荐", 1, 0, 0, 0),
        ("合计", 6, 2, 4, 6),
    ]


def test_the_report_proves_when_everything_was_there(report: dict[str, Any]) -> None:
    first = datetime(2022, 7, 29, 15, 42, 7)
    assert report["按期收齐"][3] == (
        1,
        "东山大学",
        "普通高校",
        1,
        2,
        first,
        first,
        first,
        1,
        sha(f"letter {FIRST}")[:16],
        None,
        "024-00000001",
    )


def test_the_report_says_what_is_still_open(report: dict[str, Any]) -> None:
    assert report["按期未齐"][3][10].split("\n")[0] == "尚缺“赵六创新工作室”的《基本情况表》（附件4）。"


def test_an_undecided_list_with_nobody_on_it_is_not_printed() -> None:
    assert "时间待认定" not in read(final_report_workbook({}, CAMPAIGN, NOW))


def test_no_sheet_for_staff_speaks_of_acceptance_or_rejection(ledger: dict[str, Any], report: dict[str, Any]) -> None:
    words = "\n".join(str(v) for book in (ledger, report) for rows in book.values() for r in rows for v in r if v is not None)
    assert not [word for word in ("受理", "不合格", "拒收") if word in words]


def test_a_moved_deadline_is_told_with_what_it_was_before() -> None:
    later = Deadline(datetime(2022, 8, 12, 23, 59, 59, tzinfo=ZONE), datetime(2022, 8, 4, 9, tzinfo=ZONE), "补充通知")
    moved = replace(CAMPAIGN, deadlines=(*CAMPAIGN.deadlines, later))
    assert deadline_sentence(moved, NOW) == "截止时间：2022年08月12日23时59分59秒（补充通知）。此前为2022年08月05日23时59分（通知规定）。"
    assert deadline_sentence(moved, FIRST) == deadline_sentence(CAMPAIGN, FIRST)


@pytest.mark.parametrize(
    ("timeliness", "complete", "standing"),
    [
        ("on_time", True, Standing.COMPLETE),
        ("on_time_then_corrected", True, Standing.COMPLETE),
        ("on_time", False, Standing.INCOMPLETE),
        ("on_time_incomplete", True, Standing.INCOMPLETE),
        ("late", True, Standing.LATE),
        ("borderline", False, Standing.UNDECIDED),
        ("none", False, Standing.SILENT),
    ],
)
def test_an_institution_stands_where_its_times_put_it(timeliness: str, complete: bool, standing: Standing) -> None:
    assert assessment_to_standing(assessment("东山大学", studio("甲", "甲"), timeliness=timeliness, complete=complete)) is standing


def test_who_recommends_nobody_but_sent_studios_is_not_on_the_list_of_those_who_do_not() -> None:
    given: Assessment = assessment("东山大学", studio("甲", "甲"), not_recommending=True)
    assert assessment_to_standing(given) is Standing.COMPLETE


def test_all_was_there_when_the_last_first_version_came() -> None:
    at = FIRST + timedelta(days=1)
    given = studio("甲", "甲")
    corrected = state(version("a.docx"), version("b.docx", 2, received_at=at + timedelta(days=3)))
    added = state(version("c.docx", received_at=at))
    whole = replace(given, materials={**given.materials, Material.BASIC_INFO: corrected, Material.NARRATIVE: added})
    assert complete_since(assessment("东山大学", whole)) == at
    assert complete_since(assessment("东山大学", whole, complete=False)) is None


def test_a_letter_that_brings_nothing_has_no_deadline_to_keep() -> None:
    asked = replace(letter(), message=replace(letter().message, kind="question", attachments=()))
    got = read(make_ledger_workbook({"东山大学": assessment("东山大学", letters=(asked,), timeliness="none")}, CAMPAIGN, NOW))
    assert got["来信与时间"][3][3:5] == ("咨询", None)
    assert got["尚未报送"][3][3] == "未报送（有来信）"


def test_what_is_missing_stands_before_what_is_only_a_tip() -> None:
    findings = [finding(code, code, severity=severity) for code, severity in (("N05", "note"), ("X05", "conflict"), ("C03", "missing"))]
    got = read(make_ledger_workbook({"东山大学": assessment("东山大学", findings=findings)}, CAMPAIGN, NOW))["问题清单"][3:]
    assert [(r[2], r[6], r[7]) for r in got] == [("缺件", "未决", "C03"), ("数字", "未决", "X05"), ("正文", None, "N05")]
    assert all(len(r[3]) == 6 for r in got)  # the number people type
