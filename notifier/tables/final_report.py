"""Core: the report of the day after the deadline (最终报告.xlsx) - lists of institutions, each with its evidence of time.

"收齐" is formal completeness alone; a time within the grace is listed as undecided, because only staff may call it late (D03).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from config.campaign import Campaign
from intake.submission import Assessment, Received
from notifier.standing import CLASS_TITLES, SELDOM, Standing, assessment_to_standing, complete_since, everyone, open_findings
from notifier.tables.ledger_evidence import SHORT_HASH, letters_listing
from notifier.workbook import CENTRED, MOMENT, CellValue, Column, Listing, Marked, add_listing, book_to_bytes, moment_to_cell, new_book

SENTENCES = {
    Standing.COMPLETE: "截止前电子版材料形式齐全",
    Standing.INCOMPLETE: "截止前已报送，尚有缺项或缺项在截止后补到",
    Standing.LATE: "全部材料在截止后收到，是否接收由工作人员决定",
    Standing.UNDECIDED: "收到时间紧邻截止时刻，由工作人员认定",
    Standing.WAITING: "有来信可能系该单位所发，尚未能读取，须人工查看后认定",
    Standing.SILENT: "截至本报告未收到申报材料",
    Standing.NOT_RECOMMENDING: "已答复本年度不推荐",
}


def final_report_workbook(assessments: Mapping[str, Assessment], campaign: Campaign, now: datetime) -> bytes:
    """最终报告.xlsx as of `now`: a summary sheet, one sheet for each list that holds anyone, and every letter's times."""
    people = everyone(assessments, campaign)
    lists: dict[Standing, list[Assessment]] = {standing: [] for standing in Standing}
    for person in people:
        lists[assessment_to_standing(person)].append(person)
    as_of = f"{campaign.title}  截至{now.astimezone(campaign.zone):%Y年%m月%d日%H时%M分}（北京时间）"
    book = new_book()
    add_listing(book, _summary_listing(lists, campaign, now, as_of))
    for standing, members in lists.items():
        if members or standing not in SELDOM:
            add_listing(book, _standing_listing(standing, members, campaign, as_of))
    add_listing(book, letters_listing(people, campaign, as_of))
    return book_to_bytes(book)


def _summary_listing(lists: Mapping[Standing, Sequence[Assessment]], campaign: Campaign, now: datetime, as_of: str) -> Listing:
    """总表: how many on each list, the studios by kind, and every version of the deadline."""
    columns = (
        Column("情形", 18, CENTRED),
        Column("单位数", 10, CENTRED),
        *(Column(f"{c.title}\n工作室", 10, CENTRED) for c in campaign.categories),
        Column("工作室\n合计", 10, CENTRED),
        Column("说明", 70),
    )
    rows: list[tuple[CellValue | Marked, ...]] = []
    for standing, members in lists.items():
        if members or standing not in SELDOM:
            rows.append((standing.value, len(members), *_studio_counts(members, campaign), SENTENCES[standing]))
    all_members = [person for members in lists.values() for person in members]
    rows.append(("合计", len(all_members), *_studio_counts(all_members, campaign), _award_sentence(campaign)))
    remark = f"{as_of}。{deadline_sentence(campaign, now)}仅就材料接收及形式完整情况予以统计，不代表审核、评审意见。"
    return Listing(name="总表", title="材料接收情况最终报告", columns=columns, rows=rows, remark=remark)


def _studio_counts(members: Sequence[Assessment], campaign: Campaign) -> tuple[int, ...]:
    """Active studios of each kind, then all of them (those of undecided kind included)."""
    studios = [studio for person in members for studio in person.submission.active_studios]
    return (*(sum(1 for s in studios if s.category == c.key) for c in campaign.categories), len(studios))


def _award_sentence(campaign: Campaign) -> str:
    """The province's own quota of names to award, for orientation (notice 二)."""
    parts = [f"其中{c.title}不超过{c.quota_for_award}个" for c in campaign.categories if c.quota_for_award]
    return f"拟命名总计不超过{campaign.award_total}个{'，' if parts else ''}{'，'.join(parts)}（仅供参考）"


def deadline_sentence(campaign: Campaign, now: datetime) -> str:
    """The deadline in force, and every earlier version with its reason."""
    ordered = sorted(campaign.deadlines, key=lambda d: d.effective_from)
    in_force = campaign.deadline_at(now)
    text = f"截止时间：{in_force.at.astimezone(campaign.zone):%Y年%m月%d日%H时%M分%S秒}（{in_force.reason}）。"
    before = [d for d in ordered if d != in_force and d.effective_from <= now]
    return text + "".join(f"此前为{d.at.astimezone(campaign.zone):%Y年%m月%d日%H时%M分}（{d.reason}）。" for d in before)


def _standing_listing(standing: Standing, members: Sequence[Assessment], campaign: Campaign, as_of: str) -> Listing:
    """One of the lists: times, letters, what is still open, and whom to ring."""
    columns = (
        Column("序号", 6, CENTRED),
        Column("单位", 28),
        Column("类别", 11, CENTRED),
        *(Column(c.title, 7, CENTRED) for c in campaign.categories),
        Column("首次收到", 20, MOMENT),
        Column("收齐时间", 20, MOMENT),
        Column("末次收到", 20, MOMENT),
        Column("来信数", 8, CENTRED),
        Column("首封校验码", 19, CENTRED),
        Column("尚缺或待核", 50),
        Column("联系电话", 16, CENTRED),
    )
    rows = [(number, *_member_row(person, campaign)) for number, person in enumerate(members, start=1)]
    remark = f"{as_of}。{SENTENCES[standing]}。"
    return Listing(
        name=standing.value, title=f"{standing.value}单位名单（{len(members)}个）", columns=columns, rows=rows, remark=remark, frozen=2
    )


def _member_row(assessment: Assessment, campaign: Campaign) -> tuple[CellValue | Marked, ...]:
    institution, submission, zone = assessment.institution, assessment.submission, campaign.zone
    first = _first_letter(submission.letters)
    return (
        institution.name,
        CLASS_TITLES.get(institution.unit_class, institution.unit_class),
        *_studio_counts((assessment,), campaign)[:-1],
        moment_to_cell(submission.first_received_at, zone),
        moment_to_cell(complete_since(assessment), zone),
        moment_to_cell(submission.last_received_at, zone),
        len(submission.letters),
        first.sha256[:SHORT_HASH] if first else "",
        "\n".join(_open_sentences(assessment)),
        institution.phone,
    )


def _open_sentences(assessment: Assessment) -> list[str]:
    """What is still open at the institution, missing things first; staff's own notes of judgement last."""
    return [finding.message for severity in ("missing", "conflict", "manual") for finding in open_findings(assessment, severity)]


def _first_letter(letters: Sequence[Received]) -> Received | None:
    """The earliest letter by the server's time."""
    return min(letters, key=lambda letter: letter.received_at, default=None)
