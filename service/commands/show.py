"""Core: what the terminal prints - the matrix and other tables, aligned for Chinese (a Han character is two columns wide)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime

from config.campaign import Campaign
from intake.checks import CATALOGUE, staff_message
from intake.judging import open_counts
from intake.records import OutboxRecord
from intake.submission import Assessment, Finding, Material, StudioSubmission
from notifier.letters import is_said_already, is_superseded
from notifier.proposals import handle
from notifier.standing import MARKS, material, paper_phrase, progress_word
from notifier.wording import clean_punctuation

COLUMNS = ((Material.SUMMARY_ROW, "汇总表"), (Material.BASIC_INFO, "基本情况表"), (Material.NARRATIVE, "申报材料"), (Material.PAPER, "纸质"))
TIMELINESS = {"on_time": "按期", "late": "截止后", "borderline": "待认定", "on_time_then_corrected": "按期，后有更正", "on_time_incomplete": "按期未齐，后补", "none": "未报送"}
STATES = {"draft": "演练稿", "held": "待审核", "queued": "待发", "sending": "发送中", "sent": "已发", "failed": "失败", "dropped": "已弃发"}


def text_width(text: str) -> int:
    """Columns a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def padded(text: str, width: int) -> str:
    """A text filled with blanks to so many columns."""
    return text + " " * max(0, width - text_width(text))


def rows_to_text(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """An aligned table under a head and a rule."""
    table = [list(head), *(list(r) for r in rows)]
    widths = [max(text_width(row[i]) for row in table) for i in range(len(head))]
    lines = ["  ".join(padded(cell, w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in table]
    return "\n".join([lines[0], "─" * text_width(max(lines, key=text_width)), *lines[1:]])


def moment_to_text(moment: datetime | None, campaign: Campaign) -> str:
    """A time as staff write it, Beijing time."""
    return moment.astimezone(campaign.zone).strftime("%m-%d %H:%M") if moment else ""


def studio_to_cells(studio: StudioSubmission, campaign: Campaign, paper: str) -> list[str]:
    """One studio's row of the matrix: name, category, the three materials, and the paper as staff registered it."""
    category = campaign.category(studio.category)
    marks = [MARKS[material(studio, m).status] for m, _ in COLUMNS[:-1]] + [paper]
    name = f"{studio.name or '（未写名称）'}{'（已撤回）' if studio.withdrawn else ''}"
    return [name, category.title if category else "？", *marks]


def assessment_to_rows(assessment: Assessment, campaign: Campaign) -> list[list[str]]:
    """One institution's rows of the matrix: the first carries the verdict and the counts."""
    missing, verify, staff = open_counts(assessment.findings)
    verdict = [progress_word(assessment), TIMELINESS.get(assessment.timeliness, ""), str(missing), str(verify), str(staff)]
    verdict.append(moment_to_text(assessment.submission.last_received_at, campaign))
    paper = paper_phrase(assessment, campaign)
    studios = [studio_to_cells(s, campaign, paper) for s in assessment.submission.studios] or [["—"] * 6]
    return [[assessment.institution.name if i == 0 else "", *cells, *(verdict if i == 0 else [""] * 6)] for i, cells in enumerate(studios)]


def matrix_to_text(assessments: Iterable[Assessment], campaign: Campaign) -> str:
    """The matrix institution × studio × material; who has sent nothing stands with his one line as 未报."""
    head = ["单位", "工作室", "类型", *(title for _, title in COLUMNS), "状态", "时限", "缺项", "核实", "待决定", "末次更新"]
    return rows_to_text(head, [row for a in assessments for row in assessment_to_rows(a, campaign)])


def findings_to_text(findings: Iterable[Finding], *, for_staff: bool = False) -> str:
    """Findings as a numbered list, those an institution reads first; for staff in their own voice, with the number a decision names."""
    order = {"institution": 0, "institution_after_approval": 1, "staff": 2}
    told = {"institution": "", "institution_after_approval": "（待批准后告知）", "staff": "（仅工作人员）"}
    live = sorted((f for f in findings if f.is_open), key=lambda f: order[f.audience])
    if not for_staff:
        return "\n".join(f"{i:3}. {told[f.audience]}{clean_punctuation(f.message)}" for i, f in enumerate(live, 1))
    labels = {f.key: CATALOGUE[f.code].label.title if f.code in CATALOGUE else "核查" for f in live}
    return "\n".join(
        f"{i:3}. {handle(f.key)} [{labels[f.key]}] {told[f.audience]}{clean_punctuation(staff_message(f))}" for i, f in enumerate(live, 1)
    )


def state_to_word(record: OutboxRecord) -> str:
    """A row's state as staff call it: what a newer letter replaced was not thrown away by anybody, what came back is told."""
    if record.bounced_at is not None:
        return "被退回"
    if is_superseded(record):
        return "已由新信取代"
    return "重复未发" if is_said_already(record) else STATES[record.state]


def outbox_to_text(records: Iterable[OutboxRecord], campaign: Campaign) -> str:
    """The outbox as a table."""
    rows = [[r.key, state_to_word(r), r.institution, r.recipient, moment_to_text(r.sent_at or r.created_at, campaign), r.subject] for r in records]
    return rows_to_text(["编号", "状态", "单位", "收件人", "时间", "主题"], rows) if rows else "待发信是空的。"


def record_to_text(record: OutboxRecord) -> str:
    """The plain text of a finished letter."""
    from email import message_from_bytes, policy  # only here: half of what the matrix would otherwise load

    body = message_from_bytes(record.raw, policy=policy.default).get_body(("plain",))
    return str(body.get_content()).strip() if body else ""
