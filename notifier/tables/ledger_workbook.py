"""Core: the ledger workbook (台账.xlsx) for staff - the matrix institution x studio x material, findings, letters and times, who is
silent, and the paper list. Every sheet filters, stays headed while scrolling, and prints on A4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from config.campaign import Campaign
from intake.checks import CATALOGUE
from intake.submission import Assessment, Finding, Material, MaterialState, StudioSubmission
from notifier.proposals import handle
from notifier.standing import (
    CLASS_TITLES,
    ELECTRONIC,
    MATERIAL_TITLES,
    Standing,
    everyone,
    latest,
    material,
    open_findings,
    progress_word,
)
from notifier.tables.ledger_evidence import letters_listing, paper_listing, silent_listing
from notifier.workbook import (
    CENTRED,
    GREEN,
    GREY,
    MINUTE,
    RED,
    YELLOW,
    CellValue,
    Column,
    Listing,
    Marked,
    add_listing,
    book_to_bytes,
    moment_to_cell,
    new_book,
)
from parsers.form import Where

FINDINGS_SHEET = "问题清单"
SEVERITY_TITLES = {"missing": "缺项", "conflict": "核实", "manual": "待定", "note": "提示"}
AUDIENCE_TITLES = {"institution": "自动告知", "institution_after_approval": "确认后告知", "staff": "仅工作人员"}
STATE_TITLES = {"open": "未决", "approved": "已同意告知", "explained": "已说明", "waived": "已免"}
STANDING_FILLS = {"收齐": GREEN, "未齐": YELLOW, "截止后": RED, "时间待认定": RED, Standing.WAITING.value: YELLOW, "不推荐": GREY}
STATUS_MARKS = {
    "received": ("√", GREEN),
    "received_unread": ("待人工查看", YELLOW),
    "missing": ("缺", RED),
    "waived": ("免", GREY),
    "not_registered": ("未登记", GREY),
}


def make_ledger_workbook(assessments: Mapping[str, Assessment], campaign: Campaign, now: datetime) -> bytes:
    """台账.xlsx as of `now`: progress, matrix, findings, letters with their times, the silent, the paper."""
    people = everyone(assessments, campaign)
    as_of = f"{campaign.title}  截至{now.astimezone(campaign.zone):%Y年%m月%d日%H时%M分}（北京时间）"
    book = new_book()
    for listing in (
        progress_listing(people, campaign, as_of),
        matrix_listing(people, campaign, as_of),
        findings_listing(people, as_of),
        letters_listing(people, campaign, as_of),
        silent_listing(people, as_of),
        paper_listing(people, campaign, as_of),
    ):
        add_listing(book, listing)
    return book_to_bytes(book)


def progress_listing(people: Sequence[Assessment], campaign: Campaign, as_of: str) -> Listing:
    """进度总表: one row an institution."""
    columns = (
        Column("序号", 6, CENTRED),
        Column("单位", 26),
        Column("类别", 10, CENTRED),
        *(Column(f"推荐\n{c.title}", 7, CENTRED) for c in campaign.categories),
        Column("推荐\n合计", 7, CENTRED),
        Column("名额\n上限", 7, CENTRED),
        *(Column(MATERIAL_TITLES[m], 10, CENTRED) for m in Material),
        *(Column(SEVERITY_TITLES[s], 6, CENTRED) for s in ("missing", "conflict", "manual")),
        Column("情况", 12, CENTRED),
        Column("首次收到", 17, MINUTE),
        Column("末次收到", 17, MINUTE),
    )
    rows = [(number, *_progress_row(person, campaign)) for number, person in enumerate(people, start=1)]
    remark = f"{as_of}。“收齐”仅指电子版形式齐全，不代表审核、评审意见。"
    return Listing(name="进度总表", title="材料接收进度总表", columns=columns, rows=rows, remark=remark, frozen=2)


def _progress_row(assessment: Assessment, campaign: Campaign) -> tuple[CellValue | Marked, ...]:
    institution, studios = assessment.institution, assessment.submission.active_studios
    quota = campaign.quotas.get(institution.unit_class)
    word = progress_word(assessment)
    submission = assessment.submission
    return (
        institution.name,
        CLASS_TITLES.get(institution.unit_class, institution.unit_class),
        *(sum(1 for s in studios if s.category == c.key) for c in campaign.categories),
        len(studios),
        quota.total if quota else "待确认",
        *(_share(studios, which) for which in Material),
        *(len(open_findings(assessment, severity)) for severity in ("missing", "conflict", "manual")),
        Marked(word, STANDING_FILLS.get(word, "")),
        moment_to_cell(submission.first_received_at, campaign.zone),
        moment_to_cell(submission.last_received_at, campaign.zone),
    )


def _share(studios: Sequence[StudioSubmission], which: Material) -> CellValue | Marked:
    """How many of the studios have this material ("2/3"); kept-but-unread counts as received, it is not missing."""
    if not studios:
        return None
    states = [material(studio, which).status for studio in studios]
    here = sum(1 for status in states if status in ("received", "received_unread", "waived"))
    fill = GREEN if here == len(states) else RED if which in ELECTRONIC else GREY
    return Marked(f"{here}/{len(states)}", YELLOW if "received_unread" in states and fill == GREEN else fill)


def matrix_listing(people: Sequence[Assessment], campaign: Campaign, as_of: str) -> Listing:
    """工作室台账: one row a studio, one column a material."""
    columns = (
        Column("单位", 18),
        Column("序号", 5, CENTRED),
        Column("工作室", 24),
        Column("类型", 6, CENTRED),
        Column("领衔人", 10, CENTRED),
        *(Column(MATERIAL_TITLES[m], 11, CENTRED) for m in Material),
        Column("申报材料\n字数", 10, CENTRED),
        Column("缺项", 6, CENTRED),
        Column("核实", 6, CENTRED),
        Column("最近收到", 17, MINUTE),
        Column("文件", 32),
        Column("备注", 18),
    )
    rows = [row for person in people for row in _matrix_rows(person, campaign)]
    return Listing(name="工作室台账", title="工作室材料台账", columns=columns, rows=rows, remark=as_of, frozen=3)


def _matrix_rows(assessment: Assessment, campaign: Campaign) -> Iterator[tuple[CellValue | Marked, ...]]:
    """The rows of one institution: its studios, those no longer nominated last."""
    studios = sorted(assessment.submission.studios, key=lambda s: s.withdrawn or s.superseded)
    for number, studio in enumerate(studios, start=1):
        states = [material(studio, which) for which in Material]
        current = [state.current for state in states if state.current]
        category = campaign.category(studio.category)
        yield (
            assessment.institution.name,
            number,
            studio.name,
            category.title if category else Marked("待定", YELLOW),
            studio.leader,
            *(_mark(state) for state in states),
            _characters(studio),
            _count(assessment, studio, "missing"),
            _count(assessment, studio, "conflict"),
            moment_to_cell(latest(v.received_at for v in current), campaign.zone),
            "\n".join(dict.fromkeys(v.file for v in current)),
            _studio_remark(studio),
        )


def _mark(state: MaterialState) -> Marked:
    """A material's status as staff read it, with the number of its version in force."""
    word, fill = STATUS_MARKS[state.status]
    if state.note == "cloud_link" and state.status == "missing":
        return Marked("仅有网盘链接", RED)
    version = f" 第{state.current.number}版" if state.current and state.current.number > 1 else ""
    late = " 截止后" if state.current and state.current.late else ""
    return Marked(f"{word}{version}{late}", YELLOW if late and fill == GREEN else fill)


def _characters(studio: StudioSubmission) -> int | None:
    """The length of the narrative in force as Word counts it; None when nobody could count."""
    current = material(studio, Material.NARRATIVE).current
    count = current.form.facts.get("characters") if current and current.form else None
    return count if isinstance(count, int) else None


def _count(assessment: Assessment, studio: StudioSubmission, severity: str) -> int:
    return sum(1 for finding in open_findings(assessment, severity) if finding.studio == studio.name)


def _studio_remark(studio: StudioSubmission) -> str:
    """What staff should know about a studio besides its materials."""
    remarks = []
    if studio.withdrawn:
        remarks.append(f"已由“{studio.replaced_by}”替换" if studio.replaced_by else "已撤回")
    elif studio.superseded:
        remarks.append("最新汇总表未再列")
    if studio.affiliate:
        remarks.append(f"{studio.affiliate}报送")
    others = [name for name in studio.names if name != studio.name]
    if others:
        remarks.append(f"又作“{'”“'.join(others)}”")
    return "；".join(remarks)


def findings_listing(people: Sequence[Assessment], as_of: str) -> Listing:
    """问题清单: every finding with its place, whoever it is meant for; what is missing stands first, tips last."""
    columns = (
        Column("单位", 24),
        Column("工作室", 26),
        Column("类别", 8, CENTRED),
        Column("编号", 10, CENTRED),
        Column("性质", 8, CENTRED),
        Column("告知", 12, CENTRED),
        Column("处理", 12, CENTRED),
        Column("内容", 64),
        Column("出处", 40),
    )
    found = [(person.institution.name, finding) for person in people for finding in person.findings]
    ranks = list(SEVERITY_TITLES)
    rows = [_finding_row(name, finding) for name, finding in sorted(found, key=lambda pair: ranks.index(pair[1].severity))]
    return Listing(name=FINDINGS_SHEET, title=FINDINGS_SHEET, columns=columns, rows=rows, remark=as_of, frozen=1)


def _finding_row(institution: str, finding: Finding) -> tuple[CellValue, ...]:
    return (
        institution,
        finding.studio,
        CATALOGUE[finding.code].label.title if finding.code in CATALOGUE else "",
        handle(finding.key),
        SEVERITY_TITLES.get(finding.severity, finding.severity),
        AUDIENCE_TITLES.get(finding.audience, finding.audience),
        "" if (finding.severity, finding.state) == ("note", "open") else STATE_TITLES.get(finding.state, finding.state),
        finding.message,
        where_to_text(finding.where),
    )


def where_to_text(where: Where) -> str:
    """A place as a person looks for it: file, page or sheet, table, row, cell."""
    parts = [f"《{where.file}》" if where.file else "", where.place]
    parts.append(f"第{where.table}个表" if where.table else "")
    parts.append(f"第{where.row}行" if where.row and where.cell[:1] != "第" else "")
    parts.append(where.cell)
    return "".join(parts)
