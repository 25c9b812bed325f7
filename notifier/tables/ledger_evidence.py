"""Core: the sheets of the ledger that prove and remind - letters with all their times, the silent institutions, the paper list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from config.campaign import Campaign
from intake.submission import Assessment, Received, Submission
from notifier.standing import CLASS_TITLES, Standing, assessment_to_standing
from notifier.workbook import CENTRED, DAY, MOMENT, RED, YELLOW, CellValue, Column, Listing, Marked, moment_to_cell

SHORT_HASH = 16
KIND_TITLES = {
    "submission": "报送",
    "question": "咨询",
    "withdrawal": "撤回或更换",
    "auto_reply": "自动回复",
    "bounce": "退信",
    "read_receipt": "已读回执",
    "notice": "系统通知",
    "empty": "空信",
}


def letters_listing(people: Sequence[Assessment], campaign: Campaign, as_of: str) -> Listing:
    """来信与时间: every letter with the server's time (which alone counts), every copy's, the sender's claim and the last relay's."""
    columns = (
        Column("单位", 24),
        Column("序号", 6, CENTRED),
        Column("收到时间\n（服务器）", 20, MOMENT),
        Column("类别", 10, CENTRED),
        Column("期限", 12, CENTRED),
        Column("重复送达时间", 20, CENTRED),
        Column("发件人声明时间", 20, MOMENT),
        Column("末次中转时间", 20, MOMENT),
        Column("读取时间", 20, MOMENT),
        Column("主题", 36),
        Column("发件地址", 28),
        Column("附件", 44),
        Column("校验码", 19, CENTRED),
    )
    rows = [row for person in people for row in _letter_rows(person.submission, campaign)]
    remark = f"{as_of}。是否按期以服务器收到时间为准；重复送达的，以最早一次为准。"
    return Listing(name="来信与时间", title="来信与时间证据", columns=columns, rows=rows, remark=remark, frozen=2)


def _letter_rows(submission: Submission, campaign: Campaign) -> Iterator[tuple[CellValue | Marked, ...]]:
    zone = campaign.zone
    for number, letter in enumerate(submission.letters, start=1):
        message = letter.message
        copies = [m for m in letter.seen_at if m != letter.received_at]
        yield (
            submission.institution.name,
            number,
            moment_to_cell(letter.received_at, zone),
            KIND_TITLES.get(message.kind, message.kind),
            timing(letter, submission),
            "\n".join(f"{m.astimezone(zone):%Y-%m-%d %H:%M:%S}" for m in copies),
            moment_to_cell(message.date, zone),
            moment_to_cell(message.received[0] if message.received else None, zone),
            moment_to_cell(letter.fetched_at, zone),
            message.subject,
            message.sender.address,
            "\n".join([a.name for a in message.attachments if not a.inline] + [f"{c.name}（链接）" for c in message.cloud_files]),
            letter.sha256[:SHORT_HASH],
        )


def timing(letter: Received, submission: Submission) -> Marked:
    """Whether a letter kept the deadline, as the assessment judged it; a letter that brings nothing has none to keep."""
    if letter.sha256 in submission.accepted_late:
        return Marked("截止后（已同意接收）", YELLOW)
    if letter.sha256 in submission.late_letters:
        return Marked("截止后", RED)
    if letter.sha256 in submission.borderline_letters:
        return Marked("待认定", YELLOW)
    return Marked("按期" if letter.message.kind == "submission" else "", "")


def silent_listing(people: Sequence[Assessment], as_of: str) -> Listing:
    """尚未报送: the institutions from which nothing has come, or nothing anybody could read, with their telephone; recommending nobody is allowed (notice 三.3)."""
    columns = (
        Column("序号", 6, CENTRED),
        Column("单位", 30),
        Column("类别", 12, CENTRED),
        Column("情况", 18, CENTRED),
        Column("电话", 20, CENTRED),
        Column("邮箱", 30),
        Column("名录", 12, CENTRED),
        Column("联系记录", 40),
    )
    quiet = [(p, assessment_to_standing(p)) for p in people]
    listed = [(p, s) for p, s in quiet if s in (Standing.SILENT, Standing.WAITING, Standing.NOT_RECOMMENDING)]
    rows = [
        (
            number,
            person.institution.name,
            CLASS_TITLES.get(person.institution.unit_class, person.institution.unit_class),
            "未报送（有来信）" if standing is Standing.SILENT and person.submission.letters else standing.value,
            person.institution.phone,
            person.institution.email,
            "已确认" if person.institution.confirmed else "未确认",
            "",
        )
        for number, (person, standing) in enumerate(listed, start=1)
    ]
    remark = f"{as_of}。推荐与否由高校决定，未报送不等于逾期。"
    waiting = "、有来信待人工查看" if any(s is Standing.WAITING for _, s in listed) else ""
    return Listing(name="尚未报送", title=f"尚未报送{waiting}及答复不推荐的单位", columns=columns, rows=rows, remark=remark, frozen=2)


def paper_listing(people: Sequence[Assessment], campaign: Campaign, as_of: str) -> Listing:
    """纸质材料: what staff have ticked, with room to tick the rest by hand."""
    columns = (
        Column("序号", 6, CENTRED),
        Column("单位", 30),
        Column("推荐数", 8, CENTRED),
        Column("收到日期", 16, DAY),
        Column("份数", 8, CENTRED),
        Column("盖章", 8, CENTRED),
        Column("登记情况", 14, CENTRED),
        Column("备注", 50),
    )
    rows = [
        (number, person.institution.name, len(person.submission.active_studios), *_paper_cells(person.submission.paper, campaign))
        for number, person in enumerate((p for p in people if p.submission.active_studios), start=1)
    ]
    remark = f"{as_of}。通知要求纸质版加盖公章、一式{campaign.paper_copies}份。"
    return Listing(name="纸质材料", title="纸质材料登记", columns=columns, rows=rows, remark=remark, frozen=2)


def _paper_cells(paper: Any, campaign: Campaign) -> tuple[CellValue | Marked, ...]:
    """Date, copies, seal, verdict and remark of one institution's paper."""
    if not paper:
        return (None, None, None, Marked("未登记", ""), "")
    copies, stamped = paper.get("copies"), paper.get("stamped")
    enough = isinstance(copies, int) and copies >= campaign.paper_copies and bool(stamped)
    seal = None if stamped is None else "是" if stamped else "否"
    return (
        _day(paper.get("date")),
        copies,
        seal,
        Marked("齐全" if enough else "不齐", "" if enough else YELLOW),
        str(paper.get("note") or ""),
    )


def _day(value: Any) -> CellValue:
    """A date however the decision holds it (ISO text or a date)."""
    try:
        return datetime.fromisoformat(value).date() if isinstance(value, str) else value
    except ValueError:
        return str(value)
